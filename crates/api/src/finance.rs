//! The finances of a program, on the wire.

use crate::amount::Amount;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The finances of a program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FinanceOut {
    /// What became true before this moment is in it.
    pub as_of: String,
    /// The program's currency, of all money here.
    pub currency: String,
    /// By kind of points.
    pub points: Vec<PointsFinanceOut>,
}

/// The finances of one kind of points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PointsFinanceOut {
    /// Which points.
    pub points: String,
    /// How many are open.
    pub open: Amount,
    /// What they will cost; not there where the program does not say what points are worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liability: Option<LiabilityOut>,
    /// How many points are never redeemed.
    pub breakage: BreakageOut,
    /// By month in which points came in, the oldest first.
    pub cohorts: Vec<CohortOut>,
    /// What redemptions cost, by month, the oldest first.
    pub cost: Vec<MonthCostOut>,
}

/// What open points will cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LiabilityOut {
    /// After what is expected never to be redeemed.
    pub cost: Amount,
    /// If all of them were.
    pub in_full: Amount,
    /// By how old points are; adds up to `cost`, to the unit.
    pub by_age: Vec<AgeOut>,
}

/// Open points of one age.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgeOut {
    /// From how many days on.
    pub from_days: u32,
    /// How many points.
    pub points: Amount,
    /// What they will cost.
    pub cost: Amount,
}

/// How many points are never redeemed: by which share of what was issued older cohorts redeemed at each age.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BreakageOut {
    /// The share; not there where the ledger cannot carry an estimate. Then none is taken off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// The same by the chain ladder, by which nothing is booked: how far two ways to estimate it lie apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain_ladder: Option<f64>,
    /// Why there is none: a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// The same in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Points that came in in one month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CohortOut {
    /// The month's first day.
    pub month: String,
    /// Points that came in, less what was taken back.
    pub issued: Amount,
    /// Of those, redeemed so far.
    pub redeemed: Amount,
    /// Of those, lapsed so far.
    pub expired: Amount,
    /// Of those, still there.
    pub open: Amount,
    /// The share that is expected never to be redeemed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakage: Option<f64>,
    /// Below that it is in 2.5 of 100 cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakage_low: Option<f64>,
    /// Above that it is in 2.5 of 100 cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakage_high: Option<f64>,
    /// Revenue of the month's sales that belongs to its points (IFRS 15).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferred: Option<DeferredOut>,
}

/// Revenue that was put off until points are redeemed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeferredOut {
    /// What the month's purchases came to.
    pub sales: Amount,
    /// Of that, what belongs to points.
    pub deferred: Amount,
    /// Of that, what was earned since.
    pub recognised: Amount,
    /// What is still to be earned.
    pub balance: Amount,
}

/// What redemptions of a month cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MonthCostOut {
    /// The month's first day.
    pub month: String,
    /// Redeemed points times what a point is worth.
    pub cost: Amount,
}

/// The books of points, month by month: those that are closed and the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BooksOut {
    /// The oldest first.
    pub periods: Vec<BooksPeriodOut>,
}

/// A month of the books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BooksPeriodOut {
    /// Its name.
    #[schema(example = "2025-03")]
    pub period: String,
    /// Whether it is closed: then its figures do not change any more.
    pub closed: bool,
    /// When it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<String>,
    /// Who closed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<String>,
    /// By kind of points and money account.
    pub lines: Vec<BooksLineOut>,
}

/// A month of one kind of points: opening + issued - redeemed - expired + adjusted + transferred +
/// shortfall = closing. What was told late for months that were closed is in the month after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BooksLineOut {
    /// Which points.
    pub points: String,
    /// What the month before closed with.
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
}
