//! What a purchase comes to.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::Metric,
    mean_interval,
    sums::Sums,
};

/// Average order value in the catalog.
pub const METRIC: Metric = Metric {
    id: "average_order_value",
    name: "Average order value",
    unit: Unit::Money,
    definition: "What purchases came to / number of purchases. Refunds are not taken off here.",
    of_sums: Some(of),
    of_deeds: None,
    needs: None,
    behind: Some(Behind::Orders(behind::bought)),
};

/// Of these sums.
pub fn of(sums: &Sums) -> Figure {
    let interval = mean_interval(sums.orders, sums.sales as f64, sums.squares as f64);
    Figure::quotient(
        Unit::Money,
        sums.sales,
        sums.orders.into(),
        sums.buyers,
        "all purchases",
    )
    .within(interval)
}
