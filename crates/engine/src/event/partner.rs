//! What is booked with a partner by hand, and the end of a period.

use regulars_base::{Name, Text, Timestamp};
use serde::{Deserialize, Serialize};

/// Something that is booked with a partner by hand: money that came in, a correction, a dispute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerPost {
    /// The partner, by its id in the program file.
    pub partner: Text,
    /// What is booked.
    pub what: PostWhat,
    /// Why. Never empty.
    pub reason: Text,
    /// Who did it.
    pub by: Text,
}

/// What is booked with a partner by hand. Money in minor units of the program's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PostWhat {
    /// A partner who pays ahead paid so much in (or took it out, below zero).
    PaidIn(i64),
    /// An entry was wrong: so much is owed to the partner (or by it, below zero). The entry stays as
    /// it is; this one says which it corrects.
    Corrected {
        /// How much.
        amount: i64,
        /// The event whose entry it corrects, as `source/id`.
        refers: Text,
    },
    /// The partner does not agree with an entry. Nothing moves.
    Disputed {
        /// The event whose entry it is, as `source/id`.
        refers: Text,
    },
    /// A dispute is over, with a correction or without.
    DisputeEnded {
        /// The external id of the event that began it.
        dispute: Text,
    },
}

/// A period is closed: what everybody owes is put down and does not change any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Its name: `2025-03`.
    pub period: Text,
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
    /// All that was booked from the beginning until then.
    pub sums: Vec<ClosedSum>,
    /// What each party had coming from the beginning until then, in minor units: nobody for the
    /// operator. They add up to zero.
    pub positions: Vec<(Option<Name>, i64)>,
    /// Who closed it.
    pub by: Text,
}

/// Everything of one sort that was booked with a party until a period was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedSum {
    /// Of what.
    pub of: SumKey,
    /// Points.
    pub points: i64,
    /// Millionths of a minor unit.
    pub micros: i128,
}

/// What is added up for a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SumKey {
    /// Whose statement; nobody for the operator's.
    pub party: Option<Name>,
    /// As what it is told there.
    pub role: Role,
    /// What was booked.
    pub what: PartnerMove,
    /// Which points, if any.
    pub points: Option<Name>,
    /// Whether a balance that was paid ahead is drawn on, or paid into.
    pub ahead: bool,
}

/// As what an entry is told in a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// The money is the party's.
    Party,
    /// The points were funded by it; the money is somebody else's.
    Funder,
}

/// What is booked with a partner. A stored format: variants are added at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PartnerMove {
    /// Points that it pays for were given.
    Issued,
    /// Points that it had paid for were taken back.
    TakenBack,
    /// Points were spent at its till.
    Redeemed,
    /// Points that had been spent at its till were given back.
    Returned,
    /// What the operator keeps of that.
    Fee,
    /// Points that it had paid for lapsed.
    Lapsed,
    /// What lapsed points had cost, to be divided among all.
    Pooled,
    /// Its part of that.
    Share,
    /// It paid in, to pay ahead.
    PaidIn,
    /// Something was corrected by hand.
    Corrected,
}

impl PartnerMove {
    /// All of them, in the order of a statement.
    pub const ALL: [Self; 10] = [
        Self::Issued,
        Self::TakenBack,
        Self::Redeemed,
        Self::Returned,
        Self::Fee,
        Self::Lapsed,
        Self::Pooled,
        Self::Share,
        Self::PaidIn,
        Self::Corrected,
    ];

    /// Its name in the API and in exports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::TakenBack => "taken_back",
            Self::Redeemed => "redeemed",
            Self::Returned => "returned",
            Self::Fee => "fee",
            Self::Lapsed => "lapsed",
            Self::Pooled => "pooled",
            Self::Share => "share_of_lapsed",
            Self::PaidIn => "paid_in",
            Self::Corrected => "corrected",
        }
    }
}
