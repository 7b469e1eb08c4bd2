//! What a program file would change: the difference in words, and the effect on real purchases.

use crate::app::soon;
use crate::{App, Error};
use regulars_base::{Name, TenantId};
use regulars_engine::Program;
use std::sync::Arc;

/// What a program file would change.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The version in force that it is compared with, if any.
    pub against: Option<i64>,
    /// The candidate.
    pub candidate: Arc<Program>,
    /// The differences in words, rule by rule; empty if there is none.
    pub differences: Vec<String>,
    /// The effect on purchases of the last time.
    pub effect: PlanEffect,
}

/// The effect of a candidate on recorded purchases, each decided afresh by both versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanEffect {
    /// How many purchases were looked at.
    pub purchases: u64,
    /// How many would give something else.
    pub changed: u64,
    /// Points given for them: which, by today's version, by the candidate.
    pub points: Vec<(Name, i64, i64)>,
    /// How many members would get more.
    pub members_better: u64,
    /// How many members would get less.
    pub members_worse: u64,
}

impl App {
    /// What `text` would change: the differences in words, and the effect on the last `sample`
    /// purchases. `Error::InvalidProgram` if it is wrong.
    pub fn plan(&self, _tenant: TenantId, _text: &str, _sample: usize) -> Result<Plan, Error> {
        soon()
    }
}
