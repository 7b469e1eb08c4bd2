//! What a member has: now, or as of a date.

use crate::auth::{Key, Read};
use crate::extract::{Asked, Params, member_ref};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::Problem;
use regulars_api::balance::BalanceOut;
use regulars_base::{CivilDay, Timestamp, Zone};
use serde::Deserialize;
use utoipa::IntoParams;

/// As of when.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BalanceQuery {
    /// A moment (`2025-03-01T09:00:00Z`), or a day (`2025-03-01`: its end, in the program's time
    /// zone); now if left out.
    at: Option<String>,
}

/// See what a member has
///
/// Points, tier, cards and vouchers, as if everything due had been done. A past date is answered
/// from what had been recorded by then.
#[utoipa::path(get, path = "/v1/members/{member}/balance", tag = "members",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)"), BalanceQuery),
    responses(
        (status = 200, body = BalanceOut, description = "What the member has"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_balance(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
    Asked(query): Asked<BalanceQuery>,
) -> Result<axum::Json<BalanceOut>, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&member)?);
    let asked = query.at.as_deref().map(read_moment).transpose()?;
    let balances = server.call(move |app| {
        let as_of = match asked {
            None => None,
            Some(Moment::At(at)) => Some(at),
            Some(Moment::EndOf(day)) => {
                let (_, program) = app.program_in_force(tenant, app.now())?;
                Some(last_of(&program.zone, day))
            }
        };
        app.balances(tenant, &who, as_of)
    });
    Ok(axum::Json(view::balance(&balances.await?)))
}

pub(super) enum Moment {
    At(Timestamp),
    EndOf(CivilDay),
}

pub(super) fn read_moment(text: &str) -> Result<Moment, Failure> {
    if let Ok(day) = text.parse::<CivilDay>() {
        return Ok(Moment::EndOf(day));
    }
    let read = text.parse().map(Moment::At);
    read.map_err(|error| Failure::parameter("at", error.to_string()))
}

/// The last moment of a day.
fn last_of(zone: &Zone, day: CivilDay) -> Timestamp {
    end_of(zone, day).plus_micros(-1)
}

/// The first moment after a day.
pub(super) fn end_of(zone: &Zone, day: CivilDay) -> Timestamp {
    zone.start_of(day.plus_days(1))
}
