//! How many move to dearer things.

use crate::{
    Unit,
    catalog::{Metric, Need},
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "trade_up",
    name: "Trade-up rate",
    unit: Unit::Share,
    definition: "Customers who bought a dearer article of a category than the first one they bought of it / \
        customers who bought of a category on more than one day. Prices are those paid for one \
        piece. It belongs beside the upsell ratio.",
    of_sums: None,
    of_deeds: None,
    needs: Some(Need::Items),
    behind: None,
};
