//! Survival: how long contracts and paid memberships last (Kaplan and Meier 1958).
//!
//! Somebody who is still there has not left yet; how long they will stay in the end is unknown, but that
//! they stayed so long is not thrown away. The curve says which share is still there after each time.

use super::refusal::Refusal;
use crate::figure::Z;

/// One contract: how long it has lasted, and whether it has ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spell {
    /// From its beginning to its end, or to the day on which one looked.
    pub length: f64,
    /// Whether it ended then.
    pub ended: bool,
}

/// A step of the curve: holds from this time to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The time since the beginning.
    pub at: f64,
    /// How many were still there and looked at, just before.
    pub at_risk: u64,
    /// How many ended at this time.
    pub ended: u64,
    /// The share that lasts longer than this.
    pub share: f64,
    /// Greenwood's standard error of the share.
    pub standard_error: f64,
    /// From where to where the share lies in 95 of 100 such samples, by the log-log transform, which
    /// stays between 0 and 1. `None` where all or none are left: nothing is known of the spread there.
    pub interval: Option<(f64, f64)>,
}

/// A curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The times at which something ended.
    pub steps: Vec<Step>,
    /// How many contracts.
    pub spells: u64,
    /// How many of them ended.
    pub ended: u64,
}

/// The curve of these contracts.
///
/// # Errors
/// No contract at all, or a length that is none.
pub fn kaplan_meier(spells: &[Spell]) -> Result<Curve, Refusal> {
    if let Some(row) = spells
        .iter()
        .position(|spell| !spell.length.is_finite() || spell.length < 0.0)
    {
        let why = "a contract lasts for a time of zero or more";
        return Err(Refusal::BadRow { row, why });
    }
    if spells.is_empty() {
        let what = "contracts";
        return Err(Refusal::TooFew {
            what,
            have: 0,
            need: 1,
        });
    }
    let mut sorted = spells.to_vec();
    sorted.sort_by(|a, b| a.length.total_cmp(&b.length));
    let mut steps = Vec::new();
    let mut at_risk = sorted.len() as u64;
    let mut share = 1.0;
    let mut greenwood = 0.0;
    for same in sorted.chunk_by(|a, b| a.length == b.length) {
        let ended = same.iter().filter(|spell| spell.ended).count() as u64;
        if ended > 0 {
            let (n, d) = (at_risk as f64, ended as f64);
            share *= (n - d) / n;
            if ended == at_risk {
                share = 0.0;
            } else {
                greenwood += d / (n * (n - d));
            }
            steps.push(Step {
                at: same[0].length,
                at_risk,
                ended,
                share,
                standard_error: share * greenwood.sqrt(),
                interval: (share > 0.0).then(|| log_log(share, greenwood)),
            });
        }
        at_risk -= same.len() as u64;
    }
    Ok(Curve {
        spells: sorted.len() as u64,
        ended: steps.iter().map(|step| step.ended).sum(),
        steps,
    })
}

fn log_log(share: f64, greenwood: f64) -> (f64, f64) {
    let spread = (Z * greenwood.sqrt() / share.ln().abs()).exp();
    (share.powf(spread), share.powf(1.0 / spread))
}

impl Curve {
    /// The share that lasts longer than `time`.
    #[must_use]
    pub fn share_after(&self, time: f64) -> f64 {
        let passed = self.steps.partition_point(|step| step.at <= time);
        passed
            .checked_sub(1)
            .map_or(1.0, |last| self.steps[last].share)
    }

    /// The time after which half have ended; `None` where more than half are still there.
    #[must_use]
    pub fn median(&self) -> Option<f64> {
        self.first(|step| step.share <= 0.5)
    }

