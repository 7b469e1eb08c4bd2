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
use rusqlite::{Connection, OptionalExtension, Row, params};

/// The columns of a log row, for [`logged`].
pub(super) const LOGGED: &str = "wallet, member, seq, program, event, outcome, hash, recorded_at";

/// Where a tenant's log rows stand, by wallet and number. Only that is sorted, and not the rows.
pub(super) const LOG_IN_ORDER: &str = "SELECT no FROM log WHERE tenant = ?1 ORDER BY wallet, seq";

/// What to do with a log row on the way through a wallet's log.
enum Step {
    Take,
    Pass,
    Stop,
}

/// Where the log rows of a wallet stand that `step` takes by their numbers, the newest first.
fn walk(
    db: &Connection,
    tenant: i64,
    wallet: WalletId,
    mut step: impl FnMut(i64) -> Step,
) -> Result<Vec<i64>, Failure> {
    let mut newest =
        db.prepare_cached("SELECT newest, seq FROM wallets WHERE tenant = ?1 AND wallet = ?2")?;
    let mut link = db.prepare_cached("SELECT before FROM log WHERE no = ?1 AND seq = ?2")?;
    let from = newest.query_row(params![tenant, wallet.bytes()], |row| {
        Ok((row.get(0)?, row.get(1)?))
    });
    let (mut at, mut seq): (Option<i64>, i64) = from.optional()?.unwrap_or_default();
    let mut taken = Vec::new();
    while let Some(no) = at {
        match step(seq) {
            Step::Take => taken.push(no),
            Step::Pass => {}
            Step::Stop => break,
        }
        let before = link.query_row([no, seq], |row| row.get(0)).optional()?;
        let broken = || Error::Corrupt(format!("log row {seq} of {wallet} is not where it was"));
        at = before.ok_or_else(broken)?;
        seq -= 1;
    }
    Ok(taken)
}

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
            let mut select =
                db.prepare_cached("SELECT outcome FROM log WHERE no = ?1 AND recorded_at <= ?2")?;
            let mut state = Wallet::default();
            for place in walk(db, no, wallet, |_| Step::Take)?.iter().rev() {
                let mut rows = select.query(params![place, at.micros()])?;
                let Some(row) = rows.next()? else { continue };
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
        let mut left = limit;
        let step = |seq: i64| match cursor {
            Cursor::After(after) if seq <= signed(after) => Step::Stop,
            Cursor::After(_) => Step::Take,
            Cursor::Before(before) if seq >= signed(before) => Step::Pass,
            Cursor::Before(_) if left == 0 => Step::Stop,
            Cursor::Before(_) => {
                left -= 1;
                Step::Take
            }
        };
        self.read(|db| {
            let mut places = walk(db, no, wallet, step)?;
            if let Cursor::After(_) = cursor {
                places.reverse();
                places.truncate(limit);
            }
            let mut select =
                db.prepare_cached(&format!("SELECT {LOGGED} FROM log WHERE no = ?1"))?;
            let mut page = Vec::with_capacity(places.len());
            for place in places {
                page.push(select.query_row([place], logged)??);
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
                 JOIN log l ON l.no = k.log_no
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
                 LEFT JOIN log l ON l.no = o.log_no
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
            let mut places = db.prepare_cached(LOG_IN_ORDER)?;
            let mut select =
                db.prepare_cached(&format!("SELECT {LOGGED} FROM log WHERE no = ?1"))?;
            let mut rows = places.query([no])?;
            while let Some(row) = rows.next()? {
                let place: i64 = row.get(0)?;
                each(select.query_row([place], logged)??)?;
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
