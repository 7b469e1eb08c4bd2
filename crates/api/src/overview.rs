//! The shop at a glance, on the wire.

use crate::amount::Amount;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The shop at a glance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OverviewOut {
    /// As of when sums were added up: at most a minute ago. Members and budgets are as of now.
    pub as_of: String,
    /// Members, merged ones not counted.
    pub members: u64,
    /// How many bought something in the last `active_days` days of the merchant's calendar, today
    /// among them.
    pub active: u64,
    /// The first of those days: `/v1/customers?list=since=` with it names who they are.
    #[schema(example = "2025-03-02")]
    pub active_since: String,
    /// And in as many days before those.
    pub active_before: u64,
    /// Over how many days.
    pub active_days: u32,
    /// What moved, by month and kind of points: the last 13 months, the oldest first.
    pub months: Vec<MonthOut>,
    /// What all members draw on together, and how far it has come.
    pub budgets: Vec<BudgetOut>,
}

/// One month of one kind of points: opening + issued - redeemed - expired + adjusted + transferred +
/// shortfall = closing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MonthOut {
    /// Its first day.
    #[schema(example = "2025-03-01")]
    pub month: String,
    /// Which points.
    pub points: String,
    /// What wallets held at the start.
    pub opening: Amount,
    /// Earned, less what refunds took back.
    pub issued: Amount,
    /// Spent, less what was given back.
    pub redeemed: Amount,
    /// Lapsed.
    pub expired: Amount,
    /// Given (above zero) or taken by hand.
    pub adjusted: Amount,
    /// Came in from other wallets, less what left for them.
    pub transferred: Amount,
    /// Should have been taken back and was not.
    pub shortfall: Amount,
    /// What wallets held at the end.
    pub closing: Amount,
    /// What the closing balance is worth; not there if the program does not say what points are worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liability: Option<Amount>,
    /// The currency of that.
    pub currency: String,
}

/// A budget or a stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BudgetOut {
    /// What sort of part of the program has it: `rule`, `coupon`, `reward`, `referral`.
    pub kind: String,
    /// The part's id; empty for what there is only one of.
    pub id: String,
    /// The points that it counts; not there where it counts how often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<String>,
    /// How much of it is gone.
    pub used: Amount,
    /// How much there is.
    pub most: Amount,
}
