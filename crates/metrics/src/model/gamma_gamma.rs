//! Gamma-Gamma: what a purchase of a customer will be worth (Fader and Hardie, "The Gamma-Gamma model
//! of monetary value", 2013).
//!
//! What a customer spends varies around a mean of their own, and the means vary among customers. Of
//! somebody with few purchases the model believes the average of all more than their own; with each
//! purchase it believes them more.
//!
//! It holds only where who buys more often does not spend more (or less) each time. That is checked
//! before the fit and stated with it: see [`Independence`].

use crate::figure::Z;
use std::collections::BTreeMap;

use super::matrix::Matrix;
use super::maximize::{Slope, maximize};
use super::refusal::Refusal;
use super::special::{digamma, ln_gamma, trigamma};
use super::{Estimate, FitOptions, spread};

/// The parameters, in the order of [`GammaGamma::parameters`].
pub const PARAMETERS: [&str; 3] = ["p", "q", "gamma"];

/// The model with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GammaGamma {
    /// Shape of the purchases of one customer: the larger, the more alike they are.
    pub p: f64,
    /// Shape of the customers' means: the larger, the more alike customers are.
    pub q: f64,
    /// Scale, in the unit of money of the data.
    pub gamma: f64,
}

/// Whether spend depends on frequency, which the model says it does not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Independence {
    /// Pearson's correlation of purchases and mean spend.
    pub correlation: f64,
    /// From where to where it lies in 95 of 100 such samples (Fisher's transform).
    pub interval: (f64, f64),
    /// Whether it is small enough for the model: below [`CORRELATION_MAX`] either way.
    pub holds: bool,
}

/// Above this correlation, lifetime values from the model would lean to one side by much: CDNOW, for
/// which the model was published, has 0.11.
pub const CORRELATION_MAX: f64 = 0.3;

/// A fit.
#[derive(Clone, Debug)]
pub struct GammaGammaFit {
    /// The most likely parameters.
    pub model: GammaGamma,
    /// The same with their standard errors, in the order of [`PARAMETERS`].
    pub estimates: [Estimate; 3],
    /// The natural logarithm of the likelihood at its top.
    pub log_likelihood: f64,
    /// How many customers it was fitted to.
    pub customers: u64,
    /// How many were left out, because their refunds took all that they paid (or more).
    pub left_out: u64,
    /// The check of what the model stands on.
    pub independence: Independence,
    /// How often the likelihood was worked out.
    pub evaluations: u32,
}

const BOUND: f64 = 25.0;

/// Fewer customers than this, and three parameters follow single ones.
pub const CUSTOMERS_LEAST: u64 = 30;

impl GammaGamma {
    /// Finds the most likely parameters. `purchases` and `mean` have one row per customer: how many
    /// purchases, and what one was worth on average. Customers without purchases, or whose mean is not
    /// above zero, are left out and counted.
    ///
    /// # Errors
    /// Where the customers are too few or spend too much alike to tell, see [`Refusal`].
    pub fn fit(
        purchases: &[u32],
        mean: &[f64],
        options: &FitOptions,
    ) -> Result<GammaGammaFit, Refusal> {
        if purchases.len() != mean.len() {
            return Err(Refusal::Lengths {
                left: purchases.len(),
                right: mean.len(),
            });
        }
        if let Some(row) = mean.iter().position(|mean| !mean.is_finite()) {
            let why = "the mean spend is no number";
            return Err(Refusal::BadRow { row, why });
        }
        let rows: Vec<(u32, f64)> = purchases
            .iter()
            .zip(mean)
            .filter(|&(&purchases, &mean)| purchases > 0 && mean > 0.0)
            .map(|(&purchases, &mean)| (purchases, mean))
            .collect();
        let have = rows.len() as u64;
        if have < CUSTOMERS_LEAST {
            return Err(Refusal::TooFew {
                what: "customers with spend after the first purchase",
                have,
                need: CUSTOMERS_LEAST,
            });
        }
        let independence = independence(&rows)?;
        // In units of the overall mean the search begins at the same place for every currency.
        let scale = rows.iter().map(|(_, mean)| mean).sum::<f64>() / have as f64;
        let spend = Spend::new(&rows, scale);
        let threads = options.threads.max(1);
        let start = vec![2.0_f64.ln(), 3.0_f64.ln(), 1.0_f64.ln()];
        let top = maximize(start, &PARAMETERS, BOUND, |at| slope(&spend, at, threads))?;
        let estimates = Estimate::of_logarithms(&top, &PARAMETERS)?;
        let gamma = Estimate {
            value: estimates[2].value * scale,
            standard_error: estimates[2].standard_error * scale,
        };
        Ok(GammaGammaFit {
            model: Self {
                p: estimates[0].value,
                q: estimates[1].value,
                gamma: gamma.value,
            },
            estimates: [estimates[0], estimates[1], gamma],
            log_likelihood: top.value - have as f64 * scale.ln(),
            customers: have,
            left_out: purchases.len() as u64 - have,
            independence,
            evaluations: top.evaluations,
        })
    }

