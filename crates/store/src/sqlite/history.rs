//! Reading the log, wallets, orders and sums.

use super::Failure;
use super::load::{WALLET, blob, maybe_blob, wallet, wallet_row};
use crate::batch::{OrderRow, WalletRow};
use crate::error::{Error, Result};
use crate::format::decode;
use crate::hash::{event_key, order_key};
use crate::record::{Counts, Cursor, Logged, Moved};
use crate::writes::{account, signed, unsigned};
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp, WalletId};
use regulars_engine::state::Wallet;
use rusqlite::{OptionalExtension, Row, params};

/// The columns of a log row, for [`logged`].
pub(super) const LOGGED: &str = "wallet, member, seq, program, event, outcome, hash, recorded_at";

/// Reads a row of [`LOGGED`]. The outer result is the database's, the inner one the format's.
pub(super) fn logged(row: &Row<'_>) -> rusqlite::Result<Result<Logged, Error>> {
    let (event, outcome) = (row.get_ref(4)?.as_blob()?, row.get_ref(5)?.as_blob()?);
    let (seq, program, hash) = (row.get(2)?, row.get(3)?, row.get(6)?);
    let wallet = WalletId::from_bytes(row.get(0)?);
    let member = MemberId::from_bytes(row.get(1)?);
    let read = || {
        Ok(Logged {
            wallet,
            member,
            seq: unsigned(seq)?,
            event: decode(event, "a log row's event")?,
            program,
            outcome: decode(outcome, "a log row's outcome")?,
            hash,
        })
    };
    Ok(read())
}

