//! Members who sign in: codes, sessions, accepted terms.

use super::Failure;
use crate::error::{Error, Result};
use crate::record::{MemberSession, SignInCode};
use regulars_base::{MemberId, TenantId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

const COLUMNS: &str = "address, hash, created_at, expires_at, attempts, asked, asked_since";

impl super::Sqlite {
    pub(super) fn write_sign_in_code(&mut self, tenant: TenantId, code: &SignInCode) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            db.execute(
                "DELETE FROM sign_in_codes
                 WHERE tenant = ?1 AND expires_at <= ?2 AND asked_since < ?3",
                params![
                    no,
                    code.created_at.micros(),
                    code.created_at.micros() - SignInCode::COUNTED_MICROS
                ],
            )?;
            db.execute(
                "INSERT INTO sign_in_codes
                     (tenant, address, hash, created_at, expires_at, attempts, asked, asked_since)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (tenant, address) DO UPDATE SET
                     hash = excluded.hash, created_at = excluded.created_at,
                     expires_at = excluded.expires_at, attempts = excluded.attempts,
                     asked = excluded.asked, asked_since = excluded.asked_since",
                params![
                    no,
                    code.address,
                    code.hash,
                    code.created_at.micros(),
                    code.expires_at.micros(),
                    code.attempts,
                    code.asked,
                    code.asked_since.micros()
                ],
            )?;
            Ok(())
        })
    }

    pub(super) fn read_sign_in_code(
        &mut self,
        tenant: TenantId,
        address: &[u8; 32],
    ) -> Result<Option<SignInCode>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM sign_in_codes WHERE tenant = ?1 AND address = ?2"
            ))?;
            Ok(select.query_row(params![no, address], code).optional()?)
        })
    }

    pub(super) fn count_sign_in_try(
        &mut self,
        tenant: TenantId,
        address: &[u8; 32],
        most: i64,
    ) -> Result<Option<SignInCode>> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let mut update = db.prepare_cached(&format!(
                "UPDATE sign_in_codes SET attempts = attempts + 1
                 WHERE tenant = ?1 AND address = ?2 AND attempts < ?3 RETURNING {COLUMNS}"
            ))?;
            let tried = update.query_row(params![no, address, most], code);
            Ok(tried.optional()?)
        })
    }

    pub(super) fn delete_sign_in_code(
        &mut self,
        tenant: TenantId,
        address: &[u8; 32],
        hash: &[u8; 32],
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let deleted = db.execute(
                "DELETE FROM sign_in_codes WHERE tenant = ?1 AND address = ?2 AND hash = ?3",
                params![no, address, hash],
            )?;
            Ok(deleted > 0)
        })
    }

    pub(super) fn insert_member_session(
        &mut self,
        tenant: TenantId,
        session: &MemberSession,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            db.execute(
                "DELETE FROM member_sessions WHERE tenant = ?1 AND expires_at <= ?2",
                params![no, session.created_at.micros()],
            )?;
            db.execute(
                "INSERT INTO member_sessions (tenant, hash, member, created_at, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    no,
                    session.hash,
                    session.member.bytes(),
                    session.created_at.micros(),
                    session.expires_at.micros()
                ],
            )?;
            Ok(())
        })
    }

    pub(super) fn read_member_session(
        &mut self,
        tenant: TenantId,
        hash: &[u8; 32],
    ) -> Result<Option<MemberSession>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT hash, member, created_at, expires_at FROM member_sessions
                 WHERE tenant = ?1 AND hash = ?2",
            )?;
            let session = select.query_row(params![no, hash], |row| {
                Ok(MemberSession {
                    hash: row.get(0)?,
                    member: MemberId::from_bytes(row.get(1)?),
                    created_at: Timestamp::from_micros(row.get(2)?),
                    expires_at: Timestamp::from_micros(row.get(3)?),
                })
            });
            Ok(session.optional()?)
        })
    }

    pub(super) fn delete_member_session(
        &mut self,
        tenant: TenantId,
        hash: &[u8; 32],
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let deleted = db.execute(
                "DELETE FROM member_sessions WHERE tenant = ?1 AND hash = ?2",
                params![no, hash],
            )?;
            Ok(deleted > 0)
        })
    }

    pub(super) fn insert_terms(
        &mut self,
        tenant: TenantId,
        member: MemberId,
        version: &str,
        at: Timestamp,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            db.execute(
                "INSERT INTO accepted_terms (tenant, member, version, accepted_at)
                 VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                params![no, member.bytes(), version, at.micros()],
            )?;
            Ok(())
        })
    }

    pub(super) fn read_terms(
        &mut self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<Vec<(String, Timestamp)>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT version, accepted_at FROM accepted_terms
                 WHERE tenant = ?1 AND member = ?2 ORDER BY accepted_at, version",
            )?;
            let rows = select.query_map(params![no, member.bytes()], |row| {
                Ok((row.get(0)?, Timestamp::from_micros(row.get(1)?)))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn read_or_add_portal_secret(
        &mut self,
        tenant: TenantId,
        fresh: &[u8; 32],
    ) -> Result<[u8; 32]> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        let sql = "SELECT secret FROM portal_secrets WHERE tenant = ?1";
        let secret = |db: &Connection| -> Result<Option<[u8; 32]>, Failure> {
            let cell = db.query_row(sql, [no], |row| row.get::<_, Vec<u8>>(0));
            let cell = cell.optional()?;
            Ok(cell
                .map(|cell| vault.of(no).open_secret(&cell))
                .transpose()?)
        };
        // It is asked for with every widget, and made once: reading waits for nobody.
        if let Some(known) = self.read(|db| secret(db))? {
            return Ok(known);
        }
        self.write(|db| {
            db.execute(
                "INSERT INTO portal_secrets (tenant, secret) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                params![no, vault.of(no).close_secret(fresh)],
            )?;
            Ok(secret(db)?.ok_or(Error::Missing("secret"))?)
        })
    }
}

fn code(row: &Row<'_>) -> rusqlite::Result<SignInCode> {
    Ok(SignInCode {
        address: row.get(0)?,
        hash: row.get(1)?,
        created_at: Timestamp::from_micros(row.get(2)?),
        expires_at: Timestamp::from_micros(row.get(3)?),
        attempts: row.get(4)?,
        asked: row.get(5)?,
        asked_since: Timestamp::from_micros(row.get(6)?),
    })
}
