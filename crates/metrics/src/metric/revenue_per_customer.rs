//! What a customer spends.

use crate::{Figure, Unit, catalog::Metric, sums::Sums};

/// Revenue per customer in the catalog.
pub const METRIC: Metric = Metric {
    id: "revenue_per_customer",
    name: "Revenue per customer",
    unit: Unit::Money,
    definition: "Revenue (refunds taken off) / customers who bought.",
    of_sums: Some(of),
};

/// Of these sums.
pub fn of(sums: &Sums) -> Figure {
    let (revenue, buyers) = (sums.revenue(), sums.buyers.into());
    Figure::quotient(
        Unit::Money,
        revenue,
        buyers,
        sums.buyers,
        "customers who bought",
    )
}
