//! Gift cards and store credit, on the wire.

use crate::amount::Amount;
use crate::balance::ExpiringOut;
use crate::event::{currency, money};
use crate::json::{At, Fields, FromJson};
use crate::receipt::ReceiptOut;
use regulars_base::{Currency, Text};
use regulars_engine::code::Code;
use regulars_engine::event::{Fault, GiftHold, GiftIssue};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// Gift cards that are to be made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MakeCardsIn {
    /// How many: 1 to 1000; 1 if left out.
    #[schema(required = false, default = 1, minimum = 1, maximum = 1000)]
    pub count: usize,
    /// The program's currency.
    #[schema(example = "EUR")]
    pub currency: String,
    /// What is on each.
    #[schema(example = "50.00")]
    pub amount: Amount,
    /// Whether they are paid for; `true` if left out. What is given away is no income.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sold: Option<bool>,
    /// Whether their money is there at once, or when they are activated; `true` if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// The order they were sold by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Why, or for whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Gift cards that are to be made, read.
#[derive(Clone, Debug)]
pub struct MakeCards {
    /// How many.
    pub count: usize,
    /// In which currency.
    pub currency: Currency,
    /// What is on each.
    pub issue: GiftIssue,
}

/// Gift cards that were made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MadeCardsOut {
    /// One for each.
    pub items: Vec<MadeCardOut>,
}

/// A gift card that was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MadeCardOut {
    /// Its id: it names the card, and pays for nothing by itself.
    pub card: String,
    /// Its code. It is told once, and kept nowhere: not there if the same request was done before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "GIFT-K7XQ-9MW2-4H8B-PV3N")]
    pub code: Option<String>,
    /// Its PIN, if it has one: told once too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// What came of it.
    pub receipt: ReceiptOut,
}

/// Which gift card.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CardAskIn {
    /// Its code, as it was typed.
    #[schema(example = "GIFT-K7XQ-9MW2-4H8B-PV3N")]
    pub code: String,
    /// Its PIN, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// Who asks, if you tell your clients apart: wrong codes are counted for each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
}

/// Which gift card, read.
#[derive(Clone, Debug)]
pub struct CardAsk {
    /// Its code.
    pub code: Code,
    /// Its PIN.
    pub pin: Option<String>,
    /// Who asks.
    pub client: Option<Text>,
}

/// Money of a gift card is to be set aside, by whoever has its code.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReserveIn {
    /// Which card.
    #[serde(flatten)]
    pub card: CardAskIn,
    /// The program's currency.
    #[schema(example = "EUR")]
    pub currency: String,
    /// How much.
    #[schema(example = "18.40")]
    pub amount: Amount,
    /// The id of what is set aside, unique on the card; the `Idempotency-Key` if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<String>,
    /// The order's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Spend at once; `false` if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<bool>,
}

/// Money of a gift card is to be set aside, read.
#[derive(Clone, Debug)]
pub struct Reserve {
    /// Which card.
    pub card: CardAsk,
    /// In which currency.
    pub currency: Currency,
    /// What is set aside.
    pub hold: GiftHold,
}

/// Money of a gift card that was set aside, or spent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReservedOut {
    /// The card's id: a purchase names it as `from` of a payment.
    pub card: String,
    /// The id of what is set aside: a purchase names it as `hold`.
    pub hold: String,
    /// What came of it.
    pub receipt: ReceiptOut,
}

/// A gift card as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GiftCardOut {
    /// Its id.
    pub card: String,
    /// `inactive`, `active`, `blocked`, `replaced`.
    #[schema(example = "active")]
    pub status: String,
    /// Its currency.
    #[schema(example = "EUR")]
    pub currency: String,
    /// What may be spent.
    #[schema(example = "31.60")]
    pub available: Amount,
    /// What is set aside.
    pub held: Amount,
    /// What comes on it when it is activated.
    pub waiting: Amount,
    /// When it was issued.
    pub issued_at: String,
    /// The card that took its place, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// What lapses, lot by lot, soonest first.
    pub expiring: Vec<ExpiringOut>,
    /// What is set aside, one by one.
    pub holds: Vec<HoldOut>,
}

/// Money that is set aside on a gift card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HoldOut {
    /// Its id.
    pub hold: String,
    /// How much.
    pub amount: Amount,
    /// Until when.
    pub until: String,
}

/// Another card is to take the place of one.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReplaceIn {
    /// Why.
    #[schema(example = "lost")]
    pub reason: String,
}

