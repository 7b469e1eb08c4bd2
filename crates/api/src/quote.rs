//! Quotes on the wire: what a basket would cost, earn and allow.

use crate::amount::Amount;
use crate::basket::{BasketIn, basket};
use crate::coupon::{PricedLineOut, ValidatedCodeOut, codes};
use crate::event::{CustomerIn, who};
use crate::json::{At, Fields, FromJson};
use crate::receipt::PointsOut;
use crate::recommendation::RecommendationOut;
use regulars_base::Text;
use regulars_engine::code::Code;
use regulars_engine::event::{Fault, Purchase, Who};
use regulars_engine::price::Basket;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// For how many minutes a quote can be committed where nothing is said.
const MINUTES: i64 = 15;
/// So many products are named at most.
const RECOMMENDED_MOST: i64 = 10;

/// What would this basket cost, earn and allow?
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuoteIn {
    /// Whose basket it is; nobody's if neither this nor `customer` is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "mem_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f")]
    pub member: Option<String>,
    /// Whose basket it is, by an identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerIn>,
    /// The codes, as they were typed: at most 32.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 32, example = json!(["welcome-10"]))]
    pub codes: Vec<String>,
    /// The rewards that may be used: at most 32. Each that the program offers, once, if left out (but
    /// none by which points pay: name those, with how much).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 32)]
    pub rewards: Option<Vec<WishIn>>,
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub basket: BasketIn,
    /// The source of the purchase that it may become; `api` if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Who types the codes, as far as the shop can tell (a session, an address): wrong guesses are
    /// counted for each of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// Set aside the rewards of the best combination, so that nobody else has the last one.
    #[schema(required = false, default = false)]
    pub reserve: bool,
    /// For how many minutes the quote can be committed: 1 to 1,440.
    #[schema(required = false, default = 15, minimum = 1, maximum = 1440)]
    pub minutes: i64,
    /// How many products are named that go with the basket: 0 to 10. They are looked up only where this is
    /// above 0, and are noted as shown to the member.
    #[schema(required = false, default = 0, minimum = 0, maximum = 10)]
    pub recommend: i64,
}

/// A reward that may be used.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WishIn {
    /// Which, by its id in the program file.
    #[schema(example = "five-off")]
    pub reward: String,
    /// How many; 1 if left out. 0 is as many steps as the points and the order let, where points pay.
    #[schema(required = false, default = 1, minimum = 0)]
    pub quantity: i64,
}

/// What was quoted becomes an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommitQuoteIn {
    /// The token of the quote.
    pub token: String,
    /// The order's number.
    #[schema(example = "o-17")]
    pub order: String,
    /// The source that numbers the order; `api` if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whose basket it is, as in the quote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Whose basket it is, by an identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerIn>,
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub basket: BasketIn,
}

/// A question as it was read.
#[derive(Clone, Debug)]
pub struct QuoteRead {
    /// Whose basket it is.
    pub who: Option<Who>,
    /// The basket.
    pub basket: Basket,
    /// The codes.
    pub codes: Vec<Code>,
    /// The rewards, and how many of each.
    pub rewards: Option<Vec<(Text, i64)>>,
    /// Who types.
    pub client: Option<Text>,
    /// Who asks.
    pub source: Option<Text>,
    /// They are set aside.
    pub reserve: bool,
    /// For how many minutes it can be committed.
    pub minutes: i64,
    /// How many products are named that go with it.
    pub recommend: usize,
}

/// A commit as it was read.
#[derive(Clone, Debug)]
pub struct CommitQuoteRead {
    /// Whose basket it is.
    pub who: Who,
    /// The basket, with the number of the order.
    pub basket: Basket,
    /// The token.
    pub token: String,
    /// The source that numbers the order.
    pub source: Option<Text>,
}

/// A quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteOut {
    /// Whose basket it is, if they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Commits it: what is quoted, or nothing.
    pub token: String,
    /// Until when.
    pub expires_at: String,
    /// Whether the rewards that are used are set aside.
    pub reserved: bool,
    /// Each line, with the best combination taken off.
    pub lines: Vec<PricedLineOut>,
    /// The delivery.
    pub delivery: PricedLineOut,
    /// What is taken off in all.
    pub off: Amount,
    /// How much of `total` is tax.
    pub tax: Amount,
    /// What is to be paid in all, tax included.
    pub total: Amount,
    /// Whether the combination is proved to be the best.
    pub proved: bool,
    /// No combination takes more off than this.
    pub off_at_most: Amount,
    /// Each reward: those that were asked about, or all that the program offers.
    pub rewards: Vec<QuotedRewardOut>,
    /// Each code, in the order in which they were sent.
    pub codes: Vec<ValidatedCodeOut>,
    /// What the purchase would earn.
    pub earned: Vec<PointsOut>,
    /// What is left to spend once the rewards are paid, before the purchase earns.
    pub left: Vec<PointsOut>,
    /// Why it earns that, rule by rule.
    pub reasons: Vec<String>,
    /// Why the purchase would be refused, for programs: a code of the list of errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Why the purchase would be refused, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What goes with the basket, if that was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goes_with: Vec<RecommendationOut>,
}

