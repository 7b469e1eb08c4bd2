//! Which database, and how to get at it.

use crate::error::Result;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::store::Store;
use crate::vault::{Around, VaultKeys};
use std::path::PathBuf;

/// The address of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// A PostgreSQL connection string.
    Postgres(String),
}

impl Database {
    /// `postgres://...` (or `postgresql://...`) is PostgreSQL, anything else a file.
    pub fn parse(address: &str) -> Self {
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            Self::Postgres(address.into())
        } else {
            Self::Sqlite(address.strip_prefix("sqlite:").unwrap_or(address).into())
        }
    }
}

impl Database {
    /// How many lanes may write at the same time: SQLite has one writer.
    pub const fn writers_max(&self) -> usize {
        match self {
            Self::Sqlite(_) => 1,
            Self::Postgres(_) => 16,
        }
    }
}

impl Database {
    /// Opens one connection. The database must exist and be of this program's version; where its personal fields
    /// are closed it is refused.
    pub fn connect(&self) -> Result<Box<dyn Store>> {
        self.connect_with(None)
    }

    /// The same with the keys of its vault, where there are any.
    pub fn connect_with(&self, keys: Option<&VaultKeys>) -> Result<Box<dyn Store>> {
        let around = keys.is_some();
        Ok(match self {
            Self::Sqlite(path) => match Sqlite::open_with(path, keys)? {
                store if around => Box::new(Around::new(store)),
                store => Box::new(store),
            },
            Self::Postgres(address) => match Postgres::open_with(address, keys)? {
                store if around => Box::new(Around::new(store)),
                store => Box::new(store),
            },
        })
    }

    /// Creates the database's tables where they are missing, and brings older ones up to this
    /// program's version. Returns the versions before and after.
    pub fn migrate(&self) -> Result<(i64, i64)> {
        match self {
            Self::Sqlite(path) => crate::sqlite::migrate(path),
            Self::Postgres(address) => crate::postgres::migrate(address),
        }
    }
}
