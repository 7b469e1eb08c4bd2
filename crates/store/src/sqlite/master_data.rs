//! Master data: what a shop says of its products and stores; and what is recommended by them.

use super::Failure;
use crate::error::Result;
use crate::master_data::{
    MASTER, MasterAsk, MasterRow, MasterSort, RecommendedCount, RecommendedRow,
};
use regulars_base::{TenantId, Timestamp};
use rusqlite::{OptionalExtension, Row, params};

impl super::Sqlite {
    pub(super) fn write_master_data(
        &mut self,
        tenant: TenantId,
        sort: MasterSort,
        rows: &[MasterRow],
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let sql = format!(
                "INSERT INTO master_data (tenant, sort, {MASTER})
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT (tenant, sort, id) DO UPDATE SET name = excluded.name,
                     category = excluded.category, price = excluded.price,
                     details = excluded.details, found_by = excluded.found_by,
                     changed_at = excluded.changed_at"
            );
            let mut upsert = db.prepare_cached(&sql)?;
            for own in rows {
                upsert.execute(params![
                    no,
                    sort.number(),
                    own.id,
                    own.name,
                    own.category,
                    own.price,
                    own.details,
                    own.found_by,
                    own.changed_at.micros()
                ])?;
            }
            Ok(())
        })
    }

    pub(super) fn read_master_data(
        &mut self,
        tenant: TenantId,
        sort: MasterSort,
        ask: &MasterAsk,
        limit: usize,
    ) -> Result<Vec<MasterRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|db| {
            let of = match ask.category {
                Some(_) => "category = ?3",
                None => "?3 IS NULL",
            };
            let sql = format!(
                "SELECT {MASTER} FROM master_data WHERE tenant = ?1 AND sort = ?2 AND {of}
                 AND (?4 IS NULL OR instr(found_by, ?4) > 0) AND id > ?5 ORDER BY id LIMIT ?6"
            );
            let mut select = db.prepare_cached(&sql)?;
            let after = ask.after.as_deref().unwrap_or_default();
            let asked = params![no, sort.number(), ask.category, ask.words, after, limit];
            let rows = select.query_map(asked, master)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn read_master_data_listed(
        &mut self,
        tenant: TenantId,
        sort: MasterSort,
        ids: &[&str],
    ) -> Result<Vec<MasterRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let sql = format!(
                "SELECT {MASTER} FROM master_data WHERE tenant = ?1 AND sort = ?2 AND id = ?3"
            );
            let mut select = db.prepare_cached(&sql)?;
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                let row = select.query_row(params![no, sort.number(), id], master);
                found.extend(row.optional()?);
            }
            Ok(found)
        })
    }

    pub(super) fn remove_master_data(
        &mut self,
        tenant: TenantId,
        sort: MasterSort,
        id: &str,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let gone = db.execute(
                "DELETE FROM master_data WHERE tenant = ?1 AND sort = ?2 AND id = ?3",
                params![no, sort.number(), id],
            )?;
            Ok(gone > 0)
        })
    }

    pub(super) fn write_product_links(
        &mut self,
        tenant: TenantId,
        links: &[(String, String)],
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            db.execute("DELETE FROM product_links WHERE tenant = ?1", params![no])?;
            let mut insert = db.prepare_cached(
                "INSERT INTO product_links (tenant, product, body) VALUES (?1, ?2, ?3)",
            )?;
            for (product, body) in links {
                insert.execute(params![no, product, body])?;
            }
            Ok(())
        })
    }

    pub(super) fn read_product_links(
        &mut self,
        tenant: TenantId,
        products: &[&str],
    ) -> Result<Vec<(String, String)>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT product, body FROM product_links WHERE tenant = ?1 AND product = ?2",
            )?;
            let mut found = Vec::with_capacity(products.len());
            for product in products {
                let row =
                    select.query_row(params![no, product], |row| Ok((row.get(0)?, row.get(1)?)));
                found.extend(row.optional()?);
            }
            Ok(found)
        })
    }

    pub(super) fn write_recommended(
        &mut self,
        tenant: TenantId,
        rows: &[RecommendedRow],
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let mut upsert = db.prepare_cached(
                "INSERT INTO recommended (tenant, wallet, day, place, product, held_out, times)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)
                 ON CONFLICT (tenant, wallet, day, place, product) DO UPDATE SET times = times + 1",
            )?;
            for own in rows {
                upsert.execute(params![
                    no,
                    own.wallet.bytes(),
                    own.day,
                    own.place,
                    own.product,
                    i64::from(own.held_out)
                ])?;
            }
            Ok(())
        })
    }

    pub(super) fn read_recommended_counts(
        &mut self,
        tenant: TenantId,
        since: i32,
    ) -> Result<Vec<RecommendedCount>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT place, held_out, count(DISTINCT wallet), sum(times) FROM recommended
                 WHERE tenant = ?1 AND day >= ?2 GROUP BY place, held_out ORDER BY place, held_out",
            )?;
            let rows = select.query_map(params![no, since], |row| {
                Ok(RecommendedCount {
                    place: row.get(0)?,
                    held_out: row.get::<_, i64>(1)? > 0,
                    members: row.get(2)?,
                    times: row.get(3)?,
                })
            })?;
            rows.map(|row| row.map_err(Failure::from)).collect()
        })
    }
}

fn master(row: &Row<'_>) -> rusqlite::Result<MasterRow> {
    Ok(MasterRow {
        id: row.get(0)?,
        name: row.get(1)?,
        category: row.get(2)?,
        price: row.get(3)?,
        details: row.get(4)?,
        found_by: row.get(5)?,
        changed_at: Timestamp::from_micros(row.get(6)?),
    })
}
