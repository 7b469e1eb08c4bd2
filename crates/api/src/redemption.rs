//! Rewards and adjustments on the wire.

use crate::amount::Amount;
use crate::event::{points_amount, positive};
use crate::json::{At, Fields, FromJson};
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
        fields.finish(faults);
        Some(Self {
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
