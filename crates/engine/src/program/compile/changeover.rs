//! What becomes of members when this version takes over.

use super::Ctx;
use crate::program::diagnostic::Wrong;
use crate::program::{ChangeoverPolicy, Expiry, OldPoints, Points, RemovedTiers};

/// Reads `[changeover]`.
pub(super) fn changeover(ctx: &Ctx<'_>, points: Option<&[Points]>) -> ChangeoverPolicy {
    let parts = ctx.root.parts("changeover");
    let get = |name: &str| parts.first().and_then(|part| part.node.get(name));
    let text = |name: &str| get(name).and_then(|at| at.text());
    let policy = ChangeoverPolicy {
        removed_tiers: match text("removed_tiers") {
            Some("the tier they reach") => RemovedTiers::ToEarned,
            _ => RemovedTiers::OneDown,
        },
        old_points: match text("old_points") {
            Some("by their age") => OldPoints::ByAge,
            Some("count anew") => OldPoints::Anew,
            _ => OldPoints::Keep,
        },
    };
    let undated = |points: &Points| matches!(points.expiry, Expiry::Never | Expiry::Inactivity(_));
    if let (OldPoints::ByAge, Some(points), Some(at)) =
        (policy.old_points, points, get("old_points"))
        && points.iter().all(undated)
    {
        at.warn(Wrong::new(
            "no points of this program lapse by their age",
            "write `count anew` to take old dates away, or leave it out",
        ));
    }
    policy
}
