//! Events come in: durable when they are answered.

use crate::app::soon;
use crate::{App, Error, Receipt};
use regulars_base::TenantId;
use regulars_engine::event::Incoming;

impl App {
    /// Hands an event to the lane of whom it concerns; `reply` is called (on the lane's thread, so
    /// it must be quick) once the event is durable, or refused. Never blocks: with too much
    /// waiting, `reply` gets `Error::Busy` at once.
    ///
    /// `recorded_at` and `entropy` of the event are set here; what the caller puts there is
    /// ignored.
    pub fn submit(
        &self,
        _tenant: TenantId,
        _incoming: Incoming,
        reply: impl FnOnce(Result<Receipt, Error>) + Send + 'static,
    ) {
        reply(soon());
    }

    /// Takes events in order; durable when it returns, one answer for each. Blocks while too much
    /// is waiting.
    pub fn ingest(
        &self,
        _tenant: TenantId,
        incoming: Vec<Incoming>,
    ) -> Vec<Result<Receipt, Error>> {
        incoming.into_iter().map(|_| soon()).collect()
    }

    /// Takes one event; durable when it returns.
    pub fn ingest_one(&self, _tenant: TenantId, _incoming: Incoming) -> Result<Receipt, Error> {
        soon()
    }
}
