//! What happens to rewards beside being asked for and used.

use crate::auth::{Adjust, Asks, Key, Read, Redeem};
use crate::extract::{Asked, BODY_MAX, In, Json, Params, member_ref};
use crate::failure::Failure;
use crate::routes::{joined, own_key};
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use regulars_api::Problem;
use regulars_api::event::read_perk;
use regulars_api::page::PageOut;
use regulars_api::receipt::ReceiptOut;
use regulars_api::redemption::{
    AddressIn, AttributesIn, AutomaticRewardsIn, EntitlementOut, EntitlementsOut, FulfilmentIn,
    FulfilmentOut, PickIn, ReturnIn, ShownCodesOut, StockIn, StockItemOut, StockOut,
    SupplierCodesIn, SupplierCodesOut,
};
use regulars_app::{Entitlement, StockLeft};
use regulars_base::Text;
use regulars_engine::event::PerkEvent;
use serde::Deserialize;

/// Which redemption.
#[derive(Deserialize)]
pub(crate) struct RedemptionPath {
    member: String,
    redemption: String,
}

/// Which of what is sent.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct FulfilmentQuery {
    /// Only those that have come so far: `ordered`, `dispatched`, `delivered`, `failed`, `returned`,
    /// `cancelled`.
    state: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

/// Return a part of a redemption
///
/// So many of the reward, or all that has not come back yet: their share of the points comes back,
/// those that were paid last first, with their old dates. Never more than was paid.
#[utoipa::path(post, path = "/v1/members/{member}/redemptions/{redemption}/return", tag = "redemptions",
    request_body = ReturnIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`card:4711`)"),
        ("redemption" = String, Path, description = "The redemption's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one return, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Given back"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn return_redemption(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(path): Params<RedemptionPath>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let id = joined("redemption", path.redemption)?;
    let perk = read(&server, &key, ("reward_return", &id), &body).await?;
    of_member(&server, &key, (&path.member, &headers), perk).await
}

/// Switch rewards that are redeemed by themselves on or off
///
/// For one member. They are on to begin with.
#[utoipa::path(put, path = "/v1/members/{member}/automatic-rewards", tag = "redemptions",
    request_body = AutomaticRewardsIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`card:4711`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Done"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn update_automatic_rewards(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(member): Params<String>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let perk = read(
        &server,
        &key,
        ("automatic_rewards", &Text::default()),
        &body,
    )
    .await?;
    of_member(&server, &key, (&member, &headers), perk).await
}

/// List what is in stock
///
/// Of each reward whose stock the program counts.
#[utoipa::path(get, path = "/v1/rewards/stock", tag = "redemptions", responses(
    (status = 200, body = StockOut, description = "How many there are"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_stock(
    State(server): State<Server>,
    key: Key<Read>,
) -> Result<axum::Json<StockOut>, Failure> {
    let tenant = key.tenant;
    let left = server.call(move |app| app.stock(tenant)).await?;
    let item = |own: StockLeft| StockItemOut {
        reward: own.reward,
        title: own.title,
        left: own.left,
    };
    let items = left.into_iter().map(item).collect();
    Ok(axum::Json(StockOut { items }))
}

/// Change the stock of a reward
///
/// So many came in, are gone, or are there, with a reason, which auditors see.
#[utoipa::path(post, path = "/v1/rewards/{reward}/stock", tag = "redemptions", request_body = StockIn,
    params(
        ("reward" = String, Path, description = "The reward's id in the program file"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Done"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn move_stock(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(reward): Params<String>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let reward = joined("reward", reward)?;
    let perk = read(&server, &key, ("restock", &reward), &body).await?;
    let own = own_key(&headers)?;
    let tenant = key.tenant;
    let done = server.call(move |app| app.perk_of_house(tenant, perk, own));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// List what is sent
///
/// Redemptions of rewards that are sent, by when they came to where they are: for whoever packs them.
#[utoipa::path(get, path = "/v1/fulfilments", tag = "redemptions", params(FulfilmentQuery), responses(
    (status = 200, body = PageOut<FulfilmentOut>, description = "A page of them"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_fulfilments(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<FulfilmentQuery>,
) -> Result<axum::Json<PageOut<FulfilmentOut>>, Failure> {
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let tenant = key.tenant;
    let page = server.call(move |app| app.fulfilments(tenant, query.state.as_deref(), &ask));
    Ok(axum::Json(view::page(page.await?, view::fulfilment)))
}

/// Say how far a redemption has come
///
/// That it was dispatched, delivered, did not arrive, or came back. With the last two the points, the
/// stock and the limits are as if it had never been.
#[utoipa::path(post, path = "/v1/members/{member}/redemptions/{redemption}/fulfilment", tag = "redemptions",
    request_body = FulfilmentIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`card:4711`)"),
        ("redemption" = String, Path, description = "The redemption's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Done"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn update_fulfilment(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(path): Params<RedemptionPath>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let id = joined("redemption", path.redemption)?;
    let perk = read(&server, &key, ("fulfilment", &id), &body).await?;
    of_member(&server, &key, (&path.member, &headers), perk).await
}

/// Say where a redemption is sent to
///
/// It is kept beside the log, and forgotten where the member is erased, or without an `address`.
#[utoipa::path(put, path = "/v1/members/{member}/redemptions/{redemption}/address", tag = "redemptions",
    request_body = AddressIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`card:4711`)"),
        ("redemption" = String, Path, description = "The redemption's id"),
    ),
    responses(
        (status = 204, description = "Kept"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn update_address(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(path): Params<RedemptionPath>,
    In(body): In<AddressIn>,
) -> Result<StatusCode, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&path.member)?);
    let address = body.address;
    let done =
        server.call(move |app| app.set_address(tenant, &who, &path.redemption, address.as_deref()));
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Bring in codes of a supplier
///
/// As a batch of a name: sent again it is brought in once. Each redemption of the reward gets the next
/// of them, and none is given twice.
#[utoipa::path(post, path = "/v1/rewards/{reward}/codes", tag = "redemptions", request_body = SupplierCodesIn,
    params(("reward" = String, Path, description = "The reward's id in the program file")),
    responses(
        (status = 200, body = SupplierCodesOut, description = "Brought in"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn bring_supplier_codes(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(reward): Params<String>,
    In(body): In<SupplierCodesIn>,
) -> Result<axum::Json<SupplierCodesOut>, Failure> {
    let tenant = key.tenant;
    let done =
        server.call(move |app| app.bring_supplier_codes(tenant, &reward, &body.batch, &body.codes));
    let brought = done.await?;
    Ok(axum::Json(SupplierCodesOut {
        added: brought.added,
        receipt: view::receipt(&brought.receipt),
    }))
}

/// Show the code of a redemption
///
/// Once: whoever asks again is told when it was shown.
#[utoipa::path(post, path = "/v1/members/{member}/redemptions/{redemption}/code", tag = "redemptions",
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`card:4711`)"),
        ("redemption" = String, Path, description = "The redemption's id"),
    ),
    responses(
        (status = 200, body = ShownCodesOut, description = "The codes, one for each of the reward"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not shown, and why"),
    ))]
pub(crate) async fn show_code(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(path): Params<RedemptionPath>,
) -> Result<axum::Json<ShownCodesOut>, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&path.member)?);
    let shown = server.call(move |app| app.supplier_codes(tenant, &who, &path.redemption, false));
    let codes = shown.await?;
    Ok(axum::Json(ShownCodesOut { codes }))
}

