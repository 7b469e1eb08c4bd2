//! API keys: shown once, kept as a hash.

use crate::programs::hex;
use crate::{App, Error, input};
use regulars_base::{TenantId, Timestamp};
use regulars_store::ApiKey;
use std::fmt;
use std::str::FromStr;
use subtle::ConstantTimeEq;

mod secret;

pub(crate) use secret::hash as secret_hash;

/// For how long an old key may be taken beside the one in its place: a month.
const OVERLAP_MOST_HOURS: i64 = 720;
const DAY_MICROS: i64 = 24 * 3600 * 1_000_000;

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
    /// What a cashier does: find the member before them, sell, redeem.
    Till,
}

/// How much may be asked for: so many requests a second, and so many at once after a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests a second.
    pub per_second: u32,
    /// At once.
    pub burst: u32,
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
    /// The partner (by id) whom it belongs to: then it is for that partner's own business only.
    pub partner: Option<String>,
    /// The store where it is used: what it sends happened there.
    pub store: Option<String>,
    /// How much may be asked for with it; as much as the server lets others, if nothing.
    pub rate: Option<Rate>,
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
    /// The partner whom it belongs to.
    pub partner: Option<String>,
    /// The store where it is used.
    pub store: Option<String>,
    /// How much may be asked for with it.
    pub rate: Option<Rate>,
}

/// A key that was just made: the only moment at which it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedKey {
    /// What is listed from now on.
    pub info: KeyInfo,
    /// The key: `reg_…`.
    pub secret: String,
}

/// Who calls: found by the key, or by the session of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The merchant; every call is about this one only.
    pub tenant: TenantId,
    /// The id of the key (`key_…`), or of the person (`per_…`).
    pub key: String,
    /// What the key is for, or what the person is called.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// How many points (whole ones, either way) may be adjusted without a second person. Nothing: any
    /// number. Keys have no such limit.
    pub adjust_most: Option<i64>,
    /// How much money (in whole units, either way) may be put into store credit or onto gift cards. Nothing:
    /// any amount. Keys have no such limit.
    pub money_most: Option<i64>,
    /// The partner whom the key belongs to: it may do that for this partner's own business only.
    pub partner: Option<String>,
    /// The store where the key is used: what it sends happened there, and nowhere else.
    pub store: Option<String>,
    /// How much the key may ask for; as much as the server lets others, if nothing.
    pub rate: Option<Rate>,
}

/// Stands before a partner's id among what a key may do.
const PARTNER: &str = "partner:";
/// Stands before a store's id among what a key may do.
const STORE: &str = "store:";
/// Stands before a key's rate among what it may do.
const RATE: &str = "rate:";

impl fmt::Display for Rate {
    /// `100/200`: a second, and at once.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.per_second, self.burst)
    }
}

impl FromStr for Rate {
    type Err = String;

    /// `100/200`, or `100` for twice as many at once.
    fn from_str(text: &str) -> Result<Self, String> {
        let (per_second, burst) = match text.split_once('/') {
            Some((per_second, burst)) => (per_second, Some(burst)),
            None => (text, None),
        };
        let number = |text: &str| {
            text.parse::<u32>()
                .ok()
                .filter(|it| (1..=1_000_000).contains(it))
        };
        let read = number(per_second).and_then(|per_second| {
            let burst = burst.map_or(Some(per_second.saturating_mul(2)), number)?;
            Some(Self { per_second, burst })
        });
        read.ok_or_else(|| "is no rate: say requests a second, and at once, as 100/200".to_owned())
    }
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Read,
        Self::Ingest,
        Self::Redeem,
        Self::Adjust,
        Self::Program,
        Self::Admin,
        Self::Till,
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
            Self::Till => "till",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

impl Caller {
    /// Whoever has this key; nothing if it is revoked, or over at `now`.
    pub(crate) fn of(key: ApiKey, now: Timestamp) -> Option<Self> {
        let over = key.expires_at.is_some_and(|end| end <= now);
        if over || key.revoked_at.is_some() {
            return None;
        }
        let scopes = key.scopes.iter();
        Some(Self {
            tenant: key.tenant,
            scopes: scopes.filter_map(|name| Scope::by_name(name)).collect(),
            partner: after(PARTNER, &key),
            store: after(STORE, &key),
            rate: rate_of(&key),
            adjust_most: None,
            money_most: None,
            key: key.id,
            name: key.name,
        })
    }

