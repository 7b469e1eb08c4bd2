//! The handle to everything: opened once, cloned freely.

use crate::{Config, Error};
use regulars_base::{TenantId, Timestamp};
use regulars_store::{Counts, Seal};
use std::sync::Arc;

/// The handle to everything. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) config: Config,
}

/// Whether it works, and how much is waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Whether the database answers; if not, why.
    pub database: Result<(), String>,
    /// `sqlite` or `postgres`.
    pub kind: &'static str,
    /// How many events wait to be written.
    pub waiting: usize,
}

impl App {
    /// Opens the database (made or brought up to date if need be) and starts the lanes.
    pub fn open(config: Config) -> Result<Self, Error> {
        Ok(Self {
            inner: Arc::new(Inner { config }),
        })
    }

    /// Takes no more events, writes what waits, seals once more, ends the threads. What comes
    /// after is answered with `Error::Unavailable`.
    pub fn close(&self) {}

    /// What time it is, by the clock of the configuration.
    pub fn now(&self) -> Timestamp {
        self.inner.config.clock.now()
    }

    /// Whether it works.
    pub fn health(&self) -> Health {
        Health {
            database: Ok(()),
            kind: "sqlite",
            waiting: 0,
        }
    }

    /// Does all that fell due by `now` (points lapse, tiers end, holds are given back) for every
    /// tenant. How many wallets were touched.
    pub fn tick_due(&self, _now: Timestamp) -> Result<usize, Error> {
        soon()
    }

    /// The newest seal of a tenant's chain: its hash is the head to keep elsewhere.
    pub fn head(&self, _tenant: TenantId) -> Result<Option<Seal>, Error> {
        soon()
    }

    /// How much a tenant has of everything.
    pub fn counts(&self, _tenant: TenantId) -> Result<Counts, Error> {
        soon()
    }

    /// Binds the members' newest entries into the tenant's chain; nothing if there were none.
    pub fn seal(&self, _tenant: TenantId) -> Result<Option<Seal>, Error> {
        soon()
    }
}

pub(crate) fn soon<T>() -> Result<T, Error> {
    Err(Error::Unavailable("this part is being written".into()))
}
