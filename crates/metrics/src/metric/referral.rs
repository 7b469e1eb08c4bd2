//! How many friends who were sent become customers.

use crate::{Figure, Unit, catalog::Metric};

/// Referral conversion in the catalog.
pub const METRIC: Metric = Metric {
    id: "referral",
    name: "Referral conversion",
    unit: Unit::Share,
    definition: "Referred customers who bought / customers who were referred.",
    of_sums: None,
};

/// Of the friends who bought, and all who were sent.
pub fn of(bought: u64, referred: u64) -> Figure {
    Figure::share(bought, referred, "customers who were referred")
}
