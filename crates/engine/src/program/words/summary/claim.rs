//! Claims of missing points, in words.

use super::told::Told;
use super::{Part, aspect, part};
use crate::program::words::language::word;

/// What is done about claims.
pub(super) fn claims(to: Told<'_>) -> Part {
    let claims = &to.program.claims;
    let mut aspects = vec![aspect(word!(to, "reach back"), to.span(claims.window))];
    if let Some(before) = claims.before_joining {
        let verb = word!(to, "reach back before joining");
        aspects.push(aspect(verb, to.span(before)));
    }
    if let Some(most) = claims.approve_up_to {
        let verb = word!(to, "are approved by rule up to");
        // Members who know it claim just less.
        aspects.push(aspect(verb, to.money(most)).inner());
    }
    part(to, "claims", "", aspects)
}
