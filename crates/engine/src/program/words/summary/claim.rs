//! Claims of missing points, in words.

use super::{Part, aspect, of_money, span};
use crate::program::Program;

/// What is done about claims.
pub(super) fn claims(program: &Program) -> Part {
    let claims = &program.claims;
    let mut aspects = vec![aspect("reach back", span(claims.window))];
    if let Some(before) = claims.before_joining {
        aspects.push(aspect("reach back before joining", span(before)));
    }
    if let Some(most) = claims.approve_up_to {
        aspects.push(aspect(
            "are approved by rule up to",
            of_money(program, most),
        ));
    }
    Part {
        kind: "claims",
        id: String::new(),
        aspects,
    }
}
