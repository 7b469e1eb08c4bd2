//! The sealer.

use crate::error::Result;
use crate::hash::seal_hash;
use crate::proof::{HEAD, TOGETHER, heads_in, newest_of};
use crate::record::{Seal, Sealed};
use regulars_base::{TenantId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

impl super::Sqlite {
    pub(super) fn make_seal(&mut self, tenant: TenantId, now: Timestamp) -> Result<Option<Seal>> {
        let no = self.tenant_no(tenant)?;
        let waiting: Vec<[u8; 16]> = self.read(|db| {
            let mut select = db.prepare_cached("SELECT batch FROM unsealed WHERE tenant = ?1")?;
            let rows = select.query_map([no], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
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
        batches: &[[u8; 16]],
        now: Timestamp,
    ) -> Result<Option<Seal>> {
        self.write(|db| {
            let mut waiting: Vec<Vec<u8>> = Vec::with_capacity(batches.len());
            let mut take = db.prepare_cached(
                "DELETE FROM unsealed WHERE tenant = ?1 AND batch = ?2 RETURNING heads",
            )?;
            for batch in batches {
                let heads = take.query_row(params![no, batch], |row| row.get(0));
                waiting.extend(heads.optional()?);
            }
            if waiting.is_empty() {
                return Ok(None);
            }
            let heads = newest_of(waiting.iter().map(Vec::as_slice))?;
            let (last, before) = newest(db, no)?.map_or((0, [0; 32]), |seal| (seal.no, seal.hash));
            let hash = seal_hash(&before, tenant, last + 1, now, &heads);
            db.execute(
                "INSERT INTO seals (tenant, no, at, heads, hash) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![no, last + 1, now.micros(), heads, hash],
            )?;
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
        let rows: Vec<(i64, i64, Vec<u8>)> = self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT no, at, heads FROM seals WHERE tenant = ?1 AND no > ?2 ORDER BY no LIMIT ?3",
            )?;
            let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
            let rows = select.query_map(params![no, after, limit], row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let sealed = rows.into_iter().map(|(no, at, heads)| {
            let heads = heads_in([&heads[..]])?.into_iter();
            Ok(Sealed {
                no,
                at: Timestamp::from_micros(at),
                heads: heads
                    .map(|head| (head.wallet, head.seq.unsigned_abs()))
                    .collect(),
            })
        });
        sealed.collect()
    }

    pub(super) fn read_head(&mut self, tenant: TenantId) -> Result<Option<Seal>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| Ok(newest(db, no)?))
    }
}

fn newest(db: &Connection, tenant: i64) -> rusqlite::Result<Option<Seal>> {
    let mut select = db.prepare_cached(
        "SELECT no, at, hash, length(heads) FROM seals WHERE tenant = ?1
         ORDER BY no DESC LIMIT 1",
    )?;
    select
        .query_row([tenant], |row| {
            let length: i64 = row.get(3)?;
            Ok(Seal {
                no: row.get(0)?,
                at: Timestamp::from_micros(row.get(1)?),
                hash: row.get(2)?,
                wallets: length.unsigned_abs() / HEAD as u64,
            })
        })
        .optional()
}
