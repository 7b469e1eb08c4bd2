//! Segments: made and changed, previewed, and kept true as events arrive and days pass.
//!
//! The log is followed by its seals, behind the commits: ingesting an event costs nothing more, whether
//! there are segments or not. Each look takes the wallets that the next seals bind (or that a day
//! concerns), folds what is new in their logs, and writes portraits and moves together; of several servers
//! the first does it ([ADR 0101](../../../docs/adr/0101-where-does-a-segment-live.md)).

mod follow;
mod now;

use crate::page::{Page, PageAsk};
use crate::people::read;
use crate::programs::Finding;
use crate::versioned;
use crate::{App, Error};
use regulars_base::{CivilDay, MemberId, TenantId, Timestamp};
use regulars_engage::{NAME_MOST, Segment as Compiled, SegmentFault, Segments};
use regulars_engine::Program;
use regulars_engine::program::condition::documented_for_segments;
use regulars_engine::program::condition::figure::Plain;
use regulars_store::{SegmentAsk, SegmentFill, Setting, Store};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

pub(crate) use follow::run;
pub(crate) use now::{figures_now, portrait_of};
pub use regulars_store::MoveCause;

/// The sort of setting.
pub(crate) const SEGMENT: &str = "segment";
/// So many may be live.
const MOST: usize = 500;
/// How long somebody who asks waits for what the log has and segments do not.
const PATIENCE: Duration = Duration::from_secs(2);

/// What people say a segment is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    name: String,
    condition: String,
    made_at_micros: i64,
    changed_at_micros: i64,
}

/// A segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its condition.
    pub condition: String,
    /// How often it was written, from 1.
    pub version: i64,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// How many members are in it.
    pub members: i64,
    /// What is wrong with the condition since the program changed: until it is mended, nobody comes or goes.
    pub findings: Vec<Finding>,
}

/// What somebody wants a segment to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentDraft {
    /// What people call it.
    pub name: String,
    /// Its condition.
    pub condition: String,
}

/// Whom a condition would hold of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentPreview {
    /// How many members.
    pub members: i64,
    /// Of how many.
    pub of: i64,
    /// Some of them.
    pub sample: Vec<MemberId>,
    /// Whether all of the log was counted; if not, the figures grow while one waits.
    pub complete: bool,
}

/// Somebody who is in a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentMember {
    /// Who.
    pub member: MemberId,
    /// Since when.
    pub since: Timestamp,
}

/// Somebody who came into a segment, or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Its number.
    pub no: i64,
    /// Who.
    pub member: MemberId,
    /// When it was seen.
    pub at: Timestamp,
    /// In or out.
    pub entered: bool,
    /// Why.
    pub cause: MoveCause,
    /// The event's key, as far as it was an event: source and id.
    pub event: Option<(String, String)>,
}

/// How large a segment was at the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentDay {
    /// The day.
    pub day: CivilDay,
    /// How many came.
    pub entered: i64,
    /// How many went.
    pub left: i64,
    /// How many were in it at the end.
    pub members: i64,
}

impl App {
    /// All segments, by their ids.
    ///
    /// # Errors
    /// No program is in force.
    pub fn segments(&self, tenant: TenantId) -> Result<Vec<Segment>, Error> {
        let program = self.program_in_force(tenant, self.now())?.1;
        self.core().pool.with(|store| {
            let rows = store.settings(tenant, SEGMENT)?;
            let each = rows.iter().map(|row| full(store, tenant, row, &program));
            each.collect()
        })
    }

    /// A segment.
    pub fn segment(&self, tenant: TenantId, id: &str) -> Result<Segment, Error> {
        let program = self.program_in_force(tenant, self.now())?.1;
        self.core().pool.with(|store| {
            let row = store.setting(tenant, SEGMENT, id)?;
            let row = row.ok_or_else(|| Error::not_found("segment", id))?;
            full(store, tenant, &row, &program)
        })
    }

    /// Makes a segment, and puts in it who belongs there.
    ///
    /// # Errors
    /// There is one of this id, or the condition is wrong: [`Error::InvalidCondition`].
    pub fn make_segment(
        &self,
        tenant: TenantId,
        id: &str,
        draft: &SegmentDraft,
    ) -> Result<Segment, Error> {
        versioned::check_id(id, "/id")?;
        let now = self.now();
        let there = (self.core().pool).with(|store| Ok(store.settings(tenant, SEGMENT)?))?;
        if there.len() >= MOST {
            let what = format!("is one too many: there are at most {MOST} segments");
            return Err(Error::invalid("/id", what));
        }
        let kept = Kept {
            name: named(&draft.name)?,
            condition: draft.condition.clone(),
            made_at_micros: now.micros(),
            changed_at_micros: now.micros(),
        };
        self.put(tenant, (id, 1), &kept)?;
        self.segment(tenant, id)
    }

