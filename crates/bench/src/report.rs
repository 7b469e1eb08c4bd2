//! The line that is printed at the end.

use serde_json::{Map, Value};
use std::fmt;

/// Figures by name.
pub(crate) struct Report(Map<String, Value>);

impl Report {
    /// Of a measurement that has no rate.
    pub(crate) fn of(bench: &str) -> Self {
        let mut figures = Map::new();
        figures.insert("bench".to_owned(), bench.into());
        Self(figures)
    }

    /// So many in so many seconds.
    pub(crate) fn rate(bench: &str, count: u64, seconds: f64) -> Self {
        Self::of(bench)
            .with("count", count as f64)
            .with("seconds", seconds)
            .with("per_second", count as f64 / seconds)
    }

    /// Adds a figure.
    pub(crate) fn with(mut self, name: &str, value: f64) -> Self {
        let rounded = (value * 1000.0).round() / 1000.0;
        self.0.insert(name.to_owned(), rounded.into());
        self
    }

    /// Adds the median and the 99th percentile of durations in milliseconds.
    pub(crate) fn with_durations(self, mut millis: Vec<f64>) -> Self {
        millis.sort_by(f64::total_cmp);
        let percentile = |percent: usize| {
            let last = millis.len().saturating_sub(1);
            millis.get(last * percent / 100).copied()
        };
        let (p50, p99) = (percentile(50), percentile(99));
        self.with("p50_ms", p50.unwrap_or_default())
            .with("p99_ms", p99.unwrap_or_default())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match serde_json::to_string(&self.0) {
            Ok(line) => f.write_str(&line),
            Err(_) => Err(fmt::Error),
        }
    }
}
