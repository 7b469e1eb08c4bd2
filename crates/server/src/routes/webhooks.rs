//! Webhooks: endpoints that are told what happens, and what did not go through.

use crate::acting::Acting;
use crate::auth::{Admin, Key};
use crate::extract::{In, Params};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::StatusCode;
use regulars_api::Problem;
use regulars_api::webhook::{
    EndpointIn, EndpointOut, EndpointPatchIn, EndpointsOut, ReplayIn, ReplayOut, RotateIn, TestOut,
    TroublesOut, WebhookOut,
};
use regulars_app::connect::{Delivery, Topic};
use regulars_app::{Endpoint, EndpointPatch, NewEndpoint, Replay};
use regulars_base::EventKey;
use utoipa::OpenApi;

/// What endpoints are sent.
#[derive(OpenApi)]
#[openapi(paths(event))]
struct Sent;

/// The part of the document about what endpoints are sent: paths of theirs, under names of ours.
pub(crate) fn sent() -> utoipa::openapi::OpenApi {
    Sent::openapi()
}

/// Something happened
///
/// An entry of a member's ledger, sent to each endpoint that wants it; the events of one member in their
/// order. Answer with a status from 200 to 299 within 15 seconds. Anything else is tried again over three
/// days, 410 is taken for a farewell; redirects are not followed. The same `webhook-id` may come twice: do
/// what it says once. `webhook-signature` is by Standard Webhooks; check it, and that `webhook-timestamp` is
/// at most five minutes off.
#[utoipa::path(post, path = "event", tag = "webhooks", request_body = WebhookOut, security(()),
    params(
        ("webhook-id" = String, Header, description = "The same, however often it is sent"),
        ("webhook-timestamp" = i64, Header, description = "When it is sent, in seconds"),
        ("webhook-signature" = String, Header, description = "`v1,` and base64, several with a space between while a secret is replaced"),
    ),
    responses((status = 204, description = "It was taken")))]
#[allow(
    dead_code,
    reason = "it is what others answer; only its description is ours"
)]
const fn event() {}

