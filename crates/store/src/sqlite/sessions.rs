//! Sessions of operators.

use crate::error::Result;
use crate::record::Session;
use regulars_base::{TenantId, Timestamp};
use rusqlite::{OptionalExtension, Row, params};

impl super::Sqlite {
    pub(super) fn insert_session(&mut self, session: &Session) -> Result<()> {
        let no = self.tenant_no(session.tenant)?;
        self.write(|db| {
            db.execute(
                "DELETE FROM sessions WHERE tenant = ?1 AND expires_at <= ?2",
                params![no, session.created_at.micros()],
            )?;
            db.execute(
                "INSERT INTO sessions (tenant, hash, key, created_at, expires_at, used_at, about)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    no,
                    session.hash,
                    session.key,
                    session.created_at.micros(),
                    session.expires_at.micros(),
                    session.used_at.micros(),
                    session.about
                ],
            )?;
            Ok(())
        })
    }

    pub(super) fn read_session(&mut self, hash: &[u8; 32]) -> Result<Option<Session>> {
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT t.id, s.hash, s.key, s.created_at, s.expires_at, s.used_at, s.about
                 FROM sessions s JOIN tenants t ON t.no = s.tenant WHERE s.hash = ?1",
            )?;
            Ok(select.query_row([hash], session).optional()?)
        })
    }

    pub(super) fn read_sessions(&mut self, tenant: TenantId, key: &str) -> Result<Vec<Session>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT t.id, s.hash, s.key, s.created_at, s.expires_at, s.used_at, s.about
                 FROM sessions s JOIN tenants t ON t.no = s.tenant
                 WHERE s.tenant = ?1 AND s.key = ?2 ORDER BY s.created_at, s.hash",
            )?;
            let rows = select.query_map(params![no, key], session)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    pub(super) fn mark_session(
        &mut self,
        tenant: TenantId,
        hash: &[u8; 32],
        at: Timestamp,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            db.execute(
                "UPDATE sessions SET used_at = ?3 WHERE tenant = ?1 AND hash = ?2",
                params![no, hash, at.micros()],
            )?;
            Ok(())
        })
    }

    pub(super) fn delete_session(&mut self, tenant: TenantId, hash: &[u8; 32]) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let deleted = db.execute(
                "DELETE FROM sessions WHERE tenant = ?1 AND hash = ?2",
                params![no, hash],
            )?;
            Ok(deleted > 0)
        })
    }
}

/// One of before it was noted when they are used was last used when it was opened.
fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    let created_at = row.get(3)?;
    let used_at: Option<i64> = row.get(5)?;
    Ok(Session {
        tenant: TenantId::from_bytes(row.get(0)?),
        hash: row.get(1)?,
        key: row.get(2)?,
        created_at: Timestamp::from_micros(created_at),
        expires_at: Timestamp::from_micros(row.get(4)?),
        used_at: Timestamp::from_micros(used_at.unwrap_or(created_at)),
        about: row.get(6)?,
    })
}
