//! Journeys: where each member is in each, and what was done for them.

use crate::message::{MessageRow, SendRow};
use regulars_base::{Timestamp, WalletId};

/// Where a member is in a journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyRow {
    /// Whose: the wallet has the id of its member.
    pub wallet: WalletId,
    /// Which journey.
    pub journey: String,
    /// By which version of it they went on last.
    pub version: i64,
    /// The how many-th time they are in it.
    pub entry: u32,
    /// At which step.
    pub step: String,
    /// Since when.
    pub since: Timestamp,
    /// When it goes on by itself.
    pub due: Option<Timestamp>,
    /// Whether they are out of it.
    pub done: bool,
    /// Whether they are in the control group.
    pub held_out: bool,
    /// How many deeds there are of this entry.
    pub deeds: u32,
    /// All of it, as JSON.
    pub state: String,
}

/// Something that was done for a member at a step, or seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyDeed {
    /// Whose.
    pub wallet: WalletId,
    /// Of which journey.
    pub journey: String,
    /// Of which entry.
    pub entry: u32,
    /// Its number in that.
    pub no: u32,
    /// The step.
    pub step: String,
    /// When.
    pub at: Timestamp,
    /// What, in one word.
    pub did: String,
    /// Why it came to nothing, or how it ended.
    pub reason: String,
    /// How many points, in the smallest unit.
    pub points: i64,
    /// Whether these are still to be booked.
    pub pending: bool,
}

/// What comes of journeys in a pass behind the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JourneyPass {
    /// Where members are now.
    pub rows: Vec<JourneyRow>,
    /// What was done.
    pub deeds: Vec<JourneyDeed>,
    /// Sends of messages, those that are not there yet.
    pub sends: Vec<SendRow>,
    /// The messages.
    pub messages: Vec<MessageRow>,
}

/// Whom of a journey is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JourneyAsk {
    /// Those at this step.
    pub step: Option<String>,
    /// Those who are out of it, or those who are not.
    pub done: Option<bool>,
    /// After this one.
    pub after: Option<WalletId>,
}

/// How often something was done at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyCount {
    /// The step.
    pub step: String,
    /// What.
    pub did: String,
    /// Why it came to nothing, or how it ended.
    pub reason: String,
    /// How often.
    pub count: i64,
    /// How many points in all.
    pub points: i64,
}

/// How many members are at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyCrowd {
    /// The step.
    pub step: String,
    /// Whether they are out of it.
    pub done: bool,
    /// Whether they are in the control group.
    pub held_out: bool,
    /// How many.
    pub count: i64,
}

/// The columns of where a member is, in the order in which they are read and written after the tenant.
pub(crate) const ROW: &str =
    "wallet, journey, version, entry, step, since, due, done, held_out, deeds, state";
/// Those of a deed.
pub(crate) const DEED: &str = "wallet, journey, entry, no, step, at, did, reason, points, pending";
