//! The audit trail: listed, exported, proved.

use crate::acting;
use crate::auth::{Admin, Key};
use crate::extract::Asked;
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use regulars_api::people::{ActOut, AuditProofOut};
use regulars_api::{PageOut, Problem};
use regulars_app::{Act, ActsAsk, PageAsk};
use regulars_base::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How many lines an export has at most.
const EXPORT_MOST: usize = 100_000;

/// Which lines.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Of whom alone: the id of a person or a key.
    actor: Option<String>,
    /// What alone: an operation of this API, such as `create_key`.
    act: Option<String>,
    /// From when on.
    from: Option<String>,
    /// Before when.
    to: Option<String>,
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

/// What may stand in the trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct ActNameOut {
    /// The operation of this API.
    act: String,
    /// The same in words.
    words: String,
}

/// All that may stand in the trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct ActNamesOut {
    /// One by one.
    items: Vec<ActNameOut>,
}

/// See who did what
///
/// Newest first. People leave a line for whatever they change, keys for what needs the scopes `adjust`,
/// `program` or `admin`; what tills and shops send is in the ledger.
#[utoipa::path(get, path = "/v1/audit", tag = "access", params(AuditQuery), responses(
    (status = 200, body = PageOut<ActOut>, description = "A page of the trail"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_acts(
    State(server): State<Server>,
    key: Key<Admin>,
    Asked(query): Asked<AuditQuery>,
) -> Result<axum::Json<PageOut<ActOut>>, Failure> {
    let page = view::page_ask(query.after.as_deref(), query.limit)?;
    let (ask, tenant) = (asked(query)?, key.tenant);
    let acts = server.call(move |app| app.acts(tenant, &ask, &page));
    Ok(axum::Json(view::page(acts.await?, view::act)))
}

/// Export who did what
///
/// As CSV, newest first, at most 100,000 lines.
#[utoipa::path(get, path = "/v1/audit/export", tag = "access", params(AuditQuery), responses(
    (status = 200, body = String, content_type = "text/csv", description = "The trail"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn export_acts(
    State(server): State<Server>,
    key: Key<Admin>,
    Asked(query): Asked<AuditQuery>,
) -> Result<Response, Failure> {
    let (ask, tenant) = (asked(query)?, key.tenant);
    let file = server.call(move |app| {
        let mut acts: Vec<Act> = Vec::new();
        let mut page = PageAsk {
            after: None,
            limit: 1000,
        };
        loop {
            let some = app.acts(tenant, &ask, &page)?;
            acts.extend(some.items);
            match some.next {
                Some(next) if acts.len() < EXPORT_MOST => page.after = Some(next),
                _ => break,
            }
        }
        Ok(view::acts_file(acts))
    });
    let kind = [(CONTENT_TYPE, "text/csv; charset=utf-8")];
    Ok((kind, file.await?).into_response())
}

/// List what may stand in the audit trail
#[utoipa::path(get, path = "/v1/audit/acts", tag = "access", responses(
    (status = 200, body = ActNamesOut, description = "All of it"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_act_names(_key: Key<Admin>) -> axum::Json<ActNamesOut> {
    let items = acting::names().into_iter();
    let items = items.map(|(act, words)| ActNameOut { act, words });
    axum::Json(ActNamesOut {
        items: items.collect(),
    })
}

/// Prove the audit trail
///
/// Every line's hash covers the line and the hash of the one before.
#[utoipa::path(get, path = "/v1/audit/proof", tag = "access", responses(
    (status = 200, body = AuditProofOut, description = "What it came to"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn prove_audit(
    State(server): State<Server>,
    key: Key<Admin>,
) -> Result<axum::Json<AuditProofOut>, Failure> {
    let tenant = key.tenant;
    let proof = server.call(move |app| app.prove_audit(tenant)).await?;
    Ok(axum::Json(view::audit_proof(&proof)))
}

fn asked(query: AuditQuery) -> Result<ActsAsk, Failure> {
    let moment = |name: &str, text: Option<String>| -> Result<Option<Timestamp>, Failure> {
        let read = text.map(|text| {
            let wrong = |_| Failure::parameter(name, "is no moment, such as 2025-03-01T09:00:00Z");
            text.parse().map_err(wrong)
        });
        read.transpose()
    };
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(ActsAsk {
        actor: some(query.actor),
        act: some(query.act),
        from: moment("from", some(query.from))?,
        to: moment("to", some(query.to))?,
    })
}
