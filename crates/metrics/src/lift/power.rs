//! What a campaign could show, before it starts.
//!
//! From what customers spent in as many weeks before, and in the weeks before those: how far their
//! spending is spread, and how much of it is known beforehand. That is stated before anybody is written to,
//! so that a campaign that cannot show anything is made larger, or not measured at all.

use super::Arm;
use crate::figure::Z;
use crate::model::special::{normal_quantile, normal_share_below};

/// The chance at which an effect is to be seen, if it is there.
pub const POWER: f64 = 0.8;

/// What customers of the past say about the next campaign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// What each spent, on average, in minor units.
    pub each: f64,
    /// The variance of it over customers, freed of what the weeks before explain.
    pub variance: f64,
}

/// Reads it from customers of the past; nothing for fewer than two.
#[must_use]
pub fn expected(past: &Arm) -> Option<Expected> {
    if past.customers < 2 {
        return None;
    }
    let moments = past.moments();
    let theta = super::theta(&moments, &moments);
    Some(Expected {
        each: moments.after,
        variance: moments.variance(theta),
    })
}

impl Expected {
    /// The standard error of the difference where `held_out` of `customers` are held out.
    fn error(&self, customers: u64, held_out: u64) -> Option<f64> {
        let treated = customers.checked_sub(held_out).filter(|n| *n > 0)?;
        let each = |n: u64| (n > 0).then(|| self.variance / n as f64);
        Some((each(treated)? + each(held_out)?).sqrt())
    }

    /// The least effect for each customer that is seen with a chance of [`POWER`]; nothing where a group is
    /// empty.
    #[must_use]
    pub fn least(&self, customers: u64, held_out: u64) -> Option<f64> {
        Some((Z + normal_quantile(POWER)) * self.error(customers, held_out)?)
    }

    /// The chance to see an effect of so much for each customer.
    #[must_use]
    pub fn power(&self, customers: u64, held_out: u64, effect: f64) -> Option<f64> {
        let error = self.error(customers, held_out)?;
        if error <= 0.0 {
            return None;
        }
        let by = effect.abs() / error;
        Some(normal_share_below(by - Z) + normal_share_below(-by - Z))
    }

    /// How many customers it takes, `share` of them held out, to see such an effect with a chance of
    /// [`POWER`]; nothing for no effect or a share of none or all.
    #[must_use]
    pub fn customers(&self, share: f64, effect: f64) -> Option<u64> {
        let by = effect * effect * share * (1.0 - share);
        if by <= 0.0 {
            return None;
        }
        let needed = (Z + normal_quantile(POWER)).powi(2) * self.variance / by;
        (needed < u64::MAX as f64).then(|| needed.ceil() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_textbook_example_comes_out() {
        // Two equal groups, an effect of half a standard deviation, 80 %: 63 each by the normal
        // approximation (Cohen 1988 has 64 by Student's t).
        let expected = Expected {
            each: 100.0,
            variance: 400.0,
        };
        assert_eq!(expected.customers(0.5, 10.0), Some(126));
        let power = expected.power(126, 63, 10.0).expect("two groups");
        assert!((power - 0.8).abs() < 0.003, "{power}");
        let least = expected.least(126, 63).expect("two groups");
        assert!((least - 10.0).abs() < 0.02, "{least}");
        assert_eq!(expected.least(10, 10), None);
        assert_eq!(expected.customers(0.5, 0.0), None);
    }

    #[test]
    fn what_is_known_beforehand_makes_a_smaller_sample_do() {
        let (mut known, mut unknown) = (Arm::default(), Arm::default());
        for spent in 0..100_i64 {
            known.add(spent * 10, spent * 10 + spent % 3);
            unknown.add(spent * 10, (spent * 37) % 100);
        }
        let needed = |arm: &Arm| expected(arm).and_then(|e| e.customers(0.5, 50.0)).unwrap();
        assert!(needed(&known) * 100 < needed(&unknown));
    }
}
