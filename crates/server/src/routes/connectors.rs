//! Connectors: shops and payment providers who tell what happens there.

use crate::acting::Acting;
use crate::auth::{Admin, Key};
use crate::extract::{Asked, BODY_MAX, In, Params, Whole, expect_shallow};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use regulars_api::connector::{
    ConnectorIn, ConnectorOut, ConnectorPatchIn, ConnectorSecretIn, ConnectorsOut, DeliveredOut,
    DeliveryMoveIn, DeliveryOut, ReconciliationIn,
};
use regulars_api::metric::JobOut;
use regulars_api::{PageOut, Problem};
use regulars_app::connect::inbound::Headers;
use regulars_app::{Connector, ConnectorPatch, DeliveryState, Finance, JobAsk, NewConnector};
use serde::Deserialize;
use utoipa::IntoParams;

/// Headers that say what a delivery is, and that it is theirs: no others are looked at.
const HEADERS: [&str; 11] = [
    "stripe-signature",
    "webhook-id",
    "webhook-signature",
    "webhook-timestamp",
    "x-shopify-hmac-sha256",
    "x-shopify-topic",
    "x-shopify-webhook-id",
    "x-square-hmacsha256-signature",
    "x-wc-webhook-delivery-id",
    "x-wc-webhook-signature",
    "x-wc-webhook-topic",
];

/// Where a platform sends to.
#[derive(Deserialize)]
pub(crate) struct HookPath {
    platform: String,
    connector: String,
}

/// Which delivery.
#[derive(Deserialize)]
pub(crate) struct DeliveryPath {
    connector: String,
    delivery: String,
}

/// Which deliveries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveriesQuery {
    /// Those in this state: `taken`, `known`, `unused`, `refused`, `failed`, `asks`, `done` or `waiting`; all
    /// if left out.
    state: Option<String>,
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

