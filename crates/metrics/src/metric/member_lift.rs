//! What members buy more than others.

use crate::figure::Z;
use crate::{
    Figure, Interval, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::DeedSums,
    sums::Sums,
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "member_lift",
    name: "Member lift",
    unit: Unit::Money,
    definition: "What a member who bought spent, less what another customer who bought spent, on average. A \
        comparison, not an effect: who buys more joins rather; only a randomised hold-out would show \
        a cause. The interval is that of the difference of two means (Welch), 95 %.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Program),
    behind: Some(Behind::Deeds(behind::members)),
};

fn of_deeds(_: &Sums, deeds: &DeedSums) -> Figure {
    let (ours, others) = (&deeds.member_spend, &deeds.other_spend);
    let (members, rest) = (i128::from(ours.count), i128::from(others.count));
    let figure = Figure::quotient(
        Unit::Money,
        ours.sum
            .saturating_mul(rest)
            .saturating_sub(others.sum.saturating_mul(members)),
        members * rest,
        ours.count + others.count,
        "customers who bought, by comparison",
    );
    let Some(((mean, error), (other, other_error))) = ours.mean().zip(others.mean()) else {
        return figure;
    };
    let spread = Z * (error + other_error).sqrt();
    figure.within(Some(Interval {
        low: mean - other - spread,
        high: mean - other + spread,
        method: "Welch, 95 %",
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_of_two_means_is_known_by_hand() {
        let amounts = |count, sum, squares| crate::deeds::Amounts {
            count,
            sum,
            squares,
        };
        // 10 and 20 against 4 and 6: variances 50 and 2, so the spread is 1.96 x sqrt(25 + 1).
        let deeds = DeedSums {
            member_spend: amounts(2, 30, 500),
            other_spend: amounts(2, 10, 52),
            ..DeedSums::default()
        };
        let figure = of_deeds(&Sums::default(), &deeds);
        assert_eq!(figure.value, Some(10.0));
        let interval = figure.interval.expect("two of each");
        assert!((interval.high - 10.0 - 1.959_963_984_540_054 * 26_f64.sqrt()).abs() < 1e-9);
        assert_eq!(of_deeds(&Sums::default(), &DeedSums::default()).value, None);
    }
}
