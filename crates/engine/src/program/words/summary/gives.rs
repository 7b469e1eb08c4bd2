//! What a card or a tier gives, in words.

use super::told::Told;
use crate::program::Gives;

/// What a card or a tier gives: a reward, or points.
pub(super) fn gives(to: Told<'_>, gives: &Gives) -> String {
    match gives {
        Gives::Reward(place) => to.reward_at(*place),
        Gives::Points(amounts) => to.price(amounts),
    }
}