/// Store credit that comes or goes, as a request of its own says it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CreditIn {
    /// The program's currency.
    #[schema(example = "EUR")]
    pub currency: String,
    /// How much; below zero to take.
    #[schema(example = "12.40")]
    pub amount: Amount,
    /// `by_hand`, `refund` (of an order, which is paid out once) or `cashback`; by hand, if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The number of the order whose refund it pays out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The source that numbers the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "till-1")]
    pub source: Option<String>,
    /// Why, in words.
    #[schema(example = "broken kettle")]
    pub reason: String,
    /// Who did it; the key's name if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

fn whole<T>(
    raw: &RawValue,
    read: impl FnOnce(&mut Fields<'_>, &mut Vec<Fault>) -> Option<T>,
) -> Result<T, Vec<Fault>> {
    let mut faults = Vec::new();
    let found = Fields::read(raw, At::ROOT, &mut faults).and_then(|mut fields| {
        let found = read(&mut fields, &mut faults);
        fields.finish(&mut faults);
        found
    });
    match found {
        Some(found) if faults.is_empty() => Ok(found),
        _ => Err(faults),
    }
}

fn flag(
    fields: &mut Fields<'_>,
    name: &'static str,
    absent: bool,
    faults: &mut Vec<Fault>,
) -> bool {
    match fields.has(name) {
        true => fields.boolean(name, faults).unwrap_or(absent),
        false => {
            let _ = fields.raw(name);
            absent
        }
    }
}

fn amount(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<(Currency, i64)> {
    let at = fields.at();
    for name in ["currency", "amount"] {
        if fields.lacks(name) {
            faults.push(at.field(name).fault("is missing"));
        }
    }
    let code = currency(fields, faults);
    let amount = money(fields, "amount", code, faults);
    if amount.is_some_and(|amount| amount <= 0) {
        faults.push(at.field("amount").fault("must be above zero"));
    }
    code.zip(amount)
}

impl FromJson for ReplaceIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let reason = fields.required_text("reason", faults);
        fields.finish(faults);
        reason.map(|reason| Self {
            reason: reason.to_string(),
        })
    }
}

impl MakeCards {
    /// Reads the body; all faults at once.
    pub fn read(raw: &RawValue) -> Result<Self, Vec<Fault>> {
        whole(raw, |fields, faults| {
            let at = fields.at();
            let count = match fields.has("count") {
                true => fields.integer("count", faults),
                false => {
                    let _ = fields.raw("count");
                    Some(1)
                }
            };
            let count = count.and_then(|count| usize::try_from(count).ok());
            if count.is_none() {
                faults.push(at.field("count").fault("must be 1 to 1000"));
            }
            let money = amount(fields, faults);
            let sold = flag(fields, "sold", true, faults);
            let active = flag(fields, "active", true, faults);
            let order = fields.text("order", faults);
            let reason = fields.text_or_empty("reason", faults);
            let (currency, amount) = money?;
            Some(Self {
                count: count?,
                currency,
                issue: GiftIssue {
                    amount,
                    sold,
                    active,
                    pin: None,
                    order: order.filter(|order| !order.is_empty()),
                    reason,
                    by: Text::default(),
                },
            })
        })
    }
}

impl CardAsk {
    /// Reads the body; all faults at once.
    pub fn read(raw: &RawValue) -> Result<Self, Vec<Fault>> {
        whole(raw, Self::of)
    }

    fn of(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let code = crate::coupon::code(fields, faults);
        let pin = fields.text("pin", faults).map(|pin| pin.to_string());
        let client = fields.text("client", faults);
        Some(Self {
            code: code?,
            pin,
            client,
        })
    }
}

impl Reserve {
    /// Reads the body; all faults at once. `id` names what is set aside if nothing else does.
    pub fn read(raw: &RawValue, id: &Text) -> Result<Self, Vec<Fault>> {
        whole(raw, |fields, faults| {
            let card = CardAsk::of(fields, faults);
            let money = amount(fields, faults);
            let hold = fields.text("hold", faults).filter(|hold| !hold.is_empty());
            let order = fields.text("order", faults);
            let commit = flag(fields, "commit", false, faults);
            let (currency, amount) = money?;
            Some(Self {
                card: card?,
                currency,
                hold: GiftHold {
                    hold: hold.unwrap_or_else(|| id.clone()),
                    amount,
                    order: order.filter(|order| !order.is_empty()),
                    commit,
                },
            })
        })
    }
}
