//! Money accounts, in words.

use super::told::Told;
use super::{Part, aspect, part};
use crate::program::words::language::{plural, say, word};
use crate::program::{CreditRule, Expiry, GiftCardRule, Points};

/// Store credit.
pub(super) fn credit(to: Told<'_>, rule: &CreditRule) -> Part {
    let mut aspects = vec![aspect(word!(to, "lapses"), lapses(to, &rule.terms))];
    if let Some(most) = rule.most {
        aspects.push(aspect(word!(to, "is at most"), to.money(most)));
    }
    let refunds = match rule.refunds {
        true => word!(to, "may be paid out as it"),
        false => word!(to, "may not be paid out as it"),
    };
    aspects.push(aspect(word!(to, "refunds"), refunds));
    part(to, "store credit", "", aspects)
}

/// Gift cards.
pub(super) fn gift_card(to: Told<'_>, rule: &GiftCardRule) -> Part {
    let pattern = format!("`{}`", rule.pattern.as_str());
    let mut aspects = vec![
        aspect(word!(to, "have codes such as"), pattern),
        aspect(word!(to, "lapse"), lapses(to, &rule.terms)),
    ];
    if rule.least > 1 {
        aspects.push(aspect(word!(to, "take at least"), to.money(rule.least)));
    }
    if let Some(most) = rule.most {
        aspects.push(aspect(word!(to, "hold at most"), to.money(most)));
    }
    let hold = to.minutes(i32::try_from(rule.hold_minutes).unwrap_or(i32::MAX));
    aspects.push(aspect(word!(to, "set money aside for"), hold));
    if let Some(digits) = rule.pin_digits {
        let digits = plural!(to, digits, "{n} digit", "{n} digits", n = digits);
        aspects.push(aspect(word!(to, "have a PIN of"), digits));
    }
    if rule.into_credit {
        aspects.push(aspect(word!(to, "may become store credit"), ""));
    }
    part(to, "gift cards", "", aspects)
}

fn lapses(to: Told<'_>, terms: &Points) -> String {
    match terms.expiry {
        Expiry::After { span: after, .. } => {
            say!(to, "{span} after it came", span = to.span(after))
        }
        _ => say!(to, "never"),
    }
}
