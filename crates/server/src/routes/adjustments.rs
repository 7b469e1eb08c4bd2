//! Points given or taken by hand.

use crate::acting::Acting;
use crate::auth::{Adjust, Key};
use crate::extract::{BODY_MAX, Json, Params, member_ref};
use crate::failure::Failure;
use crate::routes::own_key;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use regulars_api::desk::HeldAdjustmentOut;
use regulars_api::receipt::ReceiptOut;
use regulars_api::redemption::{AdjustmentIn, AdjustmentRead};
use regulars_api::{Amount, Problem};
use regulars_base::Text;
use regulars_engine::event::Adjustment;

/// Adjust a member's points
///
/// With a reason, which the member and auditors see. A person who may adjust only so many points alone
/// asks for more with the same request: it is answered with 202, and waits for a second person. With an `Idempotency-Key` the same request
/// sent again is done once.
#[utoipa::path(post, path = "/v1/members/{member}/adjustments", tag = "members", request_body = AdjustmentIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Adjusted"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = 202, body = HeldAdjustmentOut, description = "More than may be adjusted alone: it waits for a second person"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_adjustment(
    State(server): State<Server>,
    key: Key<Adjust>,
    acting: Acting,
    Params(member): Params<String>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let who = member_ref(&member)?;
    let own = own_key(&headers)?;
    let decimals = server.decimals(key.tenant).await?;
    let read = AdjustmentRead::read(body.raw()?, &|points| decimals.get(points).copied());
    let read = read.map_err(Failure::invalid)?;
    // A key may say for whom it acts; a person is who they are.
    let by = match (key.is_person(), read.by) {
        (true, _) => Text::new(key.signature()).unwrap_or_default(),
        (false, Some(by)) => by,
        (false, None) => Text::new(&key.name).unwrap_or_default(),
    };
    let places = decimals.get(read.points.as_str()).copied().unwrap_or(0);
    let adjustment = Adjustment {
        points: read.points,
        amount: read.amount,
        reason: read.reason,
        by,
    };
    acting.why(adjustment.reason.as_str());
    let amount = Amount::number(adjustment.amount, places).0;
    acting.moved("", format!("{amount} {}", adjustment.points));
    let tenant = key.tenant;
    if !key.may_adjust(adjustment.amount, places) {
        let by = (*key).clone();
        let held =
            server.call(move |app| app.hold_adjustment(&by, &who, &adjustment, places, &own));
        let held = view::held(&held.await?);
        return Ok((StatusCode::ACCEPTED, axum::Json(held)).into_response());
    }
    let done = server.call(move |app| app.adjust(tenant, &who, adjustment, own));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}
