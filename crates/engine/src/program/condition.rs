//! Conditions: CEL text, type-checked and compiled to an evaluator over typed fields.

use crate::event::{Activity, Line, Purchase};
use crate::state::Wallet;
use regulars_base::CivilDay;

/// A condition, ready to be asked.
#[derive(Clone, Debug)]
pub struct Condition {
    /// As it was written.
    pub text: String,
    /// Whether it names a line, and so must be asked for each.
    pub per_line: bool,
    /// Whether it names the member: then it cannot be answered from the event alone.
    pub of_member: bool,
}

/// What a condition may ask about.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The purchase, if it is one.
    pub purchase: Option<&'a Purchase>,
    /// The line, where it is asked for each.
    pub line: Option<&'a Line>,
    /// The activity, if it is one.
    pub activity: Option<&'a Activity>,
    /// The day on the shop's calendar.
    pub day: CivilDay,
    /// The second of the day on the shop's clock.
    pub second: i32,
    /// The wallet.
    pub wallet: &'a Wallet,
    /// The id of the member's tier; empty if there are none.
    pub tier: &'a str,
}

impl Condition {
    /// Whether it holds.
    pub fn holds(&self, _facts: &Facts<'_>) -> bool {
        true
    }
}
