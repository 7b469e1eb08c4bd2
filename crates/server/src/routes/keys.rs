//! API keys: made, listed, revoked.

use crate::acting::Acting;
use crate::auth::{Admin, AnyPartner, Key};
use crate::extract::{In, MaybeIn, Params};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::StatusCode;
use regulars_api::Problem;
use regulars_api::access::{ApiKeyIn, ApiKeyOut, ApiKeysOut, CallerOut, RotateKeyIn, ScopeName};
use regulars_app::{KeyInfo, NewKey, Rate, Scope};
use regulars_engine::event::Fault;

/// List API keys
#[utoipa::path(get, path = "/v1/keys", tag = "access", responses(
    (status = 200, body = ApiKeysOut, description = "All keys, newest first, without their secrets"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_keys(
    State(server): State<Server>,
    key: Key<Admin>,
) -> Result<axum::Json<ApiKeysOut>, Failure> {
    let tenant = key.tenant;
    let keys = server.call(move |app| app.keys(tenant)).await?;
    let items = keys
        .into_iter()
        .map(|info| view::api_key(info, None))
        .collect();
    Ok(axum::Json(ApiKeysOut { items }))
}

/// Make an API key
///
/// The answer is the only place where its secret is shown.
#[utoipa::path(post, path = "/v1/keys", tag = "access", request_body = ApiKeyIn, responses(
    (status = 201, body = ApiKeyOut, description = "The key, with its secret"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn create_key(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    In(body): In<ApiKeyIn>,
) -> Result<(StatusCode, axum::Json<ApiKeyOut>), Failure> {
    let rate = body.rate.map(|rate| rate.as_str().parse::<Rate>());
    let rate = rate
        .transpose()
        .map_err(|what| Failure::invalid(vec![Fault::new("/rate", what)]))?;
    let new = NewKey {
        rate,
        name: body.name.to_string(),
        scopes: body.scopes.into_iter().map(scope).collect(),
        expires_at: body.expires_at,
        partner: body.partner.map(|partner| partner.to_string()),
        store: body.store.map(|store| store.to_string()),
    };
    let tenant = key.tenant;
    let created = server.call(move |app| app.create_key(tenant, new)).await?;
    acting.to(&created.info.id);
    acting.moved("", told(&created.info));
    let out = view::api_key(created.info, Some(created.secret));
    Ok((StatusCode::CREATED, axum::Json(out)))
}

/// See which key this is
#[utoipa::path(get, path = "/v1/keys/current", tag = "access", responses(
    (status = 200, body = CallerOut, description = "The merchant, and what the key may do"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_current_key(key: Key<AnyPartner>) -> axum::Json<CallerOut> {
    axum::Json(view::caller(&key))
}

/// Revoke an API key
///
/// It is refused at once here, and within five seconds by other servers on the same database.
#[utoipa::path(delete, path = "/v1/keys/{key}", tag = "access",
    params(("key" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = ApiKeyOut, description = "The key, revoked"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn delete_key(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    Params(id): Params<String>,
) -> Result<axum::Json<ApiKeyOut>, Failure> {
    let tenant = key.tenant;
    let info = server.call(move |app| app.revoke_key(tenant, &id)).await?;
    server.keys().forget();
    acting.moved(told(&info), "");
    Ok(axum::Json(view::api_key(info, None)))
}

/// Put another key into the place of one
///
/// The new one may do the same, and its secret is shown in this answer only. The old one is taken for some
/// hours more, so that nothing stands still while what uses it is told the new one.
#[utoipa::path(post, path = "/v1/keys/{key}/rotate", tag = "access", request_body = Option<RotateKeyIn>,
    params(("key" = String, Path, description = "The id of the old one")),
    responses(
        (status = 201, body = ApiKeyOut, description = "The new key, with its secret"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn rotate_key(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    Params(id): Params<String>,
    MaybeIn(body): MaybeIn<RotateKeyIn>,
) -> Result<(StatusCode, axum::Json<ApiKeyOut>), Failure> {
    let hours = body.overlap_hours.unwrap_or(24);
    let tenant = key.tenant;
    let rotated = server.call(move |app| app.rotate_key(tenant, &id, hours));
    let (old, new) = rotated.await?;
    server.keys().forget();
    acting.moved(told(&old), format!("{} ({})", told(&new.info), new.info.id));
    let out = view::api_key(new.info, Some(new.secret));
    Ok((StatusCode::CREATED, axum::Json(out)))
}

/// A key, as the audit trail tells.
fn told(info: &KeyInfo) -> String {
    let scopes: Vec<&str> = info.scopes.iter().map(|scope| scope.name()).collect();
    let mut told = format!("{}: {}", info.name, scopes.join(", "));
    if let Some(partner) = &info.partner {
        told += &format!(" at {partner}");
    }
    if let Some(store) = &info.store {
        told += &format!(" in {store}");
    }
    if let Some(rate) = info.rate {
        told += &format!(", {rate} requests");
    }
    if let Some(end) = info.expires_at {
        told += &format!(", until {end}");
    }
    told
}

/// What a name of the API stands for.
pub(super) fn scope(name: ScopeName) -> Scope {
    match name {
        ScopeName::Read => Scope::Read,
        ScopeName::Ingest => Scope::Ingest,
        ScopeName::Redeem => Scope::Redeem,
        ScopeName::Adjust => Scope::Adjust,
        ScopeName::Program => Scope::Program,
        ScopeName::Admin => Scope::Admin,
        ScopeName::Till => Scope::Till,
    }
}
