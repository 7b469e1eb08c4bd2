//! What a member told of themselves and did without buying: as much of it as rules must know.

use super::{Paid, Wallet};
use crate::event::Activity;
use crate::outcome::Change;
use regulars_base::{Name, Text, Timestamp};
use serde::{Deserialize, Serialize};

/// What a member told of themselves, and did without buying. A wallet has none as long as all of
/// it is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engagement {
    /// The birthday.
    pub birthday: Option<Birthday>,
    /// Fields of the profile that were filled once, in the order in which they were.
    pub profile: Vec<Name>,
    /// What was done that pays once, in the order in which it came in.
    pub done: Vec<Done>,
    /// Activities that wait until somebody has looked at them.
    pub submissions: Vec<Submission>,
    /// What the member allowed, or allows no more.
    pub consents: Vec<Consent>,
}

/// The day on which a member was born, without the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Birthday {
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month.
    pub day: u8,
    /// When it was said.
    pub set_at: Timestamp,
    /// How often it was changed after it was first said.
    pub changes: u32,
    /// When its last gift came; [`Timestamp::FIRST`] if none did.
    pub given_at: Timestamp,
    /// When its next gift comes.
    pub gift_at: Timestamp,
}

/// Something was done that pays once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The activity.
    pub activity: Name,
    /// What it was about: the value of a field, as a hash.
    pub about: Name,
    /// When.
    pub at: Timestamp,
}

/// An activity that waits until somebody has looked at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The external id of its event.
    pub id: Text,
    /// The source of its event.
    pub source: Text,
    /// When it happened.
    pub at: Timestamp,
    /// What it was.
    pub activity: Activity,
    /// When it lapses.
    pub lapses_at: Timestamp,
    /// When it was approved; what it gives follows at once.
    pub approved_at: Option<Timestamp>,
}

/// What a member allowed, or allows no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// What.
    pub purpose: Name,
    /// Whether it is allowed now.
    pub given: bool,
    /// Since when that is so.
    pub since: Timestamp,
    /// What was given for it, where a withdrawal takes it back.
    pub gifts: Vec<ConsentGift>,
}

/// Points that were given for a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentGift {
    /// The rule.
    pub rule: Name,
    /// Which points, into which lot, how many.
    pub paid: Paid,
    /// The day (number, of the stretch) that they were counted as earned in.
    pub day: i32,
}

impl Done {
    /// Of each activity so many are kept. Who has done more of it earns nothing more with it: to
    /// forget would be to pay twice.
    pub const KEPT: usize = 500;
}

impl Wallet {
    /// What the member told and did, if anything.
    pub(crate) fn engaged(&self) -> Option<&Engagement> {
        self.engagement.as_deref()
    }

    /// Whether something that the member sent waits for somebody to look at it.
    pub fn has_waiting_submissions(&self) -> bool {
        let waits = |own: &Submission| own.approved_at.is_none();
        let engaged = self.engagement.as_deref();
        engaged.is_some_and(|own| own.submissions.iter().any(waits))
    }

    /// Moves what the member told and did.
    pub(super) fn apply_to_engagement(&mut self, change: &Change) {
        let mut own = self.engagement.take().unwrap_or_default();
        match change {
            Change::Done(done) => own.done.push(*done),
            Change::Undone(done) => {
                if let Some(at) = own.done.iter().position(|own| own == done) {
                    own.done.remove(at);
                }
            }
            Change::Submitted(submission) => own.submissions.push((**submission).clone()),
            Change::SubmissionApproved { id, at } => {
                let found = own.submissions.iter_mut().find(|waits| waits.id == *id);
                if let Some(found) = found {
                    found.approved_at = Some(*at);
                }
            }
            Change::SubmissionGone { id } => own.submissions.retain(|waits| waits.id != *id),
            Change::Consented(consent) => {
                own.consents.retain(|own| own.purpose != consent.purpose);
                own.consents.push((**consent).clone());
            }
            Change::ProfileFilled(field) => own.profile.push(*field),
            Change::BirthdaySet(birthday) => own.birthday = *birthday,
            _ => {}
        }
        self.engagement = (*own != Engagement::default()).then_some(own);
    }
}
