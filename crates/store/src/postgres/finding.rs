//! Finding members by how an identity or a word of their name begins; figures that all share.

use super::link::{Failure, Link, bytes};
use super::members::{read, standing};
use crate::error::Result;
use crate::finding::Reach;
use crate::record::Member;
use crate::vault::TenantVault;
use crate::writes::unsigned;
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_engine::state::SharedKey;
use std::collections::BTreeSet;
use tokio_postgres::types::ToSql;

/// Puts down the words of a member's name instead of those that were there.
pub(super) async fn put_words(
    link: &Link,
    vault: &TenantVault,
    member: MemberId,
    attributes: &str,
) -> Result<(), Failure> {
    let tenant = vault.tenant;
    forget_words(link, tenant, member).await?;
    let words = vault.words(attributes);
    let sql = "INSERT INTO member_words (tenant, word, member)
               SELECT $1, word, $3 FROM unnest($2::text[]) u (word) ON CONFLICT DO NOTHING";
    link.run(sql, &[&tenant, &words, &&member.bytes()[..]])
        .await?;
    Ok(())
}

pub(super) async fn forget_words(
    link: &Link,
    tenant: i64,
    member: MemberId,
) -> Result<(), Failure> {
    let sql = "DELETE FROM member_words WHERE tenant = $1 AND member = $2";
    link.run(sql, &[&tenant, &&member.bytes()[..]]).await?;
    Ok(())
}

impl super::Postgres {
    pub(super) fn search_members(
        &mut self,
        tenant: TenantId,
        text: &str,
        limit: usize,
    ) -> Result<Vec<Member>> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        self.read(async |link| {
            let asked = vault.of(no).asked(text);
            let mut ids = Vec::new();
            for own in &asked {
                ids.extend(by_value(link, no, &own.value, limit).await?);
            }
            for own in &asked {
                if ids.len() < limit {
                    ids.extend(by_words(link, no, &own.words, limit).await?);
                }
            }
            let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
            for id in ids {
                let Some((id, _)) = standing(link, no, MemberId::from_bytes(id)).await? else {
                    continue;
                };
                if found.len() < limit && seen.insert(id) {
                    found.extend(read(link, no, &[id.bytes()]).await?);
                }
            }
            Ok(found)
        })
    }

    pub(super) fn read_shared(&mut self, tenant: TenantId, keys: &[SharedKey]) -> Result<Vec<i64>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let names: Vec<i64> = keys.iter().map(|key| key.name.number().into()).collect();
            let periods: Vec<i32> = keys.iter().map(|key| key.period).collect();
            let sql = "SELECT coalesce(s.used, 0)
                       FROM unnest($2::bigint[], $3::integer[])
                            WITH ORDINALITY u (name, period, place)
                       LEFT JOIN shared s
                            ON s.tenant = $1 AND s.name = u.name AND s.period = u.period
                       ORDER BY u.place";
            let rows = link.rows(sql, &[&no, &names, &periods]).await?;
            Ok(rows.iter().map(|row| row.get(0)).collect())
        })
    }

    pub(super) fn count_active(
        &mut self,
        tenant: TenantId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<u64> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT count(DISTINCT wallet) FROM log
                       WHERE tenant = $1 AND kind = 'purchase' AND occurred_at >= $2
                         AND occurred_at < $3";
            let rows = link.rows(sql, &[&no, &from.micros(), &to.micros()]).await?;
            Ok(unsigned(rows.first().map_or(0, |row| row.get(0)))?)
        })
    }
}

async fn by_value(
    link: &Link,
    tenant: i64,
    value: &Reach,
    limit: usize,
) -> Result<Vec<[u8; 16]>, Failure> {
    let sql = "SELECT member FROM identities
               WHERE tenant = $1 AND lower(value COLLATE \"C\") >= $2
                 AND lower(value COLLATE \"C\") < $3
               ORDER BY lower(value COLLATE \"C\"), member LIMIT $4";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = link
        .rows(sql, &[&tenant, &value.from, &value.to, &limit])
        .await?;
    let ids = rows.iter().map(|row| bytes(row, 0));
    Ok(ids.collect::<Result<_, _>>()?)
}

async fn by_words(
    link: &Link,
    tenant: i64,
    words: &[Reach],
    limit: usize,
) -> Result<Vec<[u8; 16]>, Failure> {
    let Some((_, others)) = words.split_first() else {
        return Ok(Vec::new());
    };
    let also: String = (0..others.len())
        .map(|at| {
            let (from, to) = (2 * at + 4, 2 * at + 5);
            format!(
                " AND EXISTS (SELECT 1 FROM member_words o WHERE o.tenant = $1
                    AND o.member = w.member AND o.word >= ${from} AND o.word < ${to})"
            )
        })
        .collect();
    let sql = format!(
        "SELECT w.member FROM member_words w
         WHERE w.tenant = $1 AND w.word >= $2 AND w.word < $3{also}
         ORDER BY w.word, w.member LIMIT {limit}"
    );
    let mut params: Vec<&(dyn ToSql + Sync)> = vec![&tenant];
    for reach in words {
        params.extend([&reach.from as &(dyn ToSql + Sync), &reach.to]);
    }
    let rows = link.rows(&sql, &params).await?;
    let ids = rows.iter().map(|row| bytes(row, 0));
    Ok(ids.collect::<Result<_, _>>()?)
}
