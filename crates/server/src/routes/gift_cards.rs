//! Gift cards and store credit: made, asked for by their codes, set aside, moved, replaced.

use crate::auth::{self, Adjust, Any, Key, Read, Redeem};
use crate::extract::{BODY_MAX, In, Json, Params, idempotency_key, member_ref};
use crate::failure::Failure;
use crate::routes::coupons::{guesser, may_guess};
use crate::routes::events::scope_of_card;
use crate::routes::{event_key, joined, made_up};
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use regulars_api::event::{GiftMoveIn, read_credit, read_move};
use regulars_api::gift_card::{
    CardAsk, CardAskIn, CreditIn, GiftCardOut, MadeCardOut, MadeCardsOut, MakeCards, MakeCardsIn,
    ReplaceIn, Reserve, ReserveIn, ReservedOut,
};
use regulars_api::receipt::ReceiptOut;
use regulars_api::{Code, Problem};
use regulars_app::{Caller, CardRef, Error, MemberRef};
use regulars_base::{Currency, MemberId, Text};
use regulars_engine::event::{CreditWhy, Fault, GiftMove, Kind, StoreCredit};

/// Make gift cards
///
/// Their codes are told once and kept nowhere. With an `Idempotency-Key` the same request sent again
/// makes none twice, and tells which there are; a card whose code nobody saw is replaced.
#[utoipa::path(post, path = "/v1/gift-cards", tag = "money", request_body = MakeCardsIn,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent")),
    responses(
        (status = 201, body = MadeCardsOut, description = "The cards"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn make_gift_cards(
    State(server): State<Server>,
    key: Key<Adjust>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let id = idempotency_key(&headers)?.unwrap_or_else(made_up);
    let mut make = MakeCards::read(body.raw()?).map_err(Failure::invalid)?;
    own_currency(&server, &key, make.currency).await?;
    let whole = i64::try_from(make.count).unwrap_or(i64::MAX);
    let whole = make.issue.amount.saturating_mul(whole);
    within_limit(&key, whole, make.currency)?;
    make.issue.by = by(&key);
    let make = regulars_app::MakeCards {
        count: make.count,
        issue: make.issue,
    };
    let (tenant, key) = (key.tenant, event_key(None, id));
    let made = server
        .call(move |app| app.make_gift_cards(tenant, &make, &key))
        .await?;
    let refused = made
        .iter()
        .find(|own| own.receipt.verdict != Default::default());
    if let Some(refused) = refused {
        return Ok(view::answer(
            &refused.receipt,
            view::receipt(&refused.receipt),
        ));
    }
    let items = made.iter().map(view::made_card).collect();
    Ok((StatusCode::CREATED, axum::Json(MadeCardsOut { items })).into_response())
}

/// Ask what is on a gift card, by its code
///
/// Of codes that do not exist (and wrong PINs) only so many are looked at in a minute.
#[utoipa::path(post, path = "/v1/gift-cards/balance", tag = "money", request_body = CardAskIn, responses(
    (status = 200, body = GiftCardOut, description = "The card"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn ask_gift_card(
    State(server): State<Server>,
    key: Key<Read>,
    body: Json<BODY_MAX>,
) -> Result<axum::Json<GiftCardOut>, Failure> {
    let ask = CardAsk::read(body.raw()?).map_err(Failure::invalid)?;
    let card = found(&server, &key, &ask).await?;
    let tenant = key.tenant;
    let seen = server.call(move |app| app.gift_card(tenant, card)).await?;
    Ok(axum::Json(view::gift_card(&seen)))
}

/// Set money of a gift card aside, by its code
///
/// Or spend it at once. What is set aside is free again by itself when the program's `hold` is over; a
/// purchase that names it (`from` and `hold` of a payment) spends it, or a move `commit` of the card.
#[utoipa::path(post, path = "/v1/gift-cards/reserve", tag = "money", request_body = ReserveIn,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent")),
    responses(
        (status = 201, body = ReservedOut, description = "Set aside"),
        (status = 200, body = ReservedOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn reserve_gift_card(
    State(server): State<Server>,
    key: Key<Redeem>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let id = idempotency_key(&headers)?.unwrap_or_else(made_up);
    let asked = Reserve::read(body.raw()?, &id).map_err(Failure::invalid)?;
    own_currency(&server, &key, asked.currency).await?;
    let card = found(&server, &key, &asked.card).await?;
    let hold = asked.hold.hold.to_string();
    let kind = Kind::GiftCard(Box::new(GiftMove::Reserved(asked.hold)));
    let id = joined("Idempotency-Key", format!("gift-card-{id}"))?;
    let (tenant, own) = (key.tenant, event_key(None, id));
    let receipt = server
        .call(move |app| app.happen(tenant, &MemberRef::Id(card), kind, own))
        .await?;
    let out = ReservedOut {
        card: card.to_string(),
        hold,
        receipt: view::receipt(&receipt),
    };
    Ok(view::answer(&receipt, out))
}

/// See a gift card, by its id
#[utoipa::path(get, path = "/v1/gift-cards/{card}", tag = "money",
    params(("card" = String, Path, description = "The card's id (`mem_…`)")),
    responses(
        (status = 200, body = GiftCardOut, description = "The card"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_gift_card(
    State(server): State<Server>,
    key: Key<Read>,
    Params(card): Params<String>,
) -> Result<axum::Json<GiftCardOut>, Failure> {
    let (tenant, card) = (key.tenant, card_id(&card)?);
    let seen = server.call(move |app| app.gift_card(tenant, card)).await?;
    Ok(axum::Json(view::gift_card(&seen)))
}

/// Do something with a gift card, by its id
///
/// `activate`, `load`, `reserve`, `commit`, `cancel`, `refund`, `block`, `unblock`, `into_credit`: see
/// the event `gift_card`. The key needs the scope `redeem`; to activate, load, block and let go
/// `adjust`.
#[utoipa::path(post, path = "/v1/gift-cards/{card}/moves", tag = "money", request_body = GiftMoveIn,
    params(
        ("card" = String, Path, description = "The card's id (`mem_…`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Done"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn move_gift_card(
    State(server): State<Server>,
    key: Key<Any>,
    Params(card): Params<String>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let id = idempotency_key(&headers)?.unwrap_or_else(made_up);
    let card = card_id(&card)?;
    let what = read_move(body.raw()?, &id).map_err(Failure::invalid)?;
    auth::allow(&key, scope_of_card(&what))?;
    if matches!(what, GiftMove::Issued(_) | GiftMove::Replaced { .. }) {
        let what = "is done at its own path: it makes a code, which is told once";
        return Err(Failure::invalid(vec![Fault::new("/move", what)]));
    }
    if let Some(minor) = loaded(&what).filter(|_| key.money_most.is_some()) {
        let tenant = key.tenant;
        let in_force = server.call(move |app| app.program_in_force(tenant, app.now()));
        within_limit(&key, minor, in_force.await?.1.currency)?;
    }
    let id = joined("Idempotency-Key", format!("gift-card-{id}"))?;
    let (tenant, own) = (key.tenant, event_key(None, id));
    let kind = Kind::GiftCard(Box::new(what));
    let receipt = server
        .call(move |app| app.happen(tenant, &MemberRef::Id(card), kind, own))
        .await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// Put another card in the place of one that was lost
///
/// What is left goes over in the same moment, the old one is good for nothing. The new code is told
/// once.
#[utoipa::path(post, path = "/v1/gift-cards/{card}/replace", tag = "money", request_body = ReplaceIn,
    params(
        ("card" = String, Path, description = "The id of the card that was lost (`mem_…`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = MadeCardOut, description = "The card that takes its place"),
        (status = 200, body = MadeCardOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn replace_gift_card(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(card): Params<String>,
    headers: HeaderMap,
    In(body): In<ReplaceIn>,
) -> Result<Response, Failure> {
    let id = idempotency_key(&headers)?.unwrap_or_else(made_up);
    let id = joined("Idempotency-Key", format!("gift-card-{id}"))?;
    let card = card_id(&card)?;
    let reason = joined("reason", body.reason)?;
    let (tenant, why, own) = (key.tenant, (reason, by(&key)), event_key(None, id));
    let made = server
        .call(move |app| app.replace_gift_card(tenant, card, why, own))
        .await?;
    Ok(view::answer(&made.receipt, view::made_card(&made)))
}

/// Give or take store credit
///
/// By hand with a reason, as cashback, or as the refund of an order that came back: that is paid out
/// once. With an `Idempotency-Key` the same request sent again is done once.
#[utoipa::path(post, path = "/v1/members/{member}/store-credit", tag = "money", request_body = CreditIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Done"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_store_credit(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(member): Params<String>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let who = member_ref(&member)?;
    let id = idempotency_key(&headers)?.unwrap_or_else(made_up);
    let (read, currency, source) = read_credit(body.raw()?).map_err(Failure::invalid)?;
    own_currency(&server, &key, currency).await?;
    if read.why != CreditWhy::Refund {
        within_limit(&key, read.amount, currency)?;
    }
    let credit = StoreCredit {
        by: Some(read.by.clone())
            .filter(|own| !own.is_empty())
            .unwrap_or_else(|| by(&key)),
        ..read
    };
    let id = joined("Idempotency-Key", format!("store-credit-{id}"))?;
    let (tenant, own) = (key.tenant, event_key(source, id));
    let kind = Kind::StoreCredit(Box::new(credit));
    let receipt = server
        .call(move |app| app.happen(tenant, &who, kind, own))
        .await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// The money that a person of some roles gives alone is limited. What a refund pays out is so by its order.
pub(super) fn within_limit(caller: &Caller, minor: i64, currency: Currency) -> Result<(), Failure> {
    if caller.may_move_money(minor, currency.exponent()) {
        return Ok(());
    }
    let most = caller.money_most.unwrap_or_default();
    let detail = format!(
        "so much money is not given by your role, {most} {currency} at most: ask somebody who may"
    );
    Err(Failure::new(Code::Forbidden, detail))
}

/// What an event puts into store credit or onto a gift card by hand, in minor units.
pub(super) fn given_by_hand(kind: &Kind) -> Option<i64> {
    match kind {
        Kind::StoreCredit(credit) if credit.why != CreditWhy::Refund => Some(credit.amount),
        Kind::GiftCard(what) => loaded(what),
        _ => None,
    }
}

fn loaded(what: &GiftMove) -> Option<i64> {
    match what {
        GiftMove::Issued(issue) => Some(issue.amount),
        GiftMove::Loaded(load) => Some(load.amount),
        _ => None,
    }
}

fn by(key: &Caller) -> Text {
    Text::new(&key.name).unwrap_or_default()
}

fn card_id(text: &str) -> Result<MemberId, Failure> {
    text.parse()
        .map_err(|error: regulars_base::BadId| Failure::parameter("card", error.to_string()))
}

/// Accounts are kept in the currency of the program.
async fn own_currency(server: &Server, key: &Caller, asked: Currency) -> Result<(), Failure> {
    let tenant = key.tenant;
    let in_force = server.call(move |app| app.program_in_force(tenant, app.now()));
    let (_, program) = in_force.await?;
    if program.currency == asked {
        return Ok(());
    }
    let what = format!("is not {}, in which money is kept here", program.currency);
    Err(Failure::invalid(vec![Fault::new("/currency", what)]))
}

/// The card of a code; one that does not exist counts as a guess.
async fn found(server: &Server, key: &Caller, ask: &CardAsk) -> Result<MemberId, Failure> {
    let caller = guesser(key, ask.client.as_ref());
    may_guess(server, &caller)?;
    let (tenant, card) = (key.tenant, CardRef::Code(ask.code.clone(), ask.pin.clone()));
    let found = server
        .call(move |app| match app.find_gift_card(tenant, &card) {
            Ok(card) => Ok(Some(card)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        })
        .await?;
    if let Some(card) = found {
        return Ok(card);
    }
    caller.wrong(server, 1);
    let detail = "there is no gift card of this code and PIN: look at it again";
    Err(Failure::new(Code::UnknownGiftCard, detail))
}
