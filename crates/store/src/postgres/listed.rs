//! Wallets in which something is of a sort that people ask for a list of: submissions that wait, plans.

use super::link::{Failure, Link, bytes};
use crate::batch::Loaded;
use crate::error::{Error, Result};
use regulars_base::{MemberId, TenantId, WalletId};

/// Wallets of which a batch changed whether they are on the list.
pub(super) async fn write(
    link: &Link,
    tenant: i64,
    loaded: &Loaded,
    (table, moved): (&str, &[(usize, bool)]),
) -> Result<(), Failure> {
    for (place, is_there) in moved {
        let row = &loaded.wallets[*place];
        let (wallet, member) = (&row.wallet.bytes()[..], &row.member.bytes()[..]);
        if *is_there {
            let sql = format!(
                "INSERT INTO {table} (tenant, wallet, member) VALUES ($1, $2, $3)
                 ON CONFLICT (tenant, wallet) DO UPDATE SET member = excluded.member"
            );
            link.run(&sql, &[&tenant, &wallet, &member]).await?;
        } else {
            let sql = format!("DELETE FROM {table} WHERE tenant = $1 AND wallet = $2");
            link.run(&sql, &[&tenant, &wallet]).await?;
        }
    }
    Ok(())
}

/// All of a list, in the order of their ids.
pub(super) async fn all(link: &Link, tenant: i64, table: &str) -> Result<Vec<WalletId>, Failure> {
    let sql = format!("SELECT wallet FROM {table} WHERE tenant = $1 ORDER BY wallet");
    let rows = link.rows(&sql, &[&tenant]).await?;
    let id = |row| Ok(WalletId::from_bytes(bytes(row, 0)?));
    Ok(rows.iter().map(id).collect::<Result<_, Error>>()?)
}

impl super::Postgres {
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
        self.read(async |link| {
            let sql = format!(
                "SELECT member FROM {table}
                 WHERE tenant = $1 AND member > $2 ORDER BY member LIMIT $3"
            );
            let rows = link.rows(&sql, &[&no, &&after[..], &limit]).await?;
            let id = |row| Ok(MemberId::from_bytes(bytes(row, 0)?));
            Ok(rows.iter().map(id).collect::<Result<_, Error>>()?)
        })
    }
}
