//! An answer that may be looked at on any day of something that has no end.
//!
//! The bounds of [`sequential`](super::sequential) spend their five in a hundred by a day that is known
//! beforehand. A journey runs until somebody stops it. Here the bound is that of a mixture over all effects
//! (Robbins, 1970; Waudby-Smith and others, 2021, for differences of means): with no effect the difference
//! crosses it at some time, however often one looks and for however long, in five of a hundred. The price is
//! that it is wider: about three standard errors instead of two.

use super::sequential::ALPHA;

/// At so many customers the bound is least wide: a group of so many against one that is much larger.
pub const LEAST_WIDE: f64 = 200.0;

/// The width of the mixture for which that is so: it solves `x = ln(1 + x) - 2 ln(ALPHA)`.
const WIDTH: f64 = 8.212;

/// How many standard errors the difference must be off zero, so many customers being compared with so many;
/// nothing where a group is empty.
#[must_use]
pub fn bound(one: u64, other: u64) -> Option<f64> {
    let (one, other) = (one as f64, other as f64);
    let both = one * other / (one + other);
    if both.is_nan() || both <= 0.0 {
        return None;
    }
    let x = WIDTH * both / LEAST_WIDE;
    Some(((1.0 + 1.0 / x) * ((1.0 + x).ln() - 2.0 * ALPHA.ln())).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_least_wide_where_it_is_meant_to_be() {
        let at = |customers: u64| bound(customers, customers).expect("two groups");
        // Two groups of 400 are worth one of 200 against very many.
        assert!((at(400) - 3.035).abs() < 0.001, "{}", at(400));
        assert!(at(400) < at(390) && at(400) < at(410));
        assert!(at(100) < 3.3 && at(40_000) < 3.8);
        assert_eq!(bound(0, 10), None);
        assert_eq!(bound(0, 0), None);
    }
}
