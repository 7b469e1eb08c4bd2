//! What is sent to members, where to, and the codes of suppliers.

use super::Failure;
use crate::error::Result;
use crate::record::{BroughtCodes, FulfilmentAsk, FulfilmentRow, ShownCode};
use crate::writes::{Writes, points};
use regulars_base::{MemberId, Name, TenantId, Timestamp, WalletId};
use rusqlite::{Connection, Row, params};

/// How far redemptions have come that a batch of events moved.
pub(super) fn write(db: &Connection, tenant: i64, writes: &Writes) -> Result<(), Failure> {
    if writes.fulfilments.is_empty() {
        return Ok(());
    }
    let mut upsert = db.prepare_cached(
        "INSERT INTO fulfilments (tenant, wallet, redemption, member, reward, quantity, state,
                                  since, carrier, tracking)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (tenant, wallet, redemption) DO UPDATE
         SET member = excluded.member, reward = excluded.reward, quantity = excluded.quantity,
             state = excluded.state, since = excluded.since, carrier = excluded.carrier,
             tracking = excluded.tracking",
    )?;
    for ((wallet, redemption), (member, now)) in &writes.fulfilments {
        upsert.execute(params![
            tenant,
            wallet.bytes(),
            redemption.as_str(),
            member.bytes(),
            now.reward.number(),
            now.quantity,
            now.stage.word(),
            now.since.micros(),
            now.carrier.as_str(),
            now.tracking.as_str()
        ])?;
    }
    Ok(())
}

impl super::Sqlite {
    pub(super) fn read_fulfilments(
        &mut self,
        tenant: TenantId,
        ask: &FulfilmentAsk,
        limit: usize,
    ) -> Result<Vec<FulfilmentRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (since, wallet, redemption) = ask.cursor();
        self.read(|db| {
            let of = match ask.state {
                Some(_) => "AND f.state = ?6",
                None => "AND ?6 = ''",
            };
            let sql = format!(
                "SELECT f.wallet, f.redemption, f.member, f.reward, f.quantity, f.state, f.since,
                        f.carrier, f.tracking, a.address
                 FROM fulfilments f LEFT JOIN addresses a ON a.tenant = f.tenant
                      AND a.wallet = f.wallet AND a.redemption = f.redemption
                 WHERE f.tenant = ?1 {of} AND (f.since, f.wallet, f.redemption) > (?2, ?3, ?4)
                 ORDER BY f.since, f.wallet, f.redemption LIMIT ?5"
            );
            let mut select = db.prepare_cached(&sql)?;
            let state = ask.state.as_deref().unwrap_or_default();
            let asked = params![no, since, wallet, redemption, limit, state];
            let rows = select.query_map(asked, row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn write_address(
        &mut self,
        tenant: TenantId,
        (wallet, redemption): (WalletId, &str),
        (member, address): (MemberId, Option<&str>),
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            match address {
                Some(address) => db.execute(
                    "INSERT INTO addresses (tenant, wallet, redemption, member, address)
                     VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (tenant, wallet, redemption) DO UPDATE
                     SET member = excluded.member, address = excluded.address",
                    params![no, wallet.bytes(), redemption, member.bytes(), address],
                )?,
                None => db.execute(
                    "DELETE FROM addresses WHERE tenant = ?1 AND wallet = ?2 AND redemption = ?3",
                    params![no, wallet.bytes(), redemption],
                )?,
            };
            Ok(())
        })
    }

    pub(super) fn insert_supplier_codes(
        &mut self,
        tenant: TenantId,
        (reward, batch): (Name, &str),
        codes: &[String],
    ) -> Result<BroughtCodes> {
        let no = self.tenant_no(tenant)?;
        let reward = reward.number();
        self.write(|db| {
            let mut next: i64 = db.query_row(
                "SELECT coalesce(max(number) + 1, 0) FROM supplier_codes
                 WHERE tenant = ?1 AND reward = ?2",
                params![no, reward],
                |row| row.get(0),
            )?;
            let mut insert = db.prepare_cached(
                "INSERT INTO supplier_codes (tenant, reward, number, code, batch)
                 VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
            )?;
            let of_batch = |db: &Connection| {
                db.query_row(
                    "SELECT count(*) FROM supplier_codes
                     WHERE tenant = ?1 AND reward = ?2 AND batch = ?3",
                    params![no, reward, batch],
                    |row| row.get::<_, i64>(0),
                )
            };
            // A batch is counted once, so that it stays as it was brought in at first.
            let (before, mut missing) = (of_batch(db)?, 0);
            let mut known = db.prepare_cached(
                "SELECT 1 FROM supplier_codes WHERE tenant = ?1 AND reward = ?2 AND code = ?3",
            )?;
            let mut added = 0;
            for code in codes {
                if before > 0 {
                    missing += i64::from(!known.exists(params![no, reward, code])?);
                } else if insert.execute(params![no, reward, next, code, batch])? > 0 {
                    next += 1;
                    added += 1;
                }
            }
            Ok(BroughtCodes {
                added,
                of_batch: of_batch(db)?,
                missing,
            })
        })
    }

    pub(super) fn update_shown_codes(
        &mut self,
        tenant: TenantId,
        reward: Name,
        (first, count): (i64, i64),
        at: Timestamp,
    ) -> Result<Vec<ShownCode>> {
        let no = self.tenant_no(tenant)?;
        let (reward, until) = (reward.number(), first.saturating_add(count));
        self.write(|db| {
            let mut select = db.prepare_cached(
                "SELECT code, shown_at FROM supplier_codes
                 WHERE tenant = ?1 AND reward = ?2 AND number >= ?3 AND number < ?4
                 ORDER BY number",
            )?;
            let shown = select.query_map(params![no, reward, first, until], |row| {
                let before: Option<i64> = row.get(1)?;
                Ok(ShownCode {
                    code: row.get(0)?,
                    shown_before: before.map(Timestamp::from_micros),
                })
            })?;
            let shown: Vec<ShownCode> = shown.collect::<Result<_, _>>()?;
            db.execute(
                "UPDATE supplier_codes SET shown_at = ?5
                 WHERE tenant = ?1 AND reward = ?2 AND number >= ?3 AND number < ?4
                   AND shown_at IS NULL",
                params![no, reward, first, until, at.micros()],
            )?;
            Ok(shown)
        })
    }
}

/// All of them, without where they are sent to.
pub(super) const BY_WALLET: &str =
    "SELECT wallet, redemption, member, reward, quantity, state, since, carrier, tracking, NULL
     FROM fulfilments WHERE tenant = ?1 ORDER BY wallet";

pub(super) fn row(row: &Row<'_>) -> rusqlite::Result<FulfilmentRow> {
    Ok(FulfilmentRow {
        wallet: WalletId::from_bytes(row.get(0)?),
        redemption: row.get(1)?,
        member: MemberId::from_bytes(row.get(2)?),
        reward: points(row.get(3)?),
        quantity: row.get(4)?,
        state: row.get(5)?,
        since: Timestamp::from_micros(row.get(6)?),
        carrier: row.get(7)?,
        tracking: row.get(8)?,
        address: row.get(9)?,
    })
}
