//! The sealer.

use super::link::{Failure, Link, bytes};
use crate::error::Result;
use crate::hash::seal_hash;
use crate::proof::{HEAD, TOGETHER, heads_in, newest_of};
use crate::record::{Seal, Sealed};
use regulars_base::{TenantId, Timestamp};

impl super::Postgres {
    pub(super) fn make_seal(&mut self, tenant: TenantId, now: Timestamp) -> Result<Option<Seal>> {
        let no = self.tenant_no(tenant)?;
        let sql = "SELECT batch FROM unsealed WHERE tenant = $1";
        let waiting: Vec<Vec<u8>> = self.read(async |link| {
            let rows = link.rows(sql, &[&no]).await?;
            Ok(rows.iter().map(|row| row.get(0)).collect())
        })?;
        let mut sealed = None;
        for batches in waiting.chunks(TOGETHER) {
            sealed = self.seal_batches((tenant, no), batches, now)?.or(sealed);
        }
        Ok(sealed)
    }

    /// One seal of these batches, as far as nobody else sealed them meanwhile.
    fn seal_batches(
        &mut self,
        (tenant, no): (TenantId, i64),
        batches: &[Vec<u8>],
        now: Timestamp,
    ) -> Result<Option<Seal>> {
        self.write(async |link| {
            // One sealer at a time; batches never lock this row.
            let lock = "SELECT no FROM tenants WHERE no = $1 FOR UPDATE";
            link.rows(lock, &[&no]).await?;
            let sql = "DELETE FROM unsealed WHERE tenant = $1 AND batch = ANY($2) RETURNING heads";
            let waiting = link.rows(sql, &[&no, &batches]).await?;
            if waiting.is_empty() {
                return Ok(None);
            }
            let heads = newest_of(waiting.iter().map(|row| row.get(0)))?;
            let before = newest(link, no).await?;
            let (last, before) = before.map_or((0, [0; 32]), |seal| (seal.no, seal.hash));
            let hash = seal_hash(&before, tenant, last + 1, now, &heads);
            let sql = "INSERT INTO seals (tenant, no, at, heads, hash) VALUES ($1, $2, $3, $4, $5)";
            link.run(sql, &[&no, &(last + 1), &now.micros(), &heads, &&hash[..]])
                .await?;
            Ok(Some(Seal {
                no: last + 1,
                at: now,
                hash,
                wallets: (heads.len() / HEAD) as u64,
            }))
        })
    }

    pub(super) fn read_sealed(
        &mut self,
        tenant: TenantId,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Sealed>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(async |link| {
            let sql = "SELECT no, at, heads FROM seals WHERE tenant = $1 AND no > $2
                       ORDER BY no LIMIT $3";
            let rows = link.rows(sql, &[&no, &after, &limit]).await?;
            let sealed = rows.iter().map(|row| {
                let heads = heads_in([row.get(2)])?.into_iter();
                Ok(Sealed {
                    no: row.get(0),
                    at: Timestamp::from_micros(row.get(1)),
                    heads: heads
                        .map(|head| (head.wallet, head.seq.unsigned_abs()))
                        .collect(),
                })
            });
            sealed.collect()
        })
    }

    pub(super) fn read_head(&mut self, tenant: TenantId) -> Result<Option<Seal>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| newest(link, no).await)
    }
}

async fn newest(link: &Link, tenant: i64) -> Result<Option<Seal>, Failure> {
    let sql = "SELECT no, at, hash, length(heads) FROM seals WHERE tenant = $1
               ORDER BY no DESC LIMIT 1";
    let rows = link.rows(sql, &[&tenant]).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let length: i32 = row.get(3);
    Ok(Some(Seal {
        no: row.get(0),
        at: Timestamp::from_micros(row.get(1)),
        hash: bytes(row, 2)?,
        wallets: u64::from(length.unsigned_abs()) / HEAD as u64,
    }))
}
