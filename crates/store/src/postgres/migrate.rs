//! Making and upgrading the tables.

use super::Postgres;
use super::link::{Failure, Link};
use crate::error::{Error, Result};
use crate::migrations::{KNOWN, STEPS, checksum};

/// Held while tables are made, so that two servers that start together do not both make them.
const LOCK: i64 = 0x7265_6775_6c61_7273;

/// Runs the steps that are missing, all in one transaction.
pub(crate) fn migrate(address: &str) -> Result<(i64, i64)> {
    let mut store = Postgres::unchecked(address)?;
    store.write(async |link| {
        link.rows("SELECT pg_advisory_xact_lock($1)", &[&LOCK])
            .await?;
        link.execute(
            "CREATE TABLE IF NOT EXISTS schema_versions (
                 version  bigint PRIMARY KEY,
                 name     text NOT NULL,
                 checksum bytea NOT NULL
             )",
        )
        .await?;
        let before = version(link).await?;
        for step in STEPS.iter().filter(|step| step.version > before) {
            link.execute(step.postgres).await?;
            link.run(
                "INSERT INTO schema_versions (version, name, checksum) VALUES ($1, $2, $3)",
                &[&step.version, &step.name, &&checksum(step.postgres)[..]],
            )
            .await?;
        }
        Ok((before, KNOWN))
    })
}

/// Refuses a database of another version.
pub(super) async fn check(link: &Link) -> Result<(), Failure> {
    match version(link).await? {
        KNOWN => Ok(()),
        found => Err(Error::OlderDatabase {
            found,
            known: KNOWN,
        }
        .into()),
    }
}

/// The database's version, 0 if it is new. An error if it is newer than this program, or not what
/// this program made.
async fn version(link: &Link) -> Result<i64, Failure> {
    let there = link
        .rows("SELECT to_regclass('schema_versions') IS NOT NULL", &[])
        .await?;
    if !there.iter().any(|row| row.get(0)) {
        return Ok(0);
    }
    let sql = "SELECT version, checksum FROM schema_versions ORDER BY version";
    let done = link.rows(sql, &[]).await?;
    let found = done.last().map_or(0, |row| row.get(0));
    if found > KNOWN {
        return Err(Error::NewerDatabase {
            found,
            known: KNOWN,
        }
        .into());
    }
    for step in STEPS.iter().filter(|step| step.version <= found) {
        let known = done.iter().any(|row| {
            row.get::<_, i64>(0) == step.version
                && row.get::<_, &[u8]>(1) == checksum(step.postgres)
        });
        if !known {
            let name = step.name;
            return Err(Error::Corrupt(format!("its step {name} is not the one we know")).into());
        }
    }
    Ok(found)
}
