//! A program tried before it is published: over a file that somebody brought, over what the shop's own
//! log says was bought, or over sample orders. Nothing is written.

use crate::backtest::over;
use crate::programs::compiled;
use crate::scratch::Scratch;
use crate::{App, Backtest, BacktestReport, Error, ImportFile, ImportOptions, backtest};
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_engine::event::{Incoming, Kind, Purchase, Who};
use regulars_engine::outcome::Verdict;
use regulars_sim::shopper;
use std::fmt::Write as _;

/// What a program is tried on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrialOrders {
    /// A file, as text: CSV or NDJSON.
    File(String),
    /// What the shop's members bought, brought back, did and redeemed, up to [`SHOP_MOST`] events, the
    /// newest.
    Shop,
    /// What [`SAMPLE_MEMBERS`] customers of a café buy in a year, with baskets of so many minor units on
    /// average.
    Sample {
        /// An average basket, in minor units of the program's currency.
        basket: i64,
    },
}

/// A program to be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The text of the program file.
    pub program: String,
    /// What it is compared with.
    pub against: Option<String>,
    /// On what.
    pub orders: TrialOrders,
    /// Which column of a file is which field, beyond what is guessed: `customer=household_id`.
    pub columns: Vec<String>,
}

/// What a trial came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// The figures.
    pub report: BacktestReport,
    /// The first rows of a file that could not be taken, with the reason.
    pub rejects: Vec<String>,
}

/// So many events of a shop are gone over at most.
pub const SHOP_MOST: usize = 500_000;

/// So many customers have sample orders.
pub const SAMPLE_MEMBERS: u32 = 200;

/// For so many days.
const SAMPLE_DAYS: i32 = 365;

/// The seed of sample orders: everybody sees the same.
const SEED: u64 = 7;

/// So many rejects are shown.
const REJECTS_MOST: usize = 10;

/// So many members are shown who would have more or less.
const DIFFERENCES: usize = 20;

impl App {
    /// Tries a program on orders: month by month what is issued, redeemed, lapses and is owed, tiers, and
    /// the difference to another program.
    pub fn try_program(&self, tenant: TenantId, ask: &Trial) -> Result<Tried, Error> {
        match &ask.orders {
            TrialOrders::Shop => {
                let mut programs = vec![compiled(&ask.program)?];
                programs.extend(ask.against.as_deref().map(compiled).transpose()?);
                let events = self.what_happened(tenant)?;
                let report = over(&events, &programs, DIFFERENCES);
                let rejects = Vec::new();
                Ok(Tried { report, rejects })
            }
            TrialOrders::File(text) => on_file(ask, text),
            TrialOrders::Sample { basket } => {
                let program = compiled(&ask.program)?;
                on_file(
                    ask,
                    &sample_orders(
                        program.currency.code(),
                        program.currency.exponent(),
                        *basket,
                        self.now(),
                    ),
                )
            }
        }
    }

    /// What members did that a program answers to, in the order of time.
    pub(crate) fn what_happened(&self, tenant: TenantId) -> Result<Vec<Incoming>, Error> {
        self.core().pool.with(|store| {
            let mut events = Vec::new();
            store.each_event(tenant, &mut |row| {
                let counts = matches!(
                    row.event.kind,
                    Kind::Enrolment
                        | Kind::Purchase(_)
                        | Kind::Refund(_)
                        | Kind::Activity(_)
                        | Kind::RewardRequest(_)
                        | Kind::RewardCommit(_)
                        | Kind::RewardCancel(_)
                );
                if counts && row.outcome.verdict == Verdict::Accepted {
                    events.push(of(row.member, row.event));
                }
                Ok(())
            })?;
            events.sort_by_key(|it: &Incoming| it.event.occurred_at);
            if events.len() > SHOP_MOST {
                events.drain(..events.len() - SHOP_MOST);
            }
            Ok(events)
        })
    }
}

fn of(member: MemberId, event: regulars_engine::event::Event) -> Incoming {
    Incoming {
        who: Who::Member(member),
        event,
    }
}

fn on_file(ask: &Trial, text: &str) -> Result<Tried, Error> {
    if text.trim().is_empty() {
        return Err(Error::invalid(
            "/orders",
            "is empty; bring a file with rows",
        ));
    }
    let name = match text.trim_start().starts_with('{') {
        true => "orders.ndjson",
        false => "orders.csv",
    };
    let folder = Scratch::new("regulars-trial")?;
    let orders = ImportOptions {
        file: folder.write(name, text)?,
        holds: ImportFile::Orders,
        columns: ask.columns.clone(),
        unsorted: true,
        ..ImportOptions::default()
    };
    let test = Backtest {
        program: ask.program.clone(),
        against: ask.against.clone(),
        orders: orders.clone(),
        threads: 1,
        until: None,
        differences: DIFFERENCES,
        assumptions: None,
        joining: None,
    };
    // What is wrong with a file that somebody brought is theirs to mend.
    let theirs = |error| match error {
        Error::File { why, .. } => Error::invalid("/orders", why),
        other => other,
    };
    let report = backtest(&test, &mut |_| true).map_err(theirs)?;
    let rejects = match report.rejected {
        0 => Vec::new(),
        _ => crate::backtest::rejects(&orders, &ask.program, REJECTS_MOST).map_err(theirs)?,
    };
    Ok(Tried { report, rejects })
}

/// A year of orders up to `now`, as a CSV file.
pub(crate) fn sample_orders(currency: &str, exponent: u8, basket: i64, now: Timestamp) -> String {
    let end = regulars_base::Zone::UTC.day(now);
    let all = shopper::demo(
        SEED,
        SAMPLE_MEMBERS,
        end.plus_days(-SAMPLE_DAYS),
        SAMPLE_DAYS,
    );
    let bought: Vec<(String, Timestamp, Box<Purchase>)> = all
        .filter_map(|it| match (it.who, it.event.kind) {
            (Who::Identity { value, .. }, Kind::Purchase(bought)) => {
                Some((value.to_string(), it.event.occurred_at, bought))
            }
            _ => None,
        })
        .collect();
    let total: i128 = bought.iter().map(|it| i128::from(it.2.total)).sum();
    let orders = i128::try_from(bought.len()).unwrap_or(1).max(1);
    let scaled = |amount: i64| {
        let scaled = i128::from(amount) * i128::from(basket.max(1)) * orders / total.max(1);
        i64::try_from(scaled.max(1)).unwrap_or(i64::MAX)
    };
    let mut text = String::from("order,customer,date,category,quantity,amount,currency\n");
    for (customer, at, purchase) in &bought {
        for line in &purchase.lines {
            let quantity = line.quantity / 1000;
            let amount = regulars_engine::program::words::number(exponent, scaled(line.amount));
            let order = &purchase.order;
            let category = &line.category;
            // Writing to a text cannot fail.
            let _ = writeln!(
                text,
                "{order},{customer},{at},{category},{quantity},{amount},{currency}"
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_baskets_are_on_average_what_was_asked_for() {
        let at = "2026-03-01T00:00:00Z".parse().expect("is a moment");
        let text = sample_orders("EUR", 2, 2500, at);
        let mut orders = std::collections::BTreeSet::new();
        let mut sum = 0.0;
        for row in text.lines().skip(1) {
            let cells: Vec<&str> = row.split(',').collect();
            orders.insert(cells[0].to_owned());
            sum += cells[5].parse::<f64>().expect("is a number");
        }
        let mean = sum / orders.len() as f64;
        assert!(orders.len() > 1000 && (mean - 25.0).abs() < 0.5, "{mean}");
    }
}
