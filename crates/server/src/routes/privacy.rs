//! What a member may ask for by law: all that is kept about them, and to be forgotten.

use crate::acting::Acting;
use crate::auth::{Adjust, Admin, Key, Read};
use crate::extract::{In, Params, member_ref};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::Problem;
use regulars_api::consent::ConsentEntriesOut;
use regulars_api::draft::ReasonIn;
use regulars_api::member::MemberOut;
use regulars_api::portal::MemberExportOut;

/// Export all about a member
///
/// All that is kept about them, as JSON: who they are, what they have, and everything that happened, with
/// reasons. The reason stands in the audit trail.
#[utoipa::path(post, path = "/v1/members/{member}/export", tag = "members", request_body = ReasonIn,
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 200, body = MemberExportOut, description = "All of it"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn export_member(
    State(server): State<Server>,
    key: Key<Adjust>,
    acting: Acting,
    Params(member): Params<String>,
    In(body): In<ReasonIn>,
) -> Result<axum::Json<MemberExportOut>, Failure> {
    let who = member_ref(&member)?;
    let tenant = key.tenant;
    let read = server.call(move |app| {
        let member = app.known_person(tenant, &who)?.id;
        app.all_about(tenant, member, view::own_entry)
    });
    let about = read.await?;
    acting.why(body.reason.as_str());
    Ok(axum::Json(view::member_export(about, server.app().now())))
}

/// List what a member allowed and took back
///
/// The ledger of consents, newest first: what, since when, who told it, on which channel and under which words. It is
/// read out of the log, to which things are only ever added.
#[utoipa::path(get, path = "/v1/members/{member}/consents", tag = "members",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 200, body = ConsentEntriesOut, description = "All of it"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_consents(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
) -> Result<axum::Json<ConsentEntriesOut>, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&member)?);
    let all = server
        .call(move |app| app.consents_of(tenant, &who))
        .await?;
    let items = all.into_iter().map(view::consent_entry).collect();
    Ok(axum::Json(ConsentEntriesOut { items }))
}

/// Forget who a member is
///
/// Identities, attributes, nickname, addresses and sessions go, and they are signed out everywhere. What was
/// booked stays, of nobody, until it lapses: the books stay whole. It cannot be undone. Somebody who is on a
/// plan must leave it first.
#[utoipa::path(post, path = "/v1/members/{member}/erase", tag = "members", request_body = ReasonIn,
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 200, body = MemberOut, description = "What is left of the member: an id"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn erase_member(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    Params(member): Params<String>,
    In(body): In<ReasonIn>,
) -> Result<axum::Json<MemberOut>, Failure> {
    let who = member_ref(&member)?;
    let (tenant, why) = (key.tenant, body.reason.clone());
    let left = server.call(move |app| app.erase(tenant, &who, why.as_str()));
    let left = left.await?;
    acting.to(left.id.to_string());
    acting.why(body.reason.as_str());
    Ok(axum::Json(view::member(left)))
}
