//! Members who may be one person.

use super::member;
use regulars_api::duplicate::DuplicateOut;
use regulars_app::Duplicate;

/// A pair of members.
pub fn duplicate(own: Duplicate) -> DuplicateOut {
    let state = if own.not_same { "not_same" } else { "found" };
    DuplicateOut {
        one: member(own.one),
        other: member(own.other),
        score: own.score,
        reasons: own.reasons,
        state: state.into(),
        found_at: own.found_at.to_string(),
    }
}
