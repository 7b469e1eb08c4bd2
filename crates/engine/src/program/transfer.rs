//! Points that members send to one another.

use super::Limit;

/// What members may send to one another.
#[derive(Clone, Debug)]
pub struct TransferRule {
    /// Which points, and how many of them at once.
    pub points: Vec<Sendable>,
    /// How often, or how many points, a member may send.
    pub limits: Vec<Limit>,
    /// The lowest tier that may.
    pub tier: Option<u16>,
    /// For how many days one must be a member.
    pub joined_days: i32,
    /// Whether the points' lifetime begins anew with the member who gets them.
    pub new_dates: bool,
}

/// Points that may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sendable {
    /// Which, by their place in the program.
    pub points: u16,
    /// The least at once.
    pub least: i64,
    /// The most at once.
    pub most: i64,
    /// What it costs to send them.
    pub fee: i64,
}
