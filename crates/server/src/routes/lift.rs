//! Lift: what journeys and sends brought, and what one could show before it starts.

use crate::acting::Acting;
use crate::auth::{Admin, Key, Read};
use crate::extract::{Asked, In, Params, member_ref};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::Problem;
use regulars_api::lift::{
    ControlDrawOut, ControlGroupIn, ControlGroupOut, InControlGroupOut, LiftOut, PowerOut,
};
use regulars_app::{ControlDraw, Error, LIFT_DAYS_MOST, LiftAsk, LiftMetric};
use serde::Deserialize;
use utoipa::IntoParams;

/// What is compared.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LiftQuery {
    /// `spend`, `orders` or `returned` (whether they bought at all); `spend` if left out.
    metric: Option<String>,
    /// In how many days after coming in: 1 to 180; 30 if left out.
    days: Option<u16>,
}

impl LiftQuery {
    pub(super) fn ask(&self) -> Result<LiftAsk, Failure> {
        let usual = LiftAsk::default();
        let metric = self
            .metric
            .as_deref()
            .map_or(Some(usual.metric), LiftMetric::by_name);
        let unknown = || Failure::parameter("metric", "must be spend, orders or returned");
        let days = self.days.unwrap_or(usual.days);
        if !(1..=LIFT_DAYS_MOST).contains(&days) {
            let what = format!("must be 1 to {LIFT_DAYS_MOST}");
            return Err(Failure::parameter("days", what));
        }
        Ok(LiftAsk {
            metric: metric.ok_or_else(unknown)?,
            days,
        })
    }
}

/// Which share.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PowerQuery {
    /// How many in a hundred get nothing: 0 to 50; 10 if left out.
    hold_out_percent: Option<u8>,
}

/// See what a journey brought
///
/// Those who went through it against those who were held out, by what they bought after they first came in. Where
/// the sample carries no answer, it says why.
#[utoipa::path(get, path = "/v1/journeys/{journey}/lift", tag = "journeys",
    params(("journey" = String, Path, description = "Its id"), LiftQuery),
    responses(
        (status = 200, body = LiftOut, description = "What it brought, or why that cannot be said"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_journey_lift(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
    Asked(query): Asked<LiftQuery>,
) -> Result<axum::Json<LiftOut>, Failure> {
    let (tenant, ask) = (key.tenant, query.ask()?);
    let found = server.call(move |app| app.journey_lift(tenant, &id, ask));
    Ok(axum::Json(view::lift(&found.await?)))
}

/// See what a send brought
///
/// Those whom it was meant for against those who were held out, by what they bought from that day on.
#[utoipa::path(get, path = "/v1/sends/{send}/lift", tag = "messages",
    params(("send" = String, Path, description = "Its id"), LiftQuery),
    responses(
        (status = 200, body = LiftOut, description = "What it brought, or why that cannot be said"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_send_lift(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
    Asked(query): Asked<LiftQuery>,
) -> Result<axum::Json<LiftOut>, Failure> {
    let (tenant, ask) = (key.tenant, query.ask()?);
    let found = server.call(move |app| app.send_lift(tenant, &id, ask));
    Ok(axum::Json(view::lift(&found.await?)))
}

/// See what a send to a segment could show
///
/// From what its members bought lately: the least effect that would be seen, and a warning where the sample cannot
/// carry an answer.
#[utoipa::path(get, path = "/v1/segments/{segment}/power", tag = "segments",
    params(("segment" = String, Path, description = "Its id"), PowerQuery),
    responses(
        (status = 200, body = PowerOut, description = "What could be told"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_segment_power(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
    Asked(query): Asked<PowerQuery>,
) -> Result<axum::Json<PowerOut>, Failure> {
    let tenant = key.tenant;
    let percent = query.hold_out_percent.unwrap_or(10);
    let found = server.call(move |app| {
        let busy = || Error::Retry("what members bought is still being read".into());
        app.foresee_send(tenant, &id, percent)?.ok_or_else(busy)
    });
    Ok(axum::Json(view::power(&found.await?)))
}

/// See the control group of the program
///
/// Its size, how it was drawn, and what those came to more who are not in it: what all campaigns together brought.
#[utoipa::path(get, path = "/v1/control-group", tag = "lift", params(LiftQuery), responses(
    (status = 200, body = ControlGroupOut, description = "The control group"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_control_group(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<LiftQuery>,
) -> Result<axum::Json<ControlGroupOut>, Failure> {
    let (tenant, ask) = (key.tenant, query.ask()?);
    let found = server.call(move |app| app.control_group(tenant, ask));
    Ok(axum::Json(view::control_group(&found.await?)))
}

/// Draw the control group of the program
///
/// From now on those in it get no sends to segments and nothing of journeys. What the program itself promises goes
/// on.
#[utoipa::path(put, path = "/v1/control-group", tag = "lift", request_body = ControlGroupIn, responses(
    (status = 200, body = ControlDrawOut, description = "How it is drawn now"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn set_control_group(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    In(body): In<ControlGroupIn>,
) -> Result<axum::Json<ControlDrawOut>, Failure> {
    let tenant = key.tenant;
    let set = server.call(move |app| app.set_control_group(tenant, (body.percent, &body.name)));
    let (before, after) = set.await?;
    let told = |own: &ControlDraw| format!("{} % by {}", own.percent, own.name);
    acting.moved(before.as_ref().map(told).unwrap_or_default(), told(&after));
    Ok(axum::Json(view::control_draw(&after)))
}

/// See whether a member is in the control group
#[utoipa::path(get, path = "/v1/members/{member}/control-group", tag = "lift",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 200, body = InControlGroupOut, description = "Whether they are"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_member_control_group(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
) -> Result<axum::Json<InControlGroupOut>, Failure> {
    let who = member_ref(&member)?;
    let tenant = key.tenant;
    let found = server.call(move |app| app.in_control_group(tenant, &who));
    Ok(axum::Json(view::in_control_group(found.await?.as_ref())))
}
