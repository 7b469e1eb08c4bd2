//! What shops and payment providers told, with what came of it.

use regulars_base::Timestamp;

/// Something that was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Which: the platform's own number with a hash of what it said. Empty for the row that counts what
    /// came unsigned.
    pub delivery: String,
    /// What it was about, in the platform's words.
    pub topic: String,
    /// What became of it, in one word.
    pub state: String,
    /// When it came, the last time.
    pub came_at: Timestamp,
    /// How often it came.
    pub times: u64,
    /// What became of it, in words.
    pub said: String,
    /// What it said: until it is decided, and where it could not be.
    pub body: Option<String>,
}

/// How much of what was told is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryBounds {
    /// What came before is forgotten.
    pub before: Timestamp,
    /// So many are kept with what they said.
    pub bodies_most: usize,
}

/// What became of noting a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noted {
    /// It is new.
    New,
    /// It came before: as it was then.
    Earlier(DeliveryRow),
    /// Too many are kept that are not decided: it is not noted.
    Full,
}

/// Which deliveries are looked at, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryAsk {
    /// In this state; in any if nothing.
    pub state: Option<String>,
    /// After this one: when it came, and which it is.
    pub after: Option<(Timestamp, String)>,
}

/// Where a page begins: behind everything if nothing was shown yet.
pub(crate) fn after(ask: &DeliveryAsk) -> (i64, &str) {
    let begun = ask.after.as_ref();
    begun.map_or((i64::MAX, ""), |(at, id)| (at.micros(), id))
}
