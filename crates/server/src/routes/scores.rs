//! Scores: what models say of members every night.

use crate::auth::{Key, Read};
use crate::extract::{Params, member_ref};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::Problem;
use regulars_api::score::{MemberScoresOut, ScoresOut};

/// List what models say of members
///
/// Each score and label with its meaning, of how many members it is known, and how far it is to be relied on. They are
/// said anew every night, and by a job `scores`.
#[utoipa::path(get, path = "/v1/scores", tag = "segments", responses(
    (status = 200, body = ScoresOut, description = "All of them"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_scores(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<ScoresOut>, Failure> {
    let tenant = key.tenant;
    let run = server.call(move |app| app.score_run(tenant)).await?;
    Ok(axum::Json(view::scores(run.as_ref())))
}

/// See what models say of a member
///
/// Whether they are about to leave, what they are to be expected to bring, what they are called. Of whom nothing can be
/// said there is nothing.
#[utoipa::path(get, path = "/v1/members/{member}/scores", tag = "segments",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 200, body = MemberScoresOut, description = "What is said"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_member_scores(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
) -> Result<axum::Json<MemberScoresOut>, Failure> {
    let who = member_ref(&member)?;
    let tenant = key.tenant;
    let found = server.call(move |app| app.scores_of(tenant, &who)).await?;
    Ok(axum::Json(view::member_scores(&found)))
}
