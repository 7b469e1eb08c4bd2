//! A program over an order file, without a database: the same rows, the same engine, the same
//! totals as an import of the file.

use crate::app::soon;
use crate::{Error, ImportOptions, ImportProgress};
use regulars_base::CivilDay;
use std::collections::BTreeMap;

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Backtest {
    /// The candidate: the text of a program file.
    pub program: String,
    /// What it is compared with: the text of another program file.
    pub against: Option<String>,
    /// The orders.
    pub orders: ImportOptions,
    /// On how many threads; 0 for as many as the machine has.
    pub threads: usize,
    /// Run on to the end of this day, so that points lapse; to the last order, if nothing.
    pub until: Option<CivilDay>,
    /// How many of the largest differences between members are kept.
    pub differences: usize,
}

/// What a run of one program came to, and of the other if there were two.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BacktestReport {
    /// Rows read.
    pub rows: u64,
    /// Orders and refunds decided.
    pub events: u64,
    /// Rows that could not be taken.
    pub rejected: u64,
    /// Customers.
    pub members: u64,
    /// By month and kind of points.
    pub months: Vec<BacktestMonth>,
    /// Members in each tier at the end, by id.
    pub tiers: BTreeMap<String, u64>,
    /// The same for the program it is compared with.
    pub against: Option<Box<BacktestReport>>,
    /// The largest differences between the two, largest first.
    pub differences: Vec<MemberDifference>,
    /// Seconds it took, reading included.
    pub seconds: f64,
}

/// One month of one kind of points. Amounts are in the points' smallest unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BacktestMonth {
    /// The first day of the month, in the merchant's calendar.
    pub month: CivilDay,
    /// The points' id in the program file.
    pub points: String,
    /// Decimals of the figures.
    pub decimals: u8,
    /// Earned, less what refunds took back.
    pub issued: i64,
    /// Spent.
    pub redeemed: i64,
    /// Lapsed.
    pub expired: i64,
    /// What wallets hold at the end of the month.
    pub closing: i64,
    /// What that is worth, in minor units of the program's currency, if the program says.
    pub liability: Option<i64>,
    /// What was issued is worth, in minor units, if the program says.
    pub cost: Option<i64>,
}

/// What a member would have with the one program and with the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberDifference {
    /// The customer, as the file names them.
    pub customer: String,
    /// The points' id.
    pub points: String,
    /// Earned in all under the program it is compared with.
    pub against: i64,
    /// Earned in all under the candidate.
    pub candidate: i64,
}

/// Runs a program over an order file.
pub fn backtest(
    _ask: &Backtest,
    _progress: &mut dyn FnMut(ImportProgress) -> bool,
) -> Result<BacktestReport, Error> {
    soon()
}
