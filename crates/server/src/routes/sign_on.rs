//! The two ends of signing in with the merchant's own sign-on. A browser goes through them: both answer
//! with where to go next, also when it came to nothing.

use crate::acting::{self, Acting};
use crate::auth::{self, Visitor};
use crate::extract::{Asked, Params};
use crate::failure::Failure;
use crate::sign_on::{self, LASTS_SECONDS, Provider, Trouble, UnderWay};
use crate::state::Server;
use axum::extract::State;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use regulars_api::Problem;
use regulars_app::{Error, SignOn, SignedIn};
use regulars_base::TenantId;
use serde::Deserialize;
use utoipa::IntoParams;

/// What a provider sends somebody back with.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BackQuery {
    /// What the token is had for.
    code: Option<String>,
    /// That of the sign-in.
    state: Option<String>,
    /// Why there is no code.
    error: Option<String>,
}

/// Sign in with the shop's own sign-on
///
/// For browsers: it leads to the provider that the shop has named.
#[utoipa::path(get, path = "/v1/sign-on/{tenant}", tag = "access", security(()),
    params(("tenant" = String, Path, description = "The merchant's id")),
    responses(
        (status = 303, description = "To the provider"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn begin_sign_on(
    State(server): State<Server>,
    Params(tenant): Params<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let tenant: TenantId = tenant
        .parse()
        .map_err(|_| Failure::parameter("tenant", "is no merchant's id"))?;
    let back = sign_on::redirect_uri(&headers);
    let begun = server.call(move |app| {
        let Some(own) = app.shop_settings(tenant)?.sign_on else {
            return Err(Error::NotFound {
                what: "sign-on",
                name: tenant.to_string(),
            });
        };
        let Some(way) = UnderWay::draw() else {
            return Err(Error::Unavailable("the system has no randomness".into()));
        };
        let address = Provider::discover(&own).map(|known| way.address(&known, &own, &back));
        Ok((way, address))
    });
    let (way, address) = begun.await?;
    match address {
        Ok(address) => {
            let kept = format!("{tenant}.{}", way.secret());
            let cookie = auth::SIGN_ON.set(&kept, LASTS_SECONDS, &headers);
            Ok(lead(&address, Some(cookie)))
        }
        Err(trouble) => Ok(failed(&trouble)),
    }
}

/// Come back from the shop's own sign-on
///
/// For browsers: opens the session of the person whose address the provider vouches for, and leads to the
/// console.
#[utoipa::path(get, path = "/v1/sign-on/callback", tag = "access", security(()), params(BackQuery), responses(
    (status = 303, description = "To the console"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn finish_sign_on(
    State(server): State<Server>,
    Asked(query): Asked<BackQuery>,
    Visitor(whence): Visitor,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let under_way = auth::SIGN_ON.of(&headers).and_then(|kept| {
        let (tenant, secret) = kept.split_once('.')?;
        Some((tenant.parse::<TenantId>().ok()?, UnderWay::of(secret)))
    });
    let state = query.state.as_deref().unwrap_or_default();
    let Some((tenant, way)) = under_way.filter(|(_, way)| way.is_state(state)) else {
        return Ok(failed(&Trouble::broken(
            "there is no such sign-in under way",
        )));
    };
    if let Some(error) = query.error {
        return Ok(failed(&Trouble {
            reason: "denied",
            cause: error.chars().take(100).collect(),
        }));
    }
    let code = query.code.unwrap_or_default();
    let back = sign_on::redirect_uri(&headers);
    let done = server.call(move |app| {
        let Some(own) = app.shop_settings(tenant)?.sign_on else {
            return Ok(Err(Trouble::broken("the shop has no sign-on any more")));
        };
        let now = app.now().micros() / 1_000_000;
        let vouched: Result<String, Trouble> = finish(&way, &own, &back, &code, now);
        Ok(match vouched {
            Err(trouble) => Err(trouble),
            Ok(email) => match app.sign_in_vouched(tenant, &email, &whence) {
                Ok(signed) => {
                    app.note(
                        tenant,
                        Acting::signed_in(&signed.session.caller, acting::SIGN_ON),
                    )?;
                    Ok(signed)
                }
                Err(error) => Err(Trouble {
                    reason: sign_on::reason(&error),
                    cause: error.to_string(),
                }),
            },
        })
    });
    match done.await? {
        Err(trouble) => Ok(failed(&trouble)),
        Ok(SignedIn { secret, session }) => {
            let lasts = server.seconds_until(session.expires_at);
            let mut response = lead(
                "/console/",
                Some(auth::OPERATOR.set(&secret, lasts, &headers)),
            );
            let gone = auth::SIGN_ON.set("", 0, &headers);
            response.headers_mut().append(SET_COOKIE, gone);
            Ok(response)
        }
    }
}

fn finish(
    way: &UnderWay,
    own: &SignOn,
    back: &str,
    code: &str,
    now: i64,
) -> Result<String, Trouble> {
    let provider = Provider::discover(own)?;
    way.finish(&provider, own, back, code, now)
}

fn lead(address: &str, cookie: Option<HeaderValue>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    match HeaderValue::from_str(address) {
        Ok(address) => headers.insert(LOCATION, address),
        Err(_) => headers.insert(LOCATION, HeaderValue::from_static("/console/")),
    };
    if let Some(cookie) = cookie {
        headers.insert(SET_COOKIE, cookie);
    }
    response
}

/// Back to the first page, which says why. What stands behind the hash sign is sent to no server.
fn failed(trouble: &Trouble) -> Response {
    tracing::warn!(
        reason = trouble.reason,
        "a sign-on came to nothing: {}",
        trouble.cause
    );
    lead(&format!("/console/#sign-on={}", trouble.reason), None)
}
