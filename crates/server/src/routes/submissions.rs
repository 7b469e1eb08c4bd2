//! What waits until somebody has looked at it.

use super::members::PageQuery;
use crate::auth::{Key, Read};
use crate::extract::Asked;
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::Problem;
use regulars_api::balance::SubmissionOut;
use regulars_api::page::PageOut;

/// List what waits to be approved
///
/// Activities that the program declares as moderated, of all members. An event `moderation` approves
/// or rejects one. A page looks at a bounded number of members: it may be short, or empty, and have
/// a `next` all the same.
#[utoipa::path(get, path = "/v1/submissions", tag = "events", params(PageQuery), responses(
    (status = 200, body = PageOut<SubmissionOut>, description = "A page of what waits, in order of the members' ids"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_submissions(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<PageQuery>,
) -> Result<axum::Json<PageOut<SubmissionOut>>, Failure> {
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let tenant = key.tenant;
    let page = server.call(move |app| app.waiting(tenant, &ask)).await?;
    Ok(axum::Json(view::page(page, |waits| {
        view::submission(&waits)
    })))
}
