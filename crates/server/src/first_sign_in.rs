//! The link that a server prints when it starts: it signs in once, for whoever reads the terminal.
//! The token lives in memory only and ends after an hour, so an old log opens nothing.

use regulars_base::TenantId;
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq;

const LASTS: Duration = Duration::from_secs(3600);

/// A token that signs in once, for one key. Cheap to clone; a clone is the same token.
#[derive(Clone, Default)]
pub struct FirstSignIn(Arc<Mutex<Option<Waiting>>>);

struct Waiting {
    hash: [u8; 32],
    tenant: TenantId,
    key: String,
    until: Instant,
}

impl FirstSignIn {
    /// A token for a key (by its id), and its text: `once_…`. Nothing if the system has no
    /// randomness: then nobody may sign in by it.
    pub fn draw(tenant: TenantId, key: String) -> Option<(Self, String)> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).ok()?;
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let token = format!("once_{digits}");
        let waiting = Waiting {
            hash: Sha256::digest(token.as_bytes()).into(),
            tenant,
            key,
            until: Instant::now() + LASTS,
        };
        Some((Self(Arc::new(Mutex::new(Some(waiting)))), token))
    }

    /// The key that the token is for; the token is used up.
    pub(crate) fn redeem(&self, token: &str) -> Option<(TenantId, String)> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let right = waiting
            .as_ref()
            .is_some_and(|own| bool::from(own.hash.ct_eq(&hash)) && own.until > Instant::now());
        if !right {
            return None;
        }
        waiting.take().map(|own| (own.tenant, own.key))
    }
}

impl fmt::Debug for FirstSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FirstSignIn(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_signs_in_once_and_no_other_does() {
        let tenant = TenantId::from_bytes([1; 16]);
        let (first, token) = FirstSignIn::draw(tenant, "key_1".into()).expect("has randomness");
        assert_eq!(first.redeem("once_00"), None);
        assert_eq!(first.redeem(&token), Some((tenant, "key_1".into())));
        assert_eq!(first.redeem(&token), None);
        assert_eq!(FirstSignIn::default().redeem(""), None);
    }
}
