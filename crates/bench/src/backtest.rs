//! The Complete Journey under the grocery program, again and again: reading the file, putting lines
//! together to baskets, deciding, adding up by month and member. It runs as `regulars backtest`
//! does: on the machine's two cores.

use crate::merchant::PROGRAM;
use crate::options::Options;
use crate::report::Report;
use anyhow::{Context, ensure};
use regulars_app::{Backtest, ImportOptions, backtest};
use std::path::PathBuf;
use std::time::Instant;

const ROWS: u64 = 1_469_307;

pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let ask = Backtest {
        program: PROGRAM.to_owned(),
        against: None,
        orders: ImportOptions {
            file: data()?.join("transactions.parquet"),
            ..ImportOptions::default()
        },
        threads: 2,
        until: None,
        differences: 0,
        assumptions: None,
        joining: None,
    };
    let (mut lines, mut baskets, mut rejected) = (0, 0, 0);
    let begin = Instant::now();
    while begin.elapsed().as_secs_f64() < options.seconds {
        let report = backtest(&ask, &mut |_| true)?;
        ensure!(report.rows == ROWS, "{} of {ROWS} rows", report.rows);
        lines += report.rows;
        (baskets, rejected) = (report.events, report.rejected);
    }
    let report = Report::rate("backtest", lines, begin.elapsed().as_secs_f64());
    Ok(report
        .with("baskets", baskets as f64)
        .with("rejected", rejected as f64))
}

/// Where `scripts/data` puts the real orders.
fn data() -> anyhow::Result<PathBuf> {
    if let Some(folder) = std::env::var_os("REGULARS_DATA") {
        return Ok(folder.into());
    }
    let home = std::env::var_os("HOME").context("REGULARS_DATA is not set; run scripts/data")?;
    Ok(PathBuf::from(home).join(".cache/regulars/data"))
}
