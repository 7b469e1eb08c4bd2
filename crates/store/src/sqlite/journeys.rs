//! Journeys: where members are, and what was done for them.

use super::{Failure, messages};
use crate::error::Result;
use crate::journey::{
    DEED, JourneyAsk, JourneyCount, JourneyCrowd, JourneyDeed, JourneyPass, JourneyRow, ROW,
};
use regulars_base::{TenantId, Timestamp, WalletId};
use rusqlite::{Connection, Row, params};
use std::collections::BTreeSet;

impl super::Sqlite {
    pub(super) fn read_journeys_of(
        &mut self,
        tenant: TenantId,
        wallets: &[WalletId],
    ) -> Result<Vec<JourneyRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let sql = format!(
                "SELECT {ROW} FROM journey_members WHERE tenant = ?1 AND wallet = ?2 ORDER BY journey"
            );
            let mut select = db.prepare_cached(&sql)?;
            let mut found = Vec::new();
            for wallet in wallets {
                let rows = select.query_map(params![no, wallet.bytes()], journey)?;
                for row in rows {
                    found.push(row?);
                }
            }
            Ok(found)
        })
    }

    pub(super) fn read_journeys_due(
        &mut self,
        tenant: TenantId,
        (journeys, now): (&[String], Timestamp),
        most: usize,
    ) -> Result<Vec<WalletId>> {
        let no = self.tenant_no(tenant)?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let journeys = listed(journeys);
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT wallet FROM journey_members INDEXED BY journey_members_that_are_due
                 WHERE tenant = ?1 AND due <= ?2 AND journey IN (SELECT value FROM json_each(?3))
                 ORDER BY due LIMIT ?4",
            )?;
            let rows = select.query_map(params![no, now.micros(), journeys, most], |row| {
                Ok(WalletId::from_bytes(row.get(0)?))
            })?;
            Ok(rows
                .collect::<Result<BTreeSet<_>, _>>()?
                .into_iter()
                .collect())
        })
    }

    pub(super) fn write_wake(&mut self, tenant: TenantId, day: i32) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            // Whoever is about to write portraits has to look again.
            db.execute(
                "UPDATE segment_runs SET version = version + 1 WHERE tenant = ?1",
                [no],
            )?;
            db.execute(
                "UPDATE portraits SET next_on = ?2
                 WHERE tenant = ?1 AND (next_on IS NULL OR next_on > ?2)",
                params![no, day],
            )?;
            Ok(())
        })
    }

    pub(super) fn write_journey_end(&mut self, tenant: TenantId, of: &str) -> Result<u64> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            db.execute(
                "UPDATE segment_runs SET version = version + 1 WHERE tenant = ?1",
                [no],
            )?;
            let ended = db.execute(
                "UPDATE journey_members SET done = 1, due = NULL
                 WHERE tenant = ?1 AND journey = ?2 AND done = 0",
                params![no, of],
            )?;
            Ok(u64::try_from(ended).unwrap_or(u64::MAX))
        })
    }

    pub(super) fn read_journey_members(
        &mut self,
        tenant: TenantId,
        of: &str,
        ask: &JourneyAsk,
        limit: usize,
    ) -> Result<Vec<JourneyRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let after = ask.after.map_or(Vec::new(), |id| id.bytes().to_vec());
        self.read(|db| {
            let sql = format!(
                "SELECT {ROW} FROM journey_members WHERE tenant = ?1 AND journey = ?2 AND wallet > ?3
                 AND (?4 IS NULL OR step = ?4) AND (?5 IS NULL OR done = ?5)
                 ORDER BY wallet LIMIT ?6"
            );
            let mut select = db.prepare_cached(&sql)?;
            let with = params![no, of, after, ask.step, ask.done.map(i64::from), limit];
            let rows = select.query_map(with, journey)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn read_journey_deeds(
        &mut self,
        tenant: TenantId,
        (of, wallet): (&str, WalletId),
        limit: usize,
    ) -> Result<Vec<JourneyDeed>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|db| {
            let sql = format!(
                "SELECT {DEED} FROM journey_deeds WHERE tenant = ?1 AND wallet = ?2 AND journey = ?3
                 ORDER BY entry DESC, no LIMIT ?4"
            );
            let mut select = db.prepare_cached(&sql)?;
            let rows = select.query_map(params![no, wallet.bytes(), of, limit], deed)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn read_journey_counts(
        &mut self,
        tenant: TenantId,
        of: &str,
    ) -> Result<(Vec<JourneyCount>, Vec<JourneyCrowd>)> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT step, did, reason, count(*), sum(points) FROM journey_deeds
                 WHERE tenant = ?1 AND journey = ?2
                 GROUP BY step, did, reason ORDER BY step, did, reason",
            )?;
            let counts = select.query_map(params![no, of], |row| {
                Ok(JourneyCount {
                    step: row.get(0)?,
                    did: row.get(1)?,
                    reason: row.get(2)?,
                    count: row.get(3)?,
                    points: row.get(4)?,
                })
            })?;
            let counts = counts.collect::<Result<_, _>>()?;
            let mut select = db.prepare_cached(
                "SELECT step, done, held_out, count(*) FROM journey_members
                 WHERE tenant = ?1 AND journey = ?2
                 GROUP BY step, done, held_out ORDER BY step, done, held_out",
            )?;
            let crowds = select.query_map(params![no, of], |row| {
                Ok(JourneyCrowd {
                    step: row.get(0)?,
                    done: row.get::<_, i64>(1)? != 0,
                    held_out: row.get::<_, i64>(2)? != 0,
                    count: row.get(3)?,
                })
            })?;
            Ok((counts, crowds.collect::<Result<_, _>>()?))
        })
    }

    pub(super) fn read_deeds_to_book(
        &mut self,
        tenant: TenantId,
        limit: usize,
    ) -> Result<Vec<JourneyDeed>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|db| {
            let sql = format!(
                "SELECT {DEED} FROM journey_deeds INDEXED BY journey_deeds_to_book
                 WHERE tenant = ?1 AND pending = 1
                 ORDER BY wallet, journey, entry, no LIMIT ?2"
            );
            let mut select = db.prepare_cached(&sql)?;
            let rows = select.query_map(params![no, limit], deed)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn write_deed(&mut self, tenant: TenantId, own: &JourneyDeed) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let mut update = db.prepare_cached(
                "UPDATE journey_deeds SET reason = ?6, points = ?7, pending = 0
                 WHERE tenant = ?1 AND wallet = ?2 AND journey = ?3 AND entry = ?4 AND no = ?5
                 AND pending = 1",
            )?;
            let moved = update.execute(params![
                no,
                own.wallet.bytes(),
                own.journey,
                own.entry,
                own.no,
                own.reason,
                own.points
            ])?;
            Ok(moved > 0)
        })
    }
}

