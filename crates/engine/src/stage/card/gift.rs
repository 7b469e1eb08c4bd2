//! What a card gives, at a milestone or when it is full, and how a refund takes it back.
//!
//! *Eve's tenth stamp gives her 100 beans. Two days later she returns the coffee that it was for:
//! the stamp comes off, and the beans are taken back from the lot that they made. A free coffee is
//! taken back if she has not drunk it yet.*

use super::Occasion;
use crate::draft::Draft;
use crate::outcome::{Change, Note};
use crate::program::{CardRule, Gives, Metric, TakeBack, Trigger};
use crate::stage::{gives, reverse, tier};
use crate::state::{CardGift, DatedStamps};

/// The card has so many `stamps`, and gives this for them.
pub(super) fn give(
    draft: &mut Draft<'_>,
    card: &CardRule,
    stamps: i64,
    gives: &Gives,
    when: Occasion,
) {
    match gives {
        Gives::Reward(place) => give_voucher(draft, card, stamps, *place, when),
        Gives::Points(amounts) => {
            for (points, amount) in amounts {
                give_points(draft, card, stamps, (*points, *amount), when);
            }
        }
    }
}

fn give_voucher(draft: &mut Draft<'_>, card: &CardRule, stamps: i64, reward: u16, when: Occasion) {
    let expires_at = gives::end(draft, card.voucher_expires, when.at);
    let (card, full) = (card.name, card.full);
    let reward = gives::voucher(draft, card, reward, (when.at, expires_at));
    draft.note(if stamps == full {
        Note::CardFull { card, reward }
    } else {
        Note::Milestone {
            card,
            stamps,
            reward,
        }
    });
}

/// On the same terms as points that were earned by buying.
fn give_points(
    draft: &mut Draft<'_>,
    card: &CardRule,
    stamps: i64,
    (place, amount): (u16, i64),
    when: Occasion,
) {
    let points = draft.program.points[usize::from(place)].name;
    let (on, card) = (card.on, card.name);
    draft.note(Note::CardGave {
        card,
        stamps,
        points,
        amount,
    });
    let paid = gives::points(draft, place, amount, when.at);
    tier::progress(draft, Metric::Earned(points), when.progress_day, amount);
    // Only purchases come back.
    if on == Trigger::Purchase {
        draft.take(Change::CardGave(Box::new(CardGift {
            card,
            stamps,
            paid,
            at: when.at,
            day: when.progress_day,
        })));
    }
}

/// Takes back what the card gave when it had so many `stamps`. `false`, and nothing moved, where
/// that cannot be: it was used, members keep what they earned, or it was too long ago.
pub(super) fn take_back(
    draft: &mut Draft<'_>,
    card: &CardRule,
    stamps: i64,
    gives: &Gives,
) -> bool {
    match gives {
        Gives::Reward(place) => take_voucher(draft, card, *place),
        Gives::Points(_) if draft.program.refund.take_back == TakeBack::Nothing => false,
        Gives::Points(amounts) => take_points(draft, card, stamps, amounts),
    }
}

fn take_voucher(draft: &mut Draft<'_>, card: &CardRule, reward: u16) -> bool {
    let Some(reward) = gives::take_voucher(draft, card.name, reward) else {
        return false;
    };
    draft.note(Note::VoucherTakenBack {
        card: card.name,
        reward,
    });
    true
}

fn take_points(
    draft: &mut Draft<'_>,
    card: &CardRule,
    stamps: i64,
    amounts: &[(u16, i64)],
) -> bool {
    let Some(gifts) = gives::newest(draft, (card.name, stamps), amounts) else {
        return false;
    };
    for gift in gifts {
        draft.take(Change::CardGiftGone(Box::new(gift)));
        tier::earned_back(draft, &gift.paid, gift.day);
        reverse::take_points(draft, card.name, gift.paid);
    }
    true
}

/// Drops what no refund can ask for any more.
pub(crate) fn forget(draft: &mut Draft<'_>) {
    let wallet = &draft.state.wallet;
    if wallet.card_gifts.is_empty() && wallet.dated.is_empty() {
        return;
    }
    let gifts = wallet.card_gifts.iter();
    let gifts = gifts.filter(|gift| gives::is_over(draft, gift.at));
    let dated = wallet.dated.iter();
    let dated = dated.filter(|dated| gives::is_over(draft, dated.until));
    let gifts: Vec<CardGift> = gifts.copied().collect();
    let dated: Vec<DatedStamps> = dated.copied().collect();
    for gift in gifts {
        draft.take(Change::CardGiftGone(Box::new(gift)));
    }
    for DatedStamps {
        card,
        until,
        stamps,
        given_in,
    } in dated
    {
        draft.take(Change::StampsDated(DatedStamps {
            card,
            until,
            stamps: -stamps,
            given_in: -given_in,
        }));
    }
}
