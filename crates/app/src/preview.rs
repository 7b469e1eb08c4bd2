//! What an event would do: the same road, but nothing is written.

use crate::app::soon;
use crate::{App, Error, PointsMoved};
use regulars_base::{MemberId, Name, TenantId};
use regulars_engine::event::Incoming;
use regulars_engine::{Outcome, Program};
use std::sync::Arc;

/// What an event would do.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Whom it would concern; nothing for a customer who was never seen.
    pub member: Option<MemberId>,
    /// The program version that would decide it.
    pub version: i64,
    /// That version.
    pub program: Arc<Program>,
    /// What it would come to, with the trace.
    pub outcome: Outcome,
    /// What would move, per kind of points.
    pub points: Vec<PointsMoved>,
    /// What would be available afterwards, per kind of points.
    pub available: Vec<(Name, i64)>,
}

impl App {
    /// What an event would do now (or at its `occurred_at`); nothing is written.
    pub fn preview(&self, _tenant: TenantId, _incoming: Incoming) -> Result<Preview, Error> {
        soon()
    }
}
