//! Whether the program pays.

use crate::{
    Unit,
    catalog::{Metric, Need},
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "program_return",
    name: "Program return",
    unit: Unit::Share,
    definition: "(Incremental margin of the program - its cost) / its cost. The margin is incremental only \
        against a randomised hold-out, a group of customers that is kept out of the program; without \
        one it is n/a.",
    of_sums: None,
    of_deeds: None,
    needs: Some(Need::HoldOut),
    behind: None,
};
