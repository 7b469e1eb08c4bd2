//! Store credit and gift cards, as sources tell of them.

use super::read::{currency, money};
use super::{HeadIn, said};
use crate::amount::Amount;
use crate::json::{self, At, Fields};
use regulars_base::{Currency, MemberId, Text};
use regulars_engine::event::{
    CreditWhy, Fault, GiftHold, GiftIssue, GiftLoad, GiftMove, Kind, PaidFrom, StoreCredit,
};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// The kinds of event that are about money accounts.
pub(super) const KINDS: [&str; 2] = ["store_credit", "gift_card"];
/// What happens to gift cards.
const MOVES: [&str; 11] = [
    "issue",
    "activate",
    "load",
    "reserve",
    "commit",
    "cancel",
    "refund",
    "block",
    "unblock",
    "replace",
    "into_credit",
];
const WHYS: [(&str, CreditWhy); 3] = [
    ("by_hand", CreditWhy::ByHand),
    ("refund", CreditWhy::Refund),
    ("cashback", CreditWhy::Cashback),
];

/// Money comes into a member's store credit, or leaves it other than by paying.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StoreCreditIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The program's currency.
    #[schema(example = "EUR")]
    pub currency: String,
    /// How much; below zero to take.
    #[schema(example = "12.40")]
    pub amount: Amount,
    /// Why it comes: `by_hand`, `refund` (of an order, which is paid out once) or `cashback`; by hand, if
    /// left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "refund")]
    pub why: Option<String>,
    /// The number of the order whose refund it pays out, within the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Why, in words: shown to the member and to auditors.
    #[schema(example = "broken kettle")]
    pub reason: String,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Something happens to a gift card: `member` or `customer` names the card.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GiftCardEventIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub what: GiftMoveIn,
}

/// What happens to a gift card. Which fields mean something depends on `move`.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct GiftMoveIn {
    /// `issue`, `activate`, `load`, `reserve`, `commit`, `cancel`, `refund`, `block`, `unblock`,
    /// `replace`, `into_credit`.
    #[serde(rename = "move")]
    #[schema(example = "reserve")]
    pub what: String,
    /// The program's currency; needed where there is an amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "EUR")]
    pub currency: Option<String>,
    /// How much. To commit: all that is set aside if left out; to make credit of: all that is free.
    /// To load: below zero takes money off by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// Of a card that is issued or loaded: whether it was paid for; `true` if left out. What is given
    /// away is no income.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sold: Option<bool>,
    /// Of a card that is issued: whether its money is there at once, or when it is activated; `true` if
    /// left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// The id of what is set aside, unique on the card; the event's `id` if left out where it is
    /// reserved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<String>,
    /// To reserve: spend at once; `false` if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<bool>,
    /// The number of the order, within the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// To replace: the card that takes its place. To make credit of: whose it becomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Why: needed to block, to replace, and to take off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Reads an event about money accounts.
pub(super) fn read(
    named: &str,
    fields: &mut Fields<'_>,
    id: Option<&Text>,
    faults: &mut Vec<Fault>,
) -> Option<Kind> {
    match named {
        "store_credit" => {
            store_credit(fields, faults).map(|(it, _)| Kind::StoreCredit(Box::new(it)))
        }
        _ => gift_move(fields, id, faults).map(|it| Kind::GiftCard(Box::new(it))),
    }
}

