//! Master data: what a shop says of its products and stores; and what is recommended by them.

use super::link::Parameter;
use crate::error::Result;
use crate::master_data::{
    MASTER, MasterAsk, MasterRow, MasterSort, RecommendedCount, RecommendedRow,
};
use regulars_base::{TenantId, Timestamp};
use tokio_postgres::Row;

impl super::Postgres {
    pub(super) fn write_master_data(
        &mut self,
        tenant: TenantId,
        sort: MasterSort,
        rows: &[MasterRow],
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = format!(
                "INSERT INTO master_data (tenant, sort, {MASTER})
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                 ON CONFLICT (tenant, sort, id) DO UPDATE SET name = excluded.name,
                     category = excluded.category, price = excluded.price,
                     details = excluded.details, found_by = excluded.found_by,
                     changed_at = excluded.changed_at"
            );
            for own in rows {
                let (sort, changed_at) = (sort.number(), own.changed_at.micros());
                let with: [Parameter<'_>; 9] = [
                    &no,
                    &sort,
                    &own.id,
                    &own.name,
                    &own.category,
                    &own.price,
                    &own.details,
                    &own.found_by,
                    &changed_at,
                ];
                link.run(&sql, &with).await?;
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
        self.read(async |link| {
            let sql = format!(
                "SELECT {MASTER} FROM master_data WHERE tenant = $1 AND sort = $2
                 AND ($3::text IS NULL OR category = $3)
                 AND ($4::text IS NULL OR strpos(found_by, $4) > 0) AND id > $5
                 ORDER BY id LIMIT $6"
            );
            let after = ask.after.as_deref().unwrap_or_default();
            let with: [Parameter<'_>; 6] = [
                &no,
                &sort.number(),
                &ask.category,
                &ask.words,
                &after,
                &limit,
            ];
            let rows = link.rows(&sql, &with).await?;
            Ok(rows.iter().map(master).collect())
        })
    }

    pub(super) fn read_master_data_listed(
        &mut self,
        tenant: TenantId,
        sort: MasterSort,
        ids: &[&str],
    ) -> Result<Vec<MasterRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = format!(
                "SELECT {MASTER} FROM master_data m
                 JOIN unnest($3::text[]) WITH ORDINALITY u (own, place) ON m.id = u.own
                 WHERE tenant = $1 AND sort = $2 ORDER BY place"
            );
            let rows = link.rows(&sql, &[&no, &sort.number(), &ids]).await?;
            Ok(rows.iter().map(master).collect())
        })
    }

    pub(super) fn remove_master_data(
        &mut self,
        tenant: TenantId,
        sort: MasterSort,
        id: &str,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "DELETE FROM master_data WHERE tenant = $1 AND sort = $2 AND id = $3";
            Ok(link.run(sql, &[&no, &sort.number(), &id]).await? > 0)
        })
    }

    pub(super) fn write_product_links(
        &mut self,
        tenant: TenantId,
        links: &[(String, String)],
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        let products: Vec<&str> = links.iter().map(|own| own.0.as_str()).collect();
        let bodies: Vec<&str> = links.iter().map(|own| own.1.as_str()).collect();
        self.write(async |link| {
            link.run("DELETE FROM product_links WHERE tenant = $1", &[&no])
                .await?;
            let sql = "INSERT INTO product_links (tenant, product, body)
                       SELECT $1, u.product, u.body
                       FROM unnest($2::text[], $3::text[]) u (product, body)";
            link.run(sql, &[&no, &products, &bodies]).await?;
            Ok(())
        })
    }

    pub(super) fn read_product_links(
        &mut self,
        tenant: TenantId,
        products: &[&str],
    ) -> Result<Vec<(String, String)>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT l.product, body FROM product_links l
                       JOIN unnest($2::text[]) WITH ORDINALITY u (own, place) ON l.product = u.own
                       WHERE tenant = $1 ORDER BY place";
            let rows = link.rows(sql, &[&no, &products]).await?;
            Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
        })
    }

    pub(super) fn write_recommended(
        &mut self,
        tenant: TenantId,
        rows: &[RecommendedRow],
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "INSERT INTO recommended AS r (tenant, wallet, day, place, product, held_out, times)
                       VALUES ($1, $2, $3, $4, $5, $6, 1)
                       ON CONFLICT (tenant, wallet, day, place, product) DO UPDATE SET times = r.times + 1";
            for own in rows {
                let (wallet, day, held) = (
                    &own.wallet.bytes()[..],
                    i64::from(own.day),
                    i64::from(own.held_out),
                );
                let with: [Parameter<'_>; 6] =
                    [&no, &wallet, &day, &own.place, &own.product, &held];
                link.run(sql, &with).await?;
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
        self.read(async |link| {
            let sql = "SELECT place, held_out, count(DISTINCT wallet), sum(times)::bigint
                       FROM recommended WHERE tenant = $1 AND day >= $2
                       GROUP BY place, held_out ORDER BY place, held_out";
            let rows = link.rows(sql, &[&no, &i64::from(since)]).await?;
            let read = |row: &Row| RecommendedCount {
                place: row.get(0),
                held_out: row.get::<_, i64>(1) > 0,
                members: row.get(2),
                times: row.get(3),
            };
            Ok(rows.iter().map(read).collect())
        })
    }
}

fn master(row: &Row) -> MasterRow {
    MasterRow {
        id: row.get(0),
        name: row.get(1),
        category: row.get(2),
        price: row.get(3),
        details: row.get(4),
        found_by: row.get(5),
        changed_at: Timestamp::from_micros(row.get(6)),
    }
}
