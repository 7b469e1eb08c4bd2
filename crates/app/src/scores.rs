//! What models say of members, kept with them: whether they are about to leave, what they are to be expected to bring,
//! what they are called. It is said anew every night and is a figure of segments and journeys like any other ([ADR
//! 0135](../../../docs/adr/0135-who-says-the-scores-of-a-member.md)).

use crate::background::for_each_tenant;
use crate::insight::ModelTold;
use crate::segments::portrait_of;
use crate::{App, Error, MemberRef, members, only_setting};
use regulars_base::{CivilDay, MemberId, TenantId, Timestamp, WalletId};
use regulars_engage::{ADVOCATE, Said, advocacy};
use regulars_engine::program::condition::figure::{LABELS, SCORES};
use regulars_lake::facts::FactsProgress;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// When it was done, and what came of it.
const KIND: &str = "scores_done";
const RUN: &str = "scores";
/// How often a server looks whether it is time.
const EVERY: Duration = Duration::from_secs(60);
/// Scores are kept in thousandths.
const THOUSAND: i64 = 1000;

/// A night's scores.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScoreRun {
    /// When they were said; 0 for never.
    at_micros: i64,
    /// The last day of which orders were known, by number.
    as_of: i32,
    /// How many days a window of activity had.
    pub window_days: i32,
    /// How many members had ever bought.
    pub customers: u64,
    /// Of how many something new was said.
    pub changed: u64,
    /// Model by model.
    pub models: Vec<ScoreModel>,
}

/// What became of a model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScoreModel {
    /// The name of its score or label.
    pub name: String,
    /// Of how many members it says something.
    pub members: u64,
    /// Why it says nothing of anybody: a code, empty if it does.
    pub refused: String,
    /// The same in words.
    pub why: String,
    /// Whether it came closer than a plain guess on a time that it had not seen; nothing where that was not asked.
    pub is_better: Option<bool>,
}

/// What is said of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberScores {
    /// Whom.
    pub member: MemberId,
    /// The last day of which orders were known when models said it; nothing if they never said anything.
    pub as_of: Option<CivilDay>,
    /// Numbers, with their names, in thousandths.
    pub scores: Vec<(String, i64)>,
    /// What they are called.
    pub labels: Vec<(String, String)>,
}

impl ScoreRun {
    /// When they were said.
    pub fn at(&self) -> Timestamp {
        Timestamp::from_micros(self.at_micros)
    }

    /// The last day of which orders were known; nothing where nobody ever bought.
    pub fn as_of(&self) -> Option<CivilDay> {
        (self.customers > 0).then(|| CivilDay::from_number(self.as_of))
    }

    fn of(told: Option<ModelTold>, at: Timestamp, counts: &Counts) -> Self {
        let Some(told) = told else {
            return Self {
                at_micros: at.micros(),
                ..Self::default()
            };
        };
        let models = told.models.into_iter().map(|own| {
            let (refused, why) = own.refused.unwrap_or_default();
            ScoreModel {
                name: own.name.to_owned(),
                members: counts.of.get(own.name).copied().unwrap_or_default(),
                refused: refused.to_owned(),
                why,
                is_better: own.is_better,
            }
        });
        Self {
            at_micros: at.micros(),
            as_of: told.as_of.number(),
            window_days: told.window_days,
            customers: told.customers,
            changed: counts.changed,
            models: models.collect(),
        }
    }
}

/// Of how many something is said.
#[derive(Default)]
struct Counts {
    of: BTreeMap<String, u64>,
    changed: u64,
}

/// Says them every night, until the app is closed.
pub(crate) fn run(app: &App) {
    let words = "scores of members stay as old as they are";
    for_each_tenant(app, EVERY, words, |tenant| {
        app.score_members_at_night(tenant).map(drop)
    });
}

