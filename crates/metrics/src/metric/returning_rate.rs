//! How many of those who bought were customers already.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::Metric,
    sums::Sums,
};

/// Returning rate in the catalog.
pub const METRIC: Metric = Metric {
    id: "returning_rate",
    name: "Returning rate",
    unit: Unit::Share,
    definition: "Customers of the period who had bought before it / customers of the period. For all \
        time together there is no before, so it is n/a.",
    of_sums: Some(of),
    of_deeds: None,
    needs: None,
    behind: Some(Behind::Orders(behind::bought_before)),
};

/// Of these sums.
pub fn of(sums: &Sums) -> Figure {
    Figure::share(sums.buyers - sums.new, sums.buyers, "customers who bought")
}
