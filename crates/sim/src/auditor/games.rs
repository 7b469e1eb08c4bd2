//! Games, as the auditor sees them: it counts what was done itself, walks through streaks period by
//! period, and says where a challenge gave too much, too little or twice.

use super::{Auditor, Books};
use crate::timeline::Decision;
use regulars_base::{MemberId, Name};
use regulars_engine::event::Kind;
use regulars_engine::outcome::{Change, GameNote, Note, Verdict};
use regulars_engine::program::{ChallengeRule, Gives, Program, Streak};
use regulars_engine::state::{GameChange, Wallet};
use std::collections::BTreeMap;

/// What was written down of games.
#[derive(Clone, Debug, Default)]
pub(super) struct Played {
    /// What was counted: challenge, period, step.
    counts: BTreeMap<(Name, i32, u8), i64>,
    /// What was counted of streaks: challenge, period of the streak.
    hits: BTreeMap<(Name, i32), i64>,
    /// Runs that were met by hits which are forgotten.
    runs: BTreeMap<Name, i64>,
    /// How often each was met, less how often that was undone: challenge, period.
    met: BTreeMap<(Name, i32), i64>,
    /// Points that challenges gave less what was taken back.
    points: BTreeMap<(Name, Name), i64>,
    /// Plays in hand, by game.
    plays: BTreeMap<Name, i64>,
    /// Somebody was merged into the member: then both may have been paid.
    merged: bool,
}

impl Auditor {
    /// Writes down what an outcome says of games.
    pub(super) fn games(&mut self, books: &mut Books, decision: &Decision) {
        let program = &decision.program;
        // What was due before the merge, such as hits that are forgotten, is of this member alone.
        let mut coming = match &decision.event.kind {
            Kind::MergeIn(luggage) => Some(luggage.from),
            _ => None,
        };
        for change in &decision.outcome.changes {
            let Change::Games(change) = change else {
                continue;
            };
            if let GameChange::ChallengeCame(_) = **change
                && let Some(from) = coming.take()
            {
                self.games_move_in(books, from);
            }
            let own = &mut books.played;
            match &**change {
                GameChange::Counted {
                    challenge,
                    period,
                    step,
                    by,
                } => *own.counts.entry((*challenge, *period, *step)).or_default() += by,
                GameChange::Hit {
                    challenge,
                    period,
                    by,
                } => *own.hits.entry((*challenge, *period)).or_default() += by,
                GameChange::Met {
                    challenge,
                    period,
                    by,
                } => *own.met.entry((*challenge, *period)).or_default() += by,
                GameChange::PlaysMoved { game, by } => *own.plays.entry(*game).or_default() += by,
                GameChange::HitsForgotten {
                    challenge,
                    before,
                    runs,
                    ..
                } => {
                    let recent = |(name, of): &(Name, i32)| name != challenge || of >= before;
                    let all = own.walked(program, *challenge);
                    own.hits.retain(|key, _| recent(key));
                    if all != own.walked(program, *challenge) + runs {
                        self.faults.push(format!(
                            "{runs} runs of a streak were not forgotten rightly"
                        ));
                    }
                    *own.runs.entry(*challenge).or_default() += runs;
                }
                GameChange::ChallengeForgotten { challenge, period } => {
                    own.counts
                        .retain(|(name, of, _), _| (name, of) != (challenge, period));
                    own.met.remove(&(*challenge, *period));
                    if *period == 0 {
                        own.hits.retain(|(name, _), _| name != challenge);
                        own.runs.remove(challenge);
                    }
                }
                _ => {}
            }
        }
        if let Some(from) = coming {
            self.games_move_in(books, from);
        }
        let own = &mut books.played;
        for note in &decision.outcome.trace {
            match note {
                Note::Games(note) => {
                    if let GameNote::GavePoints { by, points, amount } = **note {
                        *own.points.entry((by, points)).or_default() += amount;
                    }
                }
                Note::TookBack {
                    rule,
                    points,
                    amount,
                } if program.games.challenge(*rule).is_some() => {
                    *own.points.entry((*rule, *points)).or_default() -= amount;
                }
                _ => {}
            }
        }
    }

    /// What a merged member had done is of this one now.
    fn games_move_in(&mut self, books: &mut Books, from: MemberId) {
        let Some(theirs) = self.wallets.get_mut(&from) else {
            return;
        };
        let theirs = std::mem::take(&mut theirs.played);
        let own = &mut books.played;
        own.merged = true;
        for (key, by) in theirs.counts {
            *own.counts.entry(key).or_default() += by;
        }
        for (key, by) in theirs.hits {
            *own.hits.entry(key).or_default() += by;
        }
        for (key, by) in theirs.runs {
            *own.runs.entry(key).or_default() += by;
        }
        for (key, by) in theirs.met {
            *own.met.entry(key).or_default() += by;
        }
        for (key, by) in theirs.points {
            *own.points.entry(key).or_default() += by;
        }
    }

