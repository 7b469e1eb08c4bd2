//! Operators who sign in, see who they are, and sign out. The secret is in a cookie that no script
//! can read, so a page of the console never has it.

use crate::acting::Acting;
use crate::auth::{self, AnyPartner, Key, SessionOf};
use crate::extract::In;
use crate::failure::Failure;
use crate::guesses::Guesses;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use regulars_api::people::{PasswordIn, TakeUpIn};
use regulars_api::session::SessionOut;
use regulars_api::{Code, Problem};
use regulars_app::{App, Error, SessionInfo, SignedIn};
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
    let made = server.call(move |app| app.open_session(key.0, &key.1));
    let made = made.await?;
    opened(&server, &acting, made, &parts.headers).await
}

/// Sign in as a person
///
/// By e-mail address and password. Whoever tries too many wrong passwords for an address waits a minute.
#[utoipa::path(post, path = "/v1/sessions/person", tag = "access", security(()), request_body = PasswordIn, responses(
    (status = 201, body = SessionOut, description = "The session; its secret is in the cookie only"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn sign_in_person(
    State(server): State<Server>,
    acting: Acting,
    headers: HeaderMap,
    In(body): In<PasswordIn>,
) -> Result<Response, Failure> {
    auth::from_here(&headers)?;
    let now = server.app().now().micros();
    let guesser = Guesses::caller(("sign-in", body.email.trim().to_lowercase()));
    if !server.guesses().may(guesser, now) {
        let detail = "too many wrong passwords for this address; try again in a minute";
        return Err(Failure::new(Code::TooManyGuesses, detail));
    }
    let made = server.call(move |app| app.sign_in(&body.email, &body.password));
    match made.await {
        Ok(made) => opened(&server, &acting, made, &headers).await,
        Err(failure) if failure.problem.code == Code::Unauthorized.code() => {
            server.guesses().wrong(guesser, now, WEIGHT_OF_A_PASSWORD);
            let detail = "nobody signs in with this address and this password";
            Err(Failure::new(Code::Unauthorized, detail))
        }
        Err(failure) => Err(failure),
    }
}

/// Take an invitation up
///
/// Sets the password of the person who was invited, and signs in. An invitation is good once, for a week.
#[utoipa::path(post, path = "/v1/sessions/invitation", tag = "access", security(()), request_body = TakeUpIn, responses(
    (status = 201, body = SessionOut, description = "The session; its secret is in the cookie only"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn take_up_invitation(
    State(server): State<Server>,
    acting: Acting,
    headers: HeaderMap,
    In(body): In<TakeUpIn>,
) -> Result<Response, Failure> {
    auth::from_here(&headers)?;
    let made = server.call(move |app| app.take_up(&body.invitation, &body.password));
    let made = made.await.map_err(|failure| {
        if failure.problem.code == Code::Unauthorized.code() {
            let detail = "the invitation is not known, was taken up, or is over; ask for another";
            return Failure::new(Code::Unauthorized, detail);
        }
        failure
    })?;
    server.keys().forget();
    opened(&server, &acting, made, &headers).await
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

/// A wrong password counts as so many wrong codes: ten a minute are let pass.
const WEIGHT_OF_A_PASSWORD: usize = 3;

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
    for cookie in [cookie, auth::workspace_cookie(false, headers)] {
        response.headers_mut().append(SET_COOKIE, cookie);
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
        expires_at: session.expires_at.to_string(),
        csrf_token: auth::csrf_token(secret, sandbox.is_some()),
    })
}
