//! Games of chance: scratch cards and wheels.

use super::{Gives, Limit};
use regulars_base::{Name, Ratio, Span, Timestamp};

/// A game of chance with published odds.
#[derive(Clone, Debug)]
pub struct GameRule {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What people call it.
    pub title: String,
    /// From when on it may be played.
    pub from: Option<Timestamp>,
    /// Until when (the first moment that no longer counts).
    pub until: Option<Timestamp>,
    /// The lowest tier that may play, by its place.
    pub tier: Option<u16>,
    /// What a play costs where none was earned: points by their place. Empty: only earned plays.
    pub price: Vec<(u16, i64)>,
    /// How often.
    pub limits: Vec<Limit>,
    /// Its prizes, in the order of the file.
    pub prizes: Vec<Prize>,
    /// All odds are so many parts of this.
    pub whole: u64,
}

/// A prize of a game.
#[derive(Clone, Debug)]
pub struct Prize {
    /// Its id within the game.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What people call it.
    pub title: String,
    /// How likely it is.
    pub odds: Ratio,
    /// The same, in parts of the game's whole.
    pub parts: u64,
    /// How many there are in all.
    pub stock: Option<i64>,
    /// What is given instead when there are none left: another prize, by its place.
    pub instead: Option<u8>,
    /// What it gives; nothing for "better luck next time" with a title.
    pub gives: Option<Gives>,
    /// A reward that it gave is void after so long.
    pub voucher_expires: Option<Span>,
}

impl GameRule {
    /// The number that a play's randomness comes to: below [`GameRule::whole`]. The remainder of a
    /// division of 128 bits by at most 2^40: no number is likelier than another by more than 2^-88.
    pub fn roll(&self, entropy: [u8; 16]) -> u64 {
        let rolled = u128::from_be_bytes(entropy) % u128::from(self.whole.max(1));
        u64::try_from(rolled).unwrap_or(0)
    }

    /// The prize that a number means, by its place: the first whose parts, counted up in the order
    /// of the file, lie above it. Nothing beyond the last.
    pub fn prize_at(&self, roll: u64) -> Option<usize> {
        let mut upto = 0_u64;
        self.prizes.iter().position(|prize| {
            upto = upto.saturating_add(prize.parts);
            roll < upto
        })
    }
}
