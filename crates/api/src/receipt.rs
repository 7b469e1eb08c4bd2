//! What the sender of an event is told.

use crate::amount::Amount;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an event came to. It is durable when this is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptOut {
    /// The system that reported the event.
    #[schema(example = "till-1")]
    pub source: String,
    /// That system's own number for it.
    #[schema(example = "R-1")]
    pub id: String,
    /// Whose points it moved.
    #[schema(example = "mem_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f")]
    pub member: String,
    /// Its place in the member's ledger, from 1.
    pub seq: u64,
    /// When it happened.
    pub at: String,
    /// When it was written down.
    pub recorded_at: String,
    /// The program version that decided it.
    pub program_version: i64,
    /// `accepted`, or `refused` (then `code` and `detail` say why).
    pub verdict: Verdict,
    /// Why it was refused: one of the codes of the manual's page on errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why it was refused, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What moved, per kind of points.
    pub points: Vec<PointsOut>,
    /// Why, rule by rule.
    #[schema(example = json!(["spend: 12 beans for 12.40 EUR"]))]
    pub reasons: Vec<String>,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It counts.
    Accepted,
    /// It does not. That is recorded, too.
    Refused,
}

/// So many points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PointsOut {
    /// Which, by their id in the program file.
    #[schema(example = "beans")]
    pub points: String,
    /// How many; below zero if they left.
    pub amount: Amount,
}

/// The result of one event among many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResultOut {
    /// Its place in the list, from 0 (in a batch).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// Its line, from 1 (in a stream).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// What it would have been answered with on its own: 201, 200 for a duplicate, or a problem's.
    pub status: u16,
    /// What it came to, if it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<ReceiptOut>,
    /// Why it was not taken, or refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// The results of a batch, in its order. Each event stands for itself: one that is wrong does its
/// neighbours no harm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BatchOut {
    /// How many count now.
    pub accepted: usize,
    /// How many had been taken before.
    pub duplicates: usize,
    /// How many were refused, or were wrong.
    pub failed: usize,
    /// One for each event.
    pub results: Vec<ResultOut>,
}

/// What an event would do; nothing was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PreviewOut {
    /// Whom it would concern; not there for a customer who was never seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The program version that would decide it.
    pub program_version: i64,
    /// `accepted` or `refused`.
    pub verdict: Verdict,
    /// Why it would be refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why it would be refused, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What would move, per kind of points.
    pub points: Vec<PointsOut>,
    /// What would be available afterwards, per kind of points.
    pub available: Vec<PointsOut>,
    /// Why, rule by rule.
    pub reasons: Vec<String>,
}
