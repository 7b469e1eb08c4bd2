//! Leaderboards, nicknames, draws and causes.

use crate::auth::{Ingest, Key, Read};
use crate::extract::{Asked, In, Params, member_ref};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::Problem;
use regulars_api::games::{
    CauseMonthOut, DrawnOut, LeaderboardOut, NicknameIn, NicknameOut, PromiseOut,
};
use regulars_app::LeaderboardAsk;
use serde::Deserialize;
use utoipa::IntoParams;

/// How much of a leaderboard is asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LeaderboardQuery {
    /// The period that this moment (`2025-03-01T09:00:00Z`) falls into; now if left out.
    at: Option<String>,
    /// How many of the first places: 10 if left out, at most 100.
    top: Option<usize>,
    /// Whose own place is asked for: an id (`mem_…`), or an identity (`card:4711`).
    member: Option<String>,
    /// How many neighbours on each side of them: 2 if left out, at most 50.
    around: Option<usize>,
}

/// See a leaderboard
///
/// The first places, and if a member is named their own place and neighbours. Only members who chose
/// a nickname appear.
#[utoipa::path(get, path = "/v1/leaderboards/{leaderboard}", tag = "games",
    params(("leaderboard" = String, Path, description = "Its id in the program file"), LeaderboardQuery),
    responses(
        (status = 200, body = LeaderboardOut, description = "The leaderboard"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_leaderboard(
    State(server): State<Server>,
    key: Key<Read>,
    Params(board): Params<String>,
    Asked(query): Asked<LeaderboardQuery>,
) -> Result<axum::Json<LeaderboardOut>, Failure> {
    let at = query.at.as_deref().map(str::parse).transpose();
    let ask = LeaderboardAsk {
        at: at.map_err(|error: regulars_base::TimeError| {
            Failure::parameter("at", error.to_string())
        })?,
        top: query.top.unwrap_or(10).min(100),
        member: query.member.as_deref().map(member_ref).transpose()?,
        around: query.around.unwrap_or(2).min(50),
    };
    let tenant = key.tenant;
    let board = server.call(move |app| app.leaderboard(tenant, &board, &ask));
    Ok(axum::Json(view::leaderboard(&board.await?)))
}

/// See a member's nickname
#[utoipa::path(get, path = "/v1/members/{member}/nickname", tag = "games",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`card:4711`)")),
    responses(
        (status = 200, body = NicknameOut, description = "The nickname, or none"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_nickname(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
) -> Result<axum::Json<NicknameOut>, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&member)?);
    let nickname = server.call(move |app| app.nickname(tenant, &who)).await?;
    Ok(axum::Json(NicknameOut { nickname }))
}

/// Choose a nickname
///
/// From then on the member appears on leaderboards, under it; with `null` no longer.
#[utoipa::path(put, path = "/v1/members/{member}/nickname", tag = "games", request_body = NicknameIn,
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`card:4711`)")),
    responses(
        (status = 200, body = NicknameOut, description = "It is so"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn update_nickname(
    State(server): State<Server>,
    key: Key<Ingest>,
    Params(member): Params<String>,
    In(body): In<NicknameIn>,
) -> Result<axum::Json<NicknameOut>, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&member)?);
    let nickname = body.nickname.clone();
    let set = server.call(move |app| app.set_nickname(tenant, &who, body.nickname.as_deref()));
    set.await?;
    Ok(axum::Json(NicknameOut { nickname }))
}

/// List the promises of draws
///
/// The hash of each month's secret, this month and the next among them; and the secrets of the months
/// that are over. The number of a play is the remainder of HMAC-SHA256(secret, `play`, source, id and
/// nonce, with zero bytes between): its first 16 bytes, divided by the whole that the odds are
/// parts of.
#[utoipa::path(get, path = "/v1/draw-promises", tag = "games",
    responses(
        (status = 200, body = Vec<PromiseOut>, description = "The promises, by month"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_promises(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<Vec<PromiseOut>>, Failure> {
    let tenant = key.tenant;
    let promises = server.call(move |app| app.promises(tenant)).await?;
    Ok(axum::Json(promises.iter().map(view::promise).collect()))
}

/// See who won a draw
///
/// Once it is closed: the same answer whenever it is asked.
#[utoipa::path(get, path = "/v1/draws/{draw}", tag = "games",
    params(("draw" = String, Path, description = "Its id in the program file")),
    responses(
        (status = 200, body = DrawnOut, description = "The winners and those who stand in for them"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_draw(
    State(server): State<Server>,
    key: Key<Read>,
    Params(draw): Params<String>,
) -> Result<axum::Json<DrawnOut>, Failure> {
    let tenant = key.tenant;
    let id = draw.clone();
    let drawn = server.call(move |app| app.drawn(tenant, &draw)).await?;
    Ok(axum::Json(view::drawn(&id, &drawn)))
}

/// See what a cause got
///
/// Month by month, what the merchant added included.
#[utoipa::path(get, path = "/v1/causes/{cause}", tag = "games",
    params(("cause" = String, Path, description = "Its id in the program file")),
    responses(
        (status = 200, body = Vec<CauseMonthOut>, description = "The statement"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_cause(
    State(server): State<Server>,
    key: Key<Read>,
    Params(cause): Params<String>,
) -> Result<axum::Json<Vec<CauseMonthOut>>, Failure> {
    let tenant = key.tenant;
    let (months, currency) = server
        .call(move |app| {
            let (_, program) = app.program_in_force(tenant, app.now())?;
            Ok((app.cause(tenant, &cause)?, program.currency))
        })
        .await?;
    let month = |month| view::cause_month(month, currency);
    Ok(axum::Json(months.iter().map(month).collect()))
}
