//! What the program costs of what its members spend.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::{DeedSums, SpendOn},
    sums::Sums,
};

/// Program cost rate in the catalog.
pub const METRIC: Metric = Metric {
    id: "program_cost_rate",
    name: "Program cost rate",
    unit: Unit::Share,
    definition: "(Cost of the rewards used + cost of running the program) / revenue from members, of \
        the same period. A reward costs what its points are worth by the program file; what runs \
        the program is spend on `program`.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Program),
    behind: Some(Behind::Deeds(behind::members_redeeming)),
};

/// Of cost and revenue in minor units.
pub fn of(cost: i128, revenue: i128, members: u64) -> Figure {
    Figure::quotient(Unit::Share, cost, revenue, members, "members who bought")
}

fn of_deeds(_: &Sums, deeds: &DeedSums) -> Figure {
    of(
        deeds.rewards + deeds.spent[SpendOn::Program as usize],
        deeds.member_spend.sum,
        deeds.member_spend.count,
    )
}
