//! What an event came to: a verdict, the changes that make it so, and why.

mod change;
mod channel;
mod note;
mod perk;
mod refusal;

pub use change::{Change, PartnerEntry};
pub use channel::ChannelNote;
pub use note::{GameNote, GroupNote, Idle, Miss, MoneyNote, Note, PlanEnd};
pub use perk::PerkNote;
pub use refusal::{CodeFault, Measure, Refusal};

use crate::event::{Activity, Event, Kind};
use regulars_base::MemberId;
use regulars_ledger::Posting;
use serde::{Deserialize, Serialize};

/// What an event came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Yes or no.
    pub verdict: Verdict,
    /// What moves, in order. A refusal may have some too: what was due before the event is done.
    pub changes: Vec<Change>,
    /// Why, rule by rule, in order.
    pub trace: Vec<Note>,
    /// Events that follow from this one. Those that name a member are decided next, for that
    /// member's wallet, and written in the same commit as this one. Those that name nobody (what
    /// was kept until the enrolment) are for the same wallet and come as soon as can be; should the
    /// shell stop in between, the next event or tick of the wallet says them again.
    pub follow_ups: Vec<FollowUp>,
}

/// An event that follows from another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FollowUp {
    /// Whose, for what belongs into the same commit; nothing for the same wallet, later.
    pub member: Option<MemberId>,
    /// What, with a key of its own.
    pub event: Event,
}

/// Yes or no. A refusal is a fact and is recorded like any other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It counts.
    #[default]
    Accepted,
    /// It does not, and this is why.
    Refused(Refusal),
}

impl Outcome {
    /// Nothing yet, accepted so far; keeps its memory.
    pub fn clear(&mut self) {
        self.verdict = Verdict::Accepted;
        self.changes.clear();
        self.trace.clear();
        self.follow_ups.clear();
    }

    /// The postings among the changes, in order.
    pub fn postings(&self) -> impl Iterator<Item = &Posting> {
        self.changes.iter().filter_map(Change::posting)
    }

    /// What a member did by an event, once it counts: not while it waits for somebody to look at it, and not if
    /// they say no. What was approved counts by the event that follows from that, on the day on which it was done.
    pub fn activity<'a>(&self, event: &'a Event) -> Option<&'a Activity> {
        let (done, over) = match &event.kind {
            Kind::Activity(done) => (done, false),
            Kind::Approved(approved) => (&approved.activity, true),
            _ => return None,
        };
        let counts = match over {
            false => !self
                .changes
                .iter()
                .any(|it| matches!(it, Change::Submitted(_))),
            true => self
                .changes
                .iter()
                .any(|it| matches!(it, Change::SubmissionGone { .. })),
        };
        (self.verdict == Verdict::Accepted && counts).then_some(done)
    }
}
