//! Teams, as the auditor sees them: what people sent is what their team counted, what a team has is what
//! its people did, and whoever took part was told, once.

use super::Auditor;
use crate::timeline::{Decision, Timeline};
use regulars_base::{MemberId, Name};
use regulars_engine::outcome::{GameNote, Note};
use regulars_engine::program::{ChallengeRule, EffortOfLeaver, TeamRefund, TeamRule};
use regulars_engine::state::{Effort, Wallet};
use std::collections::BTreeMap;

/// What was sent and what was counted, by team and challenge.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent {
    sent: BTreeMap<(MemberId, Name), i64>,
    counted: BTreeMap<(MemberId, Name), i64>,
}

impl Auditor {
    /// Writes down what a decision says of teams.
    pub(super) fn team_notes(&mut self, member: MemberId, decision: &Decision) {
        for note in &decision.outcome.trace {
            let Note::Games(note) = note else { continue };
            match **note {
                GameNote::ForTeam {
                    challenge,
                    by,
                    team,
                    ..
                } => *self.teams.sent.entry((team, challenge)).or_default() += by,
                GameNote::TeamCounted { challenge, by, .. } => {
                    *self.teams.counted.entry((member, challenge)).or_default() += by;
                }
                _ => {}
            }
        }
    }

    /// Compares what teams have with what their people did, and with what those know.
    pub(super) fn teams(&mut self, world: &Timeline, merged: bool) {
        let mut faults = Vec::new();
        let mut told: BTreeMap<(MemberId, Name, i32), i64> = BTreeMap::new();
        for (member, wallet) in world.wallets().filter(|(_, own)| own.group().is_some()) {
            let program = world.program_at(wallet.clock);
            for effort in wallet.groups.iter().flat_map(|own| &own.efforts) {
                for part in effort.parts.iter().filter(|part| part.given) {
                    let key = (part.person, effort.challenge, effort.period);
                    *told.entry(key).or_default() += 1;
                }
                let rule = program.games.challenge(effort.challenge);
                let both = rule.and_then(|rule| Some((rule, rule.team.as_ref()?)));
                let said = both.map_or_else(Vec::new, |both| of_effort(wallet, both, effort));
                faults.extend(said.into_iter().map(|what| format!("{member}: {what}")));
            }
            for rule in &program.games.challenges {
                let stays = |team: &TeamRule| team.on_leaving == EffortOfLeaver::Stays;
                if rule.team.as_ref().is_some_and(stays) && is_kept(rule) {
                    let key = (member, rule.name);
                    let of = |map: &BTreeMap<_, i64>| map.get(&key).copied().unwrap_or(0);
                    let (sent, counted) = (of(&self.teams.sent), of(&self.teams.counted));
                    if sent != counted {
                        let what = format!("{member}: {sent} was sent and {counted} counted");
                        faults.push(what);
                    }
                }
            }
        }
        for (member, wallet) in world.wallets().filter(|(_, own)| own.group().is_none()) {
            let program = world.program_at(wallet.clock);
            for held in wallet.games.iter().flat_map(|own| &own.challenges) {
                let rule = program.games.challenge(held.challenge);
                let Some(rule) = rule.filter(|rule| rule.team.is_some()) else {
                    continue;
                };
                let key = (member, held.challenge, held.period);
                let (knows, teams) = (held.counts.first().copied().unwrap_or(0), told.remove(&key));
                if held.done > 1 {
                    let times = held.done;
                    faults.push(format!("{member} got what a team reached {times} times"));
                }
                if !merged && is_kept(rule) && knows != teams.unwrap_or(0) {
                    faults.push(format!("{member} knows of {knows} teams, not of {teams:?}"));
                }
            }
        }
        self.faults.extend(faults);
    }
}

/// Whether it is never dropped: what is dropped one wallet may drop earlier than another.
fn is_kept(rule: &ChallengeRule) -> bool {
    rule.every.is_none() && rule.until.is_none()
}

/// What does not add up of one challenge in one period.
fn of_effort(
    wallet: &Wallet,
    (rule, team): (&ChallengeRule, &TeamRule),
    effort: &Effort,
) -> Vec<String> {
    let mut faults = Vec::new();
    let held = wallet.games.as_deref();
    let held = held.and_then(|held| held.challenge(rule.name, effort.period));
    let sum = |step: u8| -> i64 { effort.parts.iter().map(|part| part.counted(step)).sum() };
    let has = |step: usize| match &rule.streak {
        // What of a streak is forgotten nobody can do again.
        Some(_) => None,
        None => held.map(|held| held.counts.get(step).copied().unwrap_or(0)),
    };
    for (place, step) in (0_u8..).zip(&rule.steps) {
        if has(usize::from(place)).is_some_and(|has| has != sum(place)) {
            faults.push(format!(
                "{} of {}, of which its people did {}",
                has(usize::from(place)).unwrap_or(0),
                step.title,
                sum(place)
            ));
        }
    }
    let enough = (0_u8..)
        .zip(&rule.steps)
        .all(|(place, step)| sum(place) >= step.need);
    let done = held.map_or(0, |held| held.done);
    let right = match (rule.streak.is_some(), team.on_refund) {
        (true, _) => (0..=1).contains(&done),
        (false, TeamRefund::TakesBack) => done == i64::from(enough),
        (false, TeamRefund::Keeps) => done == 1 || (done == 0 && !enough),
    };
    if !right {
        faults.push(format!("{} is reached {done} times", rule.id));
    }
    for part in &effort.parts {
        let most = part.counts.iter().copied().max().unwrap_or(0);
        if part.counts.iter().any(|count| *count < 0) {
            faults.push(format!("{} did less than nothing", part.person));
        }
        let loses = team.on_refund == TeamRefund::TakesBack && (done == 0 || most < team.least);
        if part.given && loses {
            faults.push(format!("{} keeps what was not reached", part.person));
        }
    }
    faults
}
