//! What happens to rewards beside being asked for and used.

mod attribute;
mod automatic;
mod credit;
mod fulfil;
mod gift;
mod given_back;
mod menu;
mod moved;
mod reissue;
mod restock;
mod supplier;
mod used;

pub(crate) use automatic::{free_for, next_release, run, run_at};
pub(crate) use credit::{check_room, outlives_its_order};
pub(crate) use fulfil::{any_open, is_open};
pub(crate) use given_back::{take_vouchers, vouchers_to_take};
pub(crate) use menu::{forget, in_hand, lapse, newest_pick, take};
pub(crate) use moved::{come_in, leave};
pub(crate) use reissue::{gave, knows, remember};
pub(crate) use restock::restock;
pub(crate) use supplier::{add, check as check_codes, keys as code_keys, speak_for};
pub(crate) use used::{end_access, match_key, next_end, undo, use_it};

use crate::draft::Draft;
use crate::event::{Event, PerkEvent};
use crate::outcome::{Change, Note, PerkNote, Refusal};
use crate::state::{PerkChange, Redemption};

/// What is refused whether or not the customer is a member.
pub(crate) fn check(draft: &Draft<'_>, perk: &PerkEvent) -> Result<(), Refusal> {
    if draft.state.wallet.enrolled_at.is_none() {
        return Err(Refusal::NotEnrolled);
    }
    match perk {
        PerkEvent::Attributes(asked) => attribute::check(draft, asked),
        _ => Ok(()),
    }
}

/// Something happens to a reward of a member.
pub(crate) fn happen(
    draft: &mut Draft<'_>,
    event: &Event,
    perk: &PerkEvent,
) -> Result<(), Refusal> {
    match perk {
        PerkEvent::Return(asked) => given_back::give_back_part(draft, event, asked)?,
        PerkEvent::Automatic(wanted) => automatic::want(draft, *wanted),
        PerkEvent::Fulfil(asked) => fulfil::go_on(draft, event, asked)?,
        PerkEvent::Pick(asked) => menu::pick(draft, asked)?,
        PerkEvent::Attributes(asked) => attribute::set(draft, asked),
        PerkEvent::Reissue(asked) => reissue::give(draft, event, asked)?,
        PerkEvent::ReissueBack(asked) => reissue::take_back(draft, asked)?,
        PerkEvent::Gift(asked) => gift::give(draft, asked)?,
        PerkEvent::Restock(_) | PerkEvent::CodesAdded(_) | PerkEvent::Moved(_) => {}
    }
    Ok(())
}

/// Whether what so many of a used redemption did can be undone.
pub(crate) fn check_back(draft: &Draft<'_>, used: &Redemption, units: i64) -> Result<(), Refusal> {
    used::check_back(draft, used, units)
}

fn change(draft: &mut Draft<'_>, change: PerkChange) {
    draft.take(Change::Perks(Box::new(change)));
}

fn note(draft: &mut Draft<'_>, note: PerkNote) {
    draft.note(Note::Perk(Box::new(note)));
}
