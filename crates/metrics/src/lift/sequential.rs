//! An answer that may be looked at on any day.
//!
//! Whoever looks at a plain interval of 95 % every day sees it exclude nothing at all sooner or later. Here
//! the five in a hundred are spent over the days of the campaign, as a function of the time that is gone
//! (Lan and DeMets, 1983, with the function that gives the bounds of O'Brien and Fleming: little early, most
//! at the end). At each look the bound is the one at which just so much is spent, worked out by going
//! through the density of all that has not crossed a bound before (Armitage, McPherson and Rowe, 1969).
//!
//! Days need not be alike: how much each added is read from the variance of the sum so far. What a
//! customer spends on different days goes together, which makes these bounds a little too wide, never too
//! narrow.

use crate::model::quadrature::places;
use crate::model::special::{normal_quantile, normal_share_below};

/// What is spent by the end: 5 %, on both sides together.
pub const ALPHA: f64 = 0.05;

/// Beyond so many standard deviations nothing lies.
const FAR: f64 = 8.0;

/// Less than this is not spent, but left for the next look.
const LEAST: f64 = 1e-12;

/// What of [`ALPHA`] is spent when this part of the time is gone (0 to 1).
#[must_use]
pub fn spent(gone: f64) -> f64 {
    if gone <= 0.0 {
        return 0.0;
    }
    // Half of it on each side, each by the function of its own.
    4.0 * normal_share_below(normal_quantile(ALPHA / 4.0) / gone.min(1.0).sqrt())
}

/// The bounds of looks, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    /// Where the sum may lie after the look before the last without having crossed: places at or above
    /// zero, with the probability of each; what lies below is its mirror image.
    before: Vec<(f64, f64)>,
    /// The last look: variance of the sum, by how much it grew, and the bound on the sum.
    last: Option<(f64, f64, f64)>,
    /// What was spent so far.
    spent: f64,
}

impl Bounds {
    /// The bound at a look: how many standard errors the difference must be off zero. Nothing where this
    /// look is too early to decide anything, or nothing was added since the last.
    ///
    /// `gone` is the part of the planned time, `variance` that of the sum of all so far: where the
    /// difference is a mean over the same customers throughout, that of the difference will do.
    pub fn look(&mut self, gone: f64, variance: f64) -> Option<f64> {
        let seen = self.last.map_or(0.0, |(variance, ..)| variance);
        let grown = variance - seen;
        if grown <= seen * 1e-9 || !variance.is_finite() {
            return None;
        }
        let now = self.standing(grown.sqrt());
        let to_spend = spent(gone) - self.spent;
        let far = FAR * variance.sqrt();
        let bound = if to_spend < LEAST {
            far
        } else {
            let bound = bound(&now, grown.sqrt(), to_spend, far);
            self.spent = spent(gone);
            bound
        };
        self.before = now;
        self.last = Some((variance, grown, bound));
        (bound < far).then(|| bound / variance.sqrt())
    }

    /// Where the sum may lie after the last look, for a look that adds `step` (a standard deviation).
    fn standing(&self, step: f64) -> Vec<(f64, f64)> {
        let Some((_, grown, bound)) = self.last else {
            return vec![(0.0, 0.5)];
        };
        let last = grown.sqrt();
        let mut standing = Vec::new();
        places(0.0, bound, 4.0 * step.min(last), |place, weight| {
            let density: f64 = self
                .before
                .iter()
                .map(|(from, share)| {
                    share * (bell((place - from) / last) + bell((place + from) / last))
                })
                .sum();
            standing.push((place, weight * density / last));
        });
        standing
    }
}

/// The density of the standard normal distribution.
fn bell(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// The bound beyond which, on both sides together, `to_spend` lies after a step of standard deviation
/// `step` from `standing`; at most `far`.
fn bound(standing: &[(f64, f64)], step: f64, to_spend: f64, far: f64) -> f64 {
    // Each place stands for its mirror image too, and both ends for each other: four times one end of one.
    let beyond = |bound: f64| -> f64 {
        standing
            .iter()
            .map(|(from, share)| {
                let (near, away) = ((from - bound) / step, (-from - bound) / step);
                2.0 * share * (normal_share_below(near) + normal_share_below(away))
            })
            .sum()
    };
    let (mut low, mut high) = (0.0, far);
    while high - low > 1e-7 * step {
        let middle = f64::midpoint(low, high);
        if beyond(middle) > to_spend {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    fn equal(looks: u32) -> Vec<f64> {
        let mut bounds = Bounds::default();
        let part = |look| f64::from(look) / f64::from(looks);
        let at = |look| bounds.look(part(look), part(look)).unwrap_or(f64::INFINITY);
        (1..=looks).map(at).collect()
    }

    #[test]
    fn the_bounds_are_the_published_ones() {
        // Five equal looks, two-sided 0.05, spending function of O'Brien and Fleming's kind: the example
        // of Reboussin, DeMets, Kim and Lan (2000).
        let published = [4.8769, 3.3569, 2.6803, 2.2898, 2.0310];
        for (ours, theirs) in equal(5).into_iter().zip(published) {
            assert!((ours - theirs).abs() < 5e-4, "{ours} is not {theirs}");
        }
        let once = equal(1)[0];
        assert!(
            (once - 1.959_964).abs() < 1e-5,
            "one look is the plain test"
        );
    }

    #[test]
    fn a_look_that_adds_nothing_costs_nothing() {
        let mut once = Bounds::default();
        let mut twice = Bounds::default();
        assert_eq!(once.look(0.01, 1.0), None, "too early to decide anything");
        assert_eq!(twice.look(0.01, 1.0), None);
        assert_eq!(twice.look(0.02, 1.0), None);
        assert_eq!(once.look(0.6, 3.0), twice.look(0.6, 3.0));
        assert_eq!(twice.look(0.7, 3.0), None);
        let (a, b) = (once.look(1.0, 5.0).unwrap(), twice.look(1.0, 5.0).unwrap());
        assert!((a - b).abs() < 1e-9);
    }

    #[test]
    fn what_is_spent_is_the_whole_of_it_at_the_end() {
        assert!((spent(1.0) - ALPHA).abs() < 1e-12);
        assert!((spent(2.0) - ALPHA).abs() < 1e-12);
        assert!(spent(0.1) < 1e-8);
        assert!(spent(0.0) == 0.0);
    }
}
