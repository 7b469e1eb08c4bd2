//! How much of what was sold comes back.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::Metric,
    sums::Sums,
};

/// Refund rate in the catalog.
pub const METRIC: Metric = Metric {
    id: "refund_rate",
    name: "Refund rate",
    unit: Unit::Share,
    definition: "What was given back / what purchases came to. It may pass 100 % where refunds are of \
        purchases before the data.",
    of_sums: Some(of),
    of_deeds: None,
    needs: None,
    behind: Some(Behind::Orders(behind::gave_back)),
};

/// Of these sums.
pub fn of(sums: &Sums) -> Figure {
    let (back, sales) = (sums.given_back, sums.sales);
    Figure::quotient(
        Unit::Share,
        back,
        sales,
        sums.buyers,
        "all purchases and refunds",
    )
}
