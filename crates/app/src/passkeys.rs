//! Passkeys: people come in by a key that their device or a stick keeps, and that never leaves it. The
//! device asks who they are, by a finger, a face or a number, so a passkey is both factors at once.
//!
//! A challenge is kept like a session, for a few minutes, and taken away when it is answered: so no answer
//! counts twice, whichever server it comes to.

pub(crate) mod authenticator;

use crate::programs::{hex, unhex};
use crate::sessions::Whence;
use crate::{App, Error, PersonState, SignedIn, input};
use authenticator::{AuthenticatorData, ClientData, PublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use regulars_base::{TenantId, Timestamp};
use serde::{Deserialize, Serialize};

/// What a challenge to sign in is kept as: it stands for nobody.
const SIGN_IN: &str = "challenge";
/// Stands before the id of a person in a challenge to add a passkey.
const ADD: &str = "challenge_";
/// How long a challenge may be answered.
const CHALLENGE_MICROS: i64 = 5 * 60 * 1_000_000;
/// How many one person may have.
const MOST: usize = 20;

/// A passkey, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Passkey {
    /// Its id here (`pk_…`).
    id: String,
    name: String,
    /// The authenticator's own id.
    credential: Vec<u8>,
    key: PublicKey,
    /// The name that it is for, and the page where it was made: it is taken nowhere else.
    party: String,
    origin: String,
    count: u32,
    created_at: Timestamp,
    used_at: Option<Timestamp>,
}

/// A passkey, as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyInfo {
    /// Its id (`pk_…`).
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

/// Where a page stands, as a browser says and knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// `https://shop.example`.
    pub origin: String,
    /// `shop.example`.
    pub party: String,
}

/// What a browser needs to make a passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyAsk {
    /// What the passkey has to sign.
    pub challenge: String,
    /// Who it is for, in bytes that tell an outsider nothing: base 64 (URL).
    pub user: String,
    /// Their e-mail address and name.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// The authenticators' ids of those that they have: base 64 (URL).
    pub known: Vec<String>,
    /// The sorts of keys that are taken, best first.
    pub algorithms: Vec<i64>,
}

/// A passkey that was just made, in base 64 (URL) what is bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPasskey {
    /// What its owner calls it.
    pub name: String,
    /// What the browser says.
    pub client_data: String,
    /// What the authenticator says.
    pub attestation: String,
}

/// A passkey that was shown, in base 64 (URL) what is bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownPasskey {
    /// The authenticator's id.
    pub credential: String,
    /// What the browser says.
    pub client_data: String,
    /// What the authenticator says.
    pub authenticator_data: String,
    /// What it signed of both.
    pub signature: String,
    /// Whose it is.
    pub user: String,
}

impl Passkey {
    pub(crate) fn shown(&self) -> PasskeyInfo {
        PasskeyInfo {
            id: self.id.clone(),
            name: self.name.clone(),
            created_at: self.created_at,
            used_at: self.used_at,
        }
    }
}

impl Site {
    /// Of a host (with its port, if it has one), reached by TLS or not.
    pub fn of(host: &str, tls: bool) -> Self {
        let scheme = if tls { "https" } else { "http" };
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
            _ => host,
        };
        Self {
            origin: format!("{scheme}://{host}"),
            party: name.to_owned(),
        }
    }
}

impl App {
    /// Begins with a passkey for somebody.
    pub fn ask_for_passkey(&self, tenant: TenantId, person: &str) -> Result<PasskeyAsk, Error> {
        let known = self.person(tenant, person)?;
        let key = format!("{ADD}{person}");
        let (challenge, _) =
            self.keep_secret(tenant, &key, CHALLENGE_MICROS, &Whence::default())?;
        let passkeys = known.factors.passkeys.iter();
        Ok(PasskeyAsk {
            challenge: URL_SAFE_NO_PAD.encode(challenge),
            user: handle(tenant, person).ok_or_else(|| Error::not_found("person", person))?,
            email: known.email,
            name: known.name,
            known: passkeys
                .map(|own| URL_SAFE_NO_PAD.encode(&own.credential))
                .collect(),
            algorithms: authenticator::ALGORITHMS.into(),
        })
    }

