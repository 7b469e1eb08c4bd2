//! How long personal data are kept.

use crate::acting::Acting;
use crate::auth::{Admin, Key};
use crate::extract::In;
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::Problem;
use regulars_api::retention::{AgedOut, RetentionBody};

/// See how long personal data are kept
#[utoipa::path(get, path = "/v1/retention", tag = "access", responses(
    (status = 200, body = RetentionBody, description = "The times"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_retention(
    State(server): State<Server>,
    key: Key<Admin>,
) -> Result<axum::Json<RetentionBody>, Failure> {
    let tenant = key.tenant;
    let own = server.call(move |app| app.retention(tenant)).await?;
    Ok(axum::Json(view::retention(own)))
}

/// Set how long personal data are kept
///
/// All times at once; what is left out is kept. What is older goes every night, from the next one on, and cannot be
/// had back. Ask for the preview first.
#[utoipa::path(put, path = "/v1/retention", tag = "access", request_body = RetentionBody, responses(
    (status = 200, body = RetentionBody, description = "The times"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn set_retention(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    In(body): In<RetentionBody>,
) -> Result<axum::Json<RetentionBody>, Failure> {
    let tenant = key.tenant;
    let set = server.call(move |app| app.set_retention(tenant, view::kept_for(body)));
    let (before, after) = set.await?;
    acting.moved(before.in_words(), after.in_words());
    Ok(axum::Json(view::retention(after)))
}

/// See what would go
///
/// How much is older than these times, of each. Nothing goes.
#[utoipa::path(post, path = "/v1/retention/preview", tag = "access", request_body = RetentionBody, responses(
    (status = 200, body = AgedOut, description = "How much of each"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn preview_retention(
    State(server): State<Server>,
    key: Key<Admin>,
    In(body): In<RetentionBody>,
) -> Result<axum::Json<AgedOut>, Failure> {
    let tenant = key.tenant;
    let look = server.call(move |app| app.preview_retention(tenant, &view::kept_for(body)));
    Ok(axum::Json(view::aged(look.await?)))
}

/// Let go now what is old
///
/// What is older than the times that are set goes at once, as it does every night. It cannot be had back.
#[utoipa::path(post, path = "/v1/retention/run", tag = "access", responses(
    (status = 200, body = AgedOut, description = "How much went of each"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn run_retention(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
) -> Result<axum::Json<AgedOut>, Failure> {
    let tenant = key.tenant;
    let went = server.call(move |app| app.retain(tenant)).await?;
    acting.moved("", went.in_words());
    Ok(axum::Json(view::aged(went)))
}
