//! Coupons: what codes would do to a basket; codes made, brought along, looked at, made void, handed
//! on.

use crate::auth::{Adjust, Key, Read, Redeem};
use crate::callers;
use crate::extract::{Asked, In, Params, idempotency_key, member_ref};
use crate::failure::Failure;
use crate::guesses::{CODES_MOST, seconds_left};
use crate::routes::{event_key, joined, made_up};
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use regulars_api::coupon::{
    BringCodesIn, BroughtOut, CodeBatchOut, CodeOut, CodesOut, MakeCodesIn, TransferCode,
    TransferCodeIn, Validate, ValidateIn, ValidatedOut, WrongCodeOut,
};
use regulars_api::receipt::ReceiptOut;
use regulars_api::{Code as ProblemCode, Problem};
use regulars_app::{BringCodes, Caller, CodeState, MakeCodes, batch_of};
use regulars_base::{TenantId, Text};
use regulars_engine::code::Code;
use regulars_engine::outcome::CodeFault;
use serde::Deserialize;

/// Validate codes against a basket
///
/// What each code would take off which line, and for each that does not apply the reason: nothing is
/// written. Prices are list prices. The codes are used by the purchase that names them, or before it
/// by an event `code_use`. Of codes that do not exist only so many are looked at in a minute.
#[utoipa::path(post, path = "/v1/coupons/validate", tag = "coupons", request_body = ValidateIn, responses(
    (status = 200, body = ValidatedOut, description = "What they would do"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn validate_codes(
    State(server): State<Server>,
    key: Key<Read>,
    In(asked): In<Validate>,
) -> Result<axum::Json<ValidatedOut>, Failure> {
    let caller = guesser(&key, asked.client.as_ref());
    may_guess(&server, &caller)?;
    let (tenant, currency) = (key.tenant, asked.basket.purchase.currency);
    let quoted = server
        .call(move |app| app.quote_codes(tenant, asked.who, asked.basket, asked.codes, None))
        .await?;
    let unknown = |own: &&regulars_engine::ValidatedCode| own.fault == Some(CodeFault::Unknown);
    let wrong = quoted.codes.iter().filter(unknown).count();
    caller.wrong(&server, wrong);
    Ok(axum::Json(view::validated(&quoted, currency)))
}

/// Who guesses: the caller, and whom they tell apart.
#[derive(Clone)]
pub(crate) struct Guesser {
    number: u64,
    tenant: TenantId,
    key: String,
    name: String,
}

/// Who guesses, if the codes of a request do not exist.
pub(crate) fn guesser(caller: &Caller, client: Option<&Text>) -> Guesser {
    let client = client.map(Text::as_str);
    let number = callers::name((caller.tenant.bytes(), &caller.key, client));
    Guesser::of(caller, number)
}

/// Refuses whoever tried too many codes that do not exist.
pub(crate) fn may_guess(server: &Server, guesser: &Guesser) -> Result<(), Failure> {
    guesser.may(server, "too many codes were tried that do not exist")
}

impl Guesser {
    /// The caller, counted by a number.
    pub(crate) fn of(caller: &Caller, number: u64) -> Self {
        Self {
            number,
            tenant: caller.tenant,
            key: caller.key.clone(),
            name: caller.name.clone(),
        }
    }

    /// Refuses whoever tried too much.
    pub(crate) fn may(&self, server: &Server, what: &str) -> Result<(), Failure> {
        let now = server.app().now().micros();
        if server.guesses().may(self.number, now) {
            return Ok(());
        }
        let detail = format!("{what}; try again in a minute");
        Err(Failure::new(ProblemCode::TooManyGuesses, detail).after(seconds_left(now)))
    }

    /// So many were wrong. Where that is too much, it stands in the queue of suspicions; whoever asked does not wait
    /// for it.
    pub(crate) fn wrong(&self, server: &Server, count: usize) {
        let now = server.app().now().micros();
        if !server.guesses().wrong(self.number, now, count) {
            return;
        }
        let (app, own) = (server.app().clone(), self.clone());
        tokio::task::spawn_blocking(move || {
            let who = (own.key.as_str(), own.name.as_str());
            if let Err(error) = app.note_guesses(own.tenant, who, CODES_MOST) {
                tracing::warn!(%error, key = own.key, "that codes are guessed was not noted");
            }
        });
    }
}

/// Make codes of a coupon
///
/// At most 100,000 by one request. With an `Idempotency-Key` the batch has its id from it: sent
/// again, nothing is made twice, and what is missing is made.
#[utoipa::path(post, path = "/v1/coupons/{coupon}/codes", tag = "coupons", request_body = MakeCodesIn,
    params(
        ("coupon" = String, Path, description = "The coupon's id in the program file"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the batch"),
    ),
    responses(
        (status = 201, body = CodeBatchOut, description = "The batch"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn make_codes(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(coupon): Params<String>,
    headers: HeaderMap,
    In(body): In<MakeCodesIn>,
) -> Result<(StatusCode, axum::Json<CodeBatchOut>), Failure> {
    let batch = batch_of(idempotency_key(&headers)?.as_ref().map(Text::as_str));
    let make = MakeCodes {
        coupon: coupon.clone(),
        count: body.count,
        batch,
    };
    let tenant = key.tenant;
    let made = server
        .call(move |app| app.make_codes(tenant, &make, &mut |_| {}))
        .await?;
    let out = view::code_batch(&made, &coupon);
    Ok((StatusCode::CREATED, axum::Json(out)))
}

/// Bring codes along
///
/// Codes that exist already, of another system or from a printer. Those that are there are named and
/// stay as they are.
#[utoipa::path(post, path = "/v1/coupons/{coupon}/codes/import", tag = "coupons", request_body = BringCodesIn,
    params(
        ("coupon" = String, Path, description = "The coupon's id in the program file"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the batch"),
    ),
    responses(
        (status = 200, body = BroughtOut, description = "What became of them"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn bring_codes(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(coupon): Params<String>,
    headers: HeaderMap,
    In(body): In<BringCodesIn>,
) -> Result<axum::Json<BroughtOut>, Failure> {
    let batch = batch_of(idempotency_key(&headers)?.as_ref().map(Text::as_str));
    let bring = BringCodes {
        coupon,
        codes: body.codes,
        batch,
    };
    let tenant = key.tenant;
    let brought = server
        .call(move |app| app.bring_codes(tenant, &bring))
        .await?;
    let wrong = brought.wrong.into_iter();
    Ok(axum::Json(BroughtOut {
        batch: view::batch_id(batch),
        added: brought.added,
        again: brought.again,
        known: brought.known.iter().map(ToString::to_string).collect(),
        wrong: wrong
            .map(|(place, what)| WrongCodeOut { place, what })
            .collect(),
    }))
}

fn code_state(name: &str) -> Result<CodeState, Failure> {
    let wrong = || {
        let names = CodeState::ALL.map(CodeState::name).join(", ");
        Failure::parameter(
            "state",
            format!("is no state of a code: use one of {names}"),
        )
    };
    CodeState::by_name(name).ok_or_else(wrong)
}

/// Which codes.
#[derive(Deserialize)]
pub(crate) struct CodesAsk {
    state: Option<String>,
    after: Option<String>,
    limit: Option<usize>,
}

/// List codes of a coupon
#[utoipa::path(get, path = "/v1/coupons/{coupon}/codes", tag = "coupons",
    params(
        ("coupon" = String, Path, description = "The coupon's id in the program file"),
        ("state" = Option<String>, Query, description = "Only those that stand so: `issued`, `assigned`, `used`, `expired` or `void`"),
        ("after" = Option<String>, Query, description = "Where the page begins: the `next` of the one before"),
        ("limit" = Option<usize>, Query, description = "How many at most: 1 to 1000, 50 if left out"),
    ),
    responses(
        (status = 200, body = CodesOut, description = "A page of codes, in their own order"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_codes(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(coupon): Params<String>,
    Asked(asked): Asked<CodesAsk>,
) -> Result<axum::Json<CodesOut>, Failure> {
    let ask = view::page_ask(asked.after.as_deref(), asked.limit)?;
    let after = match &ask.after {
        Some(text) => Some(read_code(text)?),
        None => None,
    };
    let state = asked.state.as_deref().map(code_state).transpose()?;
    let (tenant, limit) = (key.tenant, ask.limit());
    let views = server
        .call(move |app| app.codes(tenant, (&coupon, state), after, limit))
        .await?;
    let now = server.app().now();
    let last = views.last().filter(|_| views.len() == limit);
    Ok(axum::Json(CodesOut {
        next: last.map(|view| view::cursor(view.row.code.as_str())),
        items: views.iter().map(|own| view::code(own, now)).collect(),
    }))
}

/// See a code, and what happened to it
#[utoipa::path(get, path = "/v1/codes/{code}", tag = "coupons",
    params(("code" = String, Path, description = "The code, as it was typed")),
    responses(
        (status = 200, body = CodeOut, description = "The code"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_code(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(code): Params<String>,
) -> Result<axum::Json<CodeOut>, Failure> {
    let caller = guesser(&key, None);
    may_guess(&server, &caller)?;
    let (tenant, code) = (key.tenant, read_code(&code)?);
    let now = server.app().now();
    let seen = server.call(move |app| app.code(tenant, &code)).await;
    if seen.is_err() {
        caller.wrong(&server, 1);
    }
    Ok(axum::Json(view::code(&seen?, now)))
}

/// Make a code void
///
/// It can be used no more. What it was used for stays.
#[utoipa::path(post, path = "/v1/codes/{code}/void", tag = "coupons",
    params(("code" = String, Path, description = "The code")),
    responses(
        (status = 200, body = CodeOut, description = "The code, which is void"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn void_code(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(code): Params<String>,
) -> Result<axum::Json<CodeOut>, Failure> {
    let (tenant, code) = (key.tenant, read_code(&code)?);
    let view = server.call(move |app| app.void_code(tenant, &code)).await?;
    Ok(axum::Json(view::code(&view, server.app().now())))
}

/// List a member's codes
///
/// Those in their hand: nobody else may use them.
#[utoipa::path(get, path = "/v1/members/{member}/codes", tag = "coupons",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`card:4711`)")),
    responses(
        (status = 200, body = CodesOut, description = "The codes"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_member_codes(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
) -> Result<axum::Json<CodesOut>, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&member)?);
    let views = server.call(move |app| app.codes_of(tenant, &who)).await?;
    let now = server.app().now();
    Ok(axum::Json(CodesOut {
        items: views.iter().map(|own| view::code(own, now)).collect(),
        next: None,
    }))
}

/// Hand a code on to another member
///
/// Where the campaign lets codes be handed on.
#[utoipa::path(post, path = "/v1/members/{member}/codes/transfer", tag = "coupons", request_body = TransferCodeIn,
    params(
        ("member" = String, Path, description = "Who has it: an id (`mem_…`), or an identity (`card:4711`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one transfer, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Handed on"),
        (status = 200, body = ReceiptOut, description = "It had been handed on before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn transfer_code(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(member): Params<String>,
    headers: HeaderMap,
    In(asked): In<TransferCode>,
) -> Result<Response, Failure> {
    let (from, into) = (member_ref(&member)?, member_ref(asked.into.as_str())?);
    let id = idempotency_key(&headers)?.unwrap_or_else(made_up);
    let id = joined("Idempotency-Key", format!("transfer-{id}"))?;
    let (tenant, own) = (key.tenant, event_key(None, id));
    let receipt = server
        .call(move |app| app.transfer_code(tenant, (&from, &into), asked.code, own))
        .await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

fn read_code(text: &str) -> Result<Code, Failure> {
    Code::new(text).map_err(|error| Failure::parameter("code", error.to_string()))
}
