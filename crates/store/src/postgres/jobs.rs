//! What runs by itself: wallets that are due, and bookmarks.

use super::link::bytes;
use crate::error::Result;
use crate::record::PaymentRequest;
use regulars_base::{MemberId, TenantId, Timestamp, WalletId};

impl super::Postgres {
    pub(super) fn read_due(
        &mut self,
        tenant: TenantId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(MemberId, Timestamp)>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(async |link| {
            let sql = "SELECT member, due_at FROM wallets
                       WHERE tenant = $1 AND due_at IS NOT NULL AND due_at <= $2
                       ORDER BY due_at, wallet LIMIT $3";
            let rows = link.rows(sql, &[&no, &now.micros(), &limit]).await?;
            let due = |row: &tokio_postgres::Row| {
                let due = Timestamp::from_micros(row.get(1));
                Ok((MemberId::from_bytes(bytes(row, 0)?), due))
            };
            rows.iter().map(due).collect()
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
        self.read(async |link| {
            let sql = "SELECT wallet, member, tries, first_at, not_before FROM payment_requests
                       WHERE tenant = $1 AND not_before <= $2 ORDER BY not_before, wallet LIMIT $3";
            let rows = link.rows(sql, &[&no, &now.micros(), &limit]).await?;
            let request = |row: &tokio_postgres::Row| {
                let (tries, first_at): (i64, Option<i64>) = (row.get(2), row.get(3));
                Ok(PaymentRequest {
                    wallet: WalletId::from_bytes(bytes(row, 0)?),
                    member: MemberId::from_bytes(bytes(row, 1)?),
                    tries: u32::try_from(tries).unwrap_or(u32::MAX),
                    first_at: first_at.map(Timestamp::from_micros),
                    not_before: Timestamp::from_micros(row.get(4)),
                })
            };
            rows.iter().map(request).collect()
        })
    }

    pub(super) fn write_payment_request(
        &mut self,
        tenant: TenantId,
        request: &PaymentRequest,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        let wallet = request.wallet.bytes().to_vec();
        let tries = i64::from(request.tries);
        let first_at = request.first_at.map(Timestamp::micros);
        let not_before = request.not_before.micros();
        self.write(async |link| {
            let sql = "UPDATE payment_requests SET tries = $3, first_at = $4, not_before = $5
                       WHERE tenant = $1 AND wallet = $2";
            link.run(sql, &[&no, &wallet, &tries, &first_at, &not_before])
                .await?;
            Ok(())
        })
    }

    pub(super) fn read_bookmark(&mut self, tenant: TenantId, job: &str) -> Result<Option<String>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT value FROM bookmarks WHERE tenant = $1 AND job = $2";
            let rows = link.rows(sql, &[&no, &job]).await?;
            Ok(rows.first().map(|row| row.get(0)))
        })
    }

    pub(super) fn write_bookmark(
        &mut self,
        tenant: TenantId,
        job: &str,
        value: Option<&str>,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            match value {
                Some(value) => {
                    let sql = "INSERT INTO bookmarks (tenant, job, value) VALUES ($1, $2, $3)
                               ON CONFLICT (tenant, job) DO UPDATE SET value = excluded.value";
                    link.run(sql, &[&no, &job, &value]).await?
                }
                None => {
                    let sql = "DELETE FROM bookmarks WHERE tenant = $1 AND job = $2";
                    link.run(sql, &[&no, &job]).await?
                }
            };
            Ok(())
        })
    }
}