/// Which menu.
#[derive(Deserialize)]
pub(crate) struct MenuPath {
    member: String,
    menu: String,
}

/// Pick from a menu
///
/// The right to pick becomes a voucher for what is picked.
#[utoipa::path(post, path = "/v1/members/{member}/menus/{menu}/pick", tag = "redemptions", request_body = PickIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`card:4711`)"),
        ("menu" = String, Path, description = "The menu: a reward, by its id in the program file"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one pick, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Picked"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn pick_reward(
    State(server): State<Server>,
    key: Key<Redeem>,
    Params(path): Params<MenuPath>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let menu = joined("menu", path.menu)?;
    let perk = read(&server, &key, ("pick", &menu), &body).await?;
    of_member(&server, &key, (&path.member, &headers), perk).await
}

/// Say what sort of member it is
///
/// By attributes that the program declares: groups of customers, for whom rates, prices and rewards
/// can be others.
#[utoipa::path(put, path = "/v1/members/{member}/attributes", tag = "members", request_body = AttributesIn,
    params(
        ("member" = String, Path, description = "An id (`mem_…`), or an identity (`card:4711`)"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Done"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn update_attributes(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(member): Params<String>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    let perk = read(&server, &key, ("attributes", &Text::default()), &body).await?;
    of_member(&server, &key, (&member, &headers), perk).await
}

/// List what is open to a member
///
/// By rewards of kind `access`, now: for doors, apps and shops that ask.
#[utoipa::path(get, path = "/v1/members/{member}/entitlements", tag = "members",
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`card:4711`)")),
    responses(
        (status = 200, body = EntitlementsOut, description = "What is open"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_entitlements(
    State(server): State<Server>,
    key: Key<Read>,
    Params(member): Params<String>,
) -> Result<axum::Json<EntitlementsOut>, Failure> {
    let (tenant, who) = (key.tenant, member_ref(&member)?);
    let open = server
        .call(move |app| app.entitlements(tenant, &who))
        .await?;
    let item = |own: Entitlement| EntitlementOut {
        to: own.to,
        reward: own.reward,
        from: own.from.to_string(),
        until: own.until.map(|until| until.to_string()),
    };
    let items = open.into_iter().map(item).collect();
    Ok(axum::Json(EntitlementsOut { items }))
}

/// Reads a body; what the path says is added to it.
async fn read<A: Asks>(
    server: &Server,
    key: &Key<A>,
    (kind, path): (&str, &Text),
    body: &Json<BODY_MAX>,
) -> Result<PerkEvent, Failure> {
    let decimals = server.decimals(key.tenant).await?;
    let decimals = |points: &str| decimals.get(points).copied();
    let by = Text::new(&key.name).unwrap_or_default();
    read_perk(body.raw()?, kind, path.as_str(), &decimals, &by).map_err(Failure::invalid)
}

async fn of_member<A: Asks>(
    server: &Server,
    key: &Key<A>,
    (member, headers): (&str, &HeaderMap),
    perk: PerkEvent,
) -> Result<Response, Failure> {
    let who = member_ref(member)?;
    let own = own_key(headers)?;
    let tenant = key.tenant;
    let done = server.call(move |app| app.perk(tenant, &who, perk, own));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}
