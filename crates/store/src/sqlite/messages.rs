//! Messages to members: sends, the outbox, and addresses that take nothing any more.

use super::Failure;
use crate::error::Result;
use crate::message::{
    MESSAGE, MessageAsk, MessageRow, MessageStage, SEND, SendPlan, SendRow, SendStage, bad_stage,
};
use crate::record::{Identity, Member};
use regulars_base::{MemberId, TenantId, Timestamp, WalletId};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::BTreeMap;
use std::fmt::Write as _;

impl super::Sqlite {
    pub(super) fn insert_send(&mut self, tenant: TenantId, send: &SendRow) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| add_send(db, no, (send, "")))
    }

    pub(super) fn read_send(&mut self, tenant: TenantId, id: &str) -> Result<Option<SendRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let sql = format!("SELECT {SEND} FROM sends WHERE tenant = ?1 AND send = ?2");
            let mut select = db.prepare_cached(&sql)?;
            select
                .query_row(params![no, id], |row| Ok(send(row)))
                .optional()?
                .transpose()
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
        self.read(|db| {
            let sql = format!(
                "SELECT {SEND} FROM sends WHERE tenant = ?1 AND (made_at, send) < (?2, ?3)
                 AND send GLOB 'snd*' ORDER BY made_at DESC, send DESC LIMIT ?4"
            );
            let mut select = db.prepare_cached(&sql)?;
            let (at, id) = before.map_or((i64::MAX, ""), |(at, id)| (at.micros(), id));
            let rows = select.query_map(params![no, at, id, limit], |row| Ok(send(row)))?;
            rows.map(|row| row.map_err(Failure::from)?).collect()
        })
    }

    pub(super) fn read_send_to_plan(&mut self, tenant: TenantId) -> Result<Option<SendRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let sql = format!(
                "SELECT {SEND} FROM sends WHERE tenant = ?1 AND stage = 0 ORDER BY send LIMIT 1"
            );
            let mut select = db.prepare_cached(&sql)?;
            select
                .query_row(params![no], |row| Ok(send(row)))
                .optional()?
                .transpose()
        })
    }

    pub(super) fn write_send_plan(
        &mut self,
        tenant: TenantId,
        plan: &SendPlan<'_>,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let bytes = |id: Option<MemberId>| id.map(|id| id.bytes().to_vec());
            let stage = if plan.done {
                SendStage::Planned
            } else {
                SendStage::Planning
            };
            let moved = db.execute(
                "UPDATE sends SET after = ?4, stage = ?5
                 WHERE tenant = ?1 AND send = ?2 AND stage = 0 AND after IS ?3",
                params![
                    no,
                    plan.send,
                    bytes(plan.seen),
                    bytes(plan.after),
                    stage.number()
                ],
            )?;
            if moved == 0 {
                return Ok(false);
            }
            add(db, no, plan.rows)?;
            Ok(true)
        })
    }

    pub(super) fn end_send(&mut self, tenant: TenantId, id: &str, at: Timestamp) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let ended = db.execute(
                "UPDATE sends SET stage = 2 WHERE tenant = ?1 AND send = ?2 AND stage <> 2",
                params![no, id],
            )?;
            db.execute(
                "UPDATE messages SET stage = 3, reason = 'stopped', at = ?3, due = NULL, content = NULL
                 WHERE tenant = ?1 AND send = ?2 AND stage = 0",
                params![no, id, at.micros()],
            )?;
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
        self.write(|db| {
            let sql = format!(
                "SELECT {MESSAGE} FROM messages WHERE tenant = ?1 AND due <= ?2
                 ORDER BY due, send, member LIMIT ?3"
            );
            let mut select = db.prepare_cached(&sql)?;
            let rows =
                select.query_map(params![no, now.micros(), limit], |row| Ok(message(row)))?;
            let mut taken: Vec<MessageRow> = rows
                .map(|row| row.map_err(Failure::from)?)
                .collect::<Result<_, Failure>>()?;
            let mut hold = db.prepare_cached(
                "UPDATE messages SET due = ?4 WHERE tenant = ?1 AND send = ?2 AND member = ?3",
            )?;
            for own in &mut taken {
                hold.execute(params![no, own.send, own.member.bytes(), until.micros()])?;
                own.due = Some(until);
            }
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
        self.write(|db| {
            let mut update = db.prepare_cached(
                "UPDATE messages SET stage = ?5, reason = ?6, at = ?7, due = ?8, tries = ?9, content = ?10,
                        address = ?11
                 WHERE tenant = ?1 AND send = ?2 AND member = ?3 AND due = ?4",
            )?;
            let mut moved = Vec::new();
            for own in rows {
                let one = update.execute(params![
                    no,
                    own.send,
                    own.member.bytes(),
                    held.micros(),
                    own.stage.number(),
                    own.reason,
                    own.at.micros(),
                    own.due.map(Timestamp::micros),
                    own.tries,
                    own.content,
                    own.address
                ])?;
                moved.push(one > 0);
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
        self.write(|db| {
            let mut update = db.prepare_cached(
                "UPDATE messages SET stage = ?5, reason = ?6, at = ?7, due = ?8, content = ?9
                 WHERE tenant = ?1 AND send = ?2 AND member = ?3 AND due IS ?4",
            )?;
            let moved = update.execute(params![
                no,
                own.send,
                own.member.bytes(),
                was.map(Timestamp::micros),
                own.stage.number(),
                own.reason,
                own.at.micros(),
                own.due.map(Timestamp::micros),
                own.content
            ])?;
            Ok(moved > 0)
        })
    }

    pub(super) fn read_message(
        &mut self,
        tenant: TenantId,
        of: &str,
        member: MemberId,
    ) -> Result<Option<MessageRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let sql = format!(
                "SELECT {MESSAGE} FROM messages WHERE tenant = ?1 AND send = ?2 AND member = ?3"
            );
            let mut select = db.prepare_cached(&sql)?;
            let found = select.query_row(params![no, of, member.bytes()], |row| Ok(message(row)));
            found.optional()?.transpose()
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
        self.read(|db| {
            let sql = format!(
                "SELECT {MESSAGE} FROM messages WHERE tenant = ?1 AND send = ?2 AND member > ?3
                 AND (?4 IS NULL OR stage = ?4) AND (?5 IS NULL OR reason = ?5)
                 ORDER BY member LIMIT ?6"
            );
            let mut select = db.prepare_cached(&sql)?;
            let stage = ask.stage.map(MessageStage::number);
            let rows = select
                .query_map(params![no, of, after, stage, ask.reason, limit], |row| {
                    Ok(message(row))
                })?;
            rows.map(|row| row.map_err(Failure::from)?).collect()
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
        self.read(|db| {
            let sql = format!(
                "SELECT {MESSAGE} FROM messages WHERE tenant = ?1 AND member = ?2
                 AND (?3 IS NULL OR channel = ?3) ORDER BY at DESC, send DESC LIMIT ?4"
            );
            let mut select = db.prepare_cached(&sql)?;
            let asked = params![no, member.bytes(), channel, limit];
            let rows = select.query_map(asked, |row| Ok(message(row)))?;
            rows.map(|row| row.map_err(Failure::from)?).collect()
        })
    }

    pub(super) fn read_message_counts(
        &mut self,
        tenant: TenantId,
        of: &str,
    ) -> Result<Vec<(MessageStage, String, i64)>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT stage, CASE WHEN stage = 3 THEN reason ELSE '' END AS why, count(*)
                 FROM messages WHERE tenant = ?1 AND send = ?2 GROUP BY stage, why ORDER BY stage, why",
            )?;
            let rows = select.query_map(params![no, of], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
            let rows: Vec<(i64, String, i64)> = rows.collect::<Result<_, _>>()?;
            let each = rows.into_iter().map(|(number, why, count)| {
                let stage = MessageStage::of(number).ok_or_else(|| bad_stage(number))?;
                Ok((stage, why, count))
            });
            each.collect()
        })
    }

    pub(super) fn read_message_lately(
        &mut self,
        tenant: TenantId,
        members: &[MemberId],
        since: Timestamp,
    ) -> Result<Vec<(MemberId, u32)>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT m.member, count(*) FROM json_each(?2) j CROSS JOIN messages m
                 ON m.tenant = ?1 AND m.member = unhex(j.value) AND m.at >= ?3
                 WHERE m.counts = 1 AND m.stage IN (0, 1, 2, 4) GROUP BY m.member",
            )?;
            let asked = params![
                no,
                listed(members.iter().map(|id| &id.bytes()[..])),
                since.micros()
            ];
            let rows = select.query_map(asked, |row| {
                Ok((MemberId::from_bytes(row.get(0)?), row.get(1)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn read_members_listed(
        &mut self,
        tenant: TenantId,
        members: &[MemberId],
    ) -> Result<Vec<Member>> {
        let no = self.tenant_no(tenant)?;
        let list = listed(members.iter().map(|id| &id.bytes()[..]));
        self.read(|db| {
            let mut own = people(db, no, &list)?;
            let mut select = db.prepare_cached(
                "SELECT i.member, i.kind, i.value FROM json_each(?2) j CROSS JOIN identities i
                 ON i.tenant = ?1 AND i.member = unhex(j.value) ORDER BY i.kind, i.value",
            )?;
            let mut rows = select.query(params![no, list])?;
            while let Some(row) = rows.next()? {
                if let Some(member) = own.get_mut(&MemberId::from_bytes(row.get(0)?)) {
                    member.identities.push(Identity {
                        kind: row.get(1)?,
                        value: row.get(2)?,
                    });
                }
            }
            Ok(own.into_values().collect())
        })
    }

    pub(super) fn insert_bounce(
        &mut self,
        tenant: TenantId,
        address: &[u8; 32],
        at: Timestamp,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            db.execute(
                "INSERT INTO bounced_addresses (tenant, address, at) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO NOTHING",
                params![no, address, at.micros()],
            )?;
            Ok(())
        })
    }

    pub(super) fn read_bounced(
        &mut self,
        tenant: TenantId,
        addresses: &[[u8; 32]],
    ) -> Result<Vec<[u8; 32]>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT b.address FROM json_each(?2) j CROSS JOIN bounced_addresses b
                 ON b.tenant = ?1 AND b.address = unhex(j.value)",
            )?;
            let list = listed(addresses.iter().map(|own| &own[..]));
            let rows = select.query_map(params![no, list], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// Adds a send, with what is said of one that is there.
pub(super) fn add_send(
    db: &Connection,
    no: i64,
    (send, clash): (&SendRow, &str),
) -> Result<(), Failure> {
    let sql = format!(
        "INSERT INTO sends (tenant, send, stage, after, body, made_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) {clash}"
    );
    db.prepare_cached(&sql)?.execute(params![
        no,
        send.id,
        send.stage.number(),
        send.after.map(|id| id.bytes().to_vec()),
        send.body,
        send.made_at.micros()
    ])?;
    Ok(())
}

/// Adds messages that are not there yet.
pub(super) fn add(db: &Connection, no: i64, rows: &[MessageRow]) -> Result<(), Failure> {
    let sql = format!(
        "INSERT INTO messages (tenant, {MESSAGE})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT DO NOTHING"
    );
    let mut insert = db.prepare_cached(&sql)?;
    for own in rows {
        insert.execute(params![
            no,
            own.send,
            own.member.bytes(),
            own.channel,
            own.stage.number(),
            own.reason,
            own.at.micros(),
            own.due.map(Timestamp::micros),
            own.tries,
            own.counts,
            own.address,
            own.content
        ])?;
    }
    Ok(())
}

/// Members without their identities.
fn people(db: &Connection, no: i64, list: &str) -> Result<BTreeMap<MemberId, Member>, Failure> {
    let mut select = db.prepare_cached(
        "SELECT m.member, m.wallet, m.merged_into, m.created_at, coalesce(p.attributes, '{}')
         FROM json_each(?2) j CROSS JOIN members m ON m.tenant = ?1 AND m.member = unhex(j.value)
         LEFT JOIN profiles p ON p.tenant = m.tenant AND p.member = m.member",
    )?;
    let rows = select.query_map(params![no, list], |row| {
        let into: Option<[u8; 16]> = row.get(2)?;
        let id = MemberId::from_bytes(row.get(0)?);
        let member = Member {
            id,
            wallet: WalletId::from_bytes(row.get(1)?),
            merged_into: into.map(MemberId::from_bytes),
            created_at: Timestamp::from_micros(row.get(3)?),
            identities: Vec::new(),
            attributes: row.get(4)?,
        };
        Ok((id, member))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Forgets what is kept of messages to somebody who is forgotten.
pub(super) fn forget(db: &Connection, no: i64, member: MemberId) -> Result<(), Failure> {
    db.execute(
        "UPDATE messages SET stage = CASE WHEN stage = 0 THEN 3 ELSE stage END,
                reason = CASE WHEN stage = 0 THEN 'forgotten' ELSE reason END,
                due = NULL, address = NULL, content = NULL
         WHERE tenant = ?1 AND member = ?2",
        params![no, member.bytes()],
    )?;
    Ok(())
}

/// Bytes as a list that a statement may go through.
fn listed<'a>(all: impl Iterator<Item = &'a [u8]>) -> String {
    let mut list = String::from("[");
    for bytes in all {
        list.push_str(if list.len() > 1 { ",\"" } else { "\"" });
        for byte in bytes {
            let _ = write!(list, "{byte:02x}");
        }
        list.push('"');
    }
    list.push(']');
    list
}

fn send(row: &Row<'_>) -> Result<SendRow, Failure> {
    let (number, after): (i64, Option<[u8; 16]>) = (row.get(1)?, row.get(2)?);
    Ok(SendRow {
        id: row.get(0)?,
        stage: SendStage::of(number).ok_or_else(|| bad_stage(number))?,
        after: after.map(MemberId::from_bytes),
        body: row.get(3)?,
        made_at: Timestamp::from_micros(row.get(4)?),
    })
}

fn message(row: &Row<'_>) -> Result<MessageRow, Failure> {
    let (number, due): (i64, Option<i64>) = (row.get(3)?, row.get(6)?);
    Ok(MessageRow {
        send: row.get(0)?,
        member: MemberId::from_bytes(row.get(1)?),
        channel: row.get(2)?,
        stage: MessageStage::of(number).ok_or_else(|| bad_stage(number))?,
        reason: row.get(4)?,
        at: Timestamp::from_micros(row.get(5)?),
        due: due.map(Timestamp::from_micros),
        tries: row.get(7)?,
        counts: row.get(8)?,
        address: row.get(9)?,
        content: row.get(10)?,
    })
}
