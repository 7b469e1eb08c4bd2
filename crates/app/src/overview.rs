//! The shop at a glance: members, who buys, what moved by month, and how far budgets have come.

use crate::{App, Error, MonthStatement};
use regulars_base::{Almanac, TenantId, Timestamp};
use regulars_engine::program::{Budget, Limited, budgets};

/// Over how many days somebody who bought counts as active.
pub const ACTIVE_DAYS: i32 = 30;

/// So many months are shown, this one among them.
const MONTHS: usize = 13;

/// The shop at a glance.
#[derive(Clone, Debug)]
pub struct Overview {
    /// As of when.
    pub as_of: Timestamp,
    /// Members, merged ones not counted.
    pub members: u64,
    /// How many bought something in the last [`ACTIVE_DAYS`] days.
    pub active: u64,
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

impl App {
    /// The shop as it is now. It adds up everything there is: to be looked at, not to be asked by
    /// every till.
    pub fn overview(&self, tenant: TenantId) -> Result<Overview, Error> {
        let now = self.now();
        let (_, program) = self.program_in_force(tenant, now)?;
        let today = program.zone.day(now);
        let days = |ago: i32| program.zone.start_of(today.plus_days(1 - ago));
        let (from, before) = (days(ACTIVE_DAYS), days(2 * ACTIVE_DAYS));
        let budgets = budgets(&program, &Almanac::of(today));
        let keys: Vec<_> = budgets.iter().map(|budget| budget.key).collect();
        let (members, active, active_before, used) = self.core().pool.with(|store| {
            Ok((
                store.counts(tenant)?.members,
                store.active(tenant, from, Timestamp::LAST)?,
                store.active(tenant, before, from)?,
                store.shared(tenant, &keys)?,
            ))
        })?;
        let used = budgets.into_iter().zip(used).map(|(budget, used)| {
            let points = match budget.what {
                Limited::Times => None,
                Limited::Points(at) => program.points.get(usize::from(at)),
            };
            BudgetUsed {
                points: points.map(|points| (points.id.clone(), points.decimals)),
                budget,
                used,
            }
        });
        let mut months = self.statement(tenant)?;
        let kept: Vec<_> = {
            let mut all: Vec<_> = months.iter().map(|row| row.month).collect();
            all.dedup();
            all.into_iter().rev().take(MONTHS).collect()
        };
        months.retain(|row| kept.contains(&row.month));
        Ok(Overview {
            as_of: now,
            members,
            active,
            active_before,
            months,
            budgets: used.collect(),
        })
    }
}
