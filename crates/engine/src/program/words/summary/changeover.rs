//! What becomes of members when a version takes over, in words.

use super::told::Told;
use super::{Part, aspect, part};
use crate::program::words::language::word;
use crate::program::{OldPoints, RemovedTiers};

/// What becomes of members when this version takes over.
pub(super) fn changeover(to: Told<'_>) -> Part {
    let removed = match to.program.changeover.removed_tiers {
        RemovedTiers::OneDown => word!(to, "one tier down"),
        RemovedTiers::ToEarned => word!(to, "in the tier that they reach"),
    };
    let points = match to.program.changeover.old_points {
        OldPoints::Keep => word!(to, "keep their dates"),
        OldPoints::ByAge => word!(to, "lapse by their age"),
        OldPoints::Anew => word!(to, "count anew"),
    };
    let aspects = vec![
        aspect(
            word!(to, "lets members of a tier that is no more land"),
            removed,
        ),
        aspect(word!(to, "lets points that are there"), points),
    ];
    part(to, "the changeover", "", aspects)
}
