//! What came with a member who was merged: enough to part them again, if it was a mistake.

use super::{Paid, Progress, Voucher};
use regulars_base::{MemberId, Name, Timestamp};
use serde::{Deserialize, Serialize};

/// A merge that may still be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// Who came.
    pub member: MemberId,
    /// When.
    pub at: Timestamp,
    /// The points that came, lot by lot.
    pub lots: Vec<Paid>,
    /// The progress that came.
    pub progress: Vec<Progress>,
    /// The free rewards that came.
    pub vouchers: Vec<Voucher>,
    /// The tiers whose gifts they had had.
    pub gifted: Vec<Name>,
    /// How many orders they had placed.
    pub orders: i64,
}

impl Merged {
    /// So many merges are remembered, the newest.
    pub const KEPT: usize = 4;
    /// For so many days a merge may be undone.
    pub const DAYS: i32 = 90;
}
