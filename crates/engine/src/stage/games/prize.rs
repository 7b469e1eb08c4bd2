//! What challenges, levels, prizes and places give, and what plays and tickets cost.

use super::note;
use crate::draft::Draft;
use crate::outcome::{Change, GameNote, Refusal};
use crate::program::{Gives, Metric, TakeBack};
use crate::stage::card::Occasion;
use crate::stage::{gives, partner, reverse, tier};
use crate::state::CardGift;
use regulars_base::{Name, Span, Timestamp};
use regulars_ledger::Account;

/// Who gives, and what for.
#[derive(Clone, Copy)]
pub(super) struct Giver {
    /// The challenge, the level, the prize.
    pub(super) name: Name,
    /// Which time, so that a refund takes back what this time gave.
    pub(super) time: i64,
    /// A reward is void after so long.
    pub(super) voucher_expires: Option<Span>,
    /// A refund may take it back: points are remembered.
    pub(super) remember: bool,
}

/// When something is given that happened at `at`.
pub(super) fn occasion(draft: &Draft<'_>, at: Timestamp) -> Occasion {
    let (day, _) = draft.local(at);
    Occasion {
        at,
        progress_day: draft.program.progress_day(&day),
    }
}

/// Gives points on the same terms as those that are earned by buying, or a reward as a voucher.
pub(super) fn give(draft: &mut Draft<'_>, giver: Giver, what: &Gives, at: Timestamp) {
    let by = giver.name;
    match what {
        Gives::Reward(place) => {
            let expires_at = gives::end(draft, giver.voucher_expires, at);
            let reward = gives::voucher(draft, by, *place, (at, expires_at));
            note(draft, GameNote::GaveReward { by, reward });
        }
        Gives::Points(amounts) => {
            let when = occasion(draft, at);
            for (place, amount) in amounts {
                let terms = &draft.program.points[usize::from(*place)];
                let (points, amount) = (terms.name, *amount);
                note(draft, GameNote::GavePoints { by, points, amount });
                let paid = gives::points(draft, *place, amount, at);
                tier::progress(draft, Metric::Earned(points), when.progress_day, amount);
                if giver.remember {
                    draft.take(Change::CardGave(Box::new(CardGift {
                        card: by,
                        stamps: giver.time,
                        paid,
                        at,
                        day: when.progress_day,
                    })));
                }
            }
        }
    }
}

/// Takes back what was given. `false`, and nothing moved, where that cannot be: it was used, members
/// keep what they earned, or it was too long ago.
pub(super) fn take_back(draft: &mut Draft<'_>, giver: Giver, what: &Gives) -> bool {
    match what {
        Gives::Reward(place) => {
            let by = giver.name;
            let Some(reward) = gives::take_voucher(draft, by, *place) else {
                return false;
            };
            note(draft, GameNote::TookReward { by, reward });
            true
        }
        Gives::Points(_) if draft.program.refund.take_back == TakeBack::Nothing => false,
        Gives::Points(amounts) => {
            let Some(gifts) = gives::newest(draft, (giver.name, giver.time), amounts) else {
                return false;
            };
            for gift in gifts {
                draft.take(Change::CardGiftGone(Box::new(gift)));
                tier::earned_back(draft, &gift.paid, gift.day);
                reverse::take_points(draft, giver.name, gift.paid);
            }
            true
        }
    }
}

/// Whether the member has what so many of this cost.
pub(super) fn affordable(
    draft: &Draft<'_>,
    price: &[(u16, i64)],
    quantity: i64,
) -> Result<(), Refusal> {
    for (place, each) in price {
        let points = draft.program.points[usize::from(*place)].name;
        let price = each.saturating_mul(quantity);
        let available = draft.state.wallet.available(points, draft.now);
        if available < price {
            return Err(Refusal::InsufficientPoints {
                points,
                available,
                price,
            });
        }
    }
    Ok(())
}

/// Spends what so many of this cost; says so for `game`.
pub(super) fn pay(draft: &mut Draft<'_>, game: Name, price: &[(u16, i64)], quantity: i64) {
    for (place, each) in price {
        let terms = &draft.program.points[usize::from(*place)];
        let (points, order, now) = (terms.name, terms.spend_order, draft.now);
        let origin = partner::origin(draft);
        let amount = each.saturating_mul(quantity);
        draft.post(points, |book, out| {
            book.spend((Account::Redeemed, amount), (order, origin), now, out)
        });
        note(
            draft,
            GameNote::PaidPlay {
                game,
                points,
                amount,
            },
        );
    }
}
