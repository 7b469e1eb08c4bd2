//! What people set by hand, and the trail of what they did.

use crate::error::Result;
use crate::hash::audit_hash;
use crate::proof::AuditHead;
use crate::record::{AuditAsk, AuditLine, Setting};
use regulars_base::{TenantId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

impl super::Sqlite {
    pub(super) fn read_setting(
        &mut self,
        tenant: TenantId,
        kind: &str,
        id: &str,
    ) -> Result<Option<Setting>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT kind, id, version, body FROM records
                 WHERE tenant = ?1 AND kind = ?2 AND id = ?3",
            )?;
            Ok(select
                .query_row(params![no, kind, id], setting)
                .optional()?)
        })
    }

    pub(super) fn read_settings(&mut self, tenant: TenantId, kind: &str) -> Result<Vec<Setting>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT kind, id, version, body FROM records
                 WHERE tenant = ?1 AND kind = ?2 ORDER BY id",
            )?;
            let rows = select.query_map(params![no, kind], setting)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn write_setting(&mut self, tenant: TenantId, new: &Setting) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let written = match new.version {
                1 => db.execute(
                    "INSERT INTO records (tenant, kind, id, version, body)
                     VALUES (?1, ?2, ?3, 1, ?4) ON CONFLICT DO NOTHING",
                    params![no, new.kind, new.id, new.body],
                )?,
                version => db.execute(
                    "UPDATE records SET version = ?4, body = ?5
                     WHERE tenant = ?1 AND kind = ?2 AND id = ?3 AND version + 1 = ?4",
                    params![no, new.kind, new.id, version, new.body],
                )?,
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
        self.write(|db| {
            let deleted = db.execute(
                "DELETE FROM records WHERE tenant = ?1 AND kind = ?2 AND id = ?3",
                params![no, kind, id],
            )?;
            Ok(deleted > 0)
        })
    }

    pub(super) fn insert_audit(&mut self, tenant: TenantId, line: &AuditLine) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let head: Option<(i64, [u8; 32])> = db
                .query_row(
                    "SELECT no, hash FROM audit_heads WHERE tenant = ?1",
                    [no],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?;
            let (last, before) = head.unwrap_or_default();
            let line = AuditLine {
                no: last + 1,
                ..line.clone()
            };
            let hash = audit_hash(&before, &line);
            db.execute(
                "INSERT INTO audit (tenant, no, at, actor, act, target, body, hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    no,
                    line.no,
                    line.at.micros(),
                    line.actor,
                    line.act,
                    line.target,
                    line.body,
                    hash
                ],
            )?;
            db.execute(
                "INSERT INTO audit_heads (tenant, no, hash) VALUES (?1, ?2, ?3)
                 ON CONFLICT (tenant) DO UPDATE SET no = ?2, hash = ?3",
                params![no, line.no, hash],
            )?;
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
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT no, at, actor, act, target, body, hash FROM audit
                 WHERE tenant = ?1 AND no < ?2 AND (?3 IS NULL OR actor = ?3)
                 AND (?4 IS NULL OR act = ?4) AND at >= ?5 AND at < ?6
                 ORDER BY no DESC LIMIT ?7",
            )?;
            let rows = select.query_map(
                params![
                    no,
                    ask.before.unwrap_or(i64::MAX),
                    ask.actor,
                    ask.act,
                    ask.from.map_or(i64::MIN, Timestamp::micros),
                    ask.to.map_or(i64::MAX, Timestamp::micros),
                    limit
                ],
                line,
            )?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// The trail, by number.
pub(super) const TRAIL: &str = "SELECT no, at, actor, act, target, body, hash FROM audit
                                WHERE tenant = ?1 ORDER BY no";

pub(super) fn audit_head(db: &Connection, tenant: i64) -> rusqlite::Result<AuditHead> {
    let mut select = db.prepare_cached("SELECT no, hash FROM audit_heads WHERE tenant = ?1")?;
    let head = select.query_row([tenant], |row| Ok((row.get(0)?, row.get(1)?)));
    head.optional()
}

fn setting(row: &Row<'_>) -> rusqlite::Result<Setting> {
    Ok(Setting {
        kind: row.get(0)?,
        id: row.get(1)?,
        version: row.get(2)?,
        body: row.get(3)?,
    })
}

pub(super) fn line(row: &Row<'_>) -> rusqlite::Result<AuditLine> {
    Ok(AuditLine {
        no: row.get(0)?,
        at: Timestamp::from_micros(row.get(1)?),
        actor: row.get(2)?,
        act: row.get(3)?,
        target: row.get(4)?,
        body: row.get(5)?,
        hash: row.get(6)?,
    })
}
