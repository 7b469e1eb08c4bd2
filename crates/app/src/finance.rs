//! What points mean in the books: what is owed and how old it is, how much of it will never be asked
//! for, what the program costs, which part of sales is still to be earned; and the books themselves,
//! closed period by period.

mod books;
mod overdue;
mod tables;

pub use books::{BooksLine, BooksPeriod};
pub use tables::FinanceDone;

use crate::statement::worth;
use crate::{App, Error, walk};
use regulars_base::{CivilDay, Currency, Name, Period, Rounding, TenantId, Timestamp, Zone};
use regulars_engine::event::Kind;
use regulars_engine::outcome::{Change, Verdict};
use regulars_engine::program::{Points, Program};
use regulars_ledger::{Cohort, Cohorts, Months};
use regulars_metrics::finance::breakage::{self, Breakage, Tail, Ultimate, additive, chain_ladder};
use regulars_metrics::finance::deferred_revenue::{recognised, split};
use regulars_metrics::finance::liability::{Liability, Open, liability};
use regulars_metrics::model::Refusal;
use std::collections::BTreeMap;

/// From how many days on open points are of an age of their own.
const AGES: [u32; 5] = [0, 31, 91, 181, 366];

/// The finances of a program.
#[derive(Clone, Debug)]
pub struct Finance {
    /// What became true before this moment is in it.
    pub as_of: Timestamp,
    /// The program's currency.
    pub currency: Currency,
    /// By kind of points, those that somebody ever had.
    pub points: Vec<PointsFinance>,
}

/// The finances of one kind of points.
#[derive(Clone, Debug)]
pub struct PointsFinance {
    /// The points' id in the program file.
    pub points: String,
    /// Decimals of figures in points.
    pub decimals: u8,
    /// Open points, available and pending, by age: what they will cost in minor units, after what is
    /// expected never to be redeemed. Nothing where the program does not say what points are worth.
    pub liability: Option<Liability>,
    /// The same without any breakage: what it would cost if all came at once.
    pub liability_in_full: Option<i64>,
    /// How many are open.
    pub open: i64,
    /// The estimate of what is never redeemed, or why there is none; then none is taken off.
    pub breakage: Result<Breakage, Refusal>,
    /// The share that the chain ladder takes for lost: a second opinion that nothing is booked by.
    pub second: Option<f64>,
    /// By month in which points came in, the oldest first.
    pub cohorts: Vec<IssueCohort>,
    /// What redemptions cost, in minor units, by month, the oldest first: redeemed points times what
    /// a point is worth.
    pub cost: Vec<(CivilDay, i64)>,
}

/// Points that came in in one month.
#[derive(Clone, Debug)]
pub struct IssueCohort {
    /// The month's first day.
    pub month: CivilDay,
    /// Points that came in, less what was taken back.
    pub issued: i64,
    /// Of those, redeemed so far.
    pub redeemed: i64,
    /// Of those, lapsed so far.
    pub expired: i64,
    /// Of those, still there.
    pub open: i64,
    /// What is expected of it; nothing where the estimate was refused or the month is not over.
    pub ultimate: Option<Ultimate>,
    /// Revenue of the month's sales that belongs to its points (IFRS 15); nothing where points have
    /// no worth, or nothing was sold.
    pub deferred: Option<Deferred>,
}

/// Revenue that was put off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deferred {
    /// What the month's purchases came to, in minor units.
    pub sales: i64,
    /// Of that, what belongs to points.
    pub deferred: i64,
    /// Of that, what was earned since, by redemption.
    pub recognised: i64,
}

impl Deferred {
    /// What is still to be earned.
    pub const fn balance(&self) -> i64 {
        self.deferred - self.recognised
    }
}

/// What a pass over the log finds.
struct Found {
    zone: Zone,
    as_of: Timestamp,
    cohorts: Cohorts,
    /// What purchases came to, in minor units, by month.
    sales: BTreeMap<i32, i64>,
}

impl App {
    /// The finances as they stand, or as they stood before the moment `as_of` by all that was
    /// recorded by now. It goes over the whole log: to be asked once a month, not once an order.
    ///
    /// Points that lapsed by then count as lapsed, whether or not the tick that books it has come yet.
    pub fn finance(&self, tenant: TenantId, as_of: Option<Timestamp>) -> Result<Finance, Error> {
        self.finance_told(tenant, as_of, &mut |_, _| true)
    }

