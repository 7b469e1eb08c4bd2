//! Members who sign in: a code goes to their address, and whoever reads it there is who they say.
//!
//! There is no password. Address and code are kept as hashes, a code is good for ten minutes, for five
//! tries, once; whoever asks for more than five an hour gets none. What is answered to who asks never
//! tells whether somebody is known: the letter is the same, and goes to whoever owns the address.
//! Whoever is no member yet joins by signing in, and accepts the terms before.

mod own;

pub use own::{Own, Reachable};

use crate::app::Core;
use crate::identities::form;
use crate::keys::secret_hash;
use crate::members::{self, Identity, MemberRef, NewMember};
use crate::programs::hex;
use crate::{App, Error, input};
use hmac::{Hmac, KeyInit as _, Mac as _};
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::{Activity, ChallengeJoin, Kind, Value};
use regulars_engine::program::Portal;
use regulars_store::{MemberSession, SignInCode, Store};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use subtle::ConstantTimeEq;

const SECOND_MICROS: i64 = 1_000_000;
/// How long a code is good.
const CODE_MICROS: i64 = 10 * 60 * SECOND_MICROS;
/// How many wrong codes an address may be shown before a new one is needed.
const TRIES_MOST: i64 = 5;
/// How many codes go to one address in an hour.
const ASKED_MOST: i64 = 5;
/// How long a member stays signed in: a month.
pub const MEMBER_SESSION_MICROS: i64 = 30 * 24 * 3600 * SECOND_MICROS;
/// How long a widget's token is good.
const TOKEN_MICROS: i64 = 10 * 60 * SECOND_MICROS;
/// How a widget's token begins.
const TOKEN: &str = "wid_";
/// The source of what members do themselves.
const SOURCE: &str = "portal";

/// What members see, and the program that it belongs to.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The pages.
    pub portal: Portal,
    /// The program in force.
    pub program: Arc<Program>,
}

/// Somebody shows a code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberSignIn {
    /// The address that it was sent to.
    pub email: String,
    /// The code.
    pub code: String,
    /// The version of the terms that they accept, if they do so now.
    pub terms: Option<String>,
    /// What they are called, if they join and say so.
    pub name: Option<String>,
    /// The code of the member who sent them, if they join.
    pub referral_code: Option<Text>,
    /// What their browser says of itself; nothing if it says nothing.
    pub device: Option<String>,
}

/// A member who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedInMember {
    /// Of which merchant.
    pub tenant: TenantId,
    /// Who.
    pub member: MemberId,
    /// Until when.
    pub expires_at: Timestamp,
    /// The terms that are to be accepted before anything else, if there are any.
    pub terms_due: Option<String>,
}

/// A member signed in. The only moment at which the secret is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberSecret {
    /// What the browser keeps.
    pub secret: String,
    /// Who they are.
    pub session: SignedInMember,
    /// Whether they joined by it.
    pub joined: bool,
}

