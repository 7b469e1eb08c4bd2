//! The calendar of the demo shop: while its last season is lived, it is turned back.

use crate::Clock;
use regulars_base::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Stands for today.
const TODAY: i64 = i64::MIN;

/// A clock that can be set. What reads it sees the time that the shop lives in.
#[derive(Clone)]
pub(super) struct Calendar {
    real: Clock,
    set: Arc<AtomicI64>,
}

impl Calendar {
    /// That of a clock, until it is turned.
    pub(super) fn of(real: Clock) -> Self {
        Self {
            real,
            set: Arc::new(AtomicI64::new(TODAY)),
        }
    }

    /// What reads it.
    pub(super) fn clock(&self) -> Clock {
        let own = self.clone();
        Clock::from_fn(move || match own.set.load(Ordering::SeqCst) {
            TODAY => own.real.now(),
            micros => Timestamp::from_micros(micros),
        })
    }

    /// Turns it to a moment.
    pub(super) fn turn_to(&self, at: Timestamp) {
        self.set.store(at.micros(), Ordering::SeqCst);
    }

    /// Lets it go on from today.
    pub(super) fn today(&self) {
        self.set.store(TODAY, Ordering::SeqCst);
    }
}
