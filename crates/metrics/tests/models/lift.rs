//! Lift over thousands of campaigns whose effect is known: how often something is seen that is not there,
//! and how often the interval has what is.

use crate::simulate::Numbers;
use regulars_metrics::lift::sequential::Bounds;
use regulars_metrics::lift::{Arm, always, lift};

const RUNS: u64 = 2_000;
const CUSTOMERS: usize = 600;
const DAYS: usize = 14;
const SHARE: f64 = 0.3;

/// Five in a hundred of the runs, give or take what 99.9 % of lots give.
const EXPECTED: std::ops::RangeInclusive<usize> = 68..=132;

/// How a campaign's customers are.
#[derive(Clone, Copy)]
struct World {
    /// By what part those who got it come oftener.
    effect: f64,
    /// Whether some come often and some never; else all come equally often.
    uneven: bool,
}

/// The chance to come on a day, on average; amounts are 300 to 900.
const OFTEN: f64 = 0.15;
const AMOUNT: f64 = 600.0;

/// What a campaign looked like on each of its days: treated, held out.
fn campaign(world: World, numbers: &mut Numbers) -> Vec<[Arm; 2]> {
    let mut days = vec![[Arm::default(); 2]; DAYS];
    for _ in 0..CUSTOMERS {
        let rate = match world.uneven {
            true => (numbers.gamma(2.0) / 2.0 * OFTEN).min(0.8),
            false => OFTEN,
        };
        let held_out = numbers.even() < SHARE;
        let mut spend = |rate: f64| match numbers.even() < rate {
            true => 300 + (numbers.bits() % 601) as i64,
            false => 0,
        };
        let before: i64 = (0..DAYS).map(|_| spend(rate)).sum();
        let rate = if held_out {
            rate
        } else {
            rate * (1.0 + world.effect)
        };
        let mut after = 0;
        for day in &mut days {
            after += spend(rate);
            day[usize::from(held_out)].add(after, before);
        }
    }
    days
}

/// What came of a campaign.
#[derive(Default)]
struct Seen {
    /// The interval at the end leaves out the effect that is there.
    missed: bool,
    /// Something was seen on some day, by the bounds.
    by_bounds: bool,
    /// And by a plain interval on each day.
    by_peeking: bool,
}

fn look(world: World, seed: u64) -> Seen {
    let days = campaign(world, &mut Numbers::new(seed));
    let truth = world.effect * OFTEN * AMOUNT * DAYS as f64;
    let mut seen = Seen::default();
    let mut bounds = Bounds::default();
    for (day, [treated, held_out]) in days.iter().enumerate() {
        let Ok(lift) = lift(treated, held_out, SHARE) else {
            continue;
        };
        let gone = (day + 1) as f64 / DAYS as f64;
        let bound = bounds.look(gone, lift.variance).unwrap_or(f64::INFINITY);
        let off = lift.each.abs() / lift.variance.sqrt();
        seen.by_bounds |= off >= bound;
        seen.by_peeking |= off >= 1.96;
        seen.missed = !(lift.interval.low..=lift.interval.high).contains(&truth);
    }
    seen
}

/// How many of the runs missed, saw by bounds, saw by peeking.
fn count(world: World) -> [usize; 3] {
    let half = |from: u64| {
        let seen: Vec<_> = (from..RUNS)
            .step_by(2)
            .map(|seed| look(world, seed))
            .collect();
        let kinds: [fn(&Seen) -> bool; 3] = [
            |seen| seen.missed,
            |seen| seen.by_bounds,
            |seen| seen.by_peeking,
        ];
        kinds.map(|is| seen.iter().filter(|seen| is(seen)).count())
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        let one = half(0);
        let other = other.join().expect("the other half");
        std::array::from_fn(|at| one[at] + other[at])
    })
}

#[test]
fn what_is_not_there_is_seen_in_five_of_a_hundred_however_often_one_looks() {
    let [missed, by_bounds, by_peeking] = count(World {
        effect: 0.0,
        uneven: false,
    });
    assert!(EXPECTED.contains(&missed), "at the end: {missed}");
    assert!(EXPECTED.contains(&by_bounds), "daily: {by_bounds}");
    assert!(by_peeking > 2 * EXPECTED.end(), "peeking: {by_peeking}");
}

#[test]
fn customers_who_differ_make_the_bounds_wider_never_narrower() {
    let [missed, by_bounds, _] = count(World {
        effect: 0.0,
        uneven: true,
    });
    assert!(EXPECTED.contains(&missed), "at the end: {missed}");
    assert!(by_bounds <= *EXPECTED.end(), "daily: {by_bounds}");
}

#[test]
fn the_interval_has_the_effect_that_is_there_in_ninety_five_of_a_hundred() {
    let [missed, by_bounds, _] = count(World {
        effect: 0.2,
        uneven: true,
    });
    assert!(EXPECTED.contains(&missed), "{missed}");
    assert!(
        by_bounds > 1_000,
        "an effect of a fifth is seen: {by_bounds}"
    );
}

/// Customers who come in over a hundred days, some each day, and are looked at on each: whether anything was
/// seen on one of them, by the bound that holds for ever.
fn seen_on_any_day(effect: f64, seed: u64) -> bool {
    let numbers = &mut Numbers::new(seed);
    let mut arms = [Arm::default(); 2];
    (0..100).any(|_| {
        for _ in 0..20 {
            let often = numbers.gamma(2.0) / 2.0;
            let held_out = numbers.even() < SHARE;
            let more = if held_out { 1.0 } else { 1.0 + effect };
            let mut spend = |by: f64| (numbers.gamma(2.0) * 300.0 * often * by) as i64;
            let before = spend(1.0);
            arms[usize::from(held_out)].add(spend(more), before);
        }
        let Ok(lift) = lift(&arms[0], &arms[1], SHARE) else {
            return false;
        };
        let bound = always::bound(arms[0].customers, arms[1].customers);
        bound.is_some_and(|bound| lift.each.abs() / lift.variance.sqrt() >= bound)
    })
}

#[test]
fn a_journey_without_an_end_may_be_looked_at_every_day() {
    let count = |effect: f64| {
        let seen = (0..RUNS).filter(|seed| seen_on_any_day(effect, *seed));
        seen.count()
    };
    let nothing = count(0.0);
    assert!(nothing <= *EXPECTED.end(), "nothing is there: {nothing}");
    let something = count(0.2);
    assert!(
        something > 1_000,
        "an effect of a fifth is seen: {something}"
    );
}
