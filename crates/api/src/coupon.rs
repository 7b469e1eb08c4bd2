//! Coupons and their codes on the wire.

use crate::amount::Amount;
use crate::basket::{BasketIn, basket};
use crate::event::CustomerIn;
use crate::json::{self, At, Fields, FromJson};
use regulars_base::Text;
use regulars_engine::code::Code;
use regulars_engine::event::{Fault, Who};
use regulars_engine::outcome::CodeFault;
use regulars_engine::price::Basket;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// The most codes that are made, or brought along, by one request.
pub const CODES_MAX: usize = 100_000;

/// What would these codes do to this basket?
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ValidateIn {
    /// Whose basket it is; nobody's if neither this nor `customer` is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "mem_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f")]
    pub member: Option<String>,
    /// Whose basket it is, by an identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerIn>,
    /// The codes, as they were typed: at most 32.
    #[schema(max_items = 32, example = json!(["welcome-10"]))]
    pub codes: Vec<String>,
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub basket: BasketIn,
    /// Who types the codes, as far as the shop can tell (a session, an address): wrong guesses are
    /// counted for each of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
}

/// What was asked, as it was read.
#[derive(Clone, Debug)]
pub struct Validate {
    /// Whose basket it is.
    pub who: Option<Who>,
    /// The codes.
    pub codes: Vec<Code>,
    /// The basket.
    pub basket: Basket,
    /// Who types.
    pub client: Option<Text>,
}

/// What codes would do to a basket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ValidatedOut {
    /// Each code, in the order in which they were sent.
    pub codes: Vec<ValidatedCodeOut>,
    /// Each line, with all that applies taken off.
    pub lines: Vec<PricedLineOut>,
    /// The delivery.
    pub delivery: PricedLineOut,
    /// What is taken off in all.
    pub off: Amount,
    /// How much of `total` is tax.
    pub tax: Amount,
    /// What is to be paid in all, tax included.
    pub total: Amount,
}

/// What one code would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ValidatedCodeOut {
    /// The code in the form in which codes are compared.
    pub code: String,
    /// Its campaign, if it is a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<String>,
    /// What people call the campaign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Whether it applies.
    pub applies: bool,
    /// Why not, for programs: `unknown`, `mistyped`, `twice`, `void`, `not_yet`, `ended`, `used_up`,
    /// `not_yours`, `limit_reached`, `budget_spent`, `tier_too_low`, `not_first_order`,
    /// `below_least`, `condition`, `group_taken`, `not_combined`, `too_many`,
    /// `nothing_to_take_off`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why not, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What it takes off in all.
    pub off: Amount,
    /// What it takes off each line, in their order.
    pub lines: Vec<Amount>,
    /// What it takes off the delivery.
    pub delivery: Amount,
    /// Points that it gives.
    pub points: Vec<crate::receipt::PointsOut>,
}

/// What a line costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PricedLineOut {
    /// At the list price.
    pub before: Amount,
    /// Taken off by all discounts.
    pub off: Amount,
    /// To be paid, without tax.
    pub net: Amount,
    /// The tax.
    pub tax: Amount,
    /// To be paid, with tax.
    pub gross: Amount,
}

/// Codes are to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MakeCodesIn {
    /// How many the batch is to have: at most 100,000 by one request. (The command line makes more.)
    #[schema(minimum = 1, maximum = 100_000)]
    pub count: u64,
}

/// Codes are brought along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BringCodesIn {
    /// The codes: at most 100,000 by one request.
    #[schema(max_items = 100_000)]
    pub codes: Vec<String>,
}

/// A batch of codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CodeBatchOut {
    /// Its id.
    pub batch: String,
    /// The campaign.
    pub coupon: String,
    /// How many it is to have.
    pub asked: i64,
    /// How many it has.
    pub made: i64,
    /// Since when.
    pub created_at: String,
}

/// What became of codes that were brought along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BroughtOut {
    /// The batch.
    pub batch: String,
    /// So many are new.
    pub added: u64,
    /// So many were there by an earlier try at this batch.
    pub again: u64,
    /// These were there already, or stand twice among them.
    pub known: Vec<String>,
    /// These are no codes: place (from 1) and why.
    pub wrong: Vec<WrongCodeOut>,
}

/// Something that is no code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WrongCodeOut {
    /// Its place in the list, from 1.
    pub place: usize,
    /// What is wrong.
    pub what: String,
}

/// A code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CodeOut {
    /// As it is printed.
    pub code: String,
    /// Its campaign.
    pub coupon: String,
    /// `issued`, `assigned`, `used`, `expired` or `void`.
    pub status: String,
    /// How often it is used.
    pub used: i64,
    /// How often it may be used.
    pub uses: i64,
    /// In whose hand it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// When it was issued.
    pub issued_at: String,
    /// When it is void by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// When it was made void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub void_at: Option<String>,
    /// What happened to it since it was issued, where it was asked for by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<CodeStepOut>,
}