    /// `p`, `q`, `gamma`.
    #[must_use]
    pub fn parameters(&self) -> [f64; 3] {
        [self.p, self.q, self.gamma]
    }

    /// What a purchase is worth on average, over all customers; `None` where the means differ so much
    /// that they have no average (q at most 1).
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.q > 1.0).then(|| self.p * self.gamma / (self.q - 1.0))
    }

    /// What a purchase of this customer is to be expected to be worth: `purchases` so far, worth `mean`
    /// on average. Without purchases it is [`GammaGamma::mean`].
    #[must_use]
    pub fn expected(&self, purchases: u32, mean: f64) -> Option<f64> {
        if purchases == 0 || mean <= 0.0 {
            return self.mean();
        }
        let x = f64::from(purchases);
        let below = self.p * x + self.q - 1.0;
        (below > 0.0).then(|| self.p * (self.gamma + x * mean) / below)
    }
}

fn independence(rows: &[(u32, f64)]) -> Result<Independence, Refusal> {
    let n = rows.len() as f64;
    let (mut x_sum, mut z_sum) = (0.0, 0.0);
    for &(x, z) in rows {
        x_sum += f64::from(x);
        z_sum += z;
    }
    let (x_mean, z_mean) = (x_sum / n, z_sum / n);
    let (mut xx, mut zz, mut xz) = (0.0, 0.0, 0.0);
    for &(x, z) in rows {
        let (x, z) = (f64::from(x) - x_mean, z - z_mean);
        xx += x * x;
        zz += z * z;
        xz += x * z;
    }
    if zz <= 1e-18 * n * z_mean * z_mean {
        return Err(Refusal::NoVariation {
            what: "every customer spends the same",
        });
    }
    // Where all bought equally often, spend cannot depend on it.
    let correlation = if xx > 0.0 {
        (xz / (xx * zz).sqrt()).clamp(-1.0, 1.0)
    } else {
        0.0
    };
    let turned = correlation.clamp(-1.0 + 1e-12, 1.0 - 1e-12).atanh();
    let spread = Z / (n - 3.0).sqrt();
    Ok(Independence {
        correlation,
        interval: ((turned - spread).tanh(), (turned + spread).tanh()),
        holds: correlation.abs() < CORRELATION_MAX,
    })
}

/// Customers by how often they bought.
struct Spend {
    /// For each number of purchases: how many customers, and the sum of the logarithms of their means.
    by_purchases: Vec<(f64, f64, f64)>,
    /// All that each customer spent, in units of the overall mean, with the number of purchases.
    rows: Vec<(f64, f64)>,
}

