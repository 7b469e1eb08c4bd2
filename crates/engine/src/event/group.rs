//! What happens to households and organisations.

use crate::outcome::Refusal;
use crate::state::Paid;
use regulars_base::{MemberId, Name, Text, Timestamp};
use serde::{Deserialize, Serialize};

/// A member is a group and no person, or something else is known of the group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSet {
    /// What sort of group, by its id in the program file.
    pub group: Text,
    /// What people call it.
    pub title: Text,
    /// Who at the merchant's looks after it; empty if nobody does.
    pub manager: Text,
    /// When its contract begins, if it has one.
    pub from: Option<Timestamp>,
    /// The first moment at which it is over, if that is known.
    pub until: Option<Timestamp>,
}

/// Somebody may come into a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupInvite {
    /// Who.
    pub person: MemberId,
    /// As what, by the role's id; empty for whatever they are by themselves: the head of a group that
    /// has nobody yet, or the second role of the program file.
    pub role: Text,
}

/// A group wants a member. Made from a `GroupInvite`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupInvited {
    /// Which.
    pub group: MemberId,
    /// What sort of group.
    pub rule: Name,
    /// As what.
    pub role: Name,
    /// The first moment at which they may come in no more.
    pub until: Timestamp,
}

/// A member comes into a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupJoin {
    /// Which.
    pub group: MemberId,
}

/// Somebody asks a group to be let in. Made from a `GroupJoin`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupEntry {
    /// Who.
    pub person: MemberId,
}

/// What a group says to who asked to be let in. Made from a `GroupEntry`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupAnswer {
    /// Which group.
    pub group: MemberId,
    /// What sort of group, and as what they are in; or why they are not.
    pub answer: Result<(Name, Name), Refusal>,
}

/// What somebody who came in brings along. Made from a `GroupAnswer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupBrought {
    /// Who.
    pub person: MemberId,
    /// Their points, lot by lot.
    pub lots: Vec<Paid>,
}

/// Somebody leaves a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupLeave {
    /// Who; nobody for whoever says so.
    pub person: Option<MemberId>,
}

/// Somebody is out of a group. Made from a `GroupLeave` or the group's end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupLeft {
    /// Which.
    pub group: MemberId,
    /// Their share of its points, lot by lot.
    pub lots: Vec<Paid>,
}

/// Somebody in a group has another role, or may spend otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRole {
    /// Who.
    pub person: MemberId,
    /// Their role, by its id; empty for the one that they have.
    pub role: Text,
    /// What they may spend in a month, by the points' ids; nothing for what their role may.
    pub spend_max: Vec<(Text, i64)>,
}
