//! Journeys: written, started, paused and stopped; who is where in them, and what was done for whom.
//!
//! They are followed behind the log, with the portraits of segments: what a member did, where they are then, the
//! messages and the points that come of it are written together, under a number that whoever writes must have
//! seen ([ADR 0110](../../../docs/adr/0110-how-does-a-journey-decide-once.md)).

pub(crate) mod award;
mod follow;
mod library;
mod trial;

pub use library::{JOURNEYS, JourneySample};
pub use trial::{JourneyTrial, TrialCount};

pub(crate) use follow::{Letters, Live, Seen, Walk, live};

use crate::page::{Page, PageAsk};
use crate::people::read;
use crate::programs::Finding;
use crate::segments::{SEGMENT, findings};
use crate::versioned;
use crate::{App, Error, MemberRef, messages};
use regulars_base::{MemberId, TenantId, Timestamp, WalletId};
use regulars_engage::Journey as Compiled;
use regulars_engage::journey::{End, Known, Standing, Start, What};
use regulars_engine::Program;
use regulars_store::{JourneyAsk, JourneyCount, JourneyCrowd, JourneyDeed, Setting, Store};
use serde::{Deserialize, Serialize};

/// The sort of setting.
pub(crate) const JOURNEY: &str = "journey";
/// Ids that would be another address of the API.
const RESERVED: [&str; 2] = ["preview", "library"];
/// So many there may be.
const MOST: usize = 200;
/// So much of what was done for a member is shown.
const DEEDS_MOST: usize = 1000;

/// How far a journey is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JourneyState {
    /// It was written, and not started.
    #[default]
    Draft,
    /// Members come in and go on.
    Running,
    /// Nobody comes in, and nobody goes on until it is resumed.
    Paused,
    /// Everybody is out of it.
    Stopped,
}

/// What is kept of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) text: String,
    pub(crate) state: JourneyState,
    /// When it was started last: what happened before sets nobody off.
    pub(crate) begun_micros: i64,
    pub(crate) made_at_micros: i64,
    pub(crate) changed_at_micros: i64,
    /// Since when which share is held out.
    #[serde(default)]
    drawn: Drawn,
}

/// Which share is held out, and since when it is that share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Drawn {
    pub(crate) percent: u8,
    since_micros: i64,
    /// Whether an event sets it off, which may be an order itself.
    pub(crate) by_event: bool,
}

impl Drawn {
    /// Since when it is that share.
    pub(crate) const fn since(self) -> Timestamp {
        Timestamp::from_micros(self.since_micros)
    }

    /// What a journey draws, after what it drew before.
    fn after(before: Option<Self>, journey: &Compiled, now: Timestamp) -> Self {
        let same = before.filter(|own| own.percent == journey.hold_out);
        Self {
            percent: journey.hold_out,
            since_micros: same.map_or(now.micros(), |own| own.since_micros),
            by_event: matches!(journey.start, Start::Event(_)),
        }
    }
}

/// A journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyView {
    /// Its id.
    pub id: String,
    /// What people call it; its id where its text is wrong.
    pub name: String,
    /// How far it is.
    pub state: JourneyState,
    /// Its text, in TOML.
    pub text: String,
    /// How often it was written, from 1.
    pub version: i64,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// When it was started last, if it was.
    pub begun_at: Option<Timestamp>,
    /// The steps, in their order.
    pub steps: Vec<JourneyStep>,
    /// Which points it gives, and their decimals.
    pub points: (String, u8),
    /// How many it may give in all.
    pub budget: Option<i64>,
    /// How many in a hundred are held out.
    pub hold_out: u8,
    /// How often what was done.
    pub counts: Vec<JourneyCount>,
    /// How many members are where.
    pub crowds: Vec<JourneyCrowd>,
    /// What is wrong with it since the program, a template or a segment changed: until it is mended, nobody
    /// comes in or goes on.
    pub findings: Vec<Finding>,
}

/// A step, as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyStep {
    /// Its id.
    pub id: String,
    /// What it does: `wait`, `wait_until`, `wait_for`, `if`, `send`, `award` or `task`.
    pub does: &'static str,
    /// The template, the task, or nothing.
    pub what: String,
    /// Who is to do a task.
    pub owner: String,
}

/// Somebody in a journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyMember {
    /// Who.
    pub member: MemberId,
    /// Where they are.
    pub standing: Standing,
}

/// Which members of a journey are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JourneyMembersAsk {
    /// Those at this step.
    pub step: Option<String>,
    /// Those who are out of it, or those who are not.
    pub done: Option<bool>,
}

