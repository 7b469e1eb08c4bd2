//! A member's ledger with its reasons, on the wire.

use crate::amount::Amount;
use crate::receipt::{PointsOut, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One entry of a member's ledger: what happened, what moved, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LedgerEntryOut {
    /// Its place in the member's ledger, from 1.
    pub seq: u64,
    /// Whose.
    pub member: String,
    /// The system that reported the event.
    pub source: String,
    /// That system's own number for it.
    pub id: String,
    /// What kind of event: `purchase`, `refund`, `tick` (time passed) ...
    #[serde(rename = "type")]
    #[schema(example = "purchase")]
    pub kind: String,
    /// The order that it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// When it happened.
    pub at: String,
    /// When it was written down.
    pub recorded_at: String,
    /// The program version that decided it.
    pub program_version: i64,
    /// Yes or no.
    pub verdict: Verdict,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why it was refused, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What somebody said who did it by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// Who did it by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Of `member_changed` the names of what was changed: `identities.email`, `attributes.city`. What stands there is
    /// never told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["identities.email"]))]
    pub changed: Vec<String>,
    /// What moved, per kind of points.
    pub points: Vec<PointsOut>,
    /// Why, rule by rule.
    pub reasons: Vec<String>,
    /// Those of `reasons` that say why a rule, a card or an activity did not count.
    pub missed: Vec<String>,
    /// The postings behind it.
    pub postings: Vec<PostingOut>,
    /// The entry's hash: each member's entries are a chain, so that a changed one is found.
    pub hash: String,
}

/// So many points out of one account into another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PostingOut {
    /// Which points.
    pub points: String,
    /// The account that they leave: `issued`, `wallet`, `held`, `redeemed` ...
    #[schema(example = "issued")]
    pub from: String,
    /// The account that they enter.
    #[schema(example = "wallet")]
    pub to: String,
    /// How many.
    pub amount: Amount,
    /// When it became true.
    pub effective_at: String,
    /// From when on the points may be spent; not there if at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_at: Option<String>,
    /// When the points lapse; not there if never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}
