//! Special functions: the gamma function and its logarithmic derivatives, the hypergeometric
//! function of the purchase models, and the quantiles of the normal distribution.
//!
//! Each is exact to about 1e-14 relative over the arguments that the models use, and is tested against
//! values that are known in closed form.

use super::lanes::polynomial;

/// Where the asymptotic series are good to the last digit but one.
const FAR: f64 = 12.0;

/// The asymptotic series as powers of 1/x², from the highest down: Bernoulli's numbers, divided.
const STIRLING: [f64; 7] = [
    1.0 / 156.0,
    -691.0 / 360_360.0,
    1.0 / 1188.0,
    -1.0 / 1680.0,
    1.0 / 1260.0,
    -1.0 / 360.0,
    1.0 / 12.0,
];
const DIGAMMA: [f64; 6] = [
    -691.0 / 32_760.0,
    1.0 / 132.0,
    -1.0 / 240.0,
    1.0 / 252.0,
    -1.0 / 120.0,
    1.0 / 12.0,
];
const TRIGAMMA: [f64; 6] = [
    -691.0 / 2730.0,
    5.0 / 66.0,
    -1.0 / 30.0,
    1.0 / 42.0,
    -1.0 / 30.0,
    1.0 / 6.0,
];

/// The natural logarithm of the gamma function, for positive arguments.
#[must_use]
pub fn ln_gamma(x: f64) -> f64 {
    // Γ(x) = Γ(x + n) / (x (x + 1) … (x + n - 1)): the product stays below 12!, so it never overflows.
    let mut shift = 1.0;
    let mut at = x;
    while at < FAR {
        shift *= at;
        at += 1.0;
    }
    let i = 1.0 / at;
    let i2 = i * i;
    let series = i * polynomial(i2, &STIRLING);
    (at - 0.5) * at.ln() - at + 0.918_938_533_204_672_8 + series - shift.ln()
}

/// The derivative of [`ln_gamma`], for positive arguments.
#[must_use]
pub fn digamma(x: f64) -> f64 {
    let mut shift = 0.0;
    let mut at = x;
    while at < FAR {
        shift += 1.0 / at;
        at += 1.0;
    }
    let i = 1.0 / at;
    let i2 = i * i;
    let series = i2 * polynomial(i2, &DIGAMMA);
    at.ln() - 0.5 * i - series - shift
}

/// The second derivative of [`ln_gamma`], for positive arguments.
#[must_use]
pub fn trigamma(x: f64) -> f64 {
    let mut shift = 0.0;
    let mut at = x;
    while at < FAR {
        shift += 1.0 / (at * at);
        at += 1.0;
    }
    let i = 1.0 / at;
    let i2 = i * i;
    let series = i * i2 * polynomial(i2, &TRIGAMMA);
    i + 0.5 * i2 + series + shift
}

/// Gauss's hypergeometric function 2F1(a, b; c; z) for `z` below 1 (negative ones too).
///
/// A negative `z` is brought between 0 and 1 by Pfaff's transform, and Euler's is taken where it makes
/// the terms fall faster. `None` where the series does not settle: `c` is zero or a negative integer,
/// or `z` is so near to 1 that a hundred thousand terms do not do.
#[must_use]
pub fn hypergeometric(a: f64, b: f64, c: f64, z: f64) -> Option<f64> {
    if z < 0.0 {
        let inside = z / (z - 1.0);
        return Some((1.0 - z).powf(-a) * hypergeometric(a, c - b, c, inside)?);
    }
    if c - a - b < 0.0 {
        return Some((1.0 - z).powf(c - a - b) * series(c - a, c - b, c, z)?);
    }
    series(a, b, c, z)
}

fn series(a: f64, b: f64, c: f64, z: f64) -> Option<f64> {
    let mut term = 1.0;
    let mut sum = 1.0;
    for n in 0..100_000 {
        let n = f64::from(n);
        let next = term * (a + n) * (b + n) / ((c + n) * (n + 1.0)) * z;
        sum += next;
        // Terms may grow at first; once they fall, what is left is a geometric rest.
        if next.abs() <= 1e-17 * sum.abs() && next.abs() <= term.abs() {
            return sum.is_finite().then_some(sum);
        }
        if !next.is_finite() {
            return None;
        }
        term = next;
    }
    None
}

/// The share of the standard normal distribution below `z`.
#[must_use]
pub fn normal_share_below(z: f64) -> f64 {
    if z.abs() > 8.0 {
        return if z > 0.0 { 1.0 } else { 0.0 };
    }
    // Φ(z) = ½ + φ(z) (z + z³/3 + z⁵/15 + …): every term has the same sign, so nothing cancels.
    let mut term = z;
    let mut sum = z;
    let mut odd = 1.0;
    while term.abs() > 1e-17 * sum.abs() {
        odd += 2.0;
        term *= z * z / odd;
        sum += term;
    }
    let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    0.5 + density * sum
}

/// The `z` below which a `share` of the standard normal distribution lies, for shares between
/// 1e-12 and 1 - 1e-12 (others are clamped to that).
#[must_use]
pub fn normal_quantile(share: f64) -> f64 {
    let share = share.clamp(1e-12, 1.0 - 1e-12);
    if share < 0.5 {
        return -normal_quantile(1.0 - share);
    }
    // From the middle outwards Φ is concave, so Newton's steps come closer from one side only.
    let mut z = 0.0_f64;
    for _ in 0..200 {
        let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let step = (share - normal_share_below(z)) / density;
        z += step;
        if step.abs() < 1e-13 {
            break;
        }
    }
    z
}

#[cfg(test)]
mod tests {
    use super::{digamma, hypergeometric, ln_gamma, normal_quantile, normal_share_below, trigamma};

    fn near(left: f64, right: f64) {
        assert!(
            (left - right).abs() <= 1e-13 * right.abs().max(1.0),
            "{left} is not {right}"
        );
    }

    #[test]
    fn the_gamma_function_has_its_known_values() {
        near(ln_gamma(0.5), std::f64::consts::PI.sqrt().ln());
        near(ln_gamma(1.0), 0.0);
        near(ln_gamma(11.0), 3_628_800_f64.ln());
        near(ln_gamma(1e-3), 6.907_178_885_383_854);
        near(ln_gamma(171.0), 706.573_062_245_787_5);
        near(digamma(1.0), -0.577_215_664_901_532_9);
        near(digamma(0.5), -1.963_510_026_021_423_5);
        near(trigamma(1.0), std::f64::consts::PI.powi(2) / 6.0);
        near(trigamma(0.5), std::f64::consts::PI.powi(2) / 2.0);
    }

    #[test]
    fn the_hypergeometric_function_has_its_known_values() {
        for z in [-30.0, -1.0, -0.2, 0.0, 0.3, 0.9, 0.99] {
            near(
                hypergeometric(1.0, 1.0, 2.0, z).unwrap(),
                if z == 0.0 { 1.0 } else { -(1.0 - z).ln() / z },
            );
            near(
                hypergeometric(2.5, 1.3, 1.3, z).unwrap(),
                (1.0 - z).powf(-2.5),
            );
        }
        assert_eq!(hypergeometric(1.0, 1.0, 0.0, 0.5), None);
    }

    #[test]
    fn quantiles_and_shares_of_the_normal_distribution_agree() {
        near(normal_quantile(0.975), 1.959_963_984_540_054);
        near(normal_quantile(0.5), 0.0);
        for z in [-3.1, -0.4, 0.9, 4.2] {
            assert!((normal_quantile(normal_share_below(z)) - z).abs() < 1e-9);
        }
    }
}
