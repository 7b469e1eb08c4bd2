//! Merchants: only whoever runs the server makes and lists them, with the operator key.

use crate::auth::Operator;
use crate::extract::In;
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::StatusCode;
use regulars_api::Problem;
use regulars_api::access::{TenantIn, TenantOut, TenantsOut};
use regulars_app::{NewKey, Scope};

/// List merchants
///
/// With the operator key that the server was started with.
#[utoipa::path(get, path = "/v1/tenants", tag = "access", responses(
    (status = 200, body = TenantsOut, description = "All merchants, by name"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_tenants(
    State(server): State<Server>,
    _operator: Operator,
) -> Result<axum::Json<TenantsOut>, Failure> {
    let tenants = server.call(|app| app.tenants()).await?;
    let items = tenants.iter().map(|it| view::tenant(it, None)).collect();
    Ok(axum::Json(TenantsOut { items }))
}

/// Make a merchant
///
/// With the operator key that the server was started with. The answer has a first key for the
/// merchant, shown only here.
#[utoipa::path(post, path = "/v1/tenants", tag = "access", request_body = TenantIn, responses(
    (status = 201, body = TenantOut, description = "The merchant, and a first key"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
))]
pub(crate) async fn create_tenant(
    State(server): State<Server>,
    _operator: Operator,
    In(body): In<TenantIn>,
) -> Result<(StatusCode, axum::Json<TenantOut>), Failure> {
    let made = server.call(move |app| {
        let tenant = app.create_tenant(body.name.as_str())?;
        let first = NewKey {
            store: None,
            rate: None,
            name: "first".into(),
            scopes: vec![Scope::Admin],
            partner: None,
            expires_at: None,
        };
        let key = app.create_key(tenant.id, first)?;
        Ok((tenant, key))
    });
    let (tenant, created) = made.await?;
    let key = view::api_key(created.info, Some(created.secret));
    Ok((
        StatusCode::CREATED,
        axum::Json(view::tenant(&tenant, Some(key))),
    ))
}
