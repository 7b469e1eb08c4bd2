//! Tiers that are given by hand, taken away again, and taken over from other programs.

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
use regulars_api::event::{read_grant, read_match, read_revoke};
use regulars_api::receipt::ReceiptOut;
use regulars_api::tier::{TierGrantIn, TierMatchIn, TierRevokeIn};
use regulars_base::Text;
use regulars_engine::event::{Fault, Kind};
use serde_json::value::RawValue;

/// Give a member a tier
///
/// Until a moment, or for ever: they do not fall below it before, and may rise above it by their own
/// figures; at the end they are where those put them. It takes the place of one that was given
/// before. With a reason, which the member and auditors see.
#[utoipa::path(post, path = "/v1/members/{member}/tier-grants", tag = "members", request_body = TierGrantIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Given"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_tier_grant(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(member): Params<String>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let read = |raw: &RawValue, by: &Text| read_grant(raw, by).map(Kind::TierGrant);
    done(&server, &key, (&member, &headers), body.raw()?, read).await
}

/// Take away a tier that was given
///
/// The member is where their own figures put them, or what else holds them up.
#[utoipa::path(post, path = "/v1/members/{member}/tier-revocations", tag = "members", request_body = TierRevokeIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Taken away"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_tier_revocation(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(member): Params<String>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let read = |raw: &RawValue, by: &Text| read_revoke(raw, by).map(Kind::TierRevoke);
    done(&server, &key, (&member, &headers), body.raw()?, read).await
}

/// Take over a member's tier of another program
///
/// On proof, on trial, and once per member: the program says for which of theirs they get which of
/// ours, for how long, and what they must do in that time to keep it.
#[utoipa::path(post, path = "/v1/members/{member}/tier-matches", tag = "members", request_body = TierMatchIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Taken over, on trial"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_tier_match(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(member): Params<String>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let read = |raw: &RawValue, by: &Text| read_match(raw, by).map(Kind::TierMatch);
    done(&server, &key, (&member, &headers), body.raw()?, read).await
}

/// Whoever is not named in the body is the key's owner.
async fn done(
    server: &Server,
    key: &Key<Adjust>,
    (member, headers): (&str, &HeaderMap),
    raw: &RawValue,
    read: impl FnOnce(&RawValue, &Text) -> Result<Kind, Vec<Fault>>,
) -> Result<Response, Failure> {
    let who = member_ref(member)?;
    let own = own_key(headers)?;
    let by = Text::new(&key.name).unwrap_or_default();
    let kind = read(raw, &by).map_err(Failure::invalid)?;
    let tenant = key.tenant;
    let done = server.call(move |app| app.move_tier(tenant, &who, kind, own));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}
