//! What a merchant sets for all who work with the console.

use crate::acting::Acting;
use crate::auth::{Admin, Key};
use crate::extract::In;
use crate::failure::Failure;
use crate::sign_on;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::HeaderMap;
use regulars_api::Problem;
use regulars_api::desk::{FrontDoorOut, ShopDoorOut, ShopSettingsIn, ShopSettingsOut};
use regulars_app::{ShopSettings, SignOn, TillLimits};

/// See the settings of the shop
#[utoipa::path(get, path = "/v1/settings", tag = "access", responses(
    (status = 200, body = ShopSettingsOut, description = "The settings"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_settings(
    State(server): State<Server>,
    key: Key<Admin>,
    headers: HeaderMap,
) -> Result<axum::Json<ShopSettingsOut>, Failure> {
    let tenant = key.tenant;
    let settings = server.call(move |app| app.shop_settings(tenant)).await?;
    let back = sign_on::redirect_uri(&headers);
    Ok(axum::Json(view::shop_settings(settings, back)))
}

/// Set the settings of the shop
///
/// All of them at once.
#[utoipa::path(put, path = "/v1/settings", tag = "access", request_body = ShopSettingsIn, responses(
    (status = 200, body = ShopSettingsOut, description = "The settings"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn set_settings(
    State(server): State<Server>,
    key: Key<Admin>,
    acting: Acting,
    headers: HeaderMap,
    In(body): In<ShopSettingsIn>,
) -> Result<axum::Json<ShopSettingsOut>, Failure> {
    let new = ShopSettings {
        title: body.title,
        colour: body.colour,
        logo: body.logo,
        language: body.language,
        languages: body.languages,
        country: body.country,
        till: TillLimits {
            sales_most: body.till.sales_most,
            amount_most: body.till.amount_most,
        },
        sign_on: body.sign_on.map(|own| SignOn {
            name: own.name,
            issuer: own.issuer.trim_end_matches('/').to_owned(),
            client_id: own.client_id,
            client_secret: own.client_secret.unwrap_or_default(),
        }),
        second_factor: body.second_factor,
        idle_minutes: body
            .idle_minutes
            .unwrap_or_else(|| ShopSettings::default().idle_minutes),
    };
    let tenant = key.tenant;
    let (before, after) = server
        .call(move |app| app.set_shop_settings(tenant, new))
        .await?;
    acting.moved(told(&before), told(&after));
    let back = sign_on::redirect_uri(&headers);
    Ok(axum::Json(view::shop_settings(after, back)))
}

/// See who may be signed in to
///
/// What everybody may know before they sign in: how the shop looks, and what its own sign-on is called.
/// Where a server has several merchants, only those with a sign-on of their own are told.
#[utoipa::path(get, path = "/v1/front-door", tag = "access", security(()), responses(
    (status = 200, body = FrontDoorOut, description = "The shops"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn get_front_door(
    State(server): State<Server>,
) -> Result<axum::Json<FrontDoorOut>, Failure> {
    let shops = server.call(|app| {
        let tenants = app.tenants()?;
        let only = tenants.len() == 1;
        let mut shops = Vec::new();
        for tenant in tenants {
            let own = app.shop_settings(tenant.id)?;
            if !only && own.sign_on.is_none() {
                continue;
            }
            shops.push(ShopDoorOut {
                tenant: tenant.id.to_string(),
                title: match own.title.is_empty() {
                    true => tenant.name,
                    false => own.title,
                },
                colour: own.colour,
                logo: own.logo,
                language: own.language,
                sign_on: own.sign_on.map(|own| own.name),
            });
        }
        Ok(shops)
    });
    Ok(axum::Json(FrontDoorOut {
        shops: shops.await?,
    }))
}

/// The settings, as the audit trail tells: no secret, and of the logo only whether there is one.
fn told(own: &ShopSettings) -> String {
    let logo = if own.logo.is_empty() { "no" } else { "a" };
    let country = match own.country.as_str() {
        "" => "telephone numbers say their country".to_owned(),
        own => format!("telephone numbers are of {own}"),
    };
    let sign_on = match &own.sign_on {
        Some(own) => format!("sign-on {} as {}", own.issuer, own.client_id),
        None => "no sign-on".into(),
    };
    let second = match own.second_factor {
        true => "a second factor is asked for",
        false => "no second factor is asked for",
    };
    format!(
        "title `{}`, colour `{}`, {logo} logo, languages {} ({} first), {country}, till: {} sales up to {}, {sign_on}, \
         {second}, sessions end after {} minutes without use",
        own.title,
        own.colour,
        own.languages.join(" "),
        own.language,
        own.till.sales_most,
        own.till.amount_most,
        own.idle_minutes
    )
}
