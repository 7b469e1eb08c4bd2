//! People of a merchant: who they are, which roles they have, and how they come in.
//!
//! Somebody is invited by a link that works once, and chooses a password with it; or signs in with the
//! merchant's own sign-on, which vouches for their e-mail address. What they may do comes from their
//! roles, asked for again with every request, so that whoever is disabled is out at once.

use crate::keys::secret_hash;
use crate::programs::hex;
use crate::roles::{self, Role};
use crate::second_factor::{Entry, Factors};
use crate::sessions::Whence;
use crate::{App, Caller, Error, Scope, SignedIn, input};
use regulars_base::{TenantId, Timestamp};
use regulars_store::{Setting, Store};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq;

/// The sort of settings that people are.
pub(crate) const PERSON: &str = "person";
/// By whose e-mail address a person is found.
const ADDRESS: &str = "person-address";
/// How long an invitation is good: a week.
const INVITED_MICROS: i64 = 7 * 24 * 3600 * 1_000_000;
/// How short a password may be, in characters.
pub const PASSWORD_LEAST: usize = 12;
/// How long it may be: nobody makes the server hash a book.
const PASSWORD_MOST: usize = 256;
/// So many addresses that somebody signed in from are kept.
const PLACES_MOST: usize = 10;
/// How often a change is tried when somebody else is faster.
const TRIES: usize = 5;

/// Somebody who works with the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their id (`per_…`).
    pub id: String,
    /// Their e-mail address, in small letters: unique among the merchant's people.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// Their roles, by id.
    pub roles: Vec<String>,
    /// The partner whom they work for: they see what is this partner's own.
    pub partner: Option<String>,
    /// Where they stand.
    pub state: PersonState,
    /// Since when they are known.
    pub created_at: Timestamp,
    /// When they last signed in.
    pub signed_in_at: Option<Timestamp>,
    /// Until when their invitation is good, if one is open.
    pub invited_until: Option<Timestamp>,
    /// SHA-256 of the invitation's secret.
    invitation: Option<[u8; 32]>,
    /// What their password is checked against.
    password: Option<Password>,
    /// What they show beside it. People of before there was such a thing show nothing.
    #[serde(default)]
    pub(crate) factors: Factors,
    /// From where they signed in lately, newest last: hashes of addresses.
    #[serde(default)]
    known_at: Vec<[u8; 8]>,
}

/// Where a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonState {
    /// Asked to come, not here yet.
    Invited,
    /// Here.
    Active,
    /// May not come in.
    Disabled,
}

/// A password as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Password {
    salt: [u8; 16],
    hash: [u8; 32],
}

/// Somebody to be invited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPerson {
    /// Their e-mail address.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// Their roles, by id.
    pub roles: Vec<String>,
    /// The partner whom they work for.
    pub partner: Option<String>,
}

/// What is to change of a person. What is not said stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonPatch {
    /// What they are called.
    pub name: Option<String>,
    /// Their roles.
    pub roles: Option<Vec<String>>,
    /// Whether they may come in.
    pub enabled: Option<bool>,
}

/// A person who was just invited: the only moment at which the token is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// Who.
    pub person: Person,
    /// `inv_…`: lets in once, whoever has it.
    pub token: String,
}

impl Person {
    /// As the audit trail tells of them: without the address, which is no part of what they may do.
    pub fn told(&self) -> String {
        let roles = self.roles.join(", ");
        let (state, factors) = (self.state.name(), self.factors.told());
        format!("{}: {roles} ({state}{factors})", self.name)
    }

    /// Whether they have a second factor on.
    pub fn has_second_factor(&self) -> bool {
        !self.factors.none()
    }
}

impl PersonState {
    /// As it is told.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

impl App {
    /// The merchant's people, by id: so by age.
    pub fn people(&self, tenant: TenantId) -> Result<Vec<Person>, Error> {
        let rows = self
            .core()
            .pool
            .with(|store| Ok(store.settings(tenant, PERSON)?))?;
        rows.iter().map(read).collect()
    }

    /// A person.
    pub fn person(&self, tenant: TenantId, id: &str) -> Result<Person, Error> {
        let row = self
            .core()
            .pool
            .with(|store| Ok(store.setting(tenant, PERSON, id)?))?;
        read(&row.ok_or_else(|| Error::not_found("person", id))?)
    }