/// What a shop's page shows to its widget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WidgetToken {
    /// The token.
    pub token: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl App {
    /// What members of a merchant see. `Error::NotFound` if its program has no pages for them.
    pub fn portal(&self, tenant: TenantId) -> Result<Shown, Error> {
        let missing = || Error::not_found("portal", "portal");
        let (_, program) = match self.program_in_force(tenant, self.now()) {
            Err(Error::NoProgram) => return Err(missing()),
            other => other?,
        };
        let portal = program.portal.as_deref().cloned().ok_or_else(missing)?;
        Ok(Shown { portal, program })
    }

    /// Makes a code for an address: six digits, to be sent there and told to nobody else. Nothing if
    /// too many were asked for; what is answered to who asks must not differ.
    pub fn sign_in_code(&self, tenant: TenantId, email: &str) -> Result<Option<String>, Error> {
        self.portal(tenant)?;
        let secret = self.portal_secret(tenant)?;
        let address = address(&secret, email);
        let (now, code) = (self.now(), six_digits()?);
        let made = code.clone();
        self.core()
            .write(move |store| {
                let before = store.sign_in_code(tenant, &address)?;
                let counted = before.filter(|before| {
                    before.asked_since.plus_micros(SignInCode::COUNTED_MICROS) > now
                });
                let (asked, since) = counted.map_or((0, now), |own| (own.asked, own.asked_since));
                if asked >= ASKED_MOST {
                    return Ok(None);
                }
                let code = SignInCode {
                    address,
                    hash: code_hash(&secret, &address, &made),
                    created_at: now,
                    expires_at: now.plus_micros(CODE_MICROS),
                    attempts: 0,
                    asked: asked + 1,
                    asked_since: since,
                };
                store.put_sign_in_code(tenant, &code)?;
                Ok(Some(code.expires_at))
            })
            .map(|made| made.map(|_| code))
    }

    /// Signs in who shows the code that was sent to their address; whoever is no member yet joins.
    /// `Error::WrongCode` if it is not the code, or no longer; `Error::TermsNeeded` where they are new
    /// and did not accept the terms: the code is then still good.
    pub fn sign_in_member(
        &self,
        tenant: TenantId,
        ask: &MemberSignIn,
    ) -> Result<MemberSecret, Error> {
        let shown = self.portal(tenant)?;
        let secret = self.portal_secret(tenant)?;
        let address = address(&secret, &ask.email);
        let hash = code_hash(&secret, &address, ask.code.trim());
        let now = self.now();
        let tried = self
            .core()
            .write(move |store| Ok(store.try_sign_in_code(tenant, &address, TRIES_MOST)?))?;
        let right = |own: &SignInCode| own.expires_at > now && bool::from(own.hash.ct_eq(&hash));
        tried.filter(right).ok_or(Error::WrongCode)?;
        let known = self.by_email(tenant, &ask.email)?;
        if let (Some(terms), false) = (&shown.portal.terms, known.is_some_and(|it| it.1))
            && ask.terms.as_ref() != Some(&terms.version)
        {
            return Err(Error::TermsNeeded(terms.version.clone()));
        }
        let used = self
            .core()
            .write(move |store| Ok(store.use_sign_in_code(tenant, &address, &hash)?))?;
        if !used {
            return Err(Error::WrongCode);
        }
        let (member, joined) = match known {
            Some((member, true)) => (member, false),
            _ => (self.join(tenant, ask)?, true),
        };
        if let Some(version) = &ask.terms {
            self.accept_terms(tenant, member, version)?;
        }
        let secret = hex(&[input::random(), input::random()].concat());
        let session = MemberSession {
            hash: secret_hash(&secret),
            member,
            created_at: now,
            expires_at: now.plus_micros(MEMBER_SESSION_MICROS),
        };
        self.core()
            .write(move |store| Ok(store.create_member_session(tenant, &session)?))?;
        if let Some(device) = &ask.device {
            self.note_sign_in(tenant, member, device)?;
        }
        // The tenant stands in the secret, so that a session is looked for where it is.
        let secret = format!("{tenant}.{secret}");
        let session = self.member_session(&secret)?;
        Ok(MemberSecret {
            secret,
            session,
            joined,
        })
    }

    /// Who is known under an address, and whether as a member.
    fn by_email(&self, tenant: TenantId, email: &str) -> Result<Option<(MemberId, bool)>, Error> {
        match self.member(tenant, &MemberRef::Identity(email_identity(email)?)) {
            Ok(member) => Ok(Some((member.id, member.enrolled_at.is_some()))),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn join(&self, tenant: TenantId, ask: &MemberSignIn) -> Result<MemberId, Error> {
        let mut attributes = BTreeMap::new();
        if let Some(name) = ask
            .name
            .as_deref()
            .map(str::trim)
            .filter(|it| !it.is_empty())
        {
            attributes.insert("name".to_owned(), name.into());
        }
        let known = self.by_email(tenant, &ask.email)?;
        let email = match &known {
            // A customer who is known by the address as it was written then.
            Some((id, _)) => self.member(tenant, &MemberRef::Id(*id))?.identities,
            None => vec![email_identity(&ask.email)?],
        };
        let new = NewMember {
            key: own_key("join")?,
            identities: email,
            attributes,
            occurred_at: None,
            referral_code: ask.referral_code.clone(),
        };
        let (member, _) = self.enrol(tenant, new)?;
        Ok(member.id)
    }

    /// Whose session that is. `Error::Unauthorized` if it is not known or over, or if the merchant has
    /// no pages for members any more.
    pub fn member_session(&self, secret: &str) -> Result<SignedInMember, Error> {
        let (tenant, hash) = session_of(secret)?;
        let now = self.now();
        let (session, member, accepted) = self.core().pool.with(|store| {
            let session = store.member_session(tenant, &hash)?;
            let good =
                |own: &MemberSession| bool::from(own.hash.ct_eq(&hash)) && own.expires_at > now;
            let session = session.filter(good).ok_or(Error::Unauthorized)?;
            let member = members::find(store, tenant, &MemberRef::Id(session.member))?.id;
            Ok::<_, Error>((session, member, store.accepted_terms(tenant, member)?))
        })?;
        let shown = self.portal(tenant).map_err(|error| match error {
            Error::NotFound { .. } => Error::Unauthorized,
            other => other,
        })?;
        let due = shown.portal.terms.map(|terms| terms.version);
        let is_accepted = |due: &String| accepted.iter().any(|(version, _)| version == due);
        Ok(SignedInMember {
            tenant,
            member,
            expires_at: session.expires_at,
            terms_due: due.filter(|due| !is_accepted(due)),
        })
    }

    /// A member signs out. Whether they were signed in.
    pub fn end_member_session(&self, secret: &str) -> Result<bool, Error> {
        let (tenant, hash) = session_of(secret)?;
        self.core()
            .write(move |store| Ok(store.end_member_session(tenant, &hash)?))
    }

    /// A member accepts the terms, which must be those of now: nobody accepts what they cannot read.
    pub fn accept_terms(
        &self,
        tenant: TenantId,
        member: MemberId,
        version: &str,
    ) -> Result<(), Error> {
        let terms = self.portal(tenant)?.portal.terms;
        if terms.is_none_or(|terms| terms.version != version) {
            return Err(Error::invalid(
                "/terms",
                "are not the terms of now: read them again",
            ));
        }
        let (version, now) = (version.to_owned(), self.now());
        self.core()
            .write(move |store| Ok(store.accept_terms(tenant, member, &version, now)?))
    }

    /// What a member accepted, and when.
    pub fn accepted_terms(
        &self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<Vec<(String, Timestamp)>, Error> {
        self.core()
            .pool
            .with(|store| Ok(store.accepted_terms(tenant, member)?))
    }

    /// A member allows something, or takes that back. Look at the receipt's verdict.
    pub fn consent(
        &self,
        tenant: TenantId,
        member: MemberId,
        purpose: &str,
        given: bool,
    ) -> Result<crate::Receipt, Error> {
        self.consent_by(tenant, member, (purpose, given), (SOURCE, SOURCE))
    }

    /// The same, with the channel on which it was said, and where: its proof.
    pub(crate) fn consent_by(
        &self,
        tenant: TenantId,
        member: MemberId,
        what: (&str, bool),
        said: (&str, &str),
    ) -> Result<crate::Receipt, Error> {
        let (version, _) = self.program_in_force(tenant, self.now())?;
        let under = (own_key("consent")?, format!("program {version}"));
        self.consent_under((tenant, member), what, said, under)
    }

    /// The same, under a key that makes it one, and with the words that it was said under.
    pub(crate) fn consent_under(
        &self,
        (tenant, member): (TenantId, MemberId),
        (purpose, given): (&str, bool),
        (channel, origin): (&str, &str),
        (key, version): (EventKey, String),
    ) -> Result<crate::Receipt, Error> {
        let text = |text: &str| Text::new(text).map_err(|error| Error::Bug(error.to_string()));
        let (_, program) = self.program_in_force(tenant, self.now())?;
        if program
            .activity(purpose)
            .is_none_or(|own| own.consent.is_none())
        {
            return Err(Error::not_found("consent", purpose));
        }
        let activity = Activity {
            name: text(purpose)?,
            store: Text::default(),
            fields: vec![
                (text("given")?, Value::Bool(given)),
                // Its proof: where it was said, and under which words.
                (text("channel")?, Value::Text(text(channel)?)),
                (text("origin")?, Value::Text(text(origin)?)),
                (text("version")?, Value::Text(text(&version)?)),
            ],
        };
        let kind = Kind::Activity(activity);
        self.happen(tenant, &MemberRef::Id(member), kind, key)
    }

    /// A member takes part in a challenge. Look at the receipt's verdict.
    pub fn join_challenge(
        &self,
        tenant: TenantId,
        member: MemberId,
        challenge: Text,
    ) -> Result<crate::Receipt, Error> {
        let kind = Kind::ChallengeJoin(ChallengeJoin { challenge });
        self.happen(tenant, &MemberRef::Id(member), kind, own_key("challenge")?)
    }

    /// A token for the widget on a page of the shop: signed, for one member, for ten minutes.
    pub fn widget_token(&self, tenant: TenantId, who: &MemberRef) -> Result<WidgetToken, Error> {
        self.portal(tenant)?;
        let member = self.member(tenant, who)?.id;
        let expires_at = self.now().plus_micros(TOKEN_MICROS);
        let claim = format!("{tenant}.{member}.{}", expires_at.micros());
        let signature = self.signature(tenant, &claim)?;
        Ok(WidgetToken {
            token: format!("{TOKEN}{claim}.{signature}"),
            expires_at,
        })
    }

    /// For whom a widget's token is. `Error::Unauthorized` if it was not made here, or is over.
    pub fn widget(&self, token: &str) -> Result<(TenantId, MemberId), Error> {
        let read = || {
            let (claim, signature) = token.trim().strip_prefix(TOKEN)?.rsplit_once('.')?;
            let mut parts = claim.split('.');
            let tenant = parts.next()?.parse::<TenantId>().ok()?;
            let member = parts.next()?.parse::<MemberId>().ok()?;
            let until = parts.next()?.parse::<i64>().ok()?;
            parts.next().is_none().then_some(())?;
            Some((tenant, member, until, claim, signature))
        };
        let (tenant, member, until, claim, signature) = read().ok_or(Error::Unauthorized)?;
        self.tenant(tenant).map_err(|_| Error::Unauthorized)?;
        let own = self.signature(tenant, claim)?;
        let is_ours = bool::from(own.as_bytes().ct_eq(signature.as_bytes()));
        if !is_ours || until <= self.now().micros() {
            return Err(Error::Unauthorized);
        }
        Ok((tenant, member))
    }

    fn signature(&self, tenant: TenantId, claim: &str) -> Result<String, Error> {
        Ok(signed(&self.portal_secret(tenant)?, claim))
    }

    pub(crate) fn portal_secret(&self, tenant: TenantId) -> Result<[u8; 32], Error> {
        self.core().portal_secret(tenant)
    }
}

impl Core {
    pub(crate) fn portal_secret(&self, tenant: TenantId) -> Result<[u8; 32], Error> {
        // Not on a lane: every widget asks for it, and only the first makes it.
        self.pool.with(|store| secret_of(store, tenant))
    }
}

/// A merchant's secret; made, if nobody has asked for it before.
pub(crate) fn secret_of(store: &mut dyn Store, tenant: TenantId) -> Result<[u8; 32], Error> {
    let mut fresh = [0; 32];
    getrandom::fill(&mut fresh)
        .map_err(|error| Error::Unavailable(format!("there is no randomness: {error}")))?;
    Ok(store.portal_secret(tenant, &fresh)?)
}

/// A claim's signature by a tenant's secret.
pub(crate) fn signed(secret: &[u8; 32], claim: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret)
        .expect("a code of this kind takes keys of any length");
    mac.update(claim.as_bytes());
    hex(&mac.finalize().into_bytes())
}

fn email_identity(email: &str) -> Result<Identity, Error> {
    let text =
        |text: &str| Text::new(text).map_err(|error| Error::invalid("/email", error.to_string()));
    Ok(Identity {
        kind: text("email")?,
        value: text(email.trim())?,
    })
}

/// A key for something that a member does.
pub(crate) fn own_key(what: &str) -> Result<EventKey, Error> {
    let text = |text: String| Text::new(text).map_err(|error| Error::Bug(error.to_string()));
    Ok(EventKey {
        source: text(SOURCE.to_owned())?,
        external_id: text(format!("{what}-{}", hex(&input::random())))?,
    })
}

/// An address as it is kept: in one form.
fn address(secret: &[u8; 32], email: &str) -> [u8; 32] {
    let one = form::email(email).unwrap_or_else(|_| email.trim().to_lowercase());
    hash(secret, &[b"address", one.as_bytes()])
}

fn code_hash(secret: &[u8; 32], address: &[u8; 32], code: &str) -> [u8; 32] {
    hash(secret, &[b"code", address, code.as_bytes()])
}

fn hash(secret: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(secret);
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// Six digits, each as likely as any other.
fn six_digits() -> Result<String, Error> {
    let number = getrandom::u64()
        .map_err(|error| Error::Unavailable(format!("there is no randomness: {error}")))?;
    // Of 2^64 numbers the remainder favours none by more than one in 10^13.
    Ok(format!("{:06}", number % 1_000_000))
}

fn session_of(secret: &str) -> Result<(TenantId, [u8; 32]), Error> {
    let (tenant, secret) = secret.split_once('.').ok_or(Error::Unauthorized)?;
    let tenant = tenant.parse().map_err(|_| Error::Unauthorized)?;
    Ok((tenant, secret_hash(secret)))
}