    /// Whether a person calls, and no key.
    pub fn is_person(&self) -> bool {
        self.key.starts_with("per_")
    }

    /// Whether the caller may do that: `admin` may do everything.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope) || self.scopes.contains(&Scope::Admin)
    }
}

impl App {
    /// Makes a key; the secret is shown now and never again.
    pub fn create_key(&self, tenant: TenantId, new: NewKey) -> Result<CreatedKey, Error> {
        if new.scopes.is_empty() {
            return Err(Error::invalid(
                "/scopes",
                "is empty: name at least one scope",
            ));
        }
        self.tenant(tenant)?;
        if let Some(partner) = &new.partner {
            self.may_be_partners(tenant, partner, &new.scopes)?;
        }
        if new.store.is_some() {
            may_be_stores(&new.scopes)?;
        }
        let secret = secret::draw();
        let scopes = new.scopes.iter().map(|scope| scope.name().to_owned());
        let partner = new.partner.iter().map(|id| format!("{PARTNER}{id}"));
        let store = new.store.iter().map(|id| format!("{STORE}{id}"));
        let rate = new.rate.iter().map(|rate| format!("{RATE}{rate}"));
        let key = ApiKey {
            tenant,
            id: format!("key_{}", &hex(&input::random())[..16]),
            name: new.name,
            hash: secret::hash(&secret),
            scopes: scopes.chain(partner).chain(store).chain(rate).collect(),
            created_at: self.now(),
            expires_at: new.expires_at,
            revoked_at: None,
            used_at: None,
        };
        self.core()
            .pool
            .with(|store| Ok(store.create_api_key(&key)?))?;
        Ok(CreatedKey {
            info: listed(key),
            secret,
        })
    }

    /// A partner sends its own events and redeems at its own tills, and looks at what is its own.
    pub(crate) fn may_be_partners(
        &self,
        tenant: TenantId,
        partner: &str,
        scopes: &[Scope],
    ) -> Result<(), Error> {
        let (_, program) = self.program_in_force(tenant, self.now())?;
        if program.partner(partner).is_none() {
            let what = format!("names `{partner}`, which is no [partner] of the program in force");
            return Err(Error::invalid("/partner", what));
        }
        let own = |scope: &Scope| matches!(scope, Scope::Read | Scope::Ingest | Scope::Redeem);
        match scopes.iter().find(|scope| !own(scope)) {
            None => Ok(()),
            Some(scope) => {
                let what = format!(
                    "has `{}`, which concerns more than one partner; a partner's key may have read, \
                     ingest and redeem",
                    scope.name()
                );
                Err(Error::invalid("/scopes", what))
            }
        }
    }

    /// The tenant's keys, newest first.
    pub fn keys(&self, tenant: TenantId) -> Result<Vec<KeyInfo>, Error> {
        let keys = self.core().pool.with(|store| Ok(store.api_keys(tenant)?))?;
        Ok(keys.into_iter().rev().map(listed).collect())
    }

    /// The key is no longer taken.
    pub fn revoke_key(&self, tenant: TenantId, id: &str) -> Result<KeyInfo, Error> {
        let now = self.now();
        let core = self.core();
        core.pool
            .with(|store| Ok(store.revoke_api_key(tenant, id, now)?))?;
        let key = self.keys(tenant)?.into_iter().find(|key| key.id == id);
        key.ok_or_else(|| Error::not_found("key", id))
    }

