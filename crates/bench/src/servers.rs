//! Two servers on one PostgreSQL against one, in turns: what they lose to each other over members, lanes and
//! shared budgets. All of them, the database and whoever asks share the machine's processors, so two can at best do
//! as much as one.

use crate::http;
use crate::load;
use crate::merchant::Merchant;
use crate::options::Options;
use crate::orders;
use crate::postgres::Scratch;
use crate::report::Report;
use crate::serving::Server;
use regulars_app::Database;

/// So often each is measured; the median counts.
const ROUNDS: usize = 3;

/// Single events on 64 connections, of the same members, over one server and over two.
pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let scratch = Scratch::new("servers")?;
    let database = || Database::Postgres(scratch.address().to_owned());
    Merchant::new(database())?.app.close();
    let mut orders = orders::stream(1, orders::MEMBERS, 0);
    let mut measure = |count: usize| -> anyhow::Result<(f64, f64)> {
        let servers: Vec<Server> = (0..count)
            .map(|_| Server::on_postgres(scratch.address()))
            .collect::<anyhow::Result<_>>()?;
        let before = busy()?;
        let driven = load::drive(&servers, http::single(options, orders.by_ref()))?;
        let after = busy()?;
        for server in servers {
            server.stop()?;
        }
        let share = (after.0 - before.0) / (after.1 - before.1).max(1.0);
        Ok((driven.requests as f64 / driven.seconds, share))
    };
    // The first finds everything cold.
    measure(1)?;
    let (mut one, mut two) = (Vec::new(), Vec::new());
    let mut used = Vec::new();
    for _ in 0..ROUNDS {
        one.push(measure(1)?.0);
        let (rate, share) = measure(2)?;
        two.push(rate);
        used.push(share);
    }
    let ratios = one.iter().zip(&two).map(|(one, two)| two / one);
    let ratios: Vec<f64> = ratios.collect();
    Ok(Report::of("servers")
        .with("one_per_second", median(&one))
        .with("two_per_second", median(&two))
        .with("ratio", median(&ratios))
        .with(
            "lowest",
            ratios.iter().copied().fold(f64::INFINITY, f64::min),
        )
        .with("highest", ratios.iter().copied().fold(0.0, f64::max))
        .with("processors_busy", median(&used)))
}

fn median(all: &[f64]) -> f64 {
    let mut all = all.to_vec();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or_default()
}

/// How long all processors worked, and how long there were any, in ticks since the machine was started.
fn busy() -> anyhow::Result<(f64, f64)> {
    let all = std::fs::read_to_string("/proc/stat")?;
    let line = all.lines().next().unwrap_or_default();
    let ticks: Vec<f64> = line
        .split_whitespace()
        .skip(1)
        .filter_map(|it| it.parse().ok())
        .collect();
    let whole: f64 = ticks.iter().take(8).sum();
    // Idle, and waiting for the disk.
    let idle: f64 = ticks.iter().skip(3).take(2).sum();
    Ok((whole - idle, whole))
}
