//! Askings: who was asked by which survey, and what they answered.

use super::link::{Failure, Link, Parameter, bytes};
use crate::asking::{ASKING, AskingCount, AskingMove, AskingRow, AskingStage};
use crate::error::{Error, Result};
use regulars_base::{MemberId, TenantId, Timestamp};
use tokio_postgres::Row;

impl super::Postgres {
    pub(super) fn insert_askings(&mut self, tenant: TenantId, rows: &[AskingRow]) -> Result<usize> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = format!(
                "INSERT INTO askings (tenant, {ASKING})
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
                 ON CONFLICT DO NOTHING"
            );
            let mut added = 0;
            for own in rows {
                let (member, stage, made_at) = (
                    &own.member.bytes()[..],
                    own.stage.number(),
                    own.made_at.micros(),
                );
                let [due, asked, opened, answered] = moments(own);
                let with: [Parameter<'_>; 14] = [
                    &no,
                    &member,
                    &own.id,
                    &own.survey,
                    &stage,
                    &own.reason,
                    &made_at,
                    &due,
                    &asked,
                    &opened,
                    &answered,
                    &own.about,
                    &own.numbers,
                    &own.words,
                ];
                added += usize::from(link.run(&sql, &with).await? > 0);
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
        self.read(async |link| {
            let sql = format!(
                "SELECT {ASKING} FROM askings WHERE tenant = $1 AND member = $2 AND asking = $3"
            );
            let rows = link.rows(&sql, &[&no, &&member.bytes()[..], &id]).await?;
            Ok(rows.first().map(asking).transpose()?)
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
        self.read(async |link| {
            let sql = format!(
                "SELECT {ASKING} FROM askings WHERE tenant = $1 AND survey = $2 AND asking > $3
                 AND ($4::bigint IS NULL OR stage = $4) ORDER BY asking LIMIT $5"
            );
            let (after, stage) = (after.unwrap_or_default(), stage.map(AskingStage::number));
            let rows = link
                .rows(&sql, &[&no, &survey, &after, &stage, &limit])
                .await?;
            Ok(rows.iter().map(asking).collect::<Result<_, Error>>()?)
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
        self.read(async |link| {
            let sql = format!(
                "SELECT {ASKING} FROM askings WHERE tenant = $1 AND member = $2
                 ORDER BY made_at DESC, asking DESC LIMIT $3"
            );
            let rows = link
                .rows(&sql, &[&no, &&member.bytes()[..], &limit])
                .await?;
            Ok(rows.iter().map(asking).collect::<Result<_, Error>>()?)
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
        self.write(async |link| {
            let sql = format!(
                "SELECT {ASKING} FROM askings WHERE tenant = $1 AND due <= $2
                 ORDER BY due, member, asking LIMIT $3 FOR UPDATE SKIP LOCKED"
            );
            let rows = link.rows(&sql, &[&no, &now.micros(), &limit]).await?;
            let mut taken: Vec<AskingRow> =
                rows.iter().map(asking).collect::<Result<_, Error>>()?;
            let ids: Vec<&str> = taken.iter().map(|own| own.id.as_str()).collect();
            let members: Vec<&[u8]> = taken.iter().map(|own| &own.member.bytes()[..]).collect();
            let sql = "UPDATE askings a SET due = $4
                       FROM unnest($2::text[], $3::bytea[]) u (asking, member)
                       WHERE a.tenant = $1 AND a.asking = u.asking AND a.member = u.member";
            link.run(sql, &[&no, &ids, &members, &until.micros()])
                .await?;
            taken.iter_mut().for_each(|own| own.due = Some(until));
            Ok(taken)
        })
    }

    pub(super) fn write_askings(
        &mut self,
        tenant: TenantId,
        moves: &[AskingMove],
    ) -> Result<usize> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "UPDATE askings SET stage = $6, reason = $7, due = $8, asked_at = $9,
                              opened_at = $10, answered_at = $11, numbers = $12, words = $13
                       WHERE tenant = $1 AND member = $2 AND asking = $3 AND stage = $4
                       AND due IS NOT DISTINCT FROM $5";
            let mut moved = 0;
            for AskingMove {
                was: (stage, due),
                row: own,
            } in moves
            {
                let (was, next) = (stage.number(), own.stage.number());
                let member = &own.member.bytes()[..];
                let was_due = due.map(Timestamp::micros);
                let [due, asked, opened, answered] = moments(own);
                let with: [Parameter<'_>; 13] = [
                    &no,
                    &member,
                    &own.id,
                    &was,
                    &was_due,
                    &next,
                    &own.reason,
                    &due,
                    &asked,
                    &opened,
                    &answered,
                    &own.numbers,
                    &own.words,
                ];
                moved += link.run(sql, &with).await?;
            }
            Ok(usize::try_from(moved).unwrap_or(usize::MAX))
        })
    }

    pub(super) fn read_asking_counts(
        &mut self,
        tenant: TenantId,
        survey: &str,
    ) -> Result<Vec<AskingCount>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT stage, reason, count(*), count(opened_at) FROM askings
                       WHERE tenant = $1 AND survey = $2
                       GROUP BY stage, reason ORDER BY stage, reason COLLATE \"C\"";
            let rows = link.rows(sql, &[&no, &survey]).await?;
            let read = |row: &Row| {
                Ok(AskingCount {
                    stage: AskingStage::of(row.get(0))?,
                    reason: row.get(1),
                    count: row.get(2),
                    opened: row.get(3),
                })
            };
            Ok(rows.iter().map(read).collect::<Result<_, Error>>()?)
        })
    }
}

/// Forgets the words of somebody who is forgotten; they are asked nothing any more.
pub(super) async fn forget(link: &Link, no: i64, member: &[u8]) -> Result<(), Failure> {
    let sql = "UPDATE askings SET stage = CASE WHEN stage < 2 THEN 4 ELSE stage END,
                      reason = CASE WHEN stage < 2 THEN 'forgotten' ELSE reason END,
                      due = CASE WHEN stage < 2 THEN NULL ELSE due END, words = NULL
               WHERE tenant = $1 AND member = $2";
    link.run(sql, &[&no, &member]).await?;
    Ok(())
}

/// When it is due, was asked, opened and answered.
fn moments(own: &AskingRow) -> [Option<i64>; 4] {
    [own.due, own.asked_at, own.opened_at, own.answered_at].map(|at| at.map(Timestamp::micros))
}

fn asking(row: &Row) -> Result<AskingRow, Error> {
    let moment = |at: usize| row.get::<_, Option<i64>>(at).map(Timestamp::from_micros);
    Ok(AskingRow {
        member: MemberId::from_bytes(bytes(row, 0)?),
        id: row.get(1),
        survey: row.get(2),
        stage: AskingStage::of(row.get(3))?,
        reason: row.get(4),
        made_at: Timestamp::from_micros(row.get(5)),
        due: moment(6),
        asked_at: moment(7),
        opened_at: moment(8),
        answered_at: moment(9),
        about: row.get(10),
        numbers: row.get(11),
        words: row.get(12),
    })
}
