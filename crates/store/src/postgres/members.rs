//! Members: ids, identities, what is known of the person.

use super::link::{Failure, Link, bytes, maybe};
use crate::error::{Conflict, Error, Result};
use crate::format::encode;
use crate::hash::Key;
use crate::record::{Identity, Member, MemberPatch};
use crate::vault::TenantVault;
use regulars_base::{MemberId, TenantId, Timestamp, WalletId};
use regulars_engine::state::Wallet;
use std::collections::HashMap;
use tokio_postgres::Row;

/// A merge is followed so many times; a longer chain is a circle.
const MERGES_MAX: usize = 1000;

/// Adds an identity, which must be nobody else's.
pub(super) async fn insert_identity(
    link: &Link,
    vault: &TenantVault,
    member: MemberId,
    identity: &Identity,
) -> Result<(), Failure> {
    let (tenant, kind) = (vault.tenant, &identity.kind);
    let older = vault.older_identity_keys(kind, &identity.value);
    if let Some(older) = owner_of(link, tenant, &older).await? {
        return match older == member {
            true => Ok(()),
            false => Err(taken(identity)),
        };
    }
    let (key, stands) = vault.identity(member, identity);
    let id = &member.bytes()[..];
    let sql = "INSERT INTO identities (tenant, hash, member, kind, value)
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, hash) DO NOTHING";
    if link
        .run(sql, &[&tenant, &&key[..], &id, kind, &stands.value])
        .await?
        == 1
    {
        return Ok(());
    }
    let sql = "SELECT member FROM identities WHERE tenant = $1 AND hash = $2";
    let rows = link.rows(sql, &[&tenant, &&key[..]]).await?;
    match rows.iter().any(|row| row.get::<_, &[u8]>(0) == id) {
        true => Ok(()),
        false => Err(taken(identity)),
    }
}

fn taken(identity: &Identity) -> Failure {
    let Identity { kind, value } = identity.clone();
    Conflict::Identity { kind, value }.into()
}

/// Whose an identity is that has one of these keys.
pub(super) async fn owner_of(
    link: &Link,
    tenant: i64,
    keys: &[Key],
) -> Result<Option<MemberId>, Failure> {
    if keys.is_empty() {
        return Ok(None);
    }
    let keys: Vec<&[u8]> = keys.iter().map(|key| &key[..]).collect();
    let sql = "SELECT i.member FROM unnest($2::bytea[]) u (hash)
               CROSS JOIN LATERAL (SELECT member FROM identities
                                   WHERE tenant = $1 AND hash = u.hash LIMIT 1) i";
    let rows = link.rows(sql, &[&tenant, &keys]).await?;
    let owner = rows.first().map(|row| bytes(row, 0)).transpose()?;
    Ok(owner.map(MemberId::from_bytes))
}

/// The member that `member` stands for, and their wallet.
pub(super) async fn standing(
    link: &Link,
    tenant: i64,
    member: MemberId,
) -> Result<Option<(MemberId, WalletId)>, Failure> {
    let sql = "SELECT wallet, merged_into FROM members WHERE tenant = $1 AND member = $2";
    let mut at = *member.bytes();
    for _ in 0..MERGES_MAX {
        let rows = link.rows(sql, &[&tenant, &&at[..]]).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        match maybe(row, 1)? {
            Some(into) => at = into,
            None => {
                let wallet = WalletId::from_bytes(bytes(row, 0)?);
                return Ok(Some((MemberId::from_bytes(at), wallet)));
            }
        }
    }
    Err(Error::Corrupt(format!("{member} was merged in a circle")).into())
}

