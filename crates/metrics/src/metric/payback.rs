//! How long until customers have brought in what it cost to win them.

use crate::{Figure, Unit, catalog::Metric};

/// CAC payback in the catalog.
pub const METRIC: Metric = Metric {
    id: "payback",
    name: "CAC payback",
    unit: Unit::Months,
    definition: "Months until the cumulative margin of an acquisition cohort covers what its acquisition \
        cost; interpolated inside the month, n/a (\"not yet\") where it has not. 12 to 18 months are \
        usual.",
    of_sums: None,
};

/// Of a cohort's margin in each month since it was acquired and what that cost, in minor units.
pub fn of(margins: &[i64], cost: i64, customers: u64) -> Figure {
    let (mut sum, cost) = (0_i128, i128::from(cost));
    let mut value = (cost <= 0).then_some(0.0);
    for (month, &margin) in margins.iter().enumerate() {
        let before = sum;
        sum += i128::from(margin);
        if value.is_none() && sum >= cost {
            value = Some(month as f64 + (cost - before) as f64 / (sum - before) as f64);
        }
    }
    let mut figure = Figure::quotient(
        Unit::Months,
        cost,
        sum,
        customers,
        "customers of the cohort",
    );
    figure.value = value;
    figure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_month_is_interpolated() {
        assert_eq!(of(&[100, 100, 100], 250, 3).value, Some(2.5));
        assert_eq!(of(&[100, -50, 60], 110, 3).value, Some(3.0));
        assert_eq!(of(&[100], 250, 3).value, None);
        assert_eq!(of(&[], 0, 0).value, Some(0.0));
    }
}
