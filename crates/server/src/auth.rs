//! Who calls: `Authorization: Bearer reg_…`. Keys are kept as hashes; what was found is remembered
//! for a few seconds, so that a busy till does not ask the database each time. A revoked key is
//! refused at once on the server that revoked it, and within [`REMEMBERED`] on others.
//!
//! Or the cookie of a session, which stands for the key that it was signed in with. A browser sends a
//! cookie by itself, also for a page that means harm: so what changes anything needs a token as well,
//! which only a page of this server can have read.

use crate::acting::Acting;
use crate::address;
use crate::failure::Failure;
use crate::rate::Spent;
use crate::square;
use crate::state::Server;
use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use regulars_api::Code;
use regulars_app::{App, Caller, Error, Scope, Step, StepAsks, Whence};
use regulars_base::TenantId;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::convert::Infallible;
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
    /// A key that may sell and redeem at a till.
    Till = Some(Scope::Till);
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
    let (name, scope) = (&caller.name, scope.name());
    let detail = match caller.is_person() {
        true => format!("`{name}` has no role with the scope `{scope}`; ask for one that has it"),
        false => format!(
            "the key `{name}` lacks the scope `{scope}`; use another key, or make one that has it"
        ),
    };
    Err(Failure::new(Code::Forbidden, detail))
}

/// A cookie that holds the secret of a session.
pub(crate) struct Cookie {
    pub(crate) name: &'static str,
    /// Where it is sent: to no other path.
    pub(crate) path: &'static str,
    /// Whether it comes along when another site leads the browser here: `Strict`, or `Lax`.
    pub(crate) site: &'static str,
}

/// The cookie of an operator's session. It is sent to the API only.
pub(crate) const OPERATOR: Cookie = Cookie {
    name: "regulars_session",
    path: "/v1",
    site: "Strict",
};

/// The cookie of a step on the way in: the password was right, and something is to be shown or set up.
pub(crate) const STEP: Cookie = Cookie {
    name: "regulars_step",
    path: "/v1",
    site: "Strict",
};

/// The cookie of a sign-in that is under way with a provider. It comes along when the provider leads
/// the browser back, so it is not as strict as a session's.
pub(crate) const SIGN_ON: Cookie = Cookie {
    name: "regulars_sign_on",
    path: crate::sign_on::CALLBACK,
    site: "Lax",
};

/// The header that a page of ours sends with what is no `GET`.
const X_CSRF_TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");
/// Says, in browsers, from where a request comes.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What was shown as `Authorization: Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let sent = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = sent.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// The cookie that says that a session acts in the sandbox.
const WORKSPACE: Cookie = Cookie {
    name: "regulars_workspace",
    path: "/v1",
    site: "Strict",
};

/// Sets or takes away the cookie that says that a session acts in the sandbox.
pub(crate) fn workspace_cookie(sandbox: bool, headers: &HeaderMap) -> HeaderValue {
    let seconds = if sandbox { 12 * 3600 } else { 0 };
    WORKSPACE.set("sandbox", seconds, headers)
}

/// Whether a request of a session means the sandbox.
pub(crate) fn in_sandbox(headers: &HeaderMap) -> bool {
    WORKSPACE.of(headers) == Some("sandbox")
}

impl Cookie {
    /// The cookie, set for so many seconds; taken away with none. It is for connections with TLS alone
    /// where there is TLS.
    pub(crate) fn set(&self, secret: &str, seconds: i64, headers: &HeaderMap) -> HeaderValue {
        let Self { name, path, site } = self;
        let secure = if by_tls(headers) { "; Secure" } else { "" };
        let text = format!(
            "{name}={secret}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite={site}{secure}"
        );
        HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    /// The secret that came with a request.
    pub(crate) fn of<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        let cookies = headers.get_all(COOKIE).iter();
        let pairs = cookies.filter_map(|cookies| cookies.to_str().ok());
        let mut pairs = pairs.flat_map(|cookies| cookies.split(';'));
        pairs.find_map(|pair| {
            let (name, secret) = pair.trim().split_once('=')?;
            (name == self.name && !secret.is_empty()).then_some(secret)
        })
    }
}