/// Something that happened to a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CodeStepOut {
    /// When it was recorded.
    pub at: String,
    /// `used`, `returned`, `assigned` or `released`.
    pub what: String,
    /// By whom.
    pub member: String,
    /// By which event.
    pub event: crate::event::EventKeyOut,
    /// For which order, if the event names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
}

/// Codes, a page of them or all that there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CodesOut {
    /// One by one, in their own order.
    pub items: Vec<CodeOut>,
    /// Where the next page begins: sent as `?after=`. Not there on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A member hands a code on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TransferCodeIn {
    /// Which.
    pub code: String,
    /// To whom: an id, or an identity as in `card:4711`.
    pub into: String,
}

/// A transfer as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferCode {
    /// Which.
    pub code: Code,
    /// To whom.
    pub into: Text,
}

/// Why a code does not apply, in one word.
pub const fn reason(fault: &CodeFault) -> &'static str {
    match fault {
        CodeFault::Mistyped => "mistyped",
        CodeFault::Unknown => "unknown",
        CodeFault::Twice => "twice",
        CodeFault::Void => "void",
        CodeFault::NotYet => "not_yet",
        CodeFault::Ended => "ended",
        CodeFault::UsedUp => "used_up",
        CodeFault::NotYours => "not_yours",
        CodeFault::LimitReached => "limit_reached",
        CodeFault::BudgetSpent => "budget_spent",
        CodeFault::TierTooLow => "tier_too_low",
        CodeFault::NotFirstOrder => "not_first_order",
        CodeFault::BelowLeast { .. } => "below_least",
        CodeFault::Condition => "condition",
        CodeFault::GroupTaken { .. } => "group_taken",
        CodeFault::NotCombined { .. } => "not_combined",
        CodeFault::TooMany { .. } => "too_many",
        CodeFault::NothingToTakeOff => "nothing_to_take_off",
    }
}

/// A code as it was typed.
pub(crate) fn code(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Code> {
    let at = fields.at();
    let text = fields.required_text("code", faults)?;
    read_code(text.as_str(), at.field("code"), faults)
}

fn read_code(text: &str, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Code> {
    Code::new(text)
        .map_err(|error| faults.push(at.fault(error.to_string())))
        .ok()
}

/// The codes of a basket or a purchase.
pub(crate) fn codes(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Vec<Code> {
    let base = fields.at();
    let at = base.field("codes");
    let raws = fields.list("codes", Code::MOST, faults).unwrap_or_default();
    let mut codes = Vec::with_capacity(raws.len());
    for (place, raw) in raws.into_iter().enumerate() {
        let at = at.item(place);
        if let Some(text) = json::string(raw, at, faults) {
            codes.extend(read_code(&text, at, faults));
        }
    }
    codes
}

impl FromJson for Validate {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let who = crate::event::who(&mut fields, faults);
        let codes = codes(&mut fields, faults);
        if codes.is_empty() && faults.is_empty() {
            faults.push(at.field("codes").fault("names no code"));
        }
        let basket = basket(&mut fields, faults);
        let client = fields.text("client", faults);
        fields.finish(faults);
        let who = match who? {
            Who::OfOrder => None,
            who => Some(who),
        };
        Some(Self {
            who,
            codes,
            basket: basket?,
            client,
        })
    }
}

impl FromJson for MakeCodesIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let count = fields.integer("count", faults);
        fields.finish(faults);
        let most = i64::try_from(CODES_MAX).unwrap_or(i64::MAX);
        match count {
            Some(count) if (1..=most).contains(&count) => Some(Self {
                count: u64::try_from(count).unwrap_or(0),
            }),
            _ => {
                faults.push(at.field("count").fault("must be 1 to 100,000"));
                None
            }
        }
    }
}

impl FromJson for BringCodesIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let list = at.field("codes");
        let raws = fields.list("codes", CODES_MAX, faults).unwrap_or_default();
        let mut codes = Vec::with_capacity(raws.len());
        for (place, raw) in raws.into_iter().enumerate() {
            let text = json::string(raw, list.item(place), faults);
            codes.extend(text.map(std::borrow::Cow::into_owned));
        }
        if codes.is_empty() && faults.is_empty() {
            faults.push(list.fault("names no code"));
        }
        fields.finish(faults);
        Some(Self { codes })
    }
}

impl FromJson for TransferCode {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let code = code(&mut fields, faults);
        let into = fields.required_text("into", faults);
        fields.finish(faults);
        Some(Self {
            code: code?,
            into: into?,
        })
    }
}
