//! Proof: everything is folded again from the first entry and compared, the audit trail with it.

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
    let wrong = || Error::invalid("/head", "is no head: 64 hexadecimal digits are expected");
    let digits = text.trim();
    if digits.len() != 64 || !digits.is_ascii() {
        return Err(wrong());
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        let pair = &digits[2 * at..2 * at + 2];
        *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
    }
    Ok(bytes)
}
