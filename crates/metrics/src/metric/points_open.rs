//! Open points.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::DeedSums,
    sums::Sums,
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "points_open",
    name: "Open points",
    unit: Unit::Count,
    definition: "Points that wallets hold at the end of the time, available, pending and set aside: opening + \
        issued - redeemed - expired and what was given, taken, sent or received otherwise, to the \
        unit. Of the points named under `points` of `[insight]`, or the first of the program.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Program),
    behind: Some(Behind::Deeds(behind::holds_points)),
};

fn of_deeds(_: &Sums, deeds: &DeedSums) -> Figure {
    Figure::sum(Unit::Count, deeds.open, deeds.members, "points")
}
