//! Rewards that are money: cashback, and gift cards that nobody sends.
//!
//! *For 500 beans Ana has 5 EUR of store credit, at once, and pays with it on the same day. Had she not,
//! she could have given the reward back: the 5 EUR go, and the beans are hers again. What was spent does
//! not come back.*

use super::{change, note};
use crate::draft::Draft;
use crate::outcome::{PerkNote, Refusal};
use crate::program::{Reward, RewardKind};
use crate::stage::money;
use crate::state::{PerkChange, Redemption, RedemptionStage, RewardCredit};
use regulars_base::Rounding;

/// Whether the member may have so much more store credit. What was set aside before comes in even so:
/// it was promised.
pub(crate) fn check_room(draft: &Draft<'_>, reward: &Reward, quantity: i64) -> Result<(), Refusal> {
    match reward.credit(quantity) {
        Some(minor) => money::check_room(draft, minor),
        None => Ok(()),
    }
}

/// A reward is used: its money comes in.
pub(super) fn give(draft: &mut Draft<'_>, used: &Redemption, reward: &Reward) {
    let Some(minor) = reward.credit(used.quantity) else {
        return;
    };
    let Some(money) = money::give_as_reward(draft, minor) else {
        return;
    };
    change(
        draft,
        PerkChange::Credited(RewardCredit {
            redemption: used.id.clone(),
            money,
            minor,
        }),
    );
    let reward = used.reward;
    note(draft, PerkNote::ToCredit { reward, minor });
}

/// Whether so many of a used redemption can come back: their money must be there.
pub(super) fn check_back(draft: &Draft<'_>, used: &Redemption, units: i64) -> Result<(), Refusal> {
    match share(draft, used, units) {
        Some(own) if draft.state.wallet.available(own.money, draft.now) >= own.minor => Ok(()),
        Some(_) => Err(Refusal::GivenAway),
        // It is money, and nobody knows what became of it.
        None if draft
            .program
            .reward_named(used.reward)
            .is_some_and(|reward| reward.credit(1).is_some()) =>
        {
            Err(Refusal::GivenAway)
        }
        None => Ok(()),
    }
}

/// So many of a used redemption come back: their money goes.
pub(super) fn take_back(draft: &mut Draft<'_>, used: &Redemption, units: i64) {
    let Some(own) = share(draft, used, units).filter(|own| own.minor > 0) else {
        return;
    };
    let (reward, minor) = (used.reward, own.minor);
    money::take_back(draft, own.money, minor);
    change(
        draft,
        PerkChange::Credited(RewardCredit {
            minor: -minor,
            ..own
        }),
    );
    note(draft, PerkNote::CreditBack { reward, minor });
}

/// Whether a used redemption credited money that is still there.
pub(super) fn is_there(draft: &Draft<'_>, used: &Redemption) -> bool {
    matches!(used.stage, RedemptionStage::Committed(_))
        && share(draft, used, used.quantity).is_some()
        && check_back(draft, used, used.quantity).is_ok()
}

/// What so many of a redemption had credited, of what did not come back yet.
fn share(draft: &Draft<'_>, used: &Redemption, units: i64) -> Option<RewardCredit> {
    let own = draft.state.wallet.perks().credit_of(&used.id)?;
    let all = i128::from(own.minor) * i128::from(units);
    let minor = Rounding::Up.divide_clamped(all, i128::from(used.quantity.max(1)));
    Some(RewardCredit {
        minor,
        ..own.clone()
    })
}

/// Whether what a reward gave stays when the order comes back that it was used for: it took nothing off
/// it.
pub(crate) const fn outlives_its_order(reward: &Reward) -> bool {
    matches!(
        reward.kind,
        RewardKind::Donation(..) | RewardKind::GiftCard(_) | RewardKind::Cashback(_)
    )
}
