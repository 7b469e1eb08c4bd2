//! Proof: everything is folded again from the first entry and compared, the audit trail with it.

use crate::programs::unhex;
use crate::{App, Error};
use regulars_base::TenantId;
use regulars_store::Verified;

impl App {
    /// Proves everything of a tenant from the first entry. `head`, if given, is the hash of
    /// a seal that was exported before (64 hexadecimal digits): it must be part of the chain. The
    /// answer names the first row that is wrong. `progress` hears how many log rows are read.
    pub fn verify(
        &self,
        tenant: TenantId,
        head: Option<&str>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Verified, Error> {
        let head = head.map(read_hash).transpose()?;
        let core = self.core();
        core.pool
            .with(|store| Ok(store.verify(tenant, head.as_ref(), progress)?))
    }
}

fn read_hash(text: &str) -> Result<[u8; 32], Error> {
    let bytes = unhex(text.trim()).and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| Error::invalid("/head", "is no head: 64 hexadecimal digits are expected"))
}
