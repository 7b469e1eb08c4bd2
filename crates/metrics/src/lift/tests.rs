//! Lift by hand, and samples that carry no answer.

use super::*;

/// Customers who spent so much after and before.
fn arm(of: impl IntoIterator<Item = (i64, i64)>) -> Arm {
    let mut arm = Arm::default();
    for (after, before) in of {
        arm.add(after, before);
    }
    arm
}

#[test]
fn the_difference_is_known_by_hand() {
    // What was spent before says nothing: 10 and 20 against 4 and 6, a hundred times over.
    let ours = arm((0..200).map(|n| (10 + n % 2 * 10, 0)));
    let others = arm((0..200).map(|n| (4 + n % 2 * 2, 0)));
    let lift = lift(&ours, &others, 0.5).expect("carries an answer");
    assert!((lift.each - 10.0).abs() < 1e-12 && (lift.in_all - 2000.0).abs() < 1e-9);
    assert!((lift.without - 5.0).abs() < 1e-12);
    assert_eq!(lift.relative(), Some(lift.each / 5.0));
    assert!((lift.variance - (25.0 + 1.0) / 199.0).abs() < 1e-12);
    assert!((lift.interval.high - 10.0 - Z * (26.0_f64 / 199.0).sqrt()).abs() < 1e-9);
    assert_eq!(lift.explained, 0.0);
}

#[test]
fn what_was_spent_before_is_taken_off() {
    // Everybody spends 3 for each 2 before, and 5 more if they got it; those who got it were larger.
    let ours = arm((0..200).map(|n| (5 + 3 * n + n % 3, 2 * n)));
    let others = arm((0..180).map(|n| (3 * n + n % 3, 2 * n)));
    let lift = lift(&ours, &others, 0.48).expect("carries an answer");
    assert!((lift.each - 5.0).abs() < 0.2, "{lift:?}");
    assert!(lift.explained > 0.999, "{lift:?}");
}

#[test]
fn groups_that_are_added_up_apart_are_those_added_up_together() {
    let all: Vec<_> = (0..100).map(|n| (n * 7 % 31, n * 5 % 17)).collect();
    let mut left = arm(all[..40].iter().copied());
    left.merge(&arm(all[40..].iter().copied()));
    assert_eq!(left, arm(all));
}

#[test]
fn a_sample_that_carries_no_answer_gives_none() {
    let even = |n: i64| arm((0..n).map(|n| (10 + n % 7, n % 5)));
    let few = lift(&even(60), &even(40), 0.4);
    assert_eq!(few, Err(NoAnswer::TooFew { customers: 40 }));
    let idle = arm((0..100).map(|n| (i64::from(n < 19), 0)));
    let idle = lift(&even(100), &idle, 0.5);
    assert_eq!(idle, Err(NoAnswer::FewBuyers { buyers: 19 }));
    let missing = lift(&even(9_150), &even(850), 0.1);
    assert!(
        matches!(missing, Err(NoAnswer::Mismatch { .. })),
        "{missing:?}"
    );
    let same = arm((0..100).map(|_| (10, 10)));
    assert_eq!(lift(&same, &same, 0.5), Err(NoAnswer::NoSpread));
    // One customer in a hundred spends a thousand times as much.
    let whales = arm((0..400).map(|n| (if n % 100 == 0 { 10_000 } else { 10 }, 0)));
    let whales = lift(&even(4_000), &whales, 0.0909);
    assert!(
        matches!(whales, Err(NoAnswer::Lopsided { needed, .. }) if needed > 1_000),
        "{whales:?}"
    );
    let nobody = lift(&Arm::default(), &Arm::default(), 0.1);
    assert_eq!(nobody, Err(NoAnswer::TooFew { customers: 0 }));
}
