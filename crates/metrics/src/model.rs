//! Models of what customers will do, fitted to what they did. One file each in `model/`.
//!
//! Each is fitted by maximum likelihood with derivatives worked out on paper, says how sure it is of
//! its parameters, and refuses data that cannot carry it ([`Refusal`]). Time is in whatever unit the
//! histories are in, and so are the results.

pub mod bg_nbd;
pub mod churn;
pub mod gamma_gamma;
pub mod holdout;
pub mod lanes;
pub mod lifetime_value;
pub mod matrix;
pub mod maximize;
pub mod pareto_nbd;
pub mod quadrature;
pub mod ranking;
mod refusal;
pub mod repeats;
pub mod special;
pub mod spend_check;
pub mod spread;
pub mod survival;

pub use bg_nbd::{BgNbd, BgNbdFit};
pub use gamma_gamma::{GammaGamma, GammaGammaFit};
pub use pareto_nbd::{ParetoNbd, ParetoNbdFit};
pub use refusal::Refusal;
pub use repeats::Repeats;

use maximize::Top;

/// How a fit is worked out. Nothing of it changes the result.
#[derive(Clone, Copy, Debug)]
pub struct FitOptions {
    /// How many threads may work at it.
    pub threads: usize,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self { threads: 1 }
    }
}

/// A parameter as the data give it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Its most likely value.
    pub value: f64,
    /// By how much that would differ from sample to sample.
    pub standard_error: f64,
}

/// A standard error of a parameter's logarithm beyond this (a factor of 20 either way) says that the
/// data know nothing of the parameter.
const LOGARITHM_ERROR_MAX: f64 = 3.0;

impl Estimate {
    /// Parameters that were fitted as their logarithms.
    fn of_logarithms(top: &Top, names: &[&'static str]) -> Result<Vec<Self>, Refusal> {
        let estimate = |place: usize| {
            let error = top.covariance.at(place, place).max(0.0).sqrt();
            let value = top.at[place].exp();
            if error.is_finite() && error <= LOGARITHM_ERROR_MAX {
                Ok(Self {
                    value,
                    standard_error: value * error,
                })
            } else {
                let parameter = names[place];
                Err(Refusal::NotIdentified { parameter })
            }
        };
        (0..top.at.len()).map(estimate).collect()
    }
}
