//! Members: ids, identities, what is known of the person.

use super::Failure;
use crate::error::{Conflict, Error, Result};
use crate::format::encode;
use crate::record::{Identity, Member, MemberPatch};
use crate::vault::TenantVault;
use regulars_base::{MemberId, TenantId, Timestamp, WalletId};
use regulars_engine::state::Wallet;
use rusqlite::{Connection, OptionalExtension, params};

/// A merge is followed so many times; a longer chain is a circle.
const MERGES_MAX: usize = 1000;

/// Adds the row of a new member.
pub(super) fn insert(
    db: &Connection,
    tenant: i64,
    member: MemberId,
    wallet: WalletId,
    at: Timestamp,
) -> Result<(), Failure> {
    let mut insert = db.prepare_cached(
        "INSERT INTO members (tenant, member, wallet, created_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO NOTHING",
    )?;
    match insert.execute(params![tenant, member.bytes(), wallet.bytes(), at.micros()])? {
        0 => Err(Conflict::Member(member).into()),
        _ => Ok(()),
    }
}

/// Adds an identity, which must be nobody else's.
pub(super) fn insert_identity(
    db: &Connection,
    vault: &TenantVault,
    member: MemberId,
    identity: &Identity,
) -> Result<(), Failure> {
    let (tenant, kind) = (vault.tenant, &identity.kind);
    if let Some(older) = owner_of_older(db, vault, identity)? {
        return match older == member {
            true => Ok(()),
            false => Err(taken(identity)),
        };
    }
    let (key, stands) = vault.identity(member, identity);
    let mut insert = db.prepare_cached(
        "INSERT INTO identities (tenant, hash, member, wallet_no, kind, value)
         VALUES (?1, ?2, ?3, (SELECT no FROM wallets WHERE tenant = ?1 AND wallet = ?3), ?4, ?5)
         ON CONFLICT (tenant, hash) DO NOTHING",
    )?;
    if insert.execute(params![tenant, key, member.bytes(), kind, stands.value])? == 1 {
        return Ok(());
    }
    let mut select =
        db.prepare_cached("SELECT member FROM identities WHERE tenant = ?1 AND hash = ?2")?;
    let owner: [u8; 16] = select.query_row(params![tenant, key], |row| row.get(0))?;
    match owner == *member.bytes() {
        true => Ok(()),
        false => Err(taken(identity)),
    }
}

fn taken(identity: &Identity) -> Failure {
    let Identity { kind, value } = identity.clone();
    Conflict::Identity { kind, value }.into()
}

/// Whose an identity is that may still stand under an older key of the vault.
fn owner_of_older(
    db: &Connection,
    vault: &TenantVault,
    identity: &Identity,
) -> Result<Option<MemberId>, Failure> {
    for key in vault.older_identity_keys(&identity.kind, &identity.value) {
        let mut select =
            db.prepare_cached("SELECT member FROM identities WHERE tenant = ?1 AND hash = ?2")?;
        let found = select
            .query_row(params![vault.tenant, key], |row| row.get(0))
            .optional()?;
        if let Some(found) = found {
            return Ok(Some(MemberId::from_bytes(found)));
        }
    }
    Ok(None)
}

/// Whose an identity is, as it was written.
pub(super) fn owner(
    db: &Connection,
    vault: &TenantVault,
    kind: &str,
    value: &str,
) -> Result<Option<MemberId>, Failure> {
    let mut select =
        db.prepare_cached("SELECT member FROM identities WHERE tenant = ?1 AND hash = ?2")?;
    for key in vault.identity_keys(kind, value) {
        let found = select
            .query_row(params![vault.tenant, key], |row| row.get(0))
            .optional()?;
        if let Some(found) = found {
            return Ok(Some(MemberId::from_bytes(found)));
        }
    }
    Ok(None)
}

