//! Churn: how likely a customer is to buy nothing in the time to come, from what is known of them.
//!
//! A logistic regression: each feature moves the odds by a factor that can be read and explained. Features
//! are brought to one scale first, and their weights are held back a little (a ridge of one), so that a
//! feature that happens to part a small sample perfectly does not get all the say.
//!
//! It is fitted to one period and checked on a later one: calibration (of those given 30 %, do 30 %
//! leave?), Brier's score and the order, beside what a naive guess reaches.

use crate::figure::Z;
use regulars_base::CivilDay;

use super::matrix::Matrix;
use super::maximize::{Slope, maximize};
use super::ranking::area_under_roc;
use super::refusal::Refusal;
use crate::CustomerSummary;

/// What the model looks at, in the order of [`features`].
pub const FEATURES: [&str; 7] = [
    "days_since_last",
    "days_since_last_by_usual_gap",
    "purchase_days",
    "age_days",
    "usual_gap_days",
    "spend_per_day",
    "refunds_per_order",
];

/// What is known of a customer on the day `end`. Counts and times go in as logarithms: from one to two
/// purchases is as far as from ten to twenty.
#[must_use]
pub fn features(customer: &CustomerSummary, end: CivilDay) -> [f64; 7] {
    let age = f64::from(customer.age_days(end).max(0));
    let recency = f64::from(customer.recency_days().max(0));
    let silent = (age - recency).max(0.0);
    // Of whoever bought once no gap is known; their age is the least that it can be.
    let gap = if customer.repeats() > 0 {
        recency / f64::from(customer.repeats())
    } else {
        age
    };
    let spend = customer.spent.max(0) as f64 / f64::from(customer.days.max(1));
    [
        silent.ln_1p(),
        silent.ln_1p() - gap.ln_1p(),
        f64::from(customer.days).ln_1p(),
        age.ln_1p(),
        gap.ln_1p(),
        spend.ln_1p(),
        f64::from(customer.refunds) / f64::from(customer.orders.max(1)),
    ]
}

/// The model.
#[derive(Clone, Debug, PartialEq)]
pub struct Churn {
    mean: Vec<f64>,
    scale: Vec<f64>,
    weights: Vec<f64>,
    errors: Vec<f64>,
    base: f64,
    customers: u64,
    left: u64,
}

/// Customers who left, and who stayed: with fewer of either there is nothing to learn from.
pub const EACH_LEAST: u64 = 30;

const RIDGE: f64 = 1.0;

const NAMES: [&str; 1] = ["weights"];

impl Churn {
    /// Fits the model: one row of features for each customer, and whether they left.
    ///
    /// # Errors
    /// Rows of different lengths, a feature that is no number, too few who left or who stayed, or no
    /// feature that varies.
    pub fn fit<const N: usize>(rows: &[[f64; N]], left: &[bool]) -> Result<Self, Refusal> {
        check(rows, left)?;
        let count = rows.len() as f64;
        let leavers = left.iter().filter(|&&left| left).count() as u64;
        let stayers = rows.len() as u64 - leavers;
        for (what, have) in [
            ("customers who left", leavers),
            ("customers who stayed", stayers),
        ] {
            if have < EACH_LEAST {
                let need = EACH_LEAST;
                return Err(Refusal::TooFew { what, have, need });
            }
        }
        let mean: Vec<f64> = (0..N)
            .map(|i| rows.iter().map(|row| row[i]).sum::<f64>() / count)
            .collect();
        let scale: Vec<f64> = (0..N)
            .map(|i| {
                let square = |row: &[f64; N]| (row[i] - mean[i]).powi(2);
                let deviation = (rows.iter().map(square).sum::<f64>() / count).sqrt();
                // A feature that does not vary is given no say.
                if deviation > 1e-9 * mean[i].abs().max(1e-3) {
                    1.0 / deviation
                } else {
                    0.0
                }
            })
            .collect();
        if scale.iter().all(|&scale| scale == 0.0) {
            return Err(Refusal::NoVariation {
                what: "no feature differs among customers",
            });
        }
        let base = leavers as f64 / count;
        let mut start = vec![0.0; N + 1];
        start[0] = (base / (1.0 - base)).ln();
        let top = maximize(start, &NAMES, 1e3, |at| {
            slope(rows, left, &mean, &scale, at)
        })?;
        let errors = (0..=N)
            .map(|i| top.covariance.at(i, i).max(0.0).sqrt())
            .collect();
        Ok(Self {
            mean,
            scale,
            weights: top.at,
            errors,
            base,
            customers: rows.len() as u64,
            left: leavers,
        })
    }

