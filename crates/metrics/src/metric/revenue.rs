//! What customers spent.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::Metric,
    sums::Sums,
};

/// Revenue in the catalog.
pub const METRIC: Metric = Metric {
    id: "revenue",
    name: "Revenue",
    unit: Unit::Money,
    definition: "What purchases came to, less what was given back. Rows without a customer are not in \
        it; their sum is shown beside it.",
    of_sums: Some(of),
    of_deeds: None,
    needs: None,
    behind: Some(Behind::Orders(behind::bought)),
};

/// Of these sums.
pub fn of(sums: &Sums) -> Figure {
    Figure::sum(Unit::Money, sums.revenue(), sums.buyers, "all customers")
}
