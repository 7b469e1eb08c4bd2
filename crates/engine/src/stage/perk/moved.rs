//! What a merged member held of rewards goes to the member who stays. Of two values of one attribute
//! that of the member who stays counts.

use super::change;
use crate::draft::Draft;
use crate::event::{Event, Kind, PerkEvent, PerksMoved};
use crate::follow::tell;
use crate::stage::tier;
use crate::state::PerkChange;
use regulars_base::{MemberId, Text};

/// It leaves.
pub(crate) fn leave(draft: &mut Draft<'_>, event: &Event, into: MemberId) {
    let own = draft.state.wallet.perks();
    let moved = PerksMoved {
        attributes: own.attributes.clone(),
        access: own.access.clone(),
        picked: own.picked.clone(),
    };
    if moved.attributes.is_empty() && moved.access.is_empty() && moved.picked.is_empty() {
        return;
    }
    for (attribute, _) in &moved.attributes {
        let (attribute, value) = (*attribute, Text::default());
        change(draft, PerkChange::AttributeSet { attribute, value });
    }
    for access in &moved.access {
        change(draft, PerkChange::Closed(access.clone()));
    }
    for picked in &moved.picked {
        change(draft, PerkChange::Unpicked(*picked));
    }
    let kind = Kind::Perk(Box::new(PerkEvent::Moved(Box::new(moved))));
    tell(draft, event, "perks", into, kind);
}

/// It comes in.
pub(crate) fn come_in(draft: &mut Draft<'_>, moved: &PerksMoved) {
    for (attribute, value) in &moved.attributes {
        if draft.state.wallet.attribute(*attribute).is_empty() {
            let (attribute, value) = (*attribute, value.clone());
            change(draft, PerkChange::AttributeSet { attribute, value });
            tier::clock_set(draft, attribute);
        }
    }
    for access in &moved.access {
        change(draft, PerkChange::Opened(access.clone()));
    }
    for picked in &moved.picked {
        change(draft, PerkChange::Picked(*picked));
    }
}
