//! Connections for everything that is no event: reads, and the few writes that need no lane.

use crate::{Config, Error, measured};
use regulars_store::Store;
use std::panic::Location;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// A few connections, opened when they are first needed.
pub(crate) struct Pool {
    config: Config,
    most: usize,
    held: Mutex<Held>,
    back: Condvar,
}

#[derive(Default)]
struct Held {
    idle: Vec<Box<dyn Store>>,
    open: usize,
}

impl Pool {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            most: config.readers.max(1),
            config,
            held: Mutex::default(),
            back: Condvar::new(),
        }
    }

    /// Calls `ask` with a connection; waits for one if all are in use. A connection that broke is
    /// not used again.
    #[track_caller]
    pub(crate) fn with<T>(
        &self,
        ask: impl FnOnce(&mut dyn Store) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let by = Location::caller();
        let mut leave = Leave {
            pool: self,
            store: Some(self.take()?),
        };
        let store = leave.store.as_mut().expect("it was put there just now");
        let begun = Instant::now();
        let answer = ask(store.as_mut());
        measured::used(by, begun, self.config.slow);
        if matches!(answer, Err(Error::Unavailable(_))) {
            leave.store = None;
        }
        answer
    }

    fn take(&self) -> Result<Box<dyn Store>, Error> {
        let mut held = self.lock();
        let mut waiting = None;
        loop {
            if let Some(store) = held.idle.pop() {
                if let Some(begun) = waiting {
                    measured::waited(begun);
                }
                return Ok(store);
            }
            if held.open < self.most {
                break;
            }
            waiting.get_or_insert_with(Instant::now);
            held = self.back.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
        held.open += 1;
        drop(held);
        self.config.connect().map_err(|error| {
            self.lock().open -= 1;
            self.back.notify_one();
            error.into()
        })
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        // A list of connections is whole at every moment, also when a thread panicked.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives the connection back, also when the caller panics.
struct Leave<'a> {
    pool: &'a Pool,
    store: Option<Box<dyn Store>>,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        let mut held = self.pool.lock();
        match self.store.take().filter(|_| !std::thread::panicking()) {
            Some(store) => held.idle.push(store),
            None => held.open -= 1,
        }
        drop(held);
        self.pool.back.notify_one();
    }
}
