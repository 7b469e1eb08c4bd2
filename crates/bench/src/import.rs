//! The whole way of an import: a file is read, purchases are decided by ten rules, posted, chained
//! and committed in batches, as `regulars import` does it.

use crate::folder::Folder;
use crate::merchant::Merchant;
use crate::options::Options;
use crate::orders::{self, MEMBERS};
use crate::postgres::Scratch;
use crate::report::Report;
use crate::tables::{self, Held};
use regulars_app::Database;
use std::path::Path;
use std::time::Instant;

/// No machine at hand imports more in a second, so that the file does not end before the time.
const MOST_PER_SECOND: f64 = 60_000.0;

/// Into a new SQLite file.
pub(crate) fn into_sqlite(options: &Options) -> anyhow::Result<Report> {
    let folder = Folder::new(options, "import-sqlite")?;
    let file = folder.file("regulars.db");
    let (events, seconds) = measure(options, &folder, Database::Sqlite(file.clone()))?;
    Ok(report(
        "import-sqlite",
        events,
        seconds,
        &tables::of_sqlite(&file)?,
    ))
}

/// Into a new database of the PostgreSQL server.
pub(crate) fn into_postgres(options: &Options) -> anyhow::Result<Report> {
    let folder = Folder::new(options, "import-postgres")?;
    let scratch = Scratch::new("import")?;
    let database = Database::Postgres(scratch.address().to_owned());
    database.migrate()?;
    let empty = scratch.held()?;
    let (events, seconds) = measure(options, &folder, database)?;
    let held = scratch.held()?;
    let grown = Held {
        rows: held.rows,
        bytes: held.bytes - empty.bytes,
    };
    Ok(report("import-postgres", events, seconds, &grown))
}

/// Imports for the time of the options: how many events in how many seconds.
fn measure(options: &Options, folder: &Folder, database: Database) -> anyhow::Result<(u64, f64)> {
    let file = folder.file("orders.csv");
    prepare(options, &file)?;
    let merchant = Merchant::new(database)?;
    let begin = Instant::now();
    let done = merchant.import(&file, &mut |_| {
        begin.elapsed().as_secs_f64() < options.seconds
    })?;
    let seconds = begin.elapsed().as_secs_f64();
    merchant.app.close();
    Ok((done.events, seconds))
}

fn prepare(options: &Options, file: &Path) -> anyhow::Result<()> {
    let count = (options.seconds.max(1.0) * MOST_PER_SECOND) as usize;
    orders::write(file, orders::stream(1, MEMBERS, 0).take(count))
}

fn report(bench: &str, events: u64, seconds: f64, held: &Held) -> Report {
    let per_event = |count: u64| count as f64 / events.max(1) as f64;
    Report::rate(bench, events, seconds)
        .with("rows_per_event", per_event(held.rows))
        .with("bytes_per_event", per_event(held.bytes))
}
