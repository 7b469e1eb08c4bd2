//! Callers who are told apart in memory: named by a hash, and no more of them than there is room for.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Names a caller by what tells it from others.
pub(crate) fn name(parts: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    hasher.finish()
}

/// Makes room for one more among `most`: those are kept who are worth it, and nobody where all are. Somebody
/// makes callers up then, and they are told apart no longer.
pub(crate) fn make_room<T>(
    known: &mut HashMap<u64, T>,
    name: u64,
    most: usize,
    worth: impl Fn(&T) -> bool,
) {
    if known.len() >= most && !known.contains_key(&name) {
        known.retain(|_, own| worth(own));
        if known.len() >= most {
            known.clear();
        }
    }
}