impl JourneyView {
    /// How many points it gave.
    pub fn given(&self) -> i64 {
        follow::given(&self.counts)
    }
}

impl App {
    /// All journeys, by their ids.
    ///
    /// # Errors
    /// No program is in force.
    pub fn journeys(&self, tenant: TenantId) -> Result<Vec<JourneyView>, Error> {
        let program = self.program_in_force(tenant, self.now())?.1;
        self.core().pool.with(|store| {
            let known = known(store, tenant)?;
            let rows = store.settings(tenant, JOURNEY)?;
            let each = rows
                .iter()
                .map(|row| shown(store, tenant, row, (&program, &known)));
            each.collect()
        })
    }

    /// A journey.
    pub fn journey(&self, tenant: TenantId, id: &str) -> Result<JourneyView, Error> {
        let program = self.program_in_force(tenant, self.now())?.1;
        self.core().pool.with(|store| {
            let row = found(store, tenant, id)?;
            let known = known(store, tenant)?;
            shown(store, tenant, &row, (&program, &known))
        })
    }

    /// What is wrong with a journey's text; nothing if it can be started.
    pub fn check_journey(&self, tenant: TenantId, text: &str) -> Result<Vec<Finding>, Error> {
        Ok(self.read_journey(tenant, text)?.err().unwrap_or_default())
    }

    /// What a text says, or what is wrong with it.
    fn read_journey(
        &self,
        tenant: TenantId,
        text: &str,
    ) -> Result<Result<Compiled, Vec<Finding>>, Error> {
        let program = self.program_in_force(tenant, self.now())?.1;
        let known = self.core().pool.with(|store| known(store, tenant))?;
        Ok(Compiled::read(text, &program, &known).map_err(findings))
    }

    /// Writes a journey: the first version of a new one, or the one after the version that somebody saw. A new
    /// one waits to be started; one that runs goes on in the new version, each member at their step.
    ///
    /// # Errors
    /// Something in it is wrong (each fault at its place), or somebody else was faster.
    pub fn put_journey(
        &self,
        tenant: TenantId,
        (id, seen): (&str, Option<i64>),
        text: &str,
    ) -> Result<JourneyView, Error> {
        versioned::check_id(id, "/id")?;
        if RESERVED.contains(&id) {
            return Err(Error::invalid(
                "/id",
                "is a word of the API; choose another",
            ));
        }
        let journey = self.read_journey(tenant, text)?;
        let journey = journey.map_err(Error::InvalidJourney)?;
        let now = self.now();
        let there = self
            .core()
            .pool
            .with(|store| Ok(store.settings(tenant, JOURNEY)?))?;
        if seen.is_none() && there.len() >= MOST {
            let what = format!("is one too many: there are at most {MOST} journeys");
            return Err(Error::invalid("/id", what));
        }
        let before = there.iter().find(|row| row.id == id);
        let before: Option<Kept> = before.map(read).transpose()?;
        let kept = Kept {
            text: text.to_owned(),
            state: before.as_ref().map(|own| own.state).unwrap_or_default(),
            begun_micros: before.as_ref().map_or(0, |own| own.begun_micros),
            made_at_micros: before
                .as_ref()
                .map_or(now.micros(), |own| own.made_at_micros),
            changed_at_micros: now.micros(),
            drawn: Drawn::after(before.map(|own| own.drawn), &journey, now),
        };
        self.keep(tenant, (id, seen), &kept)
    }

    /// Starts a journey, pauses or resumes it, or stops it: then everybody is out of it. What was sent or given
    /// stays as it is.
    ///
    /// # Errors
    /// It is not there or not in this version any more, or is wrong: then it cannot run.
    pub fn set_journey_state(
        &self,
        tenant: TenantId,
        (id, seen): (&str, i64),
        state: JourneyState,
    ) -> Result<JourneyView, Error> {
        let row = self.core().pool.with(|store| found(store, tenant, id))?;
        let before: Kept = read(&row)?;
        let begins = state == JourneyState::Running;
        if begins {
            let wrong = self.check_journey(tenant, &before.text)?;
            if !wrong.is_empty() {
                return Err(Error::InvalidJourney(wrong));
            }
        }
        let from = before.state;
        let allowed = match state {
            JourneyState::Draft => false,
            JourneyState::Running => true,
            JourneyState::Paused => from == JourneyState::Running,
            JourneyState::Stopped => from != JourneyState::Draft,
        };
        if !allowed {
            let what =
                "must be running, paused (of one that runs) or stopped (of one that was started)";
            return Err(Error::invalid("/state", what));
        }
        let now = self.now();
        let anew = begins && matches!(from, JourneyState::Draft | JourneyState::Stopped);
        let kept = Kept {
            state,
            begun_micros: if anew {
                now.micros()
            } else {
                before.begun_micros
            },
            changed_at_micros: now.micros(),
            ..before
        };
        if anew {
            self.can_send_all(tenant, &kept.text)?;
        }
        self.keep(tenant, (id, Some(seen)), &kept)
    }

