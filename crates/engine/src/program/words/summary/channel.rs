//! Selling through others, in words.

use super::{Aspect, Part, aspect, bounds, of_money, partner::percent, span};
use crate::program::{Partner, Program, Recipient};

/// Who gets what a rule gives.
pub(super) fn to(aspects: &mut Vec<Aspect>, to: Recipient) {
    if to == Recipient::Staff {
        aspects.push(aspect("is for", "the member who sold"));
    }
}

/// What a partner may give.
pub(super) fn awards(program: &Program, aspects: &mut Vec<Aspect>, partner: &Partner) {
    let Some(rule) = &partner.awards else { return };
    aspects.push(aspect("gives points", "out of a budget of its own"));
    bounds(program, aspects, (None, None), &rule.limits);
    if !rule.reasons.is_empty() {
        aspects.push(aspect("gives them for", rule.reasons.join(", ")));
    }
    aspects.push(aspect("takes them back within", span(rule.cancel)));
}

/// What is done about reports of what was sold on.
pub(super) fn sell_through(program: &Program) -> Option<Part> {
    let policy = program.sell_through.as_ref()?;
    let mut aspects = vec![aspect("reach back", span(policy.window))];
    aspects.push(match policy.approve_from {
        None => aspect("count", "at once"),
        Some(0) => aspect("count", "once a person has approved them"),
        Some(from) => aspect("count at once up to", of_money(program, from - 1)),
    });
    if policy.proof {
        aspects.push(aspect("need", "a proof"));
    }
    if policy.audit > 0 {
        aspects.push(aspect("are looked at by lot", percent(policy.audit)));
    }
    Some(Part {
        kind: "reports of what was sold on",
        id: String::new(),
        aspects,
    })
}
