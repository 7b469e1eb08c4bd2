//! SQLite: one file, one writer at a time, safe beside other processes on the same file.
//!
//! WAL with `synchronous=FULL`: what a batch acknowledged is on the disk. Group commit makes that
//! cost next to nothing, so nobody is offered less.

mod aging;
mod askings;
mod backup;
mod bought;
mod cards;
mod carry;
mod cases;
mod codes;
mod commit;
mod confirmations;
mod connectors;
mod desk;
mod duplicates;
mod finding;
mod fulfilments;
mod history;
mod identities;
mod jobs;
mod journeys;
mod keys;
mod listed;
mod load;
mod master_data;
mod members;
mod messages;
mod migrate;
mod offers;
mod places;
mod portal;
mod programs;
mod rows;
mod scores;
mod seals;
mod segments;
mod sessions;
mod vault;
mod verbs;
mod verify;
mod webhooks;

use crate::error::{Conflict, Error, Result};
use crate::record::Tenant;
use crate::vault::{Vault, VaultKeys};
use regulars_base::{TenantId, Timestamp};
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, params};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

pub use backup::{restore, sync_name};
pub(crate) use migrate::migrate;

/// How long a writer waits for another one, in about so many looks.
const LOOKS: u16 = 20_000;
/// How long it waits between two looks. (SQLite's own way of waiting looks ten times a second in the end, and
/// so misses the moments between the batches of an import: a till would wait for seconds.)
const LOOK: Duration = Duration::from_millis(1);

/// How often it is tried to cut off the write-ahead log.
const CUTS: u8 = 50;

/// Whether to look again whether another writer has ended.
fn look_again(looks: i32) -> bool {
    std::thread::sleep(LOOK);
    looks < i32::from(LOOKS)
}

/// Asks for a write-ahead log and tells the journal mode that the file has now. Of several that open a new
/// file at once SQLite refuses all but one at once: each could be what the other waits for, and so it looks
/// again for none of them.
fn write_ahead(db: &Connection) -> rusqlite::Result<String> {
    let begun = Instant::now();
    loop {
        let mode = db.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0));
        match mode.as_ref().map_err(rusqlite::Error::sqlite_error_code) {
            Err(Some(ErrorCode::DatabaseBusy)) if begun.elapsed() < LOOK * u32::from(LOOKS) => {
                std::thread::sleep(LOOK);
            }
            _ => return mode,
        }
    }
}

/// Who hears the statements of this process.
static OVERHEARS: OnceLock<fn(&str)> = OnceLock::new();

fn overheard(event: TraceEvent<'_>) {
    if let (TraceEvent::Stmt(_, sql), Some(hear)) = (event, OVERHEARS.get()) {
        hear(sql);
    }
}

/// A connection to an SQLite file.
#[derive(Debug)]
pub struct Sqlite {
    connection: Connection,
    path: PathBuf,
    tenants: BTreeMap<TenantId, i64>,
    /// Whether the next batch looks for what ought to be new before it decides.
    look: bool,
    /// How personal fields stand.
    vault: Vault,
}

