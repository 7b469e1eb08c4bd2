//! Reading the log, wallets, orders and sums.

use super::READ;
use super::link::{Failure, bytes};
use super::load::{WALLET, wallet, wallets};
use super::verify::{cursor, fetch};
use crate::batch::{OrderRow, WalletRow};
use crate::error::{Error, Result};
use crate::format::decode;
use crate::hash::{event_key, order_key};
use crate::record::{Counts, Cursor, Logged, Moved};
use crate::writes::{account, points, signed, unsigned};
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp, WalletId};
use regulars_engine::state::Wallet;
use tokio_postgres::Row;

/// The columns of a log row, for [`logged`].
pub(super) const LOGGED: &str = "wallet, member, seq, program, event, outcome, hash";

/// Reads a row of [`LOGGED`].
pub(super) fn logged(row: &Row) -> Result<Logged, Error> {
    Ok(Logged {
        wallet: WalletId::from_bytes(bytes(row, 0)?),
        member: MemberId::from_bytes(bytes(row, 1)?),
        seq: unsigned(row.get(2))?,
        program: row.get(3),
        event: decode(row.get(4), "a log row's event")?,
        outcome: decode(row.get(5), "a log row's outcome")?,
        hash: bytes(row, 6)?,
    })
}

impl super::Postgres {
    pub(super) fn read_wallet(
        &mut self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<Option<WalletRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(
            async |link| match super::members::standing(link, no, member).await? {
                Some((_, wallet)) => Ok(wallets(link, no, &[wallet], false).await?.remove(&wallet)),
                None => Ok(None),
            },
        )
    }

    pub(super) fn read_wallet_at(
        &mut self,
        tenant: TenantId,
        wallet: WalletId,
        at: Timestamp,
    ) -> Result<Wallet> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT outcome FROM log
                       WHERE tenant = $1 AND wallet = $2 AND recorded_at <= $3 ORDER BY seq";
            let rows = link
                .rows(sql, &[&no, &&wallet.bytes()[..], &at.micros()])
                .await?;
            let mut state = Wallet::default();
            for row in rows {
                let outcome: regulars_engine::Outcome = decode(row.get(0), "a log row's outcome")?;
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
            Cursor::After(seq) => (seq, "seq > $3 ORDER BY seq"),
            Cursor::Before(seq) => (seq, "seq < $3 ORDER BY seq DESC"),
        };
        self.read(async |link| {
            let sql = format!(
                "SELECT {LOGGED} FROM log WHERE tenant = $1 AND wallet = $2 AND {condition} LIMIT $4"
            );
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = link
                .rows(&sql, &[&no, &&wallet.bytes()[..], &signed(seq), &limit])
                .await?;
            Ok(rows.iter().map(logged).collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn read_event(
        &mut self,
        tenant: TenantId,
        key: &EventKey,
    ) -> Result<Option<Logged>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT l.wallet, l.member, l.seq, l.program, l.event, l.outcome, l.hash
                       FROM event_keys k
                       JOIN log l ON l.tenant = k.tenant AND l.wallet = k.wallet AND l.seq = k.seq
                       WHERE k.tenant = $1 AND k.key = $2";
            let rows = link.rows(sql, &[&no, &&event_key(key)[..]]).await?;
            Ok(rows.first().map(logged).transpose()?)
        })
    }

