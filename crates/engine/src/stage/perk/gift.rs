//! A reward is given to a member, who pays nothing for it.
//!
//! *Ana takes the coffee that the shop offered her: a voucher in her hand, good for two weeks. She asks for the
//! coffee as for any other; the voucher pays, and her beans stay.*

use super::note;
use crate::draft::Draft;
use crate::event::RewardGift;
use crate::outcome::{PerkNote, Refusal};
use crate::stage::gives;
use regulars_base::{Name, Timestamp};

/// Puts the voucher into the hand.
pub(super) fn give(draft: &mut Draft<'_>, asked: &RewardGift) -> Result<(), Refusal> {
    let name = Name::of(asked.reward.as_str());
    let mut rewards = draft.program.rewards.iter();
    let place = rewards.position(|own| own.name == name);
    let place = place.and_then(|place| u16::try_from(place).ok());
    let place = place.ok_or(Refusal::UnknownReward)?;
    let until = asked.days.map_or(Timestamp::LAST, |days| {
        let zone = &draft.program.zone;
        zone.start_of(zone.day(draft.now).plus_days(i32::from(days.max(1))))
    });
    let reward = gives::voucher(draft, name, place, (draft.now, until));
    note(draft, PerkNote::Given { reward, until });
    Ok(())
}