    /// Changes a segment that somebody saw in this version, and brings who is in it to what it asks now.
    ///
    /// # Errors
    /// It is not there or not in this version any more, or the condition is wrong.
    pub fn change_segment(
        &self,
        tenant: TenantId,
        (id, seen): (&str, i64),
        draft: &SegmentDraft,
    ) -> Result<Segment, Error> {
        let before = self.segment(tenant, id)?;
        let kept = Kept {
            name: named(&draft.name)?,
            condition: draft.condition.clone(),
            made_at_micros: before.made_at.micros(),
            changed_at_micros: self.now().micros(),
        };
        self.put(tenant, (id, seen.saturating_add(1)), &kept)?;
        self.segment(tenant, id)
    }

    /// Takes a segment away: everybody goes out of it, and who came and went stays on record.
    pub fn delete_segment(&self, tenant: TenantId, id: &str) -> Result<(), Error> {
        let gone = id.to_owned();
        let gone = self
            .core()
            .write(move |store| Ok(store.delete_setting(tenant, SEGMENT, &gone)?))?;
        if !gone {
            return Err(Error::not_found("segment", id));
        }
        self.fill(tenant, id, None)
    }

    /// Writes a version of a segment, and fills it.
    fn put(&self, tenant: TenantId, (id, version): (&str, i64), kept: &Kept) -> Result<(), Error> {
        let now = self.now();
        let program = self.program_in_force(tenant, now)?.1;
        let compiled = compiled(id, &kept.condition, &program)?;
        self.follow_segments(tenant, PATIENCE)?;
        let row = Setting {
            kind: SEGMENT.into(),
            id: id.to_owned(),
            version,
            body: serde_json::to_string(kept).map_err(|error| Error::Bug(error.to_string()))?,
        };
        let written = self
            .core()
            .write(move |store| Ok(store.put_setting(tenant, &row)?))?;
        match written {
            true => self.fill(tenant, id, Some(&compiled)),
            false => Err(versioned::not_written(
                "segment",
                id,
                (version > 1).then_some(version - 1),
            )),
        }
    }

    /// Brings who is in a segment to what it asks.
    fn fill(&self, tenant: TenantId, id: &str, segment: Option<&Compiled>) -> Result<(), Error> {
        let at = self.now();
        let (_, program) = self.program_in_force(tenant, at)?;
        let day = program.zone.day(at).number();
        let (id, asked) = (id.to_owned(), segment.map(|segment| segment.asked.clone()));
        let alone = Segments::new(segment.into_iter().cloned().collect());
        let turns: Vec<(Plain, i64)> = alone.turns().iter().copied().collect();
        let daily = alone.turn_daily();
        self.core().write(move |store| {
            loop {
                let fill = SegmentFill {
                    segment: &id,
                    seen: store.segment_run(tenant)?.unwrap_or_default(),
                    ask: asked.as_ref().map(|asked| SegmentAsk { asked, today: day }),
                    turns: &turns,
                    daily,
                    at,
                    day,
                };
                // Somebody else may have written since it was seen; then it is seen again.
                if store.fill_segment(tenant, fill)?.is_some() {
                    return Ok(());
                }
            }
        })
    }

    /// Whom a condition would hold of now, with a sample of so many.
    ///
    /// # Errors
    /// The condition is wrong: [`Error::InvalidCondition`].
    pub fn preview_segment(
        &self,
        tenant: TenantId,
        condition: &str,
        sample: usize,
    ) -> Result<SegmentPreview, Error> {
        let now = self.now();
        let program = self.program_in_force(tenant, now)?.1;
        let compiled = compiled("", condition, &program)?;
        let complete = self.follow_segments(tenant, PATIENCE)?;
        let ask = SegmentAsk {
            asked: &compiled.asked,
            today: program.zone.day(now).number(),
        };
        self.core().pool.with(|store| {
            let (members, of) = store.count_asked(tenant, ask)?;
            let sample = store.find_asked(tenant, ask, None, sample.min(100))?;
            Ok(SegmentPreview {
                members,
                of,
                sample,
                complete,
            })
        })
    }

    /// Brings segments up to what the log has and to today, for so long at most; whether that was enough.
    pub fn follow_segments(&self, tenant: TenantId, patience: Duration) -> Result<bool, Error> {
        let until = Instant::now() + patience;
        let now = self.now();
        self.core()
            .write(move |store| Ok(store.seal(tenant, now).map(drop)?))?;
        let (_, program) = self.program_in_force(tenant, now)?;
        self.core()
            .follow(tenant, &program, now, &|| Instant::now() < until)
    }

    /// Who is in a segment, by their ids.
    pub fn segment_members(
        &self,
        tenant: TenantId,
        id: &str,
        page: &PageAsk,
    ) -> Result<Page<SegmentMember>, Error> {
        let after: Option<MemberId> = page.cursor()?;
        let limit = page.limit();
        self.core().pool.with(|store| {
            there(store, tenant, id)?;
            let rows = store.segment_members(tenant, id, after, limit + 1)?;
            let page = Page::cut(rows, limit, |row| row.0.to_string());
            Ok(page.map(|(member, since)| SegmentMember { member, since }))
        })
    }

