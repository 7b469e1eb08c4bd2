//! Properties of the models of repeat buying and spend: parameters come back from customers that were made
//! with them, derivatives are those of the likelihood, neither order nor repetition matters, and data
//! that carry nothing are refused.

mod lift;
mod offer;
mod simulate;

use proptest::prelude::*;
use regulars_metrics::model::holdout::{compare, track};
use regulars_metrics::model::lifetime_value::{Buying, Seen, Terms, residual};
use regulars_metrics::model::{
    BgNbd, Estimate, FitOptions, GammaGamma, ParetoNbd, Refusal, Repeats,
};
use simulate::{HORIZON, Simulated};

const ONE: FitOptions = FitOptions { threads: 1 };

impl Simulated {
    fn histories(&self) -> Repeats<'_> {
        Repeats::new(&self.repeats, &self.last, &self.observed).expect("sound rows")
    }

    fn picked(&self, places: &[usize]) -> Simulated {
        Simulated {
            repeats: places.iter().map(|&place| self.repeats[place]).collect(),
            last: places.iter().map(|&place| self.last[place]).collect(),
            observed: places.iter().map(|&place| self.observed[place]).collect(),
            later: places.iter().map(|&place| self.later[place]).collect(),
        }
    }
}

/// Within four standard errors, and those are small enough to mean something.
#[track_caller]
fn recovered(estimates: &[Estimate], truth: &[f64]) {
    for (estimate, truth) in estimates.iter().zip(truth) {
        let apart = (estimate.value - truth).abs();
        assert!(
            apart < 4.0 * estimate.standard_error,
            "{estimate:?} {truth}"
        );
        assert!(
            estimate.standard_error < 0.3 * truth,
            "{estimate:?} {truth}"
        );
    }
}

#[test]
fn parameters_come_back_from_customers_made_with_them() {
    for (truth, seed) in [
        ([0.243, 4.414, 0.793, 2.426], 1),
        ([1.5, 10.0, 0.5, 3.0], 2),
        ([0.6, 2.0, 1.4, 4.0], 3),
    ] {
        let customers = simulate::bg_nbd(truth, 20_000, seed);
        let fit = BgNbd::fit(&customers.histories(), &ONE).unwrap();
        recovered(&fit.estimates, &truth);
    }
    for (truth, seed) in [
        ([0.553, 10.578, 0.606, 11.669], 4),
        ([1.2, 6.0, 1.3, 30.0], 5),
    ] {
        let customers = simulate::pareto_nbd(truth, 6_000, seed);
        let fit = ParetoNbd::fit(&customers.histories(), &ONE).unwrap();
        recovered(&fit.estimates, &truth);
    }
    for (truth, seed) in [([6.25, 3.74, 15.44], 6), ([2.0, 5.0, 4000.0], 7)] {
        let (purchases, mean) = simulate::gamma_gamma(truth, 10_000, seed);
        let fit = GammaGamma::fit(&purchases, &mean, &ONE).unwrap();
        recovered(&fit.estimates, &truth);
        assert!(fit.independence.correlation.abs() < 0.05);
    }
}

