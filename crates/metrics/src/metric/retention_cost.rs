//! What it costs to keep a customer.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::{DeedSums, SpendOn},
    sums::Sums,
};

/// Retention cost in the catalog.
pub const METRIC: Metric = Metric {
    id: "retention_cost",
    name: "Retention cost",
    unit: Unit::Money,
    definition: "Spend on keeping customers in a period / customers kept in it (active at its start \
        and not lost).",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Spend),
    behind: Some(Behind::Orders(behind::kept)),
};

/// Of what was spent, in minor units, and the customers kept.
pub fn of(spend: i128, kept: u64) -> Figure {
    Figure::quotient(Unit::Money, spend, kept.into(), kept, "customers kept")
}

fn of_deeds(sums: &Sums, deeds: &DeedSums) -> Figure {
    of(
        deeds.spent[SpendOn::Retention as usize],
        sums.active - sums.lost,
    )
}
