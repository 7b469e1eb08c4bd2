//! What happened with a member, in one list; and what an agent notes of it.

use crate::acting::Acting;
use crate::auth::{Ingest, Key, Read};
use crate::extract::{Asked, In, Params, member_ref};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::StatusCode;
use regulars_api::timeline::{ContactIn, ContactOut, HappenedOut};
use regulars_api::{PageOut, Problem};
use regulars_app::{ContactKind, Happened, NewContact};
use regulars_engine::event::Fault;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which of what happened.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TimelineQuery {
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
    /// Of this sort only: `entry`, `message`, `survey`, `case` or `contact`.
    kind: Option<String>,
}

/// List what happened with a member
///
/// Newest first, by when it happened: orders and points with their reasons, messages (sent, or not and why),
/// surveys, cases, contacts. Of the ledger the newest 5,000 entries and those few beyond that are read with
/// them.
#[utoipa::path(get, path = "/v1/members/{member}/timeline", tag = "members",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"), TimelineQuery),
    responses(
        (status = 200, body = PageOut<HappenedOut>, description = "A page of it"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_timeline(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
    Asked(query): Asked<TimelineQuery>,
) -> Result<axum::Json<PageOut<HappenedOut>>, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&member)?);
    let page = view::page_ask(query.after.as_deref(), query.limit)?;
    let kind = query.kind.filter(|kind| !kind.is_empty());
    if kind
        .as_ref()
        .is_some_and(|kind| !Happened::KINDS.contains(&kind.as_str()))
    {
        let what = format!("is no sort; there are {}", Happened::KINDS.join(", "));
        return Err(Failure::parameter("kind", what));
    }
    let found = server.call(move |app| app.timeline(tenant, &who, kind.as_deref(), &page));
    Ok(axum::Json(view::page(found.await?, |own| {
        view::happened(&own)
    })))
}

/// Note a contact with a member
///
/// What was said by telephone, in a chat, in the shop. It goes along with the member's data, and is forgotten
/// with them.
#[utoipa::path(post, path = "/v1/members/{member}/contacts", tag = "members", request_body = ContactIn,
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 201, body = ContactOut, description = "The contact"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_contact(
    State(server): State<Server>,
    key: Key<Ingest>,
    acting: Acting,
    Params(member): Params<String>,
    In(body): In<ContactIn>,
) -> Result<(StatusCode, axum::Json<ContactOut>), Failure> {
    let who = member_ref(&member)?;
    let kind = ContactKind::by_name(&body.kind).ok_or_else(|| {
        let all = ContactKind::ALL.map(ContactKind::name).join(", ");
        Failure::invalid(vec![Fault::new("/kind", format!("must be one of {all}"))])
    })?;
    // What was said is personal: the trail has that somebody was spoken with, not what about.
    acting.moved("", kind.name());
    let new = NewContact {
        kind,
        at: body.at,
        text: body.text,
    };
    let (tenant, by) = (key.tenant, key.agent());
    let noted = server.call(move |app| app.note_contact(tenant, by, &who, &new));
    Ok((StatusCode::CREATED, axum::Json(view::contact(noted.await?))))
}
