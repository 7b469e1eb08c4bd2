//! Quotes: what a basket would cost, earn and allow, and the purchase that commits that.

use super::coupons::{guesser, may_guess};
use super::events::in_own_store;
use crate::auth::{Ingest, Key, Read, allow};
use crate::extract::In;
use crate::failure::Failure;
use crate::routes::{event_key, joined};
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::response::Response;
use regulars_api::Problem;
use regulars_api::quote::{CommitQuoteIn, CommitQuoteRead, QuoteIn, QuoteOut, QuoteRead};
use regulars_api::receipt::ReceiptOut;
use regulars_app::{CommitQuote, QuoteAsk, RecommendAsk, Scope};
use regulars_base::Text;
use regulars_engine::outcome::CodeFault;

/// Quote a basket
///
/// What it would cost with the best combination of rewards and codes, what it would earn and why, and
/// for each reward and each code that is not used the reason. Nothing is written, unless rewards are
/// to be set aside (`reserve`, for keys that may redeem). The token commits exactly this.
#[utoipa::path(post, path = "/v1/quote", tag = "redemptions", request_body = QuoteIn, responses(
    (status = 200, body = QuoteOut, description = "The quote"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn quote_basket(
    State(server): State<Server>,
    key: Key<Read>,
    In(mut asked): In<QuoteRead>,
) -> Result<axum::Json<QuoteOut>, Failure> {
    in_own_store(&key, &mut asked.basket.purchase.store)?;
    if asked.reserve {
        allow(&key, Scope::Redeem)?;
    }
    let caller = guesser(&key, asked.client.as_ref());
    may_guess(&server, &caller)?;
    let (tenant, currency) = (key.tenant, asked.basket.purchase.currency);
    let ask = QuoteAsk {
        who: asked.who,
        basket: asked.basket,
        source: event_key(asked.source, Text::default()).source,
        codes: asked.codes,
        rewards: asked.rewards,
        reserve: asked.reserve,
        minutes: asked.minutes,
    };
    let products = |own: &regulars_engine::event::Line| own.sku.to_string();
    let lines: Vec<String> = ask.basket.purchase.lines.iter().map(products).collect();
    let quoting = server.call(move |app| app.quote(tenant, ask)).await?;
    let codes = quoting.quote.codes.iter();
    let wrong = codes.filter(|own| own.code.fault == Some(CodeFault::Unknown));
    caller.wrong(&server, wrong.count());
    let mut out = view::quote(&quoting, currency);
    if asked.recommend > 0 {
        let wanted = RecommendAsk {
            most: asked.recommend,
            place: Some("quote".into()),
            again: false,
        };
        let member = quoting.member;
        let found = server.call(move |app| app.goes_with(tenant, (member, &lines), &wanted));
        out.goes_with = view::recommended(found.await?.items, currency);
    }
    Ok(axum::Json(out))
}

/// Commit a quote
///
/// The basket of the quote becomes an order, at the prices that were quoted: rewards and codes are
/// used, and the purchase earns, all of it or nothing. If anything has moved since, it is refused.
/// Sent again with the same order, it is the same order.
#[utoipa::path(post, path = "/v1/quote/commit", tag = "redemptions", request_body = CommitQuoteIn, responses(
    (status = 201, body = ReceiptOut, description = "Bought"),
    (status = 200, body = ReceiptOut, description = "It had been committed before"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn commit_quote(
    State(server): State<Server>,
    key: Key<Ingest>,
    In(asked): In<CommitQuoteRead>,
) -> Result<Response, Failure> {
    allow(&key, Scope::Redeem)?;
    let order = &asked.basket.purchase.order;
    let id = joined("order", format!("quote-{order}"))?;
    let commit = CommitQuote {
        who: asked.who,
        token: asked.token,
        key: event_key(asked.source, id),
        basket: asked.basket,
    };
    let tenant = key.tenant;
    let receipt = server
        .call(move |app| app.commit_quote(tenant, commit))
        .await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}
