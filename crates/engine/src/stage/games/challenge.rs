//! Challenges: so often, in steps, or in a row.
//!
//! *"Tea three times in May": the third tea meets it, Ida gets 50 beans. She returns one of them: the
//! beans are taken back. She buys tea again before June: they are hers again.*
//!
//! Counts are of all that was done. How often a challenge is met follows from them, and what it gave
//! is kept level with that: on the way up it gives, on the way down it takes back as long as that is
//! possible. What could not be taken back counts as given, so nothing is given twice.

use super::prize::{Giver, give, take_back};
use super::streak::Run;
use super::{badge, change, held, note, team};
use crate::draft::Draft;
use crate::event::{ChallengeJoin, Event};
use crate::outcome::{GameNote, Refusal};
use crate::program::{ChallengeRule, Program, Towards, Trigger};
use crate::state::{Challenge, GameChange};
use regulars_base::{Name, Timestamp};

/// A member takes part in a challenge that asks for it.
pub(crate) fn join(
    draft: &mut Draft<'_>,
    event: &Event,
    join: &ChallengeJoin,
) -> Result<(), Refusal> {
    let mut rules = draft.program.games.challenges.iter();
    let rule = rules.find(|rule| rule.opt_in && rule.id == join.challenge.as_str());
    let rule = rule.ok_or(Refusal::UnknownChallenge)?;
    let at = event.occurred_at;
    let begun = rule.from.is_none_or(|from| at >= from);
    if !begun || rule.until.is_some_and(|until| at >= until) {
        return Err(Refusal::NotOpen);
    }
    let tier = draft.program.tier_at(draft.state.wallet.tier.name);
    if rule.tier.is_some_and(|lowest| tier < usize::from(lowest)) {
        return Err(Refusal::TierTooLow);
    }
    if joined_at(draft, rule.name).is_some() {
        return Err(Refusal::AlreadyJoined);
    }
    let challenge = rule.name;
    change(draft, GameChange::Joined { challenge, at });
    note(draft, GameNote::Joined { challenge });
    Ok(())
}

fn joined_at(draft: &Draft<'_>, challenge: Name) -> Option<Timestamp> {
    let held = held(draft)?.challenge(challenge, 0)?;
    held.joined_at
}

/// The period that `at` counts into.
pub(super) fn period_of(draft: &Draft<'_>, rule: &ChallengeRule, at: Timestamp) -> i32 {
    let (day, _) = draft.local(at);
    rule.every.map_or(0, |every| day.number(every))
}

pub(super) fn in_hand<'a>(
    draft: &'a Draft<'_>,
    rule: &ChallengeRule,
    period: i32,
) -> Option<&'a Challenge> {
    held(draft)?.challenge(rule.name, period)
}

/// Counts a step; says how much of it counted.
pub(super) fn count(
    draft: &mut Draft<'_>,
    rule: &ChallengeRule,
    step: u8,
    asked: i64,
    at: Timestamp,
) -> i64 {
    if rule.opt_in && joined_at(draft, rule.name).is_none_or(|joined| at < joined) {
        return 0;
    }
    let period = period_of(draft, rule, at);
    let by = if rule.in_order {
        asked.min(room_in_order(draft, rule, usize::from(step), period))
    } else {
        asked
    };
    if by <= 0 {
        return 0;
    }
    let was_over = is_over(draft, rule, period);
    add(draft, rule, (step, period), by, at);
    if !was_over {
        say(draft, rule, (step, period), by);
    }
    settle(draft, rule, period, at);
    by
}

/// How much a step of a challenge in order still takes.
fn room_in_order(draft: &Draft<'_>, rule: &ChallengeRule, step: usize, period: i32) -> i64 {
    if is_over(draft, rule, period) {
        return 0;
    }
    let held = in_hand(draft, rule, period);
    let rounds = held.map_or(0, |held| held.done).saturating_add(1);
    let counted = |step: usize| {
        held.and_then(|held| held.counts.get(step))
            .copied()
            .unwrap_or(0)
    };
    let left = |step: usize| rule.steps[step].need.saturating_mul(rounds) - counted(step);
    match (0..step).any(|before| left(before) > 0) {
        true => 0,
        false => left(step),
    }
}

