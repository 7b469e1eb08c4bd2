//! The statement: by month, opening + issued - redeemed - expired ± adjusted = closing.

use crate::{App, Error};
use regulars_base::{CivilDay, Period, Rounding, TenantId, Timestamp};
use regulars_engine::Program;
use regulars_engine::program::Points;
use regulars_ledger::{Dates, Posting, Statement};
use regulars_store::Moved;

/// One month of one kind of points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthStatement {
    /// The first day of the month, in the merchant's calendar.
    pub month: CivilDay,
    /// The points' id in the program file; `store credit EUR` or `gift card EUR` for money.
    pub points: String,
    /// Decimals of the figures.
    pub decimals: u8,
    /// What moved; `statement.closing()` is what wallets hold at the month's end.
    pub statement: Statement,
    /// What the closing balance is worth, in minor units of the program's currency; nothing if
    /// the program states no worth.
    pub liability: Option<i64>,
    /// The program's currency.
    pub currency: String,
}

/// Months before this one are summed up in the first.
const FIRST_MONTH: (i16, i8) = (1990, 1);

impl App {
    /// By month and kind of points (then money account), from the first that moved to the one of today. A month
    /// counts what became true in it, whenever it was written down.
    pub fn statement(&self, tenant: TenantId) -> Result<Vec<MonthStatement>, Error> {
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let zone = &program.zone;
        let first = Period::Month.number(CivilDay::of(FIRST_MONTH.0, FIRST_MONTH.1, 1));
        let last = Period::Month.number(zone.day(self.now()));
        let months: Vec<CivilDay> = (first..=last)
            .map(|number| Period::Month.first_day(number))
            .collect();
        let starts: Vec<Timestamp> = months.iter().map(|day| zone.start_of(*day)).collect();
        let moved = self
            .core()
            .pool
            .with(|store| Ok(store.moved(tenant, &starts)?))?;
        Ok(statement(&program, &months, &moved))
    }
}

/// Sums by stretch, put into months.
fn statement(program: &Program, months: &[CivilDay], moved: &[Moved]) -> Vec<MonthStatement> {
    let mut rows = Vec::new();
    let money = program.money.accounts().map(|(_, terms)| terms);
    for points in program.points.iter().chain(money) {
        let of_these = || moved.iter().filter(|row| row.points == points.name);
        let Some(first) = of_these().map(|row| row.stretch.saturating_sub(1)).min() else {
            continue;
        };
        let mut opening = 0;
        for (at, month) in months.iter().enumerate().skip(first) {
            let mut statement = Statement {
                opening,
                ..Statement::default()
            };
            let this = |row: &&Moved| row.stretch.saturating_sub(1) == at;
            for row in of_these().filter(this) {
                statement.add(&posting(row));
            }
            opening = statement.closing();
            rows.push(MonthStatement {
                month: *month,
                points: points.id.clone(),
                decimals: points.decimals,
                liability: worth(points, opening),
                statement,
                currency: program.currency.to_string(),
            });
        }
    }
    rows.sort_by_key(|row| row.month);
    rows
}

/// A sum of postings as one.
fn posting(row: &Moved) -> Posting {
    Posting {
        points: row.points,
        from: row.from,
        to: row.to,
        amount: row.amount,
        dates: Dates::OPEN,
        effective_at: Timestamp::FIRST,
    }
}

/// What points are worth, in minor units of the program's currency; nothing if it does not say.
pub(crate) fn worth(points: &Points, amount: i64) -> Option<i64> {
    let worth = points.worth?;
    let unit = i128::from(10_i64.pow(points.decimals.min(18).into()));
    let num = i128::from(amount) * i128::from(worth.num());
    Some(Rounding::HalfUp.divide_clamped(num, i128::from(worth.den()) * unit))
}
