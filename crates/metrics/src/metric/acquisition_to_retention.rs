//! Whether winning customers is dearer than keeping them.

use crate::{
    Figure, Unit,
    catalog::{Metric, Need},
    deeds::DeedSums,
    deeds::SpendOn,
    sums::Sums,
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "acquisition_to_retention",
    name: "Acquisition to retention",
    unit: Unit::Ratio,
    definition: "Acquisition cost of a customer / retention cost of a customer, of the same period.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Spend),
    behind: None,
};

fn of_deeds(sums: &Sums, deeds: &DeedSums) -> Figure {
    let won = deeds.spent[SpendOn::Acquisition as usize];
    let keeping = deeds.spent[SpendOn::Retention as usize];
    let kept = i128::from(sums.active - sums.lost);
    Figure::quotient(
        Unit::Ratio,
        won.saturating_mul(kept),
        keeping.saturating_mul(sums.new.into()),
        sums.new,
        "customers acquired",
    )
}
