//! Proof: everything is folded again from the first entry and compared.

use crate::app::soon;
use crate::{App, Error};
use regulars_base::TenantId;
use regulars_store::Verified;

impl App {
    /// Proves everything of a tenant from the first entry. `head`, if given, is the hash of
    /// a seal that was exported before (64 hexadecimal digits): it must be part of the chain. The
    /// answer names the first row that is wrong. `progress` hears how many log rows are read.
    pub fn verify(
        &self,
        _tenant: TenantId,
        _head: Option<&str>,
        _progress: &mut dyn FnMut(u64),
    ) -> Result<Verified, Error> {
        soon()
    }
}
