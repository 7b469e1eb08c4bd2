//! What a program file would change: the difference in words, and the effect on real purchases.

use crate::programs::compiled;
use crate::versions::Versions;
use crate::{App, Error};
use regulars_base::{MemberId, Name, TenantId, Timestamp};
use regulars_engine::changeover;
use regulars_engine::event::{Changeover, Event, Kind};
use regulars_engine::program::words::difference::difference;
use regulars_engine::program::words::summary::{Part, parts};
use regulars_engine::program::words::{Language, Reader};
use regulars_engine::state::{Shared, State};
use regulars_engine::{Outcome, Program, step};
use regulars_store::{Cursor, Logged, Store};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a program file would change.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The version in force that it is compared with, if any.
    pub against: Option<i64>,
    /// The candidate.
    pub candidate: Arc<Program>,
    /// That version.
    current: Option<Arc<Program>>,
    /// The effect on purchases of the last time.
    pub effect: PlanEffect,
}

impl Plan {
    /// The differences in words, rule by rule; empty if there is none. Where there was no program, all that
    /// the candidate says.
    pub fn differences(&self, language: Language) -> Vec<String> {
        differences(self.current.as_deref(), &self.candidate, language)
    }
}

/// What is different in a program, or all that it says where there was none.
pub(crate) fn differences(
    old: Option<&Program>,
    program: &Program,
    language: Language,
) -> Vec<String> {
    match old {
        Some(old) => difference(old, program, language),
        None => {
            let parts = parts(Reader { program, language });
            parts.iter().map(Part::sentence).collect()
        }
    }
}

/// The effect of a candidate on recorded purchases, each decided afresh by both versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanEffect {
    /// How many purchases were looked at.
    pub purchases: u64,
    /// How many would give something else.
    pub changed: u64,
    /// Points given for them: which, by today's version, by the candidate.
    pub points: Vec<(Name, i64, i64)>,
    /// How many members would get more.
    pub members_better: u64,
    /// How many members would get less.
    pub members_worse: u64,
}

/// A program file, and the versions that it would join.
pub(crate) struct Candidate {
    /// The file, compiled.
    pub(crate) program: Arc<Program>,
    /// When it would take over.
    pub(crate) at: Timestamp,
    /// What that would do to wallets.
    pub(crate) changeover: Changeover,
    pub(crate) versions: Arc<Versions>,
    /// The version that decides at that moment without it.
    old: Arc<Program>,
}

impl Candidate {
    /// The version that decides at that moment without the file.
    pub(crate) fn old(&self) -> &Program {
        &self.old
    }
}

/// How many purchases of one member are looked at, at most.
const PER_MEMBER: usize = 20;

impl App {
    /// Looks at a file that would take over at `from`; now, if nothing, and not before.
    pub(crate) fn candidate(
        &self,
        tenant: TenantId,
        text: &str,
        from: Option<Timestamp>,
    ) -> Result<Candidate, Error> {
        let program = compiled(text)?;
        let versions = self.versions(tenant)?;
        let now = self.now();
        let at = from.unwrap_or(now).max(now);
        let old = Arc::clone(versions.at(at)?.1);
        Ok(Candidate {
            changeover: changeover::between(&old, &program),
            program,
            at,
            versions,
            old,
        })
    }

    /// What `text` would change: the differences, and the effect on about the last
    /// `sample` purchases, each decided afresh by today's version and by the candidate, on the
    /// member's wallet as it is now. `Error::InvalidProgram` if the text is wrong.
    pub fn plan(&self, tenant: TenantId, text: &str, sample: usize) -> Result<Plan, Error> {
        let candidate = compiled(text)?;
        let now = self.now();
        let core = self.core();
        core.pool.with(|store| {
            let versions = core.versions.latest(tenant, store)?;
            let Ok((no, current)) = versions.at(now) else {
                return Ok(Plan {
                    against: None,
                    current: None,
                    candidate,
                    effect: PlanEffect::default(),
                });
            };
            let effect = effect(store, tenant, (current, &candidate), sample, now)?;
            Ok(Plan {
                against: Some(no),
                current: Some(Arc::clone(current)),
                candidate,
                effect,
            })
        })
    }
}

/// Decides purchases of the members who were last written, by both programs.
fn effect(
    store: &mut dyn Store,
    tenant: TenantId,
    programs: (&Program, &Program),
    sample: usize,
    now: Timestamp,
) -> Result<PlanEffect, Error> {
    let mut effect = PlanEffect::default();
    let mut by_member: BTreeMap<MemberId, i128> = BTreeMap::new();
    let mut after = None;
    while (effect.purchases as usize) < sample {
        let members = store.members(tenant, after, 200)?;
        let Some(last) = members.last() else {
            break;
        };
        after = Some(last.id);
        for member in members {
            let Some(row) = store.wallet(tenant, member.id)? else {
                continue;
            };
            let left = sample.saturating_sub(effect.purchases as usize);
            let log = store.log(
                tenant,
                row.wallet,
                Cursor::Before(u64::MAX),
                PER_MEMBER.min(left),
            )?;
            let state = State {
                wallet: row.state,
                ..State::default()
            };
            for Logged { event, .. } in log {
                if matches!(event.kind, Kind::Purchase(_)) {
                    let gain = one(&mut effect, programs, &state, event, now);
                    *by_member.entry(member.id).or_default() += gain;
                }
            }
        }
    }
    effect.members_better = by_member.values().filter(|gain| **gain > 0).count() as u64;
    effect.members_worse = by_member.values().filter(|gain| **gain < 0).count() as u64;
    Ok(effect)
}

/// One purchase under both programs. By how much the candidate gives more, all kinds together.
fn one(
    effect: &mut PlanEffect,
    (current, candidate): (&Program, &Program),
    state: &State,
    mut event: Event,
    now: Timestamp,
) -> i128 {
    if let Kind::Purchase(purchase) = &mut event.kind {
        // The codes were used long since; what rules give is what is compared.
        purchase.codes.clear();
    }
    event.recorded_at = event.recorded_at.max(state.wallet.clock).max(now);
    let old = given(current, state, &event);
    let new = given(candidate, state, &event);
    effect.purchases += 1;
    effect.changed += u64::from(old != new);
    let mut gain = 0;
    for (points, is_new, amount) in old
        .iter()
        .map(|(points, amount)| (*points, false, *amount))
        .chain(new.iter().map(|(points, amount)| (*points, true, *amount)))
    {
        let at = match effect.points.iter().position(|row| row.0 == points) {
            Some(at) => at,
            None => {
                effect.points.push((points, 0, 0));
                effect.points.len() - 1
            }
        };
        let row = &mut effect.points[at];
        if is_new {
            row.2 += amount;
            gain += i128::from(amount);
        } else {
            row.1 += amount;
            gain -= i128::from(amount);
        }
    }
    gain
}

/// What a purchase gives on this wallet, per kind of points.
fn given(program: &Program, state: &State, event: &Event) -> BTreeMap<Name, i64> {
    let mut state = State {
        shared: Shared::default(),
        ..state.clone()
    };
    let mut outcome = Outcome::default();
    step(program, &mut state, event, &mut outcome);
    let mut given = BTreeMap::new();
    for posting in outcome.postings() {
        if posting.from == regulars_ledger::Account::Issued {
            *given.entry(posting.points).or_default() += posting.amount;
        }
    }
    given
}
