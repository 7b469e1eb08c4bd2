//! Messages to members: sends, the outbox, and addresses that take nothing any more.

use super::link::{Failure, Link, bytes, maybe};
use crate::error::{Error, Result};
use crate::message::{
    MESSAGE, MessageAsk, MessageRow, MessageStage, SEND, SendPlan, SendRow, SendStage, bad_stage,
};
use crate::record::Member;
use regulars_base::{MemberId, TenantId, Timestamp};
use tokio_postgres::Row;

impl super::Postgres {
    pub(super) fn insert_send(&mut self, tenant: TenantId, send: &SendRow) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "INSERT INTO sends (tenant, send, stage, after, body, made_at)
                       VALUES ($1, $2, $3, $4, $5, $6)";
            let (stage, made_at) = (send.stage.number(), send.made_at.micros());
            let after = send.after.as_ref().map(|id| &id.bytes()[..]);
            link.run(sql, &[&no, &send.id, &stage, &after, &send.body, &made_at])
                .await?;
            Ok(())
        })
    }

    pub(super) fn read_send(&mut self, tenant: TenantId, id: &str) -> Result<Option<SendRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = format!("SELECT {SEND} FROM sends WHERE tenant = $1 AND send = $2");
            let rows = link.rows(&sql, &[&no, &id]).await?;
            Ok(rows.first().map(send).transpose()?)
        })
    }

    pub(super) fn read_sends(
        &mut self,
        tenant: TenantId,
        before: Option<(Timestamp, &str)>,
        limit: usize,
    ) -> Result<Vec<SendRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (at, id) = before.map_or((i64::MAX, ""), |(at, id)| (at.micros(), id));
        self.read(async |link| {
            let sql = format!(
                "SELECT {SEND} FROM sends WHERE tenant = $1 AND (made_at, send) < ($2, $3)
                 AND starts_with(send, 'snd')
                 ORDER BY made_at DESC, send DESC LIMIT $4"
            );
            let rows = link.rows(&sql, &[&no, &at, &id, &limit]).await?;
            Ok(rows.iter().map(send).collect::<Result<_, Error>>()?)
        })
    }

    pub(super) fn read_send_to_plan(&mut self, tenant: TenantId) -> Result<Option<SendRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = format!(
                "SELECT {SEND} FROM sends WHERE tenant = $1 AND stage = 0 ORDER BY send LIMIT 1"
            );
            let rows = link.rows(&sql, &[&no]).await?;
            Ok(rows.first().map(send).transpose()?)
        })
    }

    pub(super) fn write_send_plan(
        &mut self,
        tenant: TenantId,
        plan: &SendPlan<'_>,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let seen = plan.seen.as_ref().map(|id| &id.bytes()[..]);
            let after = plan.after.as_ref().map(|id| &id.bytes()[..]);
            let stage = if plan.done { SendStage::Planned } else { SendStage::Planning };
            let sql = "UPDATE sends SET after = $4, stage = $5
                       WHERE tenant = $1 AND send = $2 AND stage = 0 AND after IS NOT DISTINCT FROM $3";
            let with: [super::link::Parameter<'_>; 5] =
                [&no, &plan.send, &seen, &after, &stage.number()];
            if link.run(sql, &with).await? == 0 {
                return Ok(false);
            }
            add(link, no, plan.rows).await?;
            Ok(true)
        })
    }

    pub(super) fn end_send(&mut self, tenant: TenantId, id: &str, at: Timestamp) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "UPDATE sends SET stage = 2 WHERE tenant = $1 AND send = $2 AND stage <> 2";
            let ended = link.run(sql, &[&no, &id]).await?;
            let sql = "UPDATE messages SET stage = 3, reason = 'stopped', at = $3, due = NULL,
                              content = NULL
                       WHERE tenant = $1 AND send = $2 AND stage = 0";
            link.run(sql, &[&no, &id, &at.micros()]).await?;
            Ok(ended > 0)
        })
    }

    pub(super) fn take_messages(
        &mut self,
        tenant: TenantId,
        (now, until): (Timestamp, Timestamp),
        limit: usize,
    ) -> Result<Vec<MessageRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.write(async |link| {
            let sql = format!(
                "SELECT {MESSAGE} FROM messages WHERE tenant = $1 AND due <= $2
                 ORDER BY due, send, member LIMIT $3 FOR UPDATE SKIP LOCKED"
            );
            let rows = link.rows(&sql, &[&no, &now.micros(), &limit]).await?;
            let mut taken: Vec<MessageRow> =
                rows.iter().map(message).collect::<Result<_, Error>>()?;
            let sends: Vec<&str> = taken.iter().map(|own| own.send.as_str()).collect();
            let members: Vec<&[u8]> = taken.iter().map(|own| &own.member.bytes()[..]).collect();
            let sql = "UPDATE messages m SET due = $4
                       FROM unnest($2::text[], $3::bytea[]) u (send, member)
                       WHERE m.tenant = $1 AND m.send = u.send AND m.member = u.member";
            link.run(sql, &[&no, &sends, &members, &until.micros()])
                .await?;
            taken.iter_mut().for_each(|own| own.due = Some(until));
            Ok(taken)
        })
    }

    pub(super) fn write_messages(
        &mut self,
        tenant: TenantId,
        held: Timestamp,
        rows: &[MessageRow],
    ) -> Result<Vec<bool>> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let mut moved = Vec::new();
            let sql = "UPDATE messages SET stage = $5, reason = $6, at = $7, due = $8, tries = $9,
                              content = $10, address = $11
                       WHERE tenant = $1 AND send = $2 AND member = $3 AND due = $4";
            for own in rows {
                let (member, stage, at) =
                    (&own.member.bytes()[..], own.stage.number(), own.at.micros());
                let (due, tries) = (own.due.map(Timestamp::micros), i64::from(own.tries));
                let address = own.address.as_ref().map(|it| &it[..]);
                let with: [super::link::Parameter<'_>; 11] = [
                    &no,
                    &own.send,
                    &member,
                    &held.micros(),
                    &stage,
                    &own.reason,
                    &at,
                    &due,
                    &tries,
                    &own.content,
                    &address,
                ];
                moved.push(link.run(sql, &with).await? > 0);
            }
            Ok(moved)
        })
    }

    pub(super) fn write_message(
        &mut self,
        tenant: TenantId,
        was: Option<Timestamp>,
        own: &MessageRow,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "UPDATE messages SET stage = $5, reason = $6, at = $7, due = $8, content = $9
                       WHERE tenant = $1 AND send = $2 AND member = $3
                       AND due IS NOT DISTINCT FROM $4";
            let (member, stage, at) =
                (&own.member.bytes()[..], own.stage.number(), own.at.micros());
            let (was, due) = (was.map(Timestamp::micros), own.due.map(Timestamp::micros));
            let with: [super::link::Parameter<'_>; 9] = [
                &no,
                &own.send,
                &member,
                &was,
                &stage,
                &own.reason,
                &at,
                &due,
                &own.content,
            ];
            Ok(link.run(sql, &with).await? > 0)
        })
    }

    pub(super) fn read_message(
        &mut self,
        tenant: TenantId,
        of: &str,
        member: MemberId,
    ) -> Result<Option<MessageRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = format!(
                "SELECT {MESSAGE} FROM messages WHERE tenant = $1 AND send = $2 AND member = $3"
            );
            let rows = link.rows(&sql, &[&no, &of, &&member.bytes()[..]]).await?;
            Ok(rows.first().map(message).transpose()?)
        })
    }

    pub(super) fn read_messages(
        &mut self,
        tenant: TenantId,
        of: &str,
        ask: &MessageAsk,
        limit: usize,
    ) -> Result<Vec<MessageRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let after = ask.after.map_or(Vec::new(), |id| id.bytes().to_vec());
        let stage = ask.stage.map(MessageStage::number);
        self.read(async |link| {
            let sql = format!(
                "SELECT {MESSAGE} FROM messages WHERE tenant = $1 AND send = $2 AND member > $3
                 AND ($4::bigint IS NULL OR stage = $4) AND ($5::text IS NULL OR reason = $5)
                 ORDER BY member LIMIT $6"
            );
            let with: [super::link::Parameter<'_>; 6] =
                [&no, &of, &after, &stage, &ask.reason, &limit];
            let rows = link.rows(&sql, &with).await?;
            Ok(rows.iter().map(message).collect::<Result<_, Error>>()?)
        })
    }

    pub(super) fn read_messages_of(
        &mut self,
        tenant: TenantId,
        member: MemberId,
        channel: Option<&str>,
        limit: usize,
    ) -> Result<Vec<MessageRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(async |link| {
            let sql = format!(
                "SELECT {MESSAGE} FROM messages WHERE tenant = $1 AND member = $2
                 AND ($3::text IS NULL OR channel = $3) ORDER BY at DESC, send DESC LIMIT $4"
            );
            let with: [super::link::Parameter<'_>; 4] =
                [&no, &&member.bytes()[..], &channel, &limit];
            let rows = link.rows(&sql, &with).await?;
            Ok(rows.iter().map(message).collect::<Result<_, Error>>()?)
        })
    }

    pub(super) fn read_message_counts(
        &mut self,
        tenant: TenantId,
        of: &str,
    ) -> Result<Vec<(MessageStage, String, i64)>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT stage, CASE WHEN stage = 3 THEN reason ELSE '' END, count(*)
                       FROM messages WHERE tenant = $1 AND send = $2
                       GROUP BY 1, 2 ORDER BY 1, 2";
            let rows = link.rows(sql, &[&no, &of]).await?;
            let each = rows.iter().map(|row| {
                let number = row.get(0);
                let stage = MessageStage::of(number).ok_or_else(|| bad_stage(number))?;
                Ok((stage, row.get(1), row.get(2)))
            });
            Ok(each.collect::<Result<_, Error>>()?)
        })
    }

    pub(super) fn read_message_lately(
        &mut self,
        tenant: TenantId,
        members: &[MemberId],
        since: Timestamp,
    ) -> Result<Vec<(MemberId, u32)>> {
        let no = self.tenant_no(tenant)?;
        let ids: Vec<&[u8]> = members.iter().map(|id| &id.bytes()[..]).collect();
        self.read(async |link| {
            let sql = "SELECT u.id, m.lately FROM unnest($2::bytea[]) u (id)
                       CROSS JOIN LATERAL (SELECT count(*) AS lately FROM messages
                           WHERE tenant = $1 AND member = u.id AND at >= $3 AND counts = 1
                           AND stage IN (0, 1, 2, 4)) m WHERE m.lately > 0";
            let rows = link.rows(sql, &[&no, &ids, &since.micros()]).await?;
            let read = |row: &Row| {
                let count: i64 = row.get(1);
                let count = u32::try_from(count).unwrap_or(u32::MAX);
                Ok((MemberId::from_bytes(bytes(row, 0)?), count))
            };
            Ok(rows.iter().map(read).collect::<Result<_, Error>>()?)
        })
    }

    pub(super) fn read_members_listed(
        &mut self,
        tenant: TenantId,
        members: &[MemberId],
    ) -> Result<Vec<Member>> {
        let no = self.tenant_no(tenant)?;
        let ids: Vec<&[u8]> = members.iter().map(|id| &id.bytes()[..]).collect();
        self.read(async |link| {
            let mut found = super::members::read(link, no, &ids).await?;
            found.sort_by_key(|own| own.id);
            Ok(found)
        })
    }

    pub(super) fn insert_bounce(
        &mut self,
        tenant: TenantId,
        address: &[u8; 32],
        at: Timestamp,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "INSERT INTO bounced_addresses (tenant, address, at) VALUES ($1, $2, $3)
                       ON CONFLICT DO NOTHING";
            link.run(sql, &[&no, &&address[..], &at.micros()]).await?;
            Ok(())
        })
    }

    pub(super) fn read_bounced(
        &mut self,
        tenant: TenantId,
        addresses: &[[u8; 32]],
    ) -> Result<Vec<[u8; 32]>> {
        let no = self.tenant_no(tenant)?;
        let asked: Vec<&[u8]> = addresses.iter().map(|own| &own[..]).collect();
        self.read(async |link| {
            let sql = "SELECT address FROM bounced_addresses
                       WHERE tenant = $1 AND address = ANY($2)";
            let rows = link.rows(sql, &[&no, &asked]).await?;
            Ok(rows
                .iter()
                .map(|row| bytes(row, 0))
                .collect::<Result<_, Error>>()?)
        })
    }
}

