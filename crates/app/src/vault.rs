//! The vault: personal fields that stand closed in the database. How it stands, and turning its key while everybody
//! goes on working.

use crate::{App, Error};
use regulars_base::TenantId;
use regulars_store::{Store, VaultPlace, VaultState};

/// So many rows are brought to the newest key in one transaction: a till waits for no more than that.
const ROWS_AT_ONCE: usize = 200;

/// How the vault stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultReport {
    /// Which key is in force, and which others there may be.
    pub state: VaultState,
    /// How many rows with personal fields there are.
    pub rows: u64,
    /// How many do not stand as they are to.
    pub left: u64,
}

/// Hears how many of the rows were looked at.
pub type VaultProgress<'a> = &'a mut dyn FnMut(u64);

impl App {
    /// How the vault stands. It looks at every row with personal fields.
    pub fn vault(&self) -> Result<VaultReport, Error> {
        self.core().pool.with(|store| {
            let state = store.vault()?;
            round(store, state, true, &mut |_| ())
        })
    }

    /// Closes personal fields with the newest key of the file, or opens them for good; while everybody goes on
    /// working. Where it ends before its time it goes on when it is called again.
    pub fn turn_vault(
        &self,
        open: bool,
        progress: VaultProgress<'_>,
    ) -> Result<VaultReport, Error> {
        let keys = self.core().config.vault.as_ref();
        self.core().pool.with(|store| {
            let to = keys.map(regulars_store::VaultKeys::newest);
            let state = match (open, to) {
                (true, _) => store.turn_vault(None)?,
                // Without a key the store says what is missing.
                (false, to) => store.turn_vault(Some(to.unwrap_or_default()))?,
            };
            settle(store, state, progress)
        })
    }

    /// A merchant leaves the words of names in clear, so that members are found by how these begin; or does not any
    /// more.
    pub fn leave_names(
        &self,
        tenant: TenantId,
        clear: bool,
        progress: VaultProgress<'_>,
    ) -> Result<VaultReport, Error> {
        self.core().pool.with(|store| {
            let state = store.leave_names(tenant, clear)?;
            settle(store, state, progress)
        })
    }

    /// Whether members of a merchant are found by whole identities and whole words of their names alone.
    pub fn finds_exactly(&self, tenant: TenantId) -> Result<bool, Error> {
        match self.core().config.vault {
            None => Ok(false),
            Some(_) => self
                .core()
                .pool
                .with(|store| Ok(store.finds_exactly(tenant)?)),
        }
    }
}

/// Of a database that nobody uses yet nothing stands in clear, where there is a key.
pub(crate) fn begin(store: &mut dyn Store, newest: &str) -> Result<(), Error> {
    if store.vault()?.epoch == 0 && store.tenants()?.is_empty() {
        store.turn_vault(Some(newest))?;
        store.settle_vault()?;
    }
    Ok(())
}

/// Brings all rows to how they are to stand.
fn settle(
    store: &mut dyn Store,
    state: VaultState,
    progress: VaultProgress<'_>,
) -> Result<VaultReport, Error> {
    let done = round(store, state, false, progress)?;
    let now = store.vault()?;
    if now.epoch != done.state.epoch {
        return Err(Error::Retry(
            "somebody else turned the key of the vault meanwhile".into(),
        ));
    }
    let state = match now.is_settled() {
        true => now,
        false => store.settle_vault()?,
    };
    Ok(VaultReport { state, ..done })
}

fn round(
    store: &mut dyn Store,
    state: VaultState,
    only_look: bool,
    progress: VaultProgress<'_>,
) -> Result<VaultReport, Error> {
    let mut report = VaultReport {
        state,
        rows: 0,
        left: 0,
    };
    let mut place = Some(VaultPlace::default());
    while let Some(at) = place {
        let step = store.turn_vault_portion(&at, ROWS_AT_ONCE, only_look)?;
        report.rows += step.seen;
        report.left += if only_look { step.left } else { 0 };
        progress(report.rows);
        place = step.next;
    }
    Ok(report)
}
