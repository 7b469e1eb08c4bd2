//! What falls due by itself: points lapse and become free, holds and vouchers and cards end, stamps
//! fall out of their windows, plans renew and end, tiers are looked at again.
//!
//! *A member earned 120 beans in March that live for a year. In April of the next year somebody
//! asks for the balance, or the member buys, or nothing happens at all and the clock ticks: in each
//! case the books say that 120 beans lapsed at the end of March.*

use crate::draft::Draft;
use crate::due::{due_by_time, inactive_at};
use crate::outcome::{Change, Note};
use crate::stage::{
    activity, card, coupon, games, group, membership, moderate, money, partner, partner_award,
    perk, redeem, referral, staff, tier, unmerge, yearly,
};
use crate::state::{Counter, Redemption};
use regulars_base::{Almanac, Name, Period, Text, Timestamp};
use regulars_ledger::SpendOrder;

/// Does all that was due until now, in the order of time; then sets the wallet's clock.
pub(crate) fn catch_up(draft: &mut Draft<'_>) {
    let (before, now) = (draft.state.wallet.clock, draft.now);
    while let Some(at) = due_by_time(draft.program, &draft.state.wallet) {
        if at > draft.now {
            break;
        }
        let at = at.max(draft.state.wallet.clock);
        release(draft, at);
        happen(draft, at);
        perk::run_at(draft, at);
    }
    release(draft, draft.now);
    if before < now {
        if draft.state.wallet.clock < now {
            draft.take(Change::ClockMoved(now));
        }
        forget(draft, before);
    }
}

/// Sets the wallet's clock, and does nothing of what was due.
pub(crate) fn arrive(draft: &mut Draft<'_>) {
    release(draft, draft.now);
    if draft.state.wallet.clock < draft.now {
        draft.take(Change::ClockMoved(draft.now));
    }
}

/// One moment's work. Each part removes what made it due, so the loop above ends.
fn happen(draft: &mut Draft<'_>, at: Timestamp) {
    expire_points(draft, at);
    for id in redeem::holds_ended(&draft.state.wallet, at) {
        redeem::give_back_hold(draft, &id, at);
    }
    money::holds_end(draft, at);
    end_vouchers_and_cards(draft, at);
    perk::end_access(draft, at);
    membership::fall_due(draft, at);
    moderate::lapse(draft, at);
    if draft.state.wallet.referral.is_some() {
        referral::give_held(draft, at);
    }
    tier::review_end(draft, at);
    yearly::happen(draft, at);
}

fn expire_points(draft: &mut Draft<'_>, at: Timestamp) {
    for place in 0..draft.state.wallet.books.len() {
        let points = draft.state.wallet.books[place].points;
        let first = draft.out.changes.len();
        draft.post(points, |book, out| book.expire(at, out));
        if inactive_at(draft.program, &draft.state.wallet, points).is_some_and(|then| then <= at) {
            draft.post(points, |book, out| book.expire_all(at, out));
        }
        tell_lapsed(draft, points, first);
    }
}

/// Says what of these points lapsed, and books it with whoever funded them: the changes from place
/// `first` on.
pub(crate) fn tell_lapsed(draft: &mut Draft<'_>, points: Name, first: usize) {
    for change in first..draft.out.changes.len() {
        if let Change::Posted(posting) = &draft.out.changes[change] {
            let (amount, at) = (posting.amount, posting.effective_at);
            let posting = *posting;
            draft.note(Note::Expired { points, amount, at });
            partner::lapsed(draft, &posting);
        }
    }
}

fn release(draft: &mut Draft<'_>, until: Timestamp) {
    for place in 0..draft.state.wallet.books.len() {
        let book = &draft.state.wallet.books[place];
        if !book.has_released(until) {
            continue;
        }
        let rule = draft.program.points_named(book.points);
        // Where the oldest are spent first, lots keep their dates: that is their age.
        if rule.is_none_or(|rule| rule.spend_order != SpendOrder::OldestFirst) {
            let released = |at: Timestamp| at > Timestamp::FIRST && at <= until;
            let amount = book
                .lots
                .iter()
                .filter(|lot| released(lot.dates.available_at))
                .map(|lot| lot.points)
                .sum();
            let points = book.points;
            draft.note(Note::Released { points, amount });
            draft.take(Change::Released { points, until });
        }
    }
}

