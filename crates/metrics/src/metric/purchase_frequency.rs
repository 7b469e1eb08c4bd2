//! How often a customer buys.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::Metric,
    sums::Sums,
};

/// Purchase frequency in the catalog.
pub const METRIC: Metric = Metric {
    id: "purchase_frequency",
    name: "Purchase frequency",
    unit: Unit::Ratio,
    definition: "Purchases / customers who bought.",
    of_sums: Some(of),
    of_deeds: None,
    needs: None,
    behind: Some(Behind::Orders(behind::bought_again)),
};

/// Of these sums.
pub fn of(sums: &Sums) -> Figure {
    let (orders, buyers) = (sums.orders.into(), sums.buyers.into());
    Figure::quotient(
        Unit::Ratio,
        orders,
        buyers,
        sums.buyers,
        "customers who bought",
    )
}
