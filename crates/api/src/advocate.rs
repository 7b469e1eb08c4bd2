//! Advocates, on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A member with their score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdvocateOut {
    /// Who.
    pub member: String,
    /// From 0 to 100: the sum of all parts.
    #[schema(example = 56)]
    pub score: i64,
    /// Part by part.
    pub parts: Vec<AdvocacyPartOut>,
    /// Of what the part `actions` is made.
    pub actions: Vec<AdvocacyActionOut>,
}

/// A part of the score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdvocacyPartOut {
    /// `orders` (in 365 days), `recency` (an order in 30, 90 or 365 days), `referrals` (friends who bought), `actions`
    /// (what else they did in 365 days) or `challenges` (that they met).
    #[schema(example = "referrals")]
    pub part: String,
    /// How many; of `recency` 1 if there was an order in 365 days.
    pub times: i64,
    /// What that comes to.
    pub points: i64,
    /// The most that it can come to.
    pub most: i64,
}

/// Something that a member did beside buying.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdvocacyActionOut {
    /// The activity's id.
    #[schema(example = "review")]
    pub activity: String,
    /// How often in 365 days.
    pub times: i64,
    /// What one of them weighs: as `[insight] engagement` of the program says, else 1.
    pub weight: i64,
}
