//! Cards that a merchant had made: who may use which.

use crate::error::Error;
use regulars_base::{MemberId, Timestamp};

/// The kind of identity that the number of a card is.
pub const CARD: &str = "card";

/// Where a card stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CardState {
    /// Nobody has it yet.
    Blank,
    /// A member has it.
    Active,
    /// It is no longer good.
    Ended,
}

impl CardState {
    /// All of them, by their numbers in the database.
    pub const ALL: [Self; 3] = [Self::Blank, Self::Active, Self::Ended];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::Active => "active",
            Self::Ended => "ended",
        }
    }

    pub(crate) const fn number(self) -> i64 {
        match self {
            Self::Blank => 0,
            Self::Active => 1,
            Self::Ended => 2,
        }
    }

    pub(crate) fn read(number: i64) -> Result<Self, Error> {
        let own = Self::ALL.into_iter().find(|own| own.number() == number);
        own.ok_or_else(|| Error::Corrupt(format!("{number} is no state of a card")))
    }
}

/// A card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardRow {
    /// Its number.
    pub number: String,
    /// The batch that it was made with; empty if it came from elsewhere.
    pub batch: String,
    /// Where it stands.
    pub state: CardState,
    /// To whom it was handed out; nothing once they were forgotten.
    pub member: Option<MemberId>,
    /// Since when it stands so.
    pub at: Timestamp,
    /// The card that took its place.
    pub next: Option<String>,
}

/// How many cards of a batch stand so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardCount {
    /// The batch.
    pub batch: String,
    /// How they stand.
    pub state: CardState,
    /// How many.
    pub cards: u64,
}
