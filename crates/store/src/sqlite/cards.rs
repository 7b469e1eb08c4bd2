//! Cards that a merchant had made.

use super::Failure;
use super::members::{insert_identity, owner};
use crate::card::{CARD, CardCount, CardRow, CardState};
use crate::error::Result;
use crate::hash::Key;
use crate::record::Identity;
use crate::vault::TenantVault;
use crate::writes::unsigned;
use regulars_base::{MemberId, TenantId, Timestamp};
use rusqlite::{Connection, Row, params};

const COLUMNS: &str = "number, batch, state, member, at, next";

/// Those of these cards that are known: for a batch of events, by numbers that nobody has as an identity.
pub(super) fn find(
    db: &Connection,
    tenant: i64,
    numbers: &[(Key, String)],
) -> Result<Vec<(Key, CardRow)>, Failure> {
    let mut found = Vec::new();
    for (key, number) in numbers {
        found.extend(one(db, tenant, number)?.map(|row| (*key, row)));
    }
    Ok(found)
}

/// What was handed out to a member who is forgotten is no longer good.
pub(super) fn forget(db: &Connection, tenant: i64, member: MemberId) -> Result<(), Failure> {
    db.prepare_cached(
        "UPDATE cards SET state = 2, member = NULL WHERE tenant = ?1 AND member = ?2",
    )?
    .execute(params![tenant, member.bytes()])?;
    Ok(())
}

fn one(db: &Connection, tenant: i64, number: &str) -> Result<Option<CardRow>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM cards WHERE tenant = ?1 AND number = ?2");
    let mut select = db.prepare_cached(&sql)?;
    let mut rows = select.query(params![tenant, number])?;
    rows.next()?.map(row).transpose()
}

fn row(row: &Row<'_>) -> Result<CardRow, Failure> {
    let member: Option<[u8; 16]> = row.get(3)?;
    Ok(CardRow {
        number: row.get(0)?,
        batch: row.get(1)?,
        state: CardState::read(row.get(2)?)?,
        member: member.map(MemberId::from_bytes),
        at: Timestamp::from_micros(row.get(4)?),
        next: row.get(5)?,
    })
}

fn identity(number: &str) -> Identity {
    Identity {
        kind: CARD.to_owned(),
        value: number.to_owned(),
    }
}

/// Hands a blank card out; `false` if it is none.
fn hand_out(
    db: &Connection,
    vault: &TenantVault,
    number: &str,
    member: MemberId,
    at: Timestamp,
) -> Result<bool, Failure> {
    let tenant = vault.tenant;
    let taken = db
        .prepare_cached(
            "UPDATE cards SET state = 1, member = ?3, at = ?4
             WHERE tenant = ?1 AND number = ?2 AND state = 0",
        )?
        .execute(params![tenant, number, member.bytes(), at.micros()])?;
    if taken > 0 {
        insert_identity(db, vault, member, &identity(number))?;
    }
    Ok(taken > 0)
}

impl super::Sqlite {
    pub(super) fn insert_cards(
        &mut self,
        tenant: TenantId,
        (batch, at): (&str, Timestamp),
        numbers: &[String],
    ) -> Result<usize> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let mut insert = db.prepare_cached(
                "INSERT INTO cards (tenant, number, batch, state, at) VALUES (?1, ?2, ?3, 0, ?4)
                 ON CONFLICT DO NOTHING",
            )?;
            let mut made = 0;
            for number in numbers {
                made += insert.execute(params![no, number, batch, at.micros()])?;
            }
            Ok(made)
        })
    }

    pub(super) fn read_card(&mut self, tenant: TenantId, number: &str) -> Result<Option<CardRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| one(db, no, number))
    }

    pub(super) fn read_cards(
        &mut self,
        tenant: TenantId,
        (batch, after): (&str, Option<&str>),
        limit: usize,
    ) -> Result<Vec<CardRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|db| {
            let sql = format!(
                "SELECT {COLUMNS} FROM cards WHERE tenant = ?1 AND batch = ?2 AND number > ?3
                 ORDER BY number LIMIT ?4"
            );
            let mut select = db.prepare_cached(&sql)?;
            let mut rows = select.query(params![no, batch, after.unwrap_or_default(), limit])?;
            let mut cards = Vec::new();
            while let Some(found) = rows.next()? {
                cards.push(row(found)?);
            }
            Ok(cards)
        })
    }

    pub(super) fn count_cards(&mut self, tenant: TenantId) -> Result<Vec<CardCount>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT batch, state, count(*) FROM cards WHERE tenant = ?1
                 GROUP BY batch, state ORDER BY batch, state",
            )?;
            let mut rows = select.query(params![no])?;
            let mut counts = Vec::new();
            while let Some(row) = rows.next()? {
                counts.push(CardCount {
                    batch: row.get(0)?,
                    state: CardState::read(row.get(1)?)?,
                    cards: unsigned(row.get(2)?)?,
                });
            }
            Ok(counts)
        })
    }

    pub(super) fn hand_out_card(
        &mut self,
        tenant: TenantId,
        number: &str,
        member: MemberId,
        at: Timestamp,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        self.write(|db| hand_out(db, &vault.of(no), number, member, at))
    }

    pub(super) fn end_card(
        &mut self,
        tenant: TenantId,
        (old, new): (&str, Option<&str>),
        at: Timestamp,
    ) -> Result<Option<MemberId>> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        self.write(|db| {
            let vault = vault.of(no);
            let Some(owner) = owner(db, &vault, CARD, old)? else {
                return Ok(None);
            };
            if let Some(new) = new
                && !hand_out(db, &vault, new, owner, at)?
            {
                return Ok(None);
            }
            for key in vault.identity_keys(CARD, old) {
                db.prepare_cached("DELETE FROM identities WHERE tenant = ?1 AND hash = ?2")?
                    .execute(params![no, key])?;
            }
            db.prepare_cached(
                "INSERT INTO cards (tenant, number, batch, state, member, at, next)
                 VALUES (?1, ?2, '', 2, ?3, ?4, ?5)
                 ON CONFLICT (tenant, number)
                 DO UPDATE SET state = 2, at = excluded.at, next = excluded.next",
            )?
            .execute(params![no, old, owner.bytes(), at.micros(), new])?;
            Ok(Some(owner))
        })
    }
}
