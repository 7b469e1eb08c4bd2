//! What it costs to keep a customer.

use crate::{Figure, Unit, catalog::Metric};

/// Retention cost in the catalog.
pub const METRIC: Metric = Metric {
    id: "retention_cost",
    name: "Retention cost",
    unit: Unit::Money,
    definition: "Spend on keeping customers in a period / customers kept in it (active at its start \
        and not lost).",
    of_sums: None,
};

/// Of what was spent, in minor units, and the customers kept.
pub fn of(spend: i64, kept: u64) -> Figure {
    Figure::quotient(
        Unit::Money,
        spend.into(),
        kept.into(),
        kept,
        "customers kept",
    )
}
