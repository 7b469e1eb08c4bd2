//! Operators who sign in: a key is shown once, and a session stands for it from then on; or it stands for
//! a person.

use crate::programs::hex;
use crate::{App, Caller, Error, Scope, input, people};
use regulars_base::{TenantId, Timestamp};
use regulars_store::Session;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// How long a session lasts: a working day.
const LASTS_MICROS: i64 = 12 * 3600 * 1_000_000;

/// Somebody signed in. The only moment at which the secret is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// What the browser keeps.
    pub secret: String,
    /// Who they are.
    pub session: SessionInfo,
}

/// A session, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// What its key, or its person, is and may do.
    pub caller: Caller,
    /// Until when.
    pub expires_at: Timestamp,
}

impl App {
    /// Opens a session for a key or a person, given by the id. What they may do, the session may, as long
    /// as the key is good, or the person may come in.
    pub fn open_session(&self, tenant: TenantId, key: &str) -> Result<SignedIn, Error> {
        let secret = hex(&[input::random(), input::random()].concat());
        let now = self.now();
        let session = Session {
            tenant,
            hash: Sha256::digest(secret.as_bytes()).into(),
            key: key.to_owned(),
            created_at: now,
            expires_at: now.plus_micros(LASTS_MICROS),
        };
        self.core()
            .pool
            .with(|store| Ok(store.create_session(&session)?))?;
        let session = self.session(&secret)?;
        Ok(SignedIn { secret, session })
    }

    /// Whose session that is. `Error::Unauthorized` if it is not known, over, or its key is no
    /// longer good.
    pub fn session(&self, secret: &str) -> Result<SessionInfo, Error> {
        let now = self.now();
        let hash: [u8; 32] = Sha256::digest(secret.as_bytes()).into();
        self.core().pool.with(|store| {
            let session = store.session(&hash)?;
            let same = |own: &Session| bool::from(own.hash.ct_eq(&hash)) && own.expires_at > now;
            let session = session.filter(same).ok_or(Error::Unauthorized)?;
            let caller = match session.key.starts_with("per_") {
                true => people::caller(store, session.tenant, &session.key)?,
                false => {
                    let keys = store.api_keys(session.tenant)?;
                    let key = keys.into_iter().find(|key| key.id == session.key);
                    key.and_then(|key| Caller::of(key, now))
                }
            };
            Ok(SessionInfo {
                caller: caller.ok_or(Error::Unauthorized)?,
                expires_at: session.expires_at,
            })
        })
    }

    /// Signs out. Whether there was such a session.
    pub fn end_session(&self, tenant: TenantId, secret: &str) -> Result<bool, Error> {
        let hash: [u8; 32] = Sha256::digest(secret.as_bytes()).into();
        self.core()
            .pool
            .with(|store| Ok(store.end_session(tenant, &hash)?))
    }

    /// The oldest key that may do everything and is good now: the one that a first sign-in is for.
    pub fn first_admin_key(&self, tenant: TenantId) -> Result<Option<String>, Error> {
        let now = self.now();
        let good = |key: &crate::KeyInfo| {
            key.scopes.contains(&Scope::Admin)
                && key.revoked_at.is_none()
                && key.expires_at.is_none_or(|end| end > now)
        };
        let keys = self.keys(tenant)?.into_iter().rev();
        Ok(keys.filter(good).map(|key| key.id).next())
    }
}
