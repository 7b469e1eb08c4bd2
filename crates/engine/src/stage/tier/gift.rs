//! What members get who reach a tier, and how a refund takes it back.
//!
//! *Jo reaches "regular" and gets 50 beans and a free coffee. She sends back what she reached it with:
//! the beans are taken back as the program says; the coffee is, unless she has drunk it. When she
//! reaches "regular" again, she gets again what was taken back, and not what she had. A coffee that was
//! only set aside for her when the refund came, and that she does not fetch, is taken back then.*

use super::balance;
use crate::draft::Draft;
use crate::outcome::{Change, Note};
use crate::program::{Gives, TakeBack, TierGift, TierRule, TierUndo};
use crate::stage::{gives, reverse};
use crate::state::{CardGift, Voucher};
use regulars_base::{Name, Timestamp};

/// The member reached the tier at this place.
pub(super) fn give(draft: &mut Draft<'_>, place: usize) {
    let rule: &TierRule = &draft.program.tiers[place];
    let Some(gift) = &rule.gift else { return };
    for (name, what) in &gift.gives {
        if draft.state.wallet.standing().gifted.contains(name) {
            // Each time but one: what a refund could not take back was for this rise.
            if gift.each_time {
                draft.take(Change::TierGiftOpen(*name));
            }
            if let Gives::Reward(place) = what {
                let expires_at = gives::end(draft, gift.voucher_expires, draft.now);
                gives::reinstate(draft, rule.name, *place, expires_at);
            }
            continue;
        }
        if !gift.each_time {
            draft.take(Change::TierGifted(*name));
        }
        give_one(draft, rule.name, gift, what);
    }
}

fn give_one(draft: &mut Draft<'_>, tier: Name, gift: &TierGift, what: &Gives) {
    let now = draft.now;
    let amounts = match what {
        Gives::Reward(place) => {
            let expires_at = gives::end(draft, gift.voucher_expires, now);
            let reward = gives::voucher(draft, tier, *place, (now, expires_at));
            draft.note(Note::TierGaveReward { tier, reward });
            return;
        }
        Gives::Points(amounts) => amounts,
    };
    for (place, amount) in amounts {
        let (points, amount) = (draft.program.points[usize::from(*place)].name, *amount);
        draft.note(Note::TierGavePoints {
            tier,
            points,
            amount,
        });
        let paid = gives::points(draft, *place, amount, now);
        if draft.program.refund.tiers == TierUndo::Undo {
            draft.take(Change::CardGave(Box::new(CardGift {
                card: tier,
                stamps: 0,
                paid,
                at: now,
                day: 0,
            })));
        }
    }
}

/// The rise into a tier was undone: takes back what it gave, piece by piece.
pub(super) fn take_back(draft: &mut Draft<'_>, tier: Name, since: Timestamp) {
    let rule = draft.program.tiers.iter().find(|rule| rule.name == tier);
    let Some(gift) = rule.and_then(|rule| rule.gift.as_ref()) else {
        return;
    };
    for (name, what) in &gift.gives {
        let had = draft.state.wallet.standing().gifted.contains(name);
        if !gift.each_time && !had {
            continue;
        }
        let taken = match what {
            Gives::Reward(place) => match gives::take_voucher(draft, tier, *place) {
                Some(reward) => {
                    draft.note(Note::TierRewardTakenBack { tier, reward });
                    true
                }
                None => {
                    gives::forfeit(draft, tier, *place);
                    false
                }
            },
            Gives::Points(_) if draft.program.refund.take_back == TakeBack::Nothing => false,
            Gives::Points(amounts) => take_points(draft, tier, amounts, since),
        };
        match (taken, gift.each_time) {
            (true, false) => draft.take(Change::TierGiftOpen(*name)),
            (true, true) => {}
            (false, each_time) => {
                if each_time && !had {
                    draft.take(Change::TierGifted(*name));
                }
                draft.note(Note::TierGiftKept { tier });
            }
        }
    }
}

/// A voucher of a tier comes back out of a redemption, and the rise that gave it was undone meanwhile:
/// it goes the way that it would have gone then.
pub(crate) fn taken_back_late(draft: &mut Draft<'_>, voucher: Voucher) {
    let (tier, reward) = (voucher.origin, voucher.reward);
    draft.note(Note::TierRewardTakenBack { tier, reward });
    let tiers = &draft.program.tiers;
    let rule = tiers.iter().find(|rule| rule.name == tier);
    let Some(gift) = rule.and_then(|rule| rule.gift.as_ref()) else {
        return;
    };
    let rewards = &draft.program.rewards;
    let is_it = |gives: &Gives| matches!(gives, Gives::Reward(place) if rewards[usize::from(*place)].name == reward);
    let own = gift.gives.iter().find(|(_, gives)| is_it(gives));
    if let Some((name, _)) = own {
        draft.take(Change::TierGiftOpen(*name));
    }
}

fn take_points(
    draft: &mut Draft<'_>,
    tier: Name,
    amounts: &[(u16, i64)],
    since: Timestamp,
) -> bool {
    let gifts = gives::newest(draft, (tier, 0), amounts);
    let of_this_rise = |gifts: &Vec<CardGift>| gifts.iter().all(|gift| gift.at >= since);
    let Some(gifts) = gifts.filter(of_this_rise) else {
        return false;
    };
    for gift in gifts {
        draft.take(Change::CardGiftGone(Box::new(gift)));
        let day = draft.program.zone.day(gift.at).number();
        balance::take_back(draft, &gift.paid, day);
        reverse::take_points(draft, tier, gift.paid);
    }
    true
}
