//! One connection, its prepared statements, and what its errors mean.

use crate::error::{Conflict, Error};
use futures_util::SinkExt;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::io::Cursor;
use std::pin::pin;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Row, Statement};

/// A parameter of a statement.
pub(super) type Parameter<'a> = &'a (dyn ToSql + Sync);

/// A connection.
pub(super) struct Link {
    client: Client,
    statements: RefCell<HashMap<String, Statement>>,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}

/// What a connection starts with. Acknowledged means on the disk, whatever the server's default.
/// Plans are made once and for the index: a plan made while a table is still empty must be right
/// when it is not. What the planner is told not to do it reckons as costly, which must not look
/// like worth compiling.
const SETTINGS: &str = "
    SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') = 'off';
    SET lock_timeout = '20s';
    SET idle_in_transaction_session_timeout = '60s';
    SET plan_cache_mode = 'force_generic_plan';
    SET enable_seqscan = off;
    SET enable_bitmapscan = off;
    SET jit = off;
    SET client_min_messages = 'warning'";

impl Link {
    /// Connects.
    pub(super) async fn connect(address: &str) -> Result<Self, Failure> {
        let (client, connection) = tokio_postgres::connect(address, NoTls).await?;
        // It ends when the client is dropped; what it says then, the client has said before.
        tokio::spawn(async move { drop(connection.await) });
        client.batch_execute(SETTINGS).await?;
        Ok(Self {
            client,
            statements: RefCell::default(),
        })
    }

    /// Runs statements without parameters.
    pub(super) async fn execute(&self, sql: &str) -> Result<(), Failure> {
        Ok(self.client.batch_execute(sql).await?)
    }

    /// Runs a statement; how many rows it changed.
    pub(super) async fn run(&self, sql: &str, with: &[Parameter<'_>]) -> Result<u64, Failure> {
        let statement = self.statement(sql).await?;
        Ok(self.client.execute(&statement, with).await?)
    }

    /// Runs a statement; its rows.
    pub(super) async fn rows(
        &self,
        sql: &str,
        with: &[Parameter<'_>],
    ) -> Result<Vec<Row>, Failure> {
        let statement = self.statement(sql).await?;
        Ok(self.client.query(&statement, with).await?)
    }

    /// Runs a statement that will hardly come again, and so is not kept: a segment's, while it is being
    /// written.
    pub(super) async fn rows_once(
        &self,
        sql: &str,
        with: &[Parameter<'_>],
    ) -> Result<Vec<Row>, Failure> {
        Ok(self.client.query(sql, with).await?)
    }

    /// As [`Link::rows_once`]; how many rows it changed.
    pub(super) async fn run_once(&self, sql: &str, with: &[Parameter<'_>]) -> Result<u64, Failure> {
        Ok(self.client.execute(sql, with).await?)
    }

    /// Fills a table by a binary `COPY`.
    pub(super) async fn copy(&self, sql: &str, rows: Cursor<Vec<u8>>) -> Result<(), Failure> {
        let statement = self.statement(sql).await?;
        let mut sink = pin!(self.client.copy_in(&statement).await?);
        sink.feed(rows).await?;
        sink.finish().await?;
        Ok(())
    }

    async fn statement(&self, sql: &str) -> Result<Statement, Failure> {
        if let Some(statement) = self.statements.borrow().get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await?;
        let mut statements = self.statements.borrow_mut();
        statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

/// What goes wrong inside a transaction: the database's reasons, or ours.
#[derive(Debug)]
pub(super) enum Failure {
    Postgres(tokio_postgres::Error),
    Ours(Error),
    /// Somebody was faster: what we decided on is not so any more.
    Overtaken,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(error) => f.write_str(&words(error)),
            Self::Ours(error) => fmt::Display::fmt(error, f),
            Self::Overtaken => f.write_str("another writer was faster"),
        }
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Postgres(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

impl From<Conflict> for Failure {
    fn from(conflict: Conflict) -> Self {
        Self::Ours(Error::Conflict(conflict))
    }
}

impl Failure {
    fn code(&self) -> Option<&SqlState> {
        match self {
            Self::Postgres(error) => error.code(),
            _ => None,
        }
    }

    /// Whether the connection is gone.
    pub(super) fn is_lost(&self) -> bool {
        match (self, self.code()) {
            (Self::Postgres(_), Some(code)) => {
                let class = &code.code()[..2];
                class == "08" || (class == "57" && *code != SqlState::QUERY_CANCELED)
            }
            (Self::Postgres(error), None) => {
                error.is_closed() || std::error::Error::source(error).is_some()
            }
            _ => false,
        }
    }

    /// Whether the same may well succeed if it is done again. A key that is there already was
    /// written since we looked, or we did not look: looking finds it. A transaction that has failed
    /// refuses all that was sent after the statement that failed.
    pub(super) fn passes(&self) -> bool {
        let again = [
            &SqlState::T_R_SERIALIZATION_FAILURE,
            &SqlState::T_R_DEADLOCK_DETECTED,
            &SqlState::UNIQUE_VIOLATION,
            &SqlState::IN_FAILED_SQL_TRANSACTION,
        ];
        matches!(self, Self::Overtaken)
            || self.is_lost()
            || self.code().is_some_and(|code| again.contains(&code))
    }

    /// The error, named by what the caller can do.
    pub(super) fn into_error(self) -> Error {
        let why = self.to_string();
        if self.is_lost() {
            return Error::Unavailable(why);
        }
        let Some(code) = self.code() else {
            return match self {
                Self::Ours(error) => error,
                Self::Overtaken => Error::Retry(why),
                Self::Postgres(_) => Error::Unavailable(why),
            };
        };
        match &code.code()[..2] {
            "53" if *code == SqlState::DISK_FULL => Error::Full(why),
            "40" | "55" => Error::Retry(why),
            "23" if self.passes() => Error::Retry(why),
            "25" if self.passes() => Error::Retry(why),
            "25" => Error::ReadOnly {
                path: "the database".into(),
                why,
            },
            "28" | "3D" | "53" => Error::Unavailable(why),
            _ => Error::Refused(why),
        }
    }
}

/// An error in words: what the server says, or what happened to the connection.
fn words(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(error) => match error.detail() {
            Some(detail) => format!("{} ({detail})", error.message()),
            None => error.message().to_owned(),
        },
        None => match std::error::Error::source(error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}

/// So many bytes of a column.
pub(super) fn bytes<const N: usize>(row: &Row, column: usize) -> Result<[u8; N], Error> {
    let bytes: &[u8] = row.get(column);
    let wrong = |_| Error::Corrupt(format!("a column holds {} bytes, not {N}", bytes.len()));
    bytes.try_into().map_err(wrong)
}

/// The same, or nothing.
pub(super) fn maybe<const N: usize>(row: &Row, column: usize) -> Result<Option<[u8; N]>, Error> {
    match row.get::<_, Option<&[u8]>>(column) {
        Some(_) => bytes(row, column).map(Some),
        None => Ok(None),
    }
}
