//! How it is called.

use anyhow::{Context, bail};
use std::path::PathBuf;

/// What can be measured.
pub(crate) const NAMES: &str = "step, step-all, backtest, import-sqlite, import-postgres, \
                                conditions, http-batch, http-single, memory, growth, leaderboard, \
                                segments, segment-preview, scores, search, lookup, messages, webhooks, \
                                overload, servers, soak";

/// How long to run, and where.
pub(crate) struct Options {
    /// For so long, preparations not counted.
    pub(crate) seconds: f64,
    /// Where files go; each run makes a folder of its own below it and removes it again.
    pub(crate) dir: PathBuf,
    /// Members of the large database of `memory` and `growth`, and of `leaderboard`, `messages`, `scores` and
    /// `segment-preview`.
    pub(crate) members: u64,
    /// The PostgreSQL of a server that is measured; else it has a file in `dir`.
    pub(crate) postgres: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seconds: 10.0,
            dir: std::env::temp_dir(),
            members: 1_000_000,
            postgres: None,
        }
    }
}

pub(crate) fn from_arguments(
    mut arguments: impl Iterator<Item = String>,
) -> anyhow::Result<(String, Options)> {
    let usage = || format!("usage: regulars-bench NAME --seconds S --dir FOLDER; NAME is {NAMES}");
    let name = arguments.next().with_context(usage)?;
    let mut options = Options::default();
    while let Some(flag) = arguments.next() {
        let value = arguments.next();
        let value = value.with_context(|| format!("{flag} needs a value"))?;
        let wrong = || format!("{flag} {value}: no number");
        match flag.as_str() {
            "--seconds" => options.seconds = value.parse().with_context(wrong)?,
            "--dir" => options.dir = value.into(),
            "--postgres" => options.postgres = Some(value),
            "--members" => options.members = value.parse().with_context(wrong)?,
            _ => bail!("{flag} is not known. {}", usage()),
        }
    }
    Ok((name, options))
}
