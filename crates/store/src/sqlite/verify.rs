//! The rows that are proved, as sorted streams.

use super::Failure;
use super::desk::{TRAIL, audit_head, line};
use super::history::LOG_IN_ORDER;
use crate::error::{Error, Result};
use crate::hash::Key;
use crate::proof::{
    Head, KeyRow, SealRow, StoredOrder, StoredScore, StoredWallet, Stream, Streams, heads_in,
    prove, prove_audit,
};
use crate::record::{AuditProof, Verified, Wrong};
use crate::writes::{EntryRow, LogRow};
use regulars_base::{MemberId, Name, TenantId, Timestamp, WalletId};
use regulars_engine::state::SharedKey;
use rusqlite::{Connection, OptionalExtension, Row, Statement, params};
use std::path::Path;

impl super::Sqlite {
    pub(super) fn run_verify(
        &mut self,
        tenant: TenantId,
        expected: Option<&[u8; 32]>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Verified> {
        let no = self.tenant_no(tenant)?;
        let path = self.path.clone();
        self.read(|db| {
            let (mut places, mut log) = (db.prepare(LOG_IN_ORDER)?, db.prepare(LOG)?);
            let (mut entries, mut keys) = (db.prepare(ENTRIES)?, db.prepare(KEYS)?);
            let (mut wallets, mut orders) = (db.prepare(WALLETS)?, db.prepare(ORDERS)?);
            let mut scores = db.prepare(SCORES)?;
            let mut sent = db.prepare(super::fulfilments::BY_WALLET)?;
            let mut trail = db.prepare(TRAIL)?;
            let streams = Streams {
                seals: seals(db, no)?,
                unsealed: unsealed(db, no)?,
                log: log_stream((&mut places, &mut log), no, &path)?,
                entries: stream(&mut entries, no, &path, entry_row)?,
                keys: stream(&mut keys, no, &path, key_row)?,
                wallets: stream(&mut wallets, no, &path, wallet_row)?,
                orders: stream(&mut orders, no, &path, order_row)?,
                order_is_there: Box::new(|key| order_is_there(db, no, key, &path)),
                shared: shared(db, no)?,
                codes: super::codes::used(db, no)?,
                submitting: super::listed::all(db, no, crate::writes::WAITING)?,
                subscribing: super::listed::all(db, no, crate::writes::SUBSCRIBERS)?,
                scores: stream(&mut scores, no, &path, score_row)?,
                fulfilments: stream(&mut sent, no, &path, super::fulfilments::row)?,
                audit: stream(&mut trail, no, &path, line)?,
                audit_head: audit_head(db, no)?,
            };
            let mut verified = prove(tenant, streams, expected, progress)?;
            if verified.wrong.is_none() {
                verified.wrong = wrong_link(db, no)?;
            }
            Ok(verified)
        })
    }

    pub(super) fn run_prove_audit(&mut self, tenant: TenantId) -> Result<AuditProof> {
        let no = self.tenant_no(tenant)?;
        let path = self.path.clone();
        self.read(|db| {
            let mut trail = db.prepare(TRAIL)?;
            let lines = stream(&mut trail, no, &path, line)?;
            Ok(prove_audit(lines, audit_head(db, no)?)?)
        })
    }
}

fn stream<'a, T: 'a>(
    statement: &'a mut Statement<'_>,
    tenant: i64,
    path: &'a Path,
    read: fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Stream<'a, T>, Failure> {
    let rows = statement.query_map([tenant], read)?;
    Ok(Box::new(rows.map(move |row| {
        row.map_err(|error| Failure::Sqlite(error).at(path))
    })))
}

/// The log, by wallet and number: the rows stand in the order of time.
fn log_stream<'a>(
    (places, log): (&'a mut Statement<'_>, &'a mut Statement<'_>),
    tenant: i64,
    path: &'a Path,
) -> Result<Stream<'a, LogRow>, Failure> {
    let places = places.query_map([tenant], |row| row.get(0))?;
    Ok(Box::new(places.map(move |place: rusqlite::Result<i64>| {
        let row = place.and_then(|place| log.query_row([place], log_row));
        row.map_err(|error| Failure::Sqlite(error).at(path))
    })))
}