/// Writes what comes of journeys in a pass.
pub(super) fn pass(db: &Connection, no: i64, own: &JourneyPass) -> Result<(), Failure> {
    let mut put = db.prepare_cached(&format!(
        "INSERT OR REPLACE INTO journey_members (tenant, {ROW})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
    ))?;
    for row in &own.rows {
        put.execute(params![
            no,
            row.wallet.bytes(),
            row.journey,
            row.version,
            row.entry,
            row.step,
            row.since.micros(),
            row.due.map(Timestamp::micros),
            row.done,
            row.held_out,
            row.deeds,
            row.state
        ])?;
    }
    let mut add = db.prepare_cached(&format!(
        "INSERT INTO journey_deeds (tenant, {DEED})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
    ))?;
    for deed in &own.deeds {
        add.execute(params![
            no,
            deed.wallet.bytes(),
            deed.journey,
            deed.entry,
            deed.no,
            deed.step,
            deed.at.micros(),
            deed.did,
            deed.reason,
            deed.points,
            deed.pending
        ])?;
    }
    for send in &own.sends {
        messages::add_send(db, no, (send, "ON CONFLICT DO NOTHING"))?;
    }
    messages::add(db, no, &own.messages)
}

fn listed(all: &[String]) -> String {
    // Ids of journeys are letters, digits and hyphens.
    let each = all.iter().map(|own| format!("\"{own}\""));
    format!("[{}]", each.collect::<Vec<_>>().join(","))
}

fn journey(row: &Row<'_>) -> rusqlite::Result<JourneyRow> {
    Ok(JourneyRow {
        wallet: WalletId::from_bytes(row.get(0)?),
        journey: row.get(1)?,
        version: row.get(2)?,
        entry: row.get(3)?,
        step: row.get(4)?,
        since: Timestamp::from_micros(row.get(5)?),
        due: row.get::<_, Option<i64>>(6)?.map(Timestamp::from_micros),
        done: row.get::<_, i64>(7)? != 0,
        held_out: row.get::<_, i64>(8)? != 0,
        deeds: row.get(9)?,
        state: row.get(10)?,
    })
}

fn deed(row: &Row<'_>) -> rusqlite::Result<JourneyDeed> {
    Ok(JourneyDeed {
        wallet: WalletId::from_bytes(row.get(0)?),
        journey: row.get(1)?,
        entry: row.get(2)?,
        no: row.get(3)?,
        step: row.get(4)?,
        at: Timestamp::from_micros(row.get(5)?),
        did: row.get(6)?,
        reason: row.get(7)?,
        points: row.get(8)?,
        pending: row.get::<_, i64>(9)? != 0,
    })
}
