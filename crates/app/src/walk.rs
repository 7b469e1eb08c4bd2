//! Going over a shop's whole log, which takes a while: whoever waits is told how far it is, and may stop it.

use crate::Error;
use regulars_base::TenantId;
use regulars_store::{Logged, Store};

/// So many rows lie between two words about how far it is.
const TOLD_EVERY: u64 = 256;

/// Tells `each` of all rows, wallet by wallet. `progress` is told which of how many comes next, and
/// says whether to go on; the log is not read further where not.
pub(crate) fn each_event(
    store: &mut dyn Store,
    tenant: TenantId,
    progress: &mut dyn FnMut(u64, u64) -> bool,
    each: &mut dyn FnMut(Logged),
) -> Result<(), Error> {
    let (mut done, total) = (0, store.counts(tenant)?.events);
    Ok(store.each_event(tenant, &mut |row| {
        done += 1;
        if done % TOLD_EVERY == 1 && !progress(done, total) {
            return Err(regulars_store::Error::Stopped);
        }
        each(row);
        Ok(())
    })?)
}
