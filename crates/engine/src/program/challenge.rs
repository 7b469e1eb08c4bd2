//! Challenges.

use super::Gives;
use regulars_base::{Name, Period, Span, Timestamp};

/// A challenge: steps, or a streak.
#[derive(Clone, Debug)]
pub struct ChallengeRule {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What people call it.
    pub title: String,
    /// From when on it counts.
    pub from: Option<Timestamp>,
    /// Until when (the first moment that no longer counts).
    pub until: Option<Timestamp>,
    /// The lowest tier that takes part, by its place.
    pub tier: Option<u16>,
    /// Only members who joined take part.
    pub opt_in: bool,
    /// A step counts only when those before it are full.
    pub in_order: bool,
    /// It begins anew with each such period.
    pub every: Option<Period>,
    /// It may be met any number of times.
    pub repeat: bool,
    /// Its steps; one if it is a streak.
    pub steps: Vec<Step>,
    /// So many periods in a row.
    pub streak: Option<Streak>,
    /// Teams do it together, not members by themselves.
    pub team: Option<TeamRule>,
    /// What it gives.
    pub gives: Option<Gives>,
    /// The badge that it gives, by its place.
    pub badge: Option<u16>,
    /// A reward that it gave is void after so long.
    pub voucher_expires: Option<Span>,
}

/// A step of a challenge.
#[derive(Clone, Debug)]
pub struct Step {
    /// What people call it.
    pub title: String,
    /// How much of it is needed.
    pub need: i64,
}

/// So many periods in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streak {
    /// Which periods.
    pub every: Period,
    /// How many.
    pub times: i64,
    /// So many missed periods of each run are forgiven.
    pub freezes: i64,
    /// Another one for each so many periods of the run.
    pub freeze_each: Option<i64>,
}

/// How a challenge is done by teams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamRule {
    /// Which sort of group the teams are, by its id.
    pub of: String,
    /// The same, as a number.
    pub group: Name,
    /// How much of a step somebody must have done to get what it gives.
    pub least: i64,
    /// What becomes of what somebody did who leaves before it is reached.
    pub on_leaving: EffortOfLeaver,
    /// Whether who does their part only after it was reached gets what it gives as well.
    pub late: bool,
    /// What a refund does that comes after it was reached.
    pub on_refund: TeamRefund,
}

/// What becomes of what somebody did for a team, who leaves it before the goal is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EffortOfLeaver {
    /// It counts on for the team.
    Stays,
    /// It counts no more.
    Leaves,
}

/// What a refund does that comes after a team reached its goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TeamRefund {
    /// What it gave is taken back, where what is left is not enough.
    TakesBack,
    /// What was reached stays reached, and what was given stays given.
    Keeps,
}
