//! Events that follow from the one that is decided. They are for one wallet each, and their keys
//! derive from their cause: however often it is said, it is the same event.

use crate::draft::Draft;
use crate::event::{Event, Kind};
use crate::outcome::FollowUp;
use regulars_base::{EventKey, MemberId, Text};
use sha2::{Digest, Sha256};

/// Something follows for a member, in the same commit. `mark` tells it from what else follows from
/// the same cause.
pub(crate) fn tell(draft: &mut Draft<'_>, cause: &Event, mark: &str, to: MemberId, kind: Kind) {
    let event = Event {
        key: key(&cause.key, mark),
        occurred_at: cause.occurred_at,
        recorded_at: draft.now,
        entropy: draft.entropy,
        kind,
    };
    draft.out.follow_ups.push(FollowUp {
        member: Some(to),
        event,
    });
}

/// The key of what follows from an event. Where it would be too long, its first part is a hash.
pub(crate) fn key(cause: &EventKey, mark: &str) -> EventKey {
    let written = |text: String| Text::new(text).ok();
    let short = || {
        let hash = Sha256::digest(cause.external_id.as_str());
        let hex: String = hash[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        written(format!("{hex}#{mark}"))
    };
    let whole = written(format!("{}#{mark}", cause.external_id));
    EventKey {
        source: cause.source.clone(),
        external_id: whole.or_else(short).unwrap_or_default(),
    }
}
