//! Connectors: what was told, and what came of it.

use super::Failure;
use crate::connector::{DeliveryAsk, DeliveryBounds, DeliveryRow, Noted, after};
use crate::error::Result;
use regulars_base::{TenantId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

const COLUMNS: &str = "delivery, topic, state, came_at, times, said, body";

impl super::Sqlite {
    pub(super) fn insert_delivery(
        &mut self,
        tenant: TenantId,
        connector: &str,
        new: &DeliveryRow,
        bounds: DeliveryBounds,
    ) -> Result<Noted> {
        let no = self.tenant_no(tenant)?;
        let most = i64::try_from(bounds.bodies_most).unwrap_or(i64::MAX);
        self.write(|db| {
            db.prepare_cached(
                "DELETE FROM connector_deliveries WHERE tenant = ?1 AND connector = ?2 AND came_at < ?3",
            )?
            .execute(params![no, connector, bounds.before.micros()])?;
            if let Some(earlier) = one(db, no, connector, &new.delivery)? {
                db.prepare_cached(
                    "UPDATE connector_deliveries SET times = times + 1, came_at = ?4
                     WHERE tenant = ?1 AND connector = ?2 AND delivery = ?3",
                )?
                .execute(params![no, connector, new.delivery, new.came_at.micros()])?;
                return Ok(Noted::Earlier(earlier));
            }
            let kept: i64 = db
                .prepare_cached(
                    "SELECT count(*) FROM connector_deliveries WHERE tenant = ?1 AND connector = ?2
                     AND state IN ('waiting', 'failed') AND body IS NOT NULL",
                )?
                .query_row(params![no, connector], |row| row.get(0))?;
            if kept >= most && new.body.is_some() {
                return Ok(Noted::Full);
            }
            db.prepare_cached(
                "INSERT INTO connector_deliveries (tenant, connector, delivery, topic, state, came_at,
                                                   times, said, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?8)",
            )?
            .execute(params![
                no,
                connector,
                new.delivery,
                new.topic,
                new.state,
                new.came_at.micros(),
                new.said,
                new.body
            ])?;
            Ok(Noted::New)
        })
    }

    pub(super) fn update_delivery(
        &mut self,
        tenant: TenantId,
        connector: &str,
        now: &DeliveryRow,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let moved = db
                .prepare_cached(
                    "UPDATE connector_deliveries SET topic = ?4, state = ?5, said = ?6, body = ?7
                     WHERE tenant = ?1 AND connector = ?2 AND delivery = ?3",
                )?
                .execute(params![
                    no,
                    connector,
                    now.delivery,
                    now.topic,
                    now.state,
                    now.said,
                    now.body
                ])?;
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
        self.read(|db| one(db, no, connector, delivery))
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
        self.read(|db| {
            let of_state = if ask.state.is_some() {
                "AND state = ?6"
            } else {
                "AND ?6 IS NULL"
            };
            let sql = format!(
                "SELECT {COLUMNS} FROM connector_deliveries
                 WHERE tenant = ?1 AND connector = ?2 AND delivery <> ''
                   AND (came_at, delivery) < (?3, ?4) {of_state}
                 ORDER BY came_at DESC, delivery DESC LIMIT ?5"
            );
            let mut select = db.prepare_cached(&sql)?;
            let rows = select.query_map(params![no, connector, at, id, limit, ask.state], row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn count_deliveries(
        &mut self,
        tenant: TenantId,
        connector: &str,
        state: &str,
    ) -> Result<u64> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT count(*) FROM connector_deliveries
                 WHERE tenant = ?1 AND connector = ?2 AND state = ?3",
            )?;
            let count: i64 = select.query_row(params![no, connector, state], |row| row.get(0))?;
            Ok(u64::try_from(count).unwrap_or(0))
        })
    }

    pub(super) fn delete_deliveries(&mut self, tenant: TenantId, connector: &str) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            db.execute(
                "DELETE FROM connector_deliveries WHERE tenant = ?1 AND connector = ?2",
                params![no, connector],
            )?;
            Ok(())
        })
    }
}

fn one(
    db: &Connection,
    no: i64,
    connector: &str,
    delivery: &str,
) -> Result<Option<DeliveryRow>, Failure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM connector_deliveries
         WHERE tenant = ?1 AND connector = ?2 AND delivery = ?3"
    );
    let mut select = db.prepare_cached(&sql)?;
    Ok(select
        .query_row(params![no, connector, delivery], row)
        .optional()?)
}

fn row(row: &Row<'_>) -> rusqlite::Result<DeliveryRow> {
    Ok(DeliveryRow {
        delivery: row.get(0)?,
        topic: row.get(1)?,
        state: row.get(2)?,
        came_at: Timestamp::from_micros(row.get(3)?),
        times: u64::try_from(row.get::<_, i64>(4)?).unwrap_or(0),
        said: row.get(5)?,
        body: row.get(6)?,
    })
}