    /// Adds a passkey that was just made. The recovery codes, where there were none.
    pub fn add_passkey(
        &self,
        tenant: TenantId,
        person: &str,
        new: &NewPasskey,
        site: &Site,
    ) -> Result<(PasskeyInfo, Vec<String>), Error> {
        let name = new.name.trim();
        if !(1..=60).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(Error::invalid("/name", "must be 1 to 60 characters"));
        }
        let wrong = |what: &str| Error::invalid("/passkey", what);
        let said = bytes(&new.client_data);
        let client = said
            .as_deref()
            .and_then(|said| ClientData::read(said, "webauthn.create"));
        let client = client.ok_or_else(|| wrong("is not what a browser answers"))?;
        let challenge = (tenant, format!("{ADD}{person}"));
        if self.answered(&client.challenge)? != Some(challenge) {
            return Err(wrong("answers no challenge that is open; begin anew"));
        }
        if client.origin != site.origin {
            return Err(wrong("was made for another page"));
        }
        let data = bytes(&new.attestation);
        let data = data.as_deref().and_then(AuthenticatorData::of_attestation);
        let data = data.filter(|data| data.is_of(&site.party));
        let data = data.ok_or_else(|| {
            wrong("is for another page, or its authenticator did not ask who you are")
        })?;
        let (credential, key) = data
            .made
            .ok_or_else(|| wrong("has no key that is taken here: Ed25519, ES256 and RS256 are"))?;
        let now = self.now();
        let passkey = Passkey {
            id: format!("pk_{}", &hex(&input::random())[..16]),
            name: name.to_owned(),
            credential,
            key,
            party: site.party.clone(),
            origin: site.origin.clone(),
            count: data.count,
            created_at: now,
            used_at: None,
        };
        let mut codes = Vec::new();
        self.change_person(tenant, person, |person| {
            let own = &mut person.factors;
            if own.passkeys.len() >= MOST {
                let what = format!("is one too many: {MOST} at most; remove one first");
                return Err(Error::invalid("/passkey", what));
            }
            if own
                .passkeys
                .iter()
                .any(|it| it.credential == passkey.credential)
            {
                return Err(Error::invalid("/passkey", "is yours already"));
            }
            own.passkeys.push(passkey.clone());
            codes = own.first_recovery();
            Ok(())
        })?;
        Ok((passkey.shown(), codes))
    }

    /// Removes a passkey of somebody's own.
    pub fn remove_passkey(
        &self,
        tenant: TenantId,
        person: &str,
        id: &str,
    ) -> Result<PasskeyInfo, Error> {
        let mut removed = None;
        self.change_person(tenant, person, |person| {
            let own = &mut person.factors;
            let place = own.passkeys.iter().position(|it| it.id == id);
            let place = place.ok_or_else(|| Error::not_found("passkey", id))?;
            removed = Some(own.passkeys.remove(place).shown());
            own.tidy();
            Ok(())
        })?;
        removed.ok_or_else(|| Error::not_found("passkey", id))
    }

    /// A challenge for whoever wants to come in by a passkey: nobody has to say who they are first.
    pub fn ask_passkey(&self) -> Result<String, Error> {
        let tenants = self.tenants()?;
        let first = tenants
            .first()
            .ok_or_else(|| Error::not_found("merchant", "at all"))?;
        let whence = Whence::default();
        let (challenge, _) = self.keep_secret(first.id, SIGN_IN, CHALLENGE_MICROS, &whence)?;
        Ok(URL_SAFE_NO_PAD.encode(challenge))
    }

    /// Signs in by a passkey. `Error::Unauthorized`, whatever it is that does not fit.
    pub fn sign_in_by_passkey(
        &self,
        shown: &ShownPasskey,
        whence: &Whence,
    ) -> Result<SignedIn, Error> {
        let said = bytes(&shown.client_data).ok_or(Error::Unauthorized)?;
        let client = ClientData::read(&said, "webauthn.get").ok_or(Error::Unauthorized)?;
        // It is used up first: what does not fit is not tried again.
        let answered = self.answered(&client.challenge)?;
        let is_ours = answered.is_some_and(|(_, key)| key == SIGN_IN);
        let (tenant, id) = owner(&shown.user)
            .filter(|_| is_ours)
            .ok_or(Error::Unauthorized)?;
        let unknown = |error| match error {
            Error::NotFound { .. } => Error::Unauthorized,
            error => error,
        };
        self.tenant(tenant).map_err(unknown)?;
        let person = self.person(tenant, &id).map_err(unknown)?;
        let credential = bytes(&shown.credential).ok_or(Error::Unauthorized)?;
        let data = bytes(&shown.authenticator_data).ok_or(Error::Unauthorized)?;
        let signature = bytes(&shown.signature).ok_or(Error::Unauthorized)?;
        let read = AuthenticatorData::read(&data).ok_or(Error::Unauthorized)?;
        let fits = |own: &&Passkey| {
            own.credential == credential
                && client.origin == own.origin
                && read.is_of(&own.party)
                && own.key.signed(&data, &said, &signature)
        };
        let passkeys = &person.factors.passkeys;
        let own = passkeys.iter().find(fits).ok_or(Error::Unauthorized)?;
        let (own, now) = (own.id.clone(), self.now());
        let person = self.change_person(tenant, &id, |person| {
            let active = person.state == PersonState::Active;
            let passkeys = person.factors.passkeys.iter_mut();
            let mut kept = passkeys.filter(|it| active && it.id == own);
            let kept = kept.next().ok_or(Error::Unauthorized)?;
            // A copy of an authenticator that counts stays behind the other, sooner or later.
            if (read.count != 0 || kept.count != 0) && read.count <= kept.count {
                return Err(Error::Unauthorized);
            }
            kept.count = read.count;
            kept.used_at = Some(now);
            Ok(())
        })?;
        self.let_in(tenant, &person, whence)
    }

    /// Takes away the challenge that was answered. For whom it was, if it was open.
    fn answered(&self, challenge: &str) -> Result<Option<(TenantId, String)>, Error> {
        let Some(secret) = bytes(challenge).and_then(|it| String::from_utf8(it).ok()) else {
            return Ok(None);
        };
        let kept = self.core().pool.with(|store| self.kept(store, &secret));
        let kept = match kept {
            Err(Error::Unauthorized) => return Ok(None),
            kept => kept?,
        };
        // Whoever shows the secret of a session here does not end it.
        if !kept.key.starts_with(SIGN_IN) {
            return Ok(None);
        }
        let was_open = self.end_session(kept.tenant, &secret)?;
        Ok(was_open.then_some((kept.tenant, kept.key)))
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

/// Who somebody is, in the 32 bytes that an authenticator keeps with a passkey.
fn handle(tenant: TenantId, person: &str) -> Option<String> {
    let own = unhex(person.strip_prefix("per_")?)?;
    let whole = [&tenant.bytes()[..], &own].concat();
    (whole.len() == 32).then(|| URL_SAFE_NO_PAD.encode(whole))
}

fn owner(handle: &str) -> Option<(TenantId, String)> {
    let whole: [u8; 32] = bytes(handle)?.try_into().ok()?;
    let (tenant, person) = whole.split_at(16);
    let tenant = TenantId::from_bytes(tenant.try_into().ok()?);
    Some((tenant, format!("per_{}", hex(person))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_found_again_by_what_an_authenticator_keeps() {
        let tenant = TenantId::from_bytes([7; 16]);
        let person = "per_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f";
        let kept = handle(tenant, person).expect("is an id");
        assert_eq!(owner(&kept), Some((tenant, person.to_owned())));
        assert_eq!(handle(tenant, "per_xyz"), None);
        assert_eq!(owner("AAAA"), None);
    }

    #[test]
    fn a_site_is_its_host_with_and_without_the_port() {
        let of = |host, tls| {
            let site = Site::of(host, tls);
            (site.origin, site.party)
        };
        let told = |origin: &str, party: &str| (origin.to_owned(), party.to_owned());
        assert_eq!(
            of("localhost:8080", false),
            told("http://localhost:8080", "localhost")
        );
        assert_eq!(
            of("shop.example", true),
            told("https://shop.example", "shop.example")
        );
        assert_eq!(of("[::1]:80", false), told("http://[::1]:80", "[::1]"));
    }
}
