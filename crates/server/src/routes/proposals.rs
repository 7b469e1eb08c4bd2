//! Changes of the program that a second person approves.

use super::programs::{ApplyQuery, moment};
use crate::acting::Acting;
use crate::auth::{Admin, Key, Programs, Read};
use crate::extract::{Asked, BODY_MAX, In, MaybeIn, Params, Whole};
use crate::failure::Failure;
use crate::language::language;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::StatusCode;
use regulars_api::draft::{ApprovalOut, ProposalOut, ReasonIn};
use regulars_api::{PageOut, Problem};
use regulars_app::{Apply, Page, Proposal, ProposalState};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which proposals.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProposalsQuery {
    /// `proposed`, `approved` or `rejected`; all if left out.
    state: Option<String>,
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

/// See whether a second person must approve changes of the program
#[utoipa::path(get, path = "/v1/programs/approval", tag = "programs", responses(
    (status = 200, body = ApprovalOut, description = "Whether it is so"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_approval(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<ApprovalOut>, Failure> {
    let tenant = key.tenant;
    let needed = server.call(move |app| app.approval_needed(tenant)).await?;
    Ok(axum::Json(ApprovalOut { needed }))
}

/// Set whether a second person must approve changes of the program
///
/// Then nothing is applied or rolled back at once, also not from the command line: it is proposed.
#[utoipa::path(put, path = "/v1/programs/approval", tag = "programs", request_body = ApprovalOut, responses(
    (status = 200, body = ApprovalOut, description = "It is so now"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn update_approval(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    In(body): In<ApprovalOut>,
) -> Result<axum::Json<ApprovalOut>, Failure> {
    let tenant = key.tenant;
    let set = server.call(move |app| {
        let before = app.approval_needed(tenant)?;
        app.set_approval_needed(tenant, body.needed)?;
        Ok(before)
    });
    let told = |needed: bool| match needed {
        true => "a second person approves",
        false => "nobody else is asked",
    };
    acting.moved(told(set.await?), told(body.needed));
    Ok(axum::Json(body))
}

/// Propose a program file
///
/// It is tried on the last purchases, and waits for a second person.
#[utoipa::path(post, path = "/v1/programs/proposals", tag = "programs", params(ApplyQuery),
    request_body(content = String, content_type = "application/toml", description = "The program file"),
    responses(
        (status = 201, body = ProposalOut, description = "The proposal"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn propose_program(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Asked(query): Asked<ApplyQuery>,
    file: Whole<BODY_MAX>,
) -> Result<(StatusCode, axum::Json<ProposalOut>), Failure> {
    let (tenant, by) = (key.tenant, key.signature());
    acting.why(query.note.as_deref().unwrap_or_default());
    let ask = Apply {
        text: file.text().to_owned(),
        from: moment("from", query.from)?,
        by: by.clone(),
        note: query.note.unwrap_or_default(),
    };
    let language = language();
    let made = server.call(move |app| {
        let made = app.propose_program(tenant, &ask)?;
        app.proposal_in(tenant, made, language)
    });
    let made = made.await?;
    acting.to(&made.id);
    acting.moved("", told(&made));
    let out = view::proposal(&made, &by);
    Ok((StatusCode::CREATED, axum::Json(out)))
}

/// List proposals
#[utoipa::path(get, path = "/v1/programs/proposals", tag = "programs", params(ProposalsQuery), responses(
    (status = 200, body = PageOut<ProposalOut>, description = "A page of them, in the order in which they were made"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_proposals(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<ProposalsQuery>,
) -> Result<axum::Json<PageOut<ProposalOut>>, Failure> {
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let wrong = || Failure::parameter("state", "must be proposed, approved or rejected");
    let state = query.state.as_deref();
    let state = state.map(|name| ProposalState::named(name).ok_or_else(wrong));
    let state = state.transpose()?;
    let (tenant, by) = (key.tenant, key.signature());
    let language = language();
    let page = server.call(move |app| {
        let page = app.proposals(tenant, state, &ask)?;
        let items = page.items.into_iter();
        let items = items.map(|own| app.proposal_in(tenant, own, language));
        Ok(Page {
            items: items.collect::<Result<_, _>>()?,
            next: page.next,
        })
    });
    Ok(axum::Json(view::page(page.await?, |it| {
        view::proposal(&it, &by)
    })))
}

/// See a proposal
#[utoipa::path(get, path = "/v1/programs/proposals/{proposal}", tag = "programs",
    params(("proposal" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = ProposalOut, description = "The proposal"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_proposal(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
) -> Result<axum::Json<ProposalOut>, Failure> {
    let (tenant, by) = (key.tenant, key.signature());
    let language = language();
    let found = server.call(move |app| {
        let found = app.proposal(tenant, &id)?;
        app.proposal_in(tenant, found, language)
    });
    Ok(axum::Json(view::proposal(&found.await?, &by)))
}

/// Approve a proposal
///
/// It becomes a version. Whoever proposed it cannot approve it; nor can anybody, once another version took
/// over since: then it is proposed again.
#[utoipa::path(post, path = "/v1/programs/proposals/{proposal}/approve", tag = "programs",
    params(("proposal" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = ProposalOut, description = "The proposal, with its version"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn approve_proposal(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Params(id): Params<String>,
) -> Result<axum::Json<ProposalOut>, Failure> {
    let (tenant, by) = (key.tenant, key.signature());
    let who = by.clone();
    let language = language();
    let done = server.call(move |app| {
        let (done, _) = app.approve_proposal(tenant, &id, &who)?;
        app.proposal_in(tenant, done, language)
    });
    let done = done.await?;
    acting.moved(told(&waiting(&done)), told(&done));
    acting.why(&done.note);
    Ok(axum::Json(view::proposal(&done, &by)))
}

/// Reject a proposal, or take back one's own
#[utoipa::path(post, path = "/v1/programs/proposals/{proposal}/reject", tag = "programs", request_body = Option<ReasonIn>,
    params(("proposal" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = ProposalOut, description = "The proposal"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn reject_proposal(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Params(id): Params<String>,
    MaybeIn(body): MaybeIn<ReasonIn>,
) -> Result<axum::Json<ProposalOut>, Failure> {
    let (tenant, by) = (key.tenant, key.signature());
    let who = by.clone();
    acting.why(body.reason.as_str());
    let language = language();
    let done = server.call(move |app| {
        let done = app.reject_proposal(tenant, &id, &who, body.reason.as_str())?;
        app.proposal_in(tenant, done, language)
    });
    let done = done.await?;
    acting.moved(told(&waiting(&done)), told(&done));
    Ok(axum::Json(view::proposal(&done, &by)))
}

/// A proposal as it was before somebody decided.
fn waiting(decided: &Proposal) -> Proposal {
    Proposal {
        state: ProposalState::Proposed,
        version: None,
        ..decided.clone()
    }
}

/// A proposal, as the audit trail tells.
fn told(own: &Proposal) -> String {
    let against = own.effect.against.map_or_else(
        || "the first version".to_owned(),
        |version| format!("instead of version {version}"),
    );
    let became = own
        .version
        .map_or_else(String::new, |version| format!(", became version {version}"));
    format!("{}: {against}, by {}{became}", own.state.name(), own.by)
}
