//! A journey over history: who would have got what, had it run since a day. Nothing is sent and nothing is given.

use super::known;
use crate::lift::{ControlGroup, Past, Power};
use crate::portal::secret_of;
use crate::segments::{condition_of, findings};
use crate::walk;
use crate::{App, Error};
use regulars_base::{CivilDay, MemberId, TenantId, Timestamp, WalletId, Zone};
use regulars_engage::journey::{Deed, Did, Replay, Script, Start};
use regulars_engage::{Journey, holdout};
use regulars_store::Store;
use std::collections::{BTreeMap, BTreeSet};

/// What a journey would have come to.
#[derive(Clone, Debug, PartialEq)]
pub struct JourneyTrial {
    /// The first day that counts.
    pub since: CivilDay,
    /// The last.
    pub until: CivilDay,
    /// How many members there were.
    pub members: i64,
    /// How often somebody came in.
    pub entered: i64,
    /// How many of these were held out: with them nothing is done.
    pub held_out: i64,
    /// How often what, by day and step.
    pub counts: Vec<TrialCount>,
    /// How many points it would have given.
    pub given: i64,
    /// How many more, had there been no budget.
    pub over_budget: i64,
    /// Which points, and their decimals.
    pub points: (String, u8),
    /// What it asks that history cannot answer, as it is written: what models say is only known now, so it held of
    /// nobody.
    pub unknown: Vec<String>,
    /// What could be told of its effect with as many members as would have come in; nothing while what they
    /// bought is still being read.
    pub power: Option<Power>,
}

/// How often something would have been done at a step on a day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TrialCount {
    /// The day.
    pub day: CivilDay,
    /// The step.
    pub step: String,
    /// What, in one word.
    pub did: &'static str,
    /// How it ended, if it did.
    pub reason: &'static str,
    /// How often.
    pub count: i64,
    /// How many points in all.
    pub points: i64,
}

impl App {
    /// What a journey would have come to, had it run since a day: over the whole log, each member by what they
    /// were at each moment, by the clock of the shop. Whether a message may go to them is not asked.
    ///
    /// # Errors
    /// The text is wrong: [`Error::InvalidJourney`].
    pub fn preview_journey(
        &self,
        tenant: TenantId,
        (id, text): (&str, &str),
        since: CivilDay,
    ) -> Result<JourneyTrial, Error> {
        let now = self.now();
        let (_, program) = self.program_in_force(tenant, now)?;
        let begun = program.zone.start_of(since);
        if begun > now {
            return Err(Error::invalid("/since", "must be a day that has begun"));
        }
        let (mut trial, came, percent) = self.core().pool.with(|store| {
            let known = known(store, tenant)?;
            let journey = Journey::read(text, &program, &known)
                .map_err(|faults| Error::InvalidJourney(findings(faults)))?;
            let segment = match &journey.start {
                Start::Segment(segment) => condition_of(store, tenant, segment, &program)?,
                _ => None,
            };
            let mut unknown: BTreeSet<String> = BTreeSet::new();
            for asked in journey.conditions().iter().chain(&segment) {
                unknown.extend(asked.known_only_now());
            }
            let script = Script::new(&journey, &program, segment, begun);
            let secret = secret_of(store, tenant)?;
            let control = ControlGroup::of(store, tenant, secret)?;
            let held = |member| {
                control.has(member, now)
                    || holdout::is_held_out(&secret, id, member, journey.hold_out)
            };
            let mut sheet = replayed(store, tenant, &script, (now, &held))?;
            let came = std::mem::take(&mut sheet.came);
            let own = program.points.iter().find(|own| own.id == journey.points);
            let points = (journey.points.clone(), own.map_or(0, |own| own.decimals));
            let days = (since, program.zone.day(now));
            let mut trial = sheet.told(&program.zone, days, (journey.budget, points));
            trial.unknown = unknown.into_iter().collect();
            Ok((trial, came, journey.hold_out))
        })?;
        trial.power = self.foresee(tenant, &Past::Some(came), percent)?;
        Ok(trial)
    }
}

/// What members would have gone through.
#[derive(Default)]
struct Sheet {
    members: i64,
    entered: i64,
    held_out: i64,
    deeds: Vec<Deed>,
    /// Who came in.
    came: BTreeSet<WalletId>,
}

/// Reads the whole log, wallet by wallet.
fn replayed(
    store: &mut dyn Store,
    tenant: TenantId,
    script: &Script<'_>,
    (until, held): (Timestamp, &dyn Fn(MemberId) -> bool),
) -> Result<Sheet, Error> {
    let mut sheet = Sheet::default();
    let mut own: Option<(WalletId, bool, Replay<'_>)> = None;
    walk::each_event(store, tenant, &mut |_, _| true, &mut |row| {
        if own
            .as_ref()
            .is_none_or(|(wallet, ..)| *wallet != row.wallet)
        {
            let member = MemberId::from_bytes(*row.wallet.bytes());
            let is_held = held(member);
            let next = (row.wallet, is_held, script.member(is_held));
            if let Some((wallet, is_held, before)) = own.replace(next) {
                sheet.take((wallet, is_held), before.finish(until).1);
            }
        }
        if let Some((_, _, replay)) = &mut own {
            replay.row(row.seq, &row.event, &row.outcome);
        }
    })?;
    if let Some((wallet, is_held, last)) = own {
        sheet.take((wallet, is_held), last.finish(until).1);
    }
    Ok(sheet)
}

impl Sheet {
    fn take(&mut self, (wallet, is_held): (WalletId, bool), deeds: Vec<Deed>) {
        self.members += 1;
        let entries = deeds.iter().filter(|own| own.did == Did::Entered).count();
        let entries = i64::try_from(entries).unwrap_or(i64::MAX);
        self.entered += entries;
        if entries > 0 {
            self.came.insert(wallet);
        }
        if is_held {
            self.held_out += entries;
            return;
        }
        self.deeds.extend(deeds);
    }

    /// Counted by day and step. The budget goes to whoever comes first.
    fn told(
        mut self,
        zone: &Zone,
        (since, until): (CivilDay, CivilDay),
        (budget, points): (Option<i64>, (String, u8)),
    ) -> JourneyTrial {
        self.deeds.sort_by_key(|own| own.at);
        let (mut given, mut over_budget) = (0_i64, 0_i64);
        let mut counts: BTreeMap<_, (i64, i64)> = BTreeMap::new();
        for deed in self.deeds {
            let (mut reason, mut own) = ("", 0);
            match &deed.did {
                Did::Ended(how) => reason = how.code(),
                Did::Award { amount, .. } => {
                    own = budget.map_or(*amount, |most| (*amount).min(most - given).max(0));
                    given += own;
                    over_budget += amount - own;
                }
                _ => {}
            }
            let did = deed.did.code();
            let count = counts.entry((zone.day(deed.at), deed.step, did, reason));
            let count = count.or_default();
            *count = (count.0 + 1, count.1 + own);
        }
        let counts = counts
            .into_iter()
            .map(|((day, step, did, reason), own)| TrialCount {
                day,
                step,
                did,
                reason,
                count: own.0,
                points: own.1,
            });
        JourneyTrial {
            since,
            until,
            members: self.members,
            entered: self.entered,
            held_out: self.held_out,
            counts: counts.collect(),
            given,
            over_budget,
            points,
            unknown: Vec::new(),
            power: None,
        }
    }
}
