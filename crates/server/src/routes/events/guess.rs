//! Events that may be a try at a code: wherever they come in, one by one, in batches or in a stream,
//! those that try codes that do not exist are counted for whoever sends them.

use crate::failure::Failure;
use crate::routes::coupons::{self, Guesser};
use crate::state::{Pending, Server};
use regulars_app::{Caller, Receipt};
use regulars_engine::event::{Event, GiftMove, Incoming, Kind};
use regulars_engine::outcome::{CodeFault, Refusal, Verdict};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// So many tries of one request are on their way at once. A try is known to be wrong when it is
/// answered, so that so many more than the limit may be let pass.
pub(super) const TRIES: usize = 8;

/// An event that was handed over, or was wrong, and who is counted if it tries a code that does not
/// exist.
pub(super) struct Sent {
    pending: Result<Pending, Failure>,
    guesser: Option<Guesser>,
    /// Its place among the tries that are on their way.
    _turn: Option<OwnedSemaphorePermit>,
}

/// The tries of one request.
#[derive(Clone)]
pub(super) struct Tries(Arc<Semaphore>);

impl Default for Tries {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(TRIES)))
    }
}

impl Tries {
    /// Waits until fewer tries are on their way, if the event is one.
    pub(super) async fn turn(&self, event: &Event) -> Option<OwnedSemaphorePermit> {
        match may_be_guess(event) {
            true => Arc::clone(&self.0).acquire_owned().await.ok(),
            false => None,
        }
    }
}

/// Hands an event over, unless whoever sends it has tried too many codes that do not exist.
pub(super) fn send(
    server: &Server,
    caller: &Caller,
    incoming: Incoming,
    turn: Option<OwnedSemaphorePermit>,
) -> Sent {
    let guesser = may_be_guess(&incoming.event).then(|| coupons::guesser(caller, None));
    let may = guesser.as_ref().map(|own| coupons::may_guess(server, own));
    let pending = match may {
        Some(Err(failure)) => Err(failure),
        Some(Ok(())) | None => Ok(server.submit(caller.tenant, incoming)),
    };
    Sent {
        pending,
        guesser,
        _turn: turn,
    }
}

impl Sent {
    /// Something that is no event.
    pub(super) const fn wrong(failure: Failure) -> Self {
        Self {
            pending: Err(failure),
            guesser: None,
            _turn: None,
        }
    }

    /// Whether it takes a place among the tries.
    pub(super) const fn is_try(&self) -> bool {
        self._turn.is_some()
    }

    /// Waits for the result, and counts it if it was a guess.
    pub(super) async fn settled(self, server: &Server) -> Result<Receipt, Failure> {
        let receipt = self.pending?.done().await?;
        if let (Some(guesser), true) = (self.guesser, is_guess(&receipt)) {
            guesser.wrong(server, 1);
        }
        Ok(receipt)
    }
}

/// Whether an event names a code, or a gift card: both may not exist.
fn may_be_guess(event: &Event) -> bool {
    let of_card = match &event.kind {
        Kind::GiftCard(what) => !matches!(**what, GiftMove::Issued(_)),
        _ => false,
    };
    of_card || !event.codes().is_empty()
}

/// Whether somebody tried a code that does not exist.
fn is_guess(receipt: &Receipt) -> bool {
    let Verdict::Refused(refusal) = &receipt.verdict else {
        return false;
    };
    let unknown = match refusal {
        Refusal::CodeNotUsable { why, .. } => *why == CodeFault::Unknown,
        Refusal::UnknownGiftCard => true,
        _ => false,
    };
    unknown && !receipt.duplicate
}
