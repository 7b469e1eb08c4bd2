//! Two members who were taken for one person are two after all.
//!
//! *Cy and Cyril were merged by mistake. What came with Cyril and is still there goes back to him, lot by
//! lot and with its dates, and so do his identities, his orders, his progress and his free rewards;
//! nothing that was written is changed. What was spent since was spent.*

use crate::draft::Draft;
use crate::event::{Event, Kind, Unmerge, Unmerged};
use crate::follow::tell;
use crate::outcome::{Change, Note, Refusal};
use crate::stage::merge::move_points;
use crate::stage::tier;
use crate::state::{Merged, Paid, Progress, Wallet};
use regulars_base::Timestamp;
use regulars_ledger::Account;

/// A merge is undone: what is left of what came goes out.
pub(crate) fn part(draft: &mut Draft<'_>, event: &Event, asked: &Unmerge) -> Result<(), Refusal> {
    let mut known = draft.state.wallet.merges.iter().rev();
    let merged = known.find(|own| own.member == asked.member).cloned();
    let merged = merged.ok_or(Refusal::NotMerged)?;
    if days_after(draft, &merged, Merged::DAYS) <= draft.now {
        return Err(Refusal::UnmergeTooLate);
    }
    draft.take(Change::MergeForgotten(merged.member));
    let mut luggage = Unmerged {
        from: draft.state.owner.unwrap_or(merged.member),
        lots: Vec::new(),
        progress: Vec::new(),
        vouchers: Vec::new(),
        gifted: merged.gifted.clone(),
    };
    for lot in &merged.lots {
        let amount = there(&draft.state.wallet, lot).min(lot.amount);
        if amount > 0 {
            let lot = Paid { amount, ..*lot };
            let now = draft.now;
            move_points(draft, lot, Account::Wallet, Account::Transit, now);
            luggage.lots.push(lot);
            let points = lot.points;
            draft.note(Note::PartedOut { points, amount });
        }
    }
    for progress in &merged.progress {
        let Progress { metric, day, .. } = *progress;
        let now = draft.state.wallet.progress_between(metric, day, day);
        let amount = progress.amount.min(now);
        if amount > 0 {
            let by = -amount;
            draft.take(Change::Progressed { metric, day, by });
            luggage.progress.push(Progress {
                amount,
                ..*progress
            });
        }
    }
    for voucher in &merged.vouchers {
        if draft.state.wallet.vouchers.contains(voucher) {
            draft.take(Change::VoucherGone(*voucher));
            luggage.vouchers.push(*voucher);
        }
    }
    if merged.orders > 0 {
        draft.take(Change::OrdersJoined(-merged.orders));
    }
    tier::review(draft);
    let kind = Kind::Unmerged(Box::new(luggage));
    tell(draft, event, "parted", merged.member, kind);
    Ok(())
}

/// So many days after a merge.
fn days_after(draft: &Draft<'_>, merged: &Merged, days: i32) -> Timestamp {
    let zone = &draft.program.zone;
    zone.same_time_on(zone.day(merged.at).plus_days(days), merged.at)
}

/// How many points of a lot are there; none that are needed for what is owed.
fn there(wallet: &Wallet, lot: &Paid) -> i64 {
    let book = wallet.book(lot.points).filter(|book| book.debt == 0);
    let lots = book.map_or(&[][..], |book| &book.lots);
    let own = lots.iter().find(|own| own.dates == lot.dates);
    own.map_or(0, |own| own.points)
}

/// What was the member's comes back. Their tier is what their figures give.
pub(crate) fn come_back(draft: &mut Draft<'_>, luggage: &Unmerged) {
    draft.note(Note::Parted { from: luggage.from });
    let now = draft.now;
    for lot in &luggage.lots {
        draft.issue(lot.points, Account::Transit, lot.amount, lot.dates, now);
        draft.note(Note::PartedIn {
            points: lot.points,
            amount: lot.amount,
        });
    }
    for progress in &luggage.progress {
        let (metric, day, by) = (progress.metric, progress.day, progress.amount);
        draft.take(Change::Progressed { metric, day, by });
    }
    for voucher in &luggage.vouchers {
        draft.take(Change::VoucherIssued(*voucher));
    }
    for name in &luggage.gifted {
        if !draft.state.wallet.standing().gifted.contains(name) {
            draft.take(Change::TierGifted(*name));
        }
    }
}

/// Remembers what came with a member who is merged, so that they can be parted again.
pub(crate) fn remember(draft: &mut Draft<'_>, merged: Merged) {
    draft.take(Change::MergeKept(Box::new(merged)));
}

/// Forgets merges that can be undone no more, some time after: until then it is said why.
pub(crate) fn forget(draft: &mut Draft<'_>) {
    let merges = draft.state.wallet.merges.clone();
    for merged in merges {
        if days_after(draft, &merged, 2 * Merged::DAYS) <= draft.now {
            draft.take(Change::MergeForgotten(merged.member));
        }
    }
}
