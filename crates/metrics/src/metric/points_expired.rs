//! Points expired.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::DeedSums,
    sums::Sums,
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "points_expired",
    name: "Points expired",
    unit: Unit::Count,
    definition: "Points that lapsed. Of the points named under `points` of `[insight]`, or the first of the \
        program.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Program),
    behind: Some(Behind::Deeds(behind::lapsed_points)),
};

fn of_deeds(_: &Sums, deeds: &DeedSums) -> Figure {
    Figure::sum(Unit::Count, deeds.expired, deeds.members, "points")
}
