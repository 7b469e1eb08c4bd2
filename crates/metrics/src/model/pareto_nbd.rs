//! Pareto/NBD: as BG/NBD, but customers leave at any moment and not only after a purchase
//! (Schmittlein, Morrison and Colombo, Management Science 1987).
//!
//! Rates of buying differ among customers as a gamma distribution (`r`, `alpha`), rates of leaving as
//! another (`s`, `beta`). Somebody who never came back may have left here, which BG/NBD rules out; the
//! price is a likelihood that takes some hundred times longer.
//!
//! The likelihood is usually written as the difference of two hypergeometric functions, which cancel
//! where the last purchase is near the end. Here it is the integral over the moment of leaving that
//! those functions stand for: nothing cancels, and its derivatives are integrals of the same kind.

use super::matrix::Matrix;
use super::maximize::{Slope, maximize};
use super::quadrature::places;
use super::refusal::Refusal;
use super::repeats::{Collapsed, Repeats, collapse};
use super::{Estimate, FitOptions, spread};

/// The parameters, in the order of [`ParetoNbd::parameters`].
pub const PARAMETERS: [&str; 4] = ["r", "alpha", "s", "beta"];

/// The model with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParetoNbd {
    /// Shape of the rates of buying.
    pub r: f64,
    /// Scale of the rates of buying, in the unit of time of the histories.
    pub alpha: f64,
    /// Shape of the rates of leaving.
    pub s: f64,
    /// Scale of the rates of leaving, in the same unit.
    pub beta: f64,
}

/// A fit.
#[derive(Clone, Debug)]
pub struct ParetoNbdFit {
    /// The most likely parameters.
    pub model: ParetoNbd,
    /// The same with their standard errors, in the order of [`PARAMETERS`].
    pub estimates: [Estimate; 4],
    /// The natural logarithm of the likelihood at its top.
    pub log_likelihood: f64,
    /// How many customers it was fitted to.
    pub customers: u64,
    /// How many of them came back.
    pub repeaters: u64,
    /// How often the likelihood of all customers was worked out.
    pub evaluations: u32,
}

const BOUND: f64 = 15.0;

impl ParetoNbd {
    /// Finds the most likely parameters.
    ///
    /// # Errors
    /// Where the histories are too few or too much alike to tell, see [`Refusal`].
    pub fn fit(histories: &Repeats<'_>, options: &FitOptions) -> Result<ParetoNbdFit, Refusal> {
        let threads = options.threads.max(1);
        let all = collapse(histories, 1, threads);
        all.suffices()?;
        let rows = rows(&all);
        let mean = all.observed / all.customers;
        let rate = all.repeats / all.observed.max(1e-300);
        let start = vec![
            0.5_f64.ln(),
            (0.5 / rate).ln(),
            0.5_f64.ln(),
            mean.max(1e-300).ln(),
        ];
        let top = maximize(start, &PARAMETERS, BOUND, |at| slope(&rows, at, threads))?;
        let estimates = Estimate::of_logarithms(&top, &PARAMETERS)?;
        let [r, alpha, s, beta] = [0, 1, 2, 3].map(|place| estimates[place]);
        Ok(ParetoNbdFit {
            model: Self {
                r: r.value,
                alpha: alpha.value,
                s: s.value,
                beta: beta.value,
            },
            estimates: [r, alpha, s, beta],
            log_likelihood: top.value,
            customers: all.customers as u64,
            repeaters: all.repeaters as u64,
            evaluations: top.evaluations,
        })
    }

    /// `r`, `alpha`, `s`, `beta`.
    #[must_use]
    pub fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.s, self.beta]
    }

    /// The logarithm of the likelihood of histories under this model.
    #[must_use]
    pub fn log_likelihood(&self, histories: &Repeats<'_>) -> f64 {
        let at = self.parameters().map(f64::ln);
        slope(&rows(&collapse(histories, 1, 1)), &at, 1).value
    }

    /// How likely a customer with this history is to be active still.
    #[must_use]
    pub fn probability_alive(&self, repeats: u32, last: f64, observed: f64) -> f64 {
        let row = Row {
            repeats: f64::from(repeats),
            last,
            observed,
            weight: 1.0,
        };
        let both = path(&row, self.parameters());
        (both.stayed - both.value).exp()
    }

    /// How often a new customer comes back within `horizon` of the first purchase, on average.
    #[must_use]
    pub fn expected_of_new(&self, horizon: f64) -> f64 {
        self.expected_while_active(0.0, 0.0, horizon)
    }

    /// How often a customer with this history is to be expected within the next `horizon`.
    #[must_use]
    pub fn expected(&self, repeats: u32, last: f64, observed: f64, horizon: f64) -> f64 {
        self.probability_alive(repeats, last, observed)
            * self.expected_while_active(f64::from(repeats), observed, horizon)
    }

    pub(crate) fn expected_while_active(&self, x: f64, observed: f64, horizon: f64) -> f64 {
        if horizon <= 0.0 {
            return 0.0;
        }
        // (1 - q^(s - 1)) / (s - 1) with q = (beta + T) / (beta + T + t), written so that s = 1 is no
        // special place.
        let fall = (horizon / (self.beta + observed)).ln_1p();
        let power = (self.s - 1.0) * fall;
        let part = if power.abs() < 1e-12 {
            fall
        } else {
            -(-power).exp_m1() / (self.s - 1.0)
        };
        (self.r + x) / (self.alpha + observed) * (self.beta + observed) * part
    }
}

