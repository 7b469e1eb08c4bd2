//! How much of the revenue comes from the best customers.

use crate::{CustomerSummary, Figure, Unit, catalog::Metric};

/// Concentration in the catalog.
pub const METRIC: Metric = Metric {
    id: "concentration",
    name: "Share of the best fifth",
    unit: Unit::Share,
    definition: "What the 20 % of customers who spent most spent / what all customers spent, refunds \
        taken off. The curve shows the same for every other share of customers.",
    of_sums: None,
    of_deeds: None,
    needs: None,
    behind: None,
};

/// The curve: what the best customers spent, for each percent of customers.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// For 0 to 100 percent of customers, what they spent; minor units.
    pub spent: Vec<i128>,
    /// How many customers there are.
    pub customers: u64,
}

impl Curve {
    /// Of these customers.
    pub fn of(customers: &[CustomerSummary]) -> Self {
        let mut spent: Vec<i64> = customers.iter().map(|customer| customer.spent).collect();
        spent.sort_unstable_by(|a, b| b.cmp(a));
        let (mut sum, mut done) = (0_i128, 0);
        let mut curve = Vec::with_capacity(101);
        for percent in 0..=100 {
            let until = spent.len() * percent / 100;
            sum += spent[done..until]
                .iter()
                .map(|&it| i128::from(it))
                .sum::<i128>();
            done = until;
            curve.push(sum);
        }
        Self {
            spent: curve,
            customers: customers.len() as u64,
        }
    }

    /// The share of revenue of the best `percent` of customers; n/a where nothing was spent.
    pub fn share(&self, percent: usize) -> Figure {
        let part = self.spent[percent.min(100)];
        let whole = self.spent[100].max(0);
        Figure::quotient(
            Unit::Share,
            part,
            whole,
            self.customers,
            "customers who bought",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regulars_base::CivilDay;

    #[test]
    fn the_best_fifth_of_five_is_one() {
        let day = CivilDay::from_number(0);
        let customer = |spent| CustomerSummary {
            customer: 0,
            first: day,
            last: day,
            orders: 1,
            days: 1,
            refunds: 0,
            spent,
            spent_first_day: spent,
        };
        let curve = Curve::of(&[10, 60, 10, 10, 10].map(customer));
        assert_eq!(curve.share(20).value, Some(0.6));
        assert_eq!(curve.share(100).value, Some(1.0));
        assert_eq!(Curve::of(&[]).share(20).value, None);
    }
}
