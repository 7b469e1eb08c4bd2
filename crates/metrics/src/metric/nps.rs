//! Net Promoter Score: how many would recommend, less how many would warn.

use crate::figure::Z;
use crate::{
    Figure, Interval, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::DeedSums,
    sums::Sums,
};

/// NPS in the catalog.
pub const METRIC: Metric = Metric {
    id: "nps",
    name: "Net Promoter Score",
    unit: Unit::Score,
    definition: "100 x (answers of 9 or 10 - answers of 0 to 6) / all answers to \"how likely is it \
        that you would recommend us?\" on 0 to 10. The interval is that of the difference of two \
        shares of the same answers (multinomial), 95 %. The response rate belongs beside it.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Answers),
    behind: Some(Behind::Deeds(behind::promoters)),
};

/// Of how many answered each of 0 to 10.
pub fn of(answers: &[u64; 11]) -> Figure {
    let all: u64 = answers.iter().sum();
    let promoters: u64 = answers[9..].iter().sum();
    let detractors: u64 = answers[..=6].iter().sum();
    let difference = i128::from(promoters) - i128::from(detractors);
    let population = "customers who answered";
    let figure = Figure::quotient(Unit::Score, difference * 100, all.into(), all, population);
    if all < 2 {
        return figure;
    }
    let n = all as f64;
    let (p, d) = (promoters as f64 / n, detractors as f64 / n);
    let spread = Z * ((p + d - (p - d) * (p - d)).max(0.0) / n).sqrt();
    figure.within(Some(Interval {
        low: (100.0 * (p - d - spread)).max(-100.0),
        high: (100.0 * (p - d + spread)).min(100.0),
        method: "multinomial, 95 %",
    }))
}

fn of_deeds(_: &Sums, deeds: &DeedSums) -> Figure {
    let mut figure = of(&deeds.recommend);
    figure.customers = deeds.respondents;
    figure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passives_count_below_the_line_only() {
        let mut answers = [0; 11];
        (answers[10], answers[8], answers[3]) = (50, 30, 20);
        let figure = of(&answers);
        assert_eq!(figure.value, Some(30.0));
        let interval = figure.interval.expect("a hundred answers");
        // 0.5 + 0.2 - 0.09 = 0.61; 1.96 x sqrt(0.0061) = 0.15308.
        assert!((interval.low - 14.692).abs() < 1e-3 && (interval.high - 45.308).abs() < 1e-3);
        assert_eq!(of(&[0; 11]).value, None);
    }
}
