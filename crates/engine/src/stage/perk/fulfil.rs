//! Rewards that are sent to the member: ordered, dispatched, delivered.
//!
//! *Ana's mug is packed on Tuesday and handed to the post. On Friday it comes back: nobody was at home.
//! Her beans are hers again, with their old dates, and the mug is in stock. Where it was sent to stands
//! beside the log, not in it, so that it can be erased.*

use super::{change, note};
use crate::draft::Draft;
use crate::event::{Event, Fulfil, FulfilMove};
use crate::outcome::{PerkNote, Refusal};
use crate::stage::redeem;
use crate::state::{Fulfilment, FulfilmentStage, PerkChange, Redemption, Wallet};
use regulars_base::{Almanac, Text};

/// A redemption that is sent is used: it is to be sent.
pub(super) fn order(draft: &mut Draft<'_>, used: &Redemption) {
    let now = Fulfilment {
        redemption: used.id.clone(),
        reward: used.reward,
        quantity: used.quantity,
        stage: FulfilmentStage::Ordered,
        since: draft.now,
        carrier: Text::default(),
        tracking: Text::default(),
    };
    set(draft, now);
}

/// It goes on its way.
pub(super) fn go_on(draft: &mut Draft<'_>, event: &Event, asked: &Fulfil) -> Result<(), Refusal> {
    let own = draft.state.wallet.perks().fulfilment(&asked.redemption);
    let before = own.ok_or(Refusal::NothingToFulfil)?.clone();
    let used = draft.state.wallet.redemption(&asked.redemption);
    let used = used.ok_or(Refusal::NothingToFulfil)?.clone();
    let stage = match (&asked.to, before.stage) {
        (FulfilMove::Dispatched { .. }, FulfilmentStage::Ordered) => FulfilmentStage::Dispatched,
        (FulfilMove::Delivered, FulfilmentStage::Dispatched) => FulfilmentStage::Delivered,
        (FulfilMove::Failed { .. }, stage) if stage.is_open() => FulfilmentStage::Failed,
        (FulfilMove::Returned { .. }, FulfilmentStage::Dispatched | FulfilmentStage::Delivered) => {
            FulfilmentStage::Returned
        }
        (_, stage) => return Err(Refusal::FulfilmentOutOfTurn { stage }),
    };
    let mut now = Fulfilment {
        stage,
        since: draft.now,
        ..before
    };
    if let FulfilMove::Dispatched { carrier, tracking } = &asked.to {
        now.carrier = carrier.clone();
        now.tracking = tracking.clone();
    }
    set(draft, now);
    if matches!(stage, FulfilmentStage::Failed | FulfilmentStage::Returned) {
        let day = Almanac::of(draft.program.zone.day(event.occurred_at));
        redeem::give_back(draft, used, day, false);
    }
    Ok(())
}

/// Whether a redemption can be given back: not while it is on its way.
pub(super) fn check_back(wallet: &Wallet, used: &Redemption) -> Result<(), Refusal> {
    let own = wallet.perks().fulfilment(&used.id);
    match own.map(|own| own.stage) {
        Some(FulfilmentStage::Dispatched) => Err(Refusal::OnItsWay),
        _ => Ok(()),
    }
}

/// So many of a redemption are given back: there is less to send, or nothing.
pub(super) fn take_off(draft: &mut Draft<'_>, used: &Redemption, units: i64) {
    let Some(before) = draft.state.wallet.perks().fulfilment(&used.id).cloned() else {
        return;
    };
    let (whole, since) = (units >= before.quantity, draft.now);
    let stage = match before.stage {
        FulfilmentStage::Ordered if whole => FulfilmentStage::Cancelled,
        FulfilmentStage::Delivered if whole => FulfilmentStage::Returned,
        FulfilmentStage::Ordered => FulfilmentStage::Ordered,
        // It was told already that it did not arrive, or came back.
        _ => return,
    };
    let quantity = if whole {
        before.quantity
    } else {
        before.quantity - units
    };
    set(
        draft,
        Fulfilment {
            stage,
            quantity,
            since,
            ..before
        },
    );
}

/// Whether something is still to arrive.
pub(crate) fn any_open(wallet: &Wallet) -> bool {
    let all = &wallet.perks().fulfilments;
    all.iter().any(|own| own.stage.is_open())
}

/// Whether this redemption is still to arrive.
pub(crate) fn is_open(wallet: &Wallet, redemption: &Text) -> bool {
    let own = wallet.perks().fulfilment(redemption);
    own.is_some_and(|own| own.stage.is_open())
}

fn set(draft: &mut Draft<'_>, now: Fulfilment) {
    let (reward, stage) = (now.reward, now.stage);
    change(draft, PerkChange::Fulfilment(now));
    note(draft, PerkNote::Fulfilment { reward, stage });
}
