//! Rewards: set aside, used, given back.

use crate::auth::{Key, Read, Redeem};
use crate::extract::{In, MaybeIn, Params, idempotency_key, member_ref};
use crate::failure::Failure;
use crate::routes::{event_key, joined};
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use regulars_api::receipt::ReceiptOut;
use regulars_api::redemption::{CommitIn, RedeemedOut, RedemptionIn, RedemptionsOut};
use regulars_api::{Code, Problem};
use regulars_app::{Receipt, RedemptionView};
use regulars_base::Text;
use regulars_engine::Program;
use serde::Deserialize;

/// Redeem a reward
///
/// Sets the points aside until the redemption is committed or cancelled; with `commit` they are
/// spent at once. The `Idempotency-Key` becomes the redemption's id: sent twice, it spends once.
#[utoipa::path(post, path = "/v1/members/{member}/redemptions", tag = "redemptions", request_body = RedemptionIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`card:4711`)"),
        ("Idempotency-Key" = String, Header, description = "The redemption's id"),
    ),
    responses(
        (status = 201, body = RedeemedOut, description = "Set aside, or spent"),
        (status = 200, body = RedeemedOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_redemption(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(member): Params<String>,
    headers: HeaderMap,
    In(body): In<RedemptionIn>,
) -> Result<Response, Failure> {
    let Some(id) = idempotency_key(&headers)? else {
        let detail = "send an `Idempotency-Key` header: it becomes the redemption's id";
        return Err(Failure::new(Code::IdempotencyKeyMissing, detail));
    };
    let redeem = regulars_app::Redeem {
        key: event_key(body.source, id),
        who: member_ref(&member)?,
        reward: body.reward,
        quantity: body.quantity,
        order: body.order,
        commit: body.commit,
    };
    let (tenant, address) = (key.tenant, body.address);
    let done = server.call(move |app| {
        let (redemption, who) = (redeem.key.external_id.clone(), redeem.who.clone());
        let done = app.redeem(tenant, redeem)?;
        if let (Some(address), (Some(_), _)) = (&address, &done) {
            app.set_address(tenant, &who, redemption.as_str(), Some(address))?;
        }
        Ok(done)
    });
    let (view, receipt) = done.await?;
    Ok(redeemed(view, &receipt))
}

/// List a member's redemptions
///
/// Those set aside, and those used not long ago.
#[utoipa::path(get, path = "/v1/members/{member}/redemptions", tag = "redemptions",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`card:4711`)")),
    responses(
        (status = 200, body = RedemptionsOut, description = "The redemptions"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_redemptions(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
) -> Result<axum::Json<RedemptionsOut>, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&member)?);
    let decimals = server.decimals(tenant).await?;
    let views = server
        .call(move |app| app.redemptions(tenant, &who))
        .await?;
    let each = |view| view::redemption(view, &|points| decimals.get(points).copied());
    let items = views.into_iter().map(each).collect();
    Ok(axum::Json(RedemptionsOut { items }))
}

/// Which redemption.
#[derive(Deserialize)]
pub(crate) struct RedemptionPath {
    member: String,
    redemption: String,
}

/// Commit a redemption
///
/// What was set aside is spent. A refused commit is recorded as refused; to try it once more, send
/// an `Idempotency-Key` of your own.
#[utoipa::path(post, path = "/v1/members/{member}/redemptions/{redemption}/commit", tag = "redemptions",
    request_body = Option<CommitIn>,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`card:4711`)"),
        ("redemption" = String, Path, description = "The redemption's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Only needed to try a refused commit once more"),
    ),
    responses(
        (status = 201, body = RedeemedOut, description = "Spent"),
        (status = 200, body = RedeemedOut, description = "It had been committed before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn commit_redemption(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(path): Params<RedemptionPath>,
    headers: HeaderMap,
    MaybeIn(body): MaybeIn<CommitIn>,
) -> Result<Response, Failure> {
    let (who, id) = (
        member_ref(&path.member)?,
        joined("redemption", path.redemption)?,
    );
    let end = event_key(body.source, end_id(&headers, &id, "commit")?);
    let tenant = key.tenant;
    let done = server.call(move |app| app.commit_redemption(tenant, &who, id, body.order, end));
    let (view, receipt) = done.await?;
    Ok(redeemed(view, &receipt))
}

/// Cancel a redemption
///
/// Used or not: the points come back with their old dates.
#[utoipa::path(post, path = "/v1/members/{member}/redemptions/{redemption}/cancel", tag = "redemptions",
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`card:4711`)"),
        ("redemption" = String, Path, description = "The redemption's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Only needed to try a refused cancel once more"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Given back"),
        (status = 200, body = ReceiptOut, description = "It had been cancelled before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn cancel_redemption(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(path): Params<RedemptionPath>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (who, id) = (
        member_ref(&path.member)?,
        joined("redemption", path.redemption)?,
    );
    let end = event_key(None, end_id(&headers, &id, "cancel")?);
    let tenant = key.tenant;
    let done = server.call(move |app| app.cancel_redemption(tenant, &who, id, end));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// The id of the end of a redemption: each redemption has one of each kind, unless the caller
/// says otherwise.
fn end_id(headers: &HeaderMap, redemption: &Text, end: &str) -> Result<Text, Failure> {
    match idempotency_key(headers)? {
        Some(sent) => Ok(sent),
        None => joined("redemption", format!("{redemption}-{end}")),
    }
}

pub(crate) fn redeemed(view: Option<RedemptionView>, receipt: &Receipt) -> Response {
    let decimals = |points: &str| decimals_of(&receipt.program, points);
    let out = RedeemedOut {
        redemption: view.map(|view| view::redemption(view, &decimals)),
        receipt: view::receipt(receipt),
    };
    view::answer(receipt, out)
}

fn decimals_of(program: &Program, id: &str) -> Option<u8> {
    let named = program.points.iter().find(|points| points.id == id);
    named.map(|points| points.decimals)
}
