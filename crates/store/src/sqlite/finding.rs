//! Finding members by how an identity or a word of their name begins; figures that all share.

use super::Failure;
use super::members::{read, standing};
use crate::error::Result;
use crate::finding::Reach;
use crate::record::Member;
use crate::vault::TenantVault;
use crate::writes::unsigned;
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_engine::state::SharedKey;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use std::collections::BTreeSet;

/// Puts down the words of a member's name instead of those that were there.
pub(super) fn put_words(
    db: &Connection,
    vault: &TenantVault,
    member: MemberId,
    attributes: &str,
) -> Result<(), Failure> {
    let tenant = vault.tenant;
    forget_words(db, tenant, member)?;
    let mut insert = db.prepare_cached(
        "INSERT INTO member_words (tenant, word, member) VALUES (?1, ?2, ?3)
         ON CONFLICT DO NOTHING",
    )?;
    for word in vault.words(attributes) {
        insert.execute(params![tenant, word, member.bytes()])?;
    }
    Ok(())
}

pub(super) fn forget_words(db: &Connection, tenant: i64, member: MemberId) -> Result<(), Failure> {
    db.execute(
        "DELETE FROM member_words WHERE tenant = ?1 AND member = ?2",
        params![tenant, member.bytes()],
    )?;
    Ok(())
}

impl super::Sqlite {
    pub(super) fn search_members(
        &mut self,
        tenant: TenantId,
        text: &str,
        limit: usize,
    ) -> Result<Vec<Member>> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        self.read(|db| {
            let asked = vault.of(no).asked(text);
            let mut ids = Vec::new();
            for own in &asked {
                ids.extend(by_value(db, no, &own.value, limit)?);
            }
            for own in &asked {
                if ids.len() < limit {
                    ids.extend(by_words(db, no, &own.words, limit)?);
                }
            }
            let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
            for id in ids {
                let Some((id, _)) = standing(db, no, MemberId::from_bytes(id))? else {
                    continue;
                };
                if found.len() < limit && seen.insert(id) {
                    found.extend(read(db, no, id)?);
                }
            }
            Ok(found)
        })
    }

    pub(super) fn read_shared(&mut self, tenant: TenantId, keys: &[SharedKey]) -> Result<Vec<i64>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT used FROM shared WHERE tenant = ?1 AND name = ?2 AND period = ?3",
            )?;
            let mut used = Vec::with_capacity(keys.len());
            for key in keys {
                let row = select
                    .query_row(params![no, key.name.number(), key.period], |row| row.get(0))
                    .optional()?;
                used.push(row.unwrap_or(0));
            }
            Ok(used)
        })
    }

    pub(super) fn count_active(
        &mut self,
        tenant: TenantId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<u64> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let count: i64 = db.query_row(
                "SELECT count(DISTINCT wallet) FROM log
                 WHERE tenant = ?1 AND kind = 'purchase' AND occurred_at >= ?2
                   AND occurred_at < ?3",
                params![no, from.micros(), to.micros()],
                |row| row.get(0),
            )?;
            Ok(unsigned(count)?)
        })
    }
}

fn by_value(
    db: &Connection,
    tenant: i64,
    value: &Reach,
    limit: usize,
) -> Result<Vec<[u8; 16]>, Failure> {
    let mut select = db.prepare_cached(
        "SELECT member FROM identities
         WHERE tenant = ?1 AND lower(value) >= ?2 AND lower(value) < ?3
         ORDER BY lower(value), member LIMIT ?4",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = select.query_map(params![tenant, value.from, value.to, limit], |row| {
        row.get(0)
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn by_words(
    db: &Connection,
    tenant: i64,
    words: &[Reach],
    limit: usize,
) -> Result<Vec<[u8; 16]>, Failure> {
    let Some((first, others)) = words.split_first() else {
        return Ok(Vec::new());
    };
    let also: String = (0..others.len())
        .map(|at| {
            let (from, to) = (2 * at + 4, 2 * at + 5);
            format!(
                " AND EXISTS (SELECT 1 FROM member_words o WHERE o.tenant = ?1
                    AND o.member = w.member AND o.word >= ?{from} AND o.word < ?{to})"
            )
        })
        .collect();
    let mut select = db.prepare(&format!(
        "SELECT w.member FROM member_words w
         WHERE w.tenant = ?1 AND w.word >= ?2 AND w.word < ?3{also}
         ORDER BY w.word, w.member LIMIT {limit}"
    ))?;
    let mut params: Vec<rusqlite::types::Value> = vec![tenant.into()];
    for reach in std::iter::once(first).chain(others) {
        params.extend([reach.from.clone().into(), reach.to.clone().into()]);
    }
    let rows = select.query_map(params_from_iter(params), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
