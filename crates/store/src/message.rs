//! Messages to members: sends, and the outbox with a row for each member.

use regulars_base::{MemberId, Timestamp};

/// How far a send came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendStage {
    /// Who gets it is being looked up.
    Planning,
    /// Everybody has their row.
    Planned,
    /// Somebody stopped it.
    Stopped,
}

/// A message to a segment or to one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendRow {
    /// Its id (`snd_…`).
    pub id: String,
    /// How far it came.
    pub stage: SendStage,
    /// Members up to this one have their rows.
    pub after: Option<MemberId>,
    /// What is sent to whom: JSON.
    pub body: String,
    /// When it was made.
    pub made_at: Timestamp,
}

/// What became of a message to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MessageStage {
    /// It waits to be sent.
    Waiting,
    /// It is being handed over: written before, so that it is known what was under way at a stop.
    HandedOver,
    /// It was taken.
    Sent,
    /// It was not sent, for a reason.
    NotSent,
    /// It may have been taken or not, and is not sent again.
    Uncertain,
    /// It was tried for long enough.
    GivenUp,
    /// It came back.
    Bounced,
}

/// A message to a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRow {
    /// Of which send.
    pub send: String,
    /// To whom.
    pub member: MemberId,
    /// On which channel, by its name.
    pub channel: String,
    /// What became of it.
    pub stage: MessageStage,
    /// Why: a code, or what the other side said.
    pub reason: String,
    /// Since when it is at this stage.
    pub at: Timestamp,
    /// When somebody is to look at it next.
    pub due: Option<Timestamp>,
    /// How often it was tried.
    pub tries: u32,
    /// Whether it counts for the cap.
    pub counts: bool,
    /// A hash of where it goes to.
    pub address: Option<[u8; 32]>,
    /// What it says, while it is needed: JSON.
    pub content: Option<String>,
}

/// The rows of a page of members, and how far the send came with them.
#[derive(Clone, Debug)]
pub struct SendPlan<'a> {
    /// Which send.
    pub send: &'a str,
    /// How far it had come.
    pub seen: Option<MemberId>,
    /// How far it comes.
    pub after: Option<MemberId>,
    /// Whether that is everybody.
    pub done: bool,
    /// The rows.
    pub rows: &'a [MessageRow],
}

/// Which messages are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageAsk {
    /// At this stage only.
    pub stage: Option<MessageStage>,
    /// With this reason only.
    pub reason: Option<String>,
    /// After this member.
    pub after: Option<MemberId>,
}

impl SendStage {
    pub(crate) const fn number(self) -> i64 {
        match self {
            Self::Planning => 0,
            Self::Planned => 1,
            Self::Stopped => 2,
        }
    }

    pub(crate) const fn of(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self::Planning),
            1 => Some(Self::Planned),
            2 => Some(Self::Stopped),
            _ => None,
        }
    }
}

impl MessageStage {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::HandedOver,
        Self::Sent,
        Self::NotSent,
        Self::Uncertain,
        Self::GivenUp,
        Self::Bounced,
    ];

    pub(crate) const fn number(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::HandedOver => 1,
            Self::Sent => 2,
            Self::NotSent => 3,
            Self::Uncertain => 4,
            Self::GivenUp => 5,
            Self::Bounced => 6,
        }
    }

    pub(crate) fn of(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.number() == number)
    }
}

/// The columns of a message, in the order in which they are read and written after the tenant.
pub(crate) const MESSAGE: &str =
    "send, member, channel, stage, reason, at, due, tries, counts, address, content";
/// The columns of a send.
pub(crate) const SEND: &str = "send, stage, after, body, made_at";

/// What a cell holds that should be a stage.
pub(crate) fn bad_stage(number: i64) -> crate::Error {
    crate::Error::Corrupt(format!(
        "a message is at the stage {number}, which there is not"
    ))
}
