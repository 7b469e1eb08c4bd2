//! What a merchant takes for suspicious.

use crate::{App, Error, only_setting};
use regulars_base::TenantId;
use regulars_engage::suspicion::SuspicionRules;

const KIND: &str = "suspicions";

impl App {
    /// What is looked for, and what it comes to.
    pub fn suspicion_rules(&self, tenant: TenantId) -> Result<SuspicionRules, Error> {
        self.core()
            .pool
            .with(|store| only_setting::get(store, tenant, KIND))
    }

    /// Looks for something else from now on. What it was before, and is now.
    pub fn set_suspicion_rules(
        &self,
        tenant: TenantId,
        new: SuspicionRules,
    ) -> Result<(SuspicionRules, SuspicionRules), Error> {
        let faults = new.faults();
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        self.core()
            .pool
            .with(|store| only_setting::replace(store, tenant, KIND, |_: &SuspicionRules| new))
    }
}
