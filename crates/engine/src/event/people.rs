//! What happens between members: referrals, and points that are sent.

use crate::state::{Doubt, Mark, Paid};
use regulars_base::{MemberId, Name, Text, Timestamp};
use serde::{Deserialize, Serialize};

/// A customer came by other members' links.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignUp {
    /// Whose links they followed, and when, in any order.
    pub touches: Vec<Touch>,
    /// What they are recognised by.
    pub marks: Vec<Mark>,
}

/// A member's link was followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    /// Whose.
    pub referrer: MemberId,
    /// When.
    pub at: Timestamp,
}

/// Somebody says whether a referral counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralReview {
    /// It does, or it does not (any more).
    pub approve: bool,
    /// Why. Never empty.
    pub reason: Text,
    /// Who says so.
    pub by: Text,
}

/// Something happened to a friend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FriendNews {
    /// The friend.
    pub friend: MemberId,
    /// What.
    pub news: News,
}

/// What happened to a friend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum News {
    /// They joined.
    Joined {
        /// What they are recognised by.
        marks: Vec<Mark>,
        /// What is doubtful about it already.
        doubt: Option<Doubt>,
    },
    /// So many purchases of theirs count now.
    Bought {
        /// How many.
        step: i64,
    },
    /// Of so many purchases that counted the last does not any more.
    Returned {
        /// How many had counted.
        step: i64,
    },
    /// Somebody said that the referral counts.
    Approved {
        /// Whether it was in review; it was refused otherwise.
        was_in_review: bool,
    },
    /// Somebody said that it does not.
    Rejected {
        /// Whether it was in review; it counted otherwise.
        was_in_review: bool,
    },
}

/// Whether `friend` is among those who sent the member who is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RingQuestion {
    /// Who was sent.
    pub friend: MemberId,
    /// Who sent them, and asks.
    pub referrer: MemberId,
    /// How many were asked before.
    pub asked: u8,
    /// What the referrer found doubtful.
    pub doubt: Option<Doubt>,
    /// The answer, on its way back.
    pub found: Option<bool>,
}

/// A member sends points to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferOut {
    /// To whom.
    pub to: MemberId,
    /// Which points, by their id in the program file.
    pub points: Text,
    /// How many, in the currency's smallest unit.
    pub amount: i64,
}

/// Points come from another member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferIn {
    /// From whom.
    pub from: MemberId,
    /// Out of which lots.
    pub lots: Vec<Paid>,
    /// What was paid for it, and comes back with the points if they are not taken.
    pub fee: Vec<Paid>,
}

/// Points come back that another member did not take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferBack {
    /// Who did not take them.
    pub from: MemberId,
    /// Out of which lots they were.
    pub lots: Vec<Paid>,
    /// What was paid for it.
    pub fee: Vec<Paid>,
    /// When they were sent: the period whose limit they counted in.
    pub sent_at: Timestamp,
    /// Which points.
    pub points: Name,
}