pub(super) async fn read(link: &Link, tenant: i64, ids: &[&[u8]]) -> Result<Vec<Member>, Failure> {
    let sql = "SELECT u.id, m.wallet, m.merged_into, m.created_at,
                      coalesce((SELECT attributes FROM profiles
                                WHERE tenant = $1 AND member = u.id), '{}')
               FROM unnest($2::bytea[]) u (id)
               CROSS JOIN LATERAL (SELECT wallet, merged_into, created_at FROM members
                                   WHERE tenant = $1 AND member = u.id LIMIT 1) m";
    let named = "SELECT u.id, i.kind, i.value FROM unnest($2::bytea[]) u (id)
                 CROSS JOIN LATERAL (SELECT kind, value FROM identities
                                     WHERE tenant = $1 AND member = u.id OFFSET 0) i
                 ORDER BY u.id, kind COLLATE \"C\", value COLLATE \"C\"";
    let (rows, named) = futures_util::future::try_join(
        link.rows(sql, &[&tenant, &ids]),
        link.rows(named, &[&tenant, &ids]),
    )
    .await?;
    let mut by_member: HashMap<&[u8], Vec<Identity>> = HashMap::new();
    for row in &named {
        by_member.entry(row.get(0)).or_default().push(Identity {
            kind: row.get(1),
            value: row.get(2),
        });
    }
    let member = |row: &tokio_postgres::Row| {
        let id: [u8; 16] = bytes(row, 0)?;
        Ok(Member {
            id: MemberId::from_bytes(id),
            wallet: WalletId::from_bytes(bytes(row, 1)?),
            merged_into: maybe(row, 2)?.map(MemberId::from_bytes),
            created_at: Timestamp::from_micros(row.get(3)),
            identities: by_member.get(&id[..]).cloned().unwrap_or_default(),
            attributes: row.get(4),
        })
    };
    rows.iter().map(member).collect()
}

async fn read_one(link: &Link, tenant: i64, id: MemberId) -> Result<Option<Member>, Failure> {
    Ok(read(link, tenant, &[id.bytes()]).await?.pop())
}

