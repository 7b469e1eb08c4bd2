//! Program versions.

use super::Failure;
use crate::error::{Conflict, Result};
use crate::record::{NewVersion, Version};
use regulars_base::{TenantId, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

/// The number of the newest version, 0 if there is none.
pub(super) fn newest(db: &Connection, tenant: i64) -> Result<i64, Failure> {
    let mut select = db.prepare_cached("SELECT max(no) FROM program_versions WHERE tenant = ?1")?;
    let newest: Option<i64> = select.query_row([tenant], |row| row.get(0))?;
    Ok(newest.unwrap_or(0))
}

impl super::Sqlite {
    pub(super) fn insert_version(&mut self, tenant: TenantId, version: &NewVersion) -> Result<i64> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let found = newest(db, no)?;
            if found != version.after {
                return Err(Conflict::Program { found }.into());
            }
            db.execute(
                "INSERT INTO programs (tenant, hash, text) VALUES (?1, ?2, ?3)
                 ON CONFLICT (tenant, hash) DO NOTHING",
                params![no, version.hash, version.text],
            )?;
            db.execute(
                "INSERT INTO program_versions
                     (tenant, no, hash, in_force_from, applied_at, applied_by, note)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    no,
                    found + 1,
                    version.hash,
                    version.in_force_from.micros(),
                    version.applied_at.micros(),
                    version.by,
                    version.note
                ],
            )?;
            Ok(found + 1)
        })
    }

    pub(super) fn read_versions(&mut self, tenant: TenantId) -> Result<Vec<Version>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT no, hash, in_force_from, applied_at, applied_by, note
                 FROM program_versions WHERE tenant = ?1 ORDER BY no",
            )?;
            let rows = select.query_map([no], |row| {
                Ok(Version {
                    no: row.get(0)?,
                    hash: row.get(1)?,
                    in_force_from: Timestamp::from_micros(row.get(2)?),
                    applied_at: Timestamp::from_micros(row.get(3)?),
                    by: row.get(4)?,
                    note: row.get(5)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn read_program(
        &mut self,
        tenant: TenantId,
        hash: &[u8; 32],
    ) -> Result<Option<String>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select =
                db.prepare_cached("SELECT text FROM programs WHERE tenant = ?1 AND hash = ?2")?;
            Ok(select
                .query_row(params![no, hash], |row| row.get(0))
                .optional()?)
        })
    }
}
