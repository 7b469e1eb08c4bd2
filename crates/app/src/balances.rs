//! What a member has: now, or as of a date.

use crate::app::soon;
use crate::{App, Error, MemberRef};
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_engine::Program;
use std::sync::Arc;

/// What a member has. Amounts of points are in the currency's smallest unit.
#[derive(Clone, Debug)]
pub struct Balances {
    /// Whose.
    pub member: MemberId,
    /// As of when.
    pub as_of: Timestamp,
    /// The program version whose words these are.
    pub program: Arc<Program>,
    /// One for each kind of points of the program, in its order.
    pub points: Vec<Balance>,
    /// The tier and the way to the next; nothing if the program has no tiers.
    pub tier: Option<StandingTier>,
    /// Stamp cards in hand.
    pub cards: Vec<CardInHand>,
    /// Free rewards in hand.
    pub vouchers: Vec<VoucherInHand>,
}

/// What a member has of one kind of points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// The points' id in the program file.
    pub points: String,
    /// Decimals: 100 points with 2 decimals are 10,000 here.
    pub decimals: u8,
    /// What may be spent; below zero while more is owed than there is.
    pub available: i64,
    /// Not free yet.
    pub pending: i64,
    /// Set aside for redemptions that are not committed yet.
    pub held: i64,
    /// Owed.
    pub debt: i64,
    /// What lapses next, lot by lot, soonest first.
    pub expiries: Vec<UpcomingExpiry>,
}

/// Points that lapse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpcomingExpiry {
    /// When.
    pub at: Timestamp,
    /// How many.
    pub amount: i64,
    /// From when on they may be spent; nothing if already.
    pub available_at: Option<Timestamp>,
}

/// A member's tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingTier {
    /// Its id in the program file.
    pub tier: String,
    /// Since when; nothing for the lowest, in which everybody starts.
    pub since: Option<Timestamp>,
    /// Until when it is kept for certain.
    pub until: Option<Timestamp>,
    /// The next tier, if there is one.
    pub next: Option<String>,
    /// The way to it, threshold by threshold.
    pub progress: Vec<Progress>,
    /// Whether one of the thresholds is enough.
    pub any: bool,
}

/// The way to a threshold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// `spend`, `orders`, `visits`, or the id of points that are earned.
    pub metric: String,
    /// So much is there (minor units, points, orders, visits).
    pub counted: i64,
    /// So much is needed.
    pub needed: i64,
}

/// A stamp card in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardInHand {
    /// Its id in the program file.
    pub card: String,
    /// Stamps on it.
    pub stamps: i64,
    /// Stamps that fill it.
    pub full: i64,
    /// When it is void.
    pub expires_at: Option<Timestamp>,
}

/// A free reward in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoucherInHand {
    /// The reward's id in the program file.
    pub reward: String,
    /// When it was given.
    pub issued_at: Timestamp,
    /// When it is void.
    pub expires_at: Option<Timestamp>,
}

impl App {
    /// What a member has at `as_of` (now, if nothing): as if everything due by then had been
    /// done. A past date is answered from what had been recorded by then.
    pub fn balances(
        &self,
        _tenant: TenantId,
        _who: &MemberRef,
        _as_of: Option<Timestamp>,
    ) -> Result<Balances, Error> {
        soon()
    }
}
