//! Journeys: written, started and stopped; who is where in them, and what they would have come to.

use crate::acting::Acting;
use crate::auth::{Key, Programs, Read};
use crate::extract::{Asked, In, Params, member_ref};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::journey::{
    JourneyIn, JourneyMemberOut, JourneyOfOut, JourneyOut, JourneyPreviewIn, JourneyPreviewOut,
    JourneySampleOut, JourneyStateIn, JourneysOut, TaskDoneIn,
};
use regulars_api::{PageOut, Problem};
use regulars_app::{Error, JourneyMembersAsk, JourneySample, JourneyState};
use regulars_engine::event::Fault;
use serde::Deserialize;
use utoipa::IntoParams;

/// Since how many days a journey is run over history, if nobody says.
const DAYS: i32 = 90;

/// Which members of a journey.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct JourneyPageQuery {
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
    /// At this step only.
    step: Option<String>,
    /// Those who are out of it (`true`), or who are in it (`false`).
    done: Option<bool>,
}

/// List journeys
///
/// With what each came to so far, and those of the library to start from.
#[utoipa::path(get, path = "/v1/journeys", tag = "journeys", responses(
    (status = 200, body = JourneysOut, description = "All of them, by their ids"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_journeys(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<JourneysOut>, Failure> {
    let tenant = key.tenant;
    let all = server.call(move |app| app.journeys(tenant)).await?;
    Ok(axum::Json(view::journeys(&all)))
}

/// See a journey
#[utoipa::path(get, path = "/v1/journeys/{journey}", tag = "journeys",
    params(("journey" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = JourneyOut, description = "The journey"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_journey(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
) -> Result<axum::Json<JourneyOut>, Failure> {
    let tenant = key.tenant;
    let found = server.call(move |app| app.journey(tenant, &id)).await?;
    Ok(axum::Json(view::journey(&found)))
}

/// Write a journey
///
/// A new one without `version`: it waits to be started. Or the one after the version that you saw: one that runs
/// goes on in it, each member at their step. All that is wrong is told at once, each at its line.
#[utoipa::path(put, path = "/v1/journeys/{journey}", tag = "journeys", request_body = JourneyIn,
    params(("journey" = String, Path, description = "Its id: small letters, digits and hyphens")),
    responses(
        (status = 200, body = JourneyOut, description = "The journey as it is now"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn put_journey(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<JourneyIn>,
) -> Result<axum::Json<JourneyOut>, Failure> {
    let tenant = key.tenant;
    let written = server.call(move |app| app.put_journey(tenant, (&id, body.version), &body.text));
    let written = written.await?;
    acting.to(&written.id);
    acting.moved("", format!("version {}", written.version));
    Ok(axum::Json(view::journey(&written)))
}

/// Start, pause, resume or stop a journey
///
/// Stopped means that everybody is out of it. What was sent or given stays as it is.
#[utoipa::path(post, path = "/v1/journeys/{journey}/state", tag = "journeys", request_body = JourneyStateIn,
    params(("journey" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = JourneyOut, description = "The journey as it is now"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn set_journey_state(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<JourneyStateIn>,
) -> Result<axum::Json<JourneyOut>, Failure> {
    let all = [
        JourneyState::Running,
        JourneyState::Paused,
        JourneyState::Stopped,
    ];
    let state = all
        .into_iter()
        .find(|own| view::journey_state(*own) == body.state);
    let what = "must be running, paused or stopped";
    let state = state.ok_or_else(|| Failure::invalid(vec![Fault::new("/state", what)]))?;
    let tenant = key.tenant;
    let set = server.call(move |app| {
        let before = app.journey(tenant, &id)?.state;
        let after = app.set_journey_state(tenant, (&id, body.version), state)?;
        Ok((before, after))
    });
    let (before, after) = set.await?;
    acting.moved(
        view::journey_state(before),
        view::journey_state(after.state),
    );
    Ok(axum::Json(view::journey(&after)))
}

/// Take a journey away
///
/// One that does not run. What was done for members stays on record.
#[utoipa::path(delete, path = "/v1/journeys/{journey}", tag = "journeys",
    params(("journey" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = JourneyOut, description = "The journey, as it was"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn delete_journey(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Params(id): Params<String>,
) -> Result<axum::Json<JourneyOut>, Failure> {
    let tenant = key.tenant;
    let gone = server
        .call(move |app| app.delete_journey(tenant, &id))
        .await?;
    acting.moved(gone.name.clone(), "");
    Ok(axum::Json(view::journey(&gone)))
}

/// Run a journey over history
///
/// Who would have got what, by step and by day, had it run since a day. Nothing is sent, nothing is given.
#[utoipa::path(post, path = "/v1/journeys/preview", tag = "journeys", request_body = JourneyPreviewIn, responses(
    (status = 200, body = JourneyPreviewOut, description = "What it would have come to"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn preview_journey(
    State(server): State<Server>,
    key: Key<Read>,
    In(body): In<JourneyPreviewIn>,
) -> Result<axum::Json<JourneyPreviewOut>, Failure> {
    let tenant = key.tenant;
    let found = server.call(move |app| {
        let zone = app.program_in_force(tenant, app.now())?.1.zone.clone();
        let since = body.day();
        let since = since.unwrap_or_else(|| zone.day(app.now()).plus_days(-DAYS));
        app.preview_journey(tenant, (&body.id, &body.text), since)
    });
    Ok(axum::Json(view::journey_preview(&found.await?)))
}

/// Take the templates of a journey of the library
///
/// Those that are not there yet are written; then its text can be written as a journey.
#[utoipa::path(post, path = "/v1/journeys/library/{name}", tag = "journeys",
    params(("name" = String, Path, description = "Its name in the library")),
    responses(
        (status = 200, body = JourneySampleOut, description = "The journey, with the templates that were written"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn take_journey(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Params(name): Params<String>,
) -> Result<axum::Json<JourneySampleOut>, Failure> {
    let sample = JourneySample::named(&name);
    let missing = || Error::NotFound {
        what: "journey of the library",
        name: name.clone(),
    };
    let sample = sample.ok_or_else(missing)?;
    let tenant = key.tenant;
    let made = server
        .call(move |app| app.take_journey_templates(tenant, sample))
        .await?;
    acting.to(sample.name);
    acting.moved("", made.join(", "));
    Ok(axum::Json(JourneySampleOut {
        templates: made,
        ..view::journey_sample(sample)
    }))
}

/// List who is in a journey
#[utoipa::path(get, path = "/v1/journeys/{journey}/members", tag = "journeys",
    params(("journey" = String, Path, description = "Its id"), JourneyPageQuery),
    responses(
        (status = 200, body = PageOut<JourneyMemberOut>, description = "A page of them, by id"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_journey_members(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
    Asked(query): Asked<JourneyPageQuery>,
) -> Result<axum::Json<PageOut<JourneyMemberOut>>, Failure> {
    let page = view::page_ask(query.after.as_deref(), query.limit)?;
    let ask = JourneyMembersAsk {
        step: query.step,
        done: query.done,
    };
    let tenant = key.tenant;
    let found = server.call(move |app| app.journey_members(tenant, (&id, &ask), &page));
    Ok(axum::Json(view::page(found.await?, |own| {
        view::journey_member(&own)
    })))
}

/// See where a member is in a journey, and why
///
/// With all that was done for them.
#[utoipa::path(get, path = "/v1/journeys/{journey}/members/{member}", tag = "journeys",
    params(
        ("journey" = String, Path, description = "Its id"),
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"),
    ),
    responses(
        (status = 200, body = JourneyOfOut, description = "Where they are"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_journey_member(
    State(server): State<Server>,
    key: Key<Read>,
    Params((id, member)): Params<(String, String)>,
) -> Result<axum::Json<JourneyOfOut>, Failure> {
    let who = member_ref(&member)?;
    let tenant = key.tenant;
    let found = server.call(move |app| {
        let (_, decimals) = app.journey(tenant, &id)?.points;
        let (member, deeds) = app.journey_of(tenant, &id, &who)?;
        Ok((member, deeds, decimals))
    });
    let (member, deeds, decimals) = found.await?;
    Ok(axum::Json(view::journey_of(&member, &deeds, decimals)))
}

/// Say that a task was done
///
/// The journey goes on for the member who waited for it.
#[utoipa::path(post, path = "/v1/journeys/{journey}/tasks", tag = "journeys", request_body = TaskDoneIn,
    params(("journey" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = JourneyMemberOut, description = "Where the member is now"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn complete_task(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: Acting,
    Params(id): Params<String>,
    In(body): In<TaskDoneIn>,
) -> Result<axum::Json<JourneyMemberOut>, Failure> {
    let who = member_ref(&body.member)?;
    let tenant = key.tenant;
    let step = body.step.clone();
    let done = server
        .call(move |app| app.complete_task(tenant, (&id, &body.step), &who))
        .await?;
    acting.to(done.member.to_string());
    acting.moved(step, done.standing.step.clone());
    Ok(axum::Json(view::journey_member(&done)))
}
