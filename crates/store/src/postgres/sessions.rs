//! Sessions of operators.

use super::link::bytes;
use crate::error::Result;
use crate::record::Session;
use regulars_base::{TenantId, Timestamp};
use tokio_postgres::Row;

impl super::Postgres {
    pub(super) fn insert_session(&mut self, session: &Session) -> Result<()> {
        let no = self.tenant_no(session.tenant)?;
        self.write(async |link| {
            let (created, expires) = (session.created_at.micros(), session.expires_at.micros());
            let sql = "DELETE FROM sessions WHERE tenant = $1 AND expires_at <= $2";
            link.run(sql, &[&no, &created]).await?;
            let sql =
                "INSERT INTO sessions (tenant, hash, key, created_at, expires_at, used_at, about)
                       VALUES ($1, $2, $3, $4, $5, $6, $7)";
            let (hash, used) = (&session.hash[..], session.used_at.micros());
            let (key, about) = (&session.key, &session.about);
            link.run(sql, &[&no, &hash, key, &created, &expires, &used, about])
                .await?;
            Ok(())
        })
    }

    pub(super) fn read_session(&mut self, hash: &[u8; 32]) -> Result<Option<Session>> {
        self.read(async |link| {
            let sql = "SELECT t.id, s.hash, s.key, s.created_at, s.expires_at, s.used_at, s.about
                       FROM sessions s JOIN tenants t ON t.no = s.tenant WHERE s.hash = $1";
            let rows = link.rows(sql, &[&&hash[..]]).await?;
            Ok(rows.first().map(session).transpose()?)
        })
    }

    pub(super) fn read_sessions(&mut self, tenant: TenantId, key: &str) -> Result<Vec<Session>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT t.id, s.hash, s.key, s.created_at, s.expires_at, s.used_at, s.about
                       FROM sessions s JOIN tenants t ON t.no = s.tenant
                       WHERE s.tenant = $1 AND s.key = $2 ORDER BY s.created_at, s.hash";
            let rows = link.rows(sql, &[&no, &key]).await?;
            Ok(rows.iter().map(session).collect::<Result<_>>()?)
        })
    }

    pub(super) fn mark_session(
        &mut self,
        tenant: TenantId,
        hash: &[u8; 32],
        at: Timestamp,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "UPDATE sessions SET used_at = $3 WHERE tenant = $1 AND hash = $2";
            link.run(sql, &[&no, &&hash[..], &at.micros()]).await?;
            Ok(())
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

/// One of before it was noted when they are used was last used when it was opened.
fn session(row: &Row) -> Result<Session> {
    let created_at: i64 = row.get(3);
    let used_at: Option<i64> = row.get(5);
    Ok(Session {
        tenant: TenantId::from_bytes(bytes(row, 0)?),
        hash: bytes(row, 1)?,
        key: row.get(2),
        created_at: Timestamp::from_micros(created_at),
        expires_at: Timestamp::from_micros(row.get(4)),
        used_at: Timestamp::from_micros(used_at.unwrap_or(created_at)),
        about: row.get(6),
    })
}
