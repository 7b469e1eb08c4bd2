//! A member on hold: they earn, and neither spend nor send.
//!
//! *Somebody says that Ana's phone was stolen. The desk puts her on hold: her orders still earn beans, and
//! whoever has the phone gets no coffee for them, at no till, and sends none away. When she has a new phone
//! she is let go, with everything that she had.*

use crate::draft::Draft;
use crate::event::{Event, Kind, MemberHold, Purchase};
use crate::outcome::{Change, Note, Refusal};
use crate::stage::money;
use crate::state::{OnHold, Wallet};

/// The member is put on hold, or let go.
pub(crate) fn happen(draft: &mut Draft<'_>, asked: &MemberHold) -> Result<(), Refusal> {
    if draft.state.wallet.enrolled_at.is_none() {
        return Err(Refusal::NotEnrolled);
    }
    let held = draft.state.wallet.on_hold.as_deref();
    match (asked.on, held) {
        (true, Some(held)) => Err(refusal(held)),
        (false, None) => Err(Refusal::NotOnHold),
        (true, None) => {
            let since = draft.now;
            let (reason, by) = (asked.reason.clone(), asked.by.clone());
            let held = OnHold { since, reason, by };
            draft.take(Change::HoldSet(Some(Box::new(held))));
            draft.note(Note::PutOnHold);
            Ok(())
        }
        (false, Some(_)) => {
            draft.take(Change::HoldSet(None));
            draft.note(Note::LetGo);
            Ok(())
        }
    }
}

/// Whoever is on hold does nothing that takes points, rewards or money away.
pub(crate) fn check(draft: &Draft<'_>, event: &Event) -> Result<(), Refusal> {
    match draft.state.wallet.on_hold.as_deref() {
        Some(held) if takes(&event.kind) => Err(refusal(held)),
        _ => Ok(()),
    }
}

/// Nothing is spent while on hold.
pub(crate) fn may_spend(draft: &Draft<'_>) -> Result<(), Refusal> {
    match draft.state.wallet.on_hold.as_deref() {
        Some(held) => Err(refusal(held)),
        None => Ok(()),
    }
}

/// Whether somebody on hold wants to spend or send, out of whatever wallet: their own refuses it.
pub(crate) fn stops(person: &Wallet, event: &Event) -> bool {
    person.on_hold.is_some() && takes(&event.kind)
}

/// Whether it takes something away that the member has.
fn takes(kind: &Kind) -> bool {
    match kind {
        Kind::RewardRequest(_)
        | Kind::RewardCommit(_)
        | Kind::TransferOut(_)
        | Kind::CodeTransfer(_)
        | Kind::Tickets(_)
        | Kind::Donation(_)
        | Kind::MergeOut(_)
        | Kind::GroupJoin(_)
        | Kind::GroupLeave(_)
        | Kind::GroupClose => true,
        Kind::Purchase(bought) => pays(bought),
        _ => false,
    }
}

/// Whether a purchase takes anything of the wallet. A gift card is for whoever has it.
fn pays(bought: &Purchase) -> bool {
    !bought.rewards.is_empty() || money::by_credit(bought) != 0
}

fn refusal(held: &OnHold) -> Refusal {
    Refusal::MemberOnHold {
        reason: held.reason.clone(),
    }
}