    /// The same. `progress` is told how many rows of how many were gone over, and says whether to go on.
    pub(crate) fn finance_told(
        &self,
        tenant: TenantId,
        as_of: Option<Timestamp>,
        progress: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<Finance, Error> {
        let now = self.now();
        let (_, program) = self.program_in_force(tenant, now)?;
        let mut found = Found {
            zone: program.zone.clone(),
            as_of: as_of.unwrap_or(now),
            cohorts: Cohorts::new(),
            sales: BTreeMap::new(),
        };
        let mut wallet = None;
        let mut months = Months::default();
        let core = self.core();
        core.pool.with(|store| {
            let versions = core.versions.latest(tenant, store)?;
            let mut overdue = overdue::overdue(store, &versions, tenant, found.as_of)?;
            walk::each_event(store, tenant, progress, &mut |row| {
                if wallet != Some(row.wallet) {
                    if let Some(due) = wallet.and_then(|before| overdue.remove(&before)) {
                        found.take(&due, &mut months);
                    }
                    wallet = Some(row.wallet);
                    months = Months::default();
                }
                found.take(&row.outcome.changes, &mut months);
                if let Kind::Purchase(purchase) = &row.event.kind
                    && row.outcome.verdict == Verdict::Accepted
                    && purchase.currency == program.currency
                    && row.event.occurred_at < found.as_of
                {
                    let month = found.month(row.event.occurred_at);
                    let sales = found.sales.entry(month).or_default();
                    *sales = sales.saturating_add(purchase.total);
                }
            })?;
            if let Some(due) = wallet.and_then(|last| overdue.remove(&last)) {
                found.take(&due, &mut months);
            }
            Ok(())
        })?;
        Ok(found.finance(&program))
    }
}

impl Found {
    /// What became of points of one wallet.
    fn take(&mut self, changes: &[Change], months: &mut Months) {
        for change in changes {
            match change {
                Change::Posted(it) if it.effective_at < self.as_of => {
                    let month = self.month(it.effective_at);
                    months.post(it, month, &mut self.cohorts);
                }
                Change::Released { points, until } => months.release(*points, *until),
                Change::Redated { points, from, to } => months.redate(*points, *from, *to),
                _ => {}
            }
        }
    }

    fn month(&self, at: Timestamp) -> i32 {
        Period::Month.number(self.zone.day(at))
    }

    fn finance(self, program: &Program) -> Finance {
        let one = |points: &Points| {
            let own: Vec<(i32, Cohort)> = self
                .cohorts
                .iter()
                .filter(|((name, _), _)| *name == points.name)
                .map(|((_, month), cohort)| (*month, cohort.clone()))
                .collect();
            (!own.is_empty()).then(|| self.of(points, own))
        };
        Finance {
            as_of: self.as_of,
            currency: program.currency,
            points: program.points.iter().filter_map(one).collect(),
        }
    }

    fn of(&self, points: &Points, own: Vec<(i32, Cohort)>) -> PointsFinance {
        // Months that are over by then: of the others it is not known yet what they come to.
        let last_day = self
            .zone
            .day(Timestamp::from_micros(self.as_of.micros() - 1));
        let month = Period::Month.number(last_day);
        let is_over = self.zone.start_of(Period::Month.first_day(month + 1)) <= self.as_of;
        let over = if is_over { month } else { month - 1 };
        let triangle: Vec<breakage::Cohort> = own
            .iter()
            .filter(|(month, _)| *month <= over)
            .map(|(month, cohort)| row_of(*month, cohort, over))
            .collect();
        let lapses = own.iter().any(|(_, cohort)| cohort.expired > 0);
        let tail = if lapses { Tail::None } else { Tail::Decay };
        let breakage = additive(&triangle, tail);
        let second = chain_ladder(&triangle, tail).ok().and_then(|it| it.total);
        let ultimate = |at: usize| breakage.as_ref().ok()?.cohorts.get(at).copied();
        let cohorts: Vec<IssueCohort> = own
            .iter()
            .enumerate()
            .map(|(at, (month, cohort))| {
                let ultimate = ultimate(at);
                IssueCohort {
                    month: Period::Month.first_day(*month),
                    issued: cohort.issued,
                    redeemed: cohort.redeemed.values().sum(),
                    expired: cohort.expired,
                    open: cohort.open,
                    deferred: self.deferred(points, *month, cohort, ultimate),
                    ultimate,
                }
            })
            .collect();
        let mut redeemed: BTreeMap<i32, i64> = BTreeMap::new();
        for (month, amount) in own.iter().flat_map(|(_, cohort)| &cohort.redeemed) {
            *redeemed.entry(*month).or_default() += amount;
        }
        let cost = redeemed.into_iter().filter(|it| it.1 != 0);
        let cost = cost.filter_map(|(month, amount)| {
            Some((Period::Month.first_day(month), worth(points, amount)?))
        });
        let open: i64 = cohorts.iter().map(|it| it.open).sum();
        PointsFinance {
            points: points.id.clone(),
            decimals: points.decimals,
            liability: self.liability(points, &cohorts, last_day),
            liability_in_full: worth(points, open),
            open,
            breakage,
            second,
            cohorts,
            cost: cost.collect(),
        }
    }

