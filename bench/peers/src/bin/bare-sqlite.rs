//! The bare writer: the rows that a purchase leaves in a simple loyalty ledger, written to SQLite by
//! prepared statements and nothing else. No rule, no check, no hash. It is fixed: our import is
//! measured against it, so it may be made neither faster nor slower.
//!
//! One event is five statements: the event with its payload and a unique random key, two postings
//! with an index on the account, the balance, and a lot with a partial index on what is open.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use regulars_peers::{Durations, Options, Purchase, Random, Report, Run, purchase};
use rusqlite::{Connection, Statement, params};

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 4000;
    CREATE TABLE event (
        id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, idem TEXT NOT NULL,
        member INTEGER NOT NULL, at INTEGER NOT NULL, payload TEXT NOT NULL,
        UNIQUE (tenant, idem));
    CREATE TABLE posting (
        id INTEGER PRIMARY KEY, event INTEGER NOT NULL, account INTEGER NOT NULL,
        amount INTEGER NOT NULL);
    CREATE INDEX posting_account ON posting (account);
    CREATE TABLE balance (member INTEGER PRIMARY KEY, points INTEGER NOT NULL);
    CREATE TABLE lot (
        id INTEGER PRIMARY KEY, member INTEGER NOT NULL, points INTEGER NOT NULL,
        open INTEGER NOT NULL, expires_at INTEGER NOT NULL);
    CREATE INDEX lot_open ON lot (member, expires_at) WHERE open > 0;";

/// The account that issues points; members have their own number.
const ISSUED: i64 = -1;

/// Rows that one event writes: the event, two postings, the balance, the lot.
const ROWS: f64 = 5.0;

struct Writer<'a> {
    event: Statement<'a>,
    posting: Statement<'a>,
    balance: Statement<'a>,
    lot: Statement<'a>,
}

impl<'a> Writer<'a> {
    fn new(db: &'a Connection) -> rusqlite::Result<Writer<'a>> {
        Ok(Writer {
            event: db.prepare(
                "INSERT INTO event (tenant, idem, member, at, payload) VALUES (1, ?1, ?2, ?3, ?4)",
            )?,
            posting: db
                .prepare("INSERT INTO posting (event, account, amount) VALUES (?1, ?2, ?3)")?,
            balance: db.prepare(
                "INSERT INTO balance (member, points) VALUES (?1, ?2)
                 ON CONFLICT (member) DO UPDATE SET points = points + excluded.points",
            )?,
            lot: db.prepare(
                "INSERT INTO lot (member, points, open, expires_at) VALUES (?1, ?2, ?2, ?3)",
            )?,
        })
    }

    fn write(&mut self, p: &Purchase) -> rusqlite::Result<()> {
        let event = self
            .event
            .insert(params![p.key, p.member, p.at, p.payload])?;
        self.posting.execute(params![event, ISSUED, -p.points])?;
        self.posting.execute(params![event, p.member, p.points])?;
        self.balance.execute(params![p.member, p.points])?;
        self.lot
            .execute(params![p.member, p.points, p.expires_at])?;
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::from_arguments();
    let folder = options.folder("bare-sqlite")?;
    let path = folder.file("bare.db");
    let db = Connection::open(&path)?;
    db.execute_batch(SCHEMA)?;
    let mut writer = Writer::new(&db)?;
    let mut random = Random::new(1);
    let mut durations = Durations::default();
    let mut done = 0;
    let run = Run::start(&options);
    while run.goes_on(done) {
        let left = options.events.map_or(u64::MAX, |events| events - done);
        let size = left.min(options.batch as u64);
        let batch: Vec<Purchase> = (done..done + size)
            .map(|n| purchase(&mut random, options.members, n))
            .collect();
        let begin = Instant::now();
        db.execute_batch("BEGIN IMMEDIATE")?;
        for purchase in &batch {
            writer.write(purchase)?;
        }
        db.execute_batch("COMMIT")?;
        durations.add(begin.elapsed());
        done += size;
    }
    let seconds = run.elapsed();
    // Folded into the main file before it is measured, so that no row is counted twice.
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    let bytes = length(&path)? as f64;
    Report::new("bare-sqlite", done, seconds)
        .with("batch", options.batch as f64)
        .with("rows_per_event", ROWS)
        .with("bytes_per_event", bytes / done.max(1) as f64)
        .with_durations(durations)
        .print();
    Ok(())
}

fn length(path: &Path) -> std::io::Result<u64> {
    Ok(std::fs::metadata(path)?.len())
}
