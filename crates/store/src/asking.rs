//! Askings: who was asked by which survey, and what they answered.

use regulars_base::{MemberId, Timestamp};

/// How far an asking came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AskingStage {
    /// Its time is to come.
    Waiting,
    /// They were asked.
    Asked,
    /// They answered, and that is being booked.
    Given,
    /// What they answered is booked.
    Answered,
    /// They were not asked, for a reason.
    NotAsked,
}

/// Somebody is asked by a survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskingRow {
    /// Its id, unique among the member's.
    pub id: String,
    /// Who.
    pub member: MemberId,
    /// By which survey.
    pub survey: String,
    /// How far it came.
    pub stage: AskingStage,
    /// Why not, or what became of what they answered.
    pub reason: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// When somebody is to look at it next.
    pub due: Option<Timestamp>,
    /// When they were asked.
    pub asked_at: Option<Timestamp>,
    /// When the questions were first shown.
    pub opened_at: Option<Timestamp>,
    /// When they answered.
    pub answered_at: Option<Timestamp>,
    /// What it is about: JSON.
    pub about: String,
    /// What they answered in numbers and options: JSON.
    pub numbers: String,
    /// What they answered in words of their own: JSON.
    pub words: Option<String>,
}

/// How many askings of a survey there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskingCount {
    /// At which stage.
    pub stage: AskingStage,
    /// For which reason.
    pub reason: String,
    /// How many.
    pub count: i64,
    /// Of how many the questions were shown.
    pub opened: i64,
}

impl AskingStage {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Asked,
        Self::Given,
        Self::Answered,
        Self::NotAsked,
    ];

    pub(crate) const fn number(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::Asked => 1,
            Self::Given => 2,
            Self::Answered => 3,
            Self::NotAsked => 4,
        }
    }

    pub(crate) fn of(number: i64) -> crate::Result<Self> {
        let found = Self::ALL.into_iter().find(|own| own.number() == number);
        found.ok_or_else(|| {
            crate::Error::Corrupt(format!(
                "an asking is at the stage {number}, which there is not"
            ))
        })
    }
}

/// The columns of an asking, in the order in which they are read and written after the tenant.
pub(crate) const ASKING: &str = "member, asking, survey, stage, reason, made_at, due, asked_at, opened_at, \
     answered_at, about, numbers, words";

/// How an asking stood, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskingMove {
    /// Its stage, and when it was due, as they were seen.
    pub was: (AskingStage, Option<Timestamp>),
    /// As it is now.
    pub row: AskingRow,
}