impl super::Sqlite {
    pub(super) fn read_wallet(
        &mut self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<Option<WalletRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| match super::members::standing(db, no, member)? {
            Some((_, wallet)) => wallet_row(db, no, wallet),
            None => Ok(None),
        })
    }

    pub(super) fn read_wallet_at(
        &mut self,
        tenant: TenantId,
        wallet: WalletId,
        at: Timestamp,
    ) -> Result<Wallet> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT outcome FROM log
                 WHERE tenant = ?1 AND wallet = ?2 AND recorded_at <= ?3 ORDER BY seq",
            )?;
            let mut rows = select.query(params![no, wallet.bytes(), at.micros()])?;
            let mut state = Wallet::default();
            while let Some(row) = rows.next()? {
                let outcome: regulars_engine::Outcome =
                    decode(blob(row, 0)?, "a log row's outcome")?;
                outcome
                    .changes
                    .iter()
                    .for_each(|change| state.apply(change));
            }
            Ok(state)
        })
    }

    pub(super) fn read_log(
        &mut self,
        tenant: TenantId,
        wallet: WalletId,
        cursor: Cursor,
        limit: usize,
    ) -> Result<Vec<Logged>> {
        let no = self.tenant_no(tenant)?;
        let (seq, condition) = match cursor {
            Cursor::After(seq) => (seq, "seq > ?3 ORDER BY seq"),
            Cursor::Before(seq) => (seq, "seq < ?3 ORDER BY seq DESC"),
        };
        self.read(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT {LOGGED} FROM log WHERE tenant = ?1 AND wallet = ?2 AND {condition} LIMIT ?4"
            ))?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let mut rows = select.query(params![no, wallet.bytes(), signed(seq), limit])?;
            let mut page = Vec::new();
            while let Some(row) = rows.next()? {
                page.push(logged(row)??);
            }
            Ok(page)
        })
    }

    pub(super) fn read_event(
        &mut self,
        tenant: TenantId,
        key: &EventKey,
    ) -> Result<Option<Logged>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT l.wallet, l.member, l.seq, l.program, l.event, l.outcome, l.hash
                 FROM event_keys k
                 JOIN log l ON l.tenant = k.tenant AND l.wallet = k.wallet AND l.seq = k.seq
                 WHERE k.tenant = ?1 AND k.key = ?2",
            )?;
            let row = select
                .query_row(params![no, event_key(key)], logged)
                .optional()?;
            Ok(row.transpose()?)
        })
    }

    pub(super) fn read_order(
        &mut self,
        tenant: TenantId,
        source: &Text,
        number: &Text,
    ) -> Result<Option<OrderRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT o.wallet, o.record, l.outcome FROM orders o
                 LEFT JOIN log l
                     ON l.tenant = o.tenant AND l.wallet = o.wallet AND l.seq = o.seq
                 WHERE o.tenant = ?1 AND o.key = ?2",
            )?;
            let mut rows = select.query(params![no, order_key(source, number)])?;
            let Some(row) = rows.next()? else {
                return Ok(None);
            };
            let state = crate::order::read(maybe_blob(row, 1)?, maybe_blob(row, 2)?)?;
            Ok(Some(OrderRow {
                source: source.clone(),
                number: number.clone(),
                wallet: Some(WalletId::from_bytes(row.get(0)?)),
                state,
            }))
        })
    }

    pub(super) fn read_moved(
        &mut self,
        tenant: TenantId,
        boundaries: &[Timestamp],
    ) -> Result<Vec<Moved>> {
        let no = self.tenant_no(tenant)?;
        let whens = boundaries
            .iter()
            .enumerate()
            .map(|(at, boundary)| format!("WHEN effective_at < {} THEN {at}", boundary.micros()));
        let stretch = match boundaries {
            [] => "0".into(),
            _ => format!(
                "CASE {} ELSE {} END",
                whens.collect::<Vec<_>>().join(" "),
                boundaries.len()
            ),
        };
        self.read(|db| {
            let mut select = db.prepare(&format!(
                "SELECT {stretch} AS stretch, points, from_account, to_account, sum(amount), count(*)
                 FROM entries WHERE tenant = ?1 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
            ))?;
            let mut rows = select.query(params![no])?;
            let mut moved = Vec::new();
            while let Some(row) = rows.next()? {
                moved.push(moved_row(
                    (row.get(0)?, row.get(1)?),
                    (row.get(2)?, row.get(3)?),
                    (row.get(4)?, row.get(5)?),
                )?);
            }
            Ok(moved)
        })
    }

    pub(super) fn read_counts(&mut self, tenant: TenantId) -> Result<Counts> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let count = |from: &str| -> Result<u64, Failure> {
                let sql = format!("SELECT count(*) FROM {from}");
                let count: i64 = db.prepare_cached(&sql)?.query_row([no], |row| row.get(0))?;
                Ok(unsigned(count)?)
            };
            Ok(Counts {
                members: count("members WHERE tenant = ?1 AND merged_into IS NULL")?,
                events: count("log WHERE tenant = ?1")?,
                entries: count("entries WHERE tenant = ?1")?,
                orders: count("orders WHERE tenant = ?1")?,
                versions: count("program_versions WHERE tenant = ?1")?,
            })
        })
    }

    pub(super) fn visit_wallets(
        &mut self,
        tenant: TenantId,
        each: &mut dyn FnMut(WalletRow) -> Result<()>,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT {WALLET} FROM wallets WHERE tenant = ?1 ORDER BY wallet"
            ))?;
            let mut rows = select.query([no])?;
            while let Some(row) = rows.next()? {
                each(wallet(row)?)?;
            }
            Ok(())
        })
    }

    pub(super) fn visit_events(
        &mut self,
        tenant: TenantId,
        each: &mut dyn FnMut(Logged) -> Result<()>,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT {LOGGED} FROM log WHERE tenant = ?1 ORDER BY wallet, seq"
            ))?;
            let mut rows = select.query([no])?;
            while let Some(row) = rows.next()? {
                each(logged(row)??)?;
            }
            Ok(())
        })
    }
}

/// Puts a sum together.
fn moved_row(
    (stretch, points): (i64, i64),
    (from, to): (i64, i64),
    (amount, postings): (i64, i64),
) -> Result<Moved> {
    let wrong = || Error::Corrupt("an entry names points or accounts that do not exist".into());
    Ok(Moved {
        stretch: usize::try_from(stretch).map_err(|_| wrong())?,
        points: crate::writes::points(points).ok_or_else(wrong)?,
        from: account(from).ok_or_else(wrong)?,
        to: account(to).ok_or_else(wrong)?,
        amount,
        postings,
    })
}
