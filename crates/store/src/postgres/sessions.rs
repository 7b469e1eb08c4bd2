//! Sessions of operators.

use super::link::bytes;
use crate::error::Result;
use crate::record::Session;
use regulars_base::{TenantId, Timestamp};

impl super::Postgres {
    pub(super) fn insert_session(&mut self, session: &Session) -> Result<()> {
        let no = self.tenant_no(session.tenant)?;
        self.write(async |link| {
            let (created, expires) = (session.created_at.micros(), session.expires_at.micros());
            let sql = "DELETE FROM sessions WHERE tenant = $1 AND expires_at <= $2";
            link.run(sql, &[&no, &created]).await?;
            let sql = "INSERT INTO sessions (tenant, hash, key, created_at, expires_at)
                       VALUES ($1, $2, $3, $4, $5)";
            let hash = &session.hash[..];
            link.run(sql, &[&no, &hash, &session.key, &created, &expires])
                .await?;
            Ok(())
        })
    }

    pub(super) fn read_session(&mut self, hash: &[u8; 32]) -> Result<Option<Session>> {
        self.read(async |link| {
            let sql = "SELECT t.id, s.hash, s.key, s.created_at, s.expires_at
                       FROM sessions s JOIN tenants t ON t.no = s.tenant WHERE s.hash = $1";
            let rows = link.rows(sql, &[&&hash[..]]).await?;
            let Some(row) = rows.first() else {
                return Ok(None);
            };
            Ok(Some(Session {
                tenant: TenantId::from_bytes(bytes(row, 0)?),
                hash: bytes(row, 1)?,
                key: row.get(2),
                created_at: Timestamp::from_micros(row.get(3)),
                expires_at: Timestamp::from_micros(row.get(4)),
            }))
        })
    }

    pub(super) fn delete_session(&mut self, tenant: TenantId, hash: &[u8; 32]) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "DELETE FROM sessions WHERE tenant = $1 AND hash = $2";
            Ok(link.run(sql, &[&no, &&hash[..]]).await? > 0)
        })
    }
}