    /// Puts another key into the place of one, which is taken for so many hours more. The old one as it is
    /// now, and the new one.
    pub fn rotate_key(
        &self,
        tenant: TenantId,
        id: &str,
        overlap_hours: i64,
    ) -> Result<(KeyInfo, CreatedKey), Error> {
        if !(0..=OVERLAP_MOST_HOURS).contains(&overlap_hours) {
            let what = format!("must be 0 to {OVERLAP_MOST_HOURS}");
            return Err(Error::invalid("/overlap_hours", what));
        }
        let now = self.now();
        let old = self.keys(tenant)?.into_iter().find(|key| key.id == id);
        let old = old.ok_or_else(|| Error::not_found("key", id))?;
        let over = old.expires_at.is_some_and(|end| end <= now);
        if over || old.revoked_at.is_some() {
            return Err(Error::invalid("/key", "is no longer taken: make a new one"));
        }
        // One that was made for so long is made for so long again.
        let lasts = old
            .expires_at
            .map(|end| end.micros() - old.created_at.micros());
        let new = self.create_key(
            tenant,
            NewKey {
                name: old.name.clone(),
                scopes: old.scopes.clone(),
                expires_at: lasts.map(|lasts| now.plus_micros(lasts)),
                partner: old.partner.clone(),
                store: old.store.clone(),
                rate: old.rate,
            },
        )?;
        let end = now.plus_micros(overlap_hours * 3600 * 1_000_000);
        let end = old.expires_at.map_or(end, |own| own.min(end));
        self.core()
            .pool
            .with(|store| Ok::<_, Error>(store.end_api_key(tenant, id, end)?))?;
        let old = KeyInfo {
            expires_at: Some(end),
            ..old
        };
        Ok((old, new))
    }

    /// Who calls with this key. `Error::Unauthorized` if it is not known, expired or revoked.
    pub fn authenticate(&self, secret: &str) -> Result<Caller, Error> {
        if !secret::looks_right(secret) {
            return Err(Error::Unauthorized);
        }
        let (now, hash) = (self.now(), secret::hash(secret));
        let core = self.core();
        core.pool.with(|store| {
            let key = store.api_key(&hash)?;
            // The row was found by its hash; it is compared once more in constant time, so that
            // nothing depends on how a database compares.
            let same = |key: &ApiKey| bool::from(key.hash.ct_eq(&hash));
            let key = key.filter(same).ok_or(Error::Unauthorized)?;
            let caller = Caller::of(key.clone(), now).ok_or(Error::Unauthorized)?;
            let today = |at: Timestamp| at.micros().div_euclid(DAY_MICROS);
            if key.used_at.is_none_or(|at| today(at) < today(now))
                && let Err(error) = store.touch_api_key(key.tenant, &key.id, now)
            {
                // When a key was last used is no reason to turn anybody away.
                tracing::warn!(%error, key = key.id, "the use of a key was not noted");
            }
            Ok(caller)
        })
    }
}

/// What somebody does in one store: they look, sell and redeem there.
fn may_be_stores(scopes: &[Scope]) -> Result<(), Error> {
    let elsewhere = |scope: &&Scope| matches!(scope, Scope::Adjust | Scope::Program | Scope::Admin);
    match scopes.iter().find(elsewhere) {
        None => Ok(()),
        Some(scope) => {
            let what = format!(
                "has `{}`, which concerns more than one store; a store's key may have read, ingest, \
                 redeem and till",
                scope.name()
            );
            Err(Error::invalid("/scopes", what))
        }
    }
}

/// The id that stands after such a word among what a key may do.
fn after(word: &str, key: &ApiKey) -> Option<String> {
    let id = |scope: &String| scope.strip_prefix(word).map(str::to_owned);
    key.scopes.iter().find_map(id)
}

fn rate_of(key: &ApiKey) -> Option<Rate> {
    let rate = |scope: &String| scope.strip_prefix(RATE)?.parse().ok();
    key.scopes.iter().find_map(rate)
}

fn listed(key: ApiKey) -> KeyInfo {
    let scopes = key.scopes.iter();
    KeyInfo {
        scopes: scopes.filter_map(|name| Scope::by_name(name)).collect(),
        partner: after(PARTNER, &key),
        store: after(STORE, &key),
        rate: rate_of(&key),
        id: key.id,
        name: key.name,
        created_at: key.created_at,
        expires_at: key.expires_at,
        revoked_at: key.revoked_at,
        used_at: key.used_at,
    }
}
