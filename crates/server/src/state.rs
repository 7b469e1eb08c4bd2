//! What handlers share, and the two ways into the application: waiting for a lane, and blocking.

use crate::auth::Keys;
use crate::backoff::Backoff;
use crate::failure::Failure;
use crate::first_sign_in::FirstSignIn;
use crate::guesses::{CODES_MOST, Guesses, REQUESTS_MOST};
use crate::language;
use crate::rate::Buckets;
use crate::room::{Place, Room};
use crate::serve::Settings;
use regulars_api::Code;
use regulars_app::{App, Error, Receipt};
use regulars_base::{TenantId, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::Incoming;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::oneshot;

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Server(Arc<Shared>);

struct Shared {
    app: App,
    keys: Keys,
    guesses: Guesses,
    requests: Guesses,
    backoff: Backoff,
    buckets: Buckets,
    room: Room,
    settings: Settings,
}

/// An event that is on its way to be written.
pub(crate) struct Pending(oneshot::Receiver<Result<Receipt, Error>>);

impl Server {
    pub(crate) fn new(app: App, settings: Settings) -> Self {
        let keys = Keys::default();
        Self(Arc::new(Shared {
            app,
            keys,
            guesses: Guesses::of(CODES_MOST),
            requests: Guesses::of(REQUESTS_MOST),
            backoff: Backoff::default(),
            buckets: Buckets::default(),
            room: Room::default(),
            settings,
        }))
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.0.keys
    }

    pub(crate) fn guesses(&self) -> &Guesses {
        &self.0.guesses
    }

    pub(crate) fn backoff(&self) -> &Backoff {
        &self.0.backoff
    }

    pub(crate) fn buckets(&self) -> &Buckets {
        &self.0.buckets
    }

    /// Counts a request as worked on, until what is returned is dropped.
    pub(crate) fn work(&self) -> Place {
        self.0.room.take()
    }

    /// Whether more can be worked on: neither too many requests nor too many events wait.
    pub(crate) fn has_room(&self) -> bool {
        self.0.room.taken() < self.settings().at_once && self.app().has_room()
    }

    /// Counts a request of a member, or of whoever signs in at a shop; refuses it where there were too
    /// many in this minute.
    pub(crate) fn may_ask(&self, caller: u64) -> Result<(), Failure> {
        let now = self.app().now().micros();
        if self.0.requests.may(caller, now) {
            self.0.requests.wrong(caller, now, 1);
            return Ok(());
        }
        let detail = "too much was asked for in this minute; try again in the next";
        Err(Failure::new(Code::TooManyRequests, detail))
    }

    pub(crate) fn first_sign_in(&self) -> &FirstSignIn {
        &self.0.settings.first_sign_in
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Hands an event to its lane, without waiting.
    pub(crate) fn submit(&self, tenant: TenantId, incoming: Incoming) -> Pending {
        let (sender, receiver) = oneshot::channel();
        self.app().submit(tenant, incoming, move |result| {
            // Nobody listens any more if the connection is gone: the event is written all the same.
            let _ = sender.send(result);
        });
        Pending(receiver)
    }

    /// How many seconds there are until then.
    pub(crate) fn seconds_until(&self, then: Timestamp) -> i64 {
        (then.micros() - self.app().now().micros()) / 1_000_000
    }

    /// Calls the application on a thread that may block.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&App) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Failure> {
        let app = self.app().clone();
        let along = language::along();
        let _place = self.work();
        match tokio::task::spawn_blocking(move || along.run(|| call(&app))).await {
            Ok(result) => result.map_err(Failure::from),
            Err(error) => Err(Failure::internal(format!("a call broke off: {error}"))),
        }
    }

    /// The program of now, if there is one.
    pub(crate) async fn program(&self, tenant: TenantId) -> Result<Option<Arc<Program>>, Failure> {
        let read = self.call(move |app| match app.program_in_force(tenant, app.now()) {
            Ok((_, program)) => Ok(Some(program)),
            Err(Error::NoProgram) => Ok(None),
            Err(error) => Err(error),
        });
        read.await
    }

    /// The decimals of points by their id, in the program of now; none if there is no program.
    pub(crate) async fn decimals(&self, tenant: TenantId) -> Result<BTreeMap<String, u8>, Failure> {
        let read = self.call(move |app| match app.program_in_force(tenant, app.now()) {
            Ok((_, program)) => {
                let points = program.points.iter();
                Ok(points
                    .map(|points| (points.id.clone(), points.decimals))
                    .collect())
            }
            Err(Error::NoProgram) => Ok(BTreeMap::new()),
            Err(error) => Err(error),
        });
        read.await
    }
}

impl Pending {
    /// Waits until the event is durable.
    pub(crate) async fn done(self) -> Result<Receipt, Error> {
        let closed = "the server is stopping; nothing was written of it, send it again";
        match self.0.await {
            Ok(result) => result,
            Err(_) => Err(Error::Unavailable(closed.into())),
        }
    }
}
