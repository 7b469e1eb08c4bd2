//! Deferred revenue: the part of a sale that is owed until the points given with it are redeemed (IFRS 15,
//! B39 to B42).
//!
//! The price is shared between goods and points by what each would be sold for alone; points count as far
//! as they are expected to be redeemed. The points' part becomes revenue as they are redeemed: redeemed so
//! far by expected in the end, anew each period. All in whole minor units, and parts add up.

/// A price shared between goods and points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// Revenue of the goods, now; minor units.
    pub goods_minor: i64,
    /// Deferred until points are redeemed; minor units.
    pub points_minor: i64,
}

/// Shares `price_minor` by stand-alone prices, both in the same unit, any one: of the goods, and of the
/// points (number of points, times the share that will be redeemed, times what one gets for a point).
/// `None` where a price is negative or both are zero.
#[must_use]
pub fn split(price_minor: i64, goods_alone: i128, points_alone: i128) -> Option<Split> {
    let parts = share_out(price_minor, &[goods_alone, points_alone])?;
    Some(Split {
        goods_minor: parts[0],
        points_minor: parts[1],
    })
}

/// What is recognised up to now of `deferred_minor`: points redeemed so far by points expected to be
/// redeemed in the end, rounded half up, never more than the whole. What a period recognises is this
/// less what was recognised before. Where nothing is expected any more, it is the whole. `None` where
/// an argument is negative.
#[must_use]
pub fn recognised(deferred_minor: i64, redeemed: i64, expected: i64) -> Option<i64> {
    if deferred_minor < 0 || redeemed < 0 || expected < 0 {
        return None;
    }
    if redeemed >= expected {
        return Some(deferred_minor);
    }
    let (above, below) = (
        i128::from(deferred_minor) * i128::from(redeemed),
        i128::from(expected),
    );
    i64::try_from((2 * above + below) / (2 * below)).ok()
}

/// Shares an amount by weights, so that the parts add up to it: each gets what is due rounded down, and
/// what is left goes by units to those with the largest rest, the first of equals first. `None` where the
/// amount or a weight is negative, or no weight is above zero.
#[must_use]
pub fn share_out(amount: i64, weights: &[i128]) -> Option<Vec<i64>> {
    let total = weights.iter().try_fold(0_i128, |sum, &weight| {
        if weight < 0 {
            None
        } else {
            sum.checked_add(weight)
        }
    })?;
    if amount < 0 || total <= 0 {
        return None;
    }
    let mut parts = Vec::with_capacity(weights.len());
    let mut rests = Vec::with_capacity(weights.len());
    let mut given = 0_i64;
    for (place, &weight) in weights.iter().enumerate() {
        let due = i128::from(amount).checked_mul(weight)?;
        let part = i64::try_from(due / total).ok()?;
        given += part;
        parts.push(part);
        rests.push((std::cmp::Reverse(due % total), place));
    }
    rests.sort_unstable();
    for (_, place) in rests
        .into_iter()
        .take(usize::try_from(amount - given).ok()?)
    {
        parts[place] += 1;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Split, recognised, share_out, split};

    /// IFRS 15, illustrative example 52: goods for 100,000, and 10,000 points of which 9,500 are expected
    /// to be redeemed at 1 each.
    #[test]
    fn the_example_of_the_standard_comes_out() {
        let both = split(100_000, 100_000, 9_500);
        assert_eq!(
            both,
            Some(Split {
                goods_minor: 91_324,
                points_minor: 8_676
            })
        );
        // First year: 4,500 of 9,500. Second: 8,500 of 9,700, which are expected by then.
        assert_eq!(recognised(8_676, 4_500, 9_500), Some(4_110));
        let second = recognised(8_676, 8_500, 9_700).unwrap();
        assert_eq!((second - 4_110, 8_676 - second), (3_493, 1_073));
        assert_eq!(recognised(8_676, 9_700, 9_700), Some(8_676));
        assert_eq!(recognised(8_676, 0, 0), Some(8_676));
        assert_eq!(recognised(8_676, -1, 5), None);
    }

    #[test]
    fn what_cannot_be_shared_is_not() {
        assert_eq!(split(100, 0, 0), None);
        assert_eq!(split(-1, 1, 1), None);
        assert_eq!(share_out(5, &[1, -1]), None);
        assert_eq!(share_out(5, &[]), None);
        assert_eq!(share_out(i64::MAX, &[i128::MAX, 1]), None);
    }

    proptest! {
        #[test]
        fn parts_add_up_and_are_less_than_a_unit_from_what_is_due(
            amount in 0..1_000_000_000_i64,
            weights in prop::collection::vec(0..1_000_000_i128, 1..8),
        ) {
            let total: i128 = weights.iter().sum();
            prop_assume!(total > 0);
            let parts = share_out(amount, &weights).unwrap();
            prop_assert_eq!(parts.iter().sum::<i64>(), amount);
            for (part, weight) in parts.iter().zip(&weights) {
                let apart = i128::from(*part) * total - i128::from(amount) * weight;
                prop_assert!(apart.abs() < total);
            }
        }
    }
}
