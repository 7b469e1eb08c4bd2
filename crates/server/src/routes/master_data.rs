//! Products and stores: said of in bulk, listed, found, taken away.

use crate::auth::{Ingest, Key, Read};
use crate::extract::{Asked, BATCH_MAX, Params, Whole, expect_type};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use regulars_api::master_data::{MasterTakenOut, ProductOut, StoreOut};
use regulars_api::{PageOut, Problem};
use regulars_app::{MasterFind, MasterForm, MasterSort, MasterTaken};
use serde::Deserialize;
use utoipa::IntoParams;

const NDJSON: &str = "application/x-ndjson";
const CSV: &str = "text/csv";

/// Which products.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProductsQuery {
    /// Those with this in their id, name, category or brand.
    find: Option<String>,
    /// Those of this category.
    category: Option<String>,
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

/// Which stores.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StoresQuery {
    /// Those with this in their id or name.
    find: Option<String>,
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

/// List products
#[utoipa::path(get, path = "/v1/products", tag = "products", params(ProductsQuery), responses(
    (status = 200, body = PageOut<ProductOut>, description = "A page of them, by their ids"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_products(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<ProductsQuery>,
) -> Result<axum::Json<PageOut<ProductOut>>, Failure> {
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let find = MasterFind {
        category: query.category,
        words: query.find,
    };
    let tenant = key.tenant;
    let listed = server.call(move |app| {
        let page = app.master_data(tenant, (MasterSort::Product, &find), &ask)?;
        Ok((page, app.currency(tenant)?))
    });
    let (page, currency) = listed.await?;
    Ok(axum::Json(view::page(page, |own| {
        view::product(own, currency)
    })))
}

/// Put products
///
/// Many at once: as CSV with a first line that names the columns (`id`, `name`, `category`, `price`, `brand`,
/// `size`; each other column is an attribute), or as NDJSON, an object with these fields (and `attributes`)
/// on each line. What was said of the same ids before is gone; products that are not named stay. A line that
/// is wrong is told with its number and does the others no harm.
#[utoipa::path(put, path = "/v1/products", tag = "products",
    request_body(content((String = "text/csv"), (String = "application/x-ndjson")), description = "The products, at most 100,000"),
    responses(
        (status = 200, body = MasterTakenOut, description = "What was taken, and what was left out"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Nothing was taken, and why"),
    ))]
pub(crate) async fn put_products(
    State(server): State<Server>,
    key: Key<Ingest>,
    headers: HeaderMap,
    file: Whole<BATCH_MAX>,
) -> Result<axum::Json<MasterTakenOut>, Failure> {
    let tenant = key.tenant;
    put(server, tenant, MasterSort::Product, (headers, file)).await
}

/// See a product
#[utoipa::path(get, path = "/v1/products/{product}", tag = "products",
    params(("product" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = ProductOut, description = "The product"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_product(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
) -> Result<axum::Json<ProductOut>, Failure> {
    let tenant = key.tenant;
    let found = server.call(move |app| {
        let own = app.master_entry(tenant, MasterSort::Product, &id)?;
        Ok((own, app.currency(tenant)?))
    });
    let (own, currency) = found.await?;
    Ok(axum::Json(view::product(own, currency)))
}

/// Take a product away
///
/// Orders that name it stay as they are.
#[utoipa::path(delete, path = "/v1/products/{product}", tag = "products",
    params(("product" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = ProductOut, description = "The product, as it was"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn delete_product(
    State(server): State<Server>,
    key: Key<Ingest>,
    Params(id): Params<String>,
) -> Result<axum::Json<ProductOut>, Failure> {
    let tenant = key.tenant;
    let gone = server.call(move |app| {
        let own = app.delete_master_entry(tenant, MasterSort::Product, &id)?;
        Ok((own, app.currency(tenant)?))
    });
    let (own, currency) = gone.await?;
    Ok(axum::Json(view::product(own, currency)))
}

/// List stores
#[utoipa::path(get, path = "/v1/stores", tag = "products", params(StoresQuery), responses(
    (status = 200, body = PageOut<StoreOut>, description = "A page of them, by their ids"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_stores(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<StoresQuery>,
) -> Result<axum::Json<PageOut<StoreOut>>, Failure> {
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let find = MasterFind {
        category: None,
        words: query.find,
    };
    let tenant = key.tenant;
    let page = server.call(move |app| app.master_data(tenant, (MasterSort::Store, &find), &ask));
    Ok(axum::Json(view::page(page.await?, view::store)))
}

/// Put stores
///
/// Many at once: as CSV with a first line that names the columns (`id`, `name`; each other column is an
/// attribute), or as NDJSON, an object with these fields (and `attributes`) on each line. What was said of
/// the same ids before is gone; stores that are not named stay. A line that is wrong is told with its number
/// and does the others no harm.
#[utoipa::path(put, path = "/v1/stores", tag = "products",
    request_body(content((String = "text/csv"), (String = "application/x-ndjson")), description = "The stores, at most 100,000"),
    responses(
        (status = 200, body = MasterTakenOut, description = "What was taken, and what was left out"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Nothing was taken, and why"),
    ))]
pub(crate) async fn put_stores(
    State(server): State<Server>,
    key: Key<Ingest>,
    headers: HeaderMap,
    file: Whole<BATCH_MAX>,
) -> Result<axum::Json<MasterTakenOut>, Failure> {
    let tenant = key.tenant;
    put(server, tenant, MasterSort::Store, (headers, file)).await
}

/// Take a store away
///
/// Orders that name it stay as they are.
#[utoipa::path(delete, path = "/v1/stores/{store}", tag = "products",
    params(("store" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = StoreOut, description = "The store, as it was"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn delete_store(
    State(server): State<Server>,
    key: Key<Ingest>,
    Params(id): Params<String>,
) -> Result<axum::Json<StoreOut>, Failure> {
    let tenant = key.tenant;
    let gone = server.call(move |app| app.delete_master_entry(tenant, MasterSort::Store, &id));
    Ok(axum::Json(view::store(gone.await?)))
}

/// Takes a file as its type says it is written.
async fn put(
    server: Server,
    tenant: regulars_base::TenantId,
    sort: MasterSort,
    (headers, file): (HeaderMap, Whole<BATCH_MAX>),
) -> Result<axum::Json<MasterTakenOut>, Failure> {
    expect_type(&headers, &[NDJSON, CSV])?;
    let kind = headers.get(CONTENT_TYPE).and_then(|own| own.to_str().ok());
    let is_csv = kind.is_some_and(|own| own.trim_start().to_lowercase().starts_with(CSV));
    let form = match is_csv {
        true => MasterForm::Csv,
        false => MasterForm::Ndjson,
    };
    let taken = server.call(move |app| app.put_master_data(tenant, sort, (form, file.text())));
    let taken: MasterTaken = taken.await?;
    Ok(axum::Json(view::master_taken(taken)))
}
