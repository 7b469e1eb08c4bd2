//! What members and their teams tell each other about challenges.

use regulars_base::{MemberId, Name, Timestamp};
use serde::{Deserialize, Serialize};

/// What a member and their team tell each other. A stored format: variants are added at the end, never
/// changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TeamNews {
    /// To the team: somebody did so much of a step, or (below zero) so much of it came back.
    Effort {
        /// Who.
        person: MemberId,
        /// The challenge.
        challenge: Name,
        /// The step's place.
        step: u8,
        /// How much.
        by: i64,
        /// When it was done.
        at: Timestamp,
    },
    /// To somebody who took part: the team reached its goal.
    Reached {
        /// The team.
        team: MemberId,
        /// The challenge.
        challenge: Name,
        /// Its period.
        period: i32,
    },
    /// To whom that was told: too little is left of it.
    Undone {
        /// The team.
        team: MemberId,
        /// The challenge.
        challenge: Name,
        /// Its period.
        period: i32,
    },
}
