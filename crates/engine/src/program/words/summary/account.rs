//! Money accounts, in words.

use super::{Part, aspect, span};
use crate::program::words::{minutes, money};
use crate::program::{CreditRule, Expiry, GiftCardRule, Points, Program};

/// Store credit.
pub(super) fn credit(program: &Program, rule: &CreditRule) -> Part {
    let mut aspects = vec![aspect("lapses", lapses(&rule.terms))];
    if let Some(most) = rule.most {
        aspects.push(aspect("is at most", money(program, most)));
    }
    let refunds = if rule.refunds { "may" } else { "may not" };
    aspects.push(aspect("refunds", format!("{refunds} be paid out as it")));
    Part {
        kind: "store credit",
        id: String::new(),
        aspects,
    }
}

/// Gift cards.
pub(super) fn gift_card(program: &Program, rule: &GiftCardRule) -> Part {
    let mut aspects = vec![
        aspect("have codes such as", format!("`{}`", rule.pattern.as_str())),
        aspect("lapse", lapses(&rule.terms)),
    ];
    if rule.least > 1 {
        aspects.push(aspect("take at least", money(program, rule.least)));
    }
    if let Some(most) = rule.most {
        aspects.push(aspect("hold at most", money(program, most)));
    }
    let hold = minutes(i32::try_from(rule.hold_minutes).unwrap_or(i32::MAX));
    aspects.push(aspect("set money aside for", hold));
    if let Some(digits) = rule.pin_digits {
        aspects.push(aspect("have a PIN of", format!("{digits} digits")));
    }
    if rule.into_credit {
        aspects.push(aspect("may become store credit", ""));
    }
    Part {
        kind: "gift cards",
        id: String::new(),
        aspects,
    }
}

fn lapses(terms: &Points) -> String {
    match terms.expiry {
        Expiry::After { span: after, .. } => format!("{} after it came", span(after)),
        _ => "never".to_owned(),
    }
}
