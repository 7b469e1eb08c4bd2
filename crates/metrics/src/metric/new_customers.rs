//! How many of those who bought had never bought before.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::Metric,
    sums::Sums,
};

/// New customers in the catalog.
pub const METRIC: Metric = Metric {
    id: "new_customers",
    name: "New customers",
    unit: Unit::Share,
    definition: "Customers whose first purchase in the data lies in the period / customers who bought \
        in it. At the beginning of the data everybody is new, because what was before is not \
        known.",
    of_sums: Some(of),
    of_deeds: None,
    needs: None,
    behind: Some(Behind::Orders(behind::bought_first)),
};

/// Of these sums.
pub fn of(sums: &Sums) -> Figure {
    Figure::share(sums.new, sums.buyers, "customers who bought")
}
