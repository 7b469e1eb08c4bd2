//! Recommendations: to members, how they stand, and products side by side.

use crate::auth::{Key, Programs, Read};
use crate::extract::{Asked, In, Params, member_ref};
use crate::failure::Failure;
use crate::member_auth::Me;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use regulars_api::Problem;
use regulars_api::recommendation::{
    ComparisonOut, RecommendationSettingsIn, RecommendationStatusOut, RecommendationsOut,
};
use regulars_app::{MemberRef, RECOMMENDED_MOST, RecommendAsk, RecommendationSettings};
use serde::Deserialize;
use utoipa::IntoParams;

/// How many are shown on members' pages.
const IN_PORTAL: usize = 4;
/// How many products are compared where nothing is said.
const COMPARED: usize = 10;

/// What is recommended.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RecommendationsQuery {
    /// How many at most: 1 to 20; 5 if left out.
    limit: Option<usize>,
    /// Where you show them, a word such as `app`: it is noted, so that members who are shown something can be
    /// compared with those who are held out. Left out if they are shown to nobody.
    place: Option<String>,
    /// What they bought already may be named again.
    again: Option<bool>,
}

/// What is compared.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ComparisonQuery {
    /// The category.
    category: String,
    /// How many products at most: 1 to 100; 10 if left out.
    limit: Option<usize>,
}

/// See what is recommended to a member
///
/// By what they bought, what others bought together with it and after it; then what most bought. Each says why.
/// The table that it comes from is made by a job `recommendations`, and from then on each night.
#[utoipa::path(get, path = "/v1/members/{member}/recommendations", tag = "products",
    params(("member" = String, Path, description = "An id, or `kind:value` of an identity"), RecommendationsQuery),
    responses(
        (status = 200, body = RecommendationsOut, description = "The recommendations"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_recommendations(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
    Asked(query): Asked<RecommendationsQuery>,
) -> Result<axum::Json<RecommendationsOut>, Failure> {
    let who = member_ref(&member)?;
    let most = query.limit.unwrap_or(5);
    if !(1..=RECOMMENDED_MOST).contains(&most) {
        return Err(Failure::parameter("limit", "must be 1 to 20"));
    }
    let is_word = |own: &String| {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=40).contains(&own.len()) && own.bytes().all(letter)
    };
    if query.place.as_ref().is_some_and(|own| !is_word(own)) {
        let what = "must be 1 to 40 small letters, digits and hyphens";
        return Err(Failure::parameter("place", what));
    }
    let ask = RecommendAsk {
        most,
        place: query.place,
        again: query.again.unwrap_or(false),
    };
    let tenant = key.tenant;
    let found = server.call(move |app| {
        let found = app.recommend(tenant, &who, &ask)?;
        Ok((found, app.currency(tenant)?))
    });
    let (found, currency) = found.await?;
    Ok(axum::Json(view::recommendations(found, currency)))
}

/// See how recommendations stand
///
/// How old the table is, what it was made of, and what was shown where.
#[utoipa::path(get, path = "/v1/recommendations", tag = "products", responses(
    (status = 200, body = RecommendationStatusOut, description = "How they stand"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_recommendation_status(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<RecommendationStatusOut>, Failure> {
    let tenant = key.tenant;
    let status = server.call(move |app| app.recommendation_status(tenant));
    Ok(axum::Json(view::recommendation_status(status.await?)))
}

/// Set how many members are held out of recommendations
///
/// Whoever is held out of less is held out of more: to raise the share takes nobody back in.
#[utoipa::path(put, path = "/v1/recommendations", tag = "products", request_body = RecommendationSettingsIn, responses(
    (status = 200, body = RecommendationStatusOut, description = "How they stand now"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn set_recommendation_settings(
    State(server): State<Server>,
    key: Key<Programs>,
    acting: crate::acting::Acting,
    In(body): In<RecommendationSettingsIn>,
) -> Result<axum::Json<RecommendationStatusOut>, Failure> {
    let tenant = key.tenant;
    let new = RecommendationSettings {
        hold_out: body.hold_out,
    };
    let done = server.call(move |app| {
        let before = app.set_recommendation_settings(tenant, new)?;
        Ok((before, app.recommendation_status(tenant)?))
    });
    let (before, status) = done.await?;
    acting.moved(before.hold_out.to_string(), new.hold_out.to_string());
    Ok(axum::Json(view::recommendation_status(status)))
}

/// Compare the products of a category
///
/// Price, how often they are bought and bought again, and to which dearer one their customers went on: those
/// that most customers bought first. For products of which the shop said the category (`PUT /v1/products`).
#[utoipa::path(get, path = "/v1/recommendations/comparison", tag = "products", params(ComparisonQuery), responses(
    (status = 200, body = ComparisonOut, description = "The products side by side"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn compare_products(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<ComparisonQuery>,
) -> Result<axum::Json<ComparisonOut>, Failure> {
    let most = query.limit.unwrap_or(COMPARED);
    if !(1..=100).contains(&most) {
        return Err(Failure::parameter("limit", "must be 1 to 100"));
    }
    let tenant = key.tenant;
    let found = server.call(move |app| {
        let all = app.compare_products(tenant, &query.category, most)?;
        Ok((all, app.currency(tenant)?))
    });
    let (all, currency) = found.await?;
    Ok(axum::Json(view::comparison(all, currency)))
}

/// See what is recommended to oneself
#[utoipa::path(get, path = "/v1/me/recommendations", tag = "portal", security(("member" = [])), responses(
    (status = 200, body = RecommendationsOut, description = "The recommendations"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_own_recommendations(
    State(server): State<Server>,
    me: Me,
) -> Result<axum::Json<RecommendationsOut>, Failure> {
    let ask = RecommendAsk {
        most: IN_PORTAL,
        place: Some("portal".into()),
        again: false,
    };
    let found = server.call(move |app| {
        let found = app.recommend(me.tenant, &MemberRef::Id(me.member), &ask)?;
        Ok((found, app.currency(me.tenant)?))
    });
    let (found, currency) = found.await?;
    Ok(axum::Json(view::recommendations(found, currency)))
}
