//! What a member has, on the wire.

use crate::amount::Amount;
use crate::membership::MembershipOut;
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
    /// The plan that the member pays for; not there if they are on none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub membership: Option<MembershipOut>,
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