fn order(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Text> {
    let order = fields.text("order", faults);
    order.filter(|order| !order.is_empty())
}

/// Reads store credit that comes or goes.
fn store_credit(
    fields: &mut Fields<'_>,
    faults: &mut Vec<Fault>,
) -> Option<(StoreCredit, Currency)> {
    let at = fields.at();
    for name in ["currency", "amount"] {
        if fields.lacks(name) {
            faults.push(at.field(name).fault("is missing"));
        }
    }
    let code = currency(fields, faults);
    let amount = money(fields, "amount", code, faults);
    let why = match fields.string("why", faults) {
        None => CreditWhy::ByHand,
        Some(word) => match WHYS.iter().find(|(known, _)| *known == word) {
            Some((_, why)) => *why,
            None => {
                let known = WHYS.map(|(word, _)| word).join(", ");
                faults.push(at.field("why").fault(format!("must be one of {known}")));
                return None;
            }
        },
    };
    if amount.is_some_and(|amount| amount == 0 || (amount < 0 && why != CreditWhy::ByHand)) {
        let what = "must be above zero; below zero only what is taken by hand";
        faults.push(at.field("amount").fault(what));
    }
    let order = order(fields, faults);
    if order.is_none() && why == CreditWhy::Refund {
        let what = "is missing: the order whose refund is paid out";
        faults.push(at.field("order").fault(what));
    }
    let reason = fields.required_text("reason", faults);
    let by = fields.text_or_empty("by", faults);
    let credit = StoreCredit {
        amount: amount?,
        why,
        order,
        reason: reason?,
        by,
    };
    Some((credit, code?))
}

/// What happens to a gift card, as a request says it. `id` names what is set aside if nothing else
/// does.
pub fn read_move(raw: &RawValue, id: &Text) -> Result<GiftMove, Vec<Fault>> {
    let mut faults = Vec::new();
    let found = Fields::read(raw, At::ROOT, &mut faults).and_then(|mut fields| {
        let found = gift_move(&mut fields, Some(id), &mut faults);
        fields.finish(&mut faults);
        found
    });
    match found {
        Some(found) if faults.is_empty() => Ok(found),
        _ => Err(faults),
    }
}

/// Store credit that comes or goes, as a request says it: with its currency, and with the source that
/// numbers the order, if it says so.
pub fn read_credit(raw: &RawValue) -> Result<(StoreCredit, Currency, Option<Text>), Vec<Fault>> {
    let mut faults = Vec::new();
    let found = Fields::read(raw, At::ROOT, &mut faults).and_then(|mut fields| {
        let source = fields.text("source", &mut faults);
        let found = store_credit(&mut fields, &mut faults);
        fields.finish(&mut faults);
        found.map(|(credit, currency)| (credit, currency, source))
    });
    match found {
        Some(found) if faults.is_empty() => Ok(found),
        _ => Err(faults),
    }
}

fn gift_move(
    fields: &mut Fields<'_>,
    id: Option<&Text>,
    faults: &mut Vec<Fault>,
) -> Option<GiftMove> {
    let at = fields.at();
    let what = fields.required("move", faults)?;
    let what = json::string(what, at.field("move"), faults)?;
    let code = currency(fields, faults);
    let asked = fields.has("amount");
    if asked && code.is_none() {
        let what = "is missing: write it as in EUR";
        faults.push(at.field("currency").fault(what));
    }
    let amount = money(fields, "amount", code, faults);
    let may_take = what == "load";
    if amount.is_some_and(|amount| amount == 0 || (amount < 0 && !may_take)) {
        faults.push(at.field("amount").fault("must be above zero"));
    }
    let mut flag =
        |name: &'static str, absent: bool, faults: &mut Vec<Fault>| match fields.has(name) {
            true => fields.boolean(name, faults).unwrap_or(absent),
            false => {
                let _ = fields.raw(name);
                absent
            }
        };
    let sold = flag("sold", true, faults);
    let active = flag("active", true, faults);
    let commit = flag("commit", false, faults);
    let hold = fields.text("hold", faults).filter(|hold| !hold.is_empty());
    let order = order(fields, faults);
    let to = fields.text("to", faults);
    let reason = fields.text_or_empty("reason", faults);
    let by = fields.text_or_empty("by", faults);
    let mut missing = |name: &'static str, is: bool| {
        if is {
            faults.push(
                at.field(name)
                    .fault(format!("is missing: `{what}` needs it")),
            );
        }
    };
    let needs_amount = matches!(what.as_ref(), "issue" | "load" | "reserve" | "refund");
    missing("amount", needs_amount && !asked);
    missing(
        "hold",
        matches!(what.as_ref(), "commit" | "cancel" | "refund") && hold.is_none(),
    );
    missing(
        "to",
        matches!(what.as_ref(), "replace" | "into_credit") && to.is_none(),
    );
    let taken = may_take && amount.is_some_and(|amount| amount < 0);
    let needs_reason = taken || matches!(what.as_ref(), "block" | "unblock" | "replace");
    missing("reason", needs_reason && reason.is_empty());
    let to = to.and_then(|to| match to.as_str().parse::<MemberId>() {
        Ok(member) => Some(member),
        Err(error) => {
            faults.push(at.field("to").fault(error.to_string()));
            None
        }
    });
    Some(match what.as_ref() {
        "issue" => GiftMove::Issued(GiftIssue {
            amount: amount?,
            sold,
            active,
            pin: None,
            order,
            reason,
            by,
        }),
        "activate" => GiftMove::Activated { order },
        "load" => GiftMove::Loaded(GiftLoad {
            amount: amount?,
            sold,
            order,
            reason,
            by,
        }),
        "reserve" => GiftMove::Reserved(GiftHold {
            hold: hold.or_else(|| id.cloned())?,
            amount: amount?,
            order,
            commit,
        }),
        "commit" => GiftMove::Committed {
            hold: hold?,
            amount,
            order,
        },
        "cancel" => GiftMove::Cancelled { hold: hold? },
        "refund" => GiftMove::Refunded {
            hold: hold?,
            amount: amount?,
        },
        "block" | "unblock" => GiftMove::Blocked {
            blocked: what == "block",
            reason,
            by,
        },
        "replace" => GiftMove::Replaced {
            into: to?,
            reason,
            by,
        },
        "into_credit" => GiftMove::IntoCredit { to: to?, amount },
        _ => {
            let known = MOVES.join(", ");
            faults.push(at.field("move").fault(format!("must be one of {known}")));
            return None;
        }
    })
}

