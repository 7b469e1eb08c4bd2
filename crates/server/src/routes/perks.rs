//! What happens to rewards beside being asked for and used.

use crate::auth::{Adjust, Asks, Key, Read, Redeem};
use crate::extract::{BODY_MAX, Json, Params, idempotency_key, member_ref};
use crate::failure::Failure;
use crate::routes::{event_key, joined, made_up};
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use regulars_api::Problem;
use regulars_api::event::read_perk;
use regulars_api::receipt::ReceiptOut;
use regulars_api::redemption::{AutomaticRewardsIn, ReturnIn, StockIn, StockItemOut, StockOut};
use regulars_app::StockLeft;
use regulars_base::Text;
use regulars_engine::event::PerkEvent;
use serde::Deserialize;

/// Which redemption.
#[derive(Deserialize)]
pub(crate) struct RedemptionPath {
    member: String,
    redemption: String,
}

/// Return a part of a redemption
///
/// So many of the reward, or all that has not come back yet: their share of the points comes back,
/// those that were paid last first, with their old dates. Never more than was paid.
#[utoipa::path(post, path = "/v1/members/{member}/redemptions/{redemption}/return", tag = "redemptions",
    request_body = ReturnIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`card:4711`)"),
        ("redemption" = String, Path, description = "The redemption's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one return, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Given back"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn return_redemption(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(path): Params<RedemptionPath>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let id = joined("redemption", path.redemption)?;
    let perk = read(&server, &key, ("reward_return", &id), &body).await?;
    of_member(&server, &key, (&path.member, &headers), perk).await
}

/// Switch rewards that are redeemed by themselves on or off
///
/// For one member. They are on to begin with.
#[utoipa::path(put, path = "/v1/members/{member}/automatic-rewards", tag = "redemptions",
    request_body = AutomaticRewardsIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`card:4711`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Done"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn update_automatic_rewards(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(member): Params<String>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let perk = read(
        &server,
        &key,
        ("automatic_rewards", &Text::default()),
        &body,
    )
    .await?;
    of_member(&server, &key, (&member, &headers), perk).await
}

/// List what is in stock
///
/// Of each reward whose stock the program counts.
#[utoipa::path(get, path = "/v1/rewards/stock", tag = "redemptions", responses(
    (status = 200, body = StockOut, description = "How many there are"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_stock(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<StockOut>, Failure> {
    let tenant = key.tenant;
    let left = server.call(move |app| app.stock(tenant)).await?;
    let item = |own: StockLeft| StockItemOut {
        reward: own.reward,
        title: own.title,
        left: own.left,
    };
    let items = left.into_iter().map(item).collect();
    Ok(axum::Json(StockOut { items }))
}

/// Change the stock of a reward
///
/// So many came in, are gone, or are there, with a reason, which auditors see.
#[utoipa::path(post, path = "/v1/rewards/{reward}/stock", tag = "redemptions", request_body = StockIn,
    params(
        ("reward" = String, Path, description = "The reward's id in the program file"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Done"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn move_stock(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(reward): Params<String>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let reward = joined("reward", reward)?;
    let perk = read(&server, &key, ("restock", &reward), &body).await?;
    let id = idempotency_key(&headers)?.unwrap_or_else(made_up);
    let tenant = key.tenant;
    let done = server.call(move |app| app.perk_of_house(tenant, perk, event_key(None, id)));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// Reads a body; what the path says is added to it.
async fn read<A: Asks>(
    server: &Server,
    key: &Key<A>,
    (kind, path): (&str, &Text),
    body: &Json<BODY_MAX>,
) -> Result<PerkEvent, Failure> {
    let decimals = server.decimals(key.tenant).await?;
    let decimals = |points: &str| decimals.get(points).copied();
    let by = Text::new(&key.name).unwrap_or_default();
    read_perk(body.raw()?, kind, path.as_str(), &decimals, &by).map_err(Failure::invalid)
}

async fn of_member<A: Asks>(
    server: &Server,
    key: &Key<A>,
    (member, headers): (&str, &HeaderMap),
    perk: PerkEvent,
) -> Result<Response, Failure> {
    let who = member_ref(member)?;
    let id = idempotency_key(headers)?.unwrap_or_else(made_up);
    let tenant = key.tenant;
    let done = server.call(move |app| app.perk(tenant, &who, perk, event_key(None, id)));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}
