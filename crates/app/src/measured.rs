//! What is counted while the server works: for whoever operates it ([ADR
//! 0129](../../../docs/adr/0129-how-is-it-seen-how-a-server-does.md)).
//!
//! Each batch and each use of a connection is counted, never each event: a batch costs three additions more.

use crate::lane::Answer;
use prometheus::{
    Histogram, HistogramVec, IntCounterVec, register_histogram, register_histogram_vec,
    register_int_counter_vec,
};
use regulars_engine::outcome::Verdict;
use std::panic::Location;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// Bounds of histograms of times, in seconds: from what a till does not notice to what it gives up at.
pub const SECONDS: [f64; 14] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

static EVENTS: LazyLock<IntCounterVec> = LazyLock::new(|| {
    let help = "Events, by what became of them: accepted, duplicate, refused (the program says no) or failed \
                (nothing was written)";
    known(register_int_counter_vec!(
        "regulars_events_total",
        help,
        &["end"]
    ))
});
static BATCH_EVENTS: LazyLock<Histogram> = LazyLock::new(|| {
    let bounds = vec![1.0, 2.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, 16_384.0];
    known(register_histogram!(
        "regulars_batch_events",
        "How many events share a transaction",
        bounds
    ))
});
static BATCH_SECONDS: LazyLock<Histogram> = LazyLock::new(|| {
    known(register_histogram!(
        "regulars_batch_seconds",
        "How long a batch took: loaded, decided and durable",
        SECONDS.to_vec()
    ))
});
static USE_SECONDS: LazyLock<HistogramVec> = LazyLock::new(|| {
    known(register_histogram_vec!(
        "regulars_database_use_seconds",
        "How long a connection was used for something that is no event, by the part of the program",
        &["by"],
        SECONDS.to_vec()
    ))
});
static WAIT_SECONDS: LazyLock<Histogram> = LazyLock::new(|| {
    known(register_histogram!(
        "regulars_database_wait_seconds",
        "How long a connection was waited for because all were in use",
        SECONDS.to_vec()
    ))
});

/// A figure that was made: each is made once, and none twice under one name.
pub fn known<T>(made: prometheus::Result<T>) -> T {
    made.expect("has a name of its own and good bounds")
}

/// Events of a batch by what became of them.
#[derive(Default)]
pub(crate) struct Ends {
    accepted: u64,
    duplicate: u64,
    refused: u64,
    failed: u64,
}

impl Ends {
    pub(crate) fn count(&mut self, answer: &Answer) {
        let (duplicate, refused) = match answer {
            Answer::Receipt(receipt) => (receipt.duplicate, receipt.verdict != Verdict::Accepted),
            Answer::Counted(counted) => (counted.duplicate, counted.refused),
            Answer::Failed(_) => {
                self.failed += 1;
                return;
            }
        };
        match (duplicate, refused) {
            (true, _) => self.duplicate += 1,
            (false, true) => self.refused += 1,
            (false, false) => self.accepted += 1,
        }
    }

    pub(crate) fn note(&self) {
        for (end, count) in [
            ("accepted", self.accepted),
            ("duplicate", self.duplicate),
            ("refused", self.refused),
            ("failed", self.failed),
        ] {
            if count > 0 {
                EVENTS.with_label_values(&[end]).inc_by(count);
            }
        }
    }
}

/// A batch was done, or came to nothing.
pub(crate) fn batch(events: usize, begun: Instant, slow: Duration) {
    let took = begun.elapsed();
    BATCH_EVENTS.observe(u32::try_from(events).unwrap_or(u32::MAX).into());
    BATCH_SECONDS.observe(took.as_secs_f64());
    if took >= slow {
        tracing::warn!(events, millis = millis(took), "a batch was slow");
    }
}

/// A connection was used for something that is no event.
pub(crate) fn used(by: &Location<'_>, begun: Instant, slow: Duration) {
    let took = begun.elapsed();
    let part = part_of(by);
    USE_SECONDS
        .with_label_values(&[part])
        .observe(took.as_secs_f64());
    if took >= slow {
        let (by, line) = (part, by.line());
        tracing::warn!(by, line, millis = millis(took), "the database was slow");
    }
}

/// A connection was waited for.
pub(crate) fn waited(begun: Instant) {
    WAIT_SECONDS.observe(begun.elapsed().as_secs_f64());
}

/// The part of the program that a place is in: the name of its file.
fn part_of<'a>(place: &Location<'a>) -> &'a str {
    let name = place.file().rsplit(['/', '\\']).next().unwrap_or_default();
    name.strip_suffix(".rs").unwrap_or(name)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
