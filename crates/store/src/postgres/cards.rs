//! Cards that a merchant had made.

use super::link::{Failure, Link, bytes, maybe};
use super::members::insert_identity;
use crate::card::{CARD, CardCount, CardRow, CardState};
use crate::error::Result;
use crate::hash::Key;
use crate::record::Identity;
use crate::vault::TenantVault;
use crate::writes::unsigned;
use regulars_base::{MemberId, TenantId, Timestamp};
use tokio_postgres::Row;

const COLUMNS: &str = "number, batch, state, member, at, next";

/// Those of these cards that are known: for a batch of events, by numbers that nobody has as an identity.
pub(super) async fn find(
    link: &Link,
    tenant: i64,
    numbers: &[(Key, String)],
) -> Result<Vec<(Key, CardRow)>, Failure> {
    let mut found = Vec::new();
    for (key, number) in numbers {
        found.extend(one(link, tenant, number).await?.map(|row| (*key, row)));
    }
    Ok(found)
}

/// What was handed out to a member who is forgotten is no longer good.
pub(super) async fn forget(link: &Link, tenant: i64, member: &[u8]) -> Result<(), Failure> {
    let sql = "UPDATE cards SET state = 2, member = NULL WHERE tenant = $1 AND member = $2";
    link.run(sql, &[&tenant, &member]).await?;
    Ok(())
}

async fn one(link: &Link, tenant: i64, number: &str) -> Result<Option<CardRow>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM cards WHERE tenant = $1 AND number = $2");
    let rows = link.rows(&sql, &[&tenant, &number]).await?;
    rows.first().map(row).transpose()
}

fn row(row: &Row) -> Result<CardRow, Failure> {
    Ok(CardRow {
        number: row.get(0),
        batch: row.get(1),
        state: CardState::read(row.get(2))?,
        member: maybe(row, 3)?.map(MemberId::from_bytes),
        at: Timestamp::from_micros(row.get(4)),
        next: row.get(5),
    })
}

/// Hands a blank card out; `false` if it is none.
async fn hand_out(
    link: &Link,
    vault: &TenantVault,
    number: &str,
    member: MemberId,
    at: Timestamp,
) -> Result<bool, Failure> {
    let tenant = vault.tenant;
    let sql = "UPDATE cards SET state = 1, member = $3, at = $4
               WHERE tenant = $1 AND number = $2 AND state = 0";
    let (id, micros) = (&member.bytes()[..], at.micros());
    let taken = link.run(sql, &[&tenant, &number, &id, &micros]).await?;
    if taken > 0 {
        let identity = Identity {
            kind: CARD.to_owned(),
            value: number.to_owned(),
        };
        insert_identity(link, vault, member, &identity).await?;
    }
    Ok(taken > 0)
}

/// Takes a card from whoever has it, and hands `new` out to them; nothing is done where that cannot be.
async fn end(
    link: &Link,
    vault: &TenantVault,
    (old, new): (&str, Option<&str>),
    at: Timestamp,
) -> Result<Option<MemberId>, Failure> {
    let tenant = vault.tenant;
    let keys = vault.identity_keys(CARD, old);
    let keys: Vec<&[u8]> = keys.iter().map(|key| &key[..]).collect();
    let sql =
        "SELECT member FROM identities WHERE tenant = $1 AND hash = ANY ($2::bytea[]) FOR UPDATE";
    let rows = link.rows(sql, &[&tenant, &keys]).await?;
    let Some(found) = rows.first() else {
        return Ok(None);
    };
    let owner = MemberId::from_bytes(bytes(found, 0)?);
    if let Some(new) = new
        && !hand_out(link, vault, new, owner, at).await?
    {
        return Ok(None);
    }
    let sql = "DELETE FROM identities WHERE tenant = $1 AND hash = ANY ($2::bytea[])";
    link.run(sql, &[&tenant, &keys]).await?;
    let sql = "INSERT INTO cards (tenant, number, batch, state, member, at, next)
               VALUES ($1, $2, '', 2, $3, $4, $5)
               ON CONFLICT (tenant, number)
               DO UPDATE SET state = 2, at = excluded.at, next = excluded.next";
    let (id, micros) = (&owner.bytes()[..], at.micros());
    link.run(sql, &[&tenant, &old, &id, &micros, &new]).await?;
    Ok(Some(owner))
}

impl super::Postgres {
    pub(super) fn insert_cards(
        &mut self,
        tenant: TenantId,
        (batch, at): (&str, Timestamp),
        numbers: &[String],
    ) -> Result<usize> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "INSERT INTO cards (tenant, number, batch, state, at)
                       SELECT $1, u.number, $3, 0, $4 FROM unnest($2::text[]) u (number)
                       ON CONFLICT DO NOTHING";
            let made = link
                .run(sql, &[&no, &numbers, &batch, &at.micros()])
                .await?;
            Ok(usize::try_from(made).unwrap_or(usize::MAX))
        })
    }

    pub(super) fn read_card(&mut self, tenant: TenantId, number: &str) -> Result<Option<CardRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| one(link, no, number).await)
    }

    pub(super) fn read_cards(
        &mut self,
        tenant: TenantId,
        (batch, after): (&str, Option<&str>),
        limit: usize,
    ) -> Result<Vec<CardRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let after = after.unwrap_or_default();
        self.read(async |link| {
            let sql = format!(
                "SELECT {COLUMNS} FROM cards WHERE tenant = $1 AND batch = $2 AND number > $3
                 ORDER BY number LIMIT $4"
            );
            let rows = link.rows(&sql, &[&no, &batch, &after, &limit]).await?;
            rows.iter().map(row).collect()
        })
    }

    pub(super) fn count_cards(&mut self, tenant: TenantId) -> Result<Vec<CardCount>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT batch, state, count(*) FROM cards WHERE tenant = $1
                       GROUP BY batch, state ORDER BY batch, state";
            let rows = link.rows(sql, &[&no]).await?;
            let count = |row: &Row| {
                Ok(CardCount {
                    batch: row.get(0),
                    state: CardState::read(row.get(1))?,
                    cards: unsigned(row.get(2))?,
                })
            };
            rows.iter().map(count).collect()
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
        self.write(async |link| hand_out(link, &vault.of(no), number, member, at).await)
    }

    pub(super) fn end_card(
        &mut self,
        tenant: TenantId,
        of: (&str, Option<&str>),
        at: Timestamp,
    ) -> Result<Option<MemberId>> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        self.write(async |link| end(link, &vault.of(no), of, at).await)
    }
}
