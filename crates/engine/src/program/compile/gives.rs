//! What a card or a tier gives.

use super::Ctx;
use super::limit::amounts;
use crate::program::Gives;
use crate::program::diagnostic::Wrong;
use crate::program::reader::{At, find};

/// Reads `gives`: the id of a reward, or a table of points.
pub(super) fn gives(ctx: &Ctx<'_>, at: &At<'_>) -> Option<Gives> {
    if let Some(id) = at.text() {
        return find(at, "reward", id, &ctx.names.rewards).map(Gives::Reward);
    }
    if at.entries().is_empty() {
        at.error(Wrong::new(
            "nothing is given",
            "write the id of a reward, or points such as `{ beans = 100 }`",
        ));
        return None;
    }
    // Points that are none are said already.
    let amounts = amounts(ctx, at);
    (!amounts.is_empty()).then_some(Gives::Points(amounts))
}

/// Reads `gives` where it may be a list.
pub(super) fn gives_some(ctx: &Ctx<'_>, at: &At<'_>) -> Vec<Gives> {
    let list = at.list();
    if list.is_empty() {
        return gives(ctx, at).into_iter().collect();
    }
    list.iter().filter_map(|at| gives(ctx, at)).collect()
}
