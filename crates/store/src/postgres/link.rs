//! One connection, its prepared statements, and what its errors mean.

use crate::error::{Conflict, Error};
use futures_util::SinkExt;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::io::Cursor;
use std::pin::pin;
use std::time::Duration;
use tokio::time::timeout;
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Row, SimpleQueryMessage, Statement};

/// A parameter of a statement.
pub(super) type Parameter<'a> = &'a (dyn ToSql + Sync);

/// How long a connection may take to be made, if its address does not say (`connect_timeout`).
const CONNECTING: Duration = Duration::from_secs(10);

/// How long a database may say nothing while somebody waits at a till, and a network acknowledge nothing, if its
/// address does not say (`tcp_user_timeout`). Longer than a lock is waited for: see [`SETTINGS`].
const SILENCE: Duration = Duration::from_secs(30);

/// How a connection is made, and how much patience there is with it.
#[derive(Clone, Debug)]
pub(super) struct Address {
    config: Config,
    connecting: Duration,
    silence: Duration,
}

impl Address {
    /// Reads a connection string. Where it says nothing of a network that breaks, that is settled here: what is
    /// usual is to wait for ever, and to notice after two hours.
    pub(super) fn parse(address: &str) -> Result<Self, Failure> {
        let mut config: Config = address.parse()?;
        let connecting = config.get_connect_timeout().copied().unwrap_or(CONNECTING);
        let silence = config.get_tcp_user_timeout().copied().unwrap_or(SILENCE);
        config.connect_timeout(connecting).tcp_user_timeout(silence);
        if config.get_keepalives_interval().is_none() {
            config
                .keepalives_idle(silence)
                .keepalives_interval(Duration::from_secs(10))
                .keepalives_retries(3);
        }
        // Of several the one is meant that takes writes, also when another one has taken over.
        let is_any = config.get_target_session_attrs() == TargetSessionAttrs::Any;
        if is_any && config.get_hosts().len() > 1 {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        Ok(Self {
            config,
            connecting,
            silence,
        })
    }
}

/// A connection.
pub(super) struct Link {
    client: Client,
    statements: RefCell<HashMap<String, Statement>>,
    silence: Duration,
    /// Whether somebody waits at a till for each answer.
    is_urgent: Cell<bool>,
    /// Whether an answer was not waited for any more: nothing is asked after that.
    is_given_up: Cell<bool>,
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
    pub(super) async fn connect(address: &Address) -> Result<Self, Failure> {
        // For each of the hosts that there may be: one that is dead must not keep us from the next.
        let hosts = u32::try_from(address.config.get_hosts().len()).unwrap_or(1);
        let patience = address.connecting * hosts.max(1);
        let connected = timeout(patience, async {
            let (client, connection) = address.config.connect(NoTls).await?;
            // It ends when the client is dropped; what it says then, the client has said before.
            tokio::spawn(async move { drop(connection.await) });
            client.batch_execute(SETTINGS).await?;
            Ok::<_, Failure>(client)
        });
        let silent = |_| Failure::Silent(patience);
        Ok(Self {
            client: connected.await.map_err(silent)??,
            statements: RefCell::default(),
            silence: address.silence,
            is_urgent: Cell::default(),
            is_given_up: Cell::default(),
        })
    }

    /// Whether each answer is waited for as long as somebody at a till waits, and no longer.
    pub(super) fn set_urgent(&self, is_urgent: bool) {
        self.is_urgent.set(is_urgent);
    }

    /// Begins or ends a transaction: a moment's work, whoever waits for it.
    pub(super) async fn mark(&self, sql: &str) -> Result<(), Failure> {
        let was_urgent = self.is_urgent.replace(true);
        let marked = self.execute(sql).await;
        self.is_urgent.set(was_urgent);
        marked
    }

    /// Begins a transaction together with a question; the one value of its answer.
    pub(super) async fn asked(&self, sql: &str) -> Result<Option<String>, Failure> {
        let was_urgent = self.is_urgent.replace(true);
        let said = self.answer(self.client.simple_query(sql)).await;
        self.is_urgent.set(was_urgent);
        let value = |message: &SimpleQueryMessage| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        };
        Ok(said?.iter().rev().find_map(value))
    }

