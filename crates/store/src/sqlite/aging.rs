//! What a shop need not keep for ever, counted and let go.

use super::Sqlite;
use crate::aging::Aging;
use crate::error::Result;
use regulars_base::{TenantId, Timestamp};
use rusqlite::params;

impl Sqlite {
    pub(super) fn count_old(
        &mut self,
        tenant: TenantId,
        what: Aging,
        before: Timestamp,
    ) -> Result<u64> {
        let no = self.tenant_no(tenant)?;
        let sql = what.count().replace('$', "?");
        self.read(|db| {
            let count: i64 = db
                .prepare_cached(&sql)?
                .query_row(params![no, before.micros()], |row| row.get(0))?;
            Ok(count.unsigned_abs())
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
        let sql = what.let_go().replace('$', "?");
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.write(|db| {
            let mut deed = db.prepare_cached(&sql)?;
            Ok(deed.execute(params![no, before.micros(), limit])? as u64)
        })
    }
}
