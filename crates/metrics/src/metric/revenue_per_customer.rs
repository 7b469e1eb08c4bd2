//! What a customer spends.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::Metric,
    sums::Sums,
};

/// Revenue per customer in the catalog.
pub const METRIC: Metric = Metric {
    id: "revenue_per_customer",
    name: "Revenue per customer",
    unit: Unit::Money,
    definition: "Revenue (refunds taken off) / customers who bought.",
    of_sums: Some(of),
    of_deeds: None,
    needs: None,
    behind: Some(Behind::Orders(behind::bought)),
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
