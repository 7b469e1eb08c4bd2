//! Which of several offers to show, and what another choice would have earned.
//!
//! Each offer either brings an order within some days or does not. What is known of it (so many times yes, so
//! many times no) leaves a distribution of its rate: Beta, with nothing known beforehand. An offer is shown with
//! the chance that it is the best of them, each weighed by what an order is worth to us (Thompson, 1933). That
//! chance is worked out, not sampled, so that it can be written beside the choice: which makes it possible to
//! say later what another way of choosing would have earned ([`replayed`]). Each keeps a least chance, so that
//! nothing is ever given up for good.

mod replay;

pub use replay::{CHOICES_LEAST, EFFECTIVE_LEAST, NoReplay, Replayed, Shown, Sums, replayed};

/// All chances together.
pub const WHOLE: u32 = 1_000_000;

/// So many places of each distribution are looked at, and so many standard deviations of it.
const PLACES: u32 = 400;
const FAR: f64 = 8.0;

/// What is known of an offer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known {
    /// How often an order came of it.
    pub brought: u64,
    /// How often none did.
    pub not: u64,
    /// What an order that comes of it is worth; above zero.
    pub value: f64,
}

impl Known {
    /// What it earns each time that it is shown, as far as is known.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let (a, b) = self.shape();
        self.value * a / (a + b)
    }

    const fn shape(&self) -> (f64, f64) {
        (self.brought as f64 + 1.0, self.not as f64 + 1.0)
    }

    /// Where what it earns may lie.
    fn range(&self) -> (f64, f64) {
        let (a, b) = self.shape();
        let mean = a / (a + b);
        let off = FAR * (mean * (1.0 - mean) / (a + b + 1.0)).sqrt();
        let within = |rate: f64| rate.clamp(0.0, 1.0) * self.value;
        (within(mean - off), within(mean + off))
    }

    /// How likely it is to earn just so much, up to a factor.
    fn density(&self, earned: f64) -> f64 {
        let (a, b) = self.shape();
        let rate = earned / self.value;
        if !(0.0..=1.0).contains(&rate) {
            return 0.0;
        }
        // Highest at the rate that was seen; there it is one.
        let (yes, no) = (a - 1.0, b - 1.0);
        let top = if yes + no > 0.0 {
            yes / (yes + no)
        } else {
            0.5
        };
        let log = |count: f64, rate: f64, top: f64| match count > 0.0 {
            true => count * (rate.ln() - top.ln()),
            false => 0.0,
        };
        (log(yes, rate, top) + log(no, 1.0 - rate, 1.0 - top)).exp()
    }
}

/// The chance of each to be shown, in millionths: that it is the best, and at least `least` (a part of one) for
/// each. They come to [`WHOLE`].
#[must_use]
pub fn chances(offers: &[Known], least: f64) -> Vec<u32> {
    let all = offers.len() as f64;
    let best = best(offers);
    let least = least.clamp(0.0, 1.0 / all.max(1.0));
    let free = 1.0 - all * least;
    let whole = f64::from(WHOLE);
    let mut chances: Vec<u32> = best
        .iter()
        .map(|best| ((least + free * best) * whole).floor() as u32)
        .collect();
    let sum: u32 = chances.iter().sum();
    // What rounding left over is the likeliest one's, the first of several.
    let mut likeliest: Option<&mut u32> = None;
    for chance in &mut chances {
        if likeliest.as_ref().is_none_or(|other| *chance > **other) {
            likeliest = Some(chance);
        }
    }
    if let Some(chance) = likeliest {
        *chance += WHOLE - sum.min(WHOLE);
    }
    chances
}