/// Out of which account a payment comes: `store_credit`, or a gift card's id with what was set aside.
pub(super) fn paid_from(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Box<PaidFrom>> {
    let at = fields.at();
    let from = fields.text("from", faults);
    let hold = fields.text("hold", faults).filter(|hold| !hold.is_empty());
    let from = from?;
    if from.as_str() == "store_credit" {
        return Some(Box::new(PaidFrom::Credit));
    }
    let Ok(card) = from.as_str().parse::<MemberId>() else {
        let what = "is neither `store_credit` nor the id of a gift card";
        faults.push(at.field("from").fault(what));
        return None;
    };
    let Some(hold) = hold else {
        let what = "is missing: what was set aside on the gift card";
        faults.push(at.field("hold").fault(what));
        return None;
    };
    Some(Box::new(PaidFrom::Card { card, hold }))
}

/// The account of a payment, and what was set aside there, as they are sent.
pub(super) fn written(from: Option<&PaidFrom>) -> (Option<String>, Option<String>) {
    match from {
        None => (None, None),
        Some(PaidFrom::Credit) => (Some("store_credit".to_owned()), None),
        Some(PaidFrom::Card { card, hold }) => (Some(card.to_string()), Some(hold.to_string())),
    }
}

/// Store credit as it is sent.
pub(super) fn credit_out(head: HeadIn, it: &StoreCredit, currency: Currency) -> StoreCreditIn {
    let why = WHYS.iter().find(|(_, why)| *why == it.why);
    StoreCreditIn {
        head,
        currency: currency.to_string(),
        amount: Amount::money(it.amount, currency),
        why: why.map(|(word, _)| (*word).to_owned()),
        order: it.order.as_ref().map(ToString::to_string),
        reason: it.reason.to_string(),
        by: said(&it.by),
    }
}

/// What happens to a gift card as it is sent.
pub(super) fn card_out(head: HeadIn, it: &GiftMove, currency: Currency) -> GiftCardEventIn {
    let own = GiftMoveIn {
        what: it.word().to_owned(),
        ..GiftMoveIn::default()
    };
    let money = |minor: i64| {
        (
            Some(currency.to_string()),
            Some(Amount::money(minor, currency)),
        )
    };
    let text = |text: &Text| Some(text.to_string());
    let shown = |text: &Option<Text>| text.as_ref().map(ToString::to_string);
    let what = match it {
        GiftMove::Issued(it) => {
            let (currency, amount) = money(it.amount);
            GiftMoveIn {
                currency,
                amount,
                sold: Some(it.sold),
                active: Some(it.active),
                order: shown(&it.order),
                reason: said(&it.reason),
                by: said(&it.by),
                ..own
            }
        }
        GiftMove::Activated { order } => GiftMoveIn {
            order: shown(order),
            ..own
        },
        GiftMove::Loaded(it) => {
            let (currency, amount) = money(it.amount);
            GiftMoveIn {
                currency,
                amount,
                sold: Some(it.sold),
                order: shown(&it.order),
                reason: said(&it.reason),
                by: said(&it.by),
                ..own
            }
        }
        GiftMove::Reserved(it) => {
            let (currency, amount) = money(it.amount);
            GiftMoveIn {
                currency,
                amount,
                hold: text(&it.hold),
                commit: Some(it.commit),
                order: shown(&it.order),
                ..own
            }
        }
        GiftMove::Committed {
            hold,
            amount,
            order,
        } => {
            let (currency, amount) = amount.map_or((None, None), money);
            GiftMoveIn {
                currency,
                amount,
                hold: text(hold),
                order: shown(order),
                ..own
            }
        }
        GiftMove::Cancelled { hold } => GiftMoveIn {
            hold: text(hold),
            ..own
        },
        GiftMove::Refunded { hold, amount } => {
            let (currency, amount) = money(*amount);
            GiftMoveIn {
                currency,
                amount,
                hold: text(hold),
                ..own
            }
        }
        GiftMove::Blocked { reason, by, .. } => GiftMoveIn {
            reason: said(reason),
            by: said(by),
            ..own
        },
        GiftMove::Replaced { into, reason, by } => GiftMoveIn {
            to: Some(into.to_string()),
            reason: said(reason),
            by: said(by),
            ..own
        },
        GiftMove::IntoCredit { to, amount } => {
            let (currency, amount) = amount.map_or((None, None), money);
            GiftMoveIn {
                currency,
                amount,
                to: Some(to.to_string()),
                ..own
            }
        }
    };
    GiftCardEventIn { head, what }
}