    /// Who came into a segment and who went, the oldest first.
    pub fn segment_moves(
        &self,
        tenant: TenantId,
        id: &str,
        page: &PageAsk,
    ) -> Result<Page<Moved>, Error> {
        let after = page.cursor()?.unwrap_or(0_i64);
        let limit = page.limit();
        self.core().pool.with(|store| {
            there(store, tenant, id)?;
            let rows = store.segment_moves(tenant, id, after, limit + 1)?;
            Page::cut(rows, limit, |row| row.no.to_string()).try_map(|row| {
                let event = match row.cause {
                    MoveCause::Event(seq) => {
                        let cursor = regulars_store::Cursor::After(seq.saturating_sub(1));
                        let logged = store.log(tenant, row.wallet, cursor, 1)?;
                        logged.first().map(|logged| {
                            let key = &logged.event.key;
                            (key.source.to_string(), key.external_id.to_string())
                        })
                    }
                    MoveCause::Day | MoveCause::Change | MoveCause::Score => None,
                };
                Ok(Moved {
                    no: row.no,
                    member: MemberId::from_bytes(*row.wallet.bytes()),
                    at: row.at,
                    entered: row.entered,
                    cause: row.cause,
                    event,
                })
            })
        })
    }

    /// How large a segment was at the end of each of the last so many days.
    pub fn segment_growth(
        &self,
        tenant: TenantId,
        id: &str,
        days: u16,
    ) -> Result<Vec<SegmentDay>, Error> {
        let now = self.now();
        let program = self.program_in_force(tenant, now)?.1;
        let today = program.zone.day(now).number();
        let from = today - i32::from(days.max(1)) + 1;
        let (size, moved) = self.core().pool.with(|store| {
            there(store, tenant, id)?;
            let size = store.segment_size(tenant, id)?;
            Ok((size, store.segment_growth(tenant, id, from)?))
        })?;
        let mut members = size;
        let mut grown: Vec<SegmentDay> = Vec::new();
        for number in (from..=today).rev() {
            let own = moved.iter().find(|own| own.day == number);
            let own = own.copied().unwrap_or_default();
            grown.push(SegmentDay {
                day: CivilDay::from_number(number),
                entered: own.entered,
                left: own.left,
                members,
            });
            members = members - own.entered + own.left;
        }
        grown.reverse();
        Ok(grown)
    }
}

/// What a condition may name: name, type, meaning.
pub fn segment_figures() -> Vec<(&'static str, &'static str, &'static str)> {
    documented_for_segments()
}

/// A condition, ready to be asked.
pub(crate) fn compiled(id: &str, condition: &str, program: &Program) -> Result<Compiled, Error> {
    Compiled::new(id, condition, program)
        .map_err(|faults| Error::InvalidCondition(findings(faults)))
}

/// A segment's condition, ready to be asked; nothing where the program cannot answer it any more.
pub(crate) fn condition_of(
    store: &mut dyn Store,
    tenant: TenantId,
    id: &str,
    program: &Program,
) -> Result<Option<Compiled>, Error> {
    let row = store.setting(tenant, SEGMENT, id)?;
    let kept: Option<Kept> = row.as_ref().map(read).transpose()?;
    Ok(kept.and_then(|kept| Compiled::new(id, &kept.condition, program).ok()))
}

/// What is wrong, as it is told.
pub(crate) fn findings(faults: Vec<SegmentFault>) -> Vec<Finding> {
    let each = faults.into_iter().map(|fault| Finding {
        error: true,
        line: fault.line,
        column: fault.column,
        message: fault.message,
        hint: fault.hint,
    });
    each.collect()
}

fn full(
    store: &mut dyn Store,
    tenant: TenantId,
    row: &Setting,
    program: &Program,
) -> Result<Segment, Error> {
    let kept: Kept = read(row)?;
    let wrong = Compiled::new(&row.id, &kept.condition, program).err();
    Ok(Segment {
        id: row.id.clone(),
        name: kept.name,
        condition: kept.condition,
        version: row.version,
        made_at: Timestamp::from_micros(kept.made_at_micros),
        changed_at: Timestamp::from_micros(kept.changed_at_micros),
        members: store.segment_size(tenant, &row.id)?,
        findings: findings(wrong.unwrap_or_default()),
    })
}

fn there(store: &mut dyn Store, tenant: TenantId, id: &str) -> Result<(), Error> {
    let row = store.setting(tenant, SEGMENT, id)?;
    row.map(drop).ok_or_else(|| Error::not_found("segment", id))
}

fn named(name: &str) -> Result<String, Error> {
    let name = name.trim();
    match (1..=NAME_MOST).contains(&name.chars().count()) {
        true => Ok(name.to_owned()),
        false => {
            let what = format!("must be 1 to {NAME_MOST} characters");
            Err(Error::invalid("/name", what))
        }
    }
}