    /// Invites somebody. `Error::Exists` if the address is somebody's already.
    pub fn invite(&self, tenant: TenantId, new: NewPerson) -> Result<Invited, Error> {
        let email = address(&new.email)?;
        let name = called(&new.name)?;
        self.tenant(tenant)?;
        self.may_be_had(tenant, &new.roles, new.partner.as_deref())?;
        let now = self.now();
        let id = format!("per_{}", hex(&input::time_ordered(now)));
        let claim = Setting {
            kind: ADDRESS.into(),
            id: email.clone(),
            version: 1,
            body: id.clone(),
        };
        let taken = || Error::Exists {
            what: "person",
            name: email.clone(),
        };
        let mut person = Person {
            id,
            email: email.clone(),
            name,
            roles: new.roles,
            partner: new.partner,
            state: PersonState::Invited,
            created_at: now,
            signed_in_at: None,
            invited_until: None,
            invitation: None,
            password: None,
            factors: Factors::default(),
            known_at: Vec::new(),
        };
        let token = invitation(tenant, &mut person, now);
        let row = written(&person, 1)?;
        self.core().pool.with(|store| {
            if !store.put_setting(tenant, &claim)? {
                // The address stays taken where the server was stopped between the two writes: then
                // nobody has it, and it is taken over.
                let known = store.setting(tenant, ADDRESS, &email)?.ok_or_else(taken)?;
                if store.setting(tenant, PERSON, &known.body)?.is_some() {
                    return Err(taken());
                }
                let claim = Setting {
                    version: known.version + 1,
                    ..claim
                };
                if !store.put_setting(tenant, &claim)? {
                    return Err(taken());
                }
            }
            match store.put_setting(tenant, &row)? {
                true => Ok(()),
                false => Err(taken()),
            }
        })?;
        Ok(Invited { person, token })
    }

    /// Invites somebody once more, who lost the link or the password. The old link is void.
    pub fn invite_again(&self, tenant: TenantId, id: &str) -> Result<Invited, Error> {
        let now = self.now();
        let mut token = String::new();
        let person = self.change_person(tenant, id, |person| {
            if person.state == PersonState::Disabled {
                return Err(Error::invalid("/person", "is disabled; enable them first"));
            }
            token = invitation(tenant, person, now);
            Ok(())
        })?;
        Ok(Invited { person, token })
    }

    /// Changes what a person is called, may do, and whether they may come in. Nobody changes what they
    /// themselves may do: so nobody gives themselves rights, and nobody locks themselves out.
    pub fn patch_person(
        &self,
        tenant: TenantId,
        id: &str,
        patch: &PersonPatch,
        by: &Caller,
    ) -> Result<Person, Error> {
        if by.key == id && (patch.roles.is_some() || patch.enabled.is_some()) {
            let what = "is you: what you may do is changed by somebody else";
            return Err(Error::invalid("/person", what));
        }
        let name = patch.name.as_deref().map(called).transpose()?;
        if let Some(roles) = &patch.roles {
            let partner = self.person(tenant, id)?.partner;
            self.may_be_had(tenant, roles, partner.as_deref())?;
        }
        self.change_person(tenant, id, |person| {
            if let Some(name) = &name {
                person.name.clone_from(name);
            }
            if let Some(roles) = &patch.roles {
                person.roles.clone_from(roles);
            }
            match patch.enabled {
                Some(false) => {
                    person.state = PersonState::Disabled;
                    (person.invitation, person.invited_until) = (None, None);
                }
                Some(true) if person.state == PersonState::Disabled => {
                    person.state = match person.password {
                        Some(_) => PersonState::Active,
                        None => PersonState::Invited,
                    };
                }
                _ => {}
            }
            Ok(())
        })
    }

    /// Takes an invitation up: sets the password, and signs in. Whoever has a second factor shows it here,
    /// too: a link that was handed over is no way around it.
    pub fn take_up(&self, token: &str, password: &str, whence: &Whence) -> Result<Entry, Error> {
        let (tenant, id, secret) = taken_apart(token).ok_or(Error::Unauthorized)?;
        self.tenant(tenant).map_err(|_| Error::Unauthorized)?;
        let now = self.now();
        let hash = secret_hash(&secret);
        let good = |person: &Person| {
            let known = person.invitation;
            let open = person.invited_until.is_some_and(|until| until > now);
            open && known.is_some_and(|known| bool::from(known.ct_eq(&hash)))
        };
        let person = self.person(tenant, &id).map_err(|error| match error {
            Error::NotFound { .. } => Error::Unauthorized,
            error => error,
        })?;
        if !good(&person) {
            return Err(Error::Unauthorized);
        }
        let kept = Password::of(password)?;
        let person = self.change_person(tenant, &id, |person| {
            // Of two who hold the link the second comes too late.
            if !good(person) {
                return Err(Error::Unauthorized);
            }
            person.password = Some(kept.clone());
            (person.invitation, person.invited_until) = (None, None);
            person.state = PersonState::Active;
            Ok(())
        })?;
        self.entry(tenant, &person, whence)
    }

