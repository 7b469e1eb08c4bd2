//! How many bought.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::Metric,
    sums::Sums,
};

/// Customers in the catalog.
pub const METRIC: Metric = Metric {
    id: "customers",
    name: "Customers",
    unit: Unit::Count,
    definition: "Customers with at least one purchase.",
    of_sums: Some(of),
    of_deeds: None,
    needs: None,
    behind: Some(Behind::Orders(behind::bought)),
};

/// Of these sums.
pub fn of(sums: &Sums) -> Figure {
    Figure::sum(
        Unit::Count,
        sums.buyers.into(),
        sums.buyers,
        "customers who bought",
    )
}
