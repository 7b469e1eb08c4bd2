//! The sealer.

use crate::error::Result;
use crate::hash::seal_hash;
use crate::proof::{HEAD, newest_of};
use crate::record::Seal;
use regulars_base::{TenantId, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

impl super::Sqlite {
    pub(super) fn make_seal(&mut self, tenant: TenantId, now: Timestamp) -> Result<Option<Seal>> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let mut waiting: Vec<([u8; 16], Vec<u8>)> = Vec::new();
            let mut select =
                db.prepare_cached("SELECT batch, heads FROM unsealed WHERE tenant = ?1")?;
            let mut rows = select.query([no])?;
            while let Some(row) = rows.next()? {
                waiting.push((row.get(0)?, row.get(1)?));
            }
            drop(rows);
            if waiting.is_empty() {
                return Ok(None);
            }
            let heads = newest_of(waiting.iter().map(|(_, heads)| &heads[..]))?;
            let (last, before) = newest(db, no)?.map_or((0, [0; 32]), |seal| (seal.no, seal.hash));
            let hash = seal_hash(&before, tenant, last + 1, now, &heads);
            db.execute(
                "INSERT INTO seals (tenant, no, at, heads, hash) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![no, last + 1, now.micros(), heads, hash],
            )?;
            let mut delete =
                db.prepare_cached("DELETE FROM unsealed WHERE tenant = ?1 AND batch = ?2")?;
            for (batch, _) in &waiting {
                delete.execute(params![no, batch])?;
            }
            Ok(Some(Seal {
                no: last + 1,
                at: now,
                hash,
                wallets: (heads.len() / HEAD) as u64,
            }))
        })
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
