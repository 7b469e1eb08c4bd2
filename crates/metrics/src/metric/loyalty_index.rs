//! Customer Loyalty Index: the mean of three questions.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::DeedSums,
    mean_interval,
    sums::Sums,
};

/// CLI in the catalog.
pub const METRIC: Metric = Metric {
    id: "loyalty_index",
    name: "Customer Loyalty Index",
    unit: Unit::Score,
    definition: "The mean of all answers to: would you recommend us, buy again, try other products of \
        ours; each from 1 (surely) to 6 (surely not), which count 100, 80, 60, 40, 20 and 0. \"Cannot \
        answer\" is left out. Below 40 is under average, 40 to 75 average, above 75 over average.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Answers),
    behind: Some(Behind::Deeds(behind::loyal)),
};

/// Of how many answers of 1 to 6 there were to all three questions, by how many customers.
pub fn of(answers: &[u64; 6], customers: u64) -> Figure {
    let points = |at: usize| 100 - 20 * at as u64;
    let count: u64 = answers.iter().sum();
    let sum = |power: u32| -> u64 { (0..6).map(|at| answers[at] * points(at).pow(power)).sum() };
    let population = "answers to the three questions";
    Figure::quotient(
        Unit::Score,
        sum(1).into(),
        count.into(),
        customers,
        population,
    )
    .within(mean_interval(count, sum(1) as f64, sum(2) as f64))
}

fn of_deeds(_: &Sums, deeds: &DeedSums) -> Figure {
    of(&deeds.loyal, deeds.loyal_customers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_runs_from_0_to_100() {
        assert_eq!(of(&[1, 0, 0, 0, 0, 1], 1).value, Some(50.0));
        assert_eq!(of(&[3, 0, 0, 0, 0, 0], 1).value, Some(100.0));
        assert_eq!(of(&[0; 6], 0).value, None);
    }
}