    /// An answer of the database, or that it says nothing. What becomes of what was asked nobody knows then.
    async fn answer<T>(
        &self,
        answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Failure> {
        let silent = Failure::Silent(self.silence);
        if self.is_given_up.get() {
            return Err(silent);
        }
        if !self.is_urgent.get() {
            return Ok(answer.await?);
        }
        match timeout(self.silence, answer).await {
            Ok(answer) => Ok(answer?),
            Err(_) => {
                self.is_given_up.set(true);
                Err(silent)
            }
        }
    }

    /// Runs statements without parameters.
    pub(super) async fn execute(&self, sql: &str) -> Result<(), Failure> {
        self.answer(self.client.batch_execute(sql)).await
    }

    /// Runs a statement; how many rows it changed.
    pub(super) async fn run(&self, sql: &str, with: &[Parameter<'_>]) -> Result<u64, Failure> {
        let statement = self.statement(sql).await?;
        self.answer(self.client.execute(&statement, with)).await
    }

    /// Runs a statement; its rows.
    pub(super) async fn rows(
        &self,
        sql: &str,
        with: &[Parameter<'_>],
    ) -> Result<Vec<Row>, Failure> {
        let statement = self.statement(sql).await?;
        self.answer(self.client.query(&statement, with)).await
    }

    /// Runs a statement that will hardly come again, and so is not kept: a segment's, while it is being
    /// written.
    pub(super) async fn rows_once(
        &self,
        sql: &str,
        with: &[Parameter<'_>],
    ) -> Result<Vec<Row>, Failure> {
        self.answer(self.client.query(sql, with)).await
    }

    /// As [`Link::rows_once`]; how many rows it changed.
    pub(super) async fn run_once(&self, sql: &str, with: &[Parameter<'_>]) -> Result<u64, Failure> {
        self.answer(self.client.execute(sql, with)).await
    }

    /// Fills a table by a binary `COPY`.
    pub(super) async fn copy(&self, sql: &str, rows: Cursor<Vec<u8>>) -> Result<(), Failure> {
        let statement = self.statement(sql).await?;
        self.answer(async {
            let mut sink = pin!(self.client.copy_in(&statement).await?);
            sink.feed(rows).await?;
            sink.finish().await.map(drop)
        })
        .await
    }

    async fn statement(&self, sql: &str) -> Result<Statement, Failure> {
        if let Some(statement) = self.statements.borrow().get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.answer(self.client.prepare(sql)).await?;
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
    /// It said nothing for so long.
    Silent(Duration),
    /// Somebody was faster: what we decided on is not so any more.
    Overtaken,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(error) => f.write_str(&words(error)),
            Self::Ours(error) => fmt::Display::fmt(error, f),
            Self::Silent(silence) => {
                write!(f, "it did not answer within {} seconds", silence.as_secs())
            }
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
            (Self::Silent(_), _) => true,
            _ => false,
        }
    }

    /// Whether the database undid a transaction because it was in another's way.
    pub(super) fn was_undone(&self) -> bool {
        let undone = [
            &SqlState::T_R_SERIALIZATION_FAILURE,
            &SqlState::T_R_DEADLOCK_DETECTED,
        ];
        self.code().is_some_and(|code| undone.contains(&code))
    }

    /// Whether the same may well succeed if it is done again. Whoever waited for a database that says nothing has
    /// waited long enough. A key that is there already was
    /// written since we looked, or we did not look: looking finds it. A transaction that has failed
    /// refuses all that was sent after the statement that failed.
    pub(super) fn passes(&self) -> bool {
        let again = [
            &SqlState::UNIQUE_VIOLATION,
            &SqlState::IN_FAILED_SQL_TRANSACTION,
        ];
        matches!(self, Self::Overtaken)
            || self.was_undone()
            || (self.is_lost() && !matches!(self, Self::Silent(_)))
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
                Self::Postgres(_) | Self::Silent(_) => Error::Unavailable(why),
            };
        };
        match &code.code()[..2] {
            "53" if *code == SqlState::DISK_FULL => Error::Full(why),
            "40" | "55" => Error::Retry(why),
            "23" if self.passes() => Error::Retry(why),
            "25" if self.passes() => Error::Retry(why),
            // A standby, or a primary that has become one: another connection may lead to the right machine.
            "25" => Error::Unavailable(format!("it takes no writes, as a standby does ({why})")),
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

#[cfg(test)]
mod tests {
    use super::{Address, CONNECTING, SILENCE};
    use std::time::Duration;
    use tokio_postgres::config::TargetSessionAttrs;

    #[test]
    fn an_address_that_says_nothing_of_patience_has_some() {
        let address = Address::parse("postgres://regulars@db1/regulars").expect("it is one");
        assert_eq!(address.config.get_connect_timeout(), Some(&CONNECTING));
        assert_eq!(address.config.get_tcp_user_timeout(), Some(&SILENCE));
        assert_eq!(address.config.get_keepalives_idle(), SILENCE);
        let attributes = address.config.get_target_session_attrs();
        assert_eq!(attributes, TargetSessionAttrs::Any);
    }

    #[test]
    fn what_an_address_says_holds() {
        let said =
            "postgres://regulars@db1/r?connect_timeout=3&tcp_user_timeout=7&keepalives_interval=2";
        let address = Address::parse(said).expect("it is one");
        assert_eq!(address.connecting, Duration::from_secs(3));
        assert_eq!(address.silence, Duration::from_secs(7));
        let interval = address.config.get_keepalives_interval();
        assert_eq!(interval, Some(Duration::from_secs(2)));
    }

    #[test]
    fn of_several_machines_the_one_is_meant_that_takes_writes() {
        let wanted = [
            ("", TargetSessionAttrs::ReadWrite),
            (
                "?target_session_attrs=read-only",
                TargetSessionAttrs::ReadOnly,
            ),
        ];
        for (end, attributes) in wanted {
            let said = format!("postgres://regulars@db1:5432,db2:5433/regulars{end}");
            let address = Address::parse(&said).expect("it is one");
            assert_eq!(
                address.config.get_target_session_attrs(),
                attributes,
                "{end}"
            );
        }
    }
}
