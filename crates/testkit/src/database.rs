//! A database for one test: made for it, removed after it.

use crate::plans;
use regulars_store::{Database, Store, VaultKeys};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls};

/// A database that only one test sees, with all tables.
#[derive(Debug)]
pub struct TestDb {
    /// Its address.
    pub database: Database,
    /// Holds the files of an SQLite database; a place for a test's own files.
    folder: TempDir,
    /// The keys of its vault, where personal fields are closed.
    pub vault: Option<VaultKeys>,
    /// What every connection is wrapped in.
    wrap: Option<Wrap>,
    /// The server and the name of a PostgreSQL database, to remove it.
    server: Option<(String, String)>,
}

/// Puts something around a connection: a store that is broken on purpose.
pub type Wrap = fn(Box<dyn Store>) -> Box<dyn Store>;

/// The database with all tables that those of the tests are copied from: files are copied sooner than
/// tables are made.
const TEMPLATE: &str = "regulars_template";

/// Held while the template is made, so that only one of many tests makes it.
const LOCK: i64 = 0x7465_6d70_6c61_7465;

/// Tells databases of one process apart.
static MADE: AtomicU32 = AtomicU32::new(0);

impl TestDb {
    /// A file in a folder of its own.
    pub fn sqlite() -> Self {
        let db = Self::sqlite_empty();
        db.database.migrate().expect("a new file takes all tables");
        db.closed_if_asked()
    }

    /// The same, without tables, and without the file.
    pub fn sqlite_empty() -> Self {
        let folder = tempfile::tempdir().expect("the temporary folder takes a folder");
        let file = folder.path().join("regulars.db");
        plans::listen();
        Self {
            database: Database::Sqlite(file),
            folder,
            vault: None,
            wrap: None,
            server: None,
        }
    }

    /// A database on the server that `REGULARS_TEST_POSTGRES` names.
    pub fn postgres() -> Self {
        loop {
            let db = Self::on_server(Some(TEMPLATE));
            // What the template has is taken over; a server that outlives its tests may have one of other steps.
            match db.database.migrate() {
                Ok(_) => return db.closed_if_asked(),
                Err(_) => execute(
                    &server(),
                    &format!("DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)"),
                ),
            }
        }
    }

    /// The same, without tables.
    pub fn postgres_empty() -> Self {
        Self::on_server(None)
    }

    /// A new database, a copy of the template if there is to be one.
    fn on_server(template: Option<&str>) -> Self {
        let server = server();
        let name = format!(
            "regulars_test_{}_{}",
            std::process::id(),
            MADE.fetch_add(1, Ordering::Relaxed)
        );
        // Left over from a run that was killed, and whose process number came round again.
        execute(
            &server,
            &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        );
        match template {
            None => execute(&server, &format!("CREATE DATABASE {name}")),
            Some(template) => copy(&server, template, &name),
        }
        Self {
            database: Database::Postgres(named(&server, &name)),
            folder: tempfile::tempdir().expect("the temporary folder takes a folder"),
            vault: None,
            wrap: None,
            server: Some((server, name)),
        }
    }

    /// The same database, reached through a store that is broken on purpose.
    pub fn through(mut self, wrap: Wrap) -> Self {
        self.wrap = Some(wrap);
        self
    }

    /// With a vault: personal fields are closed from now on, with a new key.
    pub fn closed(mut self) -> Self {
        if self.vault.is_some() {
            return self;
        }
        let keys = VaultKeys::parse(&VaultKeys::fresh()).expect("a new key is one");
        self.vault = Some(keys.clone());
        let mut store = self.connect();
        store.turn_vault(Some(keys.newest())).expect("it is turned");
        store.settle_vault().expect("nothing stands in clear");
        drop(store);
        self
    }

    /// With `REGULARS_TEST_VAULT` every test of a database runs with a vault.
    fn closed_if_asked(self) -> Self {
        match std::env::var_os("REGULARS_TEST_VAULT") {
            Some(_) => self.closed(),
            None => self,
        }
    }