/// One history and how many customers have it.
#[derive(Clone, Copy, Debug)]
struct Row {
    repeats: f64,
    last: f64,
    observed: f64,
    weight: f64,
}

fn rows(of: &Collapsed) -> Vec<Row> {
    let mut rows = Vec::with_capacity(of.rows());
    for end in &of.ends {
        for (&observed, &weight) in end.observed.iter().zip(&end.once) {
            rows.push(Row {
                repeats: 0.0,
                last: 0.0,
                observed,
                weight,
            });
        }
    }
    for group in &of.groups {
        for ((last, observed), weight) in group.last.iter().zip(&group.observed).zip(&group.weight)
        {
            for ((&last, &observed), &weight) in last.iter().zip(observed).zip(weight) {
                rows.push(Row {
                    repeats: group.repeats,
                    last,
                    observed,
                    weight,
                });
            }
        }
    }
    rows.retain(|row| row.weight > 0.0);
    rows
}

/// The part of the likelihood that depends on when the customer left, as a logarithm.
struct Path {
    /// Of having stayed to the end.
    stayed: f64,
    /// Of either.
    value: f64,
    /// First derivatives of `value` by the logarithms of the parameters.
    gradient: [f64; 4],
    /// Second ones; the upper triangle.
    hessian: [[f64; 4]; 4],
}

/// Beyond this power of e below the sum so far, the integral adds nothing that a float could show.
const NOTHING: f64 = 40.0;

/// The widest panel: the nearest singular place is pi away.
const PANEL: f64 = 1.5;

/// The power of e by which the integral may fall within a panel.
const FALL: f64 = 10.0;

/// ln of ((alpha + T)^-(r + x) (beta + T)^-s + s ∫ (alpha + u)^-(r + x) (beta + u)^-(s + 1) du), u from t
/// to T, with alpha^r beta^s in front.
///
/// Over y = ln(m + u), m the smaller of alpha and beta, what is integrated is an exponential times
/// something that has no singular place nearer than pi: sixteen places per panel give all digits.
fn path(row: &Row, [r, alpha, s, beta]: [f64; 4]) -> Path {
    let (x, last, observed) = (row.repeats, row.last, row.observed);
    let (ln_alpha, ln_beta, ln_s) = (alpha.ln(), beta.ln(), s.ln());
    let smaller = alpha.min(beta);
    let (low, high) = ((smaller + last).ln(), (smaller + observed).ln());
    let mut mixture = Mixture::default();

    let (a, b) = ((alpha + observed).ln(), (beta + observed).ln());
    let stayed = r * ln_alpha + s * ln_beta - (r + x) * a - s * b;
    let (ra, rb) = (alpha / (alpha + observed), beta / (beta + observed));
    mixture.reference = stayed;
    // Where most of the integral lies if it falls steeply, so that nothing overflows.
    let begin = ln_s + r * ln_alpha + s * ln_beta
        - (r + x) * (alpha + last).ln()
        - (s + 1.0) * (beta + last).ln()
        + low;
    mixture.reference = mixture.reference.max(begin);
    mixture.add(
        1.0,
        stayed,
        [
            r * (ln_alpha - a),
            r - (r + x) * ra,
            s * (ln_beta - b),
            s - s * rb,
        ],
        [
            r * (ln_alpha - a),
            r * (1.0 - ra),
            -(r + x) * ra * (1.0 - ra),
            s * (ln_beta - b),
            s * (1.0 - rb),
            -s * rb * (1.0 - rb),
        ],
    );
    // Over y the logarithm of what is integrated is concave: it rises by at most 1 a unit, then falls
    // ever more steeply. So the steepest place of a panel is one of its ends.
    let steepness = |y: f64| {
        let m = y.exp();
        let u = m - smaller;
        1.0 - (r + x) * m / (alpha + u) - (s + 1.0) * m / (beta + u)
    };
    let mut from = low;
    while from < high {
        let widest = (high - from).min(PANEL);
        let steepest = steepness(from).abs().max(steepness(from + widest).abs());
        // Never shorter than what a float can add, so that it comes to an end.
        let to = (from + widest.min(FALL / steepest)).max(from + 1e-12 * (1.0 + from.abs()));
        let to = to.min(high);
        let mut last_value = f64::NEG_INFINITY;
        places(from, to, PANEL, |y, weight| {
            let u = y.exp() - smaller;
            let (a, b) = if alpha <= beta {
                (y, (beta + u).ln())
            } else {
                ((alpha + u).ln(), y)
            };
            let (ra, rb) = (alpha * (-a).exp(), beta * (-b).exp());
            let value = ln_s + r * ln_alpha + s * ln_beta - (r + x) * a - (s + 1.0) * b + y;
            last_value = value;
            mixture.add(
                weight,
                value,
                [
                    r * (ln_alpha - a),
                    r - (r + x) * ra,
                    1.0 + s * (ln_beta - b),
                    s - (s + 1.0) * rb,
                ],
                [
                    r * (ln_alpha - a),
                    r * (1.0 - ra),
                    -(r + x) * ra * (1.0 - ra),
                    s * (ln_beta - b),
                    s * (1.0 - rb),
                    -(s + 1.0) * rb * (1.0 - rb),
                ],
            );
        });
        if steepness(to) < 0.0 && last_value < mixture.reference + mixture.total.ln() - NOTHING {
            break;
        }
        from = to;
    }
    mixture.finish(stayed)
}