    /// Whether something can be sent on each channel that a journey sends on.
    fn can_send_all(&self, tenant: TenantId, text: &str) -> Result<(), Error> {
        let program = self.program_in_force(tenant, self.now())?.1;
        let known = self.core().pool.with(|store| known(store, tenant))?;
        let Ok(journey) = Compiled::read(text, &program, &known) else {
            return Ok(());
        };
        for step in &journey.steps {
            if let What::Send { channel, .. } = step.what {
                self.can_send(tenant, channel)?;
            }
        }
        Ok(())
    }

    /// Writes what is kept, and has everybody looked at.
    fn keep(
        &self,
        tenant: TenantId,
        (id, seen): (&str, Option<i64>),
        kept: &Kept,
    ) -> Result<JourneyView, Error> {
        let row = versioned::next(JOURNEY, (id, seen), kept)?;
        let day = self
            .program_in_force(tenant, self.now())?
            .1
            .zone
            .day(self.now());
        let stopped = kept.state == JourneyState::Stopped;
        let runs = kept.state == JourneyState::Running;
        let own = id.to_owned();
        let written = self.core().write(move |store| {
            if !store.put_setting(tenant, &row)? {
                return Ok(false);
            }
            if stopped {
                store.end_journey(tenant, &own)?;
            }
            if runs {
                store.wake_portraits(tenant, day.number())?;
            }
            Ok(true)
        })?;
        // Of one that they saw, that it is gone is said first.
        if written || seen.is_some() {
            let found = self.journey(tenant, id)?;
            if written {
                return Ok(found);
            }
        }
        Err(versioned::not_written("journey", id, seen))
    }

    /// Takes a journey away that does not run; what was done for members stays on record. How it was.
    pub fn delete_journey(&self, tenant: TenantId, id: &str) -> Result<JourneyView, Error> {
        let before = self.journey(tenant, id)?;
        if matches!(before.state, JourneyState::Running | JourneyState::Paused) {
            return Err(Error::invalid(
                "/state",
                "is not stopped: stop the journey first",
            ));
        }
        let gone = id.to_owned();
        self.core()
            .write(move |store| Ok(store.delete_setting(tenant, JOURNEY, &gone)?))?;
        Ok(before)
    }

    /// Who is in a journey, by their ids.
    pub fn journey_members(
        &self,
        tenant: TenantId,
        (id, ask): (&str, &JourneyMembersAsk),
        page: &PageAsk,
    ) -> Result<Page<JourneyMember>, Error> {
        let after: Option<MemberId> = page.cursor()?;
        let limit = page.limit();
        let ask = JourneyAsk {
            step: ask.step.clone(),
            done: ask.done,
            after: after.map(|id| WalletId::from_bytes(*id.bytes())),
        };
        self.core().pool.with(|store| {
            found(store, tenant, id)?;
            let rows = store.journey_members(tenant, id, &ask, limit + 1)?;
            let member =
                |row: &regulars_store::JourneyRow| MemberId::from_bytes(*row.wallet.bytes());
            Page::cut(rows, limit, |row| member(row).to_string()).try_map(|row| {
                Ok(JourneyMember {
                    member: member(&row),
                    standing: follow::standing(&row)?,
                })
            })
        })
    }

    /// Where a member is in a journey, and what was done for them, the newest entry first, in its order.
    pub fn journey_of(
        &self,
        tenant: TenantId,
        id: &str,
        who: &MemberRef,
    ) -> Result<(JourneyMember, Vec<JourneyDeed>), Error> {
        let member = self.member(tenant, who)?.id;
        let wallet = WalletId::from_bytes(*member.bytes());
        self.core().pool.with(|store| {
            found(store, tenant, id)?;
            let rows = store.journeys_of(tenant, &[wallet])?;
            let row = rows.iter().find(|own| own.journey == id);
            let row = row.ok_or_else(|| Error::not_found("member of the journey", member))?;
            let standing = follow::standing(row)?;
            let deeds = store.journey_deeds(tenant, (id, wallet), DEEDS_MOST)?;
            Ok((JourneyMember { member, standing }, deeds))
        })
    }