/// List endpoints
#[utoipa::path(get, path = "/v1/webhooks", tag = "webhooks", responses(
    (status = 200, body = EndpointsOut, description = "All endpoints and how they fare, the oldest first"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn list_endpoints(
    State(server): State<Server>,
    key: Key<Admin>,
) -> Result<axum::Json<EndpointsOut>, Failure> {
    let tenant = key.tenant;
    let all = server.call(move |app| app.endpoints(tenant)).await?;
    let now = server.app().now();
    let items = all.into_iter().map(|own| view::endpoint(own, None, now));
    Ok(axum::Json(EndpointsOut {
        items: items.collect(),
        topics: Topic::ALL.map(|topic| topic.name().to_owned()).into(),
    }))
}

/// Make an endpoint
///
/// It is told of what is recorded from now on. The answer is the only place where its secret is shown.
#[utoipa::path(post, path = "/v1/webhooks", tag = "webhooks", request_body = EndpointIn, responses(
    (status = 201, body = EndpointOut, description = "The endpoint, with its secret"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn create_endpoint(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    In(body): In<EndpointIn>,
) -> Result<(StatusCode, axum::Json<EndpointOut>), Failure> {
    let new = NewEndpoint {
        url: body.url,
        topics: body.topics,
        note: body.note,
    };
    let tenant = key.tenant;
    let (made, secret) = server
        .call(move |app| app.add_endpoint(tenant, new))
        .await?;
    acting.to(&made.endpoint.id);
    acting.moved("", told(&made.endpoint));
    let out = view::endpoint(made, Some(secret), server.app().now());
    Ok((StatusCode::CREATED, axum::Json(out)))
}

/// Look up an endpoint
#[utoipa::path(get, path = "/v1/webhooks/{endpoint}", tag = "webhooks", params(("endpoint" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = EndpointOut, description = "The endpoint and how it fares"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn get_endpoint(
    State(server): State<Server>,
    key: Key<Admin>,
    Params(id): Params<String>,
) -> Result<axum::Json<EndpointOut>, Failure> {
    let tenant = key.tenant;
    let own = server.call(move |app| app.endpoint(tenant, &id)).await?;
    Ok(axum::Json(view::endpoint(own, None, server.app().now())))
}

/// Change an endpoint, pause it or have it go on
///
/// What is left out stays. One that goes on is tried at once, and told all that it missed.
#[utoipa::path(patch, path = "/v1/webhooks/{endpoint}", tag = "webhooks", request_body = EndpointPatchIn,
    params(("endpoint" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = EndpointOut, description = "The endpoint as it is now"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn update_endpoint(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<EndpointPatchIn>,
) -> Result<axum::Json<EndpointOut>, Failure> {
    let patch = EndpointPatch {
        url: body.url,
        topics: body.topics,
        note: body.note,
        paused: body.paused,
    };
    let tenant = key.tenant;
    let changed = server.call(move |app| app.change_endpoint(tenant, &id, patch));
    let (before, after) = changed.await?;
    acting.moved(told(&before), told(&after.endpoint));
    Ok(axum::Json(view::endpoint(after, None, server.app().now())))
}

/// Remove an endpoint
///
/// With all that waits for it.
#[utoipa::path(delete, path = "/v1/webhooks/{endpoint}", tag = "webhooks", params(("endpoint" = String, Path, description = "Its id")),
    responses(
        (status = 204, description = "It is gone"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn delete_endpoint(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    Params(id): Params<String>,
) -> Result<StatusCode, Failure> {
    let tenant = key.tenant;
    let removed = server.call(move |app| app.remove_endpoint(tenant, &id));
    acting.moved(told(&removed.await?), "");
    Ok(StatusCode::NO_CONTENT)
}

/// Give an endpoint another secret
///
/// The answer is the only place where it is shown. For `overlap_hours` the secret before it signs too.
#[utoipa::path(post, path = "/v1/webhooks/{endpoint}/secret", tag = "webhooks", request_body = RotateIn,
    params(("endpoint" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = EndpointOut, description = "The endpoint, with its new secret"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn rotate_secret(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<RotateIn>,
) -> Result<axum::Json<EndpointOut>, Failure> {
    let tenant = key.tenant;
    let rotated = server.call(move |app| app.rotate_secret(tenant, &id, body.overlap_hours));
    let (own, secret) = rotated.await?;
    acting.moved(
        "",
        format!(
            "another secret, the old one for {} hours",
            body.overlap_hours
        ),
    );
    Ok(axum::Json(view::endpoint(
        own,
        Some(secret),
        server.app().now(),
    )))
}

/// Send an endpoint a test
///
/// Something of the type `test` that says nothing; what became of it is answered.
#[utoipa::path(post, path = "/v1/webhooks/{endpoint}/test", tag = "webhooks", params(("endpoint" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = TestOut, description = "Whether it was taken"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn test_endpoint(
    State(server): State<Server>,
    key: Key<Admin>,
    Params(id): Params<String>,
) -> Result<axum::Json<TestOut>, Failure> {
    let tenant = key.tenant;
    let sent = server
        .call(move |app| app.test_endpoint(tenant, &id))
        .await?;
    Ok(axum::Json(TestOut {
        taken: sent == Delivery::Taken,
        failure: match sent {
            Delivery::Taken => None,
            Delivery::Failed { why, .. } => Some(why),
            Delivery::Gone => Some("status 410: it wants nothing any more".to_owned()),
        },
    }))
}

/// See what did not go through
///
/// Up to 200 of each.
#[utoipa::path(get, path = "/v1/webhooks/{endpoint}/troubles", tag = "webhooks", params(("endpoint" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = TroublesOut, description = "Events that are tried again, and those that were given up"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn list_troubles(
    State(server): State<Server>,
    key: Key<Admin>,
    Params(id): Params<String>,
) -> Result<axum::Json<TroublesOut>, Failure> {
    let tenant = key.tenant;
    let troubles = server.call(move |app| app.troubles(tenant, &id)).await?;
    Ok(axum::Json(view::troubles(troubles)))
}

/// Tell an endpoint of events once more
///
/// One event, those of a span, or all that were given up. They come out of their turn, under the ids that
/// they had.
#[utoipa::path(post, path = "/v1/webhooks/{endpoint}/replays", tag = "webhooks", request_body = ReplayIn,
    params(("endpoint" = String, Path, description = "Its id")),
    responses(
        (status = 202, body = ReplayOut, description = "How many are sent"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn replay_events(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<ReplayIn>,
) -> Result<(StatusCode, axum::Json<ReplayOut>), Failure> {
    let which = replay(body);
    let said = format!("{which:?}");
    let tenant = key.tenant;
    let asked = server.call(move |app| app.replay(tenant, &id, &which));
    let events = asked.await?;
    acting.moved("", format!("{events} events once more: {said}"));
    Ok((StatusCode::ACCEPTED, axum::Json(ReplayOut { events })))
}

fn replay(body: ReplayIn) -> Replay {
    match body {
        ReplayIn::GivenUp => Replay::GivenUp,
        ReplayIn::Event { source, id } => Replay::Event(EventKey {
            source,
            external_id: id,
        }),
        ReplayIn::Span { from, until } => Replay::Span(from, until),
    }
}

/// An endpoint, as the audit trail tells: no secret.
fn told(own: &Endpoint) -> String {
    let paused = if own.paused.is_some() { ", paused" } else { "" };
    let topics = match own.topics.is_empty() {
        true => "everything".to_owned(),
        false => own.topics.join(" "),
    };
    format!("{}: {topics}{paused} ({})", own.url, own.note)
}
