//! Selling through others, in words.

use super::told::Told;
use super::{Aspect, Part, aspect, bounds, part, partner::percent};
use crate::program::words::language::word;
use crate::program::{Partner, Recipient};

/// Who gets what a rule gives.
pub(super) fn to_whom(to: Told<'_>, aspects: &mut Vec<Aspect>, whom: Recipient) {
    if whom == Recipient::Staff {
        let what = word!(to, "the member who sold");
        aspects.push(aspect(word!(to, "is for"), what));
    }
}

/// What a partner may give.
pub(super) fn awards(to: Told<'_>, aspects: &mut Vec<Aspect>, partner: &Partner) {
    let Some(rule) = &partner.awards else { return };
    let budget = word!(to, "out of a budget of its own");
    aspects.push(aspect(word!(to, "gives points"), budget));
    bounds(to, aspects, (None, None), &rule.limits);
    if !rule.reasons.is_empty() {
        let reasons = to.list(&rule.reasons);
        aspects.push(aspect(word!(to, "gives them for"), reasons));
    }
    let within = to.span(rule.cancel);
    aspects.push(aspect(word!(to, "takes them back within"), within));
}

/// What is done about reports of what was sold on.
pub(super) fn sell_through(to: Told<'_>) -> Option<Part> {
    let policy = to.program.sell_through.as_ref()?;
    let mut aspects = vec![aspect(word!(to, "reach back"), to.span(policy.window))];
    aspects.push(match policy.approve_from {
        None => aspect(word!(to, "count"), word!(to, "at once")),
        Some(0) => aspect(
            word!(to, "count"),
            word!(to, "once a person has approved them"),
        ),
        Some(from) => aspect(word!(to, "count at once up to"), to.money(from - 1)),
    });
    if policy.proof {
        aspects.push(aspect(word!(to, "need"), word!(to, "a proof")));
    }
    if policy.audit > 0 {
        let share = percent(to, policy.audit);
        aspects.push(aspect(word!(to, "are looked at by lot"), share));
    }
    Some(part(to, "reports of what was sold on", "", aspects))
}
