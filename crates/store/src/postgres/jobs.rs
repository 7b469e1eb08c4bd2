//! What runs by itself: wallets that are due, and bookmarks.

use super::link::bytes;
use crate::error::Result;
use regulars_base::{MemberId, TenantId, Timestamp};

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
