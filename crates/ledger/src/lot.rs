//! Points that came in on the same terms.

use regulars_base::Timestamp;
use serde::{Deserialize, Serialize};

/// The terms of a lot: from when it may be spent, and when it lapses.
///
/// Ordered by expiry first: that is the order in which lots are spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Dates {
    /// The first moment at which the points are gone; [`Timestamp::LAST`] if they never lapse.
    pub expires_at: Timestamp,
    /// The first moment at which they may be spent; [`Timestamp::FIRST`] if at once.
    pub available_at: Timestamp,
}

impl Dates {
    /// Spendable at once, for ever.
    pub const OPEN: Self = Self {
        expires_at: Timestamp::LAST,
        available_at: Timestamp::FIRST,
    };

    /// Whether points on these terms may be spent at `now`.
    pub fn available(&self, now: Timestamp) -> bool {
        self.available_at <= now && now < self.expires_at
    }
}

/// Points of one currency on the same terms. Never below zero; a lot of zero points is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Lot {
    /// The terms.
    pub dates: Dates,
    /// How many, in the currency's smallest unit.
    pub points: i64,
}
