//! Gamma-Gamma against what happened afterwards: what a purchase of each customer was worth in the time held out,
//! beside what the model expected and what anybody could have guessed.
//!
//! The naive guess is that everybody goes on spending as before: the customer's own mean. Only customers are
//! asked about of whom both are known: who had come back before the cut, and came again after it.

use std::collections::BTreeMap;

use super::holdout::{BIN_LAST, Bin};
use super::refusal::Refusal;
use super::{FitOptions, GammaGamma};

/// What is known of a customer: before the cut, and after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spent {
    /// How often they had come back.
    pub repeats: u32,
    /// What such a purchase was worth on average, in minor units.
    pub mean: f64,
    /// What one was worth after the cut; nothing of whoever did not come.
    pub later: Option<f64>,
}

/// How a forecast of spend did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpendAccuracy {
    /// What it expected of a purchase, on average over customers.
    pub mean: f64,
    /// The mean of the distance between forecast and truth, by customer.
    pub distance: f64,
    /// The root of the mean of the squared distance.
    pub root_square: f64,
}

/// The comparison. Amounts are in minor units.
#[derive(Clone, Debug, PartialEq)]
pub struct SpendCheck {
    /// How many customers.
    pub customers: u64,
    /// What a purchase of theirs was worth, on average over customers.
    pub actual: f64,
    /// The model.
    pub model: SpendAccuracy,
    /// The guess that everybody goes on as before.
    pub naive: SpendAccuracy,
    /// By how often they had come back: what was expected of a purchase, and what it was worth.
    pub bins: Vec<Bin>,
}

impl SpendCheck {
    /// Whether the model came closer by customer than the guess.
    #[must_use]
    pub fn beats_naive(&self) -> bool {
        self.model.root_square < self.naive.root_square
    }
}

/// Fewer customers than this, and a few large purchases decide.
pub const CUSTOMERS_LEAST: u64 = 30;

/// Fits the model to what was known before the cut, and asks it about the time after.
///
/// # Errors
/// The customers cannot carry the model, or too few of them came again.
pub fn check(rows: &[Spent], options: &FitOptions) -> Result<SpendCheck, Refusal> {
    let repeats: Vec<u32> = rows.iter().map(|it| it.repeats).collect();
    let mean: Vec<f64> = rows.iter().map(|it| it.mean).collect();
    let model = GammaGamma::fit(&repeats, &mean, options)?.model;
    let mut asked: Vec<(u32, f64, f64, f64)> = Vec::new();
    for it in rows.iter().filter(|it| it.repeats > 0 && it.mean > 0.0) {
        let Some(later) = it.later else {
            continue;
        };
        let expected = model.expected(it.repeats, it.mean);
        let expected = expected.ok_or(Refusal::NotIdentified { parameter: "q" })?;
        asked.push((it.repeats, expected, it.mean, later));
    }
    let customers = asked.len() as u64;
    if customers < CUSTOMERS_LEAST {
        return Err(Refusal::TooFew {
            what: "customers who came back before the cut and after it",
            have: customers,
            need: CUSTOMERS_LEAST,
        });
    }
    let n = customers as f64;
    let accuracy = |forecast: fn(&(u32, f64, f64, f64)) -> f64| {
        let off = || asked.iter().map(|it| forecast(it) - it.3);
        SpendAccuracy {
            mean: asked.iter().map(forecast).sum::<f64>() / n,
            distance: off().map(f64::abs).sum::<f64>() / n,
            root_square: (off().map(|it| it * it).sum::<f64>() / n).sqrt(),
        }
    };
    Ok(SpendCheck {
        customers,
        actual: asked.iter().map(|it| it.3).sum::<f64>() / n,
        model: accuracy(|it| it.1),
        naive: accuracy(|it| it.2),
        bins: bins(&asked),
    })
}

fn bins(asked: &[(u32, f64, f64, f64)]) -> Vec<Bin> {
    let mut sums: BTreeMap<u32, (u64, f64, f64)> = BTreeMap::new();
    for (repeats, expected, _, later) in asked {
        let sum = sums.entry((*repeats).min(BIN_LAST)).or_default();
        sum.0 += 1;
        sum.1 += expected;
        sum.2 += later;
    }
    let bin = |(repeats, (customers, forecast, actual)): (u32, (u64, f64, f64))| Bin {
        repeats,
        customers,
        forecast: forecast / customers as f64,
        actual: actual / customers as f64,
    };
    sums.into_iter().map(bin).collect()
}

#[cfg(test)]
mod tests {
    use super::{Spent, check};
    use crate::model::FitOptions;

    /// Customers of few purchases, whose mean so far is partly chance, the more so the fewer they are; so much of
    /// that chance is gone in the time after.
    fn rows(gone: f64) -> Vec<Spent> {
        (0..240_u32)
            .map(|at| {
                let repeats = 1 + at % 4;
                // Few spend much more than the others.
                let own = 2000.0 / (8.0 + f64::from(at * 7 % 60));
                let by = [-0.6, -0.2, 0.1, 0.7][(at / 4 % 4) as usize] / f64::from(repeats).sqrt();
                Spent {
                    repeats,
                    mean: own * (1.0 + by),
                    later: (at % 5 > 0).then_some(own * (1.0 + (1.0 - gone) * by)),
                }
            })
            .collect()
    }

    #[test]
    fn the_model_is_nearer_where_a_mean_of_few_purchases_is_partly_chance() {
        let found = check(&rows(1.0), &FitOptions::default()).expect("it can be carried");
        assert_eq!(found.customers, 192);
        assert!(found.beats_naive(), "{found:?}");
        assert_eq!(found.bins.iter().map(|bin| bin.customers).sum::<u64>(), 192);
        assert_eq!(
            found.bins.iter().map(|bin| bin.repeats).collect::<Vec<_>>(),
            [1, 2, 3, 4]
        );
    }

    #[test]
    fn whoever_spends_as_before_is_foreseen_by_the_guess() {
        let found = check(&rows(0.0), &FitOptions::default()).expect("it can be carried");
        assert!(
            found.naive.root_square < 1e-9 && !found.beats_naive(),
            "{found:?}"
        );
    }

    #[test]
    fn too_few_who_came_again_are_no_check() {
        let mut few = rows(1.0);
        few.iter_mut().skip(20).for_each(|it| it.later = None);
        let refusal = check(&few, &FitOptions::default()).expect_err("too few came again");
        assert_eq!(refusal.code(), "too_few");
        assert!(
            refusal.to_string().contains("came back before the cut"),
            "{refusal}"
        );
    }
}
