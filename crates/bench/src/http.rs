//! Events over HTTP, durable when answered: the server is a process of its own, the requests come
//! from one thread of this one, and both share the machine's two cores.

use crate::folder::Folder;
use crate::load::{self, Load};
use crate::merchant::Merchant;
use crate::options::Options;
use crate::orders::{self, MEMBERS};
use crate::report::Report;
use crate::serving::{self, Server};
use regulars_app::Database;

/// More than comes through in a second, so that the requests do not end before the time.
const MOST_PER_SECOND: f64 = 50_000.0;

/// Lists of so many events.
const BATCH: u64 = 100;

/// Lists of 100 events on 8 connections.
pub(crate) fn batches(options: &Options) -> anyhow::Result<Report> {
    let count = (options.seconds.max(1.0) * MOST_PER_SECOND) as usize / BATCH as usize;
    let mut orders = orders::stream(1, MEMBERS, 0);
    let mut list = || {
        let events: Vec<String> = orders
            .by_ref()
            .take(BATCH as usize)
            .map(|order| order.json())
            .collect();
        format!("[{}]", events.join(","))
    };
    let load = Load {
        path: "/v1/events/batch",
        bodies: (0..count).map(|_| list()).collect(),
        right: "\"accepted\":100,",
        connections: 8,
        seconds: options.seconds,
    };
    measure(options, "http-batch", load, BATCH)
}

/// Single events on 64 connections.
pub(crate) fn singles(options: &Options) -> anyhow::Result<Report> {
    let load = single(options, orders::stream(1, MEMBERS, 0));
    measure(options, "http-single", load, 1)
}

/// Single events of a stream on 64 connections.
pub(crate) fn single(options: &Options, orders: impl Iterator<Item = orders::Order>) -> Load {
    let count = (options.seconds.max(1.0) * MOST_PER_SECOND) as usize;
    Load {
        path: "/v1/events",
        bodies: orders.take(count).map(|order| order.json()).collect(),
        right: "HTTP/1.1 201",
        connections: 64,
        seconds: options.seconds,
    }
}

fn measure(options: &Options, bench: &str, load: Load, each: u64) -> anyhow::Result<Report> {
    let folder = Folder::new(options, bench)?;
    let database = Database::Sqlite(serving::file(folder.path()));
    Merchant::new(database)?.app.close();
    let server = Server::start(folder.path())?;
    let connections = load.connections as f64;
    let driven = load::drive(std::slice::from_ref(&server), load)?;
    server.stop()?;
    Ok(Report::rate(bench, driven.requests * each, driven.seconds)
        .with("connections", connections)
        .with_durations(driven.millis))
}
