//! What makes an event one event, however often it is delivered.

use crate::Text;
use serde::{Deserialize, Serialize};

/// Who said it, and under which number: unique within a tenant, for ever. Two channels may use the
/// same order numbers, so the number alone is never a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventKey {
    /// The system that reported it: a till, a shop, a file.
    pub source: Text,
    /// That system's own number for it.
    pub external_id: Text,
}
