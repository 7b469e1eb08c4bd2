//! Whether customers are worth what they cost.

use crate::{
    Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "clv_to_cac",
    name: "CLV : CAC",
    unit: Unit::Ratio,
    definition: "Lifetime value of a customer / acquisition cost of a customer, over the whole time of the \
        data.",
    of_sums: None,
    of_deeds: None,
    needs: Some(Need::Spend),
    behind: Some(Behind::Orders(behind::bought_first)),
};