/// A reward in a quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuotedRewardOut {
    /// Which.
    pub reward: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How many.
    pub quantity: i64,
    /// What it takes of the member's points.
    pub price: Vec<PointsOut>,
    /// A voucher pays for it.
    pub by_voucher: bool,
    /// The redemption that it will be, if the quote is committed; that which it is, if it is set aside.
    pub redemption: String,
    /// Whether it is used.
    pub applies: bool,
    /// Why not, for programs: `group_taken`, `not_combined`, `too_many`, `nothing_to_take_off`,
    /// `points_spent` (others take them), `better_without`, `not_of_basket` (ask for it by itself), or
    /// a code of the list of errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why not, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What it would take off if nothing else were used.
    pub alone: Amount,
    /// What it takes off in all.
    pub off: Amount,
    /// What it takes off each line, in their order.
    pub lines: Vec<Amount>,
    /// What it takes off the delivery.
    pub delivery: Amount,
}

fn wishes(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Vec<(Text, i64)>> {
    let base = fields.at();
    let at = base.field("rewards");
    let raws = fields.list("rewards", Purchase::REWARDS_MAX, faults)?;
    let mut wishes: Vec<(Text, i64)> = Vec::with_capacity(raws.len());
    for (place, raw) in raws.into_iter().enumerate() {
        let at = at.item(place);
        let Some(mut fields) = Fields::read(raw, at, faults) else {
            continue;
        };
        let reward = fields.required_text("reward", faults);
        let quantity = match fields.has("quantity") {
            true => fields.integer("quantity", faults),
            false => Some(1),
        };
        fields.finish(faults);
        let (Some(reward), Some(quantity)) = (reward, quantity) else {
            continue;
        };
        if !(0..=1_000_000).contains(&quantity) {
            let what = "must be 0 (as many as can be) or more, and at most a million";
            faults.push(at.field("quantity").fault(what));
        }
        if wishes.iter().any(|(own, _)| *own == reward) {
            faults.push(at.field("reward").fault("is named before"));
        }
        wishes.push((reward, quantity));
    }
    Some(wishes)
}

impl FromJson for QuoteRead {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let who = who(&mut fields, faults);
        let codes = codes(&mut fields, faults);
        let rewards = wishes(&mut fields, faults);
        let basket = basket(&mut fields, faults);
        let client = fields.text("client", faults);
        let source = fields.text("source", faults).filter(|own| !own.is_empty());
        let reserve = fields.boolean("reserve", faults).unwrap_or(false);
        let minutes = match fields.has("minutes") {
            true => fields.integer("minutes", faults)?,
            false => MINUTES,
        };
        if !(1..=1440).contains(&minutes) {
            faults.push(at.field("minutes").fault("must be 1 to 1,440"));
        }
        let recommend = match fields.has("recommend") {
            true => fields.integer("recommend", faults)?,
            false => 0,
        };
        if !(0..=RECOMMENDED_MOST).contains(&recommend) {
            faults.push(at.field("recommend").fault("must be 0 to 10"));
        }
        fields.finish(faults);
        let who = match who? {
            Who::OfOrder => None,
            who => Some(who),
        };
        Some(Self {
            who,
            basket: basket?,
            codes,
            rewards,
            client,
            source,
            reserve,
            minutes,
            recommend: usize::try_from(recommend).unwrap_or(0),
        })
    }
}

impl FromJson for CommitQuoteRead {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let who = who(&mut fields, faults);
        if matches!(who, Some(Who::OfOrder)) {
            faults.push(at.fault("says not whose basket it is: add `member` or `customer`"));
        }
        let token = fields.raw("token");
        if token.is_none() {
            faults.push(at.field("token").fault("is missing: that of the quote"));
        }
        let token = token.and_then(|raw| crate::json::string(raw, at.field("token"), faults));
        let order = fields.required_text("order", faults);
        let source = fields.text("source", faults).filter(|own| !own.is_empty());
        let basket = basket(&mut fields, faults);
        fields.finish(faults);
        let mut basket = basket?;
        basket.purchase.order = order?;
        Some(Self {
            who: who?,
            basket,
            token: token?.into_owned(),
            source,
        })
    }
}
