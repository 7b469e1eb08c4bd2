//! What a card or a tier gives, in words.

use super::price;
use crate::program::{Gives, Program};

/// What a card or a tier gives: the id of a reward, or points.
pub fn gives(program: &Program, gives: &Gives) -> String {
    match gives {
        Gives::Reward(place) => {
            let reward = program.rewards.get(usize::from(*place));
            format!("`{}`", reward.map_or("", |reward| &reward.id))
        }
        Gives::Points(amounts) => price(program, amounts),
    }
}
