//! What points mean in the books: how many will never be redeemed, what the rest will cost, and which
//! part of a sale is still owed because of them.
//!
//! Estimates are floating point and come with an interval; what goes into the books is whole minor units,
//! and parts always add up to their whole.

pub mod breakage;
pub mod deferred_revenue;
pub mod liability;
