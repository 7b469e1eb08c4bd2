//! Wallets in which submissions wait for somebody to look at them.

use super::link::{Failure, Link, bytes};
use crate::batch::Loaded;
use crate::error::{Error, Result};
use crate::writes::Writes;
use regulars_base::{MemberId, TenantId, WalletId};

/// Wallets that a batch put something into, or took the last out of.
pub(super) async fn write(
    link: &Link,
    tenant: i64,
    loaded: &Loaded,
    writes: &Writes,
) -> Result<(), Failure> {
    for (place, waits) in &writes.submitting {
        let row = &loaded.wallets[*place];
        let (wallet, member) = (&row.wallet.bytes()[..], &row.member.bytes()[..]);
        if *waits {
            let sql = "INSERT INTO submissions_waiting (tenant, wallet, member) VALUES ($1, $2, $3)
                       ON CONFLICT (tenant, wallet) DO UPDATE SET member = excluded.member";
            link.run(sql, &[&tenant, &wallet, &member]).await?;
        } else {
            let sql = "DELETE FROM submissions_waiting WHERE tenant = $1 AND wallet = $2";
            link.run(sql, &[&tenant, &wallet]).await?;
        }
    }
    Ok(())
}

/// All of them, in the order of their ids.
pub(super) async fn waiting(link: &Link, tenant: i64) -> Result<Vec<WalletId>, Failure> {
    let sql = "SELECT wallet FROM submissions_waiting WHERE tenant = $1 ORDER BY wallet";
    let rows = link.rows(sql, &[&tenant]).await?;
    let id = |row| Ok(WalletId::from_bytes(bytes(row, 0)?));
    Ok(rows.iter().map(id).collect::<Result<_, Error>>()?)
}

impl super::Postgres {
    pub(super) fn read_submitters(
        &mut self,
        tenant: TenantId,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Vec<MemberId>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let after = after.map_or(Vec::new(), |id| id.bytes().to_vec());
        self.read(async |link| {
            let sql = "SELECT member FROM submissions_waiting
                       WHERE tenant = $1 AND member > $2 ORDER BY member LIMIT $3";
            let rows = link.rows(sql, &[&no, &&after[..], &limit]).await?;
            let id = |row| Ok(MemberId::from_bytes(bytes(row, 0)?));
            Ok(rows.iter().map(id).collect::<Result<_, Error>>()?)
        })
    }
}
