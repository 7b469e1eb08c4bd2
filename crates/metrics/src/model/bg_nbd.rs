//! BG/NBD: how often a customer will come back, and whether they still will (Fader, Hardie and Lee,
//! "Counting your customers" the easy way, Marketing Science 2005).
//!
//! While active, a customer buys at random moments at a rate of their own; after each purchase they
//! may leave for good, with a probability of their own. Rates differ among customers as a gamma
//! distribution (`r`, `alpha`), probabilities of leaving as a beta distribution (`a`, `b`). Nobody says
//! that they leave: a long silence of somebody who used to come often is what gives it away.
//!
//! The first purchase is where a customer begins; the model counts what comes after it.

use super::lanes::{LANES, Lane, exp_negative, ln, sum};
use super::matrix::Matrix;
use super::maximize::{Slope, maximize};
use super::quadrature::integrate;
use super::refusal::Refusal;
use super::repeats::{Collapsed, End, Group, Repeats, collapse};
use super::special::hypergeometric;
use super::{Estimate, FitOptions, spread};

/// The parameters, in the order of [`BgNbd::parameters`].
pub const PARAMETERS: [&str; 4] = ["r", "alpha", "a", "b"];

/// The model with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BgNbd {
    /// Shape of the rates: the smaller, the more customers differ.
    pub r: f64,
    /// Scale of the rates, in the unit of time of the histories; the mean rate is `r / alpha`.
    pub alpha: f64,
    /// With `b`: how likely customers are to leave after a purchase, `a / (a + b)` on average.
    pub a: f64,
    /// See `a`.
    pub b: f64,
}

/// A fit.
#[derive(Clone, Debug)]
pub struct BgNbdFit {
    /// The most likely parameters.
    pub model: BgNbd,
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

/// Past this factor from 1, a parameter has run away: e^15 is three million.
const BOUND: f64 = 15.0;

/// From how many customers on the fit starts from that of a part of them.
const WARM_FROM: usize = 40_000;

impl BgNbd {
    /// Finds the most likely parameters.
    ///
    /// # Errors
    /// Where the histories are too few or too much alike to tell, see [`Refusal`].
    pub fn fit(histories: &Repeats<'_>, options: &FitOptions) -> Result<BgNbdFit, Refusal> {
        let threads = options.threads.max(1);
        let all = collapse(histories, 1, threads);
        all.suffices()?;
        // A part of the customers leads to within a few standard errors of the top, from where Newton's
        // method needs two or three looks at all of them.
        let start = if histories.len() >= WARM_FROM {
            let part = collapse(histories, histories.len() / (WARM_FROM / 4), threads);
            maximize(start(&part), &PARAMETERS, BOUND, |at| slope(&part, at, 1))
                .map_or_else(|_| start(&all), |top| top.at)
        } else {
            start(&all)
        };
        let top = maximize(start, &PARAMETERS, BOUND, |at| slope(&all, at, threads))?;
        let estimates = Estimate::of_logarithms(&top, &PARAMETERS)?;
        let [r, alpha, a, b] = [0, 1, 2, 3].map(|place| estimates[place]);
        Ok(BgNbdFit {
            model: Self {
                r: r.value,
                alpha: alpha.value,
                a: a.value,
                b: b.value,
            },
            estimates: [r, alpha, a, b],
            log_likelihood: top.value,
            customers: all.customers as u64,
            repeaters: all.repeaters as u64,
            evaluations: top.evaluations,
        })
    }

