//! The rows that are proved, as sorted streams: cursors, a few thousand rows at a time.

use super::READ;
use super::desk::{TRAIL, audit_head, line};
use super::link::{Failure, Link, bytes};
use crate::error::{Error, Result};
use crate::hash::Key;
use crate::proof::{
    Head, KeyRow, SealRow, StoredOrder, StoredScore, StoredWallet, Stream, Streams, heads_in,
    prove, prove_audit,
};
use crate::record::{AuditProof, Verified};
use crate::writes::{EntryRow, LogRow, points};
use regulars_base::{MemberId, TenantId, Timestamp, WalletId};
use regulars_engine::state::SharedKey;
use std::collections::VecDeque;
use tokio::runtime::Runtime;
use tokio_postgres::Row;

impl super::Postgres {
    pub(super) fn run_verify(
        &mut self,
        tenant: TenantId,
        expected: Option<&[u8; 32]>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Verified> {
        let no = self.tenant_no(tenant)?;
        let (runtime, link) = self.begin(READ).map_err(Failure::into_error)?;
        let result = streams(runtime, link, no)
            .map_err(Failure::into_error)
            .and_then(|streams| prove(tenant, streams, expected, progress));
        // Nothing was written; if this fails the connection is gone, and the next verb sees that.
        drop(runtime.block_on(link.mark("ROLLBACK")));
        result
    }

    pub(super) fn run_prove_audit(&mut self, tenant: TenantId) -> Result<AuditProof> {
        let no = self.tenant_no(tenant)?;
        let (runtime, link) = self.begin(READ).map_err(Failure::into_error)?;
        let read = || -> Result<_, Failure> {
            runtime.block_on(cursor(link, "v_trail", TRAIL, no))?;
            let head = runtime.block_on(audit_head(link, no))?;
            Ok((stream(runtime, link, "v_trail", line), head))
        };
        let result = read()
            .map_err(Failure::into_error)
            .and_then(|(lines, head)| prove_audit(lines, head));
        drop(runtime.block_on(link.mark("ROLLBACK")));
        result
    }
}

fn streams<'a>(runtime: &'a Runtime, link: &'a Link, tenant: i64) -> Result<Streams<'a>, Failure> {
    let open = |name, sql| runtime.block_on(cursor(link, name, sql, tenant));
    open("v_log", LOG)?;
    open("v_entries", ENTRIES)?;
    open("v_keys", KEYS)?;
    open("v_wallets", WALLETS)?;
    open("v_orders", ORDERS)?;
    open("v_scores", SCORES)?;
    open("v_sent", super::fulfilments::BY_WALLET)?;
    open("v_trail", TRAIL)?;
    let order_is_there = move |key: &Key| {
        let sql = "SELECT FROM orders WHERE tenant = $1 AND key = $2";
        let rows = runtime.block_on(async { link.rows(sql, &[&tenant, &&key[..]]).await });
        Ok(!rows.map_err(Failure::into_error)?.is_empty())
    };
    Ok(Streams {
        seals: runtime.block_on(seals(link, tenant))?,
        unsealed: runtime.block_on(unsealed(link, tenant))?,
        log: stream(runtime, link, "v_log", log_row),
        entries: stream(runtime, link, "v_entries", entry_row),
        keys: stream(runtime, link, "v_keys", key_row),
        wallets: stream(runtime, link, "v_wallets", wallet_row),
        orders: stream(runtime, link, "v_orders", order_row),
        order_is_there: Box::new(order_is_there),
        shared: runtime.block_on(shared(link, tenant))?,
        codes: runtime.block_on(super::codes::used(link, tenant))?,
        submitting: runtime.block_on(super::listed::all(link, tenant, crate::writes::WAITING))?,
        subscribing: runtime.block_on(super::listed::all(
            link,
            tenant,
            crate::writes::SUBSCRIBERS,
        ))?,
        scores: stream(runtime, link, "v_scores", score_row),
        fulfilments: stream(runtime, link, "v_sent", super::fulfilments::row),
        audit: stream(runtime, link, "v_trail", line),
        audit_head: runtime.block_on(audit_head(link, tenant))?,
    })
}

/// Opens a cursor. A tenant's number is ours, so it may stand in the statement.
pub(super) async fn cursor(link: &Link, name: &str, sql: &str, tenant: i64) -> Result<(), Failure> {
    let sql = sql.replace("$1", &tenant.to_string());
    link.execute(&format!("DECLARE {name} NO SCROLL CURSOR FOR {sql}"))
        .await
}

/// The next rows of a cursor; none at its end.
pub(super) async fn fetch(link: &Link, name: &str) -> Result<Vec<Row>, Failure> {
    link.rows(&format!("FETCH 2000 FROM {name}"), &[]).await
}

fn stream<'a, T: 'a>(
    runtime: &'a Runtime,
    link: &'a Link,
    name: &'static str,
    read: fn(&Row) -> Result<T>,
) -> Stream<'a, T> {
    let mut rows = VecDeque::new();
    Box::new(std::iter::from_fn(move || {
        if rows.is_empty() {
            match runtime.block_on(fetch(link, name)) {
                Ok(more) => rows.extend(more),
                Err(failure) => return Some(Err(failure.into_error())),
            }
        }
        rows.pop_front().map(|row| read(&row))
    }))
}