    /// How likely a customer with these features is to leave; `None` where their number differs from
    /// that of the fit.
    #[must_use]
    pub fn probability(&self, features: &[f64]) -> Option<f64> {
        if features.len() != self.mean.len() {
            return None;
        }
        let odds = self.weights[0]
            + features
                .iter()
                .zip(&self.mean)
                .zip(&self.scale)
                .zip(&self.weights[1..])
                .map(|(((value, mean), scale), weight)| (value - mean) * scale * weight)
                .sum::<f64>();
        Some(1.0 / (1.0 + (-odds).exp()))
    }

    /// By what factor each feature moves the odds of leaving when it grows by one standard deviation, with
    /// the 95 % interval.
    #[must_use]
    pub fn odds_factors(&self) -> Vec<(f64, (f64, f64))> {
        let factor = |(weight, error): (&f64, &f64)| {
            let spread = Z * error;
            (
                weight.exp(),
                ((weight - spread).exp(), (weight + spread).exp()),
            )
        };
        self.weights
            .iter()
            .zip(&self.errors)
            .skip(1)
            .map(factor)
            .collect()
    }

    /// How many customers it was fitted to, and how many of them left.
    #[must_use]
    pub fn fitted_to(&self) -> (u64, u64) {
        (self.customers, self.left)
    }

    /// Checks the model on customers of a later period. The naive guesses: everybody leaves as likely as
    /// everybody did in the fit (for Brier's score), and who has been silent longest leaves first (for the
    /// order; `silent` has the days since the last purchase).
    ///
    /// # Errors
    /// As [`Churn::fit`], but any number of customers will do.
    pub fn check<const N: usize>(
        &self,
        rows: &[[f64; N]],
        left: &[bool],
        silent: &[f64],
    ) -> Result<ChurnCheck, Refusal> {
        check(rows, left)?;
        if silent.len() != left.len() {
            return Err(Refusal::Lengths {
                left: silent.len(),
                right: left.len(),
            });
        }
        if rows.is_empty() || N != self.mean.len() {
            return Err(Refusal::BadArgument {
                what: "the check takes customers with the features of the fit",
            });
        }
        let forecast: Vec<f64> = rows
            .iter()
            .map(|row| self.probability(row).unwrap_or(self.base))
            .collect();
        let brier = |of: &dyn Fn(usize) -> f64| {
            let square = |place: usize| (of(place) - f64::from(u8::from(left[place]))).powi(2);
            (0..left.len()).map(square).sum::<f64>() / left.len() as f64
        };
        Ok(ChurnCheck {
            customers: rows.len() as u64,
            left: left.iter().filter(|&&left| left).count() as u64,
            brier: brier(&|place| forecast[place]),
            brier_naive: brier(&|_| self.base),
            area_under_roc: area_under_roc(&forecast, left),
            area_under_roc_naive: area_under_roc(silent, left),
            reliability: reliability(&forecast, left),
        })
    }
}

/// How the model did on customers that it was not fitted to.
#[derive(Clone, Debug, PartialEq)]
pub struct ChurnCheck {
    /// How many customers.
    pub customers: u64,
    /// How many of them left.
    pub left: u64,
    /// The mean squared distance between probability and what happened: the lower, the better.
    pub brier: f64,
    /// The same, had everybody been given the share that left in the fit.
    pub brier_naive: f64,
    /// How well it tells who leaves; `None` where all or none did. Gini is twice that less one.
    pub area_under_roc: Option<f64>,
    /// The same by the time since the last purchase alone.
    pub area_under_roc_naive: Option<f64>,
    /// The calibration plot.
    pub reliability: Vec<ReliabilityBin>,
}

/// Customers who were given about the same probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReliabilityBin {
    /// How many.
    pub customers: u64,
    /// The probability that they were given, on average.
    pub forecast: f64,
    /// The share that left.
    pub actual: f64,
}

/// Ten bins of equally many customers.
fn reliability(forecast: &[f64], left: &[bool]) -> Vec<ReliabilityBin> {
    let mut order: Vec<usize> = (0..forecast.len()).collect();
    order.sort_by(|&a, &b| forecast[a].total_cmp(&forecast[b]));
    order
        .chunks(order.len().div_ceil(10).max(1))
        .map(|places| {
            let count = places.len() as f64;
            ReliabilityBin {
                customers: places.len() as u64,
                forecast: places.iter().map(|&place| forecast[place]).sum::<f64>() / count,
                actual: places.iter().filter(|&&place| left[place]).count() as f64 / count,
            }
        })
        .collect()
}

