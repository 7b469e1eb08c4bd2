//! What fell due by a moment and is not booked yet: the tick that does it comes a little later, or the server
//! was away. Figures as of the moment count it as done, as balances do.

use crate::Error;
use crate::takeovers::caught_up_by;
use crate::versions::Versions;
use regulars_base::{TenantId, Timestamp, WalletId};
use regulars_engine::outcome::Change;
use regulars_store::Store;
use std::collections::BTreeMap;

/// What becomes of each wallet in which something is due before `as_of`.
pub(super) fn overdue(
    store: &mut dyn Store,
    versions: &Versions,
    tenant: TenantId,
    as_of: Timestamp,
) -> Result<BTreeMap<WalletId, Vec<Change>>, Error> {
    // What is due at that very moment is of the time after it.
    let until = Timestamp::from_micros(as_of.micros() - 1);
    let mut found = BTreeMap::new();
    for (member, _) in store.due(tenant, until, i32::MAX as usize)? {
        let Some(row) = store.wallet(tenant, member)? else {
            continue;
        };
        let changes = caught_up_by(versions, member, row.state, until)?;
        found.insert(row.wallet, changes);
    }
    Ok(found)
}
