//! Whether the server works: for load balancers and for people.

use crate::failure::Failure;
use crate::state::Server;
use axum::extract::State;
use regulars_api::access::HealthOut;
use regulars_api::{Code, Problem};

/// See whether the server works
///
/// Needs no key.
#[utoipa::path(get, path = "/healthz", tag = "server", security(()), responses(
    (status = 200, body = HealthOut, description = "It works"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "It does not, and why"),
))]
pub(crate) async fn get_health(
    State(server): State<Server>,
) -> Result<axum::Json<HealthOut>, Failure> {
    let health = server.call(|app| Ok(app.health())).await?;
    if let Err(why) = health.database {
        return Err(Failure::new(Code::Unavailable, why));
    }
    Ok(axum::Json(HealthOut {
        status: "ok".into(),
        database: health.kind.into(),
        waiting: health.waiting,
        version: env!("CARGO_PKG_VERSION").into(),
    }))
}

/// See whether the server takes requests
///
/// Needs no key. No longer from the moment on at which it was told to stop: whoever shares the load between
/// several servers sends the next request to another, while this one answers what comes for a while.
#[utoipa::path(get, path = "/readyz", tag = "server", security(()), responses(
    (status = 200, body = HealthOut, description = "It does"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "It does not, and why"),
))]
pub(crate) async fn get_readiness(server: State<Server>) -> Result<axum::Json<HealthOut>, Failure> {
    if server.settings().leaving.has_begun() {
        let why = "the server was told to stop";
        return Err(Failure::new(Code::Unavailable, why));
    }
    get_health(server).await
}
