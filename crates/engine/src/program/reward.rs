//! Rewards.

use super::Limit;
use super::condition::Condition;
use regulars_base::{Name, Ratio, Span, Timestamp};

/// A reward.
#[derive(Clone, Debug)]
pub struct Reward {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What people call it.
    pub title: String,
    /// What it is.
    pub kind: RewardKind,
    /// What it costs: points by their place in the program, all of these together. Nothing for a
    /// reward that only vouchers pay, or that is free for members of a plan.
    pub price: Vec<(u16, i64)>,
    /// The lowest tier that may have it, by its place.
    pub tier: Option<u16>,
    /// The plans whose members alone may have it, by their places; empty for everybody. Without a
    /// price it is free for them.
    pub plans: Vec<u16>,
    /// From when on.
    pub from: Option<Timestamp>,
    /// Until when (the first moment that no longer counts).
    pub until: Option<Timestamp>,
    /// What it never passes.
    pub limits: Vec<Limit>,
    /// Only at one of these partners (by place); anywhere if none is named.
    pub partners: Vec<u16>,
    /// How many there are in all.
    pub stock: Option<i64>,
    /// How long it is held between request and commit.
    pub hold: Span,
    /// What one costs the merchant, in minor units, where it is stated.
    pub cost: Option<i64>,
}

/// What a reward is.
#[derive(Clone, Debug)]
pub enum RewardKind {
    /// So much off, in minor units.
    MoneyOff(i64),
    /// So many percent off (as a factor below one), at most so many minor units.
    PercentOff(Ratio, Option<i64>),
    /// A product: lines for which this holds.
    FreeProduct(Option<Condition>),
    /// No delivery charge.
    FreeDelivery,
    /// Anything that people hand over.
    Other,
}
