//! Whole numbers divided among several, so that the parts add up to the whole.

/// `whole` in proportion to `parts`, by the largest remainder: each gets its share rounded down, and
/// what is left goes one by one to those whose remainder is largest, of equal ones to the first.
/// Nobody gets anything where all parts are 0. Neither `whole` nor a part is below zero.
///
/// ```
/// use regulars_base::largest_remainder;
/// assert_eq!(largest_remainder(100, &[1, 1, 1]), [34, 33, 33]);
/// assert_eq!(largest_remainder(10, &[6, 3, 1]), [6, 3, 1]);
/// ```
pub fn largest_remainder(whole: i64, parts: &[i64]) -> Vec<i64> {
    let sum: i128 = parts.iter().copied().map(i128::from).sum();
    if sum <= 0 {
        return vec![0; parts.len()];
    }
    let exact = |part: &i64| i128::from(whole) * i128::from(*part);
    let mut shares: Vec<i64> = Vec::with_capacity(parts.len());
    let mut rests: Vec<(i128, usize)> = Vec::with_capacity(parts.len());
    for (at, part) in parts.iter().enumerate() {
        let down = exact(part).div_euclid(sum);
        shares.push(i64::try_from(down).expect("a share is no more than the whole"));
        rests.push((exact(part).rem_euclid(sum), at));
    }
    rests.sort_by_key(|(rest, at)| (std::cmp::Reverse(*rest), *at));
    let left = whole - shares.iter().sum::<i64>();
    let more = usize::try_from(left).expect("shares that are rounded down are no more");
    for (_, at) in rests.into_iter().take(more) {
        shares[at] += 1;
    }
    shares
}

/// Numbers in units of which `unit` make a whole one, as whole ones that add up to the same: each is
/// rounded down, and those with the largest remainders, of equal ones the first, are rounded up
/// until the sum is right. Numbers may be below zero; their sum must be a whole one.
///
/// ```
/// use regulars_base::to_whole;
/// assert_eq!(to_whole(&[150, -75, -75], 100), [2, -1, -1]);
/// ```
pub fn to_whole(exact: &[i128], unit: i128) -> Vec<i64> {
    let sum: i128 = exact.iter().sum();
    assert!(sum % unit == 0, "the sum of what is rounded is whole");
    let mut whole: Vec<i128> = exact.iter().map(|it| it.div_euclid(unit)).collect();
    let mut rests: Vec<usize> = (0..exact.len()).collect();
    rests.sort_by_key(|at| (std::cmp::Reverse(exact[*at].rem_euclid(unit)), *at));
    let left = sum / unit - whole.iter().sum::<i128>();
    let more = usize::try_from(left).expect("numbers that are rounded down are no more");
    for at in rests.into_iter().take(more) {
        whole[at] += 1;
    }
    let narrow = |it: i128| i64::try_from(it).expect("sums of money fit");
    whole.into_iter().map(narrow).collect()
}
