//! The rows that are proved, as sorted streams.

use super::Failure;
use crate::error::{Error, Result};
use crate::hash::Key;
use crate::proof::{
    Head, KeyRow, SealRow, StoredOrder, StoredWallet, Stream, Streams, heads_in, prove,
};
use crate::record::Verified;
use crate::writes::{EntryRow, LogRow};
use regulars_base::{MemberId, Name, TenantId, Timestamp, WalletId};
use regulars_engine::state::SharedKey;
use rusqlite::{Connection, Row, Statement, params};
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
            let (mut log, mut entries, mut keys) =
                (db.prepare(LOG)?, db.prepare(ENTRIES)?, db.prepare(KEYS)?);
            let (mut wallets, mut orders) = (db.prepare(WALLETS)?, db.prepare(ORDERS)?);
            let streams = Streams {
                seals: seals(db, no)?,
                unsealed: unsealed(db, no)?,
                log: stream(&mut log, no, &path, log_row)?,
                entries: stream(&mut entries, no, &path, entry_row)?,
                keys: stream(&mut keys, no, &path, key_row)?,
                wallets: stream(&mut wallets, no, &path, wallet_row)?,
                orders: stream(&mut orders, no, &path, order_row)?,
                order_is_there: Box::new(|key| order_is_there(db, no, key, &path)),
                shared: shared(db, no)?,
            };
            Ok(prove(tenant, streams, expected, progress)?)
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

const LOG: &str = "SELECT wallet, seq, kind, occurred_at, recorded_at, member, program, input,
                          event, outcome, hash
                   FROM log WHERE tenant = ?1 ORDER BY wallet, seq";

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

const KEYS: &str =
    "SELECT wallet, seq, key FROM event_keys WHERE tenant = ?1 ORDER BY wallet, seq, key";

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

const ORDERS: &str =
    "SELECT wallet, key, seq, record FROM orders WHERE tenant = ?1 ORDER BY wallet, key";

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
