//! What an event would do.

use super::events::decimals_of;
use crate::auth::{Key, Read};
use crate::extract::{BODY_MAX, Json};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::Problem;
use regulars_api::event::{self, Door, EventIn};
use regulars_api::json::At;
use regulars_api::receipt::PreviewOut;

/// Preview an event
///
/// What a basket would earn, or a reward would cost, and why: nothing is written. `source` and
/// `id` may be left out.
#[utoipa::path(post, path = "/v1/preview", tag = "events", request_body = EventIn, responses(
    (status = 200, body = PreviewOut, description = "What it would come to"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn preview_event(
    State(server): State<Server>,
    key: Key<Read>,
    body: Json<BODY_MAX>,
) -> Result<axum::Json<PreviewOut>, Failure> {
    let program = server.program(key.tenant).await?;
    let now = server.app().now();
    let incoming = {
        let door = Door {
            now,
            arrival: now,
            preview: true,
            decimals: &|points| decimals_of(program.as_deref(), points),
            program: program.as_deref(),
        };
        event::read(body.raw()?, At::ROOT, &door).map_err(Failure::invalid)?
    };
    let tenant = key.tenant;
    let preview = server
        .call(move |app| app.preview(tenant, incoming))
        .await?;
    Ok(axum::Json(view::preview(&preview)))
}
