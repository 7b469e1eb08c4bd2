//! Paid membership: plans that members join and leave, their invoices, payments told by hand.

use crate::auth::{Adjust, Key, Read, Redeem};
use crate::extract::{In, Params, member_ref};
use crate::failure::Failure;
use crate::routes::own_key;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use regulars_api::Problem;
use regulars_api::membership::{
    InvoicePaymentIn, InvoicesOut, MembershipIn, PaymentResult, PlanAction,
};
use regulars_api::receipt::ReceiptOut;
use regulars_engine::event::{Fault, Kind, PaymentBack, PaymentEnd, PlanChoice};
use serde::Deserialize;

/// Join, change, pause, resume or cancel a plan
///
/// What a change would cost today says `POST /v1/preview` with an event of the type `plan_change`.
/// With an `Idempotency-Key` the same request sent again is done once.
#[utoipa::path(post, path = "/v1/members/{member}/membership", tag = "membership", request_body = MembershipIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Done"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn change_membership(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(member): Params<String>,
    headers: HeaderMap,
    In(body): In<MembershipIn>,
) -> Result<Response, Failure> {
    let who = member_ref(&member)?;
    let own = own_key(&headers)?;
    let plan = body.plan.unwrap_or_default();
    let kind = match body.action {
        PlanAction::Join => Kind::PlanJoin(PlanChoice { plan }),
        PlanAction::Change => Kind::PlanChange(PlanChoice { plan }),
        PlanAction::Pause => Kind::PlanPause,
        PlanAction::Resume => Kind::PlanResume,
        PlanAction::Cancel => Kind::PlanCancel,
    };
    let tenant = key.tenant;
    let done = server.call(move |app| app.happen(tenant, &who, kind, own));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// List a member's invoices
///
/// All that there ever were, oldest first, as they stand.
#[utoipa::path(get, path = "/v1/members/{member}/invoices", tag = "membership",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 200, body = InvoicesOut, description = "The invoices"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_invoices(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
) -> Result<axum::Json<InvoicesOut>, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&member)?);
    let invoices = server.call(move |app| app.invoices(tenant, &who)).await?;
    let each = |invoice| view::invoice(&invoices.program, invoice);
    let items = invoices.items.iter().map(each).collect();
    Ok(axum::Json(InvoicesOut { items }))
}

/// Which invoice.
#[derive(Deserialize)]
pub(crate) struct InvoicePath {
    member: String,
    number: u32,
}

/// Tell what became of a payment
///
/// Where no payment provider does: an agent got the money, did not get it, or paid it back.
#[utoipa::path(post, path = "/v1/members/{member}/invoices/{number}/payments", tag = "membership",
    request_body = InvoicePaymentIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"),
        ("number" = u32, Path, description = "The number of the invoice"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Done"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn tell_payment(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(path): Params<InvoicePath>,
    headers: HeaderMap,
    In(body): In<InvoicePaymentIn>,
) -> Result<Response, Failure> {
    let who = member_ref(&path.member)?;
    let own = own_key(&headers)?;
    let (tenant, invoice) = (key.tenant, path.number);
    let reference = body.reference.unwrap_or_default();
    let kind = match body.result {
        PaymentResult::Refunded => {
            let amount = match body.amount {
                Some(written) => Some(minor(&server, tenant, &written.0).await?),
                None => None,
            };
            Kind::PaymentRefunded(PaymentBack {
                invoice,
                amount,
                reference,
            })
        }
        result => {
            let end = PaymentEnd {
                invoice,
                attempt: None,
                reference,
                reason: body.reason.unwrap_or_default(),
            };
            match result {
                PaymentResult::Succeeded => Kind::PaymentSucceeded(end),
                _ => Kind::PaymentFailed(end),
            }
        }
    };
    let done = server.call(move |app| app.happen(tenant, &who, kind, own));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// Money of the program in force.
async fn minor(
    server: &Server,
    tenant: regulars_base::TenantId,
    written: &str,
) -> Result<i64, Failure> {
    let program = server.call(move |app| app.program_in_force(tenant, app.now()));
    let (_, program) = program.await?;
    let wrong = |what: String| Failure::invalid(vec![Fault::new("/amount", what)]);
    match program.currency.minor(written) {
        Ok(minor) if minor > 0 => Ok(minor),
        Ok(_) => Err(wrong("must be above zero: it says what went back".into())),
        Err(error) => Err(wrong(error.to_string())),
    }
}