    /// Signs somebody in by address and password. Where one address is known to several merchants, the
    /// one whom the password fits. It takes as long where the address is not known.
    pub fn sign_in(&self, email: &str, password: &str, whence: &Whence) -> Result<Entry, Error> {
        let email = email.trim().to_lowercase();
        if password.chars().count() > PASSWORD_MOST {
            return Err(Error::Unauthorized);
        }
        let mut asked = false;
        for tenant in self.tenants()? {
            let Some(person) = self.person_at(tenant.id, &email)? else {
                continue;
            };
            let Some(kept) = &person.password else {
                continue;
            };
            asked = true;
            if kept.fits(password)? && person.state == PersonState::Active {
                return self.entry(tenant.id, &person, whence);
            }
        }
        if !asked {
            let nobody = Password {
                salt: [0; 16],
                hash: [0; 32],
            };
            nobody.fits(password)?;
        }
        Err(Error::Unauthorized)
    }

    /// Signs in whom the merchant's own sign-on vouches for. Whoever was not invited is not let in. What is
    /// shown beside a password is that sign-on's to ask for.
    pub fn sign_in_vouched(
        &self,
        tenant: TenantId,
        email: &str,
        whence: &Whence,
    ) -> Result<SignedIn, Error> {
        let person = self.person_at(tenant, &email.trim().to_lowercase())?;
        let person = person.filter(|person| person.state != PersonState::Disabled);
        self.let_in(tenant, &person.ok_or(Error::Unauthorized)?, whence)
    }

