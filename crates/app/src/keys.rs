//! API keys: shown once, kept as a hash.

use crate::app::soon;
use crate::{App, Error};
use regulars_base::{TenantId, Timestamp};

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Look: members, balances, ledger, programs, previews.
    Read,
    /// Send events, enrol and change members.
    Ingest,
    /// Redemptions: reserve, commit, cancel.
    Redeem,
    /// Adjust points by hand, merge members.
    Adjust,
    /// Apply and roll back programs.
    Program,
    /// Everything, keys and tenants too.
    Admin,
}

/// A key to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// What it is for, in words.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Until when; for ever if nothing.
    pub expires_at: Option<Timestamp>,
}

/// A key as it is listed: never the key itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// Its id (`key_…`).
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Option<Timestamp>,
    /// Since when it is no longer taken.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the day.
    pub used_at: Option<Timestamp>,
}

/// A key that was just made: the only moment at which it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedKey {
    /// What is listed from now on.
    pub info: KeyInfo,
    /// The key: `reg_…`.
    pub secret: String,
}

/// Who calls: found by the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The merchant; every call is about this one only.
    pub tenant: TenantId,
    /// The key's id.
    pub key: String,
    /// What the key is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Read,
        Self::Ingest,
        Self::Redeem,
        Self::Adjust,
        Self::Program,
        Self::Admin,
    ];

    /// Its name in tables and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Ingest => "ingest",
            Self::Redeem => "redeem",
            Self::Adjust => "adjust",
            Self::Program => "program",
            Self::Admin => "admin",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

impl Caller {
    /// Whether the caller may do that: `admin` may do everything.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope) || self.scopes.contains(&Scope::Admin)
    }
}

impl App {
    /// Makes a key; the secret is shown now and never again.
    pub fn create_key(&self, _tenant: TenantId, _new: NewKey) -> Result<CreatedKey, Error> {
        soon()
    }

    /// The tenant's keys, newest first.
    pub fn keys(&self, _tenant: TenantId) -> Result<Vec<KeyInfo>, Error> {
        soon()
    }

    /// The key is no longer taken.
    pub fn revoke_key(&self, _tenant: TenantId, _id: &str) -> Result<KeyInfo, Error> {
        soon()
    }

    /// Who calls with this key. `Error::Unauthorized` if it is not known, expired or revoked.
    pub fn authenticate(&self, _secret: &str) -> Result<Caller, Error> {
        soon()
    }
}