/// Adds a send, unless it is there.
pub(super) async fn add_send_once(link: &Link, no: i64, send: &SendRow) -> Result<(), Failure> {
    let sql = "INSERT INTO sends (tenant, send, stage, after, body, made_at)
               VALUES ($1, $2, $3, NULL, $4, $5) ON CONFLICT DO NOTHING";
    let (stage, at) = (send.stage.number(), send.made_at.micros());
    link.run(sql, &[&no, &send.id, &stage, &send.body, &at])
        .await?;
    Ok(())
}

/// Adds messages that are not there yet.
pub(super) async fn add(link: &Link, no: i64, rows: &[MessageRow]) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let sends: Vec<&str> = rows.iter().map(|own| own.send.as_str()).collect();
    let members: Vec<&[u8]> = rows.iter().map(|own| &own.member.bytes()[..]).collect();
    let channels: Vec<&str> = rows.iter().map(|own| own.channel.as_str()).collect();
    let stages: Vec<i64> = rows.iter().map(|own| own.stage.number()).collect();
    let reasons: Vec<&str> = rows.iter().map(|own| own.reason.as_str()).collect();
    let ats: Vec<i64> = rows.iter().map(|own| own.at.micros()).collect();
    let dues: Vec<Option<i64>> = rows
        .iter()
        .map(|own| own.due.map(Timestamp::micros))
        .collect();
    let tries: Vec<i64> = rows.iter().map(|own| i64::from(own.tries)).collect();
    let counts: Vec<i64> = rows.iter().map(|own| i64::from(own.counts)).collect();
    let addresses: Vec<Option<&[u8]>> = rows
        .iter()
        .map(|own| own.address.as_ref().map(|it| &it[..]))
        .collect();
    let contents: Vec<Option<&str>> = rows.iter().map(|own| own.content.as_deref()).collect();
    let sql = format!(
        "INSERT INTO messages (tenant, {MESSAGE})
         SELECT $1, u.* FROM unnest($2::text[], $3::bytea[], $4::text[], $5::bigint[], $6::text[], $7::bigint[],
             $8::bigint[], $9::bigint[], $10::bigint[], $11::bytea[], $12::text[]) u
         ON CONFLICT DO NOTHING"
    );
    let with: [super::link::Parameter<'_>; 12] = [
        &no, &sends, &members, &channels, &stages, &reasons, &ats, &dues, &tries, &counts,
        &addresses, &contents,
    ];
    link.run(&sql, &with).await?;
    Ok(())
}

