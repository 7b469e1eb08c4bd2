//! Wallets in which submissions wait for somebody to look at them.

use crate::batch::Loaded;
use crate::error::Result;
use crate::writes::Writes;
use regulars_base::{MemberId, TenantId, WalletId};
use rusqlite::{Connection, params};

/// Wallets that a batch put something into, or took the last out of.
pub(super) fn write(
    db: &Connection,
    tenant: i64,
    loaded: &Loaded,
    writes: &Writes,
) -> Result<(), super::Failure> {
    for (place, waits) in &writes.submitting {
        let row = &loaded.wallets[*place];
        let (wallet, member) = (row.wallet.bytes(), row.member.bytes());
        match waits {
            true => db
                .prepare_cached(
                    "INSERT INTO submissions_waiting (tenant, wallet, member) VALUES (?1, ?2, ?3)
                     ON CONFLICT (tenant, wallet) DO UPDATE SET member = excluded.member",
                )?
                .execute(params![tenant, wallet, member])?,
            false => db
                .prepare_cached(
                    "DELETE FROM submissions_waiting WHERE tenant = ?1 AND wallet = ?2",
                )?
                .execute(params![tenant, wallet])?,
        };
    }
    Ok(())
}

/// All of them, in the order of their ids.
pub(super) fn waiting(db: &Connection, tenant: i64) -> Result<Vec<WalletId>, super::Failure> {
    let mut select =
        db.prepare("SELECT wallet FROM submissions_waiting WHERE tenant = ?1 ORDER BY wallet")?;
    let rows = select.query_map([tenant], |row| Ok(WalletId::from_bytes(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl super::Sqlite {
    pub(super) fn read_submitters(
        &mut self,
        tenant: TenantId,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Vec<MemberId>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let after = after.map_or(Vec::new(), |id| id.bytes().to_vec());
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT member FROM submissions_waiting
                 WHERE tenant = ?1 AND member > ?2 ORDER BY member LIMIT ?3",
            )?;
            let rows = select.query_map(params![no, after, limit], |row| {
                Ok(MemberId::from_bytes(row.get(0)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
