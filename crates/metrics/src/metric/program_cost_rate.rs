//! What the program costs of what its members spend.

use crate::{Figure, Unit, catalog::Metric};

/// Program cost rate in the catalog.
pub const METRIC: Metric = Metric {
    id: "program_cost_rate",
    name: "Program cost rate",
    unit: Unit::Share,
    definition: "(Cost of the rewards used + cost of running the program) / revenue from members, of \
        the same period.",
    of_sums: None,
};

/// Of cost and revenue in minor units.
pub fn of(cost: i64, revenue: i128, members: u64) -> Figure {
    Figure::quotient(
        Unit::Share,
        cost.into(),
        revenue,
        members,
        "members who bought",
    )
}
