//! What a shop need not keep for ever, counted and let go.

use super::Postgres;
use crate::aging::Aging;
use crate::error::Result;
use regulars_base::{TenantId, Timestamp};

impl Postgres {
    pub(super) fn count_old(
        &mut self,
        tenant: TenantId,
        what: Aging,
        before: Timestamp,
    ) -> Result<u64> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let rows = link.rows(&what.count(), &[&no, &before.micros()]).await?;
            Ok(rows[0].get::<_, i64>(0).unsigned_abs())
        })
    }

    pub(super) fn let_old_go(
        &mut self,
        tenant: TenantId,
        what: Aging,
        before: Timestamp,
        limit: usize,
    ) -> Result<u64> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.write(async |link| {
            let with: [&(dyn tokio_postgres::types::ToSql + Sync); 3] =
                [&no, &before.micros(), &limit];
            link.run(&what.let_go(), &with).await
        })
    }
}