fn check<const N: usize>(rows: &[[f64; N]], left: &[bool]) -> Result<(), Refusal> {
    if rows.len() != left.len() {
        return Err(Refusal::Lengths {
            left: rows.len(),
            right: left.len(),
        });
    }
    match rows
        .iter()
        .position(|row| row.iter().any(|value| !value.is_finite()))
    {
        Some(row) => Err(Refusal::BadRow {
            row,
            why: "a feature is no number",
        }),
        None => Ok(()),
    }
}

fn slope<const N: usize>(
    rows: &[[f64; N]],
    left: &[bool],
    mean: &[f64],
    scale: &[f64],
    at: &[f64],
) -> Slope {
    let size = N + 1;
    let mut value = 0.0;
    let mut gradient = vec![0.0; size];
    let mut hessian = Matrix::zero(size);
    let mut x = vec![1.0; size];
    for (row, &left) in rows.iter().zip(left) {
        for i in 0..N {
            x[i + 1] = (row[i] - mean[i]) * scale[i];
        }
        let odds: f64 = x.iter().zip(at).map(|(x, weight)| x * weight).sum();
        // ln(1 + e^odds), without overflow.
        let small = (-odds.abs()).exp();
        let rest = odds.max(0.0) + small.ln_1p();
        let p = if odds > 0.0 { 1.0 } else { small } / (1.0 + small);
        let did = f64::from(u8::from(left));
        value += did * odds - rest;
        for i in 0..size {
            gradient[i] += (did - p) * x[i];
            for j in i..size {
                hessian.add(i, j, -p * (1.0 - p) * x[i] * x[j]);
            }
        }
    }
    for i in 0..size {
        if i > 0 {
            value -= 0.5 * RIDGE * at[i] * at[i];
            gradient[i] -= RIDGE * at[i];
            hessian.add(i, i, -RIDGE);
        }
        for j in i + 1..size {
            hessian.set(j, i, hessian.at(i, j));
        }
    }
    Slope {
        value,
        gradient,
        hessian,
    }
}

#[cfg(test)]
mod tests {
    use super::{Churn, Refusal};

    /// Who has a larger feature leaves more often: 1 of 11 at 0, 10 of 11 at 9.
    fn customers() -> (Vec<[f64; 2]>, Vec<bool>) {
        (0..1100_u32)
            .map(|i| ([f64::from(i % 10), 7.0], (i / 10) % 11 <= i % 10))
            .unzip()
    }

    #[test]
    fn a_feature_that_matters_is_found_and_one_that_does_not_vary_is_not() {
        let (rows, left) = customers();
        let churn = Churn::fit(&rows, &left).unwrap();
        assert!((churn.probability(&[4.5, 7.0]).unwrap() - 0.5).abs() < 1e-6);
        let factors = churn.odds_factors();
        assert!(factors[0].1.0 > 2.0, "{factors:?}");
        assert_eq!(factors[1].0, 1.0);
        let silent: Vec<f64> = rows.iter().map(|row| -row[0]).collect();
        let check = churn.check(&rows, &left, &silent).unwrap();
        assert!(check.brier < 0.8 * check.brier_naive);
        // Over all pairs, with shares of 1/11 to 10/11 at ten steps, it is 4/5 on paper.
        assert!((check.area_under_roc.unwrap() - 0.8).abs() < 1e-9);
        assert!((check.area_under_roc_naive.unwrap() - 0.2).abs() < 1e-9);
        for bin in check.reliability {
            assert!((bin.forecast - bin.actual).abs() < 0.06, "{bin:?}");
        }
        assert_eq!(churn.probability(&[1.0]), None);
    }

    #[test]
    fn a_feature_that_parts_them_perfectly_is_held_back() {
        let rows: Vec<[f64; 1]> = (0..100).map(|i| [f64::from(i)]).collect();
        let left: Vec<bool> = (0..100).map(|i| i >= 50).collect();
        let churn = Churn::fit(&rows, &left).unwrap();
        let highest = churn.probability(&[99.0]).unwrap();
        assert!(highest > 0.95 && highest < 1.0, "{highest}");
    }

    #[test]
    fn data_that_say_nothing_are_refused() {
        let (rows, left) = customers();
        let code = |rows: &[[f64; 2]], left: &[bool]| Churn::fit(rows, left).unwrap_err().code();
        assert_eq!(code(&rows, &left[1..]), "columns_differ_in_length");
        assert_eq!(code(&rows, &vec![true; rows.len()]), "too_few");
        assert_eq!(code(&[], &[]), "too_few");
        assert_eq!(code(&vec![[1.0, 2.0]; 1100], &left), "no_variation");
        let mut broken = rows.clone();
        broken[3][1] = f64::INFINITY;
        assert!(matches!(
            Churn::fit(&broken, &left),
            Err(Refusal::BadRow { row: 3, .. })
        ));
    }
}
