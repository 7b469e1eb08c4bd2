//! Between members: codes and links, who joins by them, what must be looked at, points that are
//! sent.

use crate::auth::{Adjust, Ingest, Key, Read, Redeem};
use crate::extract::{BODY_MAX, In, Json, Params, member_ref};
use crate::failure::Failure;
use crate::language;
use crate::routes::{joined, own_key};
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use regulars_api::Problem;
use regulars_api::receipt::ReceiptOut;
use regulars_api::referral::{
    ClickIn, InReviewOut, JoinIn, JoinRead, ReferralCodeOut, ReviewIn, ReviewsOut, TransferIn,
    TransferRead,
};
use regulars_app::SignUpAsk;
use regulars_base::Text;
use regulars_engine::event::ReferralReview;
use regulars_engine::program::words;

/// Make a member's referral code
///
/// Answers the code that the member has, or makes one.
#[utoipa::path(post, path = "/v1/members/{member}/referral-code", tag = "referrals",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 200, body = ReferralCodeOut, description = "The code, and the link that ends with it"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_referral_code(
    State(server): State<Server>,
    key: Key<Ingest>,
    Params(member): Params<String>,
) -> Result<axum::Json<ReferralCodeOut>, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&member)?);
    let code = server
        .call(move |app| app.referral_code(tenant, &who))
        .await?;
    Ok(axum::Json(ReferralCodeOut {
        member: code.member.to_string(),
        code: code.code,
        link: code.link,
    }))
}

/// Tell that a link was followed
///
/// The `Idempotency-Key` becomes the click's id: whoever joins by it names it. Nothing is said of who
/// it was.
#[utoipa::path(post, path = "/v1/referrals/clicks", tag = "referrals", request_body = ClickIn,
    params(("Idempotency-Key" = Option<String>, Header, description = "The click's id; made up if left out")),
    responses(
        (status = 201, body = ReceiptOut, description = "Counted; `event.id` is the click's id"),
        (status = 200, body = ReceiptOut, description = "It was told before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_click(
    State(server): State<Server>,
    key: Key<Ingest>,
    headers: HeaderMap,
    In(body): In<ClickIn>,
) -> Result<Response, Failure> {
    let own = own_key(&headers)?;
    let (tenant, code) = (key.tenant, joined("code", body.code)?);
    let done = server.call(move |app| app.referral_click(tenant, &code, own));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// Join by a referral
///
/// By a code, or by clicks that were told before. The customer is enrolled if they are not yet. With
/// an `Idempotency-Key` the same request sent again is done once.
#[utoipa::path(post, path = "/v1/members/{member}/sign-up", tag = "referrals", request_body = JoinIn,
    params(
        ("member" = String, Path, description = "Who joins: an id (`mem_…`), or an identity (`email:bo@example.com`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Joined; the reasons say whether the referral counts"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn sign_up_member(
    State(server): State<Server>,
    key: Key<Ingest>,
    Params(member): Params<String>,
    headers: HeaderMap,
    In(body): In<JoinRead>,
) -> Result<Response, Failure> {
    let own = own_key(&headers)?;
    let ask = SignUpAsk {
        key: own,
        who: member_ref(&member)?,
        codes: body
            .code
            .map(|code| (code, body.followed_at))
            .into_iter()
            .collect(),
        clicks: body.clicks,
        marks: body.marks,
    };
    let tenant = key.tenant;
    let receipt = server.call(move |app| app.sign_up(tenant, ask)).await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// List referrals that somebody must look at
#[utoipa::path(get, path = "/v1/referrals/reviews", tag = "referrals",
    responses(
        (status = 200, body = ReviewsOut, description = "All of them, the oldest first"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_reviews(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<ReviewsOut>, Failure> {
    let tenant = key.tenant;
    let found = server
        .call(move |app| app.referrals_in_review(tenant))
        .await?;
    let shown = |own: regulars_app::InReview| InReviewOut {
        friend: own.friend.to_string(),
        referrer: own.referrer.to_string(),
        at: own.at.to_string(),
        reason: words::doubt(language::language(), own.doubt).to_owned(),
        purchases: own.purchases,
    };
    let items = found.into_iter().map(shown).collect();
    Ok(axum::Json(ReviewsOut { items }))
}

/// Approve or reject a referral
///
/// Under the friend who was sent. What was rejected before can be approved, and what counts can be
/// rejected: then what it gave is taken back.
#[utoipa::path(post, path = "/v1/members/{member}/referral-review", tag = "referrals", request_body = ReviewIn,
    params(
        ("member" = String, Path, description = "The friend: an id (`mem_…`), or an identity"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Done"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn review_referral(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(member): Params<String>,
    headers: HeaderMap,
    In(body): In<ReviewIn>,
) -> Result<Response, Failure> {
    let who = member_ref(&member)?;
    let own = own_key(&headers)?;
    let by = match body.by {
        Some(by) => joined("by", by)?,
        None => Text::new(&key.name).unwrap_or_default(),
    };
    let review = ReferralReview {
        approve: body.approve,
        reason: joined("reason", body.reason)?,
        by,
    };
    let tenant = key.tenant;
    let done = server.call(move |app| app.review_referral(tenant, &who, review, own));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// Send points to another member
///
/// With an `Idempotency-Key` the same request sent again is done once.
#[utoipa::path(post, path = "/v1/members/{member}/transfers", tag = "members", request_body = TransferIn,
    params(
        ("member" = String, Path, description = "Who sends: an id (`mem_…`), or an identity (`email:ana@example.com`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Sent"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_transfer(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(member): Params<String>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let from = member_ref(&member)?;
    let own = own_key(&headers)?;
    let decimals = server.decimals(key.tenant).await?;
    let read = TransferRead::read(body.raw()?, &|points| decimals.get(points).copied());
    let read = read.map_err(Failure::invalid)?;
    let to = member_ref(read.to.as_str())?;
    let (tenant, what) = (key.tenant, (read.points, read.amount));
    let done = server.call(move |app| app.transfer(tenant, (&from, &to), what, own));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}