/// How likely each is the best: its density, times how likely all others lie below, over all places.
fn best(offers: &[Known]) -> Vec<f64> {
    let mut places: Vec<f64> = offers
        .iter()
        .flat_map(|own| {
            let (low, high) = own.range();
            let step = (high - low) / f64::from(PLACES);
            (0..=PLACES).map(move |at| low + step * f64::from(at))
        })
        .collect();
    places.sort_by(f64::total_cmp);
    let known: Vec<Vec<(f64, f64)>> = offers.iter().map(|own| shares(own, &places)).collect();
    let likely: Vec<f64> = (0..offers.len())
        .map(|own| {
            let panels = 1..places.len();
            let each = panels.map(|at| {
                let others = known.iter().enumerate().filter(|(other, _)| *other != own);
                let below: f64 = others.map(|(_, other)| other[at].1).product();
                known[own][at].0 * below
            });
            each.sum()
        })
        .collect();
    let sum: f64 = likely.iter().sum();
    likely.iter().map(|own| own / sum).collect()
}

/// For each panel up to a place: which share of an offer's distribution lies in it, and which below its middle.
fn shares(offer: &Known, places: &[f64]) -> Vec<(f64, f64)> {
    let mut shares = vec![(0.0, 0.0)];
    let mut below = 0.0;
    for pair in places.windows(2) {
        // The density is bent little within a panel, its ends may be infinitely so: the middle will do.
        let middle = f64::midpoint(pair[0], pair[1]);
        let own = offer.density(middle) * (pair[1] - pair[0]);
        shares.push((own, below + own / 2.0));
        below += own;
    }
    let scale = if below > 0.0 { 1.0 / below } else { 0.0 };
    let scaled = shares.into_iter();
    scaled
        .map(|(own, middle)| (own * scale, middle * scale))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(brought: u64, not: u64) -> Known {
        Known {
            brought,
            not,
            value: 1.0,
        }
    }

    #[test]
    fn of_whom_nothing_is_known_each_has_the_same_chance() {
        assert_eq!(chances(&[known(0, 0)], 0.05), [WHOLE]);
        let three = chances(&[known(0, 0); 3], 0.05);
        assert_eq!(three.iter().sum::<u32>(), WHOLE);
        assert!(
            three.iter().all(|own| own.abs_diff(WHOLE / 3) < 3),
            "{three:?}"
        );
        assert_eq!(chances(&[], 0.05), Vec::<u32>::new());
    }

    #[test]
    fn the_chance_to_be_best_is_the_known_one() {
        // Beta(2, 1) against Beta(1, 1): two thirds. Beta(1, 2) against Beta(2, 1): one sixth.
        let two = chances(&[known(1, 0), known(0, 0)], 0.0);
        assert!(two[0].abs_diff(666_667) < 500, "{two:?}");
        let two = chances(&[known(0, 1), known(1, 0)], 0.0);
        assert!(two[0].abs_diff(166_667) < 500, "{two:?}");
        // Beta(11, 91) against Beta(16, 86): P(A > B) by the closed form of Miller (2015), 0.146716.
        let two = chances(&[known(10, 90), known(15, 85)], 0.0);
        assert!(two[0].abs_diff(146_716) < 500, "{two:?}");
    }

    #[test]
    fn an_order_that_is_worth_more_makes_up_for_fewer_of_them() {
        let dear = Known {
            value: 3.0,
            ..known(40, 960)
        };
        let two = chances(&[dear, known(80, 920)], 0.05);
        assert!(two[0] > 900_000, "{two:?}");
    }

    #[test]
    fn each_keeps_its_least_chance_however_much_is_known() {
        let sure = [
            known(900_000, 100_000),
            known(100_000, 900_000),
            known(0, 0),
        ];
        let three = chances(&sure, 0.05);
        assert_eq!(three.iter().sum::<u32>(), WHOLE);
        assert!(three.iter().all(|own| *own >= 49_999), "{three:?}");
        assert!(three[0] > three[2] && three[2] > three[1], "{three:?}");
        // Where there is no room for that, all are alike.
        let many = chances(&[known(5, 5); 30], 0.05);
        assert!(many.iter().all(|own| own.abs_diff(WHOLE / 30) < 30));
    }
}
