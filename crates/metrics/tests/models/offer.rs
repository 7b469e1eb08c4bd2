//! Offers over many rounds whose rates are known: the better one is found, and what another way would have
//! earned is told without bias.

use crate::simulate::Numbers;
use regulars_metrics::offer::{Known, Shown, WHOLE, chances, replayed};

/// How often an order comes of each offer; the last is the best.
const RATES: [f64; 3] = [0.05, 0.08, 0.14];
const LEAST: f64 = 0.05;
/// So many members choose with what was known before them.
const TOGETHER: usize = 100;

/// A choice: which, its chances, and whether an order came of it.
struct Choice {
    which: usize,
    chances: Vec<u32>,
    brought: bool,
}

fn learned(rounds: usize, numbers: &mut Numbers) -> Vec<Choice> {
    let mut known = RATES.map(|_| Known {
        brought: 0,
        not: 0,
        value: 1.0,
    });
    let mut all = Vec::new();
    for _ in 0..rounds {
        let chances = chances(&known, LEAST);
        for _ in 0..TOGETHER {
            let mut at = (numbers.even() * f64::from(WHOLE)) as u32;
            let which = chances.iter().position(|own| {
                let hit = at < *own;
                at = at.saturating_sub(*own);
                hit
            });
            let which = which.expect("they come to the whole");
            let brought = numbers.even() < RATES[which];
            known[which].brought += u64::from(brought);
            known[which].not += u64::from(!brought);
            all.push(Choice {
                which,
                chances: chances.clone(),
                brought,
            });
        }
    }
    all
}

/// What always showing one would have earned.
fn always(choices: &[Choice], which: usize) -> f64 {
    let shown = choices.iter().map(|own| Shown {
        chance: f64::from(own.chances[own.which]) / f64::from(WHOLE),
        other: f64::from(u8::from(own.which == which)),
        earned: f64::from(u8::from(own.brought)),
    });
    replayed(shown).expect("carries it").each
}

#[test]
fn the_better_offer_is_found_and_the_others_are_never_given_up() {
    let found = (0..40).filter(|seed| {
        let all = learned(60, &mut Numbers::new(*seed));
        let last = &all[all.len() - 1000..];
        let share = |which| last.iter().filter(|own| own.which == which).count();
        assert!(
            share(0) > 10 && share(1) > 10,
            "each keeps its least chance"
        );
        share(2) > 700
    });
    let found = found.count();
    assert!(found >= 38, "in {found} of 40 runs");
}

#[test]
fn it_earns_more_than_choosing_evenly() {
    let earned = |seed| {
        let all = learned(60, &mut Numbers::new(seed));
        all.iter().filter(|own| own.brought).count() as f64 / all.len() as f64
    };
    let mean = (0..20).map(earned).sum::<f64>() / 20.0;
    // Evenly it would be 9 in a hundred, and 14 at best.
    assert!(mean > 0.115, "{mean}");
}

#[test]
fn what_another_way_would_have_earned_is_told_without_bias() {
    let runs = 300_u32;
    for (which, rate) in RATES.into_iter().enumerate() {
        let told = (0..runs).map(|seed| {
            let choices = learned(20, &mut Numbers::new(u64::from(seed) + 5_000));
            always(&choices, which)
        });
        let told: Vec<f64> = told.collect();
        let mean = told.iter().sum::<f64>() / f64::from(runs);
        let square = told.iter().map(|own| (own - mean).powi(2)).sum::<f64>();
        let error = (square / f64::from(runs - 1) / f64::from(runs)).sqrt();
        assert!(
            (mean - rate).abs() < 4.0 * error,
            "{which}: {mean} is not {rate} (± {error})"
        );
        assert!(error < 0.01, "{which}: {error}");
    }
}
