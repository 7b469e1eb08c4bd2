//! Leaderboards, nicknames, draws and causes, on the wire.

use crate::amount::Amount;
use crate::json::{At, Fields, FromJson};
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A leaderboard in a period. Only members who chose a nickname appear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeaderboardOut {
    /// Its id in the program file.
    #[schema(example = "week")]
    pub leaderboard: String,
    /// What people call it.
    pub title: String,
    /// The first day of the period; not there if it counts for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "2025-03-03")]
    pub begins_on: Option<String>,
    /// When the period is closed: from then on nothing moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_at: Option<String>,
    /// The first places.
    pub top: Vec<StandingOut>,
    /// The place of the member who was asked for, if they are on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<StandingOut>,
    /// Their neighbours, themselves among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub around: Vec<StandingOut>,
}

/// A place on a leaderboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StandingOut {
    /// The place: 1 is the first. Of equals, whoever had it first.
    pub place: i64,
    /// Who.
    #[schema(example = "Bean Queen")]
    pub nickname: String,
    /// With how much.
    pub figure: Amount,
    /// Since when.
    pub reached_at: String,
}

/// A nickname.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NicknameOut {
    /// The nickname; nothing for a member who does not appear on leaderboards.
    #[schema(example = "Bean Queen")]
    pub nickname: Option<String>,
}

/// Choose a nickname, or none.
#[derive(Clone, Debug, ToSchema)]
pub struct NicknameIn {
    /// 2 to 24 letters, digits, spaces or `-_.'`; left out, the member has none any more.
    #[schema(example = "Bean Queen")]
    pub nickname: Option<String>,
}

impl FromJson for NicknameIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let nickname = fields.text("nickname", faults);
        fields.finish(faults);
        let nickname = nickname.filter(|text| !text.is_empty());
        let nickname = nickname.map(|text| text.to_string());
        Some(Self { nickname })
    }
}

/// What is published of the secret of a month, from which the numbers of plays and draws come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PromiseOut {
    /// The first day of the month (UTC).
    #[schema(example = "2025-03-01")]
    pub month: String,
    /// SHA-256 of the secret, in hex.
    pub promise: String,
    /// When it was made.
    pub made_at: String,
    /// The secret, in hex; not there before the month is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// The winners of a draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DrawnOut {
    /// The draw.
    pub draw: String,
    /// Tickets in all.
    pub tickets: i64,
    /// SHA-256 of the list of tickets, in hex: of each wallet, by id, its id (16 bytes) and its
    /// number of tickets (8 bytes).
    pub list: String,
    /// Who won, by place; alternates stand after the winners.
    pub places: Vec<PlaceOut>,
}

/// A place in a draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlaceOut {
    /// The place: 1 is the first.
    pub place: i64,
    /// Who.
    pub member: String,
    /// With so many tickets.
    pub tickets: i64,
    /// Whether the member stands in for winners who do not claim.
    pub alternate: bool,
}

/// What a cause got in a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CauseMonthOut {
    /// The first day of the month.
    #[schema(example = "2025-03-01")]
    pub month: String,
    /// How much, what the merchant added included.
    pub amount: Amount,
    /// From how many members.
    pub members: i64,
}
