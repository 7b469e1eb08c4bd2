//! The statement: by month, opening + issued - redeemed - expired ± adjusted = closing.

use crate::app::soon;
use crate::{App, Error};
use regulars_base::{CivilDay, TenantId};
use regulars_ledger::Statement;

/// One month of one kind of points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthStatement {
    /// The first day of the month, in the merchant's calendar.
    pub month: CivilDay,
    /// The points' id in the program file.
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

impl App {
    /// By month and kind of points, from the first that moved to the one of today. A month
    /// counts what became true in it, whenever it was written down.
    pub fn statement(&self, _tenant: TenantId) -> Result<Vec<MonthStatement>, Error> {
        soon()
    }
}
