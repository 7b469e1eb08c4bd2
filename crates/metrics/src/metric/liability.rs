//! What open points will cost.

use crate::{
    Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "liability",
    name: "Points liability",
    unit: Unit::Money,
    definition: "Open points (available and pending) x (1 - expected breakage) x cost of a point by the \
        program file; in points see open points.",
    of_sums: None,
    of_deeds: None,
    needs: Some(Need::Program),
    behind: Some(Behind::Deeds(behind::holds_points)),
};