fn end_vouchers_and_cards(draft: &mut Draft<'_>, at: Timestamp) {
    while let Some(voucher) = draft
        .state
        .wallet
        .vouchers
        .iter()
        .find(|held| held.expires_at <= at)
        .copied()
    {
        if perk::lapse(draft, voucher, at) {
            continue;
        }
        draft.note(Note::VoucherExpired {
            reward: voucher.reward,
        });
        draft.take(Change::VoucherGone(voucher));
        perk::remember(draft, voucher);
    }
    while let Some(held) = draft
        .state
        .wallet
        .cards
        .iter()
        .find(|held| held.expires_at <= at)
        .copied()
    {
        draft.note(Note::CardExpired {
            card: held.card,
            stamps: held.stamps,
        });
        draft.take(Change::CardEnded { card: held.card });
        card::void(draft, held.card);
    }
    card::lapse(draft, at);
}

/// Once a month the wallet forgets what no rule can ask for any more, so that it stays small.
fn forget(draft: &mut Draft<'_>, before: Timestamp) {
    let Some(turned_at) = turn_of_month(before, draft.now) else {
        return;
    };
    let memory = &draft.program.memory;
    // As of the turn, however late the wallet moves.
    let turned = draft.program.zone.day(turned_at);
    let before_day = memory.known_from(turned).unwrap_or(i32::MIN);
    let mut period_of = memory.periods();
    let over = |counter: &&Counter| {
        let every = period_of(counter.limit);
        counter.period != 0
            && every.is_none_or(|every| counter.period < oldest_kept(every, &draft.today))
    };
    let ended = draft.state.wallet.counters.iter().filter(over);
    let limits: Vec<(Name, i32)> = ended
        .map(|counter| (counter.limit, counter.period))
        .collect();
    let joined = memory.older_in_one;
    let old_progress = draft
        .state
        .wallet
        .progress
        .iter()
        .any(|progress| progress.day < before_day && (!joined || progress.day > i32::MIN));
    tier::forget(draft);
    if old_progress && joined {
        draft.take(Change::ProgressJoined { before_day });
    }
    if (old_progress && !joined) || !limits.is_empty() {
        let before_day = if joined { i32::MIN } else { before_day };
        draft.take(Change::Forgot { before_day, limits });
    }
    forget_redemptions(draft);
    perk::forget(draft);
    coupon::forget(draft);
    card::forget(draft);
    membership::forget(draft);
    activity::forget(draft);
    referral::forget(draft);
    games::forget(draft);
    staff::forget(draft);
    partner_award::forget(draft);
    money::forget(draft);
    unmerge::forget(draft);
}

/// The last moment at which wallets forget what their program does not look at, if it lies between the
/// two.
pub(crate) fn turn_of_month(before: Timestamp, now: Timestamp) -> Option<Timestamp> {
    const MONTH_MICROS: i64 = 30 * 86_400_000_000;
    let month = |at: Timestamp| at.micros().div_euclid(MONTH_MICROS);
    (month(before) < month(now)).then(|| Timestamp::from_micros(month(now) * MONTH_MICROS))
}

/// Redemptions that can no longer be returned.
fn forget_redemptions(draft: &mut Draft<'_>) {
    if draft.state.wallet.redemptions.is_empty() {
        return;
    }
    let over = |used: &&Redemption| redeem::is_over(draft, used);
    let ended: Vec<Text> = draft
        .state
        .wallet
        .redemptions
        .iter()
        .filter(over)
        .map(|used| used.id.clone())
        .collect();
    for id in ended {
        group::forget(draft, &id);
        draft.take(Change::RedemptionGone { id });
    }
}

/// The first period of a limit that a wallet still keeps count of: about three months back.
pub(crate) fn oldest_kept(every: Period, today: &Almanac) -> i32 {
    let back = match every {
        Period::Day => 92,
        Period::Week => 13,
        Period::Month => 3,
        Period::Quarter | Period::HalfYear | Period::Year => 1,
    };
    today.number(every) - back
}
