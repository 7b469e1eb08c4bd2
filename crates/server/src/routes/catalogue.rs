//! What the program in force offers: rewards, coupons, plans, games; and who is on a plan.

use crate::auth::{Key, Read};
use crate::extract::Asked;
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::catalogue::{CampaignsOut, GamesOut, PaidPlansOut, RewardsOut, SubscriberOut};
use regulars_api::{PageOut, Problem};
use regulars_app::{Catalogue, SubscriberFilter};
use serde::Deserialize;

async fn catalogue(server: &Server, key: &Key<Read>) -> Result<Catalogue, Failure> {
    let tenant = key.tenant;
    server.call(move |app| app.catalogue(tenant)).await
}

/// List rewards
///
/// What each takes and costs, how many are left, and how far the limits that all members share have
/// come.
#[utoipa::path(get, path = "/v1/rewards", tag = "redemptions", responses(
    (status = 200, body = RewardsOut, description = "The rewards of the program in force"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_rewards(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<RewardsOut>, Failure> {
    Ok(axum::Json(view::rewards(&catalogue(&server, &key).await?)))
}

/// List coupons
///
/// With the batches of their codes, and how far the limits that all members share have come.
#[utoipa::path(get, path = "/v1/coupons", tag = "coupons", responses(
    (status = 200, body = CampaignsOut, description = "The coupons of the program in force"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_coupons(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<CampaignsOut>, Failure> {
    Ok(axum::Json(view::campaigns(
        &catalogue(&server, &key).await?,
    )))
}

/// List plans
#[utoipa::path(get, path = "/v1/plans", tag = "membership", responses(
    (status = 200, body = PaidPlansOut, description = "The plans of the program in force"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_plans(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<PaidPlansOut>, Failure> {
    Ok(axum::Json(view::plans(&catalogue(&server, &key).await?)))
}

/// List games
///
/// Challenges, leaderboards, games of chance with what is left of their prizes, draws and causes.
#[utoipa::path(get, path = "/v1/games", tag = "games", responses(
    (status = 200, body = GamesOut, description = "The games of the program in force"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_games(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<GamesOut>, Failure> {
    Ok(axum::Json(view::games(&catalogue(&server, &key).await?)))
}

/// Which of those who are on a plan.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubscribersQuery {
    /// Of this plan only, by its id in the program file.
    plan: Option<String>,
    /// Only those that stand so: `trial`, `waiting`, `active`, `overdue`, `paused`, `ending`.
    status: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

/// List who is on a plan
///
/// In order of the members' ids. A page looks at a bounded number of members: with a filter it may be
/// short, or empty, and have a `next` all the same.
#[utoipa::path(get, path = "/v1/memberships", tag = "membership", params(SubscribersQuery), responses(
    (status = 200, body = PageOut<SubscriberOut>, description = "A page of them"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_memberships(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<SubscribersQuery>,
) -> Result<axum::Json<PageOut<SubscriberOut>>, Failure> {
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let tenant = key.tenant;
    let filter = SubscriberFilter {
        plan: query.plan,
        status: query.status,
    };
    let found = server.call(move |app| app.subscribers(tenant, &filter, &ask));
    let (program, page) = found.await?;
    Ok(axum::Json(view::page(page, |own| {
        view::subscriber(&program, &own)
    })))
}
