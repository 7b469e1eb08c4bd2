//! Segments: made, changed, previewed; who is in, who came and went, and how they grew.

use crate::acting::Acting;
use crate::auth::{Key, Programs, Read};
use crate::extract::{Asked, In, Params};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::StatusCode;
use regulars_api::segment::{
    SegmentChangeIn, SegmentGrowthOut, SegmentIn, SegmentMemberOut, SegmentMoveOut, SegmentOut,
    SegmentPreviewIn, SegmentPreviewOut, SegmentsOut,
};
use regulars_api::{PageOut, Problem};
use regulars_app::SegmentDraft;
use serde::Deserialize;
use utoipa::IntoParams;

/// How many members a preview names.
const SAMPLE: usize = 10;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SegmentPageQuery {
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

/// Which days.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SegmentDaysQuery {
    /// How many days up to today: 1 to 730; 90 if left out.
    days: Option<u16>,
}

/// List segments
///
/// With how many members are in each, and what a condition may name.
#[utoipa::path(get, path = "/v1/segments", tag = "segments", responses(
    (status = 200, body = SegmentsOut, description = "All of them, by their ids"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_segments(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<SegmentsOut>, Failure> {
    let tenant = key.tenant;
    let all = server.call(move |app| app.segments(tenant)).await?;
    Ok(axum::Json(view::segments(&all)))
}

/// Make a segment
///
/// Whoever it holds of is in it at once, as moves with the cause `change`.
#[utoipa::path(post, path = "/v1/segments", tag = "segments", request_body = SegmentIn, responses(
    (status = 201, body = SegmentOut, description = "The segment"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn make_segment(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    In(body): In<SegmentIn>,
) -> Result<(StatusCode, axum::Json<SegmentOut>), Failure> {
    let tenant = key.tenant;
    let draft = SegmentDraft {
        name: body.name,
        condition: body.condition,
    };
    let made = server.call(move |app| app.make_segment(tenant, &body.id, &draft));
    let made = made.await?;
    acting.to(&made.id);
    acting.moved("", made.condition.clone());
    Ok((StatusCode::CREATED, axum::Json(view::segment(&made))))
}

/// Preview a condition
///
/// How many members it holds of now, and some of them. Nothing is written.
#[utoipa::path(post, path = "/v1/segments/preview", tag = "segments", request_body = SegmentPreviewIn, responses(
    (status = 200, body = SegmentPreviewOut, description = "Whom it holds of"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn preview_segment(
    State(server): State<Server>,
    key: Key<Read>,
    In(body): In<SegmentPreviewIn>,
) -> Result<axum::Json<SegmentPreviewOut>, Failure> {
    let tenant = key.tenant;
    let found = server.call(move |app| app.preview_segment(tenant, &body.condition, SAMPLE));
    Ok(axum::Json(view::segment_preview(&found.await?)))
}

/// See a segment
#[utoipa::path(get, path = "/v1/segments/{segment}", tag = "segments",
    params(("segment" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = SegmentOut, description = "The segment"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_segment(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
) -> Result<axum::Json<SegmentOut>, Failure> {
    let tenant = key.tenant;
    let found = server.call(move |app| app.segment(tenant, &id)).await?;
    Ok(axum::Json(view::segment(&found)))
}

/// Change a segment
///
/// Whoever it no longer holds of goes, whoever it holds of now comes, as moves with the cause `change`.
#[utoipa::path(put, path = "/v1/segments/{segment}", tag = "segments", request_body = SegmentChangeIn,
    params(("segment" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = SegmentOut, description = "The segment as it is now"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn change_segment(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<SegmentChangeIn>,
) -> Result<axum::Json<SegmentOut>, Failure> {
    let tenant = key.tenant;
    let draft = SegmentDraft {
        name: body.name,
        condition: body.condition,
    };
    let changed = server.call(move |app| {
        let before = app.segment(tenant, &id)?;
        let after = app.change_segment(tenant, (&id, body.version), &draft)?;
        Ok((before, after))
    });
    let (before, after) = changed.await?;
    acting.moved(before.condition, after.condition.clone());
    Ok(axum::Json(view::segment(&after)))
}

/// Take a segment away
///
/// Everybody goes out of it.
#[utoipa::path(delete, path = "/v1/segments/{segment}", tag = "segments",
    params(("segment" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = SegmentOut, description = "The segment, as it was"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn delete_segment(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Params(id): Params<String>,
) -> Result<axum::Json<SegmentOut>, Failure> {
    let tenant = key.tenant;
    let gone = server.call(move |app| {
        let before = app.segment(tenant, &id)?;
        app.delete_segment(tenant, &id).map(|()| before)
    });
    let gone = gone.await?;
    acting.moved(gone.condition.clone(), "");
    Ok(axum::Json(view::segment(&gone)))
}

/// List who is in a segment
#[utoipa::path(get, path = "/v1/segments/{segment}/members", tag = "segments",
    params(("segment" = String, Path, description = "Its id"), SegmentPageQuery),
    responses(
        (status = 200, body = PageOut<SegmentMemberOut>, description = "A page of them, by id"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_segment_members(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
    Asked(query): Asked<SegmentPageQuery>,
) -> Result<axum::Json<PageOut<SegmentMemberOut>>, Failure> {
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let tenant = key.tenant;
    let page = server.call(move |app| app.segment_members(tenant, &id, &ask));
    Ok(axum::Json(view::page(page.await?, view::segment_member)))
}

/// List who came and went
///
/// The oldest first: what comes later stands on later pages, so the last `next` may be asked again.
#[utoipa::path(get, path = "/v1/segments/{segment}/moves", tag = "segments",
    params(("segment" = String, Path, description = "Its id"), SegmentPageQuery),
    responses(
        (status = 200, body = PageOut<SegmentMoveOut>, description = "A page of them"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_segment_moves(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
    Asked(query): Asked<SegmentPageQuery>,
) -> Result<axum::Json<PageOut<SegmentMoveOut>>, Failure> {
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let tenant = key.tenant;
    let page = server.call(move |app| app.segment_moves(tenant, &id, &ask));
    Ok(axum::Json(view::page(page.await?, view::segment_move)))
}

/// See how a segment grew
#[utoipa::path(get, path = "/v1/segments/{segment}/growth", tag = "segments",
    params(("segment" = String, Path, description = "Its id"), SegmentDaysQuery),
    responses(
        (status = 200, body = SegmentGrowthOut, description = "Day by day"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_segment_growth(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
    Asked(query): Asked<SegmentDaysQuery>,
) -> Result<axum::Json<SegmentGrowthOut>, Failure> {
    let days = query.days.unwrap_or(90);
    if !(1..=730).contains(&days) {
        return Err(Failure::parameter("days", "must be 1 to 730"));
    }
    let tenant = key.tenant;
    let grown = server.call(move |app| app.segment_growth(tenant, &id, days));
    Ok(axum::Json(view::segment_growth(&grown.await?)))
}
