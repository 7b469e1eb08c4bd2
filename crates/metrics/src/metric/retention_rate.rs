//! How many customers a period keeps.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::Metric,
    sums::Sums,
};

/// Retention rate in the catalog.
pub const METRIC: Metric = Metric {
    id: "retention_rate",
    name: "Retention rate",
    unit: Unit::Share,
    definition: "1 - churn rate, over the same customers; new customers of the period count on \
        neither side.",
    of_sums: Some(of),
    of_deeds: None,
    needs: None,
    behind: Some(Behind::Orders(behind::kept)),
};

/// Of these sums.
pub fn of(sums: &Sums) -> Figure {
    Figure::share(
        sums.active - sums.lost,
        sums.active,
        "customers active at the start of the period",
    )
}
