//! Half an hour at seventy per cent of what the server can do: whether memory and latency stay where they are.
//!
//! Requests come at a fixed rate, minute after minute; of each minute there is what most waited and what the server's
//! process holds. The first minutes are left out: caches fill then.

use crate::folder::Folder;
use crate::load;
use crate::merchant::Merchant;
use crate::open_loop::{self, percentile};
use crate::options::Options;
use crate::report::Report;
use crate::serving::{self, Server};
use crate::{http, orders};
use anyhow::{Context, ensure};
use regulars_app::Database;

/// Of what the server can do.
const PART: f64 = 0.7;

/// One stretch of which there is a figure.
const MINUTE: f64 = 60.0;

/// For so long what can be done is looked for.
const PEAK_SECONDS: f64 = 20.0;

struct Minute {
    p50: f64,
    p99: f64,
    mib: f64,
}

/// For as many seconds as are asked for, in whole minutes.
pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let folder = Folder::new(options, "soak")?;
    Merchant::new(Database::Sqlite(serving::file(folder.path())))?
        .app
        .close();
    let server = Server::start_on(0, folder.path())?;
    let mut orders = orders::stream(1, orders::MEMBERS, 0);
    let short = Options {
        seconds: PEAK_SECONDS,
        ..Options::default()
    };
    let peak = load::drive(
        std::slice::from_ref(&server),
        http::single(&short, orders.by_ref()),
    )?;
    let rate = peak.requests as f64 / peak.seconds * PART;
    let count = (options.seconds / MINUTE).ceil().max(4.0) as usize;
    let mut minutes = Vec::with_capacity(count);
    for at in 0..count {
        let bodies = orders.by_ref().take((rate * MINUTE) as usize);
        let bodies: Vec<String> = bodies.map(|it| it.json()).collect();
        let answers = open_loop::send(&server, &bodies, rate)?;
        let turned_away = answers.iter().filter(|it| !it.taken).count();
        ensure!(
            turned_away == 0,
            "{turned_away} were turned away in minute {at}"
        );
        let millis = || answers.iter().map(|it| it.millis).collect();
        let minute = Minute {
            p50: percentile(millis(), 50),
            p99: percentile(millis(), 99),
            mib: server.mib("RssAnon")?,
        };
        eprintln!(
            "minute {at}: p50 {:.1} ms, p99 {:.1} ms, {:.1} MiB",
            minute.p50, minute.p99, minute.mib
        );
        minutes.push(minute);
    }
    server.stop()?;
    let settled = &minutes[count / 4..];
    let (early, late) = settled.split_at(settled.len() / 2);
    let mean = |of: &[Minute], value: fn(&Minute) -> f64| {
        of.iter().map(value).sum::<f64>() / of.len().max(1) as f64
    };
    let grown = |value: fn(&Minute) -> f64| mean(late, value) / mean(early, value);
    let last = minutes.last().context("no minute was measured")?;
    Ok(Report::of("soak")
        .with("minutes", count as f64)
        .with("per_second", rate)
        .with("p50_ms", mean(settled, |it| it.p50))
        .with("p99_ms", mean(settled, |it| it.p99))
        .with("last_mib", last.mib)
        .with("p50_late_against_early", grown(|it| it.p50))
        .with("p99_late_against_early", grown(|it| it.p99))
        .with("memory_late_against_early", grown(|it| it.mib)))
}
