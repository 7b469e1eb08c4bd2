//! A member's ledger: what happened, what moved, and why.

use crate::auth::{Key, Read};
use crate::extract::{Asked, Params, member_ref};
use crate::failure::Failure;
use crate::routes::members::PageQuery;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::ledger::LedgerEntryOut;
use regulars_api::{PageOut, Problem};

/// See a member's ledger, with reasons
///
/// Newest first. Each entry says in words which rule gave what, and has the postings behind it.
#[utoipa::path(get, path = "/v1/members/{member}/ledger", tag = "members",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"), PageQuery),
    responses(
        (status = 200, body = PageOut<LedgerEntryOut>, description = "A page of entries"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_ledger(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
    Asked(query): Asked<PageQuery>,
) -> Result<axum::Json<PageOut<LedgerEntryOut>>, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&member)?);
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let page = server
        .call(move |app| app.explain(tenant, &who, &ask))
        .await?;
    Ok(axum::Json(view::page(page, |entry| view::entry(&entry))))
}