    /// A new connection.
    pub fn connect(&self) -> Box<dyn Store> {
        let store = self.database.connect_with(self.vault.as_ref());
        let store = store.expect("the test's database opens");
        match self.wrap {
            Some(wrap) => wrap(store),
            None => store,
        }
    }

    /// Bytes as a statement writes them.
    pub fn bytes(&self, hex: &str) -> String {
        match &self.database {
            Database::Sqlite(_) => format!("X'{hex}'"),
            Database::Postgres(_) => format!("'\\x{hex}'::bytea"),
        }
    }

    /// Lets log and entries be changed: what somebody does first who wants to change them.
    pub fn unlock(&self) {
        match &self.database {
            Database::Sqlite(_) => self.execute(
                "DROP TRIGGER log_is_never_changed; DROP TRIGGER log_is_never_shortened;
                 DROP TRIGGER entries_are_never_changed; DROP TRIGGER entries_are_never_removed;",
            ),
            Database::Postgres(_) => self.execute(
                "ALTER TABLE log DISABLE TRIGGER ALL; ALTER TABLE entries DISABLE TRIGGER ALL;",
            ),
        }
    }

    /// All that a tenant has, by table: each row as a text, sorted. Past every line of code that could
    /// forget whose rows they are.
    pub fn rows_of(&self, tenant: &str) -> BTreeMap<String, Vec<String>> {
        match &self.database {
            Database::Sqlite(path) => {
                let db = rusqlite::Connection::open(path).expect("the file opens");
                sqlite_rows(&db, tenant).expect("the tables are read")
            }
            Database::Postgres(address) => postgres_rows(address, tenant),
        }
    }

    /// Where words stand in this database, in any case of their letters: table, column and the value, by the
    /// database's own catalogue. In texts and in bytes, of all tenants.
    pub fn places_of<W: AsRef<[u8]>>(&self, words: &[W]) -> Vec<Place> {
        let words: Vec<Vec<u8>> = words
            .iter()
            .map(|word| word.as_ref().to_ascii_lowercase())
            .collect();
        let words = &words;
        let mut places = match &self.database {
            Database::Sqlite(path) => {
                let db = rusqlite::Connection::open(path).expect("the file opens");
                sqlite_places(&db, words).expect("the tables are read")
            }
            Database::Postgres(address) => postgres_places(address, words),
        };
        places.sort();
        places.dedup();
        places
    }

    /// The columns of texts and bytes that there are, each with its table before it.
    pub fn columns(&self) -> Vec<(String, String)> {
        match &self.database {
            Database::Sqlite(path) => {
                let db = rusqlite::Connection::open(path).expect("the file opens");
                sqlite_columns(&db).expect("the tables are read")
            }
            Database::Postgres(address) => postgres_columns(address),
        }
    }

    /// Whether words stand anywhere in the files of the database, past all tables: in pages that are free, in
    /// what is left of rows, in the log that is written ahead. Each with what stands around it. Of PostgreSQL
    /// there are no files to look into.
    pub fn leftovers_of<W: AsRef<[u8]>>(&self, words: &[W]) -> Vec<String> {
        let Database::Sqlite(path) = &self.database else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for end in ["", "-wal", "-journal"] {
            let mut name = path.as_os_str().to_owned();
            name.push(end);
            let Ok(bytes) = std::fs::read(&name) else {
                continue;
            };
            let lower = bytes.to_ascii_lowercase();
            for word in words {
                let word = word.as_ref().to_ascii_lowercase();
                let at = lower.windows(word.len()).position(|own| own == word);
                if let Some(at) = at {
                    let around = &bytes[at.saturating_sub(60)..bytes.len().min(at + 60)];
                    let around = String::from_utf8_lossy(around).into_owned();
                    found.push(format!("file{end}: {around:?}"));
                }
            }
        }
        found
    }

