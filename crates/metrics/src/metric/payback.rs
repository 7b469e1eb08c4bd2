//! How long until customers have brought in what it cost to win them.

use crate::{
    Calendar, Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::SpendOn,
    metric::cohorts::Cohorts,
    report::Beside,
};
use regulars_base::Period;

/// CAC payback in the catalog.
pub const METRIC: Metric = Metric {
    id: "payback",
    name: "CAC payback",
    unit: Unit::Months,
    definition: "Months until the cumulative margin of an acquisition cohort covers what its acquisition \
        cost; interpolated inside the month, n/a (\"not yet\") where it has not. 12 to 18 months are \
        usual.",
    of_sums: None,
    of_deeds: None,
    needs: Some(Need::Spend),
    behind: Some(Behind::Orders(behind::bought_first)),
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

/// Of all acquisition cohorts on which something was spent, each as old as the youngest of them, at this
/// margin: a share of sales.
pub fn of_cohorts(calendar: &Calendar, cohorts: &Cohorts, beside: &Beside, margin: f64) -> Figure {
    let spent = |at: usize| beside.deeds.sheet.periods[at].spent[SpendOn::Acquisition as usize];
    let with: Vec<usize> = (0..calendar.len())
        .filter(|&at| spent(at) > 0 && cohorts.size(at) > 0)
        .collect();
    let Some(youngest) = with.last() else {
        return Figure::none(Unit::Months, "cohorts on which something was spent");
    };
    let ages = 0..calendar.len() - youngest;
    let margins: Vec<i64> = ages
        .map(|age| {
            let sales: i128 = with.iter().map(|&at| cohorts.cell(at, age).amount).sum();
            (sales as f64 * margin).round() as i64
        })
        .collect();
    let cost: i128 = with.iter().map(|&at| spent(at)).sum();
    let customers = with.iter().map(|&at| cohorts.size(at)).sum();
    let cost = i64::try_from(cost).unwrap_or(i64::MAX);
    let mut figure = of(&margins, cost, customers);
    figure.value = figure
        .value
        .map(|periods| periods * months_of(calendar.period()));
    figure
}

/// How many months a period is.
const fn months_of(period: Period) -> f64 {
    match period {
        Period::Day => 12.0 / 365.25,
        Period::Week => 12.0 * 7.0 / 365.25,
        Period::Month => 1.0,
        Period::Quarter => 3.0,
        Period::HalfYear => 6.0,
        Period::Year => 12.0,
    }
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
