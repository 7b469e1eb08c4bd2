//! How many members bring others.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::DeedSums,
    sums::Sums,
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "share_rate",
    name: "Share rate",
    unit: Unit::Share,
    definition: "Members by whose word or link somebody came / members.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Program),
    behind: Some(Behind::Deeds(behind::members_sharing)),
};

fn of_deeds(_: &Sums, deeds: &DeedSums) -> Figure {
    Figure::share(deeds.sharers.min(deeds.members), deeds.members, "members")
}