    /// A path for a test's own file, which does not exist yet.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs statements as somebody would who sits at the database: for tests that damage it.
    pub fn execute(&self, sql: &str) {
        match &self.database {
            Database::Sqlite(path) => {
                let db = rusqlite::Connection::open(path).expect("the file opens");
                db.execute_batch(sql)
                    .unwrap_or_else(|error| panic!("{sql}: {error}"));
            }
            Database::Postgres(address) => execute(address, sql),
        }
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let (Database::Sqlite(file), false) = (&self.database, std::thread::panicking()) {
            plans::check(file);
        }
        if let Some((server, name)) = &self.server {
            execute(
                server,
                &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            );
        }
    }
}

/// The server for tests.
fn server() -> String {
    std::env::var("REGULARS_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!(
            "REGULARS_TEST_POSTGRES is not set, so this test has no PostgreSQL to run on: \
             run `make test`, or put scripts/postgres-for-tests before the command"
        )
    })
}

/// The address of another database of the same server.
fn named(server: &str, name: &str) -> String {
    match server.rsplit_once('/') {
        Some((before, _)) => format!("{before}/{name}"),
        None => panic!("REGULARS_TEST_POSTGRES must end in a database's name: {server}"),
    }
}

/// Makes a database as a copy of the template, and the template before if it is missing.
fn copy(server: &str, template: &str, name: &str) {
    let create = format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy");
    on(server, async |client| {
        match client.batch_execute(&create).await {
            Err(error) if error.code() == Some(&SqlState::UNDEFINED_DATABASE) => {}
            done => return done,
        }
        client
            .execute("SELECT pg_advisory_lock($1)", &[&LOCK])
            .await?;
        let there = "SELECT 1 FROM pg_database WHERE datname = $1";
        if client.query_opt(there, &[&template]).await?.is_none() {
            let half = format!("{template}_half");
            client
                .batch_execute(&format!("DROP DATABASE IF EXISTS {half} WITH (FORCE)"))
                .await?;
            client
                .batch_execute(&format!("CREATE DATABASE {half}"))
                .await?;
            let made = Database::Postgres(named(server, &half));
            tokio::task::spawn_blocking(move || made.migrate())
                .await
                .expect("the steps do not panic")
                .expect("a new database takes all tables");
            // It has its name only when it is whole.
            client
                .batch_execute(&format!("ALTER DATABASE {half} RENAME TO {template}"))
                .await?;
        }
        client
            .execute("SELECT pg_advisory_unlock($1)", &[&LOCK])
            .await?;
        client.batch_execute(&create).await
    });
}

fn sqlite_rows(
    db: &rusqlite::Connection,
    tenant: &str,
) -> rusqlite::Result<BTreeMap<String, Vec<String>>> {
    let no: i64 = db.query_row("SELECT no FROM tenants WHERE name = ?1", [tenant], |row| {
        row.get(0)
    })?;
    let mut tables = db.prepare(
        "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' AND c.name = 'tenant' ORDER BY m.name",
    )?;
    let tables = tables.query_map([], |row| row.get::<_, String>(0))?;
    let mut all = BTreeMap::new();
    for table in tables {
        let table = table?;
        let mut rows = db.prepare(&format!("SELECT * FROM {table} WHERE tenant = ?1"))?;
        let columns = rows.column_count();
        let text = |row: &rusqlite::Row<'_>| {
            let values = (0..columns).map(|at| row.get::<_, rusqlite::types::Value>(at));
            let values = values.collect::<rusqlite::Result<Vec<_>>>()?;
            Ok(format!("{values:?}"))
        };
        let rows = rows.query_map([no], text)?;
        let mut rows = rows.collect::<rusqlite::Result<Vec<String>>>()?;
        rows.sort();
        all.insert(table, rows);
    }
    Ok(all)
}

fn postgres_rows(address: &str, tenant: &str) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    on(address, async |client| {
        let tables = "SELECT table_name::text FROM information_schema.columns
             WHERE column_name = 'tenant' AND table_schema = current_schema() ORDER BY 1";
        for table in client.query(tables, &[]).await? {
            let table: String = table.get(0);
            let rows = format!(
                "SELECT t::text FROM {table} t
                 WHERE tenant = (SELECT no FROM tenants WHERE name = $1) ORDER BY 1"
            );
            let rows = client.query(&rows, &[&tenant]).await?;
            all.insert(table, rows.iter().map(|row| row.get(0)).collect());
        }
        Ok(())
    });
    all
}

