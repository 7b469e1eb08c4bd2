//! How long customers take to come back.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::Metric,
    sums::Basics,
};

/// Interpurchase time in the catalog.
pub const METRIC: Metric = Metric {
    id: "interpurchase_time",
    name: "Interpurchase time",
    unit: Unit::Days,
    definition: "Days between two successive days on which the same customer bought: the median, and \
        with it the quartiles and the 90th percentile. Only returns that happened are in it; customers \
        who did not come back yet are not.",
    of_sums: None,
    of_deeds: None,
    needs: None,
    behind: Some(Behind::Orders(behind::came_back)),
};

/// The days within which `share` (0 to 1) of the returns came.
pub fn of(basics: &Basics, share: f64) -> Figure {
    let days = basics.gap_within(share);
    let mut figure = Figure::quotient(
        Unit::Days,
        days.unwrap_or(0).into(),
        days.is_some().into(),
        basics
            .customers
            .iter()
            .filter(|customer| customer.days > 1)
            .count() as u64,
        format!("{} returns of customers who came back", basics.gap_count()),
    );
    figure.value = days.map(f64::from);
    figure
}