/// What a page has to send beside the cookie. It comes from the secret, and does not lead back. In the
/// sandbox it is another, so that a page which shows the one workspace never changes the other.
pub(crate) fn csrf_token(secret: &str, sandbox: bool) -> String {
    let of = if sandbox { "csrf-sandbox" } else { "csrf" };
    let hash = Sha256::digest(format!("{of}:{secret}").as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Refuses what a browser says comes from a page of somebody else.
pub(crate) fn from_here(headers: &HeaderMap) -> Result<(), Failure> {
    let site = headers.get(SEC_FETCH_SITE).map(HeaderValue::as_bytes);
    match site {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => {
            let detail = "this comes from a page of another site, and only pages of this server may \
                          act for who is signed in";
            Err(Failure::new(Code::Forbidden, detail))
        }
    }
}

/// Whether the browser came by TLS, which the proxy before the server tells.
pub(crate) fn by_tls(headers: &HeaderMap) -> bool {
    let proto = headers.get("x-forwarded-proto");
    proto.is_some_and(|proto| proto.as_bytes() == b"https")
}

/// Refuses a request by cookie that may come from somebody else's page.
pub(crate) fn meant(parts: &Parts, secret: &str, sandbox: bool) -> Result<(), Failure> {
    from_here(&parts.headers)?;
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    let sent = parts.headers.get(X_CSRF_TOKEN).map(HeaderValue::as_bytes);
    if bool::from(
        sent.unwrap_or_default()
            .ct_eq(csrf_token(secret, sandbox).as_bytes()),
    ) {
        return Ok(());
    }
    let detail = "send the `csrf_token` that GET answers for the session as `X-Csrf-Token`";
    Err(Failure::new(Code::Forbidden, detail))
}

/// The secret of the session that a request comes with.
pub(crate) struct SessionOf(pub(crate) String);

impl FromRequestParts<Server> for SessionOf {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Failure> {
        let secret = OPERATOR.of(&parts.headers).map(str::to_owned);
        secret.map(Self).ok_or_else(unauthorized)
    }
}

/// How long somebody may change their own way in after they signed in, in seconds: whoever finds a browser
/// open, or steals a session, is not to make it theirs for good.
const LATELY_SECONDS: i64 = 15 * 60;

/// Somebody who acts about their own way in: signed in, or in the step in which they have to set a second
/// factor up. A key has no such thing. What they do is noted, as all that people do.
pub(crate) struct Oneself {
    caller: Caller,
    secret: String,
    lately: bool,
    /// The step, if they are not in yet.
    pub(crate) step: Option<Step>,
    /// From where they come.
    pub(crate) whence: Whence,
}

impl Oneself {
    /// The merchant, and who they are. Whoever signed in with a key is nobody.
    pub(crate) fn person(&self) -> Result<(TenantId, String), Failure> {
        if self.caller.is_person() {
            return Ok((self.caller.tenant, self.caller.key.clone()));
        }
        let detail =
            "you are signed in with a key, which has no second factor: sign in as a person";
        Err(Failure::new(Code::Forbidden, detail))
    }

    /// The merchant, for whom the session stands, and its secret. A step is no session.
    pub(crate) fn session(&self) -> Result<(TenantId, String, String), Failure> {
        match self.step {
            None => Ok((
                self.caller.tenant,
                self.caller.key.clone(),
                self.secret.clone(),
            )),
            Some(_) => Err(unauthorized()),
        }
    }

    /// Refuses whoever signed in too long ago.
    pub(crate) fn signed_in_lately(&self) -> Result<(), Failure> {
        if self.lately {
            return Ok(());
        }
        let detail = "you signed in more than a quarter of an hour ago: sign in again, so that \
                      nobody who finds your browser open changes how you come in";
        Err(Failure::new(Code::SignInAgain, detail))
    }
}

impl FromRequestParts<Server> for Oneself {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Failure> {
        if let Some(shown) = bearer(&parts.headers) {
            let shown = shown.to_owned();
            let known = server.call(move |app| app.authenticate(&shown)).await;
            known.map_err(|_| unauthorized())?;
            let detail =
                "this is for people who are signed in: a key has no second factor and no session";
            return Err(Failure::new(Code::Forbidden, detail));
        }
        let whence = whence(parts, server);
        let oneself = match STEP.of(&parts.headers) {
            Some(secret) => {
                meant(parts, secret, false)?;
                let secret = secret.to_owned();
                let found = server.call(move |app| {
                    let step = app.step(&secret)?;
                    let caller = app.caller_of_step(&step)?;
                    Ok((step, caller, secret))
                });
                let (step, caller, secret) = found.await.map_err(not_in)?;
                // Who has a second factor shows it first, and does not make another.
                if step.asks != StepAsks::SetUp {
                    return Err(unauthorized());
                }
                Self {
                    caller,
                    secret,
                    lately: true,
                    step: Some(step),
                    whence,
                }
            }
            None => {
                let secret = OPERATOR.of(&parts.headers).ok_or_else(unauthorized)?;
                meant(parts, secret, in_sandbox(&parts.headers))?;
                let secret = secret.to_owned();
                let found = server.call(move |app| {
                    let session = app.session(&secret)?;
                    let age = app.now().micros() - session.created_at.micros();
                    Ok((session.caller, secret, age < LATELY_SECONDS * 1_000_000))
                });
                let (caller, secret, lately) = found.await.map_err(not_in)?;
                Self {
                    caller,
                    secret,
                    lately,
                    step: None,
                    whence,
                }
            }
        };
        if let Some(acting) = parts.extensions.get::<Acting>() {
            acting.signs_in(oneself.caller.clone());
        }
        Ok(oneself)
    }
}

/// The secret of the step that a request comes with, of a page of ours.
pub(crate) struct StepOf(pub(crate) String);

impl FromRequestParts<Server> for StepOf {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Failure> {
        let secret = STEP.of(&parts.headers).ok_or_else(unauthorized)?;
        meant(parts, secret, false)?;
        Ok(Self(secret.to_owned()))
    }
}

/// Whoever is not in is told what to send, as everywhere.
pub(crate) fn not_in(failure: Failure) -> Failure {
    match failure.problem.code == Code::Unauthorized.code() {
        true => unauthorized(),
        false => failure,
    }
}

/// From where a request comes, as it is kept with a session.
pub(crate) fn whence(parts: &Parts, server: &Server) -> Whence {
    let agent = parts.headers.get(USER_AGENT).map(HeaderValue::to_str);
    let address = address::of(parts, &server.settings().proxies);
    Whence::of(
        agent.and_then(Result::ok).unwrap_or_default(),
        address.map(address::counted).unwrap_or_default(),
    )
}

/// From where a request comes.
pub(crate) struct Visitor(pub(crate) Whence);

impl FromRequestParts<Server> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Infallible> {
        Ok(Self(whence(parts, server)))
    }
}

/// No key, no session, or none that is good.
pub(crate) fn unauthorized() -> Failure {
    let detail = "send `Authorization: Bearer reg_…` with a key that is known, not expired and \
                  not revoked, or sign in";
    Failure::new(Code::Unauthorized, detail)
}

/// By what a caller is known.
enum Shown {
    Key(String),
    Session(String),
    /// A session that acts in the sandbox of the shop.
    Sandbox(String),
}

impl Shown {
    /// Under what it is remembered: a key is never taken for a session.
    fn hash(&self) -> [u8; 32] {
        match self {
            Self::Key(secret) => Sha256::digest(secret.as_bytes()).into(),
            Self::Session(secret) => Sha256::digest(format!("session:{secret}").as_bytes()).into(),
            Self::Sandbox(secret) => Sha256::digest(format!("sandbox:{secret}").as_bytes()).into(),
        }
    }

    fn caller(&self, app: &App) -> Result<Caller, Error> {
        match self {
            Self::Key(secret) => app.authenticate(secret),
            Self::Session(secret) => app.session(secret).map(|session| session.caller),
            Self::Sandbox(secret) => {
                let caller = app.session(secret)?.caller;
                // Where it is gone, nothing is done: least of all on what is live.
                let gone = || Error::NotFound {
                    what: "sandbox",
                    name: "of this shop any more: leave it".into(),
                };
                let sandbox = app.sandbox(caller.tenant)?.ok_or_else(gone)?;
                Ok(Caller {
                    tenant: sandbox.tenant,
                    ..caller
                })
            }
        }
    }
}

impl<A: Asks> FromRequestParts<Server> for Key<A> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Failure> {
        let shown = match bearer(&parts.headers) {
            Some(secret) => Shown::Key(secret.to_owned()),
            None => {
                let secret = OPERATOR.of(&parts.headers).ok_or_else(unauthorized)?;
                meant(parts, secret, in_sandbox(&parts.headers))?;
                match in_sandbox(&parts.headers) {
                    true => Shown::Sandbox(secret.to_owned()),
                    false => Shown::Session(secret.to_owned()),
                }
            }
        };
        let hash = shown.hash();
        let caller = match server.keys().get(&hash) {
            Some(caller) => caller,
            None => {
                let asked = server.call(move |app| match shown.caller(app) {
                    Ok(caller) => Ok(Some(caller)),
                    Err(Error::Unauthorized) => Ok(None),
                    Err(error) => Err(error),
                });
                let caller = Arc::new(asked.await?.ok_or_else(unauthorized)?);
                server.keys().put(hash, &caller);
                caller
            }
        };
        if let Some(rate) = caller.rate.or(server.settings().key_rate) {
            let left = server.buckets().take(("key", &caller.key), rate);
            if let Some(spent) = parts.extensions.get::<Spent>() {
                spent.is(left);
            }
            left.passed()?;
        }
        if let Some(acting) = parts.extensions.get::<Acting>() {
            acting.is(&caller, A::SCOPE);
        }
        if let Some(scope) = A::SCOPE {
            allow(&caller, scope)?;
        }
        // That API says in which store something happened in words of its own.
        if caller.store.is_some() && parts.uri.path().starts_with(square::PREFIX) {
            let detail = format!(
                "the key `{}` is of one store, and no key of this API",
                caller.name
            );
            return Err(Failure::new(Code::Forbidden, detail));
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
        let secret = bearer(&parts.headers).ok_or_else(unauthorized)?;
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
