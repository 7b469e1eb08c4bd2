//! What sort of member it is: the merchant says so, and rates, prices and rewards can be for some.

use super::{change, note};
use crate::draft::Draft;
use crate::event::Attributes;
use crate::outcome::{PerkNote, Refusal};
use crate::stage::tier;
use crate::state::PerkChange;

/// Whether the program knows all of it.
pub(super) fn check(draft: &Draft<'_>, asked: &Attributes) -> Result<(), Refusal> {
    for (named, value) in &asked.values {
        let mut rules = draft.program.attributes.iter();
        let rule = rules.find(|rule| rule.id == named.as_str());
        let attribute = || named.clone();
        let rule = rule.ok_or_else(|| Refusal::UnknownAttribute {
            attribute: attribute(),
        })?;
        if !value.is_empty() && !rule.takes(value.as_str()) {
            return Err(Refusal::UnknownAttributeValue {
                attribute: attribute(),
            });
        }
    }
    Ok(())
}

/// The merchant says so.
pub(super) fn set(draft: &mut Draft<'_>, asked: &Attributes) {
    for (named, value) in &asked.values {
        let mut rules = draft.program.attributes.iter();
        let Some(rule) = rules.find(|rule| rule.id == named.as_str()) else {
            continue;
        };
        let attribute = rule.name;
        if draft.state.wallet.attribute(attribute) != value.as_str() {
            let value = value.clone();
            change(draft, PerkChange::AttributeSet { attribute, value });
            tier::clock_set(draft, attribute);
        }
        note(draft, PerkNote::Attribute { attribute });
    }
}