#[test]
fn a_fit_that_starts_from_a_part_ends_where_one_from_all_ends() {
    // Enough customers for the warm start; the same ones, a quarter at a time, for the cold one.
    let truth = [0.6, 8.0, 0.7, 2.5];
    let customers = simulate::bg_nbd(truth, 48_000, 11);
    let warm = BgNbd::fit(&customers.histories(), &ONE).unwrap();
    recovered(&warm.estimates, &truth);
    // At the top, no step in any direction gains.
    for place in 0..4 {
        for factor in [0.999, 1.001] {
            let mut moved = warm.model.parameters();
            moved[place] *= factor;
            let [r, alpha, a, b] = moved;
            let there = BgNbd { r, alpha, a, b }.log_likelihood(&customers.histories());
            assert!(there < warm.log_likelihood);
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let customers = simulate::bg_nbd([0.6, 8.0, 0.7, 2.5], 200_000, 12);
    let fit = |threads| BgNbd::fit(&customers.histories(), &FitOptions { threads }).unwrap();
    assert_eq!(fit(1).model, fit(3).model);
    let few = customers.picked(&(0..3000).collect::<Vec<_>>());
    let fit = |threads| ParetoNbd::fit(&few.histories(), &FitOptions { threads }).unwrap();
    assert_eq!(fit(1).model, fit(3).model);
}

#[test]
fn a_model_beats_the_naive_guess_on_the_time_held_out() {
    let customers = simulate::bg_nbd([0.4, 3.0, 0.8, 2.5], 5_000, 13);
    let model = BgNbd::fit(&customers.histories(), &ONE).unwrap().model;
    let buying = Buying::BgNbd(model);
    let held = compare(&buying, &customers.histories(), &customers.later, HORIZON).unwrap();
    assert!(held.beats_naive(), "{held:?}");
    assert!(
        (held.model.total / held.total as f64 - 1.0).abs() < 0.06,
        "{held:?}"
    );
    assert!(held.model.gini > held.naive.gini, "{held:?}");
    assert!(held.model.area_under_roc > held.naive.area_under_roc);
    for bin in held.bins.iter().filter(|bin| bin.customers > 300) {
        assert!(
            (bin.forecast - bin.actual).abs() < 0.3 + 0.1 * bin.actual,
            "{bin:?}"
        );
    }
    assert!(compare(&buying, &customers.histories(), &[], HORIZON).is_err());
    assert!(compare(&buying, &customers.histories(), &customers.later, 0.0).is_err());
}

#[test]
fn the_tracking_plot_follows_what_was_bought() {
    let customers = simulate::bg_nbd([0.4, 3.0, 0.8, 2.5], 5_000, 14);
    let model = BgNbd::fit(&customers.histories(), &ONE).unwrap().model;
    // Everybody is seen up to one day, so they began on different ones.
    let end = 52.2;
    let begun = |place: usize| end - customers.observed[place];
    let firsts: Vec<(f64, u64)> = (0..5_000).map(|place| (begun(place), 1)).collect();
    let total: u64 = customers
        .repeats
        .iter()
        .map(|&count| u64::from(count))
        .sum();
    // When the repeat purchases were made between is not kept: the last one counts for all of them.
    let repeats: Vec<(f64, u64)> = (0..5_000)
        .map(|place| {
            (
                begun(place) + customers.last[place],
                customers.repeats[place].into(),
            )
        })
        .collect();
    let tracked = track(&Buying::BgNbd(model), &firsts, &repeats, &[1.0, 26.0, end]);
    assert_eq!(tracked[2].actual, total);
    assert!(
        (tracked[2].forecast / total as f64 - 1.0).abs() < 0.05,
        "{tracked:?}"
    );
    assert!(tracked[0].forecast < tracked[1].forecast && tracked[1].forecast < tracked[2].forecast);
}

#[test]
fn data_that_carry_nothing_are_refused_with_a_clear_word() {
    let fit = |rows: &[(u32, f64, f64)]| {
        let repeats: Vec<u32> = rows.iter().map(|row| row.0).collect();
        let last: Vec<f64> = rows.iter().map(|row| row.1).collect();
        let observed: Vec<f64> = rows.iter().map(|row| row.2).collect();
        let histories = Repeats::new(&repeats, &last, &observed).unwrap();
        let one = BgNbd::fit(&histories, &ONE).map(|fit| fit.model.parameters());
        let other = ParetoNbd::fit(&histories, &ONE).map(|fit| fit.model.parameters());
        for parameters in [&one, &other].into_iter().flatten() {
            assert!(parameters.iter().all(|value| value.is_finite()));
        }
        (
            one.err().map(|refusal| refusal.code()),
            other.err().map(|refusal| refusal.code()),
        )
    };
    let both = |code| (Some(code), Some(code));
    // Nobody; one customer; one order each; all on one day.
    assert_eq!(fit(&[]), both("too_few"));
    assert_eq!(fit(&[(3, 5.0, 9.0)]), both("too_few"));
    assert_eq!(fit(&[(0, 0.0, 9.0); 1000]), both("too_few"));
    assert_eq!(fit(&[(2, 0.0, 0.0); 1000]), both("no_variation"));
    // A single history says nothing of how customers differ.
    assert_eq!(fit(&[(2, 5.0, 9.0); 1000]), both("no_variation"));
    // Everybody comes back at every moment: there is no top.
    let clockwork: Vec<(u32, f64, f64)> = (0..500).map(|i| (8 + i % 2, 9.0, 9.0)).collect();
    let (one, other) = fit(&clockwork);
    assert!(one.is_some() && other.is_some(), "{one:?} {other:?}");
    // Each of these may be fitted or refused, but never gives what is no number.
    let mut extremes = vec![(0, 0.0, 1e-9); 600];
    extremes.extend(vec![(1, 1e-12, 1e-9); 100]);
    extremes.extend(vec![(7, 9e8, 1e9); 100]);
    fit(&extremes);
    let mut busy = vec![(0, 0.0, 10.0); 600];
    busy.extend(vec![(100_000, 9.9, 10.0); 100]);
    fit(&busy);
    let mut gone: Vec<(u32, f64, f64)> = vec![(0, 0.0, 50.0); 100];
    gone.extend((0..100).map(|i| (1, 0.01 * f64::from(i), 50.0)));
    fit(&gone);
}

#[test]
fn spend_that_carries_nothing_is_refused_with_a_clear_word() {
    let code = |purchases: &[u32], mean: &[f64]| {
        let fit = GammaGamma::fit(purchases, mean, &ONE);
        fit.err().map(|refusal| refusal.code())
    };
    assert_eq!(code(&[], &[]), Some("too_few"));
    assert_eq!(code(&[2], &[9.0]), Some("too_few"));
    // All refunds.
    assert_eq!(code(&[2; 100], &[-5.0; 100]), Some("too_few"));
    assert_eq!(code(&[2; 100], &[5.0; 100]), Some("no_variation"));
    assert_eq!(
        code(&[2; 100], &[5.0; 99]),
        Some("columns_differ_in_length")
    );
    assert_eq!(code(&[2], &[f64::NAN]), Some("bad_row"));
    // Whoever refunded everything is left out and counted.
    let (mut purchases, mut mean) = simulate::gamma_gamma([6.0, 4.0, 15.0], 500, 21);
    purchases.extend([3, 0]);
    mean.extend([-1.0, 5.0]);
    let fit = GammaGamma::fit(&purchases, &mean, &ONE).unwrap();
    assert_eq!((fit.customers, fit.left_out), (500, 2));
    // The more often somebody buys, the more they spend: stated, not hidden.
    let dear: Vec<f64> = purchases
        .iter()
        .zip(&mean)
        .map(|(&x, z)| z.abs() * f64::from(x))
        .collect();
    assert!(
        !GammaGamma::fit(&purchases, &dear, &ONE)
            .unwrap()
            .independence
            .holds
    );
    // A currency with a thousand times larger numbers has a thousand times larger scale.
    let yen: Vec<f64> = mean.iter().map(|z| z * 1000.0).collect();
    let other = GammaGamma::fit(&purchases, &yen, &ONE).unwrap().model;
    assert!((other.p - fit.model.p).abs() < 1e-6);
    assert!((other.gamma / fit.model.gamma - 1000.0).abs() < 1e-3);
}

fn parameters(count: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-3.0..4.0_f64, count)
        .prop_map(|all| all.into_iter().map(f64::exp).collect())
}

fn history() -> impl Strategy<Value = (u32, f64, f64)> {
    (0..30_u32, 0.0..1.0_f64, 0.0..120.0_f64).prop_map(|(repeats, part, observed)| match repeats {
        0 => (0, 0.0, observed),
        _ => (repeats, part * observed, observed),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What is expected lies between nothing and what an active customer would do, grows with time, and is
    /// a number whatever the parameters.
    #[test]
    fn expectations_are_numbers_that_grow(all in parameters(4), (x, t, end) in history(), far in 0.1..300.0_f64) {
        let models = [
            Buying::BgNbd(BgNbd { r: all[0], alpha: all[1], a: all[2], b: all[3] }),
            Buying::ParetoNbd(ParetoNbd { r: all[0], alpha: all[1], s: all[2], beta: all[3] }),
        ];
        for model in models {
            let alive = model.probability_alive(x, t, end);
            prop_assert!((0.0..=1.0 + 1e-12).contains(&alive), "{model:?} {alive}");
            let (near, far_off) = (model.expected(x, t, end, far / 2.0), model.expected(x, t, end, far));
            prop_assert!(near.is_finite() && near >= 0.0, "{model:?} {near}");
            prop_assert!(far_off >= near * (1.0 - 1e-9), "{model:?} {near} {far_off}");
            let most = alive * (all[0] + f64::from(x)) / (all[1] + end) * far;
            prop_assert!(far_off <= most * (1.0 + 1e-9) + 1e-12, "{model:?} {far_off} {most}");
            let fresh = model.expected_of_new(far);
            prop_assert!(fresh > 0.0 && fresh <= all[0] / all[1] * far * (1.0 + 1e-9));
        }
    }

    /// Lifetime value is a number that does not fall with the margin nor rise with the discount.
    #[test]
    fn lifetime_value_is_a_number(all in parameters(4), (x, t, end) in history(), spend in 0.0..500.0_f64) {
        let buying = Buying::BgNbd(BgNbd { r: all[0], alpha: all[1], a: all[2], b: all[3] });
        let spending = GammaGamma { p: 6.0, q: 3.5, gamma: 15.0 };
        let seen = Seen { repeats: x, last: t, observed: end, mean_spend: spend };
        let value = |margin, discount| {
            let terms = Terms::new(12, 4.35, margin, discount).unwrap();
            residual(&buying, &spending, &terms, &seen).unwrap().value
        };
        prop_assert!(value(0.3, 0.1).is_finite() && value(0.3, 0.1) >= 0.0);
        prop_assert!(value(0.6, 0.1) >= value(0.3, 0.1));
        prop_assert!(value(0.3, 0.5) <= value(0.3, 0.1) * (1.0 + 1e-12));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// The order of customers does not matter, and everybody twice gives the same parameters.
    #[test]
    fn neither_order_nor_repetition_matters(seed in 0..1000_u64) {
        let customers = simulate::bg_nbd([0.5, 5.0, 0.8, 2.5], 1_500, seed);
        let once = BgNbd::fit(&customers.histories(), &ONE).unwrap();
        let mut places: Vec<usize> = (0..1_500).collect();
        let mut numbers = simulate::Numbers::new(seed);
        places.sort_by_cached_key(|_| numbers.bits());
        let shuffled = BgNbd::fit(&customers.picked(&places).histories(), &ONE).unwrap();
        places.extend(0..1_500);
        let twice = BgNbd::fit(&customers.picked(&places).histories(), &ONE).unwrap();
        for place in 0..4 {
            let value = once.estimates[place].value;
            prop_assert!((shuffled.estimates[place].value / value - 1.0).abs() < 1e-6);
            prop_assert!((twice.estimates[place].value / value - 1.0).abs() < 1e-5);
            let error = once.estimates[place].standard_error / 2.0_f64.sqrt();
            prop_assert!((twice.estimates[place].standard_error / error - 1.0).abs() < 1e-3);
        }
        prop_assert!((twice.log_likelihood - 2.0 * once.log_likelihood).abs() < 1e-5);
    }
}

#[test]
fn a_refusal_says_what_to_do() {
    let refusal = Refusal::TooFew {
        what: "customers",
        have: 3,
        need: 50,
    };
    assert_eq!(
        refusal.to_string(),
        "too few customers: 3, and at least 50 are needed; take a longer period or a larger group"
    );
}
