//! How many customers are gone for good.

use crate::{
    Unit,
    behind::{self, Behind},
    catalog::Metric,
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "expected_churn",
    name: "Non-contractual churn",
    unit: Unit::Share,
    definition: "1 - the mean probability that a customer is still active, from BG/NBD; a fixed window of \
        inactivity (churn rate) is the simple alternative.",
    of_sums: None,
    of_deeds: None,
    needs: None,
    behind: Some(Behind::Orders(behind::bought)),
};