impl Spend {
    fn new(rows: &[(u32, f64)], scale: f64) -> Self {
        let mut by_purchases: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
        for &(purchases, mean) in rows {
            let entry = by_purchases.entry(purchases).or_default();
            entry.0 += 1.0;
            entry.1 += (mean / scale).ln();
        }
        let spent = |&(purchases, mean): &(u32, f64)| {
            let purchases = f64::from(purchases);
            (purchases, purchases * (mean / scale))
        };
        Self {
            by_purchases: by_purchases
                .into_iter()
                .map(|(purchases, (count, logarithms))| (f64::from(purchases), count, logarithms))
                .collect(),
            rows: rows.iter().map(spent).collect(),
        }
    }
}

/// Rows that one task works on.
const ROWS: usize = 8192;

/// Logarithm of the likelihood with its derivatives by the logarithms of p, q, gamma.
fn slope(of: &Spend, at: &[f64], threads: usize) -> Slope {
    let [p, q, gamma] = [at[0].exp(), at[1].exp(), at[2].exp()];
    let mut value = 0.0;
    let mut g = [0.0; 3];
    let mut h = [[0.0; 3]; 3];
    let (ln_gamma_q, digamma_q, trigamma_q) = (ln_gamma(q), digamma(q), trigamma(q));
    for &(x, count, logarithms) in &of.by_purchases {
        let (px, both) = (p * x, p * x + q);
        value += count * (ln_gamma(both) - ln_gamma(px) - ln_gamma_q + q * at[2] + px * x.ln());
        value += (px - 1.0) * logarithms;
        let (digamma_both, trigamma_both) = (digamma(both), trigamma(both));
        g[0] += x * (count * (digamma_both - digamma(px) + x.ln()) + logarithms);
        g[1] += count * (digamma_both - digamma_q + at[2]);
        g[2] += count * q / gamma;
        h[0][0] += count * x * x * (trigamma_both - trigamma(px));
        h[0][1] += count * x * trigamma_both;
        h[1][1] += count * (trigamma_both - trigamma_q);
        h[1][2] += count / gamma;
        h[2][2] -= count * q / (gamma * gamma);
    }
    let tasks: Vec<&[(f64, f64)]> = of.rows.chunks(ROWS).collect();
    // -(p x + q) ln(gamma + x z), summed with what its derivatives need.
    let parts = spread::in_order(threads, &tasks, |rows| {
        let mut sums = [0.0; 7];
        for &(x, spent) in *rows {
            let whole = gamma + spent;
            let (logarithm, inverse) = (whole.ln(), 1.0 / whole);
            let power = p * x + q;
            sums[0] += power * logarithm;
            sums[1] += x * logarithm;
            sums[2] += logarithm;
            sums[3] += power * inverse;
            sums[4] += x * inverse;
            sums[5] += inverse;
            sums[6] += power * inverse * inverse;
        }
        sums
    });
    for sums in parts {
        value -= sums[0];
        g[0] -= sums[1];
        g[1] -= sums[2];
        g[2] -= sums[3];
        h[0][2] -= sums[4];
        h[1][2] -= sums[5];
        h[2][2] += sums[6];
    }
    let scale = [p, q, gamma];
    let mut hessian = Matrix::zero(3);
    for row in 0..3 {
        for column in row..3 {
            let own = if row == column {
                scale[row] * g[row]
            } else {
                0.0
            };
            let both = scale[row] * scale[column] * h[row][column];
            hessian.set_both(row, column, both + own);
        }
    }
    Slope {
        value,
        gradient: (0..3).map(|i| scale[i] * g[i]).collect(),
        hessian,
    }
}

#[cfg(test)]
mod tests {
    use super::{Spend, slope};
    use crate::model::maximize::assert_derivatives;

    #[test]
    fn derivatives_are_those_of_the_likelihood() {
        let spend = Spend::new(&[(1, 22.35), (2, 11.77), (2, 90.0), (30, 5.5)], 30.0);
        for at in [[1.8, 1.3, -0.7], [-1.0, 2.0, 3.0], [0.0; 3]] {
            assert_derivatives(&at, |at| slope(&spend, at, 1));
        }
    }
}
