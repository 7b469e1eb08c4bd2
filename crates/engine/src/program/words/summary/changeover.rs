//! What becomes of members when a version takes over, in words.

use super::{Part, aspect};
use crate::program::{OldPoints, Program, RemovedTiers};

/// What becomes of members when this version takes over.
pub(super) fn changeover(program: &Program) -> Part {
    let removed = match program.changeover.removed_tiers {
        RemovedTiers::OneDown => "one tier down",
        RemovedTiers::ToEarned => "in the tier that they reach",
    };
    let points = match program.changeover.old_points {
        OldPoints::Keep => "keep their dates",
        OldPoints::ByAge => "lapse by their age",
        OldPoints::Anew => "count anew",
    };
    Part {
        kind: "the changeover",
        id: String::new(),
        aspects: vec![
            aspect("lets members of a tier that is no more land", removed),
            aspect("lets points that are there", points),
        ],
    }
}
