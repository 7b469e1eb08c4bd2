//! Connectors: what was told, and what came of it.

use super::link::{Failure, Link};
use crate::connector::{DeliveryAsk, DeliveryBounds, DeliveryRow, Noted, after};
use crate::error::Result;
use regulars_base::{TenantId, Timestamp};
use tokio_postgres::Row;

const COLUMNS: &str = "delivery, topic, state, came_at, times, said, body";

impl super::Postgres {
    pub(super) fn insert_delivery(
        &mut self,
        tenant: TenantId,
        connector: &str,
        new: &DeliveryRow,
        bounds: DeliveryBounds,
    ) -> Result<Noted> {
        let no = self.tenant_no(tenant)?;
        let most = i64::try_from(bounds.bodies_most).unwrap_or(i64::MAX);
        self.write(async |link| {
            let (before, came_at) = (bounds.before.micros(), new.came_at.micros());
            let sql = "DELETE FROM connector_deliveries
                       WHERE tenant = $1 AND connector = $2 AND came_at < $3";
            link.run(sql, &[&no, &connector, &before]).await?;
            let sql =
                "SELECT count(*) FROM connector_deliveries WHERE tenant = $1 AND connector = $2
                       AND state IN ('waiting', 'failed') AND body IS NOT NULL";
            let kept = link.rows(sql, &[&no, &connector]).await?;
            let kept: i64 = kept.first().map_or(0, |row| row.get(0));
            let is_full = kept >= most && new.body.is_some();
            if !is_full {
                // Of two that come at once one is new.
                let sql =
                    "INSERT INTO connector_deliveries (tenant, connector, delivery, topic, state,
                                                             came_at, times, said, body)
                           VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8) ON CONFLICT DO NOTHING";
                let made = link
                    .run(
                        sql,
                        &[
                            &no,
                            &connector,
                            &new.delivery,
                            &new.topic,
                            &new.state,
                            &came_at,
                            &new.said,
                            &new.body,
                        ],
                    )
                    .await?;
                if made > 0 {
                    return Ok(Noted::New);
                }
            }
            let Some(earlier) = one(link, no, connector, &new.delivery).await? else {
                return Ok(Noted::Full);
            };
            let sql = "UPDATE connector_deliveries SET times = times + 1, came_at = $4
                       WHERE tenant = $1 AND connector = $2 AND delivery = $3";
            link.run(sql, &[&no, &connector, &new.delivery, &came_at])
                .await?;
            Ok(Noted::Earlier(earlier))
        })
    }

    pub(super) fn update_delivery(
        &mut self,
        tenant: TenantId,
        connector: &str,
        now: &DeliveryRow,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "UPDATE connector_deliveries SET topic = $4, state = $5, said = $6, body = $7
                       WHERE tenant = $1 AND connector = $2 AND delivery = $3";
            let moved = link
                .run(
                    sql,
                    &[
                        &no,
                        &connector,
                        &now.delivery,
                        &now.topic,
                        &now.state,
                        &now.said,
                        &now.body,
                    ],
                )
                .await?;
            Ok(moved > 0)
        })
    }

    pub(super) fn read_delivery(
        &mut self,
        tenant: TenantId,
        connector: &str,
        delivery: &str,
    ) -> Result<Option<DeliveryRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| one(link, no, connector, delivery).await)
    }

    pub(super) fn read_deliveries(
        &mut self,
        tenant: TenantId,
        connector: &str,
        ask: &DeliveryAsk,
        limit: usize,
    ) -> Result<Vec<DeliveryRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (at, id) = after(ask);
        self.read(async |link| {
            let sql = format!(
                "SELECT {COLUMNS} FROM connector_deliveries
                 WHERE tenant = $1 AND connector = $2 AND delivery <> ''
                   AND (came_at, delivery) < ($3, $4) AND ($6::text IS NULL OR state = $6)
                 ORDER BY came_at DESC, delivery DESC LIMIT $5"
            );
            let rows = link
                .rows(&sql, &[&no, &connector, &at, &id, &limit, &ask.state])
                .await?;
            Ok(rows.iter().map(row).collect())
        })
    }

    pub(super) fn count_deliveries(
        &mut self,
        tenant: TenantId,
        connector: &str,
        state: &str,
    ) -> Result<u64> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT count(*) FROM connector_deliveries
                       WHERE tenant = $1 AND connector = $2 AND state = $3";
            let rows = link.rows(sql, &[&no, &connector, &state]).await?;
            let count: i64 = rows.first().map_or(0, |row| row.get(0));
            Ok(u64::try_from(count).unwrap_or(0))
        })
    }

    pub(super) fn delete_deliveries(&mut self, tenant: TenantId, connector: &str) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "DELETE FROM connector_deliveries WHERE tenant = $1 AND connector = $2";
            link.run(sql, &[&no, &connector]).await?;
            Ok(())
        })
    }
}

async fn one(
    link: &Link,
    no: i64,
    connector: &str,
    delivery: &str,
) -> Result<Option<DeliveryRow>, Failure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM connector_deliveries
         WHERE tenant = $1 AND connector = $2 AND delivery = $3"
    );
    let rows = link.rows(&sql, &[&no, &connector, &delivery]).await?;
    Ok(rows.first().map(row))
}

fn row(row: &Row) -> DeliveryRow {
    DeliveryRow {
        delivery: row.get(0),
        topic: row.get(1),
        state: row.get(2),
        came_at: Timestamp::from_micros(row.get(3)),
        times: u64::try_from(row.get::<_, i64>(4)).unwrap_or(0),
        said: row.get(5),
        body: row.get(6),
    }
}
