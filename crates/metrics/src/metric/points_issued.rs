//! Points issued.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::DeedSums,
    sums::Sums,
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "points_issued",
    name: "Points issued",
    unit: Unit::Count,
    definition: "Points given, less what was taken back by refunds. Of the points named under `points` of \
        `[insight]`, or the first of the program.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Program),
    behind: Some(Behind::Deeds(behind::given_points)),
};

fn of_deeds(_: &Sums, deeds: &DeedSums) -> Figure {
    Figure::sum(Unit::Count, deeds.issued, deeds.members, "points")
}
