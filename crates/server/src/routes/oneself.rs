//! What people do about their own way in: codes of a telephone, passkeys, recovery codes, and the sessions
//! that they have open.

use crate::acting::Acting;
use crate::auth::{self, Oneself};
use crate::extract::{In, Params};
use crate::failure::Failure;
use crate::sign_on;
use crate::state::Server;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use regulars_api::Problem;
use regulars_api::session::{
    FactorCodeIn, FactorSetOut, FactorsOut, OwnSessionOut, OwnSessionsOut, PasskeyAskOut,
    PasskeyIn, PasskeyOut, TotpOut,
};
use regulars_app::{NewPasskey, OwnFactors, OwnSession, PasskeyInfo};

/// See one's second factor
///
/// What the person who is signed in shows beside the password.
#[utoipa::path(get, path = "/v1/oneself/factors", tag = "access", responses(
    (status = 200, body = FactorsOut, description = "Codes, passkeys and how many recovery codes are left"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_own_factors(
    State(server): State<Server>,
    oneself: Oneself,
) -> Result<axum::Json<FactorsOut>, Failure> {
    let (tenant, person) = oneself.person()?;
    let own = server.call(move |app| app.own_factors(tenant, &person));
    Ok(axum::Json(factors(own.await?)))
}

/// Begin with codes of a telephone
///
/// The secret is told here and nowhere else. It counts once a code of it was confirmed. For whoever signed
/// in within the last quarter of an hour.
#[utoipa::path(post, path = "/v1/oneself/totp", tag = "access", responses(
    (status = 200, body = TotpOut, description = "The secret, as text and as a picture"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn begin_totp(
    State(server): State<Server>,
    oneself: Oneself,
) -> Result<axum::Json<TotpOut>, Failure> {
    oneself.signed_in_lately()?;
    let (tenant, person) = oneself.person()?;
    let begun = server.call(move |app| app.begin_totp(tenant, &person));
    let begun = begun.await?;
    Ok(axum::Json(TotpOut {
        secret: begun.secret,
        address: begun.address,
        picture: begun.picture,
    }))
}

/// Turn codes of a telephone on
///
/// By a right code. Where the shop asked for it at sign-in, the person is in, and the cookie is set.
#[utoipa::path(post, path = "/v1/oneself/totp/confirm", tag = "access", request_body = FactorCodeIn, responses(
    (status = 200, body = FactorSetOut, description = "What is on, and the recovery codes, which are told once"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn confirm_totp(
    State(server): State<Server>,
    oneself: Oneself,
    acting: Acting,
    headers: HeaderMap,
    In(body): In<FactorCodeIn>,
) -> Result<Response, Failure> {
    oneself.signed_in_lately()?;
    let (tenant, person) = oneself.person()?;
    let set = server.call(move |app| {
        let codes = app.confirm_totp(tenant, &person, &body.code)?;
        Ok((codes, app.own_factors(tenant, &person)?))
    });
    let (codes, own) = set.await?;
    acting.moved("", "codes of a telephone are on");
    set_up(&server, &oneself, &headers, (codes, own)).await
}

/// Turn codes of a telephone off
///
/// By a right code, or a recovery code.
#[utoipa::path(post, path = "/v1/oneself/totp/end", tag = "access", request_body = FactorCodeIn, responses(
    (status = 200, body = FactorsOut, description = "What is on now"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn end_totp(
    State(server): State<Server>,
    oneself: Oneself,
    acting: Acting,
    In(body): In<FactorCodeIn>,
) -> Result<axum::Json<FactorsOut>, Failure> {
    let (tenant, person) = oneself.person()?;
    let ended = server.call(move |app| {
        app.end_totp(tenant, &person, &body.code)?;
        app.own_factors(tenant, &person)
    });
    let own = ended.await?;
    acting.moved(
        "codes of a telephone are on",
        "codes of a telephone are off",
    );
    Ok(axum::Json(factors(own)))
}

/// Make new recovery codes
///
/// The old ones are void. For whoever signed in within the last quarter of an hour.
#[utoipa::path(post, path = "/v1/oneself/recovery-codes", tag = "access", responses(
    (status = 200, body = FactorSetOut, description = "The codes, which are told once"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn renew_recovery_codes(
    State(server): State<Server>,
    oneself: Oneself,
) -> Result<axum::Json<FactorSetOut>, Failure> {
    oneself.signed_in_lately()?;
    let (tenant, person) = oneself.person()?;
    let made = server.call(move |app| {
        let codes = app.renew_recovery(tenant, &person)?;
        Ok((codes, app.own_factors(tenant, &person)?))
    });
    let (recovery_codes, own) = made.await?;
    Ok(axum::Json(FactorSetOut {
        factors: factors(own),
        recovery_codes,
    }))
}

/// Begin with a passkey
///
/// What the browser needs for `navigator.credentials.create`. For whoever signed in within the last quarter
/// of an hour.
#[utoipa::path(post, path = "/v1/oneself/passkeys/challenge", tag = "access", responses(
    (status = 200, body = PasskeyAskOut, description = "What is to be signed, and by whom"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn ask_for_passkey(
    State(server): State<Server>,
    oneself: Oneself,
    headers: HeaderMap,
) -> Result<axum::Json<PasskeyAskOut>, Failure> {
    oneself.signed_in_lately()?;
    let (tenant, person) = oneself.person()?;
    let ask = server.call(move |app| app.ask_for_passkey(tenant, &person));
    let ask = ask.await?;
    Ok(axum::Json(PasskeyAskOut {
        challenge: ask.challenge,
        party: sign_on::site(&headers).party,
        user: ask.user,
        email: ask.email,
        name: ask.name,
        known: ask.known,
        algorithms: ask.algorithms,
    }))
}

/// Add a passkey
///
/// The one that the browser just made. Where the shop asked for a second factor at sign-in, the person is
/// in, and the cookie is set.
#[utoipa::path(post, path = "/v1/oneself/passkeys", tag = "access", request_body = PasskeyIn, responses(
    (status = 200, body = FactorSetOut, description = "What is on, and the recovery codes if there were none"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn add_passkey(
    State(server): State<Server>,
    oneself: Oneself,
    acting: Acting,
    headers: HeaderMap,
    In(body): In<PasskeyIn>,
) -> Result<Response, Failure> {
    oneself.signed_in_lately()?;
    let (tenant, person) = oneself.person()?;
    let site = sign_on::site(&headers);
    let new = NewPasskey {
        name: body.name,
        client_data: body.client_data,
        attestation: body.attestation,
    };
    let added = server.call(move |app| {
        let (added, codes) = app.add_passkey(tenant, &person, &new, &site)?;
        Ok((added, codes, app.own_factors(tenant, &person)?))
    });
    let (added, codes, own) = added.await?;
    acting.to(&added.id);
    acting.moved("", format!("passkey `{}`", added.name));
    set_up(&server, &oneself, &headers, (codes, own)).await
}

/// Remove a passkey
///
/// For whoever signed in within the last quarter of an hour.
#[utoipa::path(delete, path = "/v1/oneself/passkeys/{passkey}", tag = "access",
    params(("passkey" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = FactorsOut, description = "What is on now"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn remove_passkey(
    State(server): State<Server>,
    oneself: Oneself,
    acting: Acting,
    Params(id): Params<String>,
) -> Result<axum::Json<FactorsOut>, Failure> {
    oneself.signed_in_lately()?;
    let (tenant, person) = oneself.person()?;
    let removed = server.call(move |app| {
        let removed = app.remove_passkey(tenant, &person, &id)?;
        Ok((removed, app.own_factors(tenant, &person)?))
    });
    let (removed, own) = removed.await?;
    acting.moved(format!("passkey `{}`", removed.name), "");
    Ok(axum::Json(factors(own)))
}

/// List one's sessions
///
/// Where the person, or whoever signed in with this key, is signed in.
#[utoipa::path(get, path = "/v1/oneself/sessions", tag = "access", responses(
    (status = 200, body = OwnSessionsOut, description = "The sessions, newest first"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_own_sessions(
    State(server): State<Server>,
    oneself: Oneself,
) -> Result<axum::Json<OwnSessionsOut>, Failure> {
    let (tenant, key, secret) = oneself.session()?;
    let own = server.call(move |app| app.own_sessions(tenant, &key, &secret));
    Ok(axum::Json(OwnSessionsOut {
        items: own.await?.into_iter().map(session).collect(),
    }))
}

/// End all of one's other sessions
#[utoipa::path(delete, path = "/v1/oneself/sessions", tag = "access", responses(
    (status = 204, description = "Only the one that asks is left"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn end_other_sessions(
    State(server): State<Server>,
    oneself: Oneself,
    acting: Acting,
) -> Result<StatusCode, Failure> {
    let (tenant, key, secret) = oneself.session()?;
    let ended = server.call(move |app| app.end_sessions_of(tenant, &key, Some(&secret)));
    let ended = ended.await?;
    server.keys().forget();
    acting.moved(format!("{ended} other sessions"), "");
    Ok(StatusCode::NO_CONTENT)
}

/// End one of one's sessions
///
/// It is refused at once here, and within five seconds by other servers on the same database.
#[utoipa::path(delete, path = "/v1/oneself/sessions/{session}", tag = "access",
    params(("session" = String, Path, description = "Its id")),
    responses(
        (status = 204, description = "It is over"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn end_own_session(
    State(server): State<Server>,
    oneself: Oneself,
    Params(id): Params<String>,
) -> Result<StatusCode, Failure> {
    let (tenant, key, _) = oneself.session()?;
    let ended = server.call(move |app| app.end_own_session(tenant, &key, &id));
    ended.await?;
    server.keys().forget();
    Ok(StatusCode::NO_CONTENT)
}

/// What was set up; whoever had to do it before they were in is in now.
async fn set_up(
    server: &Server,
    oneself: &Oneself,
    headers: &HeaderMap,
    (recovery_codes, own): (Vec<String>, OwnFactors),
) -> Result<Response, Failure> {
    let out = FactorSetOut {
        factors: factors(own),
        recovery_codes,
    };
    let mut response = axum::Json(out).into_response();
    if let Some(step) = oneself.step.clone() {
        let whence = oneself.whence.clone();
        let made = server.call(move |app| app.finish_set_up(&step, &whence));
        let made = made.await?;
        let lasts = server.seconds_until(made.session.expires_at);
        for cookie in [
            auth::OPERATOR.set(&made.secret, lasts, headers),
            auth::STEP.set("", 0, headers),
        ] {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    Ok(response)
}

fn factors(own: OwnFactors) -> FactorsOut {
    FactorsOut {
        totp_since: own.totp_since.map(|at| at.to_string()),
        recovery_left: own.recovery_left,
        passkeys: own.passkeys.into_iter().map(passkey).collect(),
        required: own.required,
    }
}

fn passkey(own: PasskeyInfo) -> PasskeyOut {
    PasskeyOut {
        id: own.id,
        name: own.name,
        created_at: own.created_at.to_string(),
        used_at: own.used_at.map(|at| at.to_string()),
    }
}

fn session(own: OwnSession) -> OwnSessionOut {
    OwnSessionOut {
        id: own.id,
        created_at: own.created_at.to_string(),
        used_at: own.used_at.to_string(),
        expires_at: own.expires_at.to_string(),
        agent: own.whence.agent,
        address: own.whence.address,
        current: own.current,
    }
}
