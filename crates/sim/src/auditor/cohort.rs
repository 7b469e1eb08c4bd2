//! Points by the month in which they came in: each month's points are redeemed, lapsed or there, and
//! what is there is what the wallet holds.

use super::{Auditor, Books};
use regulars_base::{MemberId, Name};
use regulars_engine::outcome::Change;
use regulars_engine::state::Wallet;
use regulars_ledger::{Cohorts, Months};

/// Thirty days, which is month enough here.
const MONTH_MICROS: i64 = 30 * 86_400_000_000;

/// The points of one wallet by month.
#[derive(Clone, Debug, Default)]
pub(super) struct Issue {
    months: Months,
    cohorts: Cohorts,
}

impl Auditor {
    /// Writes down what a change does to points of each month.
    pub(super) fn issue(books: &mut Books, change: &Change) {
        let Issue { months, cohorts } = &mut books.issue;
        match change {
            Change::Posted(it) => {
                let month = it.effective_at.micros().div_euclid(MONTH_MICROS);
                months.post(it, i32::try_from(month).unwrap_or(i32::MAX), cohorts);
            }
            Change::Released { points, until } => months.release(*points, *until),
            Change::Redated { points, from, to } => months.redate(*points, *from, *to),
            _ => {}
        }
    }

    /// Months foot, and what they have open is what the wallet holds.
    pub(super) fn issued(&mut self, member: MemberId, wallet: &Wallet) {
        let Some(books) = self.wallets.get(&member) else {
            return;
        };
        let cohorts = &books.issue.cohorts;
        for ((points, month), it) in cohorts {
            let redeemed: i64 = it.redeemed.values().sum();
            if it.issued != redeemed + it.expired + it.open || it.open < 0 || redeemed < 0 {
                self.faults.push(format!(
                    "{member}: {points:?} of month {month} do not foot: {it:?}"
                ));
            }
        }
        for book in &wallet.books {
            let holds: i64 = book.lots.iter().map(|lot| lot.points).sum::<i64>() + book.held;
            let own = |((points, _), _): &(&(Name, i32), _)| *points == book.points;
            let open: i64 = cohorts.iter().filter(own).map(|(_, it)| it.open).sum();
            if holds != open {
                self.faults.push(format!(
                    "{member}: {open} of {:?} are open by month, the wallet holds {holds}",
                    book.points
                ));
            }
        }
    }
}
