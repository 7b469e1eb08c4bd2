//! What the sender of an event is told.

use regulars_base::{EventKey, MemberId, Name, Timestamp};
use regulars_engine::Program;
use regulars_engine::outcome::{Note, Verdict};
use std::sync::Arc;

/// What the sender of an event is told: whether it counts, what moved, and why. Durable when it
/// is handed out.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The event's key.
    pub key: EventKey,
    /// Whose wallet it moved: the member (or the customer who is not one yet).
    pub member: MemberId,
    /// Its place in the member's log, from 1.
    pub seq: u64,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// Whether the same event had been taken before: then this is the receipt of that time.
    pub duplicate: bool,
    /// The program version that decided it.
    pub version: i64,
    /// That version: names points and rules.
    pub program: Arc<Program>,
    /// Yes or no.
    pub verdict: Verdict,
    /// What moved in the wallet, per kind of points; nothing for points that did not move.
    pub points: Vec<PointsMoved>,
    /// Why, rule by rule: [`Receipt::reasons`] has the words.
    pub trace: Vec<Note>,
}

/// What moved of one kind of points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointsMoved {
    /// Which points: `receipt.program.points_named(name)` has id, words and decimals.
    pub points: Name,
    /// By how much the wallet changed (lots and holds, less debt), in the smallest unit.
    pub change: i64,
    /// By how much what is set aside changed: a part of the wallet that cannot be spent elsewhere.
    pub held: i64,
}

impl Receipt {
    /// Why, rule by rule, in words.
    pub fn reasons(&self) -> Vec<String> {
        Vec::new()
    }
}