const LOG: &str = "SELECT wallet, seq, kind, occurred_at, recorded_at, member, program, input,
                          event, outcome, hash
                   FROM log WHERE tenant = $1 ORDER BY wallet, seq";

fn log_row(row: &Row) -> Result<LogRow> {
    Ok(LogRow {
        wallet: WalletId::from_bytes(bytes(row, 0)?),
        seq: row.get(1),
        kind: row.get::<_, String>(2).into(),
        occurred_at: row.get(3),
        recorded_at: row.get(4),
        member: MemberId::from_bytes(bytes(row, 5)?),
        program: row.get(6),
        input: bytes(row, 7)?,
        event: row.get(8),
        outcome: row.get(9),
        hash: bytes(row, 10)?,
    })
}

const ENTRIES: &str = "SELECT wallet, seq, no, points, from_account, to_account, amount,
                              expires_at, available_at, effective_at
                       FROM entries WHERE tenant = $1 ORDER BY wallet, seq, no";

fn entry_row(row: &Row) -> Result<EntryRow> {
    Ok(EntryRow {
        wallet: WalletId::from_bytes(bytes(row, 0)?),
        seq: row.get(1),
        no: row.get(2),
        points: row.get(3),
        from: row.get(4),
        to: row.get(5),
        amount: row.get(6),
        expires_at: row.get(7),
        available_at: row.get(8),
        effective_at: row.get(9),
    })
}

const KEYS: &str =
    "SELECT wallet, seq, key FROM event_keys WHERE tenant = $1 ORDER BY wallet, seq, key";

fn key_row(row: &Row) -> Result<KeyRow> {
    Ok(KeyRow {
        wallet: WalletId::from_bytes(bytes(row, 0)?),
        seq: row.get(1),
        key: bytes(row, 2)?,
    })
}

const WALLETS: &str =
    "SELECT wallet, seq, head, tier, state FROM wallets WHERE tenant = $1 ORDER BY wallet";

fn wallet_row(row: &Row) -> Result<StoredWallet> {
    Ok(StoredWallet {
        wallet: WalletId::from_bytes(bytes(row, 0)?),
        seq: row.get(1),
        head: bytes(row, 2)?,
        tier: row.get(3),
        state: row.get(4),
    })
}

const ORDERS: &str =
    "SELECT wallet, key, seq, record FROM orders WHERE tenant = $1 ORDER BY wallet, key";

fn order_row(row: &Row) -> Result<StoredOrder> {
    Ok(StoredOrder {
        wallet: WalletId::from_bytes(bytes(row, 0)?),
        key: bytes(row, 1)?,
        seq: row.get(2),
        record: row.get(3),
    })
}

const SCORES: &str = "SELECT wallet, board, period, figure, reached_at
                      FROM scores WHERE tenant = $1 ORDER BY wallet";

fn score_row(row: &Row) -> Result<StoredScore> {
    Ok(StoredScore {
        wallet: WalletId::from_bytes(bytes(row, 0)?),
        board: row.get(1),
        period: row.get(2),
        figure: row.get(3),
        reached_at: row.get(4),
    })
}

async fn seals(link: &Link, tenant: i64) -> Result<Vec<SealRow>, Failure> {
    let sql = "SELECT no, at, heads, hash FROM seals WHERE tenant = $1 ORDER BY no";
    let seal = |row: &Row| {
        Ok(SealRow {
            no: row.get(0),
            at: Timestamp::from_micros(row.get(1)),
            heads: row.get(2),
            hash: bytes(row, 3)?,
        })
    };
    link.rows(sql, &[&tenant]).await?.iter().map(seal).collect()
}

async fn unsealed(link: &Link, tenant: i64) -> Result<Vec<Head>, Failure> {
    let sql = "SELECT heads FROM unsealed WHERE tenant = $1";
    let rows = link.rows(sql, &[&tenant]).await?;
    Ok(heads_in(rows.iter().map(|row| row.get(0)))?)
}

async fn shared(link: &Link, tenant: i64) -> Result<Vec<(SharedKey, i64)>, Failure> {
    let sql = "SELECT name, period, used FROM shared WHERE tenant = $1 ORDER BY name, period";
    let figure = |row: &Row| {
        let name: i64 = row.get(0);
        let wrong = || Error::Corrupt(format!("a shared figure has the name {name}"));
        let key = SharedKey {
            name: points(name).ok_or_else(wrong)?,
            period: row.get(1),
        };
        Ok((key, row.get(2)))
    };
    link.rows(sql, &[&tenant])
        .await?
        .iter()
        .map(figure)
        .collect()
}
