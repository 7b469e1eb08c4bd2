//! Claims of missing points, and orders that wait for one, on the wire.

use crate::amount::Amount;
use crate::event::{LineIn, currency, lines, money, purchase};
use crate::json::{At, Fields, FromJson};
use crate::receipt::ReceiptOut;
use regulars_base::{CivilDay, Currency, Text, Timestamp};
use regulars_engine::event::{Fault, LineParts, Purchase};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// The longest text of a receipt.
const TEXT_MAX: usize = 20_000;

/// A member says that an order was not counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClaimIn {
    /// The order's number, as the receipt has it.
    #[schema(value_type = String, example = "R-1001")]
    pub order: Text,
    /// The source that numbers it; `api` if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "till-1")]
    pub source: Option<Text>,
    /// The day of the order.
    #[schema(value_type = String, example = "2025-03-01")]
    pub on: CivilDay,
    /// The currency of the total: the program's.
    #[schema(value_type = String, example = "EUR")]
    pub currency: Currency,
    /// What was paid.
    #[schema(value_type = Amount)]
    pub total: i64,
    /// The receipt's own reference, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub reference: Option<Text>,
    /// What the receipt says, or where its picture is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What was bought, line by line; without lines the total counts as one thing of no category.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Option<Vec<LineIn>>)]
    pub lines: Vec<LineParts>,
}

/// An order of somebody who was no member or said nothing.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct KeptOrderIn {
    /// The source that numbers the order; `api` if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "till-1")]
    pub source: Option<Text>,
    /// When it was bought.
    #[schema(value_type = String, example = "2025-03-01T09:00:00Z")]
    pub at: Timestamp,
    /// What was bought: the same fields as those of a purchase (`order`, `currency`, `total`,
    /// `lines` ...), beside these.
    #[serde(skip)]
    #[schema(value_type = Option<Object>)]
    pub purchase: Option<Purchase>,
}

/// Why a claim is decided so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RulingIn {
    /// Why: the member may ask.
    pub reason: String,
    /// The currency of the lines: the program's. Only needed with lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "EUR")]
    pub currency: Option<Currency>,
    /// What the receipt says was bought, instead of what the claim says. Only to approve, and not where
    /// a kept order says it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Option<Vec<LineIn>>)]
    pub lines: Vec<LineParts>,
}

/// Whether it is new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeptOrderOut {
    /// `false` if the same was kept before.
    pub new: bool,
}

/// A claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClaimOut {
    /// Its id.
    #[schema(example = "clm_0195…")]
    pub id: String,
    /// Whose.
    pub member: String,
    /// The source that numbers the order.
    pub source: String,
    /// The order's number.
    pub order: String,
    /// The day of the order.
    pub on: String,
    /// What was paid.
    pub total: Amount,
    /// In which currency.
    pub currency: String,
    /// The receipt's own reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What the receipt says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What was bought, as far as somebody said so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<ClaimLineOut>,
    /// When it was filed.
    pub filed_at: String,
    /// By whom.
    pub filed_by: String,
    /// `exact` if an order that was kept says the same, `differs` if it has another day or total,
    /// `nothing` if there is none of that number.
    pub matches: String,
    /// `open`, `approved`, `refused` (approved, but the order was counted already) or `rejected`.
    pub state: String,
    /// Who decided; `rule` if nobody had to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A line of an order that is claimed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClaimLineOut {
    /// Which product.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sku: String,
    /// What kind of product.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// Whose product.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub brand: String,
    /// How many.
    pub quantity: Amount,
    /// What was paid for it.
    pub amount: Amount,
}

/// A claim that was decided, and what it gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RuledClaimOut {
    /// The claim.
    pub claim: ClaimOut,
    /// What the order gave; not there if the claim was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<ReceiptOut>,
}

impl FromJson for ClaimIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        if fields.lacks("currency") {
            let what = "is missing: write it as in EUR";
            faults.push(at.field("currency").fault(what));
        }
        for name in ["on", "total"] {
            if fields.lacks(name) {
                faults.push(at.field(name).fault("is missing"));
            }
        }
        let order = fields.required_text("order", faults);
        let source = fields.text("source", faults);
        let on = fields.day("on", faults);
        let currency = currency(&mut fields, faults);
        let total = money(&mut fields, "total", currency, faults);
        let reference = fields.text("reference", faults);
        let text = fields.string("text", faults).map(|text| text.into_owned());
        if text.as_ref().is_some_and(|text| text.len() > TEXT_MAX) {
            let what = format!("is longer than {TEXT_MAX} bytes");
            faults.push(at.field("text").fault(what));
        }
        let lines = lines(&mut fields, currency, faults);
        fields.finish(faults);
        Some(Self {
            order: order?,
            source,
            on: on?,
            currency: currency?,
            total: total?,
            reference,
            text,
            lines,
        })
    }
}

impl FromJson for KeptOrderIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        if fields.lacks("at") {
            faults.push(at.field("at").fault("is missing: when was it bought?"));
        }
        let source = fields.text("source", faults);
        let moment = fields.moment("at", faults);
        let purchase = purchase(&mut fields, faults);
        fields.finish(faults);
        Some(Self {
            source,
            at: moment?,
            purchase: Some(purchase?),
        })
    }
}

impl FromJson for RulingIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let reason = fields.required_text("reason", faults);
        let currency = match fields.has("lines") {
            true => currency(&mut fields, faults),
            false => {
                let _ = fields.raw("currency");
                None
            }
        };
        let lines = lines(&mut fields, currency, faults);
        fields.finish(faults);
        Some(Self {
            reason: reason?.to_string(),
            currency,
            lines,
        })
    }
}
