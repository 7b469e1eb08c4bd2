//! The service desk: members on hold, and free rewards that are given again.

use crate::acting::Acting;
use crate::auth::{Adjust, Key};
use crate::extract::{BODY_MAX, Json, Params, member_ref};
use crate::failure::Failure;
use crate::routes::{joined, own_key};
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use regulars_api::Problem;
use regulars_api::desk::{MemberHoldIn, ReissueIn, RewardGiftIn};
use regulars_api::event::{DeskAsk, read_desk};
use regulars_api::receipt::ReceiptOut;
use regulars_base::Text;
use regulars_engine::event::Kind;
use serde::Deserialize;

/// What was given again.
#[derive(Deserialize)]
pub(crate) struct ReissuePath {
    member: String,
    reissue: String,
}

/// Put a member on hold
///
/// They earn, and neither spend nor send, at no till and in no group, until they are let go. With a reason,
/// which the member, tills and auditors see.
#[utoipa::path(post, path = "/v1/members/{member}/hold", tag = "members", request_body = MemberHoldIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "On hold"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn hold_member(
    State(server): State<Server>,
    key: Key<Adjust>,
    acting: Acting,
    Params(member): Params<String>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let kind = read(&key, ("member_hold", None), &body)?;
    done(&server, &key, &acting, (&member, &headers), kind).await
}

/// Let a member go who is on hold
///
/// They have all that they had, and what they earned meanwhile.
#[utoipa::path(post, path = "/v1/members/{member}/release", tag = "members", request_body = MemberHoldIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Let go"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn release_member(
    State(server): State<Server>,
    key: Key<Adjust>,
    acting: Acting,
    Params(member): Params<String>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let kind = read(&key, ("member_release", None), &body)?;
    done(&server, &key, &acting, (&member, &headers), kind).await
}

/// Give a free reward again
///
/// One whose voucher lapsed within a year, or one for a used redemption that the member had nothing of: for
/// as many days as the one before. Once each, and five in a year for one member.
#[utoipa::path(post, path = "/v1/members/{member}/reissues", tag = "members", request_body = ReissueIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Given again; `id` undoes it"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_reissue(
    State(server): State<Server>,
    key: Key<Adjust>,
    acting: Acting,
    Params(member): Params<String>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let kind = read(&key, ("reissue", None), &body)?;
    done(&server, &key, &acting, (&member, &headers), kind).await
}

/// Give a reward
///
/// A voucher in the member's hand, for which they pay nothing; it counts for no limit and no stock until it is used.
#[utoipa::path(post, path = "/v1/members/{member}/reward-gifts", tag = "members", request_body = RewardGiftIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Given"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_reward_gift(
    State(server): State<Server>,
    key: Key<Adjust>,
    acting: Acting,
    Params(member): Params<String>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let kind = read(&key, ("reward_gift", None), &body)?;
    done(&server, &key, &acting, (&member, &headers), kind).await
}

/// Take back what was given again
///
/// As long as it is unused: all is as it was before.
#[utoipa::path(post, path = "/v1/members/{member}/reissues/{reissue}/undo", tag = "members",
    request_body = MemberHoldIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"),
        ("reissue" = String, Path, description = "The id of the event that gave it again"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Taken back"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn undo_reissue(
    State(server): State<Server>,
    key: Key<Adjust>,
    acting: Acting,
    Params(path): Params<ReissuePath>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let id = joined("reissue", path.reissue)?;
    let kind = read(&key, ("reissue_undo", Some(&id)), &body)?;
    done(&server, &key, &acting, (&path.member, &headers), kind).await
}

/// A key may say for whom it acts, and acts for itself otherwise; a person is who they are.
fn read(
    key: &Key<Adjust>,
    (kind, reissue): (&str, Option<&Text>),
    body: &Json<BODY_MAX>,
) -> Result<Kind, Failure> {
    let by = match key.is_person() {
        true => Text::new(key.signature()).unwrap_or_default(),
        false => Text::new(&key.name).unwrap_or_default(),
    };
    let asked = DeskAsk {
        kind,
        reissue,
        by: &by,
        for_others: !key.is_person(),
    };
    read_desk(body.raw()?, asked).map_err(Failure::invalid)
}

async fn done(
    server: &Server,
    key: &Key<Adjust>,
    acting: &Acting,
    (member, headers): (&str, &HeaderMap),
    kind: Kind,
) -> Result<Response, Failure> {
    let who = member_ref(member)?;
    let own = own_key(headers)?;
    if let Some((reason, _)) = regulars_app::desk_reason(&kind) {
        acting.why(reason.as_str());
    }
    let tenant = key.tenant;
    let done = server.call(move |app| app.serve(tenant, &who, kind, own));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}
