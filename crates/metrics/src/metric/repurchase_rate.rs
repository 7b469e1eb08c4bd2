//! How many buy again: the first sign of loyalty.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::Metric,
    sums::Sums,
};

/// Repurchase rate in the catalog.
pub const METRIC: Metric = Metric {
    id: "repurchase_rate",
    name: "Repurchase rate",
    unit: Unit::Share,
    definition: "Customers with at least two purchases in the period / customers with at least one.",
    of_sums: Some(of),
    of_deeds: None,
    needs: None,
    behind: Some(Behind::Orders(behind::bought_again)),
};

/// Of these sums.
pub fn of(sums: &Sums) -> Figure {
    Figure::share(sums.repeaters, sums.buyers, "customers who bought")
}
