//! How many members take part.

use crate::{Figure, Unit, catalog::Metric};

/// Participation in the catalog.
pub const METRIC: Metric = Metric {
    id: "participation",
    name: "Participation",
    unit: Unit::Share,
    definition: "Members with at least one purchase in the period / all members.",
    of_sums: None,
};

/// Of members who bought, and all.
pub fn of(active: u64, members: u64) -> Figure {
    Figure::share(active, members, "members")
}