/// The first row that does not lead where it should: a wallet to its newest log row, a log row to
/// the one before. What they lead to is proved by then.
fn wrong_link(db: &Connection, tenant: i64) -> Result<Option<Wrong>, Failure> {
    let wallets = "SELECT w.wallet, w.seq FROM wallets w LEFT JOIN log l ON l.no = w.newest
                   WHERE w.tenant = ?1 AND CASE w.seq WHEN 0 THEN w.newest IS NOT NULL
                         ELSE l.wallet IS NOT w.wallet OR l.seq IS NOT w.seq END LIMIT 1";
    let log = "SELECT l.wallet, l.seq FROM log l LEFT JOIN log b ON b.no = l.before
               WHERE l.tenant = ?1 AND CASE l.seq WHEN 1 THEN l.before IS NOT NULL
                     ELSE b.wallet IS NOT l.wallet OR b.seq IS NOT l.seq - 1 END LIMIT 1";
    for (table, sql) in [("wallets", wallets), ("log", log)] {
        let found = db.query_row(sql, [tenant], |row| {
            Ok((WalletId::from_bytes(row.get(0)?), row.get::<_, i64>(1)?))
        });
        if let Some((wallet, seq)) = found.optional()? {
            let (row, what) = match table {
                "wallets" => (wallet.to_string(), "does not lead to its newest log row"),
                _ => (
                    format!("{wallet}/{seq}"),
                    "does not lead to the row before it",
                ),
            };
            let what = what.to_owned();
            return Ok(Some(Wrong { table, row, what }));
        }
    }
    Ok(None)
}

const LOG: &str = "SELECT wallet, seq, kind, occurred_at, recorded_at, member, program, input,
                          event, outcome, hash
                   FROM log WHERE no = ?1";

fn log_row(row: &Row<'_>) -> rusqlite::Result<LogRow> {
    Ok(LogRow {
        wallet: WalletId::from_bytes(row.get(0)?),
        seq: row.get(1)?,
        kind: row.get::<_, String>(2)?.into(),
        occurred_at: row.get(3)?,
        recorded_at: row.get(4)?,
        member: MemberId::from_bytes(row.get(5)?),
        program: row.get(6)?,
        input: row.get(7)?,
        event: row.get(8)?,
        outcome: row.get(9)?,
        hash: row.get(10)?,
    })
}

const ENTRIES: &str = "SELECT wallet, seq, no, points, from_account, to_account, amount,
                              expires_at, available_at, effective_at
                       FROM entries WHERE tenant = ?1 ORDER BY wallet, seq, no";

fn entry_row(row: &Row<'_>) -> rusqlite::Result<EntryRow> {
    Ok(EntryRow {
        wallet: WalletId::from_bytes(row.get(0)?),
        seq: row.get(1)?,
        no: row.get(2)?,
        points: row.get(3)?,
        from: row.get(4)?,
        to: row.get(5)?,
        amount: row.get(6)?,
        expires_at: row.get(7)?,
        available_at: row.get(8)?,
        effective_at: row.get(9)?,
    })
}

/// A key that leads to no log row stands behind all others.
const KEYS: &str = "SELECT coalesce(l.wallet, x'ffffffffffffffffffffffffffffffff'),
                           coalesce(l.seq, k.log_no), k.key
                    FROM event_keys k LEFT JOIN log l ON l.no = k.log_no AND l.tenant = k.tenant
                    WHERE k.tenant = ?1 ORDER BY 1, 2, 3";

