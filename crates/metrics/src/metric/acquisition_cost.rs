//! What it costs to win a customer.

use crate::{Figure, Unit, catalog::Metric};

/// Acquisition cost (CAC) in the catalog.
pub const METRIC: Metric = Metric {
    id: "acquisition_cost",
    name: "Acquisition cost (CAC)",
    unit: Unit::Money,
    definition: "Acquisition spend of a period / customers acquired in it.",
    of_sums: None,
};

/// Of what was spent, in minor units, and the customers acquired by it.
pub fn of(spend: i64, acquired: u64) -> Figure {
    Figure::quotient(
        Unit::Money,
        spend.into(),
        acquired.into(),
        acquired,
        "customers acquired",
    )
}
