//! Stamp cards.

use super::condition::Condition;
use super::{Gives, Limit, Trigger};
use regulars_base::{Name, Span};

/// A stamp card.
#[derive(Clone, Debug)]
pub struct CardRule {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What it listens to.
    pub on: Trigger,
    /// When it counts. A condition that names a line is asked for each line.
    pub when: Option<Condition>,
    /// What one stamp is for.
    pub each: StampFor,
    /// At most so many stamps per period and member, or per order.
    pub limits: Vec<Limit>,
    /// How many stamps fill it.
    pub full: i64,
    /// What a full card gives.
    pub gives: Gives,
    /// What it gives on the way, by ascending stamps.
    pub milestones: Vec<Milestone>,
    /// Only stamps of the last so many days (today is one of them) count; all if not said.
    pub within: Option<Span>,
    /// Two stamps are at least so far apart.
    pub apart_minutes: Option<i32>,
    /// A card that is older than this (from its first stamp, to the end of that day) is void.
    pub expires: Option<Span>,
    /// The voucher that it gives is void after so long (to the end of that day).
    pub voucher_expires: Option<Span>,
    /// Stamps beyond the last go over to the next card.
    pub carry_over: bool,
    /// Money that makes no whole stamp is kept for the next one. Only where a stamp is for an amount.
    pub keeps_rest: bool,
    /// The name under which that stands in states and records.
    pub rest: Name,
}

impl CardRule {
    /// The name under which a card of this id keeps money that makes no whole stamp: no id has a space.
    pub fn rest_of(id: &str) -> Name {
        Name::of(&["rest ", id].concat())
    }
}

/// What a card gives before it is full. It stays on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// At how many stamps.
    pub stamps: i64,
    /// What.
    pub gives: Gives,
}

/// What one stamp is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StampFor {
    /// Each event (order or visit) that matches.
    Event,
    /// Each thing on the lines that match.
    Item,
    /// Each so many minor units of the lines that match.
    Amount(i64),
}
