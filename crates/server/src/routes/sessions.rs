//! Operators who sign in, see who they are, and sign out. The secret is in a cookie that no script
//! can read, so a page of the console never has it.

use crate::acting::Acting;
use crate::auth::{self, AnyPartner, Key, SessionOf, StepOf, Visitor};
use crate::backoff::Against;
use crate::extract::In;
use crate::failure::Failure;
use crate::sign_on;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use regulars_api::people::{PasswordIn, TakeUpIn};
use regulars_api::session::{
    FactorCodeIn, PasskeyChallengeOut, PasskeySignInIn, SessionOut, SignInStepOut,
};
use regulars_api::{Code, Problem};
use regulars_app::{App, Entry, Error, SessionInfo, ShownPasskey, SignedIn, StepAsks};
use regulars_base::TenantId;

/// Sign in
///
/// Shown a key (`Authorization: Bearer reg_…`), or the one-time token of the server's start
/// (`Bearer once_…`), it opens a session and sets its cookie. What the key may do, the session may.
#[utoipa::path(post, path = "/v1/sessions", tag = "access", responses(
    (status = 201, body = SessionOut, description = "The session; its secret is in the cookie only"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn create_session(
    State(server): State<Server>,
    acting: Acting,
    parts: Parts,
) -> Result<Response, Failure> {
    auth::from_here(&parts.headers)?;
    let shown = auth::bearer(&parts.headers).ok_or_else(auth::unauthorized)?;
    let key = match server.first_sign_in().redeem(shown) {
        Some(found) => found,
        None => {
            let shown = shown.to_owned();
            let caller = server.call(move |app| app.authenticate(&shown)).await;
            let caller = caller.map_err(|_| auth::unauthorized())?;
            (caller.tenant, caller.key)
        }
    };
    let whence = auth::whence(&parts, &server);
    let made = server.call(move |app| app.open_session(key.0, &key.1, &whence));
    let made = made.await?;
    opened(&server, &acting, made, &parts.headers).await
}

/// Sign in as a person
///
/// By e-mail address and password. Where a second factor is to be shown, or to be set up, nobody is in yet:
/// the answer is 202, and its cookie opens the way to do that, for ten minutes. Whoever tries too many wrong
/// passwords waits, longer each time.
#[utoipa::path(post, path = "/v1/sessions/person", tag = "access", security(()), request_body = PasswordIn, responses(
    (status = 201, body = SessionOut, description = "The session; its secret is in the cookie only"),
    (status = 202, body = SignInStepOut, description = "The password is right, and more is asked for"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn sign_in_person(
    State(server): State<Server>,
    acting: Acting,
    Visitor(whence): Visitor,
    headers: HeaderMap,
    In(body): In<PasswordIn>,
) -> Result<Response, Failure> {
    auth::from_here(&headers)?;
    let now = server.app().now().micros();
    let (email, address) = (body.email.trim().to_lowercase(), whence.address.clone());
    let both = Against::Both(&email, &address);
    let (account, place) = (Against::Account(&email), Against::Address(&address));
    let backoff = server.backoff();
    // Of an address that is not known nothing can be said.
    let of_place = backoff.waits(place, now).filter(|_| !address.is_empty());
    let mut waits = backoff.waits(both, now).max(of_place);
    if let (None, Some(seconds)) = (waits, backoff.waits(account, now)) {
        let (email, address) = (email.clone(), address.clone());
        let known = server.call(move |app| app.is_known_at(&email, &address));
        waits = (!known.await?).then_some(seconds);
    }
    if let Some(seconds) = waits {
        let detail = format!("too many wrong passwords; try again in {seconds} seconds");
        return Err(Failure::new(Code::TooManyGuesses, detail).after(seconds));
    }
    let made = server.call(move |app| app.sign_in(&body.email, &body.password, &whence));
    match made.await {
        Ok(made) => {
            server.backoff().right(both);
            entered(&server, &acting, made, &headers).await
        }
        Err(failure) if failure.problem.code == Code::Unauthorized.code() => {
            for against in [both, account, place] {
                server.backoff().wrong(against, now);
            }
            let detail = "nobody signs in with this address and this password";
            Err(Failure::new(Code::Unauthorized, detail))
        }
        Err(failure) => Err(failure),
    }
}

/// Take an invitation up
///
/// Sets the password of the person who was invited, and signs in. An invitation is good once, for a week.
/// Whoever has a second factor is asked for it, as at any sign-in.
#[utoipa::path(post, path = "/v1/sessions/invitation", tag = "access", security(()), request_body = TakeUpIn, responses(
    (status = 201, body = SessionOut, description = "The session; its secret is in the cookie only"),
    (status = 202, body = SignInStepOut, description = "The password is set, and more is asked for"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn take_up_invitation(
    State(server): State<Server>,
    acting: Acting,
    Visitor(whence): Visitor,
    headers: HeaderMap,
    In(body): In<TakeUpIn>,
) -> Result<Response, Failure> {
    auth::from_here(&headers)?;
    let made = server.call(move |app| app.take_up(&body.invitation, &body.password, &whence));
    let made = made.await.map_err(|failure| {
        if failure.problem.code == Code::Unauthorized.code() {
            let detail = "the invitation is not known, was taken up, or is over; ask for another";
            return Failure::new(Code::Unauthorized, detail);
        }
        failure
    })?;
    server.keys().forget();
    entered(&server, &acting, made, &headers).await
}

/// Show the second factor
///
/// In the step that signing in came to: a code of a telephone, or a recovery code. Each is good once. After
/// five wrong ones in a row none is looked at for a while, longer each time.
#[utoipa::path(post, path = "/v1/sessions/second-factor", tag = "access", request_body = FactorCodeIn, responses(
    (status = 201, body = SessionOut, description = "The session; its secret is in the cookie only"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn show_second_factor(
    State(server): State<Server>,
    acting: Acting,
    Visitor(whence): Visitor,
    StepOf(secret): StepOf,
    headers: HeaderMap,
    In(body): In<FactorCodeIn>,
) -> Result<Response, Failure> {
    let own = secret.clone();
    let caller = server.call(move |app| app.caller_of_step(&app.step(&own)?));
    acting.signs_in(caller.await.map_err(auth::not_in)?);
    let made = server.call(move |app| app.pass_step(&secret, &body.code, &whence));
    match made.await {
        Ok(made) => opened(&server, &acting, made, &headers).await,
        Err(failure) if failure.problem.code == Code::WrongCode.code() => {
            let detail = "this code is not right, or was used already: wait for the next one";
            Err(Failure::new(Code::Unauthorized, detail))
        }
        Err(failure) => Err(failure),
    }
}

/// Ask for a challenge to come in by a passkey
///
/// For `navigator.credentials.get`, without a list of credentials: nobody has to say who they are first.
#[utoipa::path(post, path = "/v1/sessions/passkey/challenge", tag = "access", security(()), responses(
    (status = 200, body = PasskeyChallengeOut, description = "What is to be signed"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn ask_passkey(
    State(server): State<Server>,
    headers: HeaderMap,
) -> Result<axum::Json<PasskeyChallengeOut>, Failure> {
    auth::from_here(&headers)?;
    let challenge = server.call(regulars_app::App::ask_passkey).await?;
    let party = sign_on::site(&headers).party;
    Ok(axum::Json(PasskeyChallengeOut { challenge, party }))
}

/// Sign in by a passkey
///
/// It is both factors at once: the authenticator has asked who it is.
#[utoipa::path(post, path = "/v1/sessions/passkey", tag = "access", security(()), request_body = PasskeySignInIn, responses(
    (status = 201, body = SessionOut, description = "The session; its secret is in the cookie only"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn sign_in_by_passkey(
    State(server): State<Server>,
    acting: Acting,
    Visitor(whence): Visitor,
    headers: HeaderMap,
    In(body): In<PasskeySignInIn>,
) -> Result<Response, Failure> {
    auth::from_here(&headers)?;
    let shown = ShownPasskey {
        credential: body.credential,
        client_data: body.client_data,
        authenticator_data: body.authenticator_data,
        signature: body.signature,
        user: body.user,
    };
    let made = server.call(move |app| app.sign_in_by_passkey(&shown, &whence));
    match made.await {
        Ok(made) => opened(&server, &acting, made, &headers).await,
        Err(failure) if failure.problem.code == Code::Unauthorized.code() => {
            let detail = "nobody comes in by this passkey: it is not known here, was removed, or took too long";
            Err(Failure::new(Code::Unauthorized, detail))
        }
        Err(failure) => Err(failure),
    }
}

/// See who is signed in
///
/// Answers with the token that requests other than `GET` have to send.
#[utoipa::path(get, path = "/v1/sessions/current", tag = "access", responses(
    (status = 200, body = SessionOut, description = "The session"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_session(
    State(server): State<Server>,
    key: Key<AnyPartner>,
    SessionOf(secret): SessionOf,
    headers: HeaderMap,
) -> Result<axum::Json<SessionOut>, Failure> {
    let sandbox = auth::in_sandbox(&headers).then_some(key.tenant);
    let out = server.call(move |app| {
        let session = app.session(&secret)?;
        shown_as(app, &session, &secret, sandbox)
    });
    Ok(axum::Json(out.await?))
}

/// Sign out
#[utoipa::path(delete, path = "/v1/sessions/current", tag = "access", responses(
    (status = 204, description = "Signed out; the cookie is taken away"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn delete_session(
    State(server): State<Server>,
    _key: Key<AnyPartner>,
    SessionOf(secret): SessionOf,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    server
        .call(move |app| {
            // Of the shop that it was opened for, also where it acts in the sandbox.
            let tenant = app.session(&secret)?.caller.tenant;
            app.end_session(tenant, &secret)
        })
        .await?;
    server.keys().forget();
    let mut response = StatusCode::NO_CONTENT.into_response();
    for gone in [
        auth::OPERATOR.set("", 0, &headers),
        auth::workspace_cookie(false, &headers),
    ] {
        response.headers_mut().append(SET_COOKIE, gone);
    }
    Ok(response)
}

/// The answer to somebody whose password was right.
async fn entered(
    server: &Server,
    acting: &Acting,
    made: Entry,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let step = match made {
        Entry::In(made) => return opened(server, acting, made, headers).await,
        Entry::Step(step) => step,
    };
    let lasts = server.seconds_until(step.expires_at);
    let cookie = auth::STEP.set(&step.secret, lasts, headers);
    let (name, totp, passkey) = match step.asks {
        StepAsks::Show { totp, passkey } => ("show", totp, passkey),
        StepAsks::SetUp => ("set_up", false, false),
    };
    let out = SignInStepOut {
        step: name.to_owned(),
        name: step.name,
        totp,
        passkey,
        expires_at: step.expires_at.to_string(),
        csrf_token: auth::csrf_token(&step.secret, false),
    };
    let mut response = (StatusCode::ACCEPTED, axum::Json(out)).into_response();
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

/// The answer to somebody who signed in.
async fn opened(
    server: &Server,
    acting: &Acting,
    made: SignedIn,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    acting.signs_in(made.session.caller.clone());
    let SignedIn { secret, session } = made;
    let lasts = server.seconds_until(session.expires_at);
    let cookie = auth::OPERATOR.set(&secret, lasts, headers);
    let out = server.call(move |app| shown_as(app, &session, &secret, None));
    let mut response = (StatusCode::CREATED, axum::Json(out.await?)).into_response();
    response.headers_mut().append(SET_COOKIE, cookie);
    for gone in [
        auth::workspace_cookie(false, headers),
        auth::STEP.set("", 0, headers),
    ] {
        response.headers_mut().append(SET_COOKIE, gone);
    }
    Ok(response)
}

/// What a session is told of itself; `sandbox` where it acts in that.
fn shown_as(
    app: &App,
    session: &SessionInfo,
    secret: &str,
    sandbox: Option<TenantId>,
) -> Result<SessionOut, Error> {
    let tenant = app.tenant(session.caller.tenant)?;
    let settings = app.shop_settings(session.caller.tenant)?;
    let mut caller = view::caller(&session.caller);
    if let Some(sandbox) = sandbox {
        caller.tenant = sandbox.to_string();
    }
    Ok(SessionOut {
        tenant: caller.tenant,
        tenant_name: match settings.title.is_empty() {
            true => tenant.name,
            false => settings.title,
        },
        workspace: if sandbox.is_some() { "sandbox" } else { "live" }.to_owned(),
        name: caller.name,
        key: caller.key,
        adjust_most: session.caller.adjust_most,
        colour: settings.colour,
        logo: settings.logo,
        languages: settings.languages,
        language: settings.language,
        scopes: caller.scopes,
        finds_exactly: app.finds_exactly(sandbox.unwrap_or(session.caller.tenant))?,
        expires_at: session.expires_at.to_string(),
        csrf_token: auth::csrf_token(secret, sandbox.is_some()),
    })
}