/// Whether it was met and is not met again.
fn is_over(draft: &Draft<'_>, rule: &ChallengeRule, period: i32) -> bool {
    let done = in_hand(draft, rule, period).map_or(0, |held| held.done);
    !rule.repeat && done > 0
}

pub(super) fn add(
    draft: &mut Draft<'_>,
    rule: &ChallengeRule,
    (step, period): (u8, i32),
    by: i64,
    at: Timestamp,
) {
    let challenge = rule.name;
    let moved = match &rule.streak {
        Some(streak) => GameChange::Hit {
            challenge,
            period: draft.local(at).0.number(streak.every),
            by,
        },
        None => GameChange::Counted {
            challenge,
            period,
            step,
            by,
        },
    };
    change(draft, moved);
}

fn say(draft: &mut Draft<'_>, rule: &ChallengeRule, (step, period): (u8, i32), by: i64) {
    let Some(held) = in_hand(draft, rule, period) else {
        return;
    };
    let challenge = rule.name;
    let said = match &rule.streak {
        Some(streak) => {
            let run = Run::of(streak, rule.steps[0].need, held);
            GameNote::Streak {
                challenge,
                length: run.length,
                freezes: run.freezes,
            }
        }
        None => GameNote::Counted {
            challenge,
            step,
            by,
            now: held.counts.get(usize::from(step)).copied().unwrap_or(0),
        },
    };
    note(draft, said);
}

impl ChallengeRule {
    /// How often what is counted meets it.
    pub fn met(&self, held: &Challenge) -> i64 {
        let met = match &self.streak {
            Some(streak) => Run::of(streak, self.steps[0].need, held).met,
            None => {
                let counted = |step: usize| held.counts.get(step).copied().unwrap_or(0);
                let rounds = self.steps.iter().enumerate();
                let rounds = rounds.map(|(place, step)| counted(place) / step.need.max(1));
                rounds.min().unwrap_or(0)
            }
        };
        if self.repeat { met } else { met.min(1) }
    }
}

/// How often the wallet's owner is to have what it gives. Of what teams do a member's own wallet counts
/// the teams that reached it with them: once is enough, however many teams that were.
fn due(rule: &ChallengeRule, held: &Challenge) -> i64 {
    match rule.team {
        Some(_) => held.counts.first().copied().unwrap_or(0).clamp(0, 1),
        None => rule.met(held),
    }
}

/// What a challenge gives for the time with this number.
fn giver(program: &Program, rule: &ChallengeRule, period: i32, times: i64) -> Giver {
    let of_rule = |towards: Towards| match towards {
        Towards::Step { challenge, .. } => {
            program.games.challenges[usize::from(challenge)].name == rule.name
        }
        _ => false,
    };
    let mut tallies = program.games.tallies.iter();
    Giver {
        name: rule.name,
        time: i64::from(period) * 1_000_000 + times,
        voucher_expires: rule.voucher_expires,
        // Only purchases come back.
        remember: tallies.any(|tally| tally.on == Trigger::Purchase && of_rule(tally.towards)),
    }
}

/// Gives what the counts are enough for.
pub(super) fn settle(draft: &mut Draft<'_>, rule: &ChallengeRule, period: i32, at: Timestamp) {
    while let Some(done) = in_hand(draft, rule, period)
        .filter(|held| held.done < due(rule, held))
        .map(|held| held.done)
    {
        let (challenge, times) = (rule.name, done + 1);
        change(
            draft,
            GameChange::Met {
                challenge,
                period,
                by: 1,
            },
        );
        note(draft, GameNote::Met { challenge, times });
        badge::give(draft, rule.badge, at);
        if let Some(gives) = &rule.gives {
            let giver = giver(draft.program, rule, period, times);
            give(draft, giver, gives, at);
        }
    }
}