fn key_row(row: &Row<'_>) -> rusqlite::Result<KeyRow> {
    Ok(KeyRow {
        wallet: WalletId::from_bytes(row.get(0)?),
        seq: row.get(1)?,
        key: row.get(2)?,
    })
}

const WALLETS: &str =
    "SELECT wallet, seq, head, tier, state FROM wallets WHERE tenant = ?1 ORDER BY wallet";

fn wallet_row(row: &Row<'_>) -> rusqlite::Result<StoredWallet> {
    Ok(StoredWallet {
        wallet: WalletId::from_bytes(row.get(0)?),
        seq: row.get(1)?,
        head: row.get(2)?,
        tier: row.get(3)?,
        state: row.get(4)?,
    })
}

const SCORES: &str = "SELECT wallet, board, period, figure, reached_at
                      FROM scores WHERE tenant = ?1 ORDER BY wallet";

fn score_row(row: &Row<'_>) -> rusqlite::Result<StoredScore> {
    Ok(StoredScore {
        wallet: WalletId::from_bytes(row.get(0)?),
        board: row.get(1)?,
        period: row.get(2)?,
        figure: row.get(3)?,
        reached_at: row.get(4)?,
    })
}

/// One that leads to no log row of its wallet leads to number 0, which no row has.
const ORDERS: &str =
    "SELECT o.wallet, o.key, CASE WHEN o.log_no IS NOT NULL THEN coalesce(l.seq, 0) END, o.record
     FROM orders o
     LEFT JOIN log l ON l.no = o.log_no AND l.tenant = o.tenant AND l.wallet = o.wallet
     WHERE o.tenant = ?1 ORDER BY o.wallet, o.key";

fn order_row(row: &Row<'_>) -> rusqlite::Result<StoredOrder> {
    Ok(StoredOrder {
        wallet: WalletId::from_bytes(row.get(0)?),
        key: row.get(1)?,
        seq: row.get(2)?,
        record: row.get(3)?,
    })
}

fn order_is_there(db: &Connection, tenant: i64, key: &Key, path: &Path) -> Result<bool> {
    let sql = "SELECT count(*) > 0 FROM orders WHERE tenant = ?1 AND key = ?2";
    db.query_row(sql, params![tenant, key], |row| row.get(0))
        .map_err(|error| Failure::Sqlite(error).at(path))
}

fn seals(db: &Connection, tenant: i64) -> Result<Vec<SealRow>, Failure> {
    let mut select =
        db.prepare("SELECT no, at, heads, hash FROM seals WHERE tenant = ?1 ORDER BY no")?;
    let rows = select.query_map([tenant], |row| {
        Ok(SealRow {
            no: row.get(0)?,
            at: Timestamp::from_micros(row.get(1)?),
            heads: row.get(2)?,
            hash: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn unsealed(db: &Connection, tenant: i64) -> Result<Vec<Head>, Failure> {
    let mut select = db.prepare("SELECT heads FROM unsealed WHERE tenant = ?1")?;
    let rows = select.query_map([tenant], |row| row.get(0))?;
    let batches: Vec<Vec<u8>> = rows.collect::<Result<_, _>>()?;
    Ok(heads_in(batches.iter().map(Vec::as_slice))?)
}

fn shared(db: &Connection, tenant: i64) -> Result<Vec<(SharedKey, i64)>, Failure> {
    let mut select = db
        .prepare("SELECT name, period, used FROM shared WHERE tenant = ?1 ORDER BY name, period")?;
    let mut rows = select.query([tenant])?;
    let mut shared = Vec::new();
    while let Some(row) = rows.next()? {
        let name: i64 = row.get(0)?;
        let name = u32::try_from(name)
            .map_err(|_| Error::Corrupt(format!("a shared figure has the name {name}")))?;
        let key = SharedKey {
            name: Name::from_number(name),
            period: row.get(1)?,
        };
        shared.push((key, row.get(2)?));
    }
    Ok(shared)
}