impl super::Postgres {
    pub(super) fn read_member(
        &mut self,
        tenant: TenantId,
        id: MemberId,
        follow: bool,
    ) -> Result<Option<Member>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let id = match follow {
                true => standing(link, no, id).await?.map(|(member, _)| member),
                false => Some(id),
            };
            match id {
                Some(id) => read_one(link, no, id).await,
                None => Ok(None),
            }
        })
    }

    pub(super) fn read_with_merged(
        &mut self,
        tenant: TenantId,
        id: MemberId,
    ) -> Result<Vec<(MemberId, WalletId)>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let own = |row: &Row| -> Result<(MemberId, WalletId), Failure> {
                let (member, wallet) = (bytes(row, 0)?, bytes(row, 1)?);
                Ok((MemberId::from_bytes(member), WalletId::from_bytes(wallet)))
            };
            let sql = "SELECT member, wallet FROM members WHERE tenant = $1 AND member = $2";
            let rows = link.rows(sql, &[&no, &&id.bytes()[..]]).await?;
            let mut all = rows.iter().map(own).collect::<Result<Vec<_>, _>>()?;
            let sql = "SELECT member, wallet FROM members WHERE tenant = $1 AND merged_into = $2
                       ORDER BY member";
            let mut at = 0;
            while let Some((into, _)) = all.get(at).copied() {
                for row in &link.rows(sql, &[&no, &&into.bytes()[..]]).await? {
                    all.push(own(row)?);
                }
                at += 1;
                if at > MERGES_MAX {
                    return Err(Error::Corrupt(format!("{id} was merged in a circle")).into());
                }
            }
            Ok(all)
        })
    }

    pub(super) fn read_member_by_identity(
        &mut self,
        tenant: TenantId,
        kind: &str,
        value: &str,
    ) -> Result<Option<Member>> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        self.read(async |link| {
            let keys = vault.of(no).identity_keys(kind, value);
            let Some(member) = owner_of(link, no, &keys).await? else {
                return Ok(None);
            };
            match standing(link, no, member).await? {
                Some((member, _)) => read_one(link, no, member).await,
                None => Ok(None),
            }
        })
    }

    pub(super) fn read_members(
        &mut self,
        tenant: TenantId,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Vec<Member>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let after = after.map_or(Vec::new(), |after| after.bytes().to_vec());
        self.read(async |link| {
            let sql = "SELECT member FROM members
                       WHERE tenant = $1 AND member > $2 AND merged_into IS NULL
                       ORDER BY member LIMIT $3";
            let rows = link.rows(sql, &[&no, &after, &limit]).await?;
            let ids: Vec<&[u8]> = rows.iter().map(|row| row.get(0)).collect();
            read(link, no, &ids).await
        })
    }

    pub(super) fn insert_member(&mut self, tenant: TenantId, member: &Member) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        self.write(async |link| {
            let (id, wallet) = (&member.id.bytes()[..], &member.wallet.bytes()[..]);
            let sql = "INSERT INTO members (tenant, member, wallet, created_at)
                       VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
            if link
                .run(sql, &[&no, &id, &wallet, &member.created_at.micros()])
                .await?
                == 0
            {
                return Err(Conflict::Member(member.id).into());
            }
            let sql = "INSERT INTO wallets (tenant, wallet, member, seq, head, state)
                       VALUES ($1, $2, $3, 0, $4, $5)";
            let (head, state) = (&[0u8; 32][..], encode(&Wallet::default()));
            link.run(sql, &[&no, &wallet, &id, &head, &state]).await?;
            let patch = MemberPatch {
                attributes: Some(member.attributes.clone()),
                add: member.identities.clone(),
                remove: Vec::new(),
            };
            change(link, &vault.of(no), member.id, &patch).await
        })
    }

    pub(super) fn update_member(
        &mut self,
        tenant: TenantId,
        id: MemberId,
        patch: &MemberPatch,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        self.write(async |link| change(link, &vault.of(no), id, patch).await)
    }

    pub(super) fn forget_member(&mut self, tenant: TenantId, id: MemberId) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        let member = id;
        let id = &id.bytes()[..];
        self.write(async |link| {
            super::finding::forget_words(link, no, member).await?;
            super::messages::forget(link, no, id).await?;
            super::askings::forget(link, no, id).await?;
            super::cards::forget(link, no, id).await?;
            super::duplicates::forget(link, no, member).await?;
            super::confirmations::forget(link, no, member).await?;
            let sql = "DELETE FROM identities WHERE tenant = $1 AND member = $2";
            link.run(sql, &[&no, &id]).await?;
            let sql = "DELETE FROM profiles WHERE tenant = $1 AND member = $2";
            link.run(sql, &[&no, &id]).await?;
            let sql = "UPDATE scores SET shown = 0 WHERE tenant = $1 AND wallet IN
                           (SELECT wallet FROM nicknames WHERE tenant = $1 AND member = $2)";
            link.run(sql, &[&no, &id]).await?;
            let sql = "DELETE FROM member_sessions WHERE tenant = $1 AND member = $2";
            link.run(sql, &[&no, &id]).await?;
            let sql = "DELETE FROM accepted_terms WHERE tenant = $1 AND member = $2";
            link.run(sql, &[&no, &id]).await?;
            let sql = "DELETE FROM nicknames WHERE tenant = $1 AND member = $2";
            link.run(sql, &[&no, &id]).await?;
            let sql = "DELETE FROM addresses WHERE tenant = $1 AND member = $2";
            link.run(sql, &[&no, &id]).await?;
            Ok(())
        })
    }
}

/// Changes what is known of a person.
pub(super) async fn change(
    link: &Link,
    vault: &TenantVault,
    id: MemberId,
    patch: &MemberPatch,
) -> Result<(), Failure> {
    let tenant = vault.tenant;
    let member = &id.bytes()[..];
    let sql = "SELECT member FROM members WHERE tenant = $1 AND member = $2 FOR UPDATE";
    if link.rows(sql, &[&tenant, &member]).await?.is_empty() {
        return Err(Error::Missing("member").into());
    }
    for Identity { kind, value } in &patch.remove {
        let sql = "DELETE FROM identities WHERE tenant = $1 AND hash = $2 AND member = $3";
        for key in vault.identity_keys(kind, value) {
            link.run(sql, &[&tenant, &&key[..], &member]).await?;
        }
    }
    for identity in &patch.add {
        insert_identity(link, vault, id, identity).await?;
    }
    if let Some(attributes) = &patch.attributes {
        let sql = "INSERT INTO profiles (tenant, member, attributes) VALUES ($1, $2, $3)
                   ON CONFLICT (tenant, member) DO UPDATE SET attributes = excluded.attributes";
        let stands = vault.attributes(id, attributes);
        link.run(sql, &[&tenant, &member, &&*stands]).await?;
        super::finding::put_words(link, vault, id, attributes).await?;
    }
    Ok(())
}
