//! Askings: who was asked by which survey, and what they answered.

use super::Failure;
use crate::asking::{ASKING, AskingCount, AskingMove, AskingRow, AskingStage};
use crate::error::Result;
use regulars_base::{MemberId, TenantId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

impl super::Sqlite {
    pub(super) fn insert_askings(&mut self, tenant: TenantId, rows: &[AskingRow]) -> Result<usize> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let sql = format!(
                "INSERT INTO askings (tenant, {ASKING})
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
                 ON CONFLICT DO NOTHING"
            );
            let mut insert = db.prepare_cached(&sql)?;
            let mut added = 0;
            for own in rows {
                added += insert.execute(params![
                    no,
                    own.member.bytes(),
                    own.id,
                    own.survey,
                    own.stage.number(),
                    own.reason,
                    own.made_at.micros(),
                    own.due.map(Timestamp::micros),
                    own.asked_at.map(Timestamp::micros),
                    own.opened_at.map(Timestamp::micros),
                    own.answered_at.map(Timestamp::micros),
                    own.about,
                    own.numbers,
                    own.words
                ])?;
            }
            Ok(added)
        })
    }

    pub(super) fn read_asking(
        &mut self,
        tenant: TenantId,
        member: MemberId,
        id: &str,
    ) -> Result<Option<AskingRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let sql = format!(
                "SELECT {ASKING} FROM askings WHERE tenant = ?1 AND member = ?2 AND asking = ?3"
            );
            let mut select = db.prepare_cached(&sql)?;
            let found = select.query_row(params![no, member.bytes(), id], |row| Ok(asking(row)));
            found.optional()?.transpose()
        })
    }

    pub(super) fn read_askings(
        &mut self,
        tenant: TenantId,
        (survey, stage): (&str, Option<AskingStage>),
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<AskingRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|db| {
            let sql = format!(
                "SELECT {ASKING} FROM askings WHERE tenant = ?1 AND survey = ?2 AND asking > ?3
                 AND (?4 IS NULL OR stage = ?4) ORDER BY asking LIMIT ?5"
            );
            let mut select = db.prepare_cached(&sql)?;
            let stage = stage.map(AskingStage::number);
            let asked = params![no, survey, after.unwrap_or_default(), stage, limit];
            let rows = select.query_map(asked, |row| Ok(asking(row)))?;
            rows.map(|row| row.map_err(Failure::from)?).collect()
        })
    }

    pub(super) fn read_askings_of(
        &mut self,
        tenant: TenantId,
        member: MemberId,
        limit: usize,
    ) -> Result<Vec<AskingRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|db| {
            let sql = format!(
                "SELECT {ASKING} FROM askings WHERE tenant = ?1 AND member = ?2
                 ORDER BY made_at DESC, asking DESC LIMIT ?3"
            );
            let mut select = db.prepare_cached(&sql)?;
            let rows =
                select.query_map(params![no, member.bytes(), limit], |row| Ok(asking(row)))?;
            rows.map(|row| row.map_err(Failure::from)?).collect()
        })
    }

    pub(super) fn take_askings(
        &mut self,
        tenant: TenantId,
        (now, until): (Timestamp, Timestamp),
        limit: usize,
    ) -> Result<Vec<AskingRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.write(|db| {
            let sql = format!(
                "SELECT {ASKING} FROM askings WHERE tenant = ?1 AND due <= ?2
                 ORDER BY due, member, asking LIMIT ?3"
            );
            let mut select = db.prepare_cached(&sql)?;
            let rows = select.query_map(params![no, now.micros(), limit], |row| Ok(asking(row)))?;
            let mut taken: Vec<AskingRow> = rows
                .map(|row| row.map_err(Failure::from)?)
                .collect::<Result<_, Failure>>()?;
            let mut hold = db.prepare_cached(
                "UPDATE askings SET due = ?4 WHERE tenant = ?1 AND member = ?2 AND asking = ?3",
            )?;
            for own in &mut taken {
                hold.execute(params![no, own.member.bytes(), own.id, until.micros()])?;
                own.due = Some(until);
            }
            Ok(taken)
        })
    }

    pub(super) fn write_askings(
        &mut self,
        tenant: TenantId,
        moves: &[AskingMove],
    ) -> Result<usize> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let mut update = db.prepare_cached(
                "UPDATE askings SET stage = ?6, reason = ?7, due = ?8, asked_at = ?9, opened_at = ?10,
                        answered_at = ?11, numbers = ?12, words = ?13
                 WHERE tenant = ?1 AND member = ?2 AND asking = ?3 AND stage = ?4 AND due IS ?5",
            )?;
            let mut moved = 0;
            for AskingMove { was: (stage, due), row: own } in moves {
                moved += update.execute(params![
                    no,
                    own.member.bytes(),
                    own.id,
                    stage.number(),
                    due.map(Timestamp::micros),
                    own.stage.number(),
                    own.reason,
                    own.due.map(Timestamp::micros),
                    own.asked_at.map(Timestamp::micros),
                    own.opened_at.map(Timestamp::micros),
                    own.answered_at.map(Timestamp::micros),
                    own.numbers,
                    own.words
                ])?;
            }
            Ok(moved)
        })
    }

    pub(super) fn read_asking_counts(
        &mut self,
        tenant: TenantId,
        survey: &str,
    ) -> Result<Vec<AskingCount>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT stage, reason, count(*), count(opened_at) FROM askings
                 WHERE tenant = ?1 AND survey = ?2 GROUP BY stage, reason ORDER BY stage, reason",
            )?;
            let rows = select.query_map(params![no, survey], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
            let read = |row: rusqlite::Result<(i64, String, i64, i64)>| {
                let (stage, reason, count, opened) = row?;
                Ok(AskingCount {
                    stage: AskingStage::of(stage)?,
                    reason,
                    count,
                    opened,
                })
            };
            rows.map(read).collect()
        })
    }
}

/// Forgets the words of somebody who is forgotten; they are asked nothing any more.
pub(super) fn forget(db: &Connection, no: i64, member: MemberId) -> Result<(), Failure> {
    db.execute(
        "UPDATE askings SET stage = CASE WHEN stage < 2 THEN 4 ELSE stage END,
                reason = CASE WHEN stage < 2 THEN 'forgotten' ELSE reason END,
                due = CASE WHEN stage < 2 THEN NULL ELSE due END, words = NULL
         WHERE tenant = ?1 AND member = ?2",
        params![no, member.bytes()],
    )?;
    Ok(())
}

fn asking(row: &Row<'_>) -> Result<AskingRow, Failure> {
    let moment = |at: usize| -> rusqlite::Result<Option<Timestamp>> {
        Ok(row.get::<_, Option<i64>>(at)?.map(Timestamp::from_micros))
    };
    Ok(AskingRow {
        member: MemberId::from_bytes(row.get(0)?),
        id: row.get(1)?,
        survey: row.get(2)?,
        stage: AskingStage::of(row.get(3)?)?,
        reason: row.get(4)?,
        made_at: Timestamp::from_micros(row.get(5)?),
        due: moment(6)?,
        asked_at: moment(7)?,
        opened_at: moment(8)?,
        answered_at: moment(9)?,
        about: row.get(10)?,
        numbers: row.get(11)?,
        words: row.get(12)?,
    })
}
