//! Members who may be one person.

use crate::acting::Acting;
use crate::auth::{Adjust, Key, Read};
use crate::extract::{Asked, In, member_ref};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::StatusCode;
use regulars_api::duplicate::{DuplicateOut, DuplicatesFoundOut, PartDuplicateIn};
use regulars_api::{PageOut, Problem};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which pairs.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DuplicatesQuery {
    /// `found`, or `not_same` for those of whom somebody said that they are two; `found` if left out.
    state: Option<String>,
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

/// List members who may be one person
///
/// Pairs, those for whom most speaks first. They are looked for every night, and when somebody asks for it.
/// Merge them (`POST /v1/members/{member}/merge`), or say that they are two.
#[utoipa::path(get, path = "/v1/duplicates", tag = "members", params(DuplicatesQuery), responses(
    (status = 200, body = PageOut<DuplicateOut>, description = "A page of them"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_duplicates(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<DuplicatesQuery>,
) -> Result<axum::Json<PageOut<DuplicateOut>>, Failure> {
    let page = view::page_ask(query.after.as_deref(), query.limit)?;
    let not_same = match query.state.as_deref() {
        None | Some("" | "found") => false,
        Some("not_same") => true,
        Some(_) => return Err(Failure::parameter("state", "must be found or not_same")),
    };
    let tenant = key.tenant;
    let found = server.call(move |app| app.duplicates(tenant, not_same, &page));
    Ok(axum::Json(view::page(found.await?, view::duplicate)))
}

/// Look for members who may be one person
///
/// Among all members, now. What somebody said of a pair stays.
#[utoipa::path(post, path = "/v1/duplicates/find", tag = "members", responses(
    (status = 200, body = DuplicatesFoundOut, description = "How many there are"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn find_duplicates(
    State(server): State<Server>,
    key: Key<Adjust>,
) -> Result<axum::Json<DuplicatesFoundOut>, Failure> {
    let tenant = key.tenant;
    let pairs = server.call(move |app| app.find_duplicates(tenant)).await?;
    Ok(axum::Json(DuplicatesFoundOut { pairs }))
}

/// Say that two members are two people
///
/// The pair is not listed again; `not_same: false` takes that back. Who said it is in the audit trail.
#[utoipa::path(post, path = "/v1/duplicates/part", tag = "members", request_body = PartDuplicateIn, responses(
    (status = 204, description = "Noted"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn part_duplicate(
    State(server): State<Server>,
    key: Key<Adjust>,
    acting: Acting,
    In(body): In<PartDuplicateIn>,
) -> Result<StatusCode, Failure> {
    let (one, other) = (member_ref(&body.one)?, member_ref(&body.other)?);
    let (tenant, not_same) = (key.tenant, body.not_same);
    let said = server.call(move |app| app.part_duplicate(tenant, (&one, &other), not_same));
    let (one, other) = said.await?;
    acting.to(format!("{one} and {other}"));
    match not_same {
        true => acting.moved("may be one person", "two people"),
        false => acting.moved("two people", "may be one person"),
    }
    Ok(StatusCode::NO_CONTENT)
}