    /// `r`, `alpha`, `a`, `b`.
    #[must_use]
    pub fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.a, self.b]
    }

    /// The logarithm of the likelihood of histories under this model.
    #[must_use]
    pub fn log_likelihood(&self, histories: &Repeats<'_>) -> f64 {
        slope(
            &collapse(histories, 1, 1),
            &self.parameters().map(f64::ln),
            1,
        )
        .value
    }

    /// How likely a customer with this history is to be active still.
    #[must_use]
    pub fn probability_alive(&self, repeats: u32, last: f64, observed: f64) -> f64 {
        if repeats == 0 {
            // Who never came back had no occasion to leave: that is what this model says.
            return 1.0;
        }
        let x = f64::from(repeats);
        let odds = (self.a / (self.b + x - 1.0)).ln()
            + (self.r + x) * ((self.alpha + observed) / (self.alpha + last)).ln();
        1.0 / (1.0 + odds.exp())
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
        let Self { r, alpha, a, b } = *self;
        let known = alpha + observed;
        let c = a + b + x - 1.0;
        // The closed form divides by a - 1 and by c: near those it is nothing but rounding.
        if (a - 1.0).abs() > 1e-4 && c.abs() > 1e-4 {
            let z = horizon / (known + horizon);
            let silent = (r + x) * (known / (known + horizon)).ln();
            if let Some(f) = hypergeometric(r + x, b + x, c, z) {
                let expected = c / (a - 1.0) * (1.0 - silent.exp() * f);
                if expected.is_finite() {
                    return expected.max(0.0);
                }
            }
        }
        self.expected_by_rate(x, observed, horizon)
    }

    /// The same as an integral over the rate of purchases, which has no singular places.
    fn expected_by_rate(&self, x: f64, observed: f64, horizon: f64) -> f64 {
        let Self { r, alpha, a, b } = *self;
        let known = alpha + observed;
        let rate = |u: f64| hypergeometric(r + x + 1.0, a, a + b + x, -u / known).unwrap_or(0.0);
        // Over the logarithm of the time, in which the rate falls evenly.
        let far = (1.0 + horizon / known).ln();
        integrate(0.0, far, 0.5, |y| {
            let grown = y.exp();
            rate(known * (grown - 1.0)) * known * grown
        }) * (r + x)
            / known
    }
}

/// Where the search begins: rates of the average size, and one customer in five leaving each time.
fn start(of: &Collapsed) -> Vec<f64> {
    let rate = of.repeats / of.observed.max(1e-300);
    let r: f64 = 0.5;
    vec![r.ln(), (r / rate).ln(), 0.5_f64.ln(), 2.0_f64.ln()]
}

/// What the customers of a piece add up to; see [`add_group`].
#[derive(Clone, Copy, Default)]
struct Sums {
    value: f64,
    p: f64,
    pd: f64,
    pe: f64,
    pe2: f64,
    q: f64,
    qd: f64,
    qd2: f64,
    qe: f64,
    qde: f64,
    qe2: f64,
}

/// A piece of the data.
enum Piece<'a> {
    Group {
        repeats: f64,
        last: &'a [Lane],
        observed: &'a [Lane],
        weight: &'a [Lane],
    },
    Ends(&'a [End]),
}

/// Blocks of eight that one task works on.
const BLOCKS: usize = 1024;

/// Fewer blocks than this are done sooner than a thread is started.
const BLOCKS_FOR_THREADS: usize = 2048;

fn pieces(of: &Collapsed) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for Group {
        repeats,
        last,
        observed,
        weight,
    } in &of.groups
    {
        let parts = last.chunks(BLOCKS).zip(observed.chunks(BLOCKS));
        for ((last, observed), weight) in parts.zip(weight.chunks(BLOCKS)) {
            pieces.push(Piece::Group {
                repeats: *repeats,
                last,
                observed,
                weight,
            });
        }
    }
    pieces.extend(of.ends.chunks(BLOCKS).map(Piece::Ends));
    pieces
}

