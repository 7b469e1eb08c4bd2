//! Sessions of operators.

use crate::error::Result;
use crate::record::Session;
use regulars_base::{TenantId, Timestamp};
use rusqlite::{OptionalExtension, params};

impl super::Sqlite {
    pub(super) fn insert_session(&mut self, session: &Session) -> Result<()> {
        let no = self.tenant_no(session.tenant)?;
        self.write(|db| {
            db.execute(
                "DELETE FROM sessions WHERE tenant = ?1 AND expires_at <= ?2",
                params![no, session.created_at.micros()],
            )?;
            db.execute(
                "INSERT INTO sessions (tenant, hash, key, created_at, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    no,
                    session.hash,
                    session.key,
                    session.created_at.micros(),
                    session.expires_at.micros()
                ],
            )?;
            Ok(())
        })
    }

    pub(super) fn read_session(&mut self, hash: &[u8; 32]) -> Result<Option<Session>> {
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT t.id, s.hash, s.key, s.created_at, s.expires_at
                 FROM sessions s JOIN tenants t ON t.no = s.tenant WHERE s.hash = ?1",
            )?;
            let session = select.query_row([hash], |row| {
                Ok(Session {
                    tenant: TenantId::from_bytes(row.get(0)?),
                    hash: row.get(1)?,
                    key: row.get(2)?,
                    created_at: Timestamp::from_micros(row.get(3)?),
                    expires_at: Timestamp::from_micros(row.get(4)?),
                })
            });
            Ok(session.optional()?)
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
