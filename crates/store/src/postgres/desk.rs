//! What people set by hand, and the trail of what they did.

use super::link::{Failure, Link, bytes};
use crate::error::Result;
use crate::hash::audit_hash;
use crate::proof::AuditHead;
use crate::record::{AuditAsk, AuditLine, Setting};
use regulars_base::{TenantId, Timestamp};
use tokio_postgres::Row;

impl super::Postgres {
    pub(super) fn read_setting(
        &mut self,
        tenant: TenantId,
        kind: &str,
        id: &str,
    ) -> Result<Option<Setting>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT kind, id, version, body FROM records
                       WHERE tenant = $1 AND kind = $2 AND id = $3";
            let rows = link.rows(sql, &[&no, &kind, &id]).await?;
            Ok(rows.first().map(setting))
        })
    }

    pub(super) fn read_settings(&mut self, tenant: TenantId, kind: &str) -> Result<Vec<Setting>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            // Byte by byte, as the other database compares.
            let sql = r#"SELECT kind, id, version, body FROM records
                         WHERE tenant = $1 AND kind = $2 ORDER BY id COLLATE "C""#;
            let rows = link.rows(sql, &[&no, &kind]).await?;
            Ok(rows.iter().map(setting).collect())
        })
    }

    pub(super) fn write_setting(&mut self, tenant: TenantId, new: &Setting) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let written = match new.version {
                1 => {
                    let sql = "INSERT INTO records (tenant, kind, id, version, body)
                               VALUES ($1, $2, $3, 1, $4) ON CONFLICT DO NOTHING";
                    link.run(sql, &[&no, &new.kind, &new.id, &new.body]).await?
                }
                version => {
                    let sql = "UPDATE records SET version = $4, body = $5
                               WHERE tenant = $1 AND kind = $2 AND id = $3 AND version + 1 = $4";
                    link.run(sql, &[&no, &new.kind, &new.id, &version, &new.body])
                        .await?
                }
            };
            Ok(written > 0)
        })
    }

    pub(super) fn remove_setting(
        &mut self,
        tenant: TenantId,
        kind: &str,
        id: &str,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "DELETE FROM records WHERE tenant = $1 AND kind = $2 AND id = $3";
            Ok(link.run(sql, &[&no, &kind, &id]).await? > 0)
        })
    }

    pub(super) fn insert_audit(&mut self, tenant: TenantId, line: &AuditLine) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            // Whoever comes second waits here until the first is done.
            let sql = "INSERT INTO audit_heads AS head (tenant, no, hash) VALUES ($1, 1, $2)
                       ON CONFLICT (tenant) DO UPDATE SET no = head.no + 1
                       RETURNING no, hash";
            let zeros = [0_u8; 32];
            let rows = link.rows(sql, &[&no, &&zeros[..]]).await?;
            let head = rows.first().ok_or(Failure::Overtaken)?;
            let before: [u8; 32] = bytes(head, 1)?;
            let line = AuditLine {
                no: head.get(0),
                ..line.clone()
            };
            let hash = audit_hash(&before, &line);
            let (hash, at) = (&hash[..], line.at.micros());
            let sql = "INSERT INTO audit (tenant, no, at, actor, act, target, body, hash)
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
            link.run(
                sql,
                &[
                    &no,
                    &line.no,
                    &at,
                    &line.actor,
                    &line.act,
                    &line.target,
                    &line.body,
                    &hash,
                ],
            )
            .await?;
            let sql = "UPDATE audit_heads SET hash = $2 WHERE tenant = $1";
            link.run(sql, &[&no, &hash]).await?;
            Ok(())
        })
    }

    pub(super) fn read_audit(
        &mut self,
        tenant: TenantId,
        ask: &AuditAsk,
        limit: usize,
    ) -> Result<Vec<AuditLine>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let before = ask.before.unwrap_or(i64::MAX);
        let from = ask.from.map_or(i64::MIN, Timestamp::micros);
        let to = ask.to.map_or(i64::MAX, Timestamp::micros);
        self.read(async |link| {
            let sql = "SELECT no, at, actor, act, target, body, hash FROM audit
                       WHERE tenant = $1 AND no < $2 AND ($3::text IS NULL OR actor = $3)
                       AND ($4::text IS NULL OR act = $4) AND at >= $5 AND at < $6
                       ORDER BY no DESC LIMIT $7";
            let rows = link
                .rows(
                    sql,
                    &[&no, &before, &ask.actor, &ask.act, &from, &to, &limit],
                )
                .await?;
            let lines: Result<_> = rows.iter().map(line).collect();
            Ok(lines?)
        })
    }
}

/// The trail, by number.
pub(super) const TRAIL: &str = "SELECT no, at, actor, act, target, body, hash FROM audit
                                WHERE tenant = $1 ORDER BY no";

pub(super) async fn audit_head(link: &Link, tenant: i64) -> Result<AuditHead, Failure> {
    let sql = "SELECT no, hash FROM audit_heads WHERE tenant = $1";
    let rows = link.rows(sql, &[&tenant]).await?;
    let head = rows.first().map(|row| Ok((row.get(0), bytes(row, 1)?)));
    head.transpose()
}

fn setting(row: &Row) -> Setting {
    Setting {
        kind: row.get(0),
        id: row.get(1),
        version: row.get(2),
        body: row.get(3),
    }
}

pub(super) fn line(row: &Row) -> Result<AuditLine> {
    Ok(AuditLine {
        no: row.get(0),
        at: Timestamp::from_micros(row.get(1)),
        actor: row.get(2),
        act: row.get(3),
        target: row.get(4),
        body: row.get(5),
        hash: bytes(row, 6)?,
    })
}
