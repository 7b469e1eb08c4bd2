//! Codes of a supplier: each redemption brings one, and no code is brought twice.
//!
//! *The cinema sent a list of 500 codes. The 500th member gets the last one, the next is told that none
//! is left. What a code is stands beside the log, which only knows its number.*

use super::{change, note};
use crate::draft::Draft;
use crate::event::CodesAdded;
use crate::outcome::{Change, PerkNote, Refusal};
use crate::program::Reward;
use crate::state::{PerkChange, Redemption, SharedKey, SupplierCodes};
use regulars_base::Name;

impl Reward {
    /// The names of the shared figures that count its codes, in words; none if it has no codes.
    pub(crate) fn code_figures(&self) -> Vec<String> {
        match self.codes {
            true => vec![
                format!("codes of {}", self.id),
                format!("codes drawn of {}", self.id),
            ],
            false => Vec::new(),
        }
    }
}

/// The shared figures of a reward's codes: how many are spoken for, less those that came in; and how
/// many were drawn, which numbers the next.
pub(crate) fn keys(reward: &Reward) -> [SharedKey; 2] {
    let key = |name: String| SharedKey {
        name: Name::of(&name),
        period: 0,
    };
    [
        key(format!("codes of {}", reward.id)),
        key(format!("codes drawn of {}", reward.id)),
    ]
}

/// Codes came in. It concerns no member.
pub(crate) fn add(draft: &mut Draft<'_>, asked: &CodesAdded) -> Result<(), Refusal> {
    let rewards = &draft.program.rewards;
    let reward = rewards.iter().find(|own| own.id == asked.reward.as_str());
    let reward = reward.ok_or(Refusal::UnknownReward)?;
    if !reward.codes {
        return Err(Refusal::NoCodesKept);
    }
    let [key, _] = keys(reward);
    draft.take(Change::Drawn {
        key,
        by: -asked.count,
    });
    let (reward, count) = (reward.name, asked.count);
    let left = -draft.state.shared.used(key);
    note(
        draft,
        PerkNote::CodesAdded {
            reward,
            count,
            left,
        },
    );
    Ok(())
}

/// Whether there are so many.
pub(crate) fn check(draft: &Draft<'_>, reward: &Reward, quantity: i64) -> Result<(), Refusal> {
    if reward.codes && -draft.state.shared.used(keys(reward)[0]) < quantity {
        return Err(Refusal::OutOfCodes);
    }
    Ok(())
}

/// So many are spoken for (or no more, below zero).
pub(crate) fn speak_for(draft: &mut Draft<'_>, reward: &Reward, by: i64) {
    if reward.codes {
        let [key, _] = keys(reward);
        draft.take(Change::Drawn { key, by });
    }
}

/// A redemption is used: its codes have numbers from then on.
pub(super) fn draw(draft: &mut Draft<'_>, used: &Redemption, reward: &Reward) {
    let [_, key] = keys(reward);
    let first = draft.state.shared.used(key);
    let count = used.quantity;
    draft.take(Change::Drawn { key, by: count });
    change(
        draft,
        PerkChange::Numbered(SupplierCodes {
            redemption: used.id.clone(),
            reward: reward.name,
            first,
            count,
        }),
    );
    let reward = reward.name;
    note(draft, PerkNote::GotCodes { reward, count });
}
