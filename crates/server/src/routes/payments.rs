//! What payment providers tell by themselves.

use crate::extract::{BODY_MAX, Whole};
use crate::failure::Failure;
use crate::state::Server;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use regulars_api::Problem;

/// Take what a payment provider tells
///
/// The address to give to the provider. Needs no key: what comes in is signed. What is told twice, or
/// of payments that are not ours, is taken in silence.
#[utoipa::path(post, path = "/v1/payments/webhook", tag = "membership", security(()),
    request_body(content = String, content_type = "application/json", description = "As the provider sends it"),
    params(("Stripe-Signature" = String, Header, description = "A time, and the signatures over time and body")),
    responses(
        (status = 204, description = "Taken"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not taken, and why"),
    ))]
pub(crate) async fn payment_webhook(
    State(server): State<Server>,
    headers: HeaderMap,
    body: Whole<BODY_MAX>,
) -> Result<StatusCode, Failure> {
    let signature = headers.get("stripe-signature");
    let signature = signature.and_then(|value| value.to_str().ok());
    let signature = signature.unwrap_or_default().to_owned();
    let text = body.text().to_owned();
    let taken = server.call(move |app| app.payment_webhook(&signature, text.as_bytes()));
    taken.await.map(|()| StatusCode::NO_CONTENT)
}
