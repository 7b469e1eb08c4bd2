//! What a server still gets done when three times as much is asked of it as it can do, and how soon it
//! answers as before once that is over.
//!
//! Requests come at a fixed rate, whatever becomes of those before (an open loop): whoever is turned away
//! makes room for the next. The server has one processor and whoever asks the other, where `taskset` is
//! there: else the asking would take from what is measured.

use crate::folder::Folder;
use crate::load;
use crate::merchant::Merchant;
use crate::open_loop::{self, Answer, percentile};
use crate::options::Options;
use crate::report::Report;
use crate::serving::{self, Server};
use crate::{http, orders};
use anyhow::Context;
use regulars_app::Database;
use std::time::Duration;

/// So many times what the server can do is asked of it.
const TIMES: f64 = 3.0;

/// Over so long it is looked whether the server answers as before.
const WINDOW: Duration = Duration::from_millis(200);

/// Half of what it can do, three times of it, half of it again.
pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let folder = Folder::new(options, "overload")?;
    Merchant::new(Database::Sqlite(serving::file(folder.path())))?
        .app
        .close();
    let server = Server::start_on(0, folder.path())?;
    let mut orders = orders::stream(1, orders::MEMBERS, 0);
    let peak = load::drive(
        std::slice::from_ref(&server),
        http::single(options, orders.by_ref()),
    )?;
    let peak = peak.requests as f64 / peak.seconds;

    let mut ask = |rate: f64| {
        let count = (rate * options.seconds) as usize;
        let bodies: Vec<String> = orders.by_ref().take(count).map(|it| it.json()).collect();
        open_loop::send(&server, &bodies, rate)
    };
    let calm = ask(peak / 2.0)?;
    let crowd = ask(peak * TIMES)?;
    let after = ask(peak / 2.0)?;
    server.stop()?;

    let usual = percentile(calm.iter().map(|it| it.millis).collect(), 99);
    let taken = crowd.iter().filter(|it| it.taken);
    let waited: Vec<f64> = taken.map(|it| it.millis).collect();
    let turned_away = crowd.iter().filter(|it| !it.taken).map(|it| it.millis);
    let turned_away: Vec<f64> = turned_away.collect();
    let lasted = crowd
        .iter()
        .map(|it| it.at)
        .max()
        .context("nobody was answered")?;
    let goodput = waited.len() as f64 / lasted.as_secs_f64();
    Ok(
        Report::rate("overload", waited.len() as u64, lasted.as_secs_f64())
            .with("peak_per_second", peak)
            .with("of_peak", goodput / peak)
            .with(
                "asked_per_second",
                crowd.len() as f64 / lasted.as_secs_f64(),
            )
            .with("turned_away", turned_away.len() as f64)
            .with("turned_away_p99_ms", percentile(turned_away, 99))
            .with("calm_p99_ms", usual)
            .with("crowd_p99_ms", percentile(waited, 99))
            .with("recovered_after_seconds", recovered(&after, usual)),
    )
}

/// From when on nobody was turned away and nearly all waited at most twice as long as usual, in each window.
fn recovered(answers: &[Answer], usual: f64) -> f64 {
    let last = answers.iter().map(|it| it.at).max().unwrap_or_default();
    let windows = last.as_nanos().div_ceil(WINDOW.as_nanos().max(1)) as u32;
    let is_usual = |at: u32| {
        let own = answers
            .iter()
            .filter(|it| (it.at.as_nanos() / WINDOW.as_nanos()) as u32 == at);
        let own: Vec<&Answer> = own.collect();
        let millis = own.iter().map(|it| it.millis).collect();
        own.iter().all(|it| it.taken) && percentile(millis, 95) <= 2.0 * usual.max(5.0)
    };
    let bad = (0..windows).rev().find(|at| !is_usual(*at));
    bad.map_or(0.0, |at| (WINDOW * (at + 1)).as_secs_f64())
}