impl Sqlite {
    /// Opens a file that [`Database::migrate`](crate::Database::migrate) has prepared.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_with(path, None)
    }

    /// The same with the keys of its vault.
    pub fn open_with(path: &Path, keys: Option<&VaultKeys>) -> Result<Self> {
        let mut store = Self::open_as(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        migrate::check(&mut store)?;
        store.vault = Vault::new(keys);
        store.see_vault()?;
        Ok(store)
    }

    fn open_as(path: &Path, flags: OpenFlags) -> Result<Self> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection =
            Connection::open_with_flags(path, flags).map_err(|error| opening(path, error))?;
        let store = Self {
            connection,
            path: path.to_owned(),
            tenants: BTreeMap::new(),
            look: false,
            vault: Vault::default(),
        };
        store.prepare().map_err(|error| store.failed(error))?;
        Ok(store)
    }

    fn prepare(&self) -> rusqlite::Result<()> {
        let db = &self.connection;
        db.busy_handler(Some(look_again))?;
        db.set_prepared_statement_cache_capacity(128);
        if OVERHEARS.get().is_some() {
            db.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(overheard));
        }
        // Before anything is written, so that a new file gets it. Whoever comes to the till writes
        // whole pages that hold little else of this batch: the wallet's, the order's, the event's. Small
        // ones make a purchase among a million members a quarter cheaper, and the file a quarter larger.
        db.pragma_update(None, "page_size", 1024)?;
        let mode = write_ahead(db)?;
        if !mode.eq_ignore_ascii_case("wal") {
            return Err(rusqlite::Error::InvalidParameterName(format!(
                "this file system gives no write-ahead log (journal mode is {mode})"
            )));
        }
        db.pragma_update(None, "synchronous", "full")?;
        db.pragma_update(None, "cache_size", -65_536)?;
        // 256 MiB, should nobody settle what was written before.
        db.pragma_update(None, "wal_autocheckpoint", 256_000)?;
        db.pragma_update(None, "temp_store", "file")?;
        // What is taken away is written over: a name that somebody was forgotten by is not in the file any more.
        db.pragma_update(None, "secure_delete", true)?;
        db.pragma_update(None, "trusted_schema", false)
    }

    /// The write-ahead log is synced when it is settled, and not with each commit.
    pub(crate) fn set_light(&mut self) -> Result<()> {
        self.connection
            .pragma_update(None, "synchronous", "normal")
            .map_err(|error| self.failed(error))
    }

    /// Hands the text of each statement that a connection runs which is opened from now on to `hear`: for
    /// tests that ask for its plan. The first caller stays the only one.
    pub fn overhear(hear: fn(&str)) {
        OVERHEARS.get_or_init(|| hear);
    }

    /// Refuses to let the file grow beyond so many pages of 1 KiB, as a full disk would.
    pub fn limit_pages(&mut self, pages: u32) -> Result<()> {
        self.connection
            .pragma_update(None, "max_page_count", pages)
            .map_err(|error| self.failed(error))
    }

    /// How long to wait for another writer before the caller is told to come again.
    pub fn set_patience(&mut self, patience: Duration) -> Result<()> {
        self.connection
            .busy_timeout(patience)
            .map_err(|error| self.failed(error))
    }

    /// Runs `work` in a transaction that holds the file's write lock from the start.
    fn write<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>) -> Result<T> {
        let (path, vault) = (&self.path, &self.vault);
        let run = |connection: &mut Connection| -> Result<T, Failure> {
            let behavior = rusqlite::TransactionBehavior::Immediate;
            let transaction = connection.transaction_with_behavior(behavior)?;
            vault::look(&transaction, vault)?;
            let result = work(&transaction)?;
            transaction.commit()?;
            Ok(result)
        };
        run(&mut self.connection).map_err(|failure| failure.at(path))
    }

    /// Runs `work` on one consistent picture of the file.
    fn read<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>) -> Result<T> {
        let (path, vault) = (&self.path, &self.vault);
        let run = |connection: &mut Connection| -> Result<T, Failure> {
            let transaction = connection.transaction()?;
            vault::look(&transaction, vault)?;
            work(&transaction)
        };
        run(&mut self.connection).map_err(|failure| failure.at(path))
    }

    /// Carries pages from the write-ahead log to their places. Nobody waits for it, and it waits for
    /// nobody: what others still need stays where it is.
    fn carry_over(&self) -> Result<()> {
        self.connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
            .map_err(|error| self.failed(error))
    }

    /// Carries all pages over and cuts the write-ahead log off, so that what was written over is not in it
    /// either. Others are not kept waiting: while one of them reads, it is tried again, for a moment; what is
    /// left then is written over as the log begins anew.
    fn cut_off(&self) -> Result<()> {
        let db = &self.connection;
        let cut = || {
            db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
                row.get::<_, i64>(0)
            })
        };
        let done = (|| {
            db.busy_handler(None)?;
            for _ in 0..CUTS {
                if matches!(cut(), Ok(0)) {
                    break;
                }
                std::thread::sleep(LOOK);
            }
            db.busy_handler(Some(look_again))
        })();
        done.map_err(|error: rusqlite::Error| self.failed(error))
    }

    /// The number under which a tenant's rows stand.
    fn tenant_no(&mut self, tenant: TenantId) -> Result<i64> {
        if let Some(no) = self.tenants.get(&tenant) {
            return Ok(*no);
        }
        let no: Option<i64> = self
            .connection
            .query_row(
                "SELECT no FROM tenants WHERE id = ?1",
                params![tenant.bytes()],
                |row| row.get(0),
            )
            .optional()
            .map_err(|error| self.failed(error))?;
        let no = no.ok_or(Error::Missing("tenant"))?;
        self.tenants.insert(tenant, no);
        Ok(no)
    }

    fn insert_tenant(&mut self, tenant: &Tenant) -> Result<()> {
        self.write(|db| {
            let added = db.execute(
                "INSERT INTO tenants (no, id, name, created_at)
                 SELECT coalesce(max(no), 0) + 1, ?1, ?2, ?3 FROM tenants WHERE true
                 ON CONFLICT DO NOTHING",
                params![tenant.id.bytes(), tenant.name, tenant.created_at.micros()],
            )?;
            match added {
                0 => Err(Conflict::Tenant(tenant.name.clone()).into()),
                _ => Ok(()),
            }
        })
    }

    fn read_tenants(&mut self) -> Result<Vec<Tenant>> {
        self.read(|db| {
            let mut select =
                db.prepare_cached("SELECT id, name, created_at FROM tenants ORDER BY name")?;
            let rows = select.query_map([], |row| {
                Ok(Tenant {
                    id: TenantId::from_bytes(row.get(0)?),
                    name: row.get(1)?,
                    created_at: Timestamp::from_micros(row.get(2)?),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn failed(&self, error: rusqlite::Error) -> Error {
        Failure::Sqlite(error).at(&self.path)
    }
}

/// What goes wrong inside a transaction: the database's reasons, or ours.
#[derive(Debug)]
enum Failure {
    /// Something that nobody looked for, since it ought to be new, is known.
    Known,
    Sqlite(rusqlite::Error),
    Ours(Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
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
    /// The error, named by what the caller can do.
    fn at(self, path: &Path) -> Error {
        let error = match self {
            Self::Known => return Error::Retry("an event is known already".to_owned()),
            Self::Ours(error) => return error,
            Self::Sqlite(error) => error,
        };
        let why = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Retry(why),
            Some(ErrorCode::DiskFull) => Error::Full(why),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Error::ReadOnly {
                path: path.display().to_string(),
                why,
            },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Error::Corrupt(format!(
                "`{}` is no database of this program, or was damaged ({why})",
                path.display()
            )),
            Some(ErrorCode::SystemIoFailure) => Error::Disk {
                path: path.display().to_string(),
                why,
            },
            Some(ErrorCode::CannotOpen) => not_opened(path, why),
            _ => Error::Refused(why),
        }
    }
}

/// Opening fails in ways that are worth telling apart before the database says anything.
fn opening(path: &Path, error: rusqlite::Error) -> Error {
    let folder = folder_of(path);
    let shown = path.display();
    if path.exists() {
        let writable = std::fs::OpenOptions::new().append(true).open(path);
        return match writable {
            Err(why) if why.kind() == std::io::ErrorKind::PermissionDenied => Error::ReadOnly {
                path: shown.to_string(),
                why: why.to_string(),
            },
            _ => Failure::Sqlite(error).at(path),
        };
    }
    if !folder.exists() {
        return Error::Unavailable(format!("the folder of `{shown}` does not exist; create it"));
    }
    if error.sqlite_error_code() == Some(ErrorCode::CannotOpen)
        && let Some(refusal) = folder_refuses(path)
    {
        return refusal;
    }
    Error::Unavailable(format!(
        "there is no database at `{shown}`; `regulars serve` makes one"
    ))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// One of the files of a database was not opened. SQLite does not say why: mostly the log beside the database
/// cannot be made, and the folder says the reason.
fn not_opened(path: &Path, why: String) -> Error {
    folder_refuses(path)
        .unwrap_or_else(|| Error::Unavailable(format!("`{}`: {why}", path.display())))
}

/// Why the folder of a database takes no new file, if it takes none.
fn folder_refuses(path: &Path) -> Option<Error> {
    let probe = folder_of(path).join(".regulars-probe");
    let refused = match std::fs::File::create_new(&probe) {
        Ok(_) => {
            // Left behind only if the folder lets us make files and not remove them.
            drop(std::fs::remove_file(&probe));
            return None;
        }
        Err(refused) => refused,
    };
    match refused.kind() {
        ErrorKind::AlreadyExists => None,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Some(Error::Full(refused.to_string())),
        _ => Some(Error::ReadOnly {
            path: path.display().to_string(),
            why: format!("its folder takes no new files: {refused}"),
        }),
    }
}