/// Forgets what is kept of messages to somebody who is forgotten.
pub(super) async fn forget(link: &Link, no: i64, member: &[u8]) -> Result<(), Failure> {
    let sql = "UPDATE messages SET stage = CASE WHEN stage = 0 THEN 3 ELSE stage END,
                      reason = CASE WHEN stage = 0 THEN 'forgotten' ELSE reason END,
                      due = NULL, address = NULL, content = NULL
               WHERE tenant = $1 AND member = $2";
    link.run(sql, &[&no, &member]).await?;
    Ok(())
}

fn send(row: &Row) -> Result<SendRow, Error> {
    let number = row.get(1);
    Ok(SendRow {
        id: row.get(0),
        stage: SendStage::of(number).ok_or_else(|| bad_stage(number))?,
        after: maybe(row, 2)?.map(MemberId::from_bytes),
        body: row.get(3),
        made_at: Timestamp::from_micros(row.get(4)),
    })
}

fn message(row: &Row) -> Result<MessageRow, Error> {
    let (number, due, tries, counts): (i64, Option<i64>, i64, i64) =
        (row.get(3), row.get(6), row.get(7), row.get(8));
    Ok(MessageRow {
        send: row.get(0),
        member: MemberId::from_bytes(bytes(row, 1)?),
        channel: row.get(2),
        stage: MessageStage::of(number).ok_or_else(|| bad_stage(number))?,
        reason: row.get(4),
        at: Timestamp::from_micros(row.get(5)),
        due: due.map(Timestamp::from_micros),
        tries: u32::try_from(tries).unwrap_or(u32::MAX),
        counts: counts != 0,
        address: maybe(row, 9)?,
        content: row.get(10),
    })
}
