//! What members do in games.

use regulars_base::Text;
use serde::{Deserialize, Serialize};

/// A member takes part in a challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeJoin {
    /// Which, by its id in the program file.
    pub challenge: Text,
}

/// A member plays a game of chance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Play {
    /// Which, by its id in the program file.
    pub game: Text,
    /// Words of the player's own choice that the play's number depends on, if they like.
    pub nonce: Text,
}

/// A member buys tickets of a draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tickets {
    /// Which draw, by its id in the program file.
    pub draw: Text,
    /// How many: 1 or more.
    pub quantity: i64,
}

/// A member gives points to a cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Donation {
    /// Which, by its id in the program file.
    pub cause: Text,
    /// Which points, by their id in the program file: those that the cause takes.
    pub points: Text,
    /// How many, in their smallest unit: 1 or more.
    pub amount: i64,
}

/// A place that was won.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// Where.
    pub contest: Contest,
    /// The period of a leaderboard; 0 for a draw.
    pub period: i32,
    /// The place: 1 is the first.
    pub place: i64,
}

/// Where places are won.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Contest {
    /// A leaderboard, by its id in the program file.
    Leaderboard(Text),
    /// A draw, by its id in the program file.
    Draw(Text),
}