/// Takes back what an order was counted for, and what was given for it.
pub(super) fn uncount(
    draft: &mut Draft<'_>,
    rule: &ChallengeRule,
    step: u8,
    by: i64,
    at: Timestamp,
) {
    let period = period_of(draft, rule, at);
    add(draft, rule, (step, period), -by, at);
    say(draft, rule, (step, period), -by);
    unsettle(draft, rule, period);
    // With a period less a run may begin later, and so go further than the one before.
    settle(draft, rule, period, at);
}

/// Takes back what the counts are not enough for, as long as that is possible.
pub(super) fn unsettle(draft: &mut Draft<'_>, rule: &ChallengeRule, period: i32) {
    while let Some(times) = in_hand(draft, rule, period)
        .filter(|held| held.done > due(rule, held).max(0))
        .map(|held| held.done)
    {
        let giver = giver(draft.program, rule, period, times);
        if let Some(gives) = &rule.gives
            && !take_back(draft, giver, gives)
        {
            return;
        }
        let challenge = rule.name;
        change(
            draft,
            GameChange::Met {
                challenge,
                period,
                by: -1,
            },
        );
        note(draft, GameNote::Unmet { challenge, times });
    }
}

/// Late events and refunds may come so many days after: what is older is dropped.
const KEPT_DAYS: i32 = 92;

/// Whether a challenge, or its period, is over for so long that it is dropped.
pub(super) fn is_dropped(draft: &Draft<'_>, rule: &ChallengeRule, period: i32) -> bool {
    let oldest = draft.today.day.plus_days(-KEPT_DAYS);
    let until = rule.until.map(|until| draft.program.zone.day(until));
    let ended = rule.every.filter(|_| period != 0);
    let ended = ended.map(|every| every.first_day(period.saturating_add(1)));
    until.is_some_and(|day| day < oldest) || ended.is_some_and(|day| day < oldest)
}

/// Drops what no event can move any more, and what belongs to challenges that are gone.
pub(crate) fn forget(draft: &mut Draft<'_>) {
    let Some(games) = held(draft) else { return };
    let program = draft.program;
    let oldest = draft.today.day.plus_days(-KEPT_DAYS);
    let mut moves = Vec::new();
    for own in &games.challenges {
        let (challenge, period) = (own.challenge, own.period);
        let rule = program.games.challenge(challenge);
        if rule.is_none_or(|rule| is_dropped(draft, rule, period)) {
            moves.push(GameChange::ChallengeForgotten { challenge, period });
        } else if let Some((rule, streak)) = rule.and_then(|rule| Some((rule, rule.streak?))) {
            let old = streak.every.number(oldest);
            if own.hits.iter().all(|(hit, _)| *hit >= old) {
                continue;
            }
            let run = Run::of(&streak, rule.steps[0].need, own);
            let before = run.begins.unwrap_or(i32::MIN);
            if own.hits.iter().any(|(hit, _)| *hit < before) && before < old {
                moves.push(GameChange::HitsForgotten {
                    challenge,
                    before,
                    runs: run.met_before,
                    freezes: run.used_before,
                });
            }
        }
    }
    for own in &games.scores {
        let board = program
            .games
            .boards
            .iter()
            .find(|rule| rule.name == own.board);
        let closed = board.map(|rule| rule.closes_at(&program.zone, own.period));
        let draw = program
            .games
            .draws
            .iter()
            .find(|rule| rule.name == own.board);
        let closed = closed.or(draw.map(|rule| rule.closes));
        if closed.is_none_or(|at| program.zone.day(at.min(draft.now)) < oldest) {
            let (board, period) = (own.board, own.period);
            moves.push(GameChange::ScoreForgotten { board, period });
        }
    }
    for moved in moves {
        if let GameChange::ChallengeForgotten { challenge, period } = moved {
            team::forget(draft, challenge, period);
        }
        change(draft, moved);
    }
}
