//! What is between members, as the auditor sees it: nothing stays on its way, and what a referrer's
//! wallet counts is what the friends' wallets say.

use super::Auditor;
use crate::timeline::{Decision, Timeline};
use regulars_base::{CivilDay, MemberId, Name, Period};
use regulars_engine::event::{Kind, News};
use regulars_engine::outcome::{Note, Verdict};
use regulars_engine::program::{Limit, ReferralRule};
use regulars_engine::state::{Origin, Standing, Wallet};
use regulars_ledger::Account;
use std::collections::BTreeMap;

/// What was written down of referrals.
#[derive(Clone, Debug, Default)]
pub(super) struct People {
    /// What referrals gave a member less what was taken back.
    given: BTreeMap<(MemberId, Name), i64>,
    /// What counts against the limits: whose, for whom, which step, and the day.
    rewarded: BTreeMap<(MemberId, MemberId, i64), CivilDay>,
    /// Members were merged: whom wallets name is not who they are any more.
    merged: bool,
}

impl Auditor {
    /// Whatever follows for another member is decided with its cause, so nothing is on its way.
    pub(super) fn nothing_in_transit(&mut self) {
        let transit: Vec<(Name, i128)> = self
            .accounts
            .iter()
            .filter(|((_, account), sum)| *account == Account::Transit && **sum != 0)
            .map(|((points, _), sum)| (*points, *sum))
            .collect();
        for (points, sum) in transit {
            self.faults
                .push(format!("{sum} of {points:?} are still on their way"));
        }
    }

    /// Writes down what referrals gave, and took back.
    pub(super) fn people(&mut self, member: MemberId, decision: &Decision) {
        if matches!(decision.event.kind, Kind::MergeOut(_))
            && decision.outcome.verdict == Verdict::Accepted
        {
            self.people.merged = true;
        }
        for note in &decision.outcome.trace {
            let (points, by) = match note {
                Note::ReferralGave { points, amount, .. } => (*points, *amount),
                Note::ReferralTookBack { points, amount } => (*points, -*amount),
                _ => continue,
            };
            let given = self.people.given.entry((member, points)).or_default();
            *given += by;
            if *given < 0 && !self.people.merged {
                self.faults
                    .push(format!("{member}: more was taken back than referrals gave"));
            }
        }
        let Kind::FriendNews(news) = &decision.event.kind else {
            return;
        };
        match news.news {
            News::Bought { step } => {
                // What some tiers are not given may be neither given nor count.
                // Other rewards may have been held back until now, so what was given does not tell.
                let limited = |note: &Note| matches!(note, Note::ReferralLimit { .. });
                let rule = decision.program.referral.as_ref();
                let own = rule.and_then(|rule| rule.step(step)?.referrer.as_ref());
                let gave = own.is_some() && !decision.outcome.trace.iter().any(limited);
                if gave {
                    let day = decision.program.zone.day(decision.event.occurred_at);
                    let key = (member, news.friend, step);
                    if self.people.rewarded.insert(key, day).is_some() {
                        self.faults
                            .push(format!("{member}: {step} of {} gave twice", news.friend));
                    }
                }
            }
            News::Returned { step } => {
                self.people.rewarded.remove(&(member, news.friend, step));
            }
            _ => {}
        }
        if let Some(rule) = &decision.program.referral {
            self.within_limits(member, rule);
        }
    }

    fn within_limits(&mut self, member: MemberId, rule: &ReferralRule) {
        for limit in &rule.limits {
            let mut used: BTreeMap<i32, i64> = BTreeMap::new();
            let own = self
                .people
                .rewarded
                .iter()
                .filter(|(key, _)| key.0 == member);
            for (_, day) in own {
                *used.entry(period(limit, *day)).or_default() += 1;
            }
            if used.values().any(|used| *used > limit.most_ever()) {
                let what = format!(
                    "{member}: {used:?} rewards, limited to {}",
                    limit.most_ever()
                );
                self.faults.push(what);
            }
        }
    }

    /// What the referrer's wallet counts is what the wallets of all friends say.
    pub(super) fn friends(&mut self, world: &Timeline, member: MemberId, decision: &Decision) {
        let Some(rule) = &decision.program.referral else {
            return;
        };
        if self.people.merged {
            return;
        }
        let origin = |wallet: &Wallet| -> Option<Origin> {
            let origin = wallet.referral.as_ref()?.origin.clone();
            origin.filter(|origin| origin.referrer == member)
        };
        let friends: Vec<Origin> = world.wallets().filter_map(|(_, own)| origin(own)).collect();
        let count = |is: &dyn Fn(&Origin) -> bool| {
            i64::try_from(friends.iter().filter(|own| is(own)).count()).unwrap_or(i64::MAX)
        };
        let counts = |own: &Origin| own.standing == Standing::Counts;
        let first = rule.steps.first().map_or(i64::MAX, |step| step.purchase);
        let bought = |own: &Origin| i64::try_from(own.orders.len()).unwrap_or(0) >= first;
        let expected = (
            count(&counts),
            count(&|own| matches!(own.standing, Standing::InReview(_))),
            count(&|own| counts(own) && bought(own)),
        );
        let own = world
            .wallet(member)
            .and_then(|wallet| wallet.referral.as_ref());
        let own = own.map_or((0, 0, 0), |own| (own.joined, own.in_review, own.bought));
        if own != expected {
            self.faults.push(format!(
                "{member}: counts {own:?} friends (joined, in review, bought), there are {expected:?}"
            ));
        }
    }
}

fn period(limit: &Limit, day: CivilDay) -> i32 {
    limit.every.map_or(0, |every: Period| every.number(day))
}
