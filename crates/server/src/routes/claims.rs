//! Missing points: orders that are kept, claims, and who decides them.

use super::API;
use crate::auth::{Adjust, Ingest, Key, Read};
use crate::extract::{Asked, In, Params, member_ref};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::StatusCode;
use regulars_api::claim::{ClaimIn, ClaimOut, KeptOrderIn, KeptOrderOut, RuledClaimOut, RulingIn};
use regulars_api::{PageOut, Problem};
use regulars_app::{App, ClaimState, Error, KeptOrder, NewClaim, Ruling};
use regulars_base::{Currency, TenantId, Text};
use regulars_engine::event::Fault;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which claims.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ClaimsQuery {
    /// `open`, `approved`, `refused` or `rejected`; all if left out.
    state: Option<String>,
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

fn api() -> Text {
    Text::new(API).expect("a word is a text")
}

/// Keep an order
///
/// Of somebody who was no member or said nothing at the till, so that a claim can be matched with it.
/// It gives nobody anything by itself.
#[utoipa::path(post, path = "/v1/kept-orders", tag = "claims", request_body = KeptOrderIn, responses(
    (status = 201, body = KeptOrderOut, description = "It is kept"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn keep_order(
    State(server): State<Server>,
    key: Key<Ingest>,
    In(body): In<KeptOrderIn>,
) -> Result<(StatusCode, axum::Json<KeptOrderOut>), Failure> {
    let Some(purchase) = body.purchase else {
        return Err(Failure::internal("an order was read without a purchase"));
    };
    let kept = KeptOrder {
        source: body.source.unwrap_or_else(api),
        at: body.at,
        purchase,
    };
    let tenant = key.tenant;
    let new = server.call(move |app| app.keep_order(tenant, &kept));
    let new = new.await?;
    Ok((StatusCode::CREATED, axum::Json(KeptOrderOut { new })))
}

/// Claim an order
///
/// A member says that an order was not counted. A claim that says exactly what a kept order says may
/// be approved by rule (`[claims]` of the program file); the others wait for a person. The same claim
/// again is answered with the first.
#[utoipa::path(post, path = "/v1/members/{member}/claims", tag = "claims", request_body = ClaimIn,
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 201, body = ClaimOut, description = "The claim, as it stands"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_claim(
    State(server): State<Server>,
    key: Key<Ingest>,
    Params(member): Params<String>,
    In(body): In<ClaimIn>,
) -> Result<(StatusCode, axum::Json<ClaimOut>), Failure> {
    let who = member_ref(&member)?;
    let tenant = key.tenant;
    let new = NewClaim {
        source: body.source.unwrap_or_else(api),
        order: body.order,
        on: body.on,
        total: body.total,
        reference: body.reference,
        text: body.text,
        lines: body.lines,
        by: key.name.clone(),
    };
    let currency = body.currency;
    let claim = server.call(move |app| {
        of_program(app, tenant, currency)?;
        app.file_claim(tenant, &who, &new)
    });
    Ok((StatusCode::CREATED, axum::Json(view::claim(&claim.await?))))
}

/// Amounts of claims are in the program's currency.
pub(crate) fn of_program(app: &App, tenant: TenantId, currency: Currency) -> Result<(), Error> {
    let (_, program) = app.program_in_force(tenant, app.now())?;
    if program.currency == currency {
        return Ok(());
    }
    let what = format!("is not {}, the program's currency", program.currency);
    Err(Error::Invalid(vec![Fault::new("/currency", what)]))
}

/// List claims
#[utoipa::path(get, path = "/v1/claims", tag = "claims", params(ClaimsQuery), responses(
    (status = 200, body = PageOut<ClaimOut>, description = "A page of them, oldest first"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_claims(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<ClaimsQuery>,
) -> Result<axum::Json<PageOut<ClaimOut>>, Failure> {
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let state = match query.state.as_deref() {
        None => None,
        Some("open") => Some(ClaimState::Open),
        Some("approved") => Some(ClaimState::Approved),
        Some("refused") => Some(ClaimState::Refused),
        Some("rejected") => Some(ClaimState::Rejected),
        Some(_) => {
            let what = "must be open, approved, refused or rejected";
            return Err(Failure::parameter("state", what));
        }
    };
    let tenant = key.tenant;
    let page = server.call(move |app| app.claims(tenant, state, &ask));
    Ok(axum::Json(view::page(page.await?, |it| view::claim(&it))))
}

/// See a claim
#[utoipa::path(get, path = "/v1/claims/{claim}", tag = "claims",
    params(("claim" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = ClaimOut, description = "The claim"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_claim(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
) -> Result<axum::Json<ClaimOut>, Failure> {
    let tenant = key.tenant;
    let claim = server.call(move |app| app.claim(tenant, &id)).await?;
    Ok(axum::Json(view::claim(&claim)))
}

/// Approve a claim
///
/// The order counts as of its own day, by the version of the program that was in force then.
#[utoipa::path(post, path = "/v1/claims/{claim}/approve", tag = "claims", request_body = RulingIn,
    params(("claim" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = RuledClaimOut, description = "The claim, and what the order gave"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn approve_claim(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(id): Params<String>,
    In(body): In<RulingIn>,
) -> Result<axum::Json<RuledClaimOut>, Failure> {
    rule(&server, &key, id, body, true).await
}

/// Reject a claim
///
/// Nothing is booked, and the order may be claimed again.
#[utoipa::path(post, path = "/v1/claims/{claim}/reject", tag = "claims", request_body = RulingIn,
    params(("claim" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = RuledClaimOut, description = "The claim"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn reject_claim(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(id): Params<String>,
    In(body): In<RulingIn>,
) -> Result<axum::Json<RuledClaimOut>, Failure> {
    rule(&server, &key, id, body, false).await
}

async fn rule(
    server: &Server,
    key: &Key<Adjust>,
    id: String,
    body: RulingIn,
    approve: bool,
) -> Result<axum::Json<RuledClaimOut>, Failure> {
    let tenant = key.tenant;
    let ruling = Ruling {
        approve,
        by: key.name.clone(),
        reason: body.reason,
        lines: body.lines,
    };
    let currency = body.currency;
    let ruled = server.call(move |app| {
        if let Some(currency) = currency {
            of_program(app, tenant, currency)?;
        }
        app.rule_claim(tenant, &id, &ruling)
    });
    let (claim, receipt) = ruled.await?;
    Ok(axum::Json(RuledClaimOut {
        claim: view::claim(&claim),
        receipt: receipt.as_ref().map(view::receipt),
    }))
}
