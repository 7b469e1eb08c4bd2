//! Rewards and adjustments on the wire.

use crate::amount::Amount;
use crate::event::{points_amount, positive};
use crate::json::{self, At, Fields, FromJson};
use crate::receipt::{PointsOut, ReceiptOut};
use regulars_base::Text;
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A member wants a reward. The `Idempotency-Key` header becomes the redemption's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RedemptionIn {
    /// Which reward, by its id in the program file.
    #[schema(value_type = String, example = "free-coffee")]
    pub reward: Text,
    /// How many; 1 if left out.
    #[schema(required = false, default = 1, minimum = 1)]
    pub quantity: i64,
    /// Spend at once instead of setting aside until it is committed or cancelled.
    #[schema(required = false, default = false)]
    pub commit: bool,
    /// For which order, if that is known: a refund of the order gives the points back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub order: Option<Text>,
    /// The source that numbers the order; `api` if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "till-1")]
    pub source: Option<Text>,
    /// Where it is sent to, if the reward is: kept beside the log, so that it can be erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub address: Option<String>,
}

/// A part of a redemption comes back: so many of the reward, so many points where points pay a part
/// of an order, or all that has not come back yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReturnIn {
    /// How many of the reward come back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub quantity: Option<i64>,
    /// Instead of it, where points pay a part of an order: which of the points that paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<String>,
    /// And how many of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The stock of a reward changes: one of `up`, `down` and `set`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct StockIn {
    /// So many came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub up: Option<i64>,
    /// Or so many are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub down: Option<i64>,
    /// Or so many are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub set: Option<i64>,
    /// Why: shown to auditors.
    #[schema(example = "delivery of Monday")]
    pub reason: String,
    /// Who did it; the API key's name if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Whether a member wants rewards that are redeemed by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AutomaticRewardsIn {
    /// Whether they do.
    pub wanted: bool,
}

/// What is in stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockOut {
    /// Each reward whose stock the program counts.
    pub items: Vec<StockItemOut>,
}

/// How many of a reward there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockItemOut {
    /// The reward's id in the program file.
    pub reward: String,
    /// What people call it.
    pub title: String,
    /// How many are left.
    pub left: i64,
}

/// A redemption is used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CommitIn {
    /// For which order, if it was not said before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub order: Option<Text>,
    /// The source that numbers the order; `api` if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "till-1")]
    pub source: Option<Text>,
}

/// A redemption as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RedemptionOut {
    /// Its id.
    pub id: String,
    /// The reward's id in the program file.
    pub reward: String,
    /// How many.
    pub quantity: i64,
    /// `held`, or `committed`.
    pub status: RedemptionStatus,
    /// What it cost, per kind of points.
    pub cost: Vec<PointsOut>,
    /// Whether a voucher paid instead.
    pub by_voucher: bool,
    /// Held until then, after which it is given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_until: Option<String>,
    /// Used since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub committed_at: Option<String>,
    /// For which order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// What the reward is and does, for whoever hands it over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub does: Option<DoesOut>,
    /// How far it has come, if it is sent: `ordered`, `dispatched`, `delivered`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fulfilment: Option<String>,
}

/// What a reward is and does: the amounts are those of the whole redemption.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DoesOut {
    /// Its kind, as in the program file.
    #[schema(example = "cashback")]
    pub kind: String,
    /// Money that it is worth: taken off, credited, on a card, for a cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// Its currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The part of the price that is taken off, as a factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// What it opens, to which cause the money goes, of which draw the tickets are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// How many tickets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tickets: Option<i64>,
    /// The rewards that may be picked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub picks: Vec<String>,
    /// Whether it comes with a code of its supplier.
    #[serde(default)]
    pub has_code: bool,
}

/// Where a redemption stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RedemptionStatus {
    /// Set aside.
    Held,
    /// Used.
    Committed,
}

/// A redemption that was made or used, and what it came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RedeemedOut {
    /// As it stands; not there if it was given back since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redemption: Option<RedemptionOut>,
    /// What it came to.
    pub receipt: ReceiptOut,
}

/// A member's redemptions: those set aside, and those used not long ago.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RedemptionsOut {
    /// One by one.
    pub items: Vec<RedemptionOut>,
}

/// Points given or taken by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdjustmentIn {
    /// Which points, by their id in the program file.
    #[schema(example = "beans")]
    pub points: String,
    /// How many; below zero to take.
    pub amount: Amount,
    /// Why: shown to the member and to auditors.
    #[schema(example = "Sorry for the cold coffee")]
    pub reason: String,
    /// Who did it; the API key's name if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// An adjustment as it was read; what the amount means is only known with the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdjustmentRead {
    /// Which points.
    pub points: Text,
    /// How many, in the smallest unit.
    pub amount: i64,
    /// Why.
    pub reason: Text,
    /// Who did it.
    pub by: Option<Text>,
}

impl AdjustmentRead {
    /// Reads an adjustment. `decimals` are those of points by their id.
    pub fn read(raw: &RawValue, decimals: &dyn Fn(&str) -> Option<u8>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let read = Self::fields(raw, decimals, &mut faults);
        match read {
            Some(read) if faults.is_empty() => Ok(read),
            _ => Err(faults),
        }
    }

