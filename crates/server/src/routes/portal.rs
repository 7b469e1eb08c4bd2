//! What everybody may see of a shop's program, signing in by a code, and the widget of a shop's page.

use crate::auth::{self, Key, Read};
use crate::callers;
use crate::extract::{In, Params, Whole, member_ref};
use crate::failure::Failure;
use crate::member_auth::Kept;
use crate::state::Server;
use crate::{portal, view};
use axum::extract::State;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ORIGIN, SET_COOKIE, USER_AGENT, VARY};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use regulars_api::portal::{
    MemberSessionOut, MemberSignInIn, PortalOut, SignInCodeIn, WidgetOut, WidgetTokenOut,
};
use regulars_api::survey::WidgetSurveyOut;
use regulars_api::{Code, Problem};
use regulars_app::{App, Error, MemberSignIn, SurveyWay, Tenant};
use regulars_engine::event::Fault;
use regulars_mail::is_address;

/// The merchant of a name, whether or not it has pages: both are told alike.
pub(crate) fn shop(app: &App, name: &str) -> Result<Tenant, Error> {
    app.tenant_named(name)?.ok_or_else(|| view::no_portal(name))
}

/// See a shop's program
///
/// What everybody may see: how it looks, what it says, and the program in words. Without a key.
#[utoipa::path(get, path = "/v1/portal/{shop}", tag = "portal", security(()),
    params(("shop" = String, Path, description = "The merchant's name")),
    responses(
        (status = 200, body = PortalOut, description = "The program"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_portal(
    State(server): State<Server>,
    Params(name): Params<String>,
) -> Result<axum::Json<PortalOut>, Failure> {
    let out = server.call(move |app| {
        let tenant = shop(app, &name)?;
        let shown = app.portal(tenant.id).map_err(|_| view::no_portal(&name))?;
        Ok(view::portal(&tenant.name, &shown))
    });
    Ok(axum::Json(out.await?))
}

/// Ask for a code
///
/// Six digits go to the address, good for ten minutes. The answer is the same whether or not
/// somebody is known there, and whether or not too many were asked for: at most five an hour that nobody
/// uses go to one address. Without a key.
#[utoipa::path(post, path = "/v1/portal/{shop}/codes", tag = "portal", security(()), request_body = SignInCodeIn,
    params(("shop" = String, Path, description = "The merchant's name")),
    responses(
        (status = 202, description = "If the address takes mail, there is a code in it soon"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn send_code(
    State(server): State<Server>,
    Params(name): Params<String>,
    In(body): In<SignInCodeIn>,
) -> Result<StatusCode, Failure> {
    let email = address(body.email.as_str())?;
    let Some(mailer) = server.settings().mailer.clone() else {
        let detail = "the server does not know how to send letters: start it with `--smtp`";
        return Err(Failure::new(Code::NoMail, detail));
    };
    server.may_ask(callers::name(("codes", name.as_str())))?;
    let language = body.language.map(|own| own.to_string());
    let to = email.clone();
    let made = server.call(move |app| {
        let tenant = shop(app, &name)?;
        let shown = app.portal(tenant.id).map_err(|_| view::no_portal(&name))?;
        let code = app.sign_in_code(tenant.id, &to)?;
        Ok(code.map(|code| (code, shown.portal.title)))
    });
    if let Some((code, title)) = made.await? {
        let letter = portal::letter(&server, language.as_deref(), &email, &code, &title);
        // Whoever asks does not wait for the mail server: how long that takes would tell something.
        tokio::task::spawn_blocking(move || {
            if let Err(error) = mailer.send(&letter) {
                tracing::error!("a code was not sent: {error}");
            }
        });
    }
    Ok(StatusCode::ACCEPTED)
}

/// Sign in, or join
///
/// Shows the code that was sent, and sets the cookie of a session of thirty days. Whoever is no member
/// yet joins by it, and accepts the terms: without them the answer is `terms_needed`, and the code
/// stays good. Without a key.
#[utoipa::path(post, path = "/v1/portal/{shop}/sessions", tag = "portal", security(()), request_body = MemberSignInIn,
    params(("shop" = String, Path, description = "The merchant's name")),
    responses(
        (status = 201, body = MemberSessionOut, description = "Signed in; the secret is in the cookie only"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_member_session(
    State(server): State<Server>,
    Params(name): Params<String>,
    uri: Uri,
    headers: HeaderMap,
    In(body): In<MemberSignInIn>,
) -> Result<Response, Failure> {
    auth::from_here(&headers)?;
    let ask = MemberSignIn {
        email: address(body.email.as_str())?,
        code: body.code.to_string(),
        terms: body.terms.map(|own| own.to_string()),
        name: body.name.map(|own| own.to_string()),
        referral_code: body.referral_code,
        device: headers
            .get(USER_AGENT)
            .and_then(|own| own.to_str().ok())
            .map(str::to_owned),
    };
    let email = callers::name(("sign in", name.as_str(), ask.email.to_lowercase()));
    server.may_ask(email)?;
    let shown = name.clone();
    let made = server.call(move |app| {
        let tenant = shop(app, &name)?;
        app.sign_in_member(tenant.id, &ask)
    });
    let made = made.await?;
    let lasts = server.seconds_until(made.session.expires_at);
    // As it stands in the address, which is how the page names it later.
    let written = uri.path().split('/').nth(3).unwrap_or_default();
    let kept = Kept::of(&headers).with(written, &made.secret);
    let cookie = kept.cookie(lasts, &headers);
    let out = view::member_session(shown, made.session, &made.secret, made.joined);
    let mut response = (StatusCode::CREATED, axum::Json(out)).into_response();
    response.headers_mut().insert(SET_COOKIE, cookie);
    Ok(response)
}

fn address(email: &str) -> Result<String, Failure> {
    let email = email.trim();
    if is_address(email) && regulars_app::is_email_address(email) {
        return Ok(email.to_owned());
    }
    let fault = Fault::new("/email", "is no e-mail address");
    Err(Failure::invalid(vec![fault]))
}

/// Make a token for the widget
///
/// Signed, for one member, good for ten minutes: the shop's server asks for it and writes it into its
/// page, where `<regulars-widget>` shows it.
#[utoipa::path(post, path = "/v1/members/{member}/widget-token", tag = "portal",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`customer:4711`)")),
    responses(
        (status = 201, body = WidgetTokenOut, description = "The token"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_widget_token(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
) -> Result<(StatusCode, axum::Json<WidgetTokenOut>), Failure> {
    let (tenant, who) = (key.tenant, member_ref(&member)?);
    let made = server
        .call(move |app| app.widget_token(tenant, &who))
        .await?;
    let out = WidgetTokenOut {
        token: made.token,
        expires_at: made.expires_at.to_string(),
    };
    Ok((StatusCode::CREATED, axum::Json(out)))
}

/// The longest token.
const TOKEN_MAX: usize = 1024;

/// See what the widget shows
///
/// The body is the token, as plain text: so a browser asks nothing beforehand, and no token stands in
/// an address. Pages of the `origins` of the program may read the answer, others may not. Without a key.
#[utoipa::path(post, path = "/v1/widget", tag = "portal", security(()),
    request_body(content = String, content_type = "text/plain", description = "The token"),
    responses(
        (status = 200, body = WidgetOut, description = "What it shows"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn show_widget(
    State(server): State<Server>,
    parts: Parts,
    body: Whole<TOKEN_MAX>,
) -> Result<Response, Failure> {
    let token = body.text().to_owned();
    let read = server.call(move |app| {
        let (tenant, member) = app.widget(&token)?;
        let shown = app.portal(tenant).map_err(|_| Error::Unauthorized)?;
        Ok((app.tenant(tenant)?, member, shown))
    });
    let (tenant, member, shown) = read.await.map_err(|failure| match failure.problem.status {
        401 | 404 => {
            let detail = "the token was not made here, or is over: the shop's server makes another";
            Failure::new(Code::Unauthorized, detail)
        }
        _ => failure,
    })?;
    server.may_ask(callers::name((tenant.id.bytes(), member.bytes())))?;
    let origin = parts.headers.get(ORIGIN).cloned();
    let allowed = match &origin {
        // Not from a page of another origin.
        None => true,
        Some(origin) => shown
            .portal
            .origins
            .iter()
            .any(|own| origin.as_bytes() == own.as_bytes()),
    };
    if !allowed {
        let detail = "this page may not show the widget: add its origin to `origins` of [portal]";
        return Err(Failure::new(Code::Forbidden, detail));
    }
    let id = tenant.id;
    let read = server.call(move |app| {
        let waiting = app.surveys_to_answer(id, member, SurveyWay::Widget)?;
        let survey = match waiting.into_iter().next() {
            Some((asking, survey)) => Some((app.survey_path(id, member, &asking)?, survey)),
            None => None,
        };
        Ok((app.own(id, member)?, survey))
    });
    let (own, survey) = read.await?;
    let mut shown = view::widget(&tenant.name, &shown, &own);
    shown.survey = survey.map(|(path, own)| WidgetSurveyOut {
        path,
        language: own.draft.language,
        title: own.draft.title,
    });
    let mut response = axum::Json(shown).into_response();
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    Ok(response)
}
