//! Members who sign in: codes, sessions, accepted terms.

use super::link::{Link, bytes};
use crate::error::{Error, Result};
use crate::record::{MemberSession, SignInCode};
use regulars_base::{MemberId, TenantId, Timestamp};
use tokio_postgres::Row;

const COLUMNS: &str = "address, hash, created_at, expires_at, attempts, asked, asked_since";

impl super::Postgres {
    pub(super) fn write_sign_in_code(&mut self, tenant: TenantId, code: &SignInCode) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let (created, expires) = (code.created_at.micros(), code.expires_at.micros());
            let since = code.asked_since.micros();
            let sql = "DELETE FROM sign_in_codes
                       WHERE tenant = $1 AND expires_at <= $2 AND asked_since < $3";
            let over = created - SignInCode::COUNTED_MICROS;
            link.run(sql, &[&no, &created, &over]).await?;
            let sql = "INSERT INTO sign_in_codes
                           (tenant, address, hash, created_at, expires_at, attempts, asked, asked_since)
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                       ON CONFLICT (tenant, address) DO UPDATE SET
                           hash = excluded.hash, created_at = excluded.created_at,
                           expires_at = excluded.expires_at, attempts = excluded.attempts,
                           asked = excluded.asked, asked_since = excluded.asked_since";
            let (address, hash) = (&code.address[..], &code.hash[..]);
            link.run(
                sql,
                &[
                    &no,
                    &address,
                    &hash,
                    &created,
                    &expires,
                    &code.attempts,
                    &code.asked,
                    &since,
                ],
            )
            .await?;
            Ok(())
        })
    }

    pub(super) fn read_sign_in_code(
        &mut self,
        tenant: TenantId,
        address: &[u8; 32],
    ) -> Result<Option<SignInCode>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql =
                format!("SELECT {COLUMNS} FROM sign_in_codes WHERE tenant = $1 AND address = $2");
            let rows = link.rows(&sql, &[&no, &&address[..]]).await?;
            Ok(rows.first().map(code).transpose()?)
        })
    }

    pub(super) fn count_sign_in_try(
        &mut self,
        tenant: TenantId,
        address: &[u8; 32],
        most: i64,
    ) -> Result<Option<SignInCode>> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = format!(
                "UPDATE sign_in_codes SET attempts = attempts + 1
                 WHERE tenant = $1 AND address = $2 AND attempts < $3 RETURNING {COLUMNS}"
            );
            let rows = link.rows(&sql, &[&no, &&address[..], &most]).await?;
            Ok(rows.first().map(code).transpose()?)
        })
    }

    pub(super) fn delete_sign_in_code(
        &mut self,
        tenant: TenantId,
        address: &[u8; 32],
        hash: &[u8; 32],
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "DELETE FROM sign_in_codes WHERE tenant = $1 AND address = $2 AND hash = $3";
            Ok(link.run(sql, &[&no, &&address[..], &&hash[..]]).await? > 0)
        })
    }

    pub(super) fn insert_member_session(
        &mut self,
        tenant: TenantId,
        session: &MemberSession,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let (created, expires) = (session.created_at.micros(), session.expires_at.micros());
            let sql = "DELETE FROM member_sessions WHERE tenant = $1 AND expires_at <= $2";
            link.run(sql, &[&no, &created]).await?;
            let sql = "INSERT INTO member_sessions (tenant, hash, member, created_at, expires_at)
                       VALUES ($1, $2, $3, $4, $5)";
            let (hash, member) = (&session.hash[..], &session.member.bytes()[..]);
            link.run(sql, &[&no, &hash, &member, &created, &expires])
                .await?;
            Ok(())
        })
    }

    pub(super) fn read_member_session(
        &mut self,
        tenant: TenantId,
        hash: &[u8; 32],
    ) -> Result<Option<MemberSession>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT hash, member, created_at, expires_at FROM member_sessions
                       WHERE tenant = $1 AND hash = $2";
            let rows = link.rows(sql, &[&no, &&hash[..]]).await?;
            let Some(row) = rows.first() else {
                return Ok(None);
            };
            Ok(Some(MemberSession {
                hash: bytes(row, 0)?,
                member: MemberId::from_bytes(bytes(row, 1)?),
                created_at: Timestamp::from_micros(row.get(2)),
                expires_at: Timestamp::from_micros(row.get(3)),
            }))
        })
    }

    pub(super) fn delete_member_session(
        &mut self,
        tenant: TenantId,
        hash: &[u8; 32],
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "DELETE FROM member_sessions WHERE tenant = $1 AND hash = $2";
            Ok(link.run(sql, &[&no, &&hash[..]]).await? > 0)
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
        self.write(async |link| {
            let sql = "INSERT INTO accepted_terms (tenant, member, version, accepted_at)
                       VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
            let member = &member.bytes()[..];
            link.run(sql, &[&no, &member, &version, &at.micros()])
                .await?;
            Ok(())
        })
    }

    pub(super) fn read_terms(
        &mut self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<Vec<(String, Timestamp)>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT version, accepted_at FROM accepted_terms
                       WHERE tenant = $1 AND member = $2
                       ORDER BY accepted_at, version COLLATE \"C\"";
            let rows = link.rows(sql, &[&no, &&member.bytes()[..]]).await?;
            let read = |row: &Row| (row.get(0), Timestamp::from_micros(row.get(1)));
            Ok(rows.iter().map(read).collect())
        })
    }

    pub(super) fn read_or_add_portal_secret(
        &mut self,
        tenant: TenantId,
        fresh: &[u8; 32],
    ) -> Result<[u8; 32]> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        let secret = async |link: &Link| {
            let sql = "SELECT secret FROM portal_secrets WHERE tenant = $1";
            let rows = link.rows(sql, &[&no]).await?;
            let open = |row: &Row| Ok(vault.of(no).open_secret(row.get(0))?);
            rows.first().map(open).transpose()
        };
        // It is asked for with every widget, and made once.
        if let Some(known) = self.read(secret)? {
            return Ok(known);
        }
        self.write(async |link| {
            let sql = "INSERT INTO portal_secrets (tenant, secret) VALUES ($1, $2)
                       ON CONFLICT DO NOTHING";
            link.run(sql, &[&no, &vault.of(no).close_secret(fresh)])
                .await?;
            Ok(secret(link).await?.ok_or(Error::Missing("secret"))?)
        })
    }
}

fn code(row: &Row) -> Result<SignInCode> {
    Ok(SignInCode {
        address: bytes(row, 0)?,
        hash: bytes(row, 1)?,
        created_at: Timestamp::from_micros(row.get(2)),
        expires_at: Timestamp::from_micros(row.get(3)),
        attempts: row.get(4),
        asked: row.get(5),
        asked_since: Timestamp::from_micros(row.get(6)),
    })
}