    /// Open points by age, at what they are expected to cost. A month's points are as old as its
    /// last day is ago, so that none counts as older than it is.
    fn liability(
        &self,
        points: &Points,
        cohorts: &[IssueCohort],
        today: CivilDay,
    ) -> Option<Liability> {
        let worth = points.worth?;
        let unit = 10_i128.pow(points.decimals.min(18).into());
        let cost_micros = Rounding::HalfUp.divide_clamped(
            i128::from(worth.num()) * 1_000_000,
            i128::from(worth.den()) * unit,
        );
        let mut ages = AGES.map(|from_days| (from_days, 0_i64, 0.0_f64));
        for cohort in cohorts {
            let next = Period::Month.first_day(Period::Month.number(cohort.month) + 1);
            let days = today.number().saturating_sub(next.number() - 1).max(0);
            let place = AGES.partition_point(|from| i64::from(*from) <= i64::from(days));
            let age = &mut ages[place.saturating_sub(1)];
            age.1 = age.1.saturating_add(cohort.open.max(0));
            age.2 += cohort.to_come();
        }
        let open: Vec<Open> = ages
            .into_iter()
            .map(|(from_days, points, to_come)| {
                let never = if points > 0 {
                    (1.0 - to_come / points as f64).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                Open {
                    from_days,
                    points,
                    breakage_millionths: (never * 1e6).round() as u32,
                }
            })
            .collect();
        liability(&open, cost_micros)
    }

    fn deferred(
        &self,
        points: &Points,
        month: i32,
        cohort: &Cohort,
        ultimate: Option<Ultimate>,
    ) -> Option<Deferred> {
        let sales = self.sales.get(&month).copied().filter(|sales| *sales > 0)?;
        let redeemed: i64 = cohort.redeemed.values().sum();
        let expected = ultimate.map_or(cohort.issued - cohort.expired, |it| {
            it.ultimate.round() as i64
        });
        let alone = worth(points, expected.max(redeemed).max(0))?;
        let parts = split(sales, sales.into(), alone.into())?;
        Some(Deferred {
            sales,
            deferred: parts.points_minor,
            recognised: recognised(
                parts.points_minor,
                redeemed.max(0),
                expected.max(redeemed).max(0),
            )?,
        })
    }
}

impl IssueCohort {
    /// How many of the open points are expected to be redeemed yet.
    fn to_come(&self) -> f64 {
        let open = self.open.max(0) as f64;
        match self.ultimate {
            Some(it) => (it.ultimate - it.redeemed as f64).clamp(0.0, open),
            None => open,
        }
    }
}

/// A cohort as breakage is estimated from: what was redeemed by the end of each month since.
fn row_of(month: i32, cohort: &Cohort, over: i32) -> breakage::Cohort {
    let mut sum = 0;
    let redeemed: Vec<i64> = (month..=over)
        .map(|at| {
            sum += cohort.redeemed.get(&at).copied().unwrap_or_default();
            sum
        })
        .collect();
    let since: i64 = cohort.redeemed.range(over + 1..).map(|(_, it)| it).sum();
    // What was given back since can take more away than came in.
    let since = since.clamp(0, (cohort.issued - sum).max(0));
    breakage::Cohort {
        issued: cohort.issued,
        expired: cohort.expired.min(cohort.issued - sum - since).max(0),
        redeemed,
        since,
    }
}

/// A kind of points by its name, in what is worked out.
pub(crate) fn decimals_of(program: &Program, points: Name) -> Option<(&str, u8)> {
    let money = program.money.accounts().map(|(_, terms)| terms);
    let mut all = program.points.iter().chain(money);
    let found = all.find(|own| own.name == points)?;
    Some((&found.id, found.decimals))
}
