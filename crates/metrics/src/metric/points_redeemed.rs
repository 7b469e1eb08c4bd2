//! Points redeemed.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::DeedSums,
    sums::Sums,
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "points_redeemed",
    name: "Points redeemed",
    unit: Unit::Count,
    definition: "Points used for rewards, less what was given back. Of the points named under `points` of \
        `[insight]`, or the first of the program.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Program),
    behind: Some(Behind::Deeds(behind::members_redeeming)),
};

fn of_deeds(_: &Sums, deeds: &DeedSums) -> Figure {
    Figure::sum(Unit::Count, deeds.redeemed, deeds.members, "points")
}
