//! Claims of missing points.

use super::Ctx;
use crate::program::diagnostic::Wrong;
use crate::program::{ClaimPolicy, phrase};
use regulars_base::Span;

/// Reads `[claims]`.
pub(super) fn claims(ctx: &Ctx<'_>) -> ClaimPolicy {
    let parts = ctx.root.parts("claims");
    let get = |name: &str| parts.first().and_then(|part| part.node.get(name));
    let length = |name: &str| get(name).and_then(|at| at.read(phrase::length));
    let absent = ClaimPolicy::default();
    let policy = ClaimPolicy {
        window: length("window").unwrap_or(absent.window),
        before_joining: length("before_joining"),
        approve_up_to: get("approve_up_to").and_then(|at| ctx.shop.money(&at)),
    };
    let days = |span: Span| match span {
        Span::Days(days) => days,
        Span::Months(months) => months * 31,
    };
    if let (Some(before), Some(at)) = (policy.before_joining, get("before_joining"))
        && days(before) > days(policy.window) + 31
    {
        at.warn(Wrong::new(
            "this reaches further back than `window`, which holds for every order",
            "lengthen `window`, or shorten this",
        ));
    }
    policy
}
