//! What runs by itself: wallets that are due, and bookmarks.

use crate::error::Result;
use crate::record::PaymentRequest;
use regulars_base::{MemberId, TenantId, Timestamp, WalletId};
use rusqlite::{OptionalExtension, params};

impl super::Sqlite {
    pub(super) fn read_due(
        &mut self,
        tenant: TenantId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(MemberId, Timestamp)>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT member, due_at FROM wallets
                 WHERE tenant = ?1 AND due_at IS NOT NULL AND due_at <= ?2
                 ORDER BY due_at, wallet LIMIT ?3",
            )?;
            let rows = select.query_map(params![no, now.micros(), limit], |row| {
                let due = Timestamp::from_micros(row.get(1)?);
                Ok((MemberId::from_bytes(row.get(0)?), due))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn read_payment_requests(
        &mut self,
        tenant: TenantId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<PaymentRequest>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT wallet, member, tries, first_at, not_before FROM payment_requests
                 WHERE tenant = ?1 AND not_before <= ?2 ORDER BY not_before, wallet LIMIT ?3",
            )?;
            let rows = select.query_map(params![no, now.micros(), limit], |row| {
                let first_at: Option<i64> = row.get(3)?;
                Ok(PaymentRequest {
                    wallet: WalletId::from_bytes(row.get(0)?),
                    member: MemberId::from_bytes(row.get(1)?),
                    tries: row.get(2)?,
                    first_at: first_at.map(Timestamp::from_micros),
                    not_before: Timestamp::from_micros(row.get(4)?),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn write_payment_request(
        &mut self,
        tenant: TenantId,
        request: &PaymentRequest,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            db.execute(
                "UPDATE payment_requests SET tries = ?3, first_at = ?4, not_before = ?5
                 WHERE tenant = ?1 AND wallet = ?2",
                params![
                    no,
                    request.wallet.bytes(),
                    request.tries,
                    request.first_at.map(Timestamp::micros),
                    request.not_before.micros()
                ],
            )?;
            Ok(())
        })
    }

    pub(super) fn read_bookmark(&mut self, tenant: TenantId, job: &str) -> Result<Option<String>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select =
                db.prepare_cached("SELECT value FROM bookmarks WHERE tenant = ?1 AND job = ?2")?;
            Ok(select
                .query_row(params![no, job], |row| row.get(0))
                .optional()?)
        })
    }

    pub(super) fn write_bookmark(
        &mut self,
        tenant: TenantId,
        job: &str,
        value: Option<&str>,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            match value {
                Some(value) => db.execute(
                    "INSERT INTO bookmarks (tenant, job, value) VALUES (?1, ?2, ?3)
                     ON CONFLICT (tenant, job) DO UPDATE SET value = excluded.value",
                    params![no, job, value],
                )?,
                None => db.execute(
                    "DELETE FROM bookmarks WHERE tenant = ?1 AND job = ?2",
                    params![no, job],
                )?,
            };
            Ok(())
        })
    }
}