    fn fields(
        raw: &RawValue,
        decimals: &dyn Fn(&str) -> Option<u8>,
        faults: &mut Vec<Fault>,
    ) -> Option<Self> {
        let mut fields = Fields::read(raw, At::ROOT, faults)?;
        let points = fields.required_text("points", faults);
        let places = points.as_ref().and_then(|points| decimals(points.as_str()));
        let amount = points_amount(&mut fields, places.unwrap_or(0), faults);
        let reason = fields.required_text("reason", faults);
        let by = fields.text("by", faults).filter(|by| !by.is_empty());
        fields.finish(faults);
        Some(Self {
            points: points?,
            amount: amount?,
            reason: reason?,
            by,
        })
    }
}

fn order_and_source(
    fields: &mut Fields<'_>,
    faults: &mut Vec<Fault>,
) -> (Option<Text>, Option<Text>) {
    let some = |text: &Text| !text.is_empty();
    let order = fields.text("order", faults).filter(some);
    let source = fields.text("source", faults).filter(some);
    (order, source)
}

impl FromJson for RedemptionIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let reward = fields.required_text("reward", faults);
        let quantity = positive(&mut fields, faults);
        let commit = fields.boolean("commit", faults).unwrap_or(false);
        let (order, source) = order_and_source(&mut fields, faults);
        let address = fields.string("address", faults);
        fields.finish(faults);
        Some(Self {
            address: address.map(|address| address.into_owned()),
            reward: reward?,
            quantity: quantity?,
            commit,
            order,
            source,
        })
    }
}

impl FromJson for CommitIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let (order, source) = order_and_source(&mut fields, faults);
        fields.finish(faults);
        Some(Self { order, source })
    }
}

/// What happened to a redemption that is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct FulfilmentIn {
    /// `dispatched`, `delivered`, `failed` or `returned`. With the last two the points come back.
    #[schema(example = "dispatched")]
    pub state: String,
    /// Who carries it, where it is dispatched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// The carrier's number for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    /// Why, where it failed or came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A redemption that is sent to a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FulfilmentOut {
    /// The redemption's id.
    pub redemption: String,
    /// Whose it is.
    pub member: String,
    /// The reward's id in the program file.
    pub reward: String,
    /// How many.
    pub quantity: i64,
    /// How far it has come: `ordered`, `dispatched`, `delivered`, `failed`, `returned`, `cancelled`.
    pub state: String,
    /// Since when.
    pub since: String,
    /// Who carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// The carrier's number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    /// Where it is sent to, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// Where a redemption is sent to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AddressIn {
    /// The address, as the carrier needs it; nothing to forget it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, example = "Ana Silva, Rua 1, 1000-001 Lisboa")]
    pub address: Option<String>,
}

/// Codes of a supplier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SupplierCodesIn {
    /// Names the batch: sent again it is brought in once.
    #[schema(example = "may")]
    pub batch: String,
    /// The codes, each once for the reward.
    #[schema(min_items = 1, max_items = 100000)]
    pub codes: Vec<String>,
}

/// What became of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SupplierCodesOut {
    /// So many are new.
    pub added: i64,
    /// What came of it.
    pub receipt: ReceiptOut,
}

/// The codes that a redemption brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShownCodesOut {
    /// One for each of the reward.
    pub codes: Vec<String>,
}

/// A member picks from a menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PickIn {
    /// Which of the menu's rewards.
    #[schema(example = "mug")]
    pub pick: String,
}

/// What sort of member it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AttributesIn {
    /// Attributes and their values, as the program declares them; an empty text for none any more.
    #[schema(value_type = std::collections::HashMap<String, String>, example = json!({"group": "trade"}))]
    pub values: std::collections::BTreeMap<String, String>,
    /// Who says so; the API key's name if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// What is open to a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntitlementsOut {
    /// One by one.
    pub items: Vec<EntitlementOut>,
}

/// Something that is open to a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntitlementOut {
    /// What, as the program calls it.
    pub to: String,
    /// The reward that opened it.
    pub reward: String,
    /// Since when.
    pub from: String,
    /// Until when; not there if for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl FromJson for AddressIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let address = fields.string("address", faults);
        let address = address.map(|address| address.into_owned());
        fields.finish(faults);
        Some(Self { address })
    }
}

impl FromJson for SupplierCodesIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        /// As many as the application takes at once.
        const MOST: usize = 100_000;
        let mut fields = Fields::read(raw, at, faults)?;
        let batch = fields.required_text("batch", faults);
        let list = fields.required("codes", faults);
        let base = fields.at();
        let place = base.field("codes");
        let raws = list.and_then(|raw| json::list(raw, MOST, place, faults));
        let mut codes = Vec::new();
        for (at, raw) in raws.unwrap_or_default().into_iter().enumerate() {
            let code = json::text(raw, place.item(at), faults);
            codes.extend(code.map(|code| code.to_string()));
        }
        fields.finish(faults);
        let batch = batch?.to_string();
        Some(Self { batch, codes })
    }
}