/// Where a word stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// In which table.
    pub table: String,
    /// In which column.
    pub column: String,
    /// The value, as far as it is a text.
    pub value: String,
}

impl Place {
    fn found(table: &str, column: &str, value: &[u8], words: &[Vec<u8>]) -> Option<Self> {
        let lower = value.to_ascii_lowercase();
        let has = |word: &Vec<u8>| lower.windows(word.len()).any(|own| own == word);
        words.iter().any(has).then(|| Self {
            table: table.to_owned(),
            column: column.to_owned(),
            value: String::from_utf8_lossy(value).into_owned(),
        })
    }
}

fn sqlite_columns(db: &rusqlite::Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let mut columns = db.prepare(
        "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND c.type IN ('TEXT', 'BLOB')
         ORDER BY 1, 2",
    )?;
    let columns = columns.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    columns.collect()
}

fn postgres_columns(address: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    on(address, async |client| {
        let columns = "SELECT table_name::text, column_name::text
             FROM information_schema.columns
             WHERE table_schema = current_schema() AND data_type NOT IN
                   ('bigint', 'integer', 'smallint', 'boolean')
             ORDER BY 1, 2";
        let rows = client.query(columns, &[]).await?;
        found.extend(rows.iter().map(|row| (row.get(0), row.get(1))));
        Ok(())
    });
    found
}

fn sqlite_places(db: &rusqlite::Connection, words: &[Vec<u8>]) -> rusqlite::Result<Vec<Place>> {
    let mut columns = db.prepare(
        "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' ORDER BY 1, 2",
    )?;
    let columns = columns.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let columns: Vec<(String, String)> = columns.collect::<Result<_, _>>()?;
    let mut found = Vec::new();
    for (table, column) in columns {
        let mut rows = db.prepare(&format!(
            "SELECT CAST({column} AS BLOB) FROM {table} WHERE {column} IS NOT NULL"
        ))?;
        let values = rows.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
        for value in values {
            found.extend(Place::found(&table, &column, &value?, words));
        }
    }
    Ok(found)
}

fn postgres_places(address: &str, words: &[Vec<u8>]) -> Vec<Place> {
    let mut found = Vec::new();
    on(address, async |client| {
        let columns = "SELECT table_name::text, column_name::text, data_type::text
             FROM information_schema.columns
             WHERE table_schema = current_schema() AND data_type IN ('text', 'bytea', 'json', 'jsonb')
             ORDER BY 1, 2";
        for row in client.query(columns, &[]).await? {
            let (table, column): (String, String) = (row.get(0), row.get(1));
            let bytes = match row.get::<_, &str>(2) {
                "bytea" => column.clone(),
                _ => format!("convert_to({column}::text, 'UTF8')"),
            };
            let rows = format!("SELECT {bytes} FROM {table} WHERE {column} IS NOT NULL");
            for value in client.query(&rows, &[]).await? {
                let value: Vec<u8> = value.get(0);
                found.extend(Place::found(&table, &column, &value, words));
            }
        }
        Ok(())
    });
    found
}

/// Runs statements on a PostgreSQL database.
fn execute(address: &str, sql: &str) {
    on(address, async |client| client.batch_execute(sql).await);
}

/// Does something with a connection of its own.
fn on(address: &str, what: impl AsyncFnOnce(&Client) -> Result<(), tokio_postgres::Error>) {
    let runtime = Runtime::new().expect("a runtime starts");
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(address, NoTls)
            .await
            .unwrap_or_else(|error| panic!("{address}: {error}"));
        let io = tokio::spawn(connection);
        let done = what(&client).await;
        drop(client);
        // The connection ends because its client is gone; what it says then is of no interest.
        drop(io.await);
        if let Err(error) = done {
            let why = error
                .as_db_error()
                .map_or(error.to_string(), |e| e.message().to_owned());
            panic!("{address}: {why}");
        }
    });
}