    /// Where the median lies in 95 of 100 such samples; an end that cannot be told is `None`.
    #[must_use]
    pub fn median_interval(&self) -> (Option<f64>, Option<f64>) {
        let low = |step: &Step| step.interval.map_or(step.share, |interval| interval.0);
        let high = |step: &Step| step.interval.is_some_and(|interval| interval.1 <= 0.5);
        (self.first(|step| low(step) <= 0.5), self.first(high))
    }

    /// The time stayed on average within the first `until`: the area below the curve.
    #[must_use]
    pub fn mean_within(&self, until: f64) -> f64 {
        let mut area = 0.0;
        let (mut from, mut share) = (0.0, 1.0);
        for step in self.steps.iter().take_while(|step| step.at < until) {
            area += share * (step.at - from);
            (from, share) = (step.at, step.share);
        }
        area + share * (until - from).max(0.0)
    }

    fn first(&self, is: impl Fn(&Step) -> bool) -> Option<f64> {
        self.steps.iter().find(|step| is(step)).map(|step| step.at)
    }
}

#[cfg(test)]
mod tests {
    use super::{Refusal, Spell, kaplan_meier};

    fn spells(ended: &[u32], going: &[u32]) -> Vec<Spell> {
        let spell = |&length: &u32, ended| Spell {
            length: f64::from(length),
            ended,
        };
        let all = ended.iter().map(|length| spell(length, true));
        all.chain(going.iter().map(|length| spell(length, false)))
            .collect()
    }

    #[test]
    fn the_curve_of_freireichs_patients_is_the_published_one() {
        // Freireich et al. 1963, the 21 who were given 6-MP; the values that Stata and R print.
        let curve = kaplan_meier(&spells(
            &[6, 6, 6, 7, 10, 13, 16, 22, 23],
            &[6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35],
        ))
        .unwrap();
        let published = [
            (6.0, 0.8571, 0.0764, 0.6197, 0.9516),
            (7.0, 0.8067, 0.0869, 0.5631, 0.9228),
            (10.0, 0.7529, 0.0963, 0.5032, 0.8894),
            (13.0, 0.6902, 0.1068, 0.4316, 0.8491),
            (16.0, 0.6275, 0.1141, 0.3675, 0.8049),
            (22.0, 0.5378, 0.1282, 0.2678, 0.7468),
            (23.0, 0.4482, 0.1346, 0.1881, 0.6801),
        ];
        assert_eq!(curve.steps.len(), published.len());
        for (step, (at, share, error, low, high)) in curve.steps.iter().zip(published) {
            let interval = step.interval.unwrap();
            assert_eq!(step.at, at);
            for (ours, theirs) in [
                (step.share, share),
                (step.standard_error, error),
                (interval.0, low),
                (interval.1, high),
            ] {
                assert!((ours - theirs).abs() < 6e-5, "at {at}: {ours} {theirs}");
            }
        }
        assert_eq!(curve.median(), Some(23.0));
        assert_eq!(curve.median_interval(), (Some(13.0), None));
        assert_eq!(curve.share_after(6.5), curve.steps[0].share);
        assert_eq!(curve.share_after(1.0), 1.0);
    }

    #[test]
    fn edges_give_an_answer_or_a_refusal() {
        assert!(matches!(kaplan_meier(&[]), Err(Refusal::TooFew { .. })));
        let nan = kaplan_meier(&[Spell {
            length: f64::NAN,
            ended: true,
        }]);
        assert!(matches!(nan, Err(Refusal::BadRow { row: 0, .. })));
        let all_there = kaplan_meier(&spells(&[], &[5, 6])).unwrap();
        assert_eq!(
            (all_there.median(), all_there.share_after(9.0)),
            (None, 1.0)
        );
        assert_eq!(all_there.mean_within(4.0), 4.0);
        let one = kaplan_meier(&spells(&[5], &[])).unwrap();
        assert_eq!((one.median(), one.steps[0].interval), (Some(5.0), None));
        assert_eq!(one.median_interval(), (Some(5.0), None));
        assert_eq!(one.mean_within(8.0), 5.0);
    }
}