    /// Whether somebody of this address signed in from there lately: they are not made to wait for what
    /// others guess elsewhere.
    pub fn is_known_at(&self, email: &str, address: &str) -> Result<bool, Error> {
        let email = email.trim().to_lowercase();
        for tenant in self.tenants()? {
            let person = self.person_at(tenant.id, &email)?;
            if person.is_some_and(|person| person.known_at.contains(&place(&person.id, address))) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Lets somebody in who has shown all that is asked of them.
    pub(crate) fn let_in(
        &self,
        tenant: TenantId,
        person: &Person,
        whence: &Whence,
    ) -> Result<SignedIn, Error> {
        let now = self.now();
        self.change_person(tenant, &person.id, |person| {
            if person.state == PersonState::Disabled {
                return Err(Error::Unauthorized);
            }
            person.state = PersonState::Active;
            person.signed_in_at = Some(now);
            if !whence.address.is_empty() {
                let here = place(&person.id, &whence.address);
                person.known_at.retain(|own| *own != here);
                person.known_at.push(here);
                let over = person.known_at.len().saturating_sub(PLACES_MOST);
                person.known_at.drain(..over);
            }
            Ok(())
        })?;
        self.open_session(tenant, &person.id, whence)
    }

    /// Who has this address.
    fn person_at(&self, tenant: TenantId, email: &str) -> Result<Option<Person>, Error> {
        self.core().pool.with(|store| {
            let Some(known) = store.setting(tenant, ADDRESS, email)? else {
                return Ok(None);
            };
            let row = store.setting(tenant, PERSON, &known.body)?;
            row.as_ref().map(read).transpose()
        })
    }

    /// Reads a person, changes them, and writes them, once more if somebody else was faster.
    pub(crate) fn change_person(
        &self,
        tenant: TenantId,
        id: &str,
        mut change: impl FnMut(&mut Person) -> Result<(), Error>,
    ) -> Result<Person, Error> {
        self.core().pool.with(|store| {
            for _ in 0..TRIES {
                let row = store.setting(tenant, PERSON, id)?;
                let row = row.ok_or_else(|| Error::not_found("person", id))?;
                let mut person: Person = read(&row)?;
                change(&mut person)?;
                if store.put_setting(tenant, &written(&person, row.version + 1)?)? {
                    return Ok(person);
                }
            }
            Err(Error::Retry("somebody else changes the same person".into()))
        })
    }
}

/// Whoever signed in as a person, with what their roles allow now. Nothing if they may not come in.
pub(crate) fn caller(
    store: &mut dyn Store,
    tenant: TenantId,
    id: &str,
) -> Result<Option<Caller>, Error> {
    let Some(row) = store.setting(tenant, PERSON, id)? else {
        return Ok(None);
    };
    let person: Person = read(&row)?;
    if person.state != PersonState::Active {
        return Ok(None);
    }
    let known = roles::known(store, tenant)?;
    let own: Vec<&Role> = known
        .iter()
        .filter(|role| person.roles.contains(&role.id))
        .collect();
    let mut scopes: Vec<Scope> = own.iter().flat_map(|role| role.scopes.clone()).collect();
    scopes.sort();
    scopes.dedup();
    Ok(Some(Caller {
        tenant,
        key: person.id,
        name: person.name,
        adjust_most: roles::adjust_most(&own),
        money_most: roles::money_most(&own),
        scopes,
        partner: person.partner,
        store: None,
        rate: None,
    }))
}

/// What a setting says.
pub(crate) fn read<T: DeserializeOwned>(row: &Setting) -> Result<T, Error> {
    serde_json::from_str(&row.body)
        .map_err(|error| Error::Corrupt(format!("{} {} cannot be read: {error}", row.kind, row.id)))
}

fn written(person: &Person, version: i64) -> Result<Setting, Error> {
    Ok(Setting {
        kind: PERSON.into(),
        id: person.id.clone(),
        version,
        body: serde_json::to_string(person).map_err(|error| Error::Bug(error.to_string()))?,
    })
}

/// Opens an invitation: its token names merchant and person, so that it is found without searching.
fn invitation(tenant: TenantId, person: &mut Person, now: Timestamp) -> String {
    let secret = hex(&[input::random(), input::random()].concat());
    person.invitation = Some(secret_hash(&secret));
    person.invited_until = Some(now.plus_micros(INVITED_MICROS));
    format!("inv_{tenant}.{}.{secret}", person.id)
}

/// Where somebody signed in from, as it is kept: enough to know it again, and too little to tell.
fn place(person: &str, address: &str) -> [u8; 8] {
    let hash: [u8; 32] = Sha256::digest(format!("{person}:{address}").as_bytes()).into();
    let mut short = [0; 8];
    short.copy_from_slice(&hash[..8]);
    short
}

fn taken_apart(token: &str) -> Option<(TenantId, String, String)> {
    let mut parts = token.strip_prefix("inv_")?.splitn(3, '.');
    let tenant = parts.next()?.parse().ok()?;
    Some((tenant, parts.next()?.to_owned(), parts.next()?.to_owned()))
}

fn address(email: &str) -> Result<String, Error> {
    let email = email.trim().to_lowercase();
    let whole = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.len() > 2 && !host.contains('@'));
    let plain = email
        .chars()
        .all(|letter| !letter.is_whitespace() && !letter.is_control());
    match whole && plain && email.len() <= 254 {
        true => Ok(email),
        false => Err(Error::invalid("/email", "is no e-mail address")),
    }
}

fn called(name: &str) -> Result<String, Error> {
    let name = name.trim();
    match name.chars().count() {
        1..=80 if !name.chars().any(char::is_control) => Ok(name.to_owned()),
        _ => Err(Error::invalid("/name", "must be 1 to 80 characters")),
    }
}

/// One at a time: each takes 19 MiB, and nobody should be able to ask for many.
static HASHING: Mutex<()> = Mutex::new(());

impl Password {
    fn of(password: &str) -> Result<Self, Error> {
        let length = password.chars().count();
        if !(PASSWORD_LEAST..=PASSWORD_MOST).contains(&length) {
            let what = format!("must be {PASSWORD_LEAST} to {PASSWORD_MOST} characters");
            return Err(Error::invalid("/password", what));
        }
        let salt = input::random();
        let hash = stretched(password, &salt)?;
        Ok(Self { salt, hash })
    }

    fn fits(&self, password: &str) -> Result<bool, Error> {
        let hash = stretched(password, &self.salt)?;
        Ok(bool::from(self.hash.ct_eq(&hash)))
    }
}

/// Argon2id, 19 MiB, two passes: what OWASP names as the least.
fn stretched(password: &str, salt: &[u8; 16]) -> Result<[u8; 32], Error> {
    let _turn = HASHING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut hash = [0; 32];
    argon2::Argon2::default()
        .hash_password_into(password.as_bytes(), salt, &mut hash)
        .map_err(|error| Error::Bug(error.to_string()))?;
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_itself_alone() {
        let kept = Password::of("correct horse battery").unwrap();
        assert!(kept.fits("correct horse battery").unwrap());
        assert!(!kept.fits("correct horse batterx").unwrap());
        assert!(Password::of("too short").is_err());
        assert!(Password::of(&"x".repeat(257)).is_err());
    }

    #[test]
    fn an_address_is_one() {
        assert_eq!(address(" Ana@Example.COM ").unwrap(), "ana@example.com");
        for wrong in [
            "",
            "ana",
            "@example.com",
            "a@b@c.de",
            "a b@example.com",
            "ana@x",
        ] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
