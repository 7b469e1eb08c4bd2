//! Wallets in which something is of a sort that people ask for a list of: submissions that wait, plans.

use crate::batch::Loaded;
use crate::error::Result;
use regulars_base::{MemberId, TenantId, WalletId};
use rusqlite::{Connection, params};

/// Wallets of which a batch changed whether they are on the list.
pub(super) fn write(
    db: &Connection,
    tenant: i64,
    loaded: &Loaded,
    (table, moved): (&str, &[(usize, bool)]),
) -> Result<(), super::Failure> {
    for (place, is_there) in moved {
        let row = &loaded.wallets[*place];
        let (wallet, member) = (row.wallet.bytes(), row.member.bytes());
        match is_there {
            true => db
                .prepare_cached(&format!(
                    "INSERT INTO {table} (tenant, wallet, member) VALUES (?1, ?2, ?3)
                     ON CONFLICT (tenant, wallet) DO UPDATE SET member = excluded.member"
                ))?
                .execute(params![tenant, wallet, member])?,
            false => db
                .prepare_cached(&format!(
                    "DELETE FROM {table} WHERE tenant = ?1 AND wallet = ?2"
                ))?
                .execute(params![tenant, wallet])?,
        };
    }
    Ok(())
}

/// All of a list, in the order of their ids.
pub(super) fn all(
    db: &Connection,
    tenant: i64,
    table: &str,
) -> Result<Vec<WalletId>, super::Failure> {
    let sql = format!("SELECT wallet FROM {table} WHERE tenant = ?1 ORDER BY wallet");
    let mut select = db.prepare(&sql)?;
    let rows = select.query_map([tenant], |row| Ok(WalletId::from_bytes(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl super::Sqlite {
    pub(super) fn read_listed(
        &mut self,
        tenant: TenantId,
        table: &str,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Vec<MemberId>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let after = after.map_or(Vec::new(), |id| id.bytes().to_vec());
        self.read(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT member FROM {table}
                 WHERE tenant = ?1 AND member > ?2 ORDER BY member LIMIT ?3"
            ))?;
            let rows = select.query_map(params![no, after, limit], |row| {
                Ok(MemberId::from_bytes(row.get(0)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
