//! The top of a likelihood: Newton's method with a damped step, for a handful of parameters.
//!
//! The models hand over value, gradient and second derivatives, all analytic, so a fit takes a few
//! steps and its standard errors come with it. Parameters that must be positive are given as their
//! logarithms.

use super::matrix::{Matrix, dot};
use super::refusal::Refusal;

/// A function and its derivatives at a place.
#[derive(Clone, Debug)]
pub struct Slope {
    /// The value.
    pub value: f64,
    /// Its first derivatives.
    pub gradient: Vec<f64>,
    /// Its second derivatives.
    pub hessian: Matrix,
}

/// Where a function is greatest.
#[derive(Clone, Debug)]
pub struct Top {
    /// The place.
    pub at: Vec<f64>,
    /// The value there.
    pub value: f64,
    /// The inverse of the negated second derivatives: for a likelihood, the covariances of the
    /// estimates.
    pub covariance: Matrix,
    /// How often the function was asked for.
    pub evaluations: u32,
}

const STEPS_MAX: u32 = 200;

/// One step may change a parameter by so much at most: where parameters are logarithms, by a factor
/// of about seven.
const REACH: f64 = 2.0;

/// What the last step may still gain. The distance to the top is then below a thousandth of a
/// standard error, and the step itself squares that once more.
const GAIN_LEAST: f64 = 1e-7;

/// Climbs from `start`. `names` name the parameters in the refusal; a parameter that leaves
/// ±`bound` is not determined by the data.
///
/// # Errors
/// [`Refusal::NotConverged`] where no top is found, [`Refusal::NotIdentified`] where the function is
/// flat along a parameter.
pub fn maximize(
    start: Vec<f64>,
    names: &[&'static str],
    bound: f64,
    mut evaluate: impl FnMut(&[f64]) -> Slope,
) -> Result<Top, Refusal> {
    let mut at = start;
    let mut slope = evaluate(&at);
    let mut damping = 0.0_f64;
    for evaluations in 1..=STEPS_MAX {
        if !slope.value.is_finite() {
            break;
        }
        let bent = slope.hessian.negated();
        let scale = (0..at.len())
            .map(|i| bent.at(i, i).abs())
            .fold(1e-8, f64::max);
        // Whether this is the top is asked of Newton's own step, however short the next one is cut.
        if let Some(factor) = bent.cholesky() {
            let step = factor.solve(&slope.gradient);
            let gain = dot(&slope.gradient, &step);
            if gain < GAIN_LEAST {
                return Ok(Top {
                    at: at.iter().zip(&step).map(|(a, b)| a + b).collect(),
                    value: slope.value + 0.5 * gain,
                    covariance: factor.inverse(),
                    evaluations,
                });
            }
        }
        let step = ascend(&bent, &slope.gradient, &mut damping, scale);
        let gain = dot(&slope.gradient, &step);
        let next: Vec<f64> = at.iter().zip(&step).map(|(a, b)| a + b).collect();
        if let Some(name) = next
            .iter()
            .zip(names)
            .find_map(|(value, name)| (value.abs() > bound).then_some(*name))
        {
            return Err(Refusal::NotIdentified { parameter: name });
        }
        let there = evaluate(&next);
        let expected = gain - 0.5 * dot(&step, &bent.times(&step));
        // Near the top the gain is smaller than what a large sum can resolve.
        let noise = 1e-12 * (1.0 + slope.value.abs());
        if there.value.is_finite() && there.value - slope.value >= 1e-4 * expected.max(0.0) - noise
        {
            at = next;
            slope = there;
            damping /= 8.0;
            if damping < 1e-7 * scale {
                damping = 0.0;
            }
        } else {
            damping = (damping * 8.0).max(1e-3 * scale);
        }
    }
    Err(Refusal::NotConverged { steps: STEPS_MAX })
}

/// The step upwards: Newton's, or a shorter one nearer to the steepest.
fn ascend(bent: &Matrix, gradient: &[f64], damping: &mut f64, scale: f64) -> Vec<f64> {
    loop {
        let mut raised = bent.clone();
        for i in 0..gradient.len() {
            raised.add(i, i, *damping);
        }
        if let Some(factor) = raised.cholesky() {
            let mut step = factor.solve(gradient);
            let longest = step.iter().fold(0.0_f64, |most, part| most.max(part.abs()));
            if longest > REACH {
                for part in &mut step {
                    *part *= REACH / longest;
                }
            }
            return step;
        }
        if *damping > 1e12 * scale {
            return vec![0.0; gradient.len()];
        }
        *damping = (*damping * 8.0).max(1e-3 * scale);
    }
}

/// Holds the derivatives of a function against differences of it.
#[cfg(test)]
pub(crate) fn assert_derivatives(at: &[f64], evaluate: impl Fn(&[f64]) -> Slope) {
    let here = evaluate(at);
    let step = 1e-5;
    for i in 0..at.len() {
        let moved = |by: f64| {
            let mut there = at.to_vec();
            there[i] += by;
            evaluate(&there)
        };
        let (below, above) = (moved(-step), moved(step));
        let near = |ours: f64, value_below: f64, value_above: f64, size: f64| {
            let difference = (value_above - value_below) / (2.0 * step);
            assert!(
                (ours - difference).abs() <= 1e-5 * ours.abs() + 1e-7 * size.abs() + 1e-6,
                "{at:?}, parameter {i}: {ours} instead of {difference}"
            );
        };
        near(here.gradient[i], below.value, above.value, here.value);
        for j in 0..at.len() {
            near(
                here.hessian.at(i, j),
                below.gradient[j],
                above.gradient[j],
                here.value,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Refusal, Slope, maximize};
    use crate::model::matrix::Matrix;

    #[test]
    fn the_top_of_a_hill_is_found_from_where_it_bends_the_wrong_way() {
        // ln of a normal density mixed with a flat ground: not concave far from the top.
        let top = maximize(vec![3.0], &["x"], 30.0, |at| {
            let x = at[0] - 1.0;
            let w = 1.0 + x * x;
            let mut hessian = Matrix::zero(1);
            hessian.set(0, 0, (-2.0 * w + 4.0 * x * x) / (w * w));
            Slope {
                value: -w.ln(),
                gradient: vec![-2.0 * x / w],
                hessian,
            }
        })
        .unwrap();
        assert!((top.at[0] - 1.0).abs() < 1e-9);
        assert!((top.covariance.at(0, 0) - 0.5).abs() < 1e-4);
    }

    #[test]
    fn a_slope_without_a_top_is_refused() {
        let refused = maximize(vec![0.0], &["x"], 30.0, |at| Slope {
            value: at[0],
            gradient: vec![1.0],
            hessian: Matrix::zero(1),
        });
        assert_eq!(
            refused.unwrap_err(),
            Refusal::NotIdentified { parameter: "x" }
        );
    }
}
