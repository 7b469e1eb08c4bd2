//! What cards and tiers give: vouchers, and points on the terms of those that are earned.
//!
//! *The tenth stamp gives a free coffee, and so does reaching "regular": a voucher in Eve's hand that
//! knows what gave it. Beans that a card or a tier gives are free, and lapse, like beans for an order.*

use crate::draft::Draft;
use crate::outcome::Change;
use crate::stage::perk;
use crate::state::{CardGift, Paid, Voucher};
use regulars_base::{Name, Span, Timestamp};
use regulars_ledger::Account;

/// Puts a voucher into the member's hand, from a moment until another. Says for which reward.
pub(crate) fn voucher(
    draft: &mut Draft<'_>,
    origin: Name,
    reward: u16,
    (issued_at, expires_at): (Timestamp, Timestamp),
) -> Name {
    let reward = draft.program.rewards[usize::from(reward)].name;
    draft.take(Change::VoucherIssued(Voucher {
        reward,
        origin,
        issued_at,
        expires_at,
    }));
    reward
}

/// Takes back the newest voucher of this origin, if it is still there. Says for which reward.
pub(crate) fn take_voucher(draft: &mut Draft<'_>, origin: Name, reward: u16) -> Option<Name> {
    let reward = draft.program.rewards[usize::from(reward)].name;
    let own = |held: &&Voucher| (held.origin, held.reward) == (origin, reward);
    let mut vouchers = draft.state.wallet.vouchers.iter().rev();
    let voucher = vouchers.find(own).copied();
    // What was picked from a menu stands for the right to pick.
    let voucher = voucher.or_else(|| perk::newest_pick(&draft.state.wallet, origin, reward))?;
    perk::take(draft, voucher);
    Some(reward)
}

/// What gave the voucher of this origin that was used last, or is set aside, is undone: if that is given
/// back, the voucher is not.
pub(crate) fn forfeit(draft: &mut Draft<'_>, origin: Name, reward: u16) {
    used_voucher_ends(draft, (origin, reward), Timestamp::FIRST, |used| {
        !is_forfeit(used)
    });
}

/// What gave a voucher that is forfeit is there again, and so is the voucher, until `expires_at`, should
/// that which it was used for be given back.
pub(crate) fn reinstate(draft: &mut Draft<'_>, origin: Name, reward: u16, expires_at: Timestamp) {
    used_voucher_ends(draft, (origin, reward), expires_at, is_forfeit);
}

fn used_voucher_ends(
    draft: &mut Draft<'_>,
    (origin, reward): (Name, u16),
    at: Timestamp,
    which: impl Fn(&Voucher) -> bool,
) {
    let reward = draft.program.rewards[usize::from(reward)].name;
    let own = |used: &Voucher| (used.origin, used.reward) == (origin, reward) && which(used);
    let mut redemptions = draft.state.wallet.redemptions.iter().rev();
    let found = redemptions.find(|made| made.voucher.as_ref().is_some_and(own));
    if let Some(id) = found.map(|made| made.id.clone()) {
        draft.take(Change::UsedVoucherEnds { id, at });
    }
}

/// Whether what gave this voucher was undone after it was used.
pub(crate) fn is_forfeit(voucher: &Voucher) -> bool {
    voucher.expires_at == Timestamp::FIRST
}

/// Issues points; says which, into which lot.
pub(crate) fn points(draft: &mut Draft<'_>, place: u16, amount: i64, at: Timestamp) -> Paid {
    let terms = &draft.program.points[usize::from(place)];
    let points = terms.name;
    let dates = draft.dates(terms, at, true);
    draft.issue(points, Account::Issued, amount, dates, at);
    Paid {
        points,
        dates,
        amount,
    }
}

/// The newest points of each of these kinds that `giver` gave for `mark` (so many stamps, that time),
/// if all of them can still be taken back.
pub(crate) fn newest(
    draft: &Draft<'_>,
    (giver, mark): (Name, i64),
    amounts: &[(u16, i64)],
) -> Option<Vec<CardGift>> {
    let last = |(place, _): &(u16, i64)| {
        let points = draft.program.points[usize::from(*place)].name;
        let own = |gift: &&CardGift| {
            (gift.card, gift.stamps, gift.paid.points) == (giver, mark, points)
                && !is_over(draft, gift.at)
        };
        let mut gifts = draft.state.wallet.card_gifts.iter().rev();
        gifts.find(own).copied()
    };
    amounts.iter().map(last).collect()
}

/// Whether what was given at `at` was given too long ago to be taken back: as long as a used reward is
/// remembered, a gift is. It may still stand in the wallet, which is tidied now and then.
pub(crate) fn is_over(draft: &Draft<'_>, at: Timestamp) -> bool {
    let (zone, window) = (&draft.program.zone, draft.program.return_window);
    window.after(zone.day(at)) < draft.today.day
}

/// The end of the last day of `span` after `at`; never, if there is none.
pub(crate) fn end(draft: &Draft<'_>, span: Option<Span>, at: Timestamp) -> Timestamp {
    let zone = &draft.program.zone;
    let day_after = |span: Span| span.after(zone.day(at)).plus_days(1);
    span.map_or(Timestamp::LAST, |span| zone.start_of(day_after(span)))
}
