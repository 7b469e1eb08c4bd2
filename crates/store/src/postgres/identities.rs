//! Identities: found together, looked through, brought into one form.

use super::link::{Failure, Link, bytes};
use super::members::{owner_of, read, standing};
use crate::error::Result;
use crate::identity::{IdentityRow, Rewrite, Rewritten};
use crate::record::{Identity, Member};
use crate::vault::{Field, TenantVault};
use regulars_base::{MemberId, TenantId};

impl super::Postgres {
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
        self.read(async |link| {
            let vault = vault.of(no);
            let keys = identities
                .iter()
                .flat_map(|own| vault.identity_keys(&own.kind, &own.value));
            let keys: Vec<Vec<u8>> = keys.map(|key| key.to_vec()).collect();
            let sql = "SELECT DISTINCT member FROM identities
                       WHERE tenant = $1 AND hash = ANY ($2::bytea[])";
            let mut ids: Vec<MemberId> = Vec::new();
            for row in &link.rows(sql, &[&no, &keys]).await? {
                let named = MemberId::from_bytes(bytes(row, 0)?);
                let found = standing(link, no, named).await?.map(|(member, _)| member);
                ids.extend(found.filter(|found| !ids.contains(found)));
            }
            let ids: Vec<&[u8]> = ids.iter().map(|id| &id.bytes()[..]).collect();
            match ids.is_empty() {
                true => Ok(Vec::new()),
                false => read(link, no, &ids).await,
            }
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
        self.read(async |link| {
            let sql = "SELECT hash, member, kind, value FROM identities
                       WHERE tenant = $1 AND hash > $2 ORDER BY hash LIMIT $3";
            let row = |row: &tokio_postgres::Row| {
                Ok(IdentityRow {
                    key: row.get(0),
                    member: MemberId::from_bytes(bytes(row, 1)?),
                    identity: Identity {
                        kind: row.get(2),
                        value: row.get(3),
                    },
                })
            };
            let rows = link.rows(sql, &[&no, &after, &limit]).await?;
            rows.iter().map(row).collect()
        })
    }

    pub(super) fn update_identities(
        &mut self,
        tenant: TenantId,
        rewrites: &[Rewrite],
    ) -> Result<Vec<Rewritten>> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        self.write(async |link| {
            let vault = vault.of(no);
            let mut all = Vec::with_capacity(rewrites.len());
            for own in rewrites {
                all.push(rewrite(link, &vault, own).await?);
            }
            Ok(all)
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
        self.write(async |link| {
            let vault = vault.of(no);
            let sql = "UPDATE identities SET typed = $4
                       WHERE tenant = $1 AND hash = $2 AND member = $3";
            for (own, typed) in typed {
                let row: [&[u8]; 2] = [member.bytes(), own.kind.as_bytes()];
                let stands = vault.close(Field::IdentityTyped, &row, typed);
                for key in vault.identity_keys(&own.kind, &own.value) {
                    link.run(sql, &[&no, &&key[..], &&member.bytes()[..], &&*stands])
                        .await?;
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
        self.read(async |link| {
            let sql = "SELECT kind, value, typed FROM identities
                       WHERE tenant = $1 AND member = $2 AND typed IS NOT NULL
                       ORDER BY kind COLLATE \"C\", value COLLATE \"C\"";
            let rows = link.rows(sql, &[&no, &&member.bytes()[..]]).await?;
            let row = |row: &tokio_postgres::Row| {
                let own = Identity {
                    kind: row.get(0),
                    value: row.get(1),
                };
                (own, row.get(2))
            };
            Ok(rows.iter().map(row).collect())
        })
    }
}

async fn rewrite(
    link: &Link,
    vault: &TenantVault,
    own: &Rewrite,
) -> std::result::Result<Rewritten, Failure> {
    let Rewrite { from, value } = own;
    let (tenant, kind) = (vault.tenant, &from.identity.kind);
    let (old, member) = (&from.key[..], &from.member.bytes()[..]);
    let keys = vault.identity_keys(kind, value);
    let other = owner_of(link, tenant, &keys).await?;
    let changed = match other {
        Some(other) if other != from.member => {
            return Ok(Rewritten::Taken(other));
        }
        Some(_) => {
            let sql = "DELETE FROM identities WHERE tenant = $1 AND hash = $2 AND member = $3";
            link.run(sql, &[&tenant, &old, &member]).await?
        }
        None => {
            let to = Identity {
                kind: kind.clone(),
                value: value.clone(),
            };
            let (key, stands) = vault.identity(from.member, &to);
            let typed = vault.close(
                Field::IdentityTyped,
                &[member, kind.as_bytes()],
                &from.identity.value,
            );
            let sql = "UPDATE identities SET hash = $4, value = $5, typed = coalesce(typed, $6)
                       WHERE tenant = $1 AND hash = $2 AND member = $3";
            let asked: [super::link::Parameter<'_>; 6] =
                [&tenant, &old, &member, &&key[..], &stands.value, &&*typed];
            link.run(sql, &asked).await?
        }
    };
    Ok(match (changed, other) {
        (0, _) => Rewritten::Gone,
        (_, Some(_)) => Rewritten::Folded,
        (_, None) => Rewritten::Done,
    })
}
