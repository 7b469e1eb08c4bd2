//! A free reward is given again: its voucher lapsed, or was used and the member had nothing of it.
//!
//! *Eve was in hospital while her free coffee lapsed. The desk gives it again, for as long as it had been
//! given before, and says why. A voucher that was given again is not given a third time, and of one member
//! only a few are in a year. As long as it is unused the desk can take it back: then all is as it was.*

use super::{change, in_hand, note, take};
use crate::draft::Draft;
use crate::event::{Event, Reissue, ReissueBack, ReissueOf};
use crate::outcome::{Change, PerkNote, Refusal};
use crate::stage::redeem;
use crate::state::{
    MadeVoucher, PerkChange, Redemption, RedemptionStage, Reissued, ReissuedFor, Voucher, Wallet,
};
use regulars_base::{Name, Text, Timestamp};

/// The desk gives it again.
pub(super) fn give(draft: &mut Draft<'_>, event: &Event, asked: &Reissue) -> Result<(), Refusal> {
    let before = match &asked.of {
        ReissueOf::Lapsed(reward) => lapsed(draft, reward)?,
        ReissueOf::Used(redemption) => used(draft, redemption)?,
    };
    within_limit(draft)?;
    let voucher = anew(draft, &before);
    draft.take(Change::VoucherIssued(voucher));
    match &before {
        ReissuedFor::Lapsed(old) => change(draft, PerkChange::LapsedGone(*old)),
        ReissuedFor::Used { redemption, .. } => {
            let redemption = redemption.clone();
            change(
                draft,
                PerkChange::Made(MadeVoucher {
                    redemption,
                    voucher,
                }),
            );
        }
    }
    let id = event.key.external_id.clone();
    let reissued = Reissued {
        id,
        at: draft.now,
        voucher,
        before,
    };
    change(draft, PerkChange::Reissued(Box::new(reissued)));
    let (reward, until) = (voucher.reward, voucher.expires_at);
    note(draft, PerkNote::Reissued { reward, until });
    Ok(())
}

/// The desk takes it back, as long as it is in the hand.
pub(super) fn take_back(draft: &mut Draft<'_>, asked: &ReissueBack) -> Result<(), Refusal> {
    let mut own = draft.state.wallet.perks().reissued.iter();
    let own = own.find(|own| own.id == asked.reissue).cloned();
    let own = own.ok_or(Refusal::UnknownReissue)?;
    let held = in_hand(&draft.state.wallet, &own.voucher).ok_or(Refusal::VoucherUsed)?;
    take(draft, held);
    change(draft, PerkChange::ReissuedGone(own.id.clone()));
    let voucher = own.voucher;
    match own.before {
        ReissuedFor::Lapsed(old) => change(draft, PerkChange::Lapsed(old)),
        ReissuedFor::Used { redemption, .. } => change(
            draft,
            PerkChange::Unmade(MadeVoucher {
                redemption,
                voucher,
            }),
        ),
    }
    let reward = voucher.reward;
    note(draft, PerkNote::ReissueBack { reward });
    Ok(())
}

/// A voucher lapsed: it is remembered for a while, so that it can be given again. One that was given again
/// is not.
pub(crate) fn remember(draft: &mut Draft<'_>, voucher: Voucher) {
    let perks = draft.state.wallet.perks();
    if !perks.reissued.iter().any(|own| own.voucher == voucher) {
        change(draft, PerkChange::Lapsed(voucher));
    }
}

/// Whether a wallet knows of what is to be given again, or taken back: in a group that is whose affair it
/// is.
pub(crate) fn knows(wallet: &Wallet, of: &ReissueOf) -> bool {
    match of {
        ReissueOf::Lapsed(reward) => {
            let reward = Name::of(reward.as_str());
            let mut lapsed = wallet.perks().lapsed.iter();
            lapsed.any(|own| own.reward == reward)
        }
        ReissueOf::Used(redemption) => wallet.redemption(redemption).is_some(),
    }
}

/// As [`knows`], of what was given again under this id.
pub(crate) fn gave(wallet: &Wallet, id: &Text) -> bool {
    wallet.perks().reissued.iter().any(|own| own.id == *id)
}

/// The voucher for this reward that lapsed last.
fn lapsed(draft: &Draft<'_>, reward: &Text) -> Result<ReissuedFor, Refusal> {
    let reward = Name::of(reward.as_str());
    if draft.program.reward_named(reward).is_none() {
        return Err(Refusal::UnknownReward);
    }
    let mut lapsed = draft.state.wallet.perks().lapsed.iter().rev();
    let own = lapsed.find(|own| own.reward == reward && !is_long_ago(draft, own.expires_at));
    let own = own.ok_or(Refusal::NothingToReissue)?;
    Ok(ReissuedFor::Lapsed(*own))
}

/// A redemption of one reward that was used, and that nothing was given for yet.
fn used(draft: &Draft<'_>, id: &Text) -> Result<ReissuedFor, Refusal> {
    let wallet = &draft.state.wallet;
    let made = wallet.redemption(id).ok_or(Refusal::UnknownRedemption)?;
    let committed = matches!(made.stage, RedemptionStage::Committed(_));
    if !committed || redeem::is_over(draft, made) || made.quantity != 1 || is_sent(wallet, made) {
        return Err(Refusal::NothingToReissue);
    }
    if wallet.perks().made.iter().any(|own| own.redemption == *id) {
        return Err(Refusal::ReissuedAlready);
    }
    Ok(ReissuedFor::Used {
        redemption: id.clone(),
        reward: made.reward,
        paid_by: made.voucher,
    })
}

/// What is sent comes back on its own way, with its points.
fn is_sent(wallet: &Wallet, made: &Redemption) -> bool {
    wallet.perks().fulfilment(&made.id).is_some()
}

/// A few in a year, for one member.
fn within_limit(draft: &Draft<'_>) -> Result<(), Refusal> {
    let given = draft.state.wallet.perks().reissued.iter();
    let recent = given.filter(|own| !is_long_ago(draft, own.at)).count();
    match recent < Reissued::MOST {
        true => Ok(()),
        false => Err(Refusal::ReissueLimitReached),
    }
}

fn is_long_ago(draft: &Draft<'_>, at: Timestamp) -> bool {
    draft.program.zone.day(at).plus_days(Reissued::DAYS) < draft.today.day
}

/// The voucher that takes its place: from now on, for as many days as the one before.
fn anew(draft: &Draft<'_>, before: &ReissuedFor) -> Voucher {
    let zone = &draft.program.zone;
    let at = draft.now;
    let (reward, old) = match before {
        ReissuedFor::Lapsed(old) => (old.reward, Some(*old)),
        ReissuedFor::Used {
            reward, paid_by, ..
        } => (*reward, *paid_by),
    };
    let lasts =
        old.filter(|old| old.expires_at < Timestamp::LAST && old.expires_at > old.issued_at);
    let days = lasts
        .map(|old| (zone.day(old.expires_at).number() - zone.day(old.issued_at).number()).max(1));
    Voucher {
        reward,
        origin: old.map_or(reward, |old| old.origin),
        issued_at: at,
        expires_at: days.map_or(Timestamp::LAST, |days| {
            zone.start_of(zone.day(at).plus_days(days))
        }),
    }
}