/// List connectors
#[utoipa::path(get, path = "/v1/connectors", tag = "connectors", responses(
    (status = 200, body = ConnectorsOut, description = "All connectors and how they fare, the oldest first"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn list_connectors(
    State(server): State<Server>,
    key: Key<Admin>,
) -> Result<axum::Json<ConnectorsOut>, Failure> {
    let tenant = key.tenant;
    let all = server.call(move |app| app.connectors(tenant)).await?;
    let now = server.app().now();
    let items = all.into_iter().map(|own| view::connector(own, None, now));
    Ok(axum::Json(ConnectorsOut {
        items: items.collect(),
        platforms: view::platforms(),
    }))
}

/// Make a connector
///
/// Enter the answer's `path`, behind this server's address, where the platform sends its webhooks to. Where the
/// secret is made here, the answer is the only place where it is shown.
#[utoipa::path(post, path = "/v1/connectors", tag = "connectors", request_body = ConnectorIn, responses(
    (status = 201, body = ConnectorOut, description = "The connector, with its secret if that was made here"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn create_connector(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    In(body): In<ConnectorIn>,
) -> Result<(StatusCode, axum::Json<ConnectorOut>), Failure> {
    let new = NewConnector {
        platform: body.platform,
        source: body.source,
        secret: body.secret,
        rest: patch(body.rest),
    };
    let tenant = key.tenant;
    let made = server.call(move |app| app.add_connector(tenant, new));
    let (made, secret) = made.await?;
    acting.to(&made.connector.id);
    acting.moved("", told(&made.connector));
    let out = view::connector(made, secret, server.app().now());
    Ok((StatusCode::CREATED, axum::Json(out)))
}

/// Look up a connector
#[utoipa::path(get, path = "/v1/connectors/{connector}", tag = "connectors", params(("connector" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = ConnectorOut, description = "The connector and how it fares"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn get_connector(
    State(server): State<Server>,
    key: Key<Admin>,
    Params(id): Params<String>,
) -> Result<axum::Json<ConnectorOut>, Failure> {
    let tenant = key.tenant;
    let own = server.call(move |app| app.connector(tenant, &id)).await?;
    Ok(axum::Json(view::connector(own, None, server.app().now())))
}

/// Change a connector
///
/// What is left out stays.
#[utoipa::path(patch, path = "/v1/connectors/{connector}", tag = "connectors", request_body = ConnectorPatchIn,
    params(("connector" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = ConnectorOut, description = "The connector as it is now"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn update_connector(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<ConnectorPatchIn>,
) -> Result<axum::Json<ConnectorOut>, Failure> {
    let tenant = key.tenant;
    let changed = server.call(move |app| app.change_connector(tenant, &id, patch(body)));
    let (before, after) = changed.await?;
    acting.moved(told(&before), told(&after.connector));
    Ok(axum::Json(view::connector(after, None, server.app().now())))
}

/// Remove a connector
///
/// With all that was told to it. What was taken stays.
#[utoipa::path(delete, path = "/v1/connectors/{connector}", tag = "connectors", params(("connector" = String, Path, description = "Its id")),
    responses(
        (status = 204, description = "It is gone"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn delete_connector(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    Params(id): Params<String>,
) -> Result<StatusCode, Failure> {
    let tenant = key.tenant;
    let removed = server.call(move |app| app.remove_connector(tenant, &id));
    acting.moved(told(&removed.await?), "");
    Ok(StatusCode::NO_CONTENT)
}

/// Give a connector another secret
///
/// The platform's, or one that is made here and shown in the answer alone. For `overlap_hours` the one before
/// is good, too.
#[utoipa::path(post, path = "/v1/connectors/{connector}/secret", tag = "connectors", request_body = ConnectorSecretIn,
    params(("connector" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = ConnectorOut, description = "The connector, with its new secret if that was made here"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn rotate_connector_secret(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<ConnectorSecretIn>,
) -> Result<axum::Json<ConnectorOut>, Failure> {
    let tenant = key.tenant;
    let hours = body.overlap_hours;
    let rotated = server.call(move |app| app.rotate_connector(tenant, &id, (&body.secret, hours)));
    let (own, secret) = rotated.await?;
    acting.moved("", format!("another secret, the old one for {hours} hours"));
    Ok(axum::Json(view::connector(own, secret, server.app().now())))
}

/// List deliveries
///
/// What was told to a connector in the last 30 days and what became of it, newest first. What it said is kept
/// only where it could not be decided.
#[utoipa::path(get, path = "/v1/connectors/{connector}/deliveries", tag = "connectors",
    params(("connector" = String, Path, description = "Its id"), DeliveriesQuery),
    responses(
        (status = 200, body = PageOut<DeliveryOut>, description = "A page of them"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn list_deliveries(
    State(server): State<Server>,
    key: Key<Admin>,
    Params(id): Params<String>,
    Asked(query): Asked<DeliveriesQuery>,
) -> Result<axum::Json<PageOut<DeliveryOut>>, Failure> {
    let page = view::page_ask(query.after.as_deref(), query.limit)?;
    let state = match query.state.as_deref() {
        None | Some("") => None,
        Some(name) => Some(DeliveryState::by_name(name).ok_or_else(|| {
            let all = DeliveryState::ALL.map(DeliveryState::name).join(", ");
            Failure::parameter("state", format!("must be one of {all}"))
        })?),
    };
    let tenant = key.tenant;
    let listed = server.call(move |app| app.deliveries(tenant, &id, state, &page));
    Ok(axum::Json(view::page(listed.await?, view::delivery)))
}

/// Decide a delivery once more, or put it aside
#[utoipa::path(post, path = "/v1/connectors/{connector}/deliveries/{delivery}", tag = "connectors", request_body = DeliveryMoveIn,
    params(("connector" = String, Path, description = "Its id"), ("delivery" = String, Path, description = "Which delivery")),
    responses(
        (status = 200, body = DeliveryOut, description = "What became of it"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn move_delivery(
    State(server): State<Server>,
    key: Key<Admin>,
    Params(path): Params<DeliveryPath>,
    In(body): In<DeliveryMoveIn>,
) -> Result<axum::Json<DeliveryOut>, Failure> {
    let tenant = key.tenant;
    let moved = server.call(move |app| match body.to.as_str() {
        "again" => app.take_again(tenant, &path.connector, &path.delivery),
        _ => app.see_to_delivery(tenant, &path.connector, &path.delivery),
    });
    Ok(axum::Json(view::delivery(moved.await?)))
}

/// Ask a platform for what was lost
///
/// Shopify, WooCommerce and Stripe. What changed since then is asked for and taken under the keys that a
/// delivery would have had, so that it counts once. It is a job: its result says what was found.
#[utoipa::path(post, path = "/v1/connectors/{connector}/reconciliations", tag = "connectors", request_body = ReconciliationIn,
    params(("connector" = String, Path, description = "Its id")),
    responses(
        (status = 202, body = JobOut, description = "It is begun"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not begun, and why"),
    ))]
pub(crate) async fn begin_reconciliation(
    State(server): State<Server>,
    key: Key<Admin>,
    Params(id): Params<String>,
    In(body): In<ReconciliationIn>,
) -> Result<(StatusCode, axum::Json<JobOut>), Failure> {
    let (tenant, by) = (key.tenant, key.name.clone());
    let ask = JobAsk::reconcile(id, body.since);
    let begun = server.call(move |app| {
        let finance = |it: &Finance| serde_json::to_value(view::finance(it));
        app.begin_job(tenant, ask, by, finance)
    });
    Ok((StatusCode::ACCEPTED, axum::Json(view::job(&begun.await?))))
}

/// Take what a platform tells
///
/// The address to enter at the platform. Needs no key: what comes in is signed. It is durable when it is
/// answered; what is told twice is answered as such, and what nobody has a use for is answered with 200, too.
/// What is not signed as it must be is counted, and nothing else happens.
#[utoipa::path(post, path = "/hooks/{platform}/{connector}", tag = "connectors", security(()),
    request_body(content = String, content_type = "application/json", description = "As the platform sends it"),
    params(("platform" = String, Path, description = "Which platform"), ("connector" = String, Path, description = "The connector's id")),
    responses(
        (status = 200, body = DeliveredOut, description = "What became of it"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not taken, and why"),
    ))]
pub(crate) async fn take_delivery(
    State(server): State<Server>,
    Params(path): Params<HookPath>,
    headers: HeaderMap,
    body: Whole<BODY_MAX>,
) -> Result<axum::Json<DeliveredOut>, Failure> {
    expect_shallow(body.text())?;
    let text = body.text().to_owned();
    let read = HEADERS.iter().filter_map(|name| {
        let value = headers.get(*name)?.to_str().ok()?;
        Some(((*name).to_owned(), value.to_owned()))
    });
    let headers = Headers(read.collect());
    let taken = server
        .call(move |app| app.take_delivery(&path.platform, &path.connector, (&headers, &text)));
    let told = taken.await?;
    Ok(axum::Json(DeliveredOut {
        state: told.state.name().to_owned(),
        again: told.again,
    }))
}

fn patch(body: ConnectorPatchIn) -> ConnectorPatch {
    ConnectorPatch {
        note: body.note,
        currency: body.currency,
        paid: body.paid,
        enrols: body.enrols,
        code_prefix: body.code_prefix,
        address: body.address,
        ask_url: body.ask_url,
        ask_key: body.ask_key,
        ask_secret: body.ask_secret,
    }
}

/// A connector, as the audit trail tells: no secret.
fn told(own: &Connector) -> String {
    let asked = if own.ask_url.is_empty() {
        String::new()
    } else {
        format!(", asked at {}", own.ask_url)
    };
    let enrols = if own.enrols { ", customers join" } else { "" };
    format!(
        "{}: paid when {}{enrols}{asked} ({})",
        own.source,
        own.paid.join(" "),
        own.note
    )
}
