//! The shop at a glance.

use crate::auth::{Key, Read};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::Problem;
use regulars_api::overview::OverviewOut;

/// See the shop at a glance
///
/// Members, who buys, what moved by month, and how far budgets have come. Sums over the whole log are
/// added up at most once a minute: `as_of` says when.
#[utoipa::path(get, path = "/v1/overview", tag = "members", responses(
    (status = 200, body = OverviewOut, description = "The shop as it is now"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_overview(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<OverviewOut>, Failure> {
    let tenant = key.tenant;
    let overview = server.call(move |app| app.overview(tenant)).await?;
    Ok(axum::Json(view::overview(&overview)))
}
