//! How much is worked on at once. Whoever comes beyond that is told to wait before anything of their request is
//! read: so what a server gets done does not fall when more is asked of it than it can do.
//!
//! Only work counts, not open connections: whoever sends a body slowly takes no room from others.

use crate::failure::Failure;
use crate::state::Server;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use regulars_api::Code;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What whoever comes too many is told to wait, in seconds.
const WAIT: u32 = 1;

/// How many requests are worked on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Room(Arc<AtomicUsize>);

/// A request that is worked on, until this is dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<AtomicUsize>);

impl Room {
    /// Counts a request from now on.
    pub(crate) fn take(&self) -> Place {
        self.0.fetch_add(1, Ordering::Relaxed);
        Place(Arc::clone(&self.0))
    }

    /// How many are worked on.
    pub(crate) fn taken(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Turns away who comes while there is no room, unread. Whether the server lives is always answered.
pub(crate) async fn at_the_door(
    State(server): State<Server>,
    request: Request,
    next: Next,
) -> Response {
    let asks_for_health = matches!(request.uri().path(), "/healthz" | "/readyz");
    if asks_for_health || server.has_room() {
        return next.run(request).await;
    }
    let detail =
        "more is asked for than this server can do just now; nothing of it was read, send it again";
    Failure::new(Code::Busy, detail).after(WAIT).into_response()
}
