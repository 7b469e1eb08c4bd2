//! Causes that members give points to.

use regulars_base::{Name, Ratio, Timestamp};

/// A cause.
#[derive(Clone, Debug)]
pub struct CauseRule {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What people call it.
    pub title: String,
    /// The points that it takes, by their place.
    pub points: u16,
    /// What one unit of them is worth to the cause, in minor units.
    pub worth: Ratio,
    /// From when on.
    pub from: Option<Timestamp>,
    /// Until when (the first moment that no longer counts).
    pub until: Option<Timestamp>,
    /// The least that is given at once.
    pub least: i64,
    /// The merchant adds as much again, up to so many minor units in all.
    pub matched: Option<i64>,
}