    /// The wallet's challenges, plays and badges are those that were written down, and what is met
    /// was paid, once.
    pub(super) fn played(&mut self, member: MemberId, wallet: &Wallet, decision: &Decision) {
        let Some(books) = self.wallets.get(&member) else {
            return;
        };
        let (own, games) = (&books.played, &decision.program.games);
        let mut faults = Vec::new();
        let held = wallet.games.as_deref();
        for rule in &games.challenges {
            let mut times = 0;
            for ((_, period), met) in own.met.iter().filter(|((name, _), _)| *name == rule.name) {
                times += met;
                let state = held.and_then(|held| held.challenge(rule.name, *period));
                let done = state.map_or(0, |state| state.done);
                if done != *met {
                    let id = &rule.id;
                    faults.push(format!("challenge {id} is met {done} times, not {met}"));
                }
            }
            let settled = decision.outcome.verdict == Verdict::Accepted
                && decision.member == Some(member)
                && !matches!(decision.event.kind, Kind::MergeOut(_));
            let is_team = wallet.group().is_some();
            let reached = match rule.team.is_some() && !is_team {
                true => own.reached_by_teams(rule),
                false => own.reached(rule),
            };
            for (period, met) in reached.into_iter().filter(|_| settled) {
                let paid = own.met.get(&(rule.name, period)).copied().unwrap_or(0);
                if paid < met {
                    faults.push(format!(
                        "challenge {} is met {met} times, {paid} paid",
                        rule.id
                    ));
                }
            }
            // What a team reached it gives to its people.
            let Some(Gives::Points(amounts)) = rule.gives.as_ref().filter(|_| !is_team) else {
                continue;
            };
            for (place, amount) in amounts {
                let points = decision.program.points[usize::from(*place)].name;
                let given = own.points.get(&(rule.name, points)).copied().unwrap_or(0);
                let right = given == times * amount || (own.merged && given > times * amount);
                // What is long over is forgotten with its number.
                if !right && rule.every.is_none() && rule.until.is_none() {
                    faults.push(format!(
                        "challenge {} gave {given} for {times} times {amount}",
                        rule.id
                    ));
                }
            }
        }
        for game in &games.games {
            let plays = held.map_or(0, |held| held.plays(game.name));
            if plays != own.plays.get(&game.name).copied().unwrap_or(0) {
                faults.push(format!("there are {plays} plays of {}", game.id));
            }
        }
        let badges = held.map_or(&[][..], |held| &held.badges);
        let twice = |place: usize| {
            badges[..place]
                .iter()
                .any(|b| b.badge == badges[place].badge)
        };
        if (0..badges.len()).any(twice) {
            faults.push("a badge was given twice".into());
        }
        let faults = faults.into_iter();
        self.faults
            .extend(faults.map(|fault| format!("{member}: {fault}")));
    }
}

impl Played {
    /// How often a challenge is met, by period.
    fn reached(&self, rule: &ChallengeRule) -> Vec<(i32, i64)> {
        let most = if rule.repeat { i64::MAX } else { 1 };
        if let Some(streak) = &rule.streak {
            let before = self.runs.get(&rule.name).copied().unwrap_or(0);
            return vec![(0, (before + self.walk(rule, streak)).min(most))];
        }
        let of_rule = self.counts.keys().filter(|(name, ..)| *name == rule.name);
        let mut periods: Vec<i32> = of_rule.map(|(_, period, _)| *period).collect();
        periods.dedup();
        let met = |period: i32| {
            let rounds = (0_u8..).zip(&rule.steps).map(|(place, step)| {
                let counted = self.counts.get(&(rule.name, period, place));
                counted.copied().unwrap_or(0) / step.need
            });
            (period, rounds.min().unwrap_or(0).min(most))
        };
        periods.into_iter().map(met).collect()
    }

    /// The same for what teams do, of somebody who was in some: once, by whichever team.
    fn reached_by_teams(&self, rule: &ChallengeRule) -> Vec<(i32, i64)> {
        let of_rule = self
            .counts
            .iter()
            .filter(|((name, ..), _)| *name == rule.name);
        let met = of_rule.map(|((_, period, _), teams)| (*period, i64::from(*teams > 0)));
        met.collect()
    }

    /// How often a streak is met by the hits that are known.
    fn walked(&self, program: &Program, challenge: Name) -> i64 {
        let rule = program.games.challenge(challenge);
        let streak = rule.and_then(|rule| Some((rule, rule.streak.as_ref()?)));
        streak.map_or(0, |(rule, streak)| self.walk(rule, streak))
    }

    /// Through a streak period by period, hit or missed.
    fn walk(&self, rule: &ChallengeRule, streak: &Streak) -> i64 {
        let need = rule.steps[0].need;
        let own = self.hits.iter();
        let own = own.filter(|((name, _), count)| *name == rule.name && **count >= need);
        let hits: Vec<i32> = own.map(|((_, period), _)| *period).collect();
        let (Some(first), Some(last)) = (hits.first(), hits.last()) else {
            return 0;
        };
        let (mut met, mut length, mut freezes) = (0, 0, 0);
        for period in *first..=*last {
            match (hits.contains(&period), length) {
                (false, 0) => {}
                (false, _) if freezes > 0 => freezes -= 1,
                (false, _) => length = 0,
                (true, _) => {
                    if length == 0 {
                        freezes = streak.freezes;
                    }
                    length += 1;
                    if streak.freeze_each.is_some_and(|each| length % each == 0) {
                        freezes += 1;
                    }
                    if length == streak.times {
                        (met, length) = (met + 1, 0);
                    }
                }
            }
        }
        met
    }
}
