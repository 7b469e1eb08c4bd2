//! Making and upgrading the file.

use super::{Failure, Sqlite};
use crate::error::{Error, Result};
use crate::migrations::{KNOWN, STEPS, checksum};
use rusqlite::{OpenFlags, OptionalExtension, Transaction, params};
use std::path::Path;

/// Makes the file if there is none, and runs the steps that are missing, each in a transaction.
/// Where nothing is missing nothing is locked: a command must not wait for a busy server to pause.
pub(crate) fn migrate(path: &Path) -> Result<(i64, i64)> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut store = Sqlite::open_as(path, flags)?;
    if store.read(version)? == KNOWN {
        return Ok((KNOWN, KNOWN));
    }
    let before = store.write(|db| {
        let before = version(db)?;
        db.execute_batch(
            "CREATE TABLE IF NOT EXISTS schema_versions (
                 version  INTEGER PRIMARY KEY,
                 name     TEXT NOT NULL,
                 checksum BLOB NOT NULL
             ) STRICT",
        )?;
        Ok(before)
    })?;
    let mut at = before;
    for step in STEPS.iter().filter(|step| step.version > before) {
        at = store.write(|db| {
            // Another process may have been faster.
            if version(db)? < step.version {
                db.execute_batch(step.sqlite)?;
                db.execute(
                    "INSERT INTO schema_versions (version, name, checksum) VALUES (?1, ?2, ?3)",
                    params![step.version, step.name, checksum(step.sqlite)],
                )?;
            }
            Ok(step.version)
        })?;
    }
    store.write(state_what_is_where)?;
    Ok((before, at))
}

/// Tells SQLite how many rows an index leads to, as if there were a million members. Knowing nothing, it takes a
/// merchant for as rare as a member, goes through all rows of the merchant along the table's own key, and leaves
/// the index unused that leads to the few that are meant. Nobody has to run ANALYZE; whoever does has it truer.
fn state_what_is_where(db: &Transaction<'_>) -> Result<(), Failure> {
    // Makes the table of statistics and reads no other.
    db.execute_batch("ANALYZE sqlite_schema")?;
    let indexes = "SELECT t.name, i.name, i.\"unique\", count(*)
                   FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
                   WHERE t.type = 'table' GROUP BY 1, 2, 3";
    let mut indexes = db.prepare(indexes)?;
    let rows = indexes.query_map([], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    })?;
    for row in rows {
        let (table, index, unique, columns): (String, String, bool, i64) = row?;
        let known: Option<i64> = db
            .query_row(
                "SELECT 1 FROM sqlite_stat1 WHERE tbl = ?1 AND idx = ?2",
                params![table, index],
                |row| row.get(0),
            )
            .optional()?;
        if known.is_none() {
            db.execute(
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?1, ?2, ?3)",
                params![table, index, statistics(columns, unique)],
            )?;
        }
    }
    Ok(())
}

/// Rows in all, then rows for each value of the first column (the merchant), of the first two, and so on.
fn statistics(columns: i64, unique: bool) -> String {
    const ALL: &str = "1000000";
    const SOME: &str = "10";
    let rows = (1..=columns).map(|column| match column {
        _ if column == columns && unique => "1",
        1 => ALL,
        _ => SOME,
    });
    let rows: Vec<&str> = std::iter::once(ALL).chain(rows).collect();
    rows.join(" ")
}

/// Refuses a file of another version.
pub(super) fn check(store: &mut Sqlite) -> Result<()> {
    let found = store.read(version)?;
    match found {
        KNOWN => Ok(()),
        _ => Err(Error::OlderDatabase {
            found,
            known: KNOWN,
        }),
    }
}

/// The file's version, 0 if it is new. An error if it is newer than this program, or not what this
/// program made. Asks several times, and takes one picture for it: another process may be making the tables.
fn version(db: &Transaction<'_>) -> Result<i64, Failure> {
    let tables: i64 = db.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_versions'",
        [],
        |row| row.get(0),
    )?;
    if tables == 0 {
        let others: i64 =
            db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if others > 0 {
            return Err(Error::Corrupt("it is the database of another program".into()).into());
        }
        return Ok(0);
    }
    let found: Option<i64> =
        db.query_row("SELECT max(version) FROM schema_versions", [], |row| {
            row.get(0)
        })?;
    let found = found.unwrap_or(0);
    if found > KNOWN {
        return Err(Error::NewerDatabase {
            found,
            known: KNOWN,
        }
        .into());
    }
    for step in STEPS.iter().filter(|step| step.version <= found) {
        let done: Option<Vec<u8>> = db
            .query_row(
                "SELECT checksum FROM schema_versions WHERE version = ?1",
                params![step.version],
                |row| row.get(0),
            )
            .optional()?;
        if done.is_none_or(|done| done != checksum(step.sqlite)) {
            let name = step.name;
            return Err(Error::Corrupt(format!("its step {name} is not the one we know")).into());
        }
    }
    Ok(found)
}
