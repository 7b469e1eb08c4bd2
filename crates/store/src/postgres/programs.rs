//! Program versions.

use super::link::{Failure, Link, bytes};
use crate::error::{Conflict, Result};
use crate::record::{NewVersion, Version};
use regulars_base::{TenantId, Timestamp};

/// The number of the newest version, 0 if there is none.
pub(super) async fn newest(link: &Link, tenant: i64) -> Result<i64, Failure> {
    let sql = "SELECT max(no) FROM program_versions WHERE tenant = $1";
    let rows = link.rows(sql, &[&tenant]).await?;
    let newest: Option<i64> = rows.first().and_then(|row| row.get(0));
    Ok(newest.unwrap_or(0))
}

impl super::Postgres {
    pub(super) fn insert_version(&mut self, tenant: TenantId, version: &NewVersion) -> Result<i64> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            // One after the other, so that each sees the one before it.
            let lock = "SELECT no FROM tenants WHERE no = $1 FOR UPDATE";
            link.rows(lock, &[&no]).await?;
            let found = newest(link, no).await?;
            if found != version.after {
                return Err(Conflict::Program { found }.into());
            }
            let hash = &version.hash[..];
            let sql = "INSERT INTO programs (tenant, hash, text) VALUES ($1, $2, $3)
                       ON CONFLICT (tenant, hash) DO NOTHING";
            link.run(sql, &[&no, &hash, &version.text]).await?;
            let sql = "INSERT INTO program_versions
                           (tenant, no, hash, in_force_from, applied_at, applied_by, note)
                       VALUES ($1, $2, $3, $4, $5, $6, $7)";
            let (from, at) = (version.in_force_from.micros(), version.applied_at.micros());
            let by = (&version.by, &version.note);
            link.run(sql, &[&no, &(found + 1), &hash, &from, &at, by.0, by.1])
                .await?;
            Ok(found + 1)
        })
    }

    pub(super) fn read_versions(&mut self, tenant: TenantId) -> Result<Vec<Version>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT no, hash, in_force_from, applied_at, applied_by, note
                       FROM program_versions WHERE tenant = $1 ORDER BY no";
            let version = |row: &tokio_postgres::Row| {
                Ok(Version {
                    no: row.get(0),
                    hash: bytes(row, 1)?,
                    in_force_from: Timestamp::from_micros(row.get(2)),
                    applied_at: Timestamp::from_micros(row.get(3)),
                    by: row.get(4),
                    note: row.get(5),
                })
            };
            link.rows(sql, &[&no]).await?.iter().map(version).collect()
        })
    }

    pub(super) fn read_program(
        &mut self,
        tenant: TenantId,
        hash: &[u8; 32],
    ) -> Result<Option<String>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT text FROM programs WHERE tenant = $1 AND hash = $2";
            let rows = link.rows(sql, &[&no, &&hash[..]]).await?;
            Ok(rows.first().map(|row| row.get(0)))
        })
    }
}