/// A sum of exponentials, and the derivatives of its logarithm.
#[derive(Default)]
struct Mixture {
    reference: f64,
    total: f64,
    first: [f64; 4],
    second: [[f64; 4]; 4],
}

#[allow(
    clippy::needless_range_loop,
    reason = "rows and columns of small triangles read better by their numbers"
)]
impl Mixture {
    /// `weight` e^`value`; `first` and `own` are the derivatives of `value`: `own` has those by r twice,
    /// r and alpha, alpha twice, s twice, s and beta, beta twice. All others are zero.
    #[inline(always)]
    fn add(&mut self, weight: f64, value: f64, first: [f64; 4], own: [f64; 6]) {
        let part = weight * (value - self.reference).exp();
        self.total += part;
        for row in 0..4 {
            self.first[row] += part * first[row];
            for column in row..4 {
                self.second[row][column] += part * first[row] * first[column];
            }
        }
        self.second[0][0] += part * own[0];
        self.second[0][1] += part * own[1];
        self.second[1][1] += part * own[2];
        self.second[2][2] += part * own[3];
        self.second[2][3] += part * own[4];
        self.second[3][3] += part * own[5];
    }

    fn finish(self, stayed: f64) -> Path {
        let gradient = self.first.map(|sum| sum / self.total);
        let mut hessian = [[0.0; 4]; 4];
        for row in 0..4 {
            for column in row..4 {
                hessian[row][column] =
                    self.second[row][column] / self.total - gradient[row] * gradient[column];
            }
        }
        Path {
            stayed,
            value: self.reference + self.total.ln(),
            gradient,
            hessian,
        }
    }
}

/// Rows that one task works on.
const ROWS: usize = 256;

