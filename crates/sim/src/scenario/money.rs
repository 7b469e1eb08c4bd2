//! Steps that are about store credit and gift cards.

use super::Other;
use super::fields::{Fields, Reader};
use super::node::{Node, What};
use super::people::other;
use super::step::{amount_of, by_whom};
use regulars_base::{Currency, EventKey, Text};
use regulars_engine::Program;
use regulars_engine::event::{
    CreditWhy, GiftHold, GiftIssue, GiftLoad, GiftMove, Kind, PaidFrom, Payment, StoreCredit,
};

/// `store_credit`, `gift_card`.
pub(super) fn kind(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    (name, key): (&str, &EventKey),
    (program, others): (&Program, &mut Vec<Other>),
) -> Option<Kind> {
    Some(match name {
        "store_credit" => {
            let credit = store_credit(reader, fields, program.currency)?;
            Kind::StoreCredit(Box::new(credit))
        }
        _ => {
            let what = card(reader, fields, key, (program.currency, others))?;
            Kind::GiftCard(Box::new(what))
        }
    })
}

fn needed(reader: &mut Reader<'_>, fields: &mut Fields, currency: Currency) -> Option<i64> {
    let amount = amount_of(reader, fields, "amount", currency);
    if amount.is_none() {
        reader.fault(&fields.span, "the step needs `amount`: how much money");
    }
    amount
}

fn store_credit(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    currency: Currency,
) -> Option<StoreCredit> {
    let why = match fields.text(reader, "why") {
        None => CreditWhy::ByHand,
        Some(word) => match word.as_str() {
            "by hand" => CreditWhy::ByHand,
            "refund" => CreditWhy::Refund,
            "cashback" => CreditWhy::Cashback,
            _ => {
                let what = "`why` is one of `by hand`, `refund`, `cashback`";
                reader.fault(&fields.span, what);
                return None;
            }
        },
    };
    Some(StoreCredit {
        amount: needed(reader, fields, currency)?,
        why,
        order: fields.text(reader, "order"),
        reason: by_whom(reader, fields, "reason", "by hand"),
        by: by_whom(reader, fields, "by", "the shop"),
    })
}

fn card(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    key: &EventKey,
    (currency, others): (Currency, &mut Vec<Other>),
) -> Option<GiftMove> {
    let what: Text = fields.needed(reader, "move")?;
    let order = fields.text(reader, "order");
    let hold = fields.text(reader, "hold");
    let hold = hold.unwrap_or_else(|| key.external_id.clone());
    let mut yes = |name: &'static str, absent: bool| {
        fields.take(name).map_or(absent, |node| reader.yes(&node))
    };
    let (sold, active, commit) = (yes("sold", true), yes("active", true), yes("commit", false));
    Some(match what.as_str() {
        "issue" => GiftMove::Issued(GiftIssue {
            amount: needed(reader, fields, currency)?,
            sold,
            active,
            pin: None,
            order,
            reason: fields.text(reader, "reason").unwrap_or_default(),
            by: fields.text(reader, "by").unwrap_or_default(),
        }),
        "activate" => GiftMove::Activated { order },
        "load" => GiftMove::Loaded(GiftLoad {
            amount: needed(reader, fields, currency)?,
            sold,
            order,
            reason: by_whom(reader, fields, "reason", "by hand"),
            by: fields.text(reader, "by").unwrap_or_default(),
        }),
        "reserve" => GiftMove::Reserved(GiftHold {
            hold,
            amount: needed(reader, fields, currency)?,
            order,
            commit,
        }),
        "commit" => GiftMove::Committed {
            hold,
            amount: amount_of(reader, fields, "amount", currency),
            order,
        },
        "cancel" => GiftMove::Cancelled { hold },
        "refund" => GiftMove::Refunded {
            hold,
            amount: needed(reader, fields, currency)?,
        },
        "block" | "unblock" => GiftMove::Blocked {
            blocked: what.as_str() == "block",
            reason: by_whom(reader, fields, "reason", "lost"),
            by: by_whom(reader, fields, "by", "the shop"),
        },
        "replace" => GiftMove::Replaced {
            into: other(reader, fields, "to", others)?,
            reason: by_whom(reader, fields, "reason", "lost"),
            by: by_whom(reader, fields, "by", "the shop"),
        },
        "into_credit" => GiftMove::IntoCredit {
            amount: amount_of(reader, fields, "amount", currency),
            to: other(reader, fields, "to", others)?,
        },
        unknown => {
            let what = format!("`{unknown}` is nothing that happens to a gift card");
            reader.fault(&fields.span, what);
            return None;
        }
    })
}

/// `store-credit = { amount = "5.00", from = "store credit" }`,
/// `gift-card = { amount = "5.00", card = "card-1", hold = "h-1" }`.
pub(super) fn payment(
    reader: &mut Reader<'_>,
    method: Text,
    node: Node,
    (currency, others): (Currency, &mut Vec<Other>),
) -> Option<Payment> {
    debug_assert!(matches!(node.what, What::Table(_)), "others are amounts");
    let mut fields = reader.fields(node, "a payment")?;
    let amount = needed(reader, &mut fields, currency)?;
    let from = match fields.text(reader, "from") {
        Some(_) => PaidFrom::Credit,
        None => PaidFrom::Card {
            card: other(reader, &mut fields, "card", others)?,
            hold: fields.needed(reader, "hold")?,
        },
    };
    fields.done(reader);
    Some(Payment {
        method,
        amount,
        from: Some(Box::new(from)),
    })
}