/// The member that `member` stands for, and their wallet.
pub(super) fn standing(
    db: &Connection,
    tenant: i64,
    member: MemberId,
) -> Result<Option<(MemberId, WalletId)>, Failure> {
    let mut select = db.prepare_cached(
        "SELECT wallet, merged_into FROM members WHERE tenant = ?1 AND member = ?2",
    )?;
    let mut at = *member.bytes();
    for _ in 0..MERGES_MAX {
        let row: Option<([u8; 16], Option<[u8; 16]>)> = select
            .query_row(params![tenant, at], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match row {
            None => return Ok(None),
            Some((_, Some(into))) => at = into,
            Some((wallet, None)) => {
                let standing = (MemberId::from_bytes(at), WalletId::from_bytes(wallet));
                return Ok(Some(standing));
            }
        }
    }
    Err(Error::Corrupt(format!("{member} was merged in a circle")).into())
}

pub(super) fn read(db: &Connection, tenant: i64, id: MemberId) -> Result<Option<Member>, Failure> {
    let mut select = db.prepare_cached(
        "SELECT m.wallet, m.merged_into, m.created_at, coalesce(p.attributes, '{}')
         FROM members m LEFT JOIN profiles p ON p.tenant = m.tenant AND p.member = m.member
         WHERE m.tenant = ?1 AND m.member = ?2",
    )?;
    let member = select
        .query_row(params![tenant, id.bytes()], |row| {
            let into: Option<[u8; 16]> = row.get(1)?;
            Ok(Member {
                id,
                wallet: WalletId::from_bytes(row.get(0)?),
                merged_into: into.map(MemberId::from_bytes),
                created_at: Timestamp::from_micros(row.get(2)?),
                identities: Vec::new(),
                attributes: row.get(3)?,
            })
        })
        .optional()?;
    let Some(mut member) = member else {
        return Ok(None);
    };
    let mut select = db.prepare_cached(
        "SELECT kind, value FROM identities
         WHERE tenant = ?1 AND member = ?2
         ORDER BY kind, value",
    )?;
    let identities = select.query_map(params![tenant, id.bytes()], |row| {
        Ok(Identity {
            kind: row.get(0)?,
            value: row.get(1)?,
        })
    })?;
    member.identities = identities.collect::<Result<_, _>>()?;
    Ok(Some(member))
}

impl super::Sqlite {
    pub(super) fn read_member(
        &mut self,
        tenant: TenantId,
        id: MemberId,
        follow: bool,
    ) -> Result<Option<Member>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let id = match follow {
                true => standing(db, no, id)?.map(|(member, _)| member),
                false => Some(id),
            };
            match id {
                Some(id) => read(db, no, id),
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
        self.read(|db| {
            let own = |row: &rusqlite::Row<'_>| {
                let member = MemberId::from_bytes(row.get(0)?);
                Ok((member, WalletId::from_bytes(row.get(1)?)))
            };
            let mut select = db.prepare_cached(
                "SELECT member, wallet FROM members WHERE tenant = ?1 AND member = ?2",
            )?;
            let own_row = select.query_row(params![no, id.bytes()], own).optional()?;
            let mut all: Vec<(MemberId, WalletId)> = own_row.into_iter().collect();
            let mut select = db.prepare_cached(
                "SELECT member, wallet FROM members WHERE tenant = ?1 AND merged_into = ?2
                 ORDER BY member",
            )?;
            let mut at = 0;
            while let Some((into, _)) = all.get(at).copied() {
                let merged = select.query_map(params![no, into.bytes()], own)?;
                for one in merged {
                    all.push(one?);
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
        self.read(|db| {
            let Some(member) = owner(db, &vault.of(no), kind, value)? else {
                return Ok(None);
            };
            match standing(db, no, member)? {
                Some((member, _)) => read(db, no, member),
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
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT member FROM members
                 WHERE tenant = ?1 AND member > ?2 AND merged_into IS NULL
                 ORDER BY member LIMIT ?3",
            )?;
            let ids = select.query_map(params![no, after, limit], |row| row.get(0))?;
            let ids: Vec<[u8; 16]> = ids.collect::<Result<_, _>>()?;
            let members = ids
                .into_iter()
                .map(|id| read(db, no, MemberId::from_bytes(id)));
            members.filter_map(Result::transpose).collect()
        })
    }

    pub(super) fn insert_member(&mut self, tenant: TenantId, member: &Member) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        self.write(|db| {
            insert(db, no, member.id, member.wallet, member.created_at)?;
            db.execute(
                "INSERT INTO wallets (tenant, wallet, member, seq, head, state)
                 VALUES (?1, ?2, ?3, 0, ?4, ?5)",
                params![
                    no,
                    member.wallet.bytes(),
                    member.id.bytes(),
                    [0u8; 32],
                    encode(&Wallet::default())
                ],
            )?;
            change(
                db,
                &vault.of(no),
                member.id,
                &MemberPatch {
                    attributes: Some(member.attributes.clone()),
                    add: member.identities.clone(),
                    remove: Vec::new(),
                },
            )
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
        self.write(|db| change(db, &vault.of(no), id, patch))
    }

    pub(super) fn forget_member(&mut self, tenant: TenantId, id: MemberId) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let member = params![no, id.bytes()];
            db.execute(
                "DELETE FROM identities WHERE tenant = ?1 AND member = ?2",
                member,
            )?;
            db.execute(
                "DELETE FROM profiles WHERE tenant = ?1 AND member = ?2",
                member,
            )?;
            super::finding::forget_words(db, no, id)?;
            super::messages::forget(db, no, id)?;
            super::askings::forget(db, no, id)?;
            super::cards::forget(db, no, id)?;
            super::duplicates::forget(db, no, id)?;
            super::confirmations::forget(db, no, id)?;
            db.execute(
                "UPDATE scores SET shown = 0 WHERE tenant = ?1 AND wallet IN
                     (SELECT wallet FROM nicknames WHERE tenant = ?1 AND member = ?2)",
                member,
            )?;
            db.execute(
                "DELETE FROM member_sessions WHERE tenant = ?1 AND member = ?2",
                member,
            )?;
            db.execute(
                "DELETE FROM accepted_terms WHERE tenant = ?1 AND member = ?2",
                member,
            )?;
            db.execute(
                "DELETE FROM nicknames WHERE tenant = ?1 AND member = ?2",
                member,
            )?;
            db.execute(
                "DELETE FROM addresses WHERE tenant = ?1 AND member = ?2",
                member,
            )?;
            Ok(())
        })?;
        self.cut_off()
    }
}

/// Changes what is known of a person.
pub(super) fn change(
    db: &Connection,
    vault: &TenantVault,
    id: MemberId,
    patch: &MemberPatch,
) -> Result<(), Failure> {
    let tenant = vault.tenant;
    let there: bool = db.query_row(
        "SELECT count(*) > 0 FROM members WHERE tenant = ?1 AND member = ?2",
        params![tenant, id.bytes()],
        |row| row.get(0),
    )?;
    if !there {
        return Err(Error::Missing("member").into());
    }
    for Identity { kind, value } in &patch.remove {
        for key in vault.identity_keys(kind, value) {
            db.execute(
                "DELETE FROM identities WHERE tenant = ?1 AND hash = ?2 AND member = ?3",
                params![tenant, key, id.bytes()],
            )?;
        }
    }
    for identity in &patch.add {
        insert_identity(db, vault, id, identity)?;
    }
    if let Some(attributes) = &patch.attributes {
        db.execute(
            "INSERT INTO profiles (tenant, member, attributes) VALUES (?1, ?2, ?3)
             ON CONFLICT (tenant, member) DO UPDATE SET attributes = excluded.attributes",
            params![tenant, id.bytes(), vault.attributes(id, attributes)],
        )?;
        super::finding::put_words(db, vault, id, attributes)?;
    }
    Ok(())
}
