//! Whether the sizes of two groups can have come about by lot.
//!
//! When they cannot, customers are missing from a group for a reason (letters that bounced were taken out,
//! say, which only those who got letters can), and whatever the two are compared by is worth nothing.

use crate::model::special::normal_share_below;

/// Sizes less probable than this are a mismatch: one in ten thousand sound campaigns is suspected.
pub const P_LEAST: f64 = 1e-4;

/// How probable sizes at least as far off are, where `share` of customers were to be held out; nothing if
/// they are likely enough, or if nobody was to be drawn.
#[must_use]
pub fn mismatch(treated: u64, held_out: u64, share: f64) -> Option<f64> {
    let all = (treated + held_out) as f64;
    let variance = all * share * (1.0 - share);
    if variance <= 0.0 {
        return None;
    }
    // Half a customer is taken off for counts being whole (Yates).
    let off = ((held_out as f64 - all * share).abs() - 0.5).max(0.0);
    let p = 2.0 * normal_share_below(-off / variance.sqrt());
    (p < P_LEAST).then_some(p)
}

#[cfg(test)]
mod tests {
    use super::mismatch;

    #[test]
    fn sizes_that_no_lot_gives_are_found() {
        assert_eq!(mismatch(9_000, 1_000, 0.1), None);
        assert_eq!(mismatch(9_080, 920, 0.1), None, "2.65 standard deviations");
        let p = mismatch(9_150, 850, 0.1).expect("five standard deviations");
        assert!((1e-7..1e-6).contains(&p), "{p}");
        assert_eq!(mismatch(0, 0, 0.1), None);
        assert_eq!(mismatch(100, 0, 0.0), None, "nobody was to be held out");
    }
}
