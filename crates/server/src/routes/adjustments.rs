//! Points given or taken by hand.

use crate::auth::{Adjust, Key};
use crate::extract::{BODY_MAX, Json, Params, member_ref};
use crate::failure::Failure;
use crate::routes::own_key;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use regulars_api::Problem;
use regulars_api::receipt::ReceiptOut;
use regulars_api::redemption::{AdjustmentIn, AdjustmentRead};
use regulars_base::Text;
use regulars_engine::event::Adjustment;

/// Adjust a member's points
///
/// With a reason, which the member and auditors see. With an `Idempotency-Key` the same request
/// sent again is done once.
#[utoipa::path(post, path = "/v1/members/{member}/adjustments", tag = "members", request_body = AdjustmentIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Adjusted"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_adjustment(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(member): Params<String>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let who = member_ref(&member)?;
    let own = own_key(&headers)?;
    let decimals = server.decimals(key.tenant).await?;
    let read = AdjustmentRead::read(body.raw()?, &|points| decimals.get(points).copied());
    let read = read.map_err(Failure::invalid)?;
    let by = || Text::new(&key.name).unwrap_or_default();
    let adjustment = Adjustment {
        points: read.points,
        amount: read.amount,
        reason: read.reason,
        by: read.by.unwrap_or_else(by),
    };
    let tenant = key.tenant;
    let done = server.call(move |app| app.adjust(tenant, &who, adjustment, own));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}
