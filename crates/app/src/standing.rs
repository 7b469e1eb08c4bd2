//! Who members are now: whoever was merged is whoever took them over.

use crate::Error;
use regulars_base::{MemberId, TenantId};
use regulars_store::Store;
use std::collections::{BTreeMap, BTreeSet};

/// The merges of a shop.
pub(crate) struct Standing(BTreeMap<MemberId, MemberId>);

impl Standing {
    /// Goes over all wallets.
    pub(crate) fn read(store: &mut dyn Store, tenant: TenantId) -> Result<Self, Error> {
        let mut merged = BTreeMap::new();
        store.each_wallet(tenant, &mut |row| {
            merged.extend(row.merged_into.map(|into| (row.member, into)));
            Ok(())
        })?;
        Ok(Self(merged))
    }

    /// Who a member is now.
    pub(crate) fn of(&self, mut member: MemberId) -> MemberId {
        // Nobody is taken over by themselves; the bound is for a database that is wrong.
        for _ in 0..=self.0.len() {
            match self.0.get(&member) {
                Some(into) => member = *into,
                None => break,
            }
        }
        member
    }

    /// Those who took somebody over.
    pub(crate) fn took_over(&self) -> BTreeSet<MemberId> {
        self.0.values().copied().collect()
    }
}
