//! What a customer is worth.

use crate::{
    Unit,
    behind::{self, Behind},
    catalog::Metric,
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "lifetime_value",
    name: "Lifetime value",
    unit: Unit::Money,
    definition: "Per customer: margin so far + margin expected within the horizon, from expected purchases \
        (BG/NBD) x expected spend (Gamma-Gamma, only where spend and frequency are independent), \
        discounted monthly. Margin, horizon and discount rate are printed beside it. The interval is \
        the normal one of the mean over customers, 95 %; it does not hold the uncertainty of the \
        model.",
    of_sums: None,
    of_deeds: None,
    needs: None,
    behind: Some(Behind::Orders(behind::bought)),
};
