//! One movement of points.

use crate::{Account, Dates};
use regulars_base::{Name, Timestamp};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

/// What one movement takes: few postings as a rule, so they need no memory of their own.
pub type Postings = SmallVec<[Posting; 4]>;

/// So many points out of one account into another. Balanced by construction: there is no way to
/// write one side without the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Posting {
    /// Which points (spendable ones, status ones ...).
    pub points: Name,
    /// The account that they leave.
    pub from: Account,
    /// The account that they enter.
    pub to: Account,
    /// How many: above zero, in the currency's smallest unit.
    pub amount: i64,
    /// The terms of the lot they leave or enter in the wallet (of the lot they came from, where
    /// they are held or spent).
    pub dates: Dates,
    /// When it became true, which may be before it was recorded. Finance reports by this.
    pub effective_at: Timestamp,
}
