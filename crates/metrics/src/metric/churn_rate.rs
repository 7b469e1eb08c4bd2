//! How many customers a period loses.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::Metric,
    sums::Sums,
};

/// Churn rate in the catalog.
pub const METRIC: Metric = Metric {
    id: "churn_rate",
    name: "Churn rate",
    unit: Unit::Share,
    definition: "Customers active at the start of the period and lost by its end / customers active \
        at its start. Active: at least one purchase within the activity window before the \
        day; lost: none within it at the end. The window is the 90th percentile of the days \
        between two purchases, unless it is set, and is printed. Periods are measured only \
        where the whole window lies in the data. Over all time: all measured periods \
        together, so it is the rate of an average period.",
    of_sums: Some(of),
    of_deeds: None,
    needs: None,
    behind: Some(Behind::Orders(behind::lost)),
};

/// Of these sums.
pub fn of(sums: &Sums) -> Figure {
    Figure::share(
        sums.lost,
        sums.active,
        "customers active at the start of the period",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_of_250_are_four_percent() {
        let sums = Sums {
            active: 250,
            lost: 10,
            ..Sums::default()
        };
        assert_eq!(of(&sums).value, Some(0.04));
        assert_eq!(of(&Sums::default()).value, None);
    }
}
