//! `due`: when something will happen to a wallet by itself.

use crate::program::{Expiry, Program};
use crate::stage::moderate::approved_waits;
use crate::stage::{money, perk, referral, tier, yearly};
use crate::state::{Invoice, Paying, PlanStage, RedemptionStage, Wallet};
use regulars_base::{CivilDay, Name, Timestamp};

/// The next moment at which something happens to the wallet that somebody must be told or paid:
/// points or stamps lapse, a tier ends, a hold or a card or a voucher is over, a birthday comes. A `Tick` then makes it
/// happen.
pub fn due(program: &Program, wallet: &Wallet) -> Option<Timestamp> {
    if kept_waits(wallet) || approved_waits(wallet) {
        Some(wallet.clock)
    } else {
        due_by_time(program, wallet)
    }
}

/// As [`due`], without what waits for the shell to ingest it.
pub(crate) fn due_by_time(program: &Program, wallet: &Wallet) -> Option<Timestamp> {
    // One loop for each kind: a chain of iterators costs several times as much, on every event.
    let mut next = wallet.tier.until.unwrap_or(Timestamp::LAST);
    let mut at = |moment: Timestamp| next = next.min(moment);
    if let Some(standing) = &wallet.standing {
        let own = standing.own.and_then(|own| own.until);
        own.inspect(|until| at(*until));
        standing.floors.iter().for_each(|floor| at(floor.until));
        for held in &standing.held {
            tier::held_until(program, held).inspect(|until| at(*until));
        }
    }
    for book in &wallet.books {
        book.lots.first().inspect(|lot| at(lot.dates.expires_at));
    }
    for redemption in &wallet.redemptions {
        if let RedemptionStage::Held(until) = redemption.stage {
            at(until);
        }
    }
    wallet.vouchers.iter().for_each(|held| at(held.expires_at));
    wallet.cards.iter().for_each(|held| at(held.expires_at));
    let on_card = wallet.dated.iter().find(|dated| dated.stamps > 0);
    on_card.inspect(|dated| at(dated.until));
    if let Some(paying) = &wallet.paying {
        membership_due(program, paying).inspect(|moment| at(*moment));
    }
    perk::next_end(wallet).inspect(|moment| at(*moment));
    perk::next_release(program, wallet).inspect(|moment| at(*moment));
    referral::due(wallet).inspect(|moment| at(*moment));
    money::due(wallet).inspect(|moment| at(*moment));
    for points in &program.points {
        if matches!(points.expiry, Expiry::Inactivity(_)) {
            inactive_at(program, wallet, points.name).inspect(|moment| at(*moment));
        }
    }
    if let Some(engaged) = wallet.engaged() {
        let waiting = engaged.submissions.iter();
        let waiting = waiting.filter(|waits| waits.approved_at.is_none());
        waiting.for_each(|waits| at(waits.lapses_at));
        yearly::birthday_at(program, wallet).inspect(|moment| at(*moment));
    }
    yearly::anniversary_at(program, wallet).inspect(|moment| at(*moment));
    (next < Timestamp::LAST).then_some(next)
}

/// When a plan renews or ends, goes on after a pause, or is asked for its payment again.
fn membership_due(program: &Program, paying: &Paying) -> Option<Timestamp> {
    let own = paying.standing.current.as_ref()?;
    let start = |day: i32| program.zone.start_of(CivilDay::from_number(day));
    let mut next = match own.stage {
        PlanStage::Paused { until, .. } => start(until),
        PlanStage::Trial | PlanStage::Active => start(own.until),
    };
    if let Some(open) = paying.open() {
        next = next.min(grace_end(program, open));
        next = next.min(open.retry_at.unwrap_or(Timestamp::LAST));
    }
    Some(next)
}

/// When a plan ends over an invoice that is not paid.
pub(crate) fn grace_end(program: &Program, open: &Invoice) -> Timestamp {
    let days = program
        .plan_named(open.plan)
        .map_or(0, |rule| rule.grace_days);
    let issued_on = program.zone.day(open.issued_at);
    program.zone.start_of(issued_on.plus_days(days))
}

/// Whether something that was kept until the enrolment has not been dealt with although the
/// customer is a member now.
pub(crate) fn kept_waits(wallet: &Wallet) -> bool {
    wallet.enrolled_at.is_some() && !wallet.waiting.is_empty()
}

/// When all of these points lapse because nothing happened; nothing if they do not, or there are
/// none.
pub(crate) fn inactive_at(program: &Program, wallet: &Wallet, points: Name) -> Option<Timestamp> {
    let rule = program.points_named(points)?;
    let Expiry::Inactivity(span) = rule.expiry else {
        return None;
    };
    let book = wallet.book(points)?;
    if book.lots.is_empty() {
        return None;
    }
    let zone = &program.zone;
    Some(zone.start_of(span.after(zone.day(wallet.active_at)).plus_days(1)))
}
