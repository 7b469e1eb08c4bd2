//! Adjustments above what somebody may do alone.

use crate::acting::Acting;
use crate::auth::{Adjust, Key, Read};
use crate::extract::{Asked, Params};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::desk::HeldAdjustmentOut;
use regulars_api::{PageOut, Problem};
use regulars_app::HeldState;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which adjustments.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HeldQuery {
    /// `waiting`, `approved` or `rejected`; all if left out.
    state: Option<String>,
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

/// List adjustments that wait
///
/// Those that somebody asked for who may not adjust so many points alone, by age.
#[utoipa::path(get, path = "/v1/adjustments", tag = "members", params(HeldQuery), responses(
    (status = 200, body = PageOut<HeldAdjustmentOut>, description = "A page of them"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_adjustments(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<HeldQuery>,
) -> Result<axum::Json<PageOut<HeldAdjustmentOut>>, Failure> {
    let page = view::page_ask(query.after.as_deref(), query.limit)?;
    let state =
        match query.state.as_deref() {
            None | Some("") => None,
            Some(name) => Some(HeldState::by_name(name).ok_or_else(|| {
                Failure::parameter("state", "must be waiting, approved or rejected")
            })?),
        };
    let tenant = key.tenant;
    let held = server.call(move |app| app.held_adjustments(tenant, state, &page));
    Ok(axum::Json(view::page(held.await?, |it| view::held(&it))))
}

/// Approve an adjustment
///
/// It is booked. Whoever asked for it cannot approve it, nor who may not adjust so many points alone.
#[utoipa::path(post, path = "/v1/adjustments/{adjustment}/approve", tag = "members",
    params(("adjustment" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = HeldAdjustmentOut, description = "The adjustment"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn approve_adjustment(
    State(server): State<Server>,
    key: Key<Adjust>,
    acting: Acting,
    Params(id): Params<String>,
) -> Result<axum::Json<HeldAdjustmentOut>, Failure> {
    let by = (*key).clone();
    let done = server.call(move |app| app.approve_adjustment(&by, &id));
    let (held, receipt) = done.await?;
    if let Some(failure) = view::refused(&receipt) {
        return Err(failure);
    }
    acting.moved("waiting", view::told_of_held(&held));
    acting.why(held.reason.as_str());
    Ok(axum::Json(view::held(&held)))
}

/// Reject an adjustment
///
/// Nothing is booked.
#[utoipa::path(post, path = "/v1/adjustments/{adjustment}/reject", tag = "members",
    params(("adjustment" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = HeldAdjustmentOut, description = "The adjustment"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn reject_adjustment(
    State(server): State<Server>,
    key: Key<Adjust>,
    acting: Acting,
    Params(id): Params<String>,
) -> Result<axum::Json<HeldAdjustmentOut>, Failure> {
    let by = (*key).clone();
    let held = server
        .call(move |app| app.reject_adjustment(&by, &id))
        .await?;
    acting.moved("waiting", view::told_of_held(&held));
    Ok(axum::Json(view::held(&held)))
}
