//! Advocates: members by how much they do for the shop beside paying.

use crate::auth::{Key, Read};
use crate::extract::{Asked, Params, member_ref};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::advocate::AdvocateOut;
use regulars_api::{PageOut, Problem};
use regulars_app::AdvocateOrder;
use serde::Deserialize;
use utoipa::IntoParams;

/// From which score on members are listed, if nobody says.
const LEAST: i64 = 50;

/// Which members.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AdvocatesQuery {
    /// With this score at least: 1 to 100; 50 if left out.
    least: Option<i64>,
    /// `member` (by their ids) or `score` (the highest first); `member` if left out.
    sort: Option<String>,
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

/// List advocates
///
/// Members whose score is so much at least, each with all parts of it. As a segment they are
/// `score("advocate") >= 50`.
#[utoipa::path(get, path = "/v1/advocates", tag = "segments", params(AdvocatesQuery), responses(
    (status = 200, body = PageOut<AdvocateOut>, description = "A page of them"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_advocates(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<AdvocatesQuery>,
) -> Result<axum::Json<PageOut<AdvocateOut>>, Failure> {
    let page = view::page_ask(query.after.as_deref(), query.limit)?;
    let least = query.least.unwrap_or(LEAST);
    if !(1..=100).contains(&least) {
        return Err(Failure::parameter("least", "must be 1 to 100"));
    }
    let order = match query.sort.as_deref() {
        None | Some("member") => AdvocateOrder::Member,
        Some("score") => AdvocateOrder::Score,
        Some(_) => return Err(Failure::parameter("sort", "must be `member` or `score`")),
    };
    let tenant = key.tenant;
    let found = server.call(move |app| app.advocates(tenant, (least, order), &page));
    Ok(axum::Json(view::page(found.await?, view::advocate)))
}

/// See how much a member does for the shop beside paying
///
/// A score from 0 to 100, with each part of it.
#[utoipa::path(get, path = "/v1/members/{member}/advocacy", tag = "segments",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 200, body = AdvocateOut, description = "The score"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_advocacy(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
) -> Result<axum::Json<AdvocateOut>, Failure> {
    let who = member_ref(&member)?;
    let tenant = key.tenant;
    let found = server
        .call(move |app| app.advocacy_of(tenant, &who))
        .await?;
    Ok(axum::Json(view::advocate(found)))
}
