//! How many points are never used.

use crate::{
    Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "breakage",
    name: "Breakage",
    unit: Unit::Share,
    definition: "1 - ultimate redemption rate of all issue cohorts together: observed so far, and for the rest \
        what older cohorts redeemed of their points at the same ages (points that never expire too).",
    of_sums: None,
    of_deeds: None,
    needs: Some(Need::Program),
    behind: Some(Behind::Deeds(behind::holds_points)),
};
