//! Points for many members at once, on the wire. What comes in is a CSV file.

use crate::amount::Amount;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Points for many members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AwardOut {
    /// Its id: the same file has the same.
    pub id: String,
    /// `proposed`, `approved` (and booked), `rejected` or `undone`.
    pub state: String,
    /// Who proposed it.
    pub proposed_by: String,
    /// When.
    pub proposed_at: String,
    /// What for.
    pub note: String,
    /// Who approved or rejected it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<String>,
    /// Who undid it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<String>,
    /// How many rows can be booked.
    pub rows: u64,
    /// How many members get something.
    pub members: u64,
    /// What it comes to.
    pub totals: Vec<AwardTotalOut>,
    /// Rows that cannot be booked, and why: the first hundred. All are in `/rejects`.
    pub rejects: Vec<AwardRejectOut>,
    /// How many rows cannot be booked.
    pub rejected: u64,
    /// Rows that were refused when they were booked or undone: the first hundred.
    pub refused: Vec<AwardRejectOut>,
}

/// So many points in all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AwardTotalOut {
    /// Which.
    pub points: String,
    /// How many.
    pub amount: Amount,
}

/// A row, and why it is not booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AwardRejectOut {
    /// Its line in the file, from 1.
    pub line: u64,
    /// Why.
    pub reason: String,
}