impl App {
    /// Has models say anew what they say of each member, and keeps what is new, some members at a time: with it,
    /// members come into segments and go, and journeys are set off. Whoever stops in the middle and begins anew
    /// does nothing twice.
    pub fn score_members(
        &self,
        tenant: TenantId,
        progress: &(dyn Fn(FactsProgress) -> bool + Sync),
    ) -> Result<ScoreRun, Error> {
        let core = self.core();
        let now = self.now();
        let program = self.program_in_force(tenant, now)?.1;
        // What happened until now is not taken for what models say.
        core.follow_live(tenant)?;
        let mut counts = Counts::default();
        let told = self.models_of_each(tenant, progress, &mut |some| {
            if core.stop.wait(Duration::ZERO) {
                return Err(Error::Unavailable("it is closed".into()));
            }
            for said in some.values() {
                let names = said.scores.keys().chain(said.labels.keys());
                for name in names {
                    *counts.of.entry(name.clone()).or_default() += 1;
                }
            }
            counts.changed += core.hear(tenant, &program, &some)? as u64;
            Ok(())
        })?;
        let run = ScoreRun::of(told, now, &counts);
        let kept = run.clone();
        let kept = core
            .pool
            .with(|store| only_setting::replace(store, tenant, RUN, |_: &ScoreRun| kept));
        match kept {
            // Another server did it at the same time.
            Ok(_) | Err(Error::Retry(_)) => {}
            Err(error) => return Err(error),
        }
        self.note_done(tenant, KIND, now)?;
        Ok(run)
    }

    /// Keeps what models say of some members, and nothing of what they said of these before; of how many that is
    /// something new. Members come into segments and go with it, and journeys are set off.
    pub fn keep_scores(
        &self,
        tenant: TenantId,
        all: &BTreeMap<MemberId, Said>,
    ) -> Result<usize, Error> {
        let program = self.program_in_force(tenant, self.now())?.1;
        let wallet = |member: &MemberId| WalletId::from_bytes(*member.bytes());
        let all = all
            .iter()
            .map(|(member, said)| (wallet(member), said.clone()));
        self.core().hear(tenant, &program, &all.collect())
    }

    /// Does that if it was not done since this night; whether it did. The server does so by itself.
    pub fn score_members_at_night(&self, tenant: TenantId) -> Result<bool, Error> {
        let is_old = self.is_due_tonight(tenant, KIND)?;
        if is_old {
            let stop = &self.core().stop;
            self.score_members(tenant, &|_| !stop.wait(Duration::ZERO))?;
        }
        Ok(is_old)
    }

    /// What came of it the last time; nothing, if there was none.
    pub fn score_run(&self, tenant: TenantId) -> Result<Option<ScoreRun>, Error> {
        let run: ScoreRun = self
            .core()
            .pool
            .with(|store| only_setting::get(store, tenant, RUN))?;
        Ok((run.at_micros != 0).then_some(run))
    }

    /// What is said of a member.
    pub fn scores_of(&self, tenant: TenantId, who: &MemberRef) -> Result<MemberScores, Error> {
        let now = self.now();
        let program = self.program_in_force(tenant, now)?.1;
        let today = program.zone.day(now).number();
        let run = self.score_run(tenant)?;
        let as_of = run.and_then(|run| run.as_of());
        self.core().pool.with(|store| {
            let found = members::find(store, tenant, who)?;
            let wallet = WalletId::from_bytes(*found.id.bytes());
            let own = portrait_of(store, tenant, &program, wallet)?;
            let (mut scores, mut labels) = (BTreeMap::new(), BTreeMap::new());
            if let Some((portrait, row)) = own {
                let figures = portrait.figures(&program, &row.state, today);
                if figures.here {
                    let own = advocacy(&figures, &program, &row.state).score;
                    scores.insert(ADVOCATE.to_owned(), own * THOUSAND);
                }
                scores.extend(portrait.scores);
                labels.extend(portrait.labels);
            }
            // In the order in which they are explained.
            let scores = SCORES.iter().filter_map(|own| scores.remove_entry(own.0));
            let labels = LABELS.iter().filter_map(|own| labels.remove_entry(own.0));
            Ok(MemberScores {
                member: found.id,
                as_of,
                scores: scores.collect(),
                labels: labels.collect(),
            })
        })
    }
}
