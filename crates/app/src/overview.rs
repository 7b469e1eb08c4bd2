//! The shop at a glance: members, who buys, what moved by month, and how far budgets have come.

use crate::catalogue::budgets_used;
use crate::{App, Error, MonthStatement};
use regulars_base::{CivilDay, TenantId, Timestamp};
use regulars_engine::Program;
use regulars_engine::program::Budget;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

/// Over how many days somebody who bought counts as active.
pub const ACTIVE_DAYS: i32 = 30;

/// So many months are shown, this one among them.
const MONTHS: usize = 13;

/// The shop at a glance.
#[derive(Clone, Debug)]
pub struct Overview {
    /// As of when sums were added up; members and budgets are as of now.
    pub as_of: Timestamp,
    /// Members, merged ones not counted.
    pub members: u64,
    /// How many bought something in the last [`ACTIVE_DAYS`] days.
    pub active: u64,
    /// The first of those days, in the merchant's calendar.
    pub active_since: CivilDay,
    /// And in as many days before those.
    pub active_before: u64,
    /// What moved, by month and kind of points, the oldest first.
    pub months: Vec<MonthStatement>,
    /// What all members draw on together.
    pub budgets: Vec<BudgetUsed>,
}

/// A budget or a stock, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetUsed {
    /// What it is.
    pub budget: Budget,
    /// The points that it counts, by their id; nothing where it counts how often.
    pub points: Option<(String, u8)>,
    /// How much of it is gone.
    pub used: i64,
}

/// For so long sums over the whole log are kept, in microseconds.
const KEPT: i64 = 60_000_000;

/// What is added up over the whole log.
#[derive(Clone, Debug)]
struct Sums {
    as_of: Timestamp,
    active: u64,
    active_since: CivilDay,
    active_before: u64,
    months: Vec<MonthStatement>,
}

/// The sums of each merchant, as they were last added up.
#[derive(Default)]
pub(crate) struct Sheets(Mutex<BTreeMap<TenantId, Arc<Sheet>>>);

/// The sums of a merchant. Whoever adds them up holds `turn`, so that nobody else does it meanwhile.
#[derive(Default)]
struct Sheet {
    turn: Mutex<()>,
    sums: Mutex<Option<Arc<Sums>>>,
}

impl Sheet {
    /// The sums, and whether they are so new that they need not be added up again.
    fn known(&self, now: Timestamp) -> (Option<Arc<Sums>>, bool) {
        let known = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let age = |sums: &Arc<Sums>| now.micros() - sums.as_of.micros();
        let is_new = known
            .as_ref()
            .is_some_and(|sums| (0..KEPT).contains(&age(sums)));
        (known.clone(), is_new)
    }

    /// The sums as they are kept, or as `add_up` makes them. While somebody else adds them up, the
    /// older ones are good enough.
    fn sums(
        &self,
        now: Timestamp,
        add_up: impl FnOnce() -> Result<Sums, Error>,
    ) -> Result<Arc<Sums>, Error> {
        let (known, is_new) = self.known(now);
        let _turn = match (known, is_new) {
            (Some(sums), true) => return Ok(sums),
            (Some(older), false) => match self.turn.try_lock() {
                Ok(turn) => turn,
                Err(TryLockError::WouldBlock) => return Ok(older),
                Err(TryLockError::Poisoned(turn)) => turn.into_inner(),
            },
            (None, _) => self.turn.lock().unwrap_or_else(PoisonError::into_inner),
        };
        // Whoever had to wait finds what the other made.
        if let (Some(sums), true) = self.known(now) {
            return Ok(sums);
        }
        let made = Arc::new(add_up()?);
        let mut kept = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(Arc::clone(&made));
        Ok(made)
    }
}

impl App {
    /// The shop as it is. Members and budgets are as of now. What is added up over the whole log is
    /// added up at most once a minute, by one caller at a time: `as_of` says when that was.
    pub fn overview(&self, tenant: TenantId) -> Result<Overview, Error> {
        let now = self.now();
        let (_, program) = self.program_in_force(tenant, now)?;
        let (members, budgets) = self.core().pool.with(|store| {
            Ok((
                store.counts(tenant)?.members,
                budgets_used(store, tenant, &program, now)?,
            ))
        })?;
        let sheet = {
            let sheets = &self.core().sheets.0;
            let mut sheets = sheets.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(sheets.entry(tenant).or_default())
        };
        let sums = sheet.sums(now, || self.add_up(tenant, &program, now))?;
        Ok(Overview {
            as_of: sums.as_of,
            members,
            active: sums.active,
            active_since: sums.active_since,
            active_before: sums.active_before,
            months: sums.months.clone(),
            budgets,
        })
    }

    fn add_up(&self, tenant: TenantId, program: &Program, now: Timestamp) -> Result<Sums, Error> {
        let today = program.zone.day(now);
        let day = |ago: i32| today.plus_days(1 - ago);
        let active_since = day(ACTIVE_DAYS);
        let from = program.zone.start_of(active_since);
        let before = program.zone.start_of(day(2 * ACTIVE_DAYS));
        let (active, active_before) = self.core().pool.with(|store| {
            Ok((
                store.active(tenant, from, Timestamp::LAST)?,
                store.active(tenant, before, from)?,
            ))
        })?;
        let mut months = self.statement(tenant)?;
        let kept: Vec<_> = {
            let mut all: Vec<_> = months.iter().map(|row| row.month).collect();
            all.dedup();
            all.into_iter().rev().take(MONTHS).collect()
        };
        months.retain(|row| kept.contains(&row.month));
        Ok(Sums {
            as_of: now,
            active,
            active_since,
            active_before,
            months,
        })
    }
}
