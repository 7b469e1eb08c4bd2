//! Points for many members at once: proposed by one person, approved by another.

use crate::auth::{Adjust, Key, Read};
use crate::extract::{Asked, BODY_MAX, Params, Whole};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use regulars_api::award::AwardOut;
use regulars_api::{PageOut, Problem};
use regulars_app::{App, Award, AwardState, Error, ProposeAward};
use regulars_base::TenantId;
use serde::Deserialize;
use utoipa::IntoParams;

/// What for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AwardQuery {
    /// What for: kept with the award.
    note: Option<String>,
}

/// Which awards.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AwardsQuery {
    /// `proposed`, `approved`, `rejected` or `undone`; all if left out.
    state: Option<String>,
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

/// Propose an award
///
/// A CSV file with the columns `member`, `points` and `reason` (and `kind`, where the program has several
/// kinds of points). It says what it comes to; nothing is booked before a second person approves it.
/// The same file again is answered with the first.
#[utoipa::path(post, path = "/v1/awards", tag = "awards", params(AwardQuery),
    request_body(content = String, content_type = "text/csv", description = "The file"),
    responses(
        (status = 201, body = AwardOut, description = "What it comes to"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn propose_award(
    State(server): State<Server>,
    key: Key<Adjust>,
    Asked(query): Asked<AwardQuery>,
    file: Whole<BODY_MAX>,
) -> Result<(StatusCode, axum::Json<AwardOut>), Failure> {
    let tenant = key.tenant;
    let ask = ProposeAward {
        text: file.text().to_owned(),
        by: key.signature(),
        note: query.note.unwrap_or_default(),
    };
    let award = server.call(move |app| app.propose_award(tenant, &ask));
    Ok((StatusCode::CREATED, axum::Json(view::award(&award.await?))))
}

/// List awards
#[utoipa::path(get, path = "/v1/awards", tag = "awards", params(AwardsQuery), responses(
    (status = 200, body = PageOut<AwardOut>, description = "A page of them, in order of their ids"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_awards(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<AwardsQuery>,
) -> Result<axum::Json<PageOut<AwardOut>>, Failure> {
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let state = match query.state.as_deref() {
        None => None,
        Some("proposed") => Some(AwardState::Proposed),
        Some("approved") => Some(AwardState::Approved),
        Some("rejected") => Some(AwardState::Rejected),
        Some("undone") => Some(AwardState::Undone),
        Some(_) => {
            let what = "must be proposed, approved, rejected or undone";
            return Err(Failure::parameter("state", what));
        }
    };
    let tenant = key.tenant;
    let page = server.call(move |app| app.awards(tenant, state, &ask));
    Ok(axum::Json(view::page(page.await?, |it| view::award(&it))))
}

/// See an award
#[utoipa::path(get, path = "/v1/awards/{award}", tag = "awards",
    params(("award" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = AwardOut, description = "The award"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_award(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
) -> Result<axum::Json<AwardOut>, Failure> {
    let tenant = key.tenant;
    let award = server.call(move |app| app.award(tenant, &id)).await?;
    Ok(axum::Json(view::award(&award)))
}

/// See the rows of an award that are not booked
#[utoipa::path(get, path = "/v1/awards/{award}/rejects", tag = "awards",
    params(("award" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = String, content_type = "text/csv", description = "Line and reason of each"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_award_rejects(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
) -> Result<Response, Failure> {
    let tenant = key.tenant;
    let award = server.call(move |app| app.award(tenant, &id)).await?;
    let file = view::award_rejects(&award);
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8")], file).into_response())
}

/// Approve an award
///
/// It is booked. Whoever proposed it cannot approve it.
#[utoipa::path(post, path = "/v1/awards/{award}/approve", tag = "awards",
    params(("award" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = AwardOut, description = "The award"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn approve_award(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(id): Params<String>,
) -> Result<axum::Json<AwardOut>, Failure> {
    decide(&server, &key, id, App::approve_award).await
}

/// Reject an award
///
/// Nothing is booked.
#[utoipa::path(post, path = "/v1/awards/{award}/reject", tag = "awards",
    params(("award" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = AwardOut, description = "The award"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn reject_award(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(id): Params<String>,
) -> Result<axum::Json<AwardOut>, Failure> {
    decide(&server, &key, id, App::reject_award).await
}

/// Undo an award
///
/// As a whole, by the opposite bookings. `refused` names the rows where that could not be done, because
/// the points were spent or have lapsed.
#[utoipa::path(post, path = "/v1/awards/{award}/undo", tag = "awards",
    params(("award" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = AwardOut, description = "The award"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn undo_award(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(id): Params<String>,
) -> Result<axum::Json<AwardOut>, Failure> {
    decide(&server, &key, id, App::undo_award).await
}

async fn decide(
    server: &Server,
    key: &Key<Adjust>,
    id: String,
    how: fn(&App, TenantId, &str, &str) -> Result<Award, Error>,
) -> Result<axum::Json<AwardOut>, Failure> {
    let (tenant, by) = (key.tenant, key.signature());
    let award = server.call(move |app| how(app, tenant, &id, &by)).await?;
    Ok(axum::Json(view::award(&award)))
}
