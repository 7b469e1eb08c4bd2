//! Parts that add up to the whole.

/// Cuts `amount` into parts in proportion to `weights`, to the unit: each part is its exact share
/// rounded down, and what is left over goes, one unit each, to the largest remainders (of equal ones
/// to the first). No part is larger than its weight where the amount is not larger than all of them.
/// Where all weights are 0 there is nobody to give to, and all parts are 0.
pub(super) fn spread(amount: i64, weights: &[i64]) -> Vec<i64> {
    let whole: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if whole == 0 || amount == 0 {
        return vec![0; weights.len()];
    }
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut left = amount;
    for (at, weight) in weights.iter().enumerate() {
        let exact = i128::from(amount) * i128::from(*weight);
        let part = i64::try_from(exact / whole).expect("a part is no larger than the whole");
        parts.push(part);
        remainders.push((std::cmp::Reverse(exact % whole), at));
        left -= part;
    }
    remainders.sort_unstable();
    for (_, at) in remainders {
        if left == 0 {
            break;
        }
        parts[at] += 1;
        left -= 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn what_is_left_over_goes_to_the_largest_remainders() {
        for (amount, weights, parts) in [
            (100, &[1, 1, 1][..], &[34, 33, 33][..]),
            (1, &[1, 2], &[0, 1]),
            (10, &[0, 0], &[0, 0]),
            (0, &[5, 5], &[0, 0]),
            (500, &[333, 333, 334], &[167, 166, 167]),
        ] {
            assert_eq!(spread(amount, weights), parts, "{amount} over {weights:?}");
        }
    }
}
