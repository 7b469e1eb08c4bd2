//! The sandbox beside the live program. Who signed in goes in and out by a cookie beside that of the
//! session; the token that a page has to send differs in both, so that a page which shows the one never
//! changes the other.

use crate::auth::{self, Any, Key, Programs, Read, SessionOf};
use crate::extract::{Asked, MaybeIn};
use crate::failure::Failure;
use crate::language::language;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use regulars_api::Problem;
use regulars_api::draft::{PromotedOut, SandboxIn, SandboxOut, SandboxStateOut};
use regulars_app::{Error, Promoted};
use serde::Deserialize;
use utoipa::IntoParams;

/// Why.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PromoteQuery {
    /// Why: kept with the version.
    note: Option<String>,
}

/// See the sandbox
///
/// From inside, nothing is said of it: there is none within it.
#[utoipa::path(get, path = "/v1/sandbox", tag = "programs", responses(
    (status = 200, body = SandboxStateOut, description = "The sandbox, if there is one"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_sandbox(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<SandboxStateOut>, Failure> {
    let tenant = key.tenant;
    let found = server.call(move |app| app.sandbox(tenant)).await?;
    Ok(axum::Json(SandboxStateOut {
        sandbox: found.as_ref().map(view::sandbox),
    }))
}

/// Make a sandbox
///
/// A workspace of its own beside the live one: the program in force, and what some members did, without
/// their names. Nothing that is done in it reaches what is live.
#[utoipa::path(post, path = "/v1/sandbox", tag = "programs", request_body = Option<SandboxIn>, responses(
    (status = 201, body = SandboxOut, description = "The sandbox"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn make_sandbox(
    State(server): State<Server>,
    key: Key<Programs>,
    MaybeIn(body): MaybeIn<SandboxIn>,
) -> Result<(StatusCode, axum::Json<SandboxOut>), Failure> {
    let (tenant, by) = (key.tenant, key.signature());
    let members = usize::try_from(body.members).unwrap_or(0);
    let made = server.call(move |app| app.make_sandbox(tenant, members, &by));
    let out = view::sandbox(&made.await?);
    Ok((StatusCode::CREATED, axum::Json(out)))
}

/// Give the sandbox up
///
/// Nobody comes into it any more.
#[utoipa::path(delete, path = "/v1/sandbox", tag = "programs", responses(
    (status = 200, body = SandboxOut, description = "The sandbox that was"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn discard_sandbox(
    State(server): State<Server>,
    key: Key<Programs>,
) -> Result<axum::Json<SandboxOut>, Failure> {
    let tenant = key.tenant;
    let gone = server.call(move |app| app.discard_sandbox(tenant)).await?;
    server.keys().forget();
    Ok(axum::Json(view::sandbox(&gone)))
}

/// Promote the sandbox
///
/// The text of its program becomes the live program, or a proposal where a second person must approve.
/// Its members and points stay where they are.
#[utoipa::path(post, path = "/v1/sandbox/promote", tag = "programs", params(PromoteQuery), responses(
    (status = 200, body = PromotedOut, description = "What became of it"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn promote_sandbox(
    State(server): State<Server>,
    key: Key<Programs>,
    Asked(query): Asked<PromoteQuery>,
) -> Result<axum::Json<PromotedOut>, Failure> {
    let (tenant, by) = (key.tenant, key.signature());
    let who = by.clone();
    let note = query.note.unwrap_or_default();
    let language = language();
    let done = server.call(move |app| {
        Ok(match app.promote_sandbox(tenant, &who, &note)? {
            Promoted::Proposed(own) => {
                let own = app.proposal_in(tenant, *own, language)?;
                Promoted::Proposed(Box::new(own))
            }
            applied => applied,
        })
    });
    let none = PromotedOut {
        version: None,
        proposal: None,
    };
    Ok(axum::Json(match done.await? {
        Promoted::Applied(version) => PromotedOut {
            version: Some(view::version(version)),
            ..none
        },
        Promoted::Proposed(proposal) => PromotedOut {
            proposal: Some(view::proposal(&proposal, &by)),
            ..none
        },
    }))
}

/// Go into the sandbox
///
/// For who signed in: from now on the session acts there. Ask for the session again, for its token.
#[utoipa::path(post, path = "/v1/sandbox/enter", tag = "programs", responses(
    (status = 204, description = "The session acts in the sandbox"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn enter_sandbox(
    State(server): State<Server>,
    key: Key<Any>,
    _session: SessionOf,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let tenant = key.tenant;
    server
        .call(move |app| {
            let none = || Error::NotFound {
                what: "sandbox",
                name: "of this shop".into(),
            };
            app.sandbox(tenant)?.ok_or_else(none)
        })
        .await?;
    let cookie = auth::workspace_cookie(true, &headers);
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response())
}

/// Go back to what is live
///
/// For who signed in, also where the sandbox is gone meanwhile.
#[utoipa::path(post, path = "/v1/sandbox/leave", tag = "programs", responses(
    (status = 204, description = "The session acts on what is live"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn leave_sandbox(
    _session: SessionOf,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    // It changes nothing but where the page goes on, and asks for nothing but the cookie.
    auth::from_here(&headers)?;
    let cookie = auth::workspace_cookie(false, &headers);
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response())
}
