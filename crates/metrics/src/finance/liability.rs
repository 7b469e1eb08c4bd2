//! Points liability: what the open points will cost, by how old they are.
//!
//! Open points (available and pending) times the share that is expected to be redeemed times what a
//! point costs. The whole is rounded once; the ages share it so that they add up to it.

use super::deferred_revenue::share_out;

/// Open points of one age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// From how many days on, for example 0, 31, 91.
    pub from_days: u32,
    /// Points.
    pub points: i64,
    /// The share of them that is expected never to be redeemed, in millionths (0 to 1,000,000).
    pub breakage_millionths: u32,
}

/// What points of one age will cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aged {
    /// From how many days on.
    pub from_days: u32,
    /// Points.
    pub points: i64,
    /// What they will cost, in minor units.
    pub cost_minor: i64,
}

/// The liability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Liability {
    /// Open points, all together.
    pub points: i64,
    /// What they will cost, in minor units, rounded half away from zero.
    pub cost_minor: i64,
    /// The same by age. Adds up to the whole, to the unit.
    pub by_age: Vec<Aged>,
}

const MILLION: i128 = 1_000_000;

/// The liability of open points. A point costs `cost_micros` millionths of a minor unit. `None` where it is
/// past what an amount can hold, or points, cost or breakage are none.
#[must_use]
pub fn liability(open: &[Open], cost_micros: i64) -> Option<Liability> {
    let mut weights = Vec::with_capacity(open.len());
    let mut points = 0_i64;
    for part in open {
        let redeemed = MILLION - i128::from(part.breakage_millionths);
        if part.points < 0 || cost_micros < 0 || redeemed < 0 {
            return None;
        }
        points = points.checked_add(part.points)?;
        let weight = i128::from(part.points).checked_mul(redeemed)?;
        weights.push(weight);
    }
    let expected: i128 = weights
        .iter()
        .try_fold(0_i128, |sum, weight| sum.checked_add(*weight))?;
    let scaled = expected.checked_mul(i128::from(cost_micros))?;
    let unit = MILLION * MILLION;
    let cost_minor = i64::try_from((scaled + unit / 2) / unit).ok()?;
    let parts = if expected > 0 {
        share_out(cost_minor, &weights)?
    } else {
        vec![0; open.len()]
    };
    let by_age = open
        .iter()
        .zip(parts)
        .map(|(part, cost_minor)| Aged {
            from_days: part.from_days,
            points: part.points,
            cost_minor,
        })
        .collect();
    Some(Liability {
        points,
        cost_minor,
        by_age,
    })
}

#[cfg(test)]
mod tests {
    use super::{Open, liability};

    #[test]
    fn ages_add_up_to_the_whole() {
        let open = |from_days, points, breakage_millionths| Open {
            from_days,
            points,
            breakage_millionths,
        };
        // A point costs 0.5 minor units: 1 x 0.5 + 1 x 0.5 + 1 x 0.4 = 1.4.
        let parts = [open(0, 1, 0), open(31, 1, 0), open(91, 1, 200_000)];
        let owed = liability(&parts, 500_000).unwrap();
        assert_eq!((owed.points, owed.cost_minor), (3, 1));
        assert_eq!(owed.by_age.iter().map(|age| age.cost_minor).sum::<i64>(), 1);
        let nothing = liability(&[open(0, 5, 1_000_000)], 500_000).unwrap();
        assert_eq!(nothing.cost_minor, 0);
        assert_eq!(liability(&[], 1).unwrap().cost_minor, 0);
        assert_eq!(liability(&[open(0, -1, 0)], 1), None);
        assert_eq!(liability(&[open(0, 1, 1_000_001)], 1), None);
        assert_eq!(liability(&[open(0, i64::MAX, 0); 2], 1), None);
        assert_eq!(liability(&[open(0, i64::MAX, 0)], i64::MAX), None);
    }
}
