//! What it costs to win a customer.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::{DeedSums, SpendOn},
    sums::Sums,
};

/// Acquisition cost (CAC) in the catalog.
pub const METRIC: Metric = Metric {
    id: "acquisition_cost",
    name: "Acquisition cost (CAC)",
    unit: Unit::Money,
    definition: "Acquisition spend of a period / customers acquired in it (whose first purchase in the data \
        lies in it). By channel where spend is given by channel.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Spend),
    behind: Some(Behind::Orders(behind::bought_first)),
};

/// Of what was spent, in minor units, and the customers acquired by it.
pub fn of(spend: i128, acquired: u64) -> Figure {
    Figure::quotient(
        Unit::Money,
        spend,
        acquired.into(),
        acquired,
        "customers acquired",
    )
}

fn of_deeds(sums: &Sums, deeds: &DeedSums) -> Figure {
    of(deeds.spent[SpendOn::Acquisition as usize], sums.new)
}
