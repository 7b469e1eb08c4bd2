//! What a member has, on the wire.

use crate::amount::Amount;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a member has, as of a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BalanceOut {
    /// Whose.
    pub member: String,
    /// As of when.
    pub as_of: String,
    /// One for each kind of points of the program.
    pub points: Vec<PointsBalanceOut>,
    /// The tier and the way to the next; not there if the program has no tiers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<TierOut>,
    /// Stamp cards in hand.
    pub cards: Vec<CardOut>,
    /// Free rewards in hand.
    pub vouchers: Vec<VoucherOut>,
    /// Challenges that count now; not there if the program has none. Like all of games.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub challenges: Vec<ChallengeOut>,
    /// Badges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub badges: Vec<BadgeOut>,
    /// Levels: the highest of each ladder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<LevelOut>,
    /// Plays of games in hand; below zero where one that was used is owed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plays: Vec<CountOut>,
    /// Tickets of draws that are open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tickets: Vec<CountOut>,
}

/// A challenge that counts now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChallengeOut {
    /// Its id in the program file.
    #[schema(example = "tea-in-may")]
    pub challenge: String,
    /// What people call it.
    pub title: String,
    /// Whether the member takes part: `false` for one that asks to be joined, and was not.
    pub joined: bool,
    /// How often it was met.
    pub met: i64,
    /// What is done and what is needed, step by step; of a streak, periods in a row.
    pub steps: Vec<StepOut>,
    /// Missed periods that a streak may still have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freezes: Option<i64>,
    /// Until when it counts, or the streak must go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A step of a challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StepOut {
    /// What people call it.
    pub title: String,
    /// So much is done.
    pub counted: i64,
    /// So much is needed.
    pub needed: i64,
}

/// A badge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BadgeOut {
    /// Its id in the program file.
    pub badge: String,
    /// What people call it.
    pub title: String,
    /// When it was given.
    pub given_at: String,
}

/// A level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LevelOut {
    /// Its id in the program file.
    pub level: String,
    /// What people call it.
    pub title: String,
    /// When it was reached.
    pub reached_at: String,
    /// At how many points (in their smallest unit) the next one is; not there for the highest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<i64>,
}

/// So many of something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountOut {
    /// The game or the draw, by its id in the program file.
    pub of: String,
    /// How many.
    pub count: i64,
}

/// What a member has of one kind of points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PointsBalanceOut {
    /// Which, by their id in the program file.
    #[schema(example = "beans")]
    pub points: String,
    /// What may be spent; below zero while more is owed than there is.
    pub available: Amount,
    /// Not free yet.
    pub pending: Amount,
    /// Set aside for redemptions that are not committed yet.
    pub held: Amount,
    /// Owed: the next points repay it.
    pub debt: Amount,
    /// What lapses, lot by lot, soonest first.
    pub expiring: Vec<ExpiringOut>,
}

/// Points that lapse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExpiringOut {
    /// When.
    pub at: String,
    /// How many.
    pub amount: Amount,
    /// From when on they may be spent; not there if already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_at: Option<String>,
}

/// A member's tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierOut {
    /// Its id in the program file.
    #[schema(example = "regular")]
    pub tier: String,
    /// Since when; not there for the lowest, in which everybody starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Until when it is kept for certain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The next tier, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The way to it, threshold by threshold.
    pub progress: Vec<ProgressOut>,
    /// How many of these are needed: one, some, or all.
    pub need: usize,
}

/// The way to a threshold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProgressOut {
    /// `spend` (money), `orders`, `visits`, or the id of points that are earned.
    #[schema(example = "spend")]
    pub metric: String,
    /// So much is there.
    pub counted: Amount,
    /// So much is needed.
    pub needed: Amount,
}

/// A stamp card in hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CardOut {
    /// Its id in the program file.
    pub card: String,
    /// Stamps on it.
    pub stamps: i64,
    /// Stamps that fill it.
    pub full: i64,
    /// When it is void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

/// A free reward in hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VoucherOut {
    /// The reward's id in the program file.
    pub reward: String,
    /// When it was given.
    pub issued_at: String,
    /// When it is void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}
