//! How many customers are members.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::DeedSums,
    sums::Sums,
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "enrolment",
    name: "Enrolment",
    unit: Unit::Share,
    definition: "Members / members and other customers who bought in the same time.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Program),
    behind: Some(Behind::Deeds(behind::members)),
};

fn of_deeds(_: &Sums, deeds: &DeedSums) -> Figure {
    let all = deeds.members + deeds.other_spend.count;
    Figure::share(deeds.members, all, "members and other customers who bought")
}
