//! Who calls: `Authorization: Bearer reg_…`. Keys are kept as hashes; what was found is remembered
//! for a few seconds, so that a busy till does not ask the database each time. A revoked key is
//! refused at once on the server that revoked it, and within [`REMEMBERED`] on others.

use crate::failure::Failure;
use crate::state::Server;
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use regulars_api::Code;
use regulars_app::{Caller, Error, Scope};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq;

/// How long a key that was found is taken without asking again.
pub(crate) const REMEMBERED: Duration = Duration::from_secs(5);

/// The most keys that are remembered.
const REMEMBERED_MOST: usize = 10_000;

/// Keys that were found not long ago, by the hash of their secret.
#[derive(Default)]
pub(crate) struct Keys(RwLock<HashMap<[u8; 32], Found>>);

/// Whose key it is, and when that was asked.
type Found = (Arc<Caller>, Instant);

impl Keys {
    fn get(&self, hash: &[u8; 32]) -> Option<Arc<Caller>> {
        let known = self
            .0
            .read()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let (caller, found_at) = known.get(hash)?;
        (found_at.elapsed() < REMEMBERED).then(|| Arc::clone(caller))
    }

    fn put(&self, hash: [u8; 32], caller: &Arc<Caller>) {
        let mut known = self
            .0
            .write()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if known.len() >= REMEMBERED_MOST {
            known.retain(|_, (_, found_at)| found_at.elapsed() < REMEMBERED);
        }
        if known.len() < REMEMBERED_MOST {
            known.insert(hash, (Arc::clone(caller), Instant::now()));
        }
    }

    /// Forgets what was found: a key was revoked.
    pub(crate) fn forget(&self) {
        let mut known = self
            .0
            .write()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        known.clear();
    }
}

/// What a handler asks of the key.
pub(crate) trait Asks: Send + Sync {
    /// The scope; nothing if any key will do.
    const SCOPE: Option<Scope>;
    /// Whether the key of a partner may come here: the handler then sees to it that nothing but this
    /// partner's own is touched. Unless a handler says so, it may not.
    const PARTNERS: bool = false;
}

macro_rules! asks {
    ($($(#[doc = $doc:literal])+ $name:ident = $scope:expr;)+) => {
        $($(#[doc = $doc])+ pub(crate) struct $name;
        impl Asks for $name { const SCOPE: Option<Scope> = $scope; })+
    };
}

asks! {
    /// Any key; what it may do is asked later.
    Any = None;
    /// A key that may look.
    Read = Some(Scope::Read);
    /// A key that may send events, enrol and change members.
    Ingest = Some(Scope::Ingest);
    /// A key that may redeem.
    Redeem = Some(Scope::Redeem);
    /// A key that may adjust and merge.
    Adjust = Some(Scope::Adjust);
    /// A key that may apply programs.
    Programs = Some(Scope::Program);
    /// A key that may do everything.
    Admin = Some(Scope::Admin);
}

/// Any key, a partner's too; what it may do is asked later.
pub(crate) struct AnyPartner;

impl Asks for AnyPartner {
    const SCOPE: Option<Scope> = None;
    const PARTNERS: bool = true;
}

/// A key that may look, a partner's too.
pub(crate) struct PartnerRead;

impl Asks for PartnerRead {
    const SCOPE: Option<Scope> = Some(Scope::Read);
    const PARTNERS: bool = true;
}

/// A key that was checked, and may do what `A` asks.
pub(crate) struct Key<A>(Arc<Caller>, PhantomData<A>);

impl<A> Deref for Key<A> {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.0
    }
}

/// Refuses if the caller may not do that.
pub(crate) fn allow(caller: &Caller, scope: Scope) -> Result<(), Failure> {
    if caller.may(scope) {
        return Ok(());
    }
    let detail = format!(
        "the key `{}` lacks the scope `{}`; use another key, or make one that has it",
        caller.name,
        scope.name()
    );
    Err(Failure::new(Code::Forbidden, detail))
}

fn secret(parts: &Parts) -> Option<&str> {
    let sent = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = sent.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

fn unauthorized() -> Failure {
    let detail = "send `Authorization: Bearer reg_…` with a key that is known, not expired and \
                  not revoked";
    Failure::new(Code::Unauthorized, detail)
}

impl<A: Asks> FromRequestParts<Server> for Key<A> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Failure> {
        let secret = secret(parts).ok_or_else(unauthorized)?;
        let hash: [u8; 32] = Sha256::digest(secret.as_bytes()).into();
        let caller = match server.keys().get(&hash) {
            Some(caller) => caller,
            None => {
                let secret = secret.to_owned();
                let asked = server.call(move |app| match app.authenticate(&secret) {
                    Ok(caller) => Ok(Some(caller)),
                    Err(Error::Unauthorized) => Ok(None),
                    Err(error) => Err(error),
                });
                let caller = Arc::new(asked.await?.ok_or_else(unauthorized)?);
                server.keys().put(hash, &caller);
                caller
            }
        };
        if let Some(scope) = A::SCOPE {
            allow(&caller, scope)?;
        }
        if let (Some(partner), false) = (&caller.partner, A::PARTNERS) {
            let detail = format!(
                "the key `{}` is for what `{partner}` does itself, and this concerns others as well",
                caller.name
            );
            return Err(Failure::new(Code::Forbidden, detail));
        }
        Ok(Self(caller, PhantomData))
    }
}

/// Whoever runs the server: the key that it was started with. It makes merchants, and belongs to
/// none of them.
pub(crate) struct Operator;

impl FromRequestParts<Server> for Operator {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Failure> {
        let secret = secret(parts).ok_or_else(unauthorized)?;
        let Some(own) = &server.settings().operator_key else {
            let detail = "this server was started without an operator key, so merchants are made \
                          on the command line only";
            return Err(Failure::new(Code::Forbidden, detail));
        };
        let hash = |text: &str| Sha256::digest(text.as_bytes());
        if bool::from(hash(secret).as_slice().ct_eq(hash(own).as_slice())) {
            return Ok(Self);
        }
        let detail = "only the operator key, which the server was started with, may do this";
        Err(Failure::new(Code::Forbidden, detail))
    }
}
