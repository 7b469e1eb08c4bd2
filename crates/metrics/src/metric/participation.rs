//! How many members take part.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::DeedSums,
    sums::Sums,
};

/// Participation in the catalog.
pub const METRIC: Metric = Metric {
    id: "participation",
    name: "Participation",
    unit: Unit::Share,
    definition: "Members with at least one purchase in the period / all members.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Program),
    behind: Some(Behind::Deeds(behind::members_buying)),
};

/// Of members who bought, and all.
pub fn of(active: u64, members: u64) -> Figure {
    Figure::share(active, members, "members")
}

fn of_deeds(_: &Sums, deeds: &DeedSums) -> Figure {
    of(deeds.member_spend.count, deeds.members)
}
