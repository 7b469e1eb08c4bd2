//! Consents that are confirmed by a link.

use regulars_base::{MemberId, Timestamp};

/// A consent that a member is to confirm, or has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmationRow {
    /// Who.
    pub member: MemberId,
    /// What: the id of the program's activity.
    pub purpose: String,
    /// When they said that they allow it.
    pub asked_at: Timestamp,
    /// Until when they may confirm it.
    pub expires_at: Timestamp,
    /// How many letters went.
    pub letters: i64,
    /// When the next is due; nothing if there is none.
    pub due: Option<Timestamp>,
    /// When they confirmed it.
    pub confirmed_at: Option<Timestamp>,
}
