//! Identities: found together, looked through, brought into one form.

use super::Failure;
use super::members::{owner, read, standing};
use crate::error::Result;
use crate::identity::{IdentityRow, Rewrite, Rewritten};
use crate::record::{Identity, Member};
use crate::vault::{Field, TenantVault};
use regulars_base::{MemberId, TenantId};
use rusqlite::{Connection, params, params_from_iter};

impl super::Sqlite {
    pub(super) fn read_members_by_identities(
        &mut self,
        tenant: TenantId,
        identities: &[Identity],
    ) -> Result<Vec<Member>> {
        if identities.is_empty() {
            return Ok(Vec::new());
        }
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        self.read(|db| {
            let vault = vault.of(no);
            let keys = identities
                .iter()
                .flat_map(|own| vault.identity_keys(&own.kind, &own.value));
            let mut values: Vec<rusqlite::types::Value> = vec![no.into()];
            values.extend(keys.map(|key| key.to_vec().into()));
            let places: Vec<String> = (2..=values.len()).map(|at| format!("?{at}")).collect();
            let sql = format!(
                "SELECT DISTINCT member FROM identities WHERE tenant = ?1 AND hash IN ({})",
                places.join(", ")
            );
            let mut select = db.prepare_cached(&sql)?;
            let ids = select.query_map(params_from_iter(values), |row| row.get(0))?;
            let ids: Vec<[u8; 16]> = ids.collect::<std::result::Result<_, _>>()?;
            let mut found: Vec<Member> = Vec::new();
            for id in ids {
                let Some((id, _)) = standing(db, no, MemberId::from_bytes(id))? else {
                    continue;
                };
                if found.iter().all(|own| own.id != id) {
                    found.extend(read(db, no, id)?);
                }
            }
            Ok(found)
        })
    }

    pub(super) fn read_identities(
        &mut self,
        tenant: TenantId,
        after: &[u8],
        limit: usize,
    ) -> Result<Vec<IdentityRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT hash, member, kind, value FROM identities
                 WHERE tenant = ?1 AND hash > ?2 ORDER BY hash LIMIT ?3",
            )?;
            let rows = select.query_map(params![no, after, limit], |row| {
                Ok(IdentityRow {
                    key: row.get(0)?,
                    member: MemberId::from_bytes(row.get(1)?),
                    identity: Identity {
                        kind: row.get(2)?,
                        value: row.get(3)?,
                    },
                })
            })?;
            Ok(rows.collect::<std::result::Result<_, _>>()?)
        })
    }

    pub(super) fn update_identities(
        &mut self,
        tenant: TenantId,
        rewrites: &[Rewrite],
    ) -> Result<Vec<Rewritten>> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        self.write(|db| {
            let vault = vault.of(no);
            rewrites
                .iter()
                .map(|own| rewrite(db, &vault, own))
                .collect()
        })
    }

    pub(super) fn put_typed(
        &mut self,
        tenant: TenantId,
        member: MemberId,
        typed: &[(Identity, String)],
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        self.write(|db| {
            let mut update = db.prepare_cached(
                "UPDATE identities SET typed = ?4 WHERE tenant = ?1 AND hash = ?2 AND member = ?3",
            )?;
            let vault = vault.of(no);
            for (own, typed) in typed {
                let row: [&[u8]; 2] = [member.bytes(), own.kind.as_bytes()];
                let stands = vault.close(Field::IdentityTyped, &row, typed);
                for key in vault.identity_keys(&own.kind, &own.value) {
                    update.execute(params![no, key, member.bytes(), stands])?;
                }
            }
            Ok(())
        })
    }

    pub(super) fn read_typed(
        &mut self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<Vec<(Identity, String)>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT kind, value, typed FROM identities
                 WHERE tenant = ?1 AND member = ?2 AND typed IS NOT NULL ORDER BY kind, value",
            )?;
            let rows = select.query_map(params![no, member.bytes()], |row| {
                let own = Identity {
                    kind: row.get(0)?,
                    value: row.get(1)?,
                };
                Ok((own, row.get(2)?))
            })?;
            Ok(rows.collect::<std::result::Result<_, _>>()?)
        })
    }
}

fn rewrite(
    db: &Connection,
    vault: &TenantVault,
    own: &Rewrite,
) -> std::result::Result<Rewritten, Failure> {
    let Rewrite { from, value } = own;
    let (tenant, kind) = (vault.tenant, &from.identity.kind);
    let other = owner(db, vault, kind, value)?;
    let changed = match other {
        Some(other) if other != from.member => {
            return Ok(Rewritten::Taken(other));
        }
        Some(_) => db.execute(
            "DELETE FROM identities WHERE tenant = ?1 AND hash = ?2 AND member = ?3",
            params![tenant, from.key, from.member.bytes()],
        )?,
        None => {
            let to = Identity {
                kind: kind.clone(),
                value: value.clone(),
            };
            let (key, stands) = vault.identity(from.member, &to);
            let row: [&[u8]; 2] = [from.member.bytes(), kind.as_bytes()];
            let typed = vault.close(Field::IdentityTyped, &row, &from.identity.value);
            db.execute(
                "UPDATE identities SET hash = ?4, value = ?5, typed = coalesce(typed, ?6)
                 WHERE tenant = ?1 AND hash = ?2 AND member = ?3",
                params![
                    tenant,
                    from.key,
                    from.member.bytes(),
                    key,
                    stands.value,
                    typed
                ],
            )?
        }
    };
    Ok(match (changed, other) {
        (0, _) => Rewritten::Gone,
        (_, Some(_)) => Rewritten::Folded,
        (_, None) => Rewritten::Done,
    })
}
