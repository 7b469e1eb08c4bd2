//! What a database holds afterwards, seen from outside.

use rusqlite::Connection;
use std::path::Path;

/// What a database holds.
pub(crate) struct Held {
    /// Rows of all tables.
    pub(crate) rows: u64,
    /// Bytes, with everything folded into its place.
    pub(crate) bytes: u64,
}

/// Counts what is in an SQLite file that nobody uses any more.
pub(crate) fn of_sqlite(path: &Path) -> anyhow::Result<Held> {
    let db = Connection::open(path)?;
    // Folded into the main file before it is measured, so that no row is counted twice.
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    let mut names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
    let names: Vec<String> = names
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut rows = 0;
    for name in names {
        let count = format!("SELECT count(*) FROM \"{name}\"");
        rows += db.query_row(&count, [], |row| row.get::<_, i64>(0))?;
    }
    Ok(Held {
        rows: u64::try_from(rows)?,
        bytes: std::fs::metadata(path)?.len(),
    })
}
