//! API keys.

use crate::error::{Conflict, Result};
use crate::record::ApiKey;
use regulars_base::{TenantId, Timestamp};
use rusqlite::{OptionalExtension, Row, params};

const COLUMNS: &str = "t.id, k.id, k.name, k.hash, k.scopes, k.created_at, k.expires_at,
                       k.revoked_at, k.used_at";

/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

impl super::Sqlite {
    pub(super) fn insert_key(&mut self, key: &ApiKey) -> Result<()> {
        let no = self.tenant_no(key.tenant)?;
        self.write(|db| {
            let added = db.execute(
                "INSERT INTO api_keys (tenant, id, name, hash, scopes, created_at, expires_at,
                                       revoked_at, used_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
                params![
                    no,
                    key.id,
                    key.name,
                    key.hash,
                    key.scopes.join(" "),
                    key.created_at.micros(),
                    key.expires_at.map(Timestamp::micros),
                    key.revoked_at.map(Timestamp::micros),
                    key.used_at.map(Timestamp::micros)
                ],
            )?;
            match added {
                0 => Err(Conflict::ApiKey(key.id.clone()).into()),
                _ => Ok(()),
            }
        })
    }

    pub(super) fn read_key(&mut self, hash: &[u8; 32]) -> Result<Option<ApiKey>> {
        self.read(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM api_keys k JOIN tenants t ON t.no = k.tenant
                 WHERE k.hash = ?1"
            ))?;
            Ok(select.query_row([hash], key).optional()?)
        })
    }

    pub(super) fn read_keys(&mut self, tenant: TenantId) -> Result<Vec<ApiKey>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM api_keys k JOIN tenants t ON t.no = k.tenant
                 WHERE k.tenant = ?1 ORDER BY k.created_at, k.id"
            ))?;
            let rows = select.query_map([no], key)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn revoke_key(&mut self, tenant: TenantId, id: &str, at: Timestamp) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let changed = db.execute(
                "UPDATE api_keys SET revoked_at = ?3
                 WHERE tenant = ?1 AND id = ?2 AND revoked_at IS NULL",
                params![no, id, at.micros()],
            )?;
            Ok(changed > 0)
        })
    }

    pub(super) fn end_key(&mut self, tenant: TenantId, id: &str, at: Timestamp) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let changed = db.execute(
                "UPDATE api_keys SET expires_at = ?3 WHERE tenant = ?1 AND id = ?2",
                params![no, id, at.micros()],
            )?;
            Ok(changed > 0)
        })
    }

    pub(super) fn touch_key(&mut self, tenant: TenantId, id: &str, at: Timestamp) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        let day = at.micros().div_euclid(DAY) * DAY;
        let stale: bool = self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT count(*) > 0 FROM api_keys
                 WHERE tenant = ?1 AND id = ?2 AND coalesce(used_at, ?3 - 1) < ?3",
            )?;
            Ok(select.query_row(params![no, id, day], |row| row.get(0))?)
        })?;
        if !stale {
            return Ok(());
        }
        self.write(|db| {
            db.execute(
                "UPDATE api_keys SET used_at = ?3 WHERE tenant = ?1 AND id = ?2",
                params![no, id, day],
            )?;
            Ok(())
        })
    }
}

fn key(row: &Row<'_>) -> rusqlite::Result<ApiKey> {
    let scopes: String = row.get(4)?;
    let moment = |column| {
        row.get::<_, Option<i64>>(column)
            .map(|at| at.map(Timestamp::from_micros))
    };
    Ok(ApiKey {
        tenant: TenantId::from_bytes(row.get(0)?),
        id: row.get(1)?,
        name: row.get(2)?,
        hash: row.get(3)?,
        scopes: scopes.split_whitespace().map(str::to_owned).collect(),
        created_at: Timestamp::from_micros(row.get(5)?),
        expires_at: moment(6)?,
        revoked_at: moment(7)?,
        used_at: moment(8)?,
    })
}