/// Logarithm of the likelihood with its derivatives by the logarithms of `r`, `alpha`, `a`, `b`.
pub(crate) fn slope(of: &Collapsed, at: &[f64], threads: usize) -> Slope {
    let [r, alpha, a, b] = [at[0].exp(), at[1].exp(), at[2].exp(), at[3].exp()];
    let mut value = of.customers * r * at[1];
    let mut g = [0.0; 4];
    let mut h = [[0.0; 4]; 4];
    g[1] += of.customers * r / alpha;
    g[0] += of.customers * at[1];
    h[0][1] += of.customers / alpha;
    h[1][1] -= of.customers * r / (alpha * alpha);

    // Γ(r + x) / Γ(r) is r (r + 1) … (r + x - 1): a factor for each time that somebody came back.
    for (&count, i) in of.more_than.iter().zip(0_u32..) {
        let i = f64::from(i);
        let (ir, ib, iab) = (1.0 / (r + i), 1.0 / (b + i), 1.0 / (a + b + i));
        value += count * ((r + i) * (b + i) * iab).ln();
        g[0] += count * ir;
        h[0][0] -= count * ir * ir;
        g[3] += count * (ib - iab);
        h[3][3] += count * (iab * iab - ib * ib);
        g[2] -= count * iab;
        h[2][2] += count * iab * iab;
        h[2][3] += count * iab * iab;
    }

    let pieces = pieces(of);
    let blocks: usize = of.groups.iter().map(|group| group.last.len()).sum();
    let threads = if blocks + of.ends.len() < BLOCKS_FOR_THREADS {
        1
    } else {
        threads
    };
    let done = spread::in_order(threads, &pieces, |piece| match piece {
        Piece::Group {
            repeats,
            last,
            observed,
            weight,
        } => group_sums(
            r + repeats,
            alpha,
            (a / (b + repeats - 1.0)).ln(),
            last,
            observed,
            weight,
        ),
        Piece::Ends(ends) => end_sums(r, alpha, ends),
    });
    for (piece, sums) in pieces.iter().zip(&done) {
        value += sums.value;
        match piece {
            Piece::Group { repeats, .. } => add_group(sums, *repeats, [r, a, b], &mut g, &mut h),
            Piece::Ends(_) => {
                // See `end_sums`: p, pd are the first derivatives, q, qd, qd2 the second.
                g[0] += sums.p;
                g[1] += sums.pd;
                h[0][1] += sums.qd;
                h[1][1] += sums.qd2;
            }
        }
    }
    let scale = [r, alpha, a, b];
    let mut hessian = Matrix::zero(4);
    for row in 0..4 {
        for column in row..4 {
            let own = if row == column {
                scale[row] * g[row]
            } else {
                0.0
            };
            hessian.set_both(
                row,
                column,
                scale[row] * scale[column] * h[row][column] + own,
            );
        }
    }
    Slope {
        value,
        gradient: (0..4).map(|i| scale[i] * g[i]).collect(),
        hessian,
    }
}

/// What the customers of one group add to the derivatives. Of each customer the likelihood has
/// ln(1 + e^v), v = ln(a / (b + x - 1)) + (r + x) d, d = ln((alpha + T) / (alpha + t)): the odds
/// that they left after the last purchase. With p = e^v / (1 + e^v) its derivatives are p v' and
/// p (1 - p) v' v' + p v''; `k` is r + x, `e` and `e2` are the derivatives of d and -e by alpha.
fn add_group(sums: &Sums, x: f64, [r, a, b]: [f64; 3], g: &mut [f64; 4], h: &mut [[f64; 4]; 4]) {
    let k = r + x;
    let (ia, ib) = (1.0 / a, 1.0 / (b + x - 1.0));
    g[0] += sums.pd;
    g[1] += k * sums.pe;
    g[2] += sums.p * ia;
    g[3] -= sums.p * ib;
    h[0][0] += sums.qd2;
    h[0][1] += k * sums.qde + sums.pe;
    h[0][2] += ia * sums.qd;
    h[0][3] -= ib * sums.qd;
    h[1][1] += k * (k * sums.qe2 + sums.pe2);
    h[1][2] += k * ia * sums.qe;
    h[1][3] -= k * ib * sums.qe;
    h[2][2] += ia * ia * (sums.q - sums.p);
    h[2][3] -= ia * ib * sums.q;
    h[3][3] += ib * ib * (sums.q + sums.p);
}

fn group_sums(
    k: f64,
    alpha: f64,
    odds: f64,
    last: &[Lane],
    observed: &[Lane],
    weight: &[Lane],
) -> Sums {
    let mut s = [[0.0; LANES]; 11];
    for ((last, observed), weight) in last.iter().zip(observed).zip(weight) {
        let mut quotient = [0.0; LANES];
        let mut e = [0.0; LANES];
        let mut e2 = [0.0; LANES];
        for i in 0..LANES {
            let (end, then) = (alpha + observed[i], alpha + last[i]);
            let (end_inverse, then_inverse) = (1.0 / end, 1.0 / then);
            quotient[i] = end * then_inverse;
            e[i] = end_inverse - then_inverse;
            e2[i] = then_inverse * then_inverse - end_inverse * end_inverse;
        }
        let d = ln(quotient);
        let mut v = [0.0; LANES];
        let mut below = [0.0; LANES];
        for i in 0..LANES {
            v[i] = odds + k * d[i];
            below[i] = -v[i].abs();
        }
        let n = exp_negative(below);
        let mut one_more = [0.0; LANES];
        for i in 0..LANES {
            one_more[i] = 1.0 + n[i];
        }
        let rest = ln(one_more);
        for i in 0..LANES {
            let w = weight[i];
            let inverse = 1.0 / one_more[i];
            let positive = v[i] > 0.0;
            let p = w * inverse * if positive { 1.0 } else { n[i] };
            let q = w * n[i] * inverse * inverse;
            s[0][i] += w * (rest[i] + if positive { v[i] } else { 0.0 });
            s[1][i] += p;
            s[2][i] += p * d[i];
            s[3][i] += p * e[i];
            s[4][i] += p * e2[i];
            s[5][i] += q;
            s[6][i] += q * d[i];
            s[7][i] += q * d[i] * d[i];
            s[8][i] += q * e[i];
            s[9][i] += q * e[i] * d[i];
            s[10][i] += q * e[i] * e[i];
        }
    }
    let [value, p, pd, pe, pe2, q, qd, qd2, qe, qde, qe2] = s.map(sum);
    Sums {
        value,
        p,
        pd,
        pe,
        pe2,
        q,
        qd,
        qd2,
        qe,
        qde,
        qe2,
    }
}

