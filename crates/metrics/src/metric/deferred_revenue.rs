//! Which part of sales is still to be earned.

use crate::{
    Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "deferred_revenue",
    name: "Deferred revenue",
    unit: Unit::Money,
    definition: "The price of purchases is shared between goods and points by relative stand-alone selling \
        price (IFRS 15, B39-B42); what belongs to points that are not redeemed yet.",
    of_sums: None,
    of_deeds: None,
    needs: Some(Need::Program),
    behind: Some(Behind::Deeds(behind::holds_points)),
};
