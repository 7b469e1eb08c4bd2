//! API keys.

use super::link::bytes;
use crate::error::{Conflict, Error, Result};
use crate::record::ApiKey;
use regulars_base::{TenantId, Timestamp};
use tokio_postgres::Row;

const COLUMNS: &str = "t.id, k.id, k.name, k.hash, k.scopes, k.created_at, k.expires_at,
                       k.revoked_at, k.used_at";

/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

impl super::Postgres {
    pub(super) fn insert_key(&mut self, key: &ApiKey) -> Result<()> {
        let no = self.tenant_no(key.tenant)?;
        self.write(async |link| {
            let sql = "INSERT INTO api_keys (tenant, id, name, hash, scopes, created_at,
                                             expires_at, revoked_at, used_at)
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
            let (hash, scopes) = (&key.hash[..], key.scopes.join(" "));
            let (created, expires) = (
                key.created_at.micros(),
                key.expires_at.map(Timestamp::micros),
            );
            let revoked = key.revoked_at.map(Timestamp::micros);
            let used = key.used_at.map(Timestamp::micros);
            let added = link
                .run(
                    sql,
                    &[
                        &no, &key.id, &key.name, &hash, &scopes, &created, &expires, &revoked,
                        &used,
                    ],
                )
                .await?;
            match added {
                0 => Err(Conflict::ApiKey(key.id.clone()).into()),
                _ => Ok(()),
            }
        })
    }

    pub(super) fn read_key(&mut self, hash: &[u8; 32]) -> Result<Option<ApiKey>> {
        self.read(async |link| {
            let sql = format!(
                "SELECT {COLUMNS} FROM api_keys k JOIN tenants t ON t.no = k.tenant
                 WHERE k.hash = $1"
            );
            let rows = link.rows(&sql, &[&&hash[..]]).await?;
            Ok(rows.first().map(key).transpose()?)
        })
    }

    pub(super) fn read_keys(&mut self, tenant: TenantId) -> Result<Vec<ApiKey>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = format!(
                "SELECT {COLUMNS} FROM api_keys k JOIN tenants t ON t.no = k.tenant
                 WHERE k.tenant = $1 ORDER BY k.created_at, k.id COLLATE \"C\""
            );
            let rows = link.rows(&sql, &[&no]).await?;
            Ok(rows.iter().map(key).collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn revoke_key(&mut self, tenant: TenantId, id: &str, at: Timestamp) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "UPDATE api_keys SET revoked_at = $3
                       WHERE tenant = $1 AND id = $2 AND revoked_at IS NULL";
            Ok(link.run(sql, &[&no, &id, &at.micros()]).await? > 0)
        })
    }

    pub(super) fn end_key(&mut self, tenant: TenantId, id: &str, at: Timestamp) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "UPDATE api_keys SET expires_at = $3 WHERE tenant = $1 AND id = $2";
            Ok(link.run(sql, &[&no, &id, &at.micros()]).await? > 0)
        })
    }

    pub(super) fn touch_key(&mut self, tenant: TenantId, id: &str, at: Timestamp) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        let day = at.micros().div_euclid(DAY) * DAY;
        let stale = self.read(async |link| {
            let sql = "SELECT FROM api_keys
                       WHERE tenant = $1 AND id = $2 AND coalesce(used_at, $3::bigint - 1) < $3";
            Ok(!link.rows(sql, &[&no, &id, &day]).await?.is_empty())
        })?;
        if !stale {
            return Ok(());
        }
        self.write(async |link| {
            let sql = "UPDATE api_keys SET used_at = $3 WHERE tenant = $1 AND id = $2";
            link.run(sql, &[&no, &id, &day]).await?;
            Ok(())
        })
    }
}

fn key(row: &Row) -> Result<ApiKey, Error> {
    let scopes: &str = row.get(4);
    let moment = |column| {
        row.get::<_, Option<i64>>(column)
            .map(Timestamp::from_micros)
    };
    Ok(ApiKey {
        tenant: TenantId::from_bytes(bytes(row, 0)?),
        id: row.get(1),
        name: row.get(2),
        hash: bytes(row, 3)?,
        scopes: scopes.split_whitespace().map(str::to_owned).collect(),
        created_at: Timestamp::from_micros(row.get(5)),
        expires_at: moment(6),
        revoked_at: moment(7),
        used_at: moment(8),
    })
}
