//! Points that go over between a group and its people: through an account in between, lot by lot, with
//! the dates that they have.

use crate::draft::Draft;
use crate::stage::merge::move_points;
use crate::stage::transfer::pay;
use crate::state::Paid;
use regulars_base::Name;
use regulars_ledger::{Account, SpendOrder};

/// Takes all points out of the wallet, those that are not free yet too. Where something is owed it
/// stays, and so do the points that will pay for it.
pub(super) fn all(draft: &mut Draft<'_>) -> Vec<Paid> {
    let mut lots = Vec::new();
    for book in &draft.state.wallet.books {
        let paid = |lot: &regulars_ledger::Lot| Paid {
            points: book.points,
            dates: lot.dates,
            amount: lot.points,
        };
        if book.debt == 0 {
            lots.extend(book.lots.iter().map(paid));
        }
    }
    let now = draft.now;
    for lot in &lots {
        move_points(draft, *lot, Account::Wallet, Account::Transit, now);
    }
    lots
}

/// Takes so many free points out of the wallet, those that lapse soonest first.
pub(super) fn some(draft: &mut Draft<'_>, points: Name, amount: i64) -> Vec<Paid> {
    pay(
        draft,
        points,
        SpendOrder::SoonestExpiry,
        (Account::Transit, amount),
    )
}

/// Puts points into the wallet that are on their way.
pub(super) fn take_in(draft: &mut Draft<'_>, lots: &[Paid]) {
    let now = draft.now;
    for lot in lots {
        draft.issue(lot.points, Account::Transit, lot.amount, lot.dates, now);
    }
}

/// How many of each kind.
pub(super) fn sums(lots: &[Paid]) -> Vec<(Name, i64)> {
    let mut sums: Vec<(Name, i64)> = Vec::new();
    for lot in lots {
        match sums.iter_mut().find(|(points, _)| *points == lot.points) {
            Some((_, sum)) => *sum += lot.amount,
            None => sums.push((lot.points, lot.amount)),
        }
    }
    sums
}