#[allow(
    clippy::needless_range_loop,
    reason = "rows and columns of small triangles read better by their numbers"
)]
fn slope(rows: &[Row], at: &[f64], threads: usize) -> Slope {
    let parameters = [at[0].exp(), at[1].exp(), at[2].exp(), at[3].exp()];
    let r = parameters[0];
    let tasks: Vec<&[Row]> = rows.chunks(ROWS).collect();
    let parts = spread::in_order(threads, &tasks, |rows| {
        let mut value = 0.0;
        let mut gradient = [0.0; 4];
        let mut hessian = [[0.0; 4]; 4];
        for row in *rows {
            let path = path(row, parameters);
            value += row.weight * path.value;
            for i in 0..4 {
                gradient[i] += row.weight * path.gradient[i];
                for j in i..4 {
                    hessian[i][j] += row.weight * path.hessian[i][j];
                }
            }
            // Γ(r + x) / Γ(r), as in BG/NBD.
            let mut i = 0.0;
            while i < row.repeats {
                let inverse = r / (r + i);
                value += row.weight * (r + i).ln();
                gradient[0] += row.weight * inverse;
                hessian[0][0] += row.weight * inverse * (1.0 - inverse);
                i += 1.0;
            }
        }
        (value, gradient, hessian)
    });
    let mut value = 0.0;
    let mut gradient = vec![0.0; 4];
    let mut hessian = Matrix::zero(4);
    for (part, first, second) in parts {
        value += part;
        for i in 0..4 {
            gradient[i] += first[i];
            for j in i..4 {
                hessian.add(i, j, second[i][j]);
            }
        }
    }
    for i in 0..4 {
        for j in i + 1..4 {
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
    use super::{ParetoNbd, Row, path, slope};
    use crate::model::maximize::assert_derivatives;
    use crate::model::quadrature::integrate;
    use crate::model::special::hypergeometric;

    #[test]
    fn derivatives_are_those_of_the_likelihood() {
        let row = |repeats, last, observed, weight| Row {
            repeats,
            last,
            observed,
            weight,
        };
        let rows = [
            row(0.0, 0.0, 38.86, 3.0),
            row(2.0, 30.43, 38.86, 1.0),
            row(40.0, 38.0, 38.0, 2.0),
            row(5.0, 1.0, 90.0, 1.0),
        ];
        for at in [[-0.6, 2.3, -0.5, 2.4], [1.0, -2.0, 2.0, 3.0], [0.0; 4]] {
            assert_derivatives(&at, |at| slope(&rows, at, 1));
        }
    }

    /// The likelihood as it is usually written.
    fn by_hypergeometric([r, alpha, s, beta]: [f64; 4], x: f64, last: f64, observed: f64) -> f64 {
        let k = r + s + x;
        let (larger, smaller, second) = if alpha >= beta {
            (alpha, beta, s + 1.0)
        } else {
            (beta, alpha, r + x)
        };
        let at = |u: f64| {
            hypergeometric(k, second, k + 1.0, (larger - smaller) / (larger + u)).unwrap()
                / (larger + u).powf(k)
        };
        let left = s / k * (at(last) - at(observed));
        let stayed = (alpha + observed).powf(-r - x) * (beta + observed).powf(-s);
        r * alpha.ln() + s * beta.ln() + (stayed + left).ln()
    }

    #[test]
    fn the_integral_is_the_difference_of_hypergeometric_functions() {
        for parameters in [
            [0.553, 10.578, 0.606, 11.669],
            [0.9, 12.0, 2.5, 3.0],
            [3.0, 0.5, 0.2, 40.0],
        ] {
            for (repeats, last, observed) in [
                (0.0, 0.0, 38.86),
                (2.0, 30.43, 38.86),
                (12.0, 5.0, 60.0),
                (1.0, 0.01, 900.0),
            ] {
                let row = Row {
                    repeats,
                    last,
                    observed,
                    weight: 1.0,
                };
                let ours = path(&row, parameters).value;
                let theirs = by_hypergeometric(parameters, repeats, last, observed);
                assert!(
                    (ours - theirs).abs() < 1e-9,
                    "{parameters:?} {repeats} {last} {observed}: {ours} {theirs}"
                );
            }
        }
    }

    #[test]
    fn the_integral_is_whole_for_parameters_far_apart_too() {
        for [r, alpha, s, beta] in [
            [0.2, 0.5, 50.0, 4000.0],
            [40.0, 3000.0, 0.1, 0.2],
            [0.01, 1e-4, 0.01, 1e4],
            [2000.0, 1e4, 2000.0, 1e5],
        ] {
            for (x, last, observed) in [(0.0, 0.0, 3000.0), (400.0, 100.0, 500.0), (1.0, 8.0, 8.0)]
            {
                let row = Row {
                    repeats: x,
                    last,
                    observed,
                    weight: 1.0,
                };
                let ours = path(&row, [r, alpha, s, beta]);
                // A fine grid over the whole way, relative to having stayed.
                let smaller = alpha.min(beta);
                let grid = integrate(
                    (smaller + last).ln(),
                    (smaller + observed).ln(),
                    0.002,
                    |y| {
                        let u = y.exp() - smaller;
                        let value = s.ln() + r * alpha.ln() + s * beta.ln()
                            - (r + x) * (alpha + u).ln()
                            - (s + 1.0) * (beta + u).ln()
                            + y;
                        (value - ours.value).exp()
                    },
                );
                let whole = grid + (ours.stayed - ours.value).exp();
                assert!(
                    (whole - 1.0).abs() < 1e-9,
                    "{row:?} {r} {alpha} {s} {beta}: {whole}"
                );
            }
        }
    }

    #[test]
    fn nothing_jumps_where_the_shape_of_leaving_is_one() {
        let at = |s| {
            let model = ParetoNbd {
                r: 0.5,
                alpha: 10.0,
                s,
                beta: 12.0,
            };
            model.expected(2, 30.0, 39.0, 52.0)
        };
        let middle = 0.5 * (at(1.0 - 1e-4) + at(1.0 + 1e-4));
        assert!((middle - at(1.0)).abs() < 1e-7 * middle);
    }
}