/// -(r + x) ln(alpha + T) over customers, with its derivatives: by r (`p`), by alpha (`pd`), by both
/// (`qd`), by alpha twice (`qd2`).
fn end_sums(r: f64, alpha: f64, ends: &[End]) -> Sums {
    let mut s = [[0.0; LANES]; 5];
    for end in ends {
        let whole = end.observed.map(|observed| alpha + observed);
        let logarithm = ln(whole);
        for i in 0..LANES {
            let inverse = 1.0 / whole[i];
            let power = end.customers[i] * r + end.repeats[i];
            s[0][i] -= power * logarithm[i];
            s[1][i] -= end.customers[i] * logarithm[i];
            s[2][i] -= power * inverse;
            s[3][i] -= end.customers[i] * inverse;
            s[4][i] += power * inverse * inverse;
        }
    }
    let [value, p, pd, qd, qd2] = s.map(sum);
    Sums {
        value,
        p,
        pd,
        qd,
        qd2,
        ..Sums::default()
    }
}

#[cfg(test)]
mod tests {
    use super::{BgNbd, slope};
    use crate::model::maximize::assert_derivatives;
    use crate::model::repeats::{Repeats, collapse};

    const CDNOW: BgNbd = BgNbd {
        r: 0.243,
        alpha: 4.414,
        a: 0.793,
        b: 2.426,
    };

    #[test]
    fn derivatives_are_those_of_the_likelihood() {
        let repeats = [0, 1, 1, 2, 5, 40, 0];
        let last = [0.0, 3.0, 3.0, 30.43, 12.5, 38.0, 0.0];
        let observed = [38.86, 38.86, 38.86, 38.86, 30.0, 38.0, 12.0];
        let rows = Repeats::new(&repeats, &last, &observed).unwrap();
        let collapsed = collapse(&rows, 1, 1);
        for at in [[-1.4, 1.5, -0.2, 0.9], [1.0, -2.0, 2.0, -1.5], [0.0; 4]] {
            assert_derivatives(&at, |at| slope(&collapsed, at, 1));
        }
    }

    #[test]
    fn the_closed_form_is_the_integral_over_the_rate() {
        for model in [CDNOW, BgNbd { a: 1.7, ..CDNOW }] {
            for (x, observed, horizon) in
                [(0.0, 0.0, 39.0), (2.0, 38.86, 39.0), (30.0, 50.0, 500.0)]
            {
                let closed = model.expected_while_active(x, observed, horizon);
                let integral = model.expected_by_rate(x, observed, horizon);
                assert!(
                    (closed - integral).abs() < 1e-10 * closed,
                    "{closed} {integral}"
                );
            }
        }
    }

    #[test]
    fn nothing_jumps_where_the_closed_form_is_singular() {
        let at = |a: f64, b: f64| BgNbd { a, b, ..CDNOW }.expected_of_new(52.0);
        for (a, b) in [(1.0, 2.0), (0.6, 0.4)] {
            let (below, on, above) = (at(a - 2e-4, b), at(a, b), at(a + 2e-4, b));
            assert!((0.5 * (below + above) - on).abs() < 1e-6 * on);
        }
    }

    #[test]
    fn the_published_customer_is_expected_as_published() {
        // Fader, Hardie and Lee, "Implementing the BG/NBD model in Excel": x = 2, t = 30.43, T = 38.86.
        let expected = CDNOW.expected(2, 30.43, 38.86, 39.0);
        assert!((expected - 1.226).abs() < 1e-3, "{expected}");
    }
}