    /// Somebody did the task at which a member is: the journey goes on.
    ///
    /// # Errors
    /// The member is not at that step, or it is no task.
    pub fn complete_task(
        &self,
        tenant: TenantId,
        (id, step): (&str, &str),
        who: &MemberRef,
    ) -> Result<JourneyMember, Error> {
        let (own, _) = self.journey_of(tenant, id, who)?;
        let wallet = WalletId::from_bytes(*own.member.bytes());
        if own.standing.end.is_some() || own.standing.step != step {
            let what = format!(
                "`{step}` is not where the member is; they are at `{}`",
                own.standing.step
            );
            return Err(Error::invalid("/step", what));
        }
        let done = self.core().complete_task(tenant, wallet, (id, step))?;
        if !done {
            let what = format!("`{step}` is no task that waits, or the journey does not run");
            return Err(Error::invalid("/step", what));
        }
        Ok(self.journey_of(tenant, id, who)?.0)
    }
}

/// The journey's row.
fn found(store: &mut dyn Store, tenant: TenantId, id: &str) -> Result<Setting, Error> {
    let row = store.setting(tenant, JOURNEY, id)?;
    row.ok_or_else(|| Error::not_found("journey", id))
}

/// Which share of a journey is held out, and since when.
pub(crate) fn drawn(store: &mut dyn Store, tenant: TenantId, id: &str) -> Result<Drawn, Error> {
    let kept: Kept = read(&found(store, tenant, id)?)?;
    Ok(kept.drawn)
}

/// What a journey may name.
fn known(store: &mut dyn Store, tenant: TenantId) -> Result<Known, Error> {
    let mut ids = |kind: &str| -> Result<_, Error> {
        Ok(store
            .settings(tenant, kind)?
            .into_iter()
            .map(|own| own.id)
            .collect())
    };
    Ok(Known {
        templates: ids(messages::TEMPLATE)?,
        segments: ids(SEGMENT)?,
    })
}

fn shown(
    store: &mut dyn Store,
    tenant: TenantId,
    row: &Setting,
    (program, known): (&Program, &Known),
) -> Result<JourneyView, Error> {
    let kept: Kept = read(row)?;
    let (counts, crowds) = store.journey_counts(tenant, &row.id)?;
    let compiled = Compiled::read(&kept.text, program, known);
    let (journey, wrong) = match compiled {
        Ok(journey) => (Some(journey), Vec::new()),
        Err(faults) => (None, findings(faults)),
    };
    let points = journey.as_ref().map_or("", |own| &own.points);
    let decimals = program.points.iter().find(|own| own.id == points);
    Ok(JourneyView {
        id: row.id.clone(),
        name: journey
            .as_ref()
            .map_or_else(|| row.id.clone(), |own| own.name.clone()),
        state: kept.state,
        version: row.version,
        changed_at: Timestamp::from_micros(kept.changed_at_micros),
        begun_at: (kept.begun_micros > 0).then(|| Timestamp::from_micros(kept.begun_micros)),
        steps: journey
            .iter()
            .flat_map(|own| &own.steps)
            .map(step)
            .collect(),
        points: (points.to_owned(), decimals.map_or(0, |own| own.decimals)),
        budget: journey.as_ref().and_then(|own| own.budget),
        hold_out: journey.as_ref().map_or(0, |own| own.hold_out),
        text: kept.text,
        counts,
        crowds,
        findings: wrong,
    })
}

fn step(own: &regulars_engage::journey::Step) -> JourneyStep {
    let (does, what, owner) = match &own.what {
        What::Wait(_) => ("wait", "", ""),
        What::WaitUntil(_) => ("wait_until", "", ""),
        What::WaitFor { .. } => ("wait_for", "", ""),
        What::If { .. } => ("if", "", ""),
        What::Send { template, .. } => ("send", template.as_str(), ""),
        What::Award { reason, .. } => ("award", reason.as_str(), ""),
        What::Task { title, owner, .. } => ("task", title.as_str(), owner.as_str()),
    };
    JourneyStep {
        id: own.id.clone(),
        does,
        what: what.to_owned(),
        owner: owner.to_owned(),
    }
}

/// How a journey ended for somebody whom nobody looked at when it was stopped.
const fn stopped(done: bool, end: Option<End>) -> Option<End> {
    match (done, end) {
        (true, None) => Some(End::Stopped),
        (_, end) => end,
    }
}