    pub(super) fn read_order(
        &mut self,
        tenant: TenantId,
        source: &Text,
        number: &Text,
    ) -> Result<Option<OrderRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT o.wallet, o.record, l.outcome FROM orders o
                       LEFT JOIN LATERAL (SELECT outcome FROM log WHERE tenant = o.tenant
                                          AND wallet = o.wallet AND seq = o.seq LIMIT 1) l
                           ON true
                       WHERE o.tenant = $1 AND o.key = $2";
            let rows = link
                .rows(sql, &[&no, &&order_key(source, number)[..]])
                .await?;
            let Some(row) = rows.first() else {
                return Ok(None);
            };
            Ok(Some(OrderRow {
                source: source.clone(),
                number: number.clone(),
                wallet: Some(WalletId::from_bytes(bytes(row, 0)?)),
                state: crate::order::read(row.get(1), row.get(2))?,
            }))
        })
    }

    pub(super) fn read_moved(
        &mut self,
        tenant: TenantId,
        boundaries: &[Timestamp],
    ) -> Result<Vec<Moved>> {
        let no = self.tenant_no(tenant)?;
        let boundaries: Vec<i64> = boundaries.iter().map(|at| at.micros()).collect();
        let stretch = match boundaries.is_empty() {
            true => "CASE WHEN cardinality($2::bigint[]) = 0 THEN 0 END",
            false => "width_bucket(effective_at, $2::bigint[])",
        };
        self.read(async |link| {
            let sql = format!(
                "SELECT {stretch}, points, from_account, to_account, sum(amount)::bigint, count(*)
                 FROM entries WHERE tenant = $1 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
            );
            let rows = link.rows(&sql, &[&no, &boundaries]).await?;
            Ok(rows.iter().map(moved).collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn read_counts(&mut self, tenant: TenantId) -> Result<Counts> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let count = async |from: &str| -> Result<u64, Failure> {
                let sql = format!("SELECT count(*) FROM {from}");
                let rows = link.rows(&sql, &[&no]).await?;
                Ok(unsigned(rows.first().map_or(0, |row| row.get(0)))?)
            };
            Ok(Counts {
                members: count("members WHERE tenant = $1 AND merged_into IS NULL").await?,
                events: count("log WHERE tenant = $1").await?,
                entries: count("entries WHERE tenant = $1").await?,
                orders: count("orders WHERE tenant = $1").await?,
                versions: count("program_versions WHERE tenant = $1").await?,
            })
        })
    }

    pub(super) fn visit_wallets(
        &mut self,
        tenant: TenantId,
        each: &mut dyn FnMut(WalletRow) -> Result<()>,
    ) -> Result<()> {
        let sql = format!("SELECT {WALLET} FROM wallets WHERE tenant = $1 ORDER BY wallet");
        self.visit(tenant, ("every_wallet", &sql), &mut |row| {
            each(wallet(row)?)
        })
    }

    pub(super) fn visit_events(
        &mut self,
        tenant: TenantId,
        each: &mut dyn FnMut(Logged) -> Result<()>,
    ) -> Result<()> {
        let sql = format!("SELECT {LOGGED} FROM log WHERE tenant = $1 ORDER BY wallet, seq");
        self.visit(tenant, ("every_event", &sql), &mut |row| each(logged(row)?))
    }

    /// Calls `each` with every row, a few thousand of them in memory at a time. The cursor's name
    /// stands for its columns, so it is used for one statement only.
    fn visit(
        &mut self,
        tenant: TenantId,
        (name, sql): (&str, &str),
        each: &mut dyn FnMut(&Row) -> Result<()>,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        let (runtime, link) = self.begin(READ).map_err(Failure::into_error)?;
        let mut read = || -> Result<(), Failure> {
            runtime.block_on(cursor(link, name, sql, no))?;
            loop {
                let rows = runtime.block_on(fetch(link, name))?;
                if rows.is_empty() {
                    return Ok(());
                }
                rows.iter().try_for_each(&mut *each)?;
            }
        };
        let result = read().map_err(Failure::into_error);
        // Nothing was written; if this fails the connection is gone, and the next verb sees that.
        drop(runtime.block_on(link.mark("ROLLBACK")));
        result
    }
}

/// Puts a sum together.
fn moved(row: &Row) -> Result<Moved, Error> {
    let wrong = || Error::Corrupt("an entry names points or accounts that do not exist".into());
    let stretch: i32 = row.get(0);
    let (from, to): (i16, i16) = (row.get(2), row.get(3));
    Ok(Moved {
        stretch: usize::try_from(stretch).map_err(|_| wrong())?,
        points: points(row.get(1)).ok_or_else(wrong)?,
        from: account(from.into()).ok_or_else(wrong)?,
        to: account(to.into()).ok_or_else(wrong)?,
        amount: row.get(4),
        postings: row.get(5),
    })
}
