//! `due`: when something will happen to a wallet by itself.

use crate::program::{Expiry, Points, Program};
use crate::state::{RedemptionStage, Wallet};
use regulars_base::{Name, Timestamp};

/// The next moment at which something happens to the wallet that somebody must be told or paid:
/// points lapse, a tier ends, a hold or a card or a voucher is over. A `Tick` then makes it happen.
pub fn due(program: &Program, wallet: &Wallet) -> Option<Timestamp> {
    if kept_waits(wallet) {
        Some(wallet.clock)
    } else {
        due_by_time(program, wallet)
    }
}

/// As [`due`], without what waits for the shell to ingest it.
pub(crate) fn due_by_time(program: &Program, wallet: &Wallet) -> Option<Timestamp> {
    let lots = wallet.books.iter().filter_map(|book| book.lots.first());
    let lapsing = lots.map(|lot| lot.dates.expires_at);
    let holds = wallet
        .redemptions
        .iter()
        .filter_map(|redemption| match redemption.stage {
            RedemptionStage::Held(until) => Some(until),
            RedemptionStage::Committed(_) => None,
        });
    let vouchers = wallet.vouchers.iter().map(|voucher| voucher.expires_at);
    let cards = wallet.cards.iter().map(|card| card.expires_at);
    let tier = wallet.tier.until.into_iter();
    let idles = |points: &&Points| matches!(points.expiry, Expiry::Inactivity(_));
    let idle = program.points.iter().filter(idles);
    let idle = idle.filter_map(|points| inactive_at(program, wallet, points.name));
    let moments = lapsing
        .chain(holds)
        .chain(vouchers)
        .chain(cards)
        .chain(tier)
        .chain(idle);
    moments.filter(|at| *at < Timestamp::LAST).min()
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
