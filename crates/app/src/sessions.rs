//! Operators who sign in: a key is shown once, and a session stands for it from then on; or it stands for
//! a person. It ends after a working day, and before where nobody uses it.

use crate::keys::secret_hash;
use crate::programs::hex;
use crate::{App, Caller, Error, Scope, input, people, shop_settings};
use regulars_base::{TenantId, Timestamp};
use regulars_store::{Session, Store};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// How long a session lasts: a working day.
const LASTS_MICROS: i64 = 12 * 3600 * 1_000_000;
/// How exactly it is noted when a session was used: each note is a write.
const NOTED_MICROS: i64 = 60 * 1_000_000;
/// Stands before the id of a person in what is no session yet, but a step on the way to one. Nothing that
/// begins like this names a key or a person, so it opens nothing.
pub(crate) const STEP: &str = "step_";
/// How much is kept of what a browser says of itself.
const AGENT_MOST: usize = 300;

/// From where somebody signs in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Whence {
    /// What the browser says of itself.
    pub agent: String,
    /// The address that it comes from, where that is known.
    pub address: String,
}

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
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// One of somebody's sessions, as they list them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// Its id (`ses_…`): says nothing of its secret.
    pub id: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// From where.
    pub whence: Whence,
    /// Whether it is the one that asks.
    pub current: bool,
}

impl Whence {
    /// Of a browser that says this of itself, at this address.
    pub fn of(agent: &str, address: impl Into<String>) -> Self {
        let plain = agent.chars().filter(|it| !it.is_control());
        Self {
            agent: plain.take(AGENT_MOST).collect(),
            address: address.into(),
        }
    }
}

impl App {
    /// Opens a session for a key or a person, given by the id. What they may do, the session may, as long
    /// as the key is good, or the person may come in.
    pub fn open_session(
        &self,
        tenant: TenantId,
        key: &str,
        whence: &Whence,
    ) -> Result<SignedIn, Error> {
        let (secret, _) = self.keep_secret(tenant, key, LASTS_MICROS, whence)?;
        let session = self.session(&secret)?;
        Ok(SignedIn { secret, session })
    }

    /// Keeps a secret for so long, which stands for `key`. The secret, and until when.
    pub(crate) fn keep_secret(
        &self,
        tenant: TenantId,
        key: &str,
        lasts_micros: i64,
        whence: &Whence,
    ) -> Result<(String, Timestamp), Error> {
        let secret = hex(&[input::random(), input::random()].concat());
        let now = self.now();
        let session = Session {
            tenant,
            hash: secret_hash(&secret),
            key: key.to_owned(),
            created_at: now,
            expires_at: now.plus_micros(lasts_micros),
            used_at: now,
            about: serde_json::to_string(whence).map_err(|error| Error::Bug(error.to_string()))?,
        };
        self.core()
            .pool
            .with(|store| Ok::<_, Error>(store.create_session(&session)?))?;
        Ok((secret, session.expires_at))
    }

    /// What is kept under a secret. `Error::Unauthorized` if nothing is, or it is over.
    pub(crate) fn kept(&self, store: &mut dyn Store, secret: &str) -> Result<Session, Error> {
        let now = self.now();
        let hash = secret_hash(secret);
        let same = |own: &Session| bool::from(own.hash.ct_eq(&hash)) && own.expires_at > now;
        store
            .session(&hash)?
            .filter(same)
            .ok_or(Error::Unauthorized)
    }

    /// Whose session that is. `Error::Unauthorized` if it is not known, over, was not used for too long, or
    /// its key is no longer good. That it was used is noted.
    pub fn session(&self, secret: &str) -> Result<SessionInfo, Error> {
        let now = self.now();
        self.core().pool.with(|store| {
            let session = self.kept(store, secret)?;
            let idle = shop_settings::of(store, session.tenant)?.idle_minutes;
            if is_idle(&session, idle, now) {
                store.end_session(session.tenant, &session.hash)?;
                return Err(Error::Unauthorized);
            }
            let caller = match session.key.starts_with("per_") {
                true => people::caller(store, session.tenant, &session.key)?,
                false => {
                    let keys = store.api_keys(session.tenant)?;
                    let key = keys.into_iter().find(|key| key.id == session.key);
                    key.and_then(|key| Caller::of(key, now))
                }
            };
            let caller = caller.ok_or(Error::Unauthorized)?;
            if now.micros() - session.used_at.micros() >= NOTED_MICROS {
                store.touch_session(session.tenant, &session.hash, now)?;
            }
            Ok(SessionInfo {
                caller,
                created_at: session.created_at,
                expires_at: session.expires_at,
            })
        })
    }

    /// The sessions of a person, or of whoever signed in with a key: newest first. `current` is the secret
    /// of the one that asks.
    pub fn own_sessions(
        &self,
        tenant: TenantId,
        key: &str,
        current: &str,
    ) -> Result<Vec<OwnSession>, Error> {
        let now = self.now();
        let current = secret_hash(current);
        self.core().pool.with(|store| {
            let idle = shop_settings::of(store, tenant)?.idle_minutes;
            let open = |own: &Session| own.expires_at > now && !is_idle(own, idle, now);
            let sessions = store.sessions(tenant, key)?.into_iter().rev();
            Ok(sessions
                .filter(open)
                .map(|own| OwnSession {
                    id: named(&own.hash),
                    created_at: own.created_at,
                    used_at: own.used_at,
                    expires_at: own.expires_at,
                    whence: serde_json::from_str(&own.about).unwrap_or_default(),
                    current: own.hash == current,
                })
                .collect())
        })
    }

    /// Ends one of somebody's sessions, by its id.
    pub fn end_own_session(&self, tenant: TenantId, key: &str, id: &str) -> Result<(), Error> {
        self.core().pool.with(|store| {
            let sessions = store.sessions(tenant, key)?;
            let own = sessions.iter().find(|own| named(&own.hash) == id);
            let own = own.ok_or_else(|| Error::not_found("session", id))?;
            store.end_session(tenant, &own.hash)?;
            Ok(())
        })
    }

    /// Ends all sessions of somebody, but the one of this secret. How many.
    pub fn end_sessions_of(
        &self,
        tenant: TenantId,
        key: &str,
        but: Option<&str>,
    ) -> Result<usize, Error> {
        let but = but.map(secret_hash);
        self.core().pool.with(|store| {
            let mut ended = 0;
            for own in store.sessions(tenant, key)? {
                if Some(own.hash) != but && store.end_session(tenant, &own.hash)? {
                    ended += 1;
                }
            }
            Ok(ended)
        })
    }

    /// Signs out. Whether there was such a session.
    pub fn end_session(&self, tenant: TenantId, secret: &str) -> Result<bool, Error> {
        let hash = secret_hash(secret);
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

/// Whether a session was not used for too long; 0 minutes: none ever is.
fn is_idle(session: &Session, minutes: u32, now: Timestamp) -> bool {
    let unused = now.micros() - session.used_at.micros();
    minutes > 0 && unused > i64::from(minutes) * 60_000_000
}

/// What a session is called: a hash of the hash that is kept.
fn named(hash: &[u8; 32]) -> String {
    format!("ses_{}", &hex(&Sha256::digest(hash))[..16])
}
