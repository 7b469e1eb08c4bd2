//! Partners: statements, entries, what is booked by hand, settlements. A key of a partner sees what
//! is its own.

use crate::auth::{self, AnyPartner, Key, PartnerRead, Read};
use crate::extract::{Asked, BODY_MAX, Json, Params, idempotency_key};
use crate::failure::Failure;
use crate::routes::{event_key, made_up};
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use regulars_api::partner::{
    PartnerEntryOut, PartnerOut, PartnerPostIn, PartnerStatementOut, PartnersOut, SettlementOut,
};
use regulars_api::receipt::ReceiptOut;
use regulars_api::{Code, PageOut, Problem};
use regulars_app::{Caller, Error, Scope};
use regulars_base::{Name, Text};
use regulars_engine::event::{PartnerPost, PostWhat};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which period.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeriodQuery {
    /// `2025-03`, `2025-Q1`, `2025`, or a day in it; the period of today if left out.
    period: Option<String>,
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EntriesQuery {
    /// `2025-03`, `2025-Q1`, `2025`, or a day in it; the period of today if left out.
    period: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many, at most 1000.
    limit: Option<usize>,
}

/// List partners
///
/// A partner's own key sees itself alone.
#[utoipa::path(get, path = "/v1/partners", tag = "partners", responses(
    (status = 200, body = PartnersOut, description = "The partners of the program in force"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_partners(
    State(server): State<Server>,
    key: Key<PartnerRead>,
) -> Result<axum::Json<PartnersOut>, Failure> {
    let (tenant, own) = (key.tenant, key.partner.clone());
    let program = server
        .call(move |app| app.program_in_force(tenant, app.now()))
        .await?
        .1;
    let shown = program
        .partners
        .iter()
        .filter(|it| own.as_ref().is_none_or(|own| *own == it.id));
    let items = shown.map(|partner| PartnerOut {
        id: partner.id.clone(),
        name: partner.title.clone(),
        sources: partner.sources.clone(),
    });
    Ok(axum::Json(PartnersOut {
        items: items.collect(),
    }))
}

/// See a partner's statement
///
/// What it has coming for a period, figure by figure. `operator` is whoever runs the program. An open
/// period shows what was booked so far.
#[utoipa::path(get, path = "/v1/partners/{partner}/statement", tag = "partners",
    params(("partner" = String, Path, description = "Its id in the program file, or `operator`"), PeriodQuery),
    responses(
        (status = 200, body = PartnerStatementOut, description = "The statement"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_partner_statement(
    State(server): State<Server>,
    key: Key<PartnerRead>,
    Params(partner): Params<String>,
    Asked(query): Asked<PeriodQuery>,
) -> Result<axum::Json<PartnerStatementOut>, Failure> {
    own_only(&key, &partner)?;
    let tenant = key.tenant;
    let all = server
        .call(move |app| app.settlement(tenant, query.period.as_deref()))
        .await?;
    let name = match partner.as_str() {
        "operator" => None,
        id => match all.program.partner(id) {
            Some(partner) => Some(partner.name),
            None => return Err(unknown(id)),
        },
    };
    Ok(axum::Json(view::partner_statement(&all, name)))
}

/// List the entries behind a partner's statement
///
/// The oldest first. To a partner's own key they show events and members of its own tills only.
#[utoipa::path(get, path = "/v1/partners/{partner}/entries", tag = "partners",
    params(("partner" = String, Path, description = "Its id in the program file"), EntriesQuery),
    responses(
        (status = 200, body = PageOut<PartnerEntryOut>, description = "A page of entries"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_partner_entries(
    State(server): State<Server>,
    key: Key<PartnerRead>,
    Params(partner): Params<String>,
    Asked(query): Asked<EntriesQuery>,
) -> Result<axum::Json<PageOut<PartnerEntryOut>>, Failure> {
    own_only(&key, &partner)?;
    let (tenant, for_partner) = (key.tenant, key.partner.is_some());
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let name = Name::of(&partner);
    let (page, program) = server
        .call(move |app| {
            let page = app.partner_entries(tenant, &partner, query.period.as_deref(), &ask)?;
            Ok((page, app.program_in_force(tenant, app.now())?.1))
        })
        .await?;
    let each = |entry| view::partner_entry(&program, name, &entry, for_partner);
    Ok(axum::Json(view::page(page, each)))
}

/// Book something with a partner by hand
///
/// Money that it paid in, a correction of an entry, a dispute, the end of one. It is an event: it
/// counts for the period of today and refers to what it is about, which stays as it is. A partner's
/// own key may begin disputes; all else needs the scope `adjust`. With an `Idempotency-Key` the same
/// request sent again is done once; it is the dispute's id.
#[utoipa::path(post, path = "/v1/partners/{partner}/posts", tag = "partners", request_body = PartnerPostIn,
    params(
        ("partner" = String, Path, description = "Its id in the program file"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it one request, however often it is sent"),
    ),
    responses(
        (status = 201, body = ReceiptOut, description = "Booked"),
        (status = 200, body = ReceiptOut, description = "The same request was done before"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_partner_post(
    State(server): State<Server>,
    key: Key<AnyPartner>,
    Params(partner): Params<String>,
    headers: HeaderMap,
    body: Json<BODY_MAX>,
) -> Result<Response, Failure> {
    own_only(&key, &partner)?;
    if key.partner.is_none() {
        auth::allow(&key, Scope::Adjust)?;
    }
    let tenant = key.tenant;
    let in_force = server.call(move |app| app.program_in_force(tenant, app.now()));
    let (_, program) = in_force.await?;
    let read = PartnerPostIn::read(body.raw()?, program.currency);
    let (what, reason) = read.map_err(Failure::invalid)?;
    if key.partner.is_some() && !matches!(what, PostWhat::Disputed { .. }) {
        let detail = "a partner's key begins disputes; whoever runs the program books the rest";
        return Err(Failure::new(Code::Forbidden, detail));
    }
    let id = idempotency_key(&headers)?.unwrap_or_else(made_up);
    // Two partners may call their disputes alike.
    let source = format!("partner:{partner}");
    let text = |text: String| {
        Text::new(text).map_err(|error| Failure::parameter("partner", error.to_string()))
    };
    let post = PartnerPost {
        partner: text(partner)?,
        what,
        reason,
        by: Text::new(&key.name).unwrap_or_default(),
    };
    let event = event_key(Some(text(source)?), id);
    let done = server.call(move |app| app.post_with_partner(tenant, post, event));
    let receipt = done.await?;
    Ok(view::answer(&receipt, view::receipt(&receipt)))
}

/// See what all parties owe for a period
///
/// One position for each, and who pays whom. All positions add up to zero.
#[utoipa::path(get, path = "/v1/settlements/{period}", tag = "partners",
    params(("period" = String, Path, description = "`2025-03`, `2025-Q1`, `2025`, or a day in it")),
    responses(
        (status = 200, body = SettlementOut, description = "The settlement"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_settlement(
    State(server): State<Server>,
    key: Key<Read>,
    Params(period): Params<String>,
) -> Result<axum::Json<SettlementOut>, Failure> {
    let tenant = key.tenant;
    let all = server.call(move |app| app.settlement(tenant, Some(&period)));
    Ok(axum::Json(view::settlement(&all.await?)))
}

/// Close a period
///
/// Its figures are put down, and do not change any more: what is booked into its days later counts
/// for the next. Periods are closed one after the other, once they are over.
#[utoipa::path(post, path = "/v1/settlements/{period}/close", tag = "partners",
    params(("period" = String, Path, description = "`2025-03`, `2025-Q1`, `2025`, or a day in it")),
    responses(
        (status = 200, body = SettlementOut, description = "The settlement, closed"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn close_settlement(
    State(server): State<Server>,
    key: Key<crate::auth::Adjust>,
    Params(period): Params<String>,
) -> Result<axum::Json<SettlementOut>, Failure> {
    let (tenant, by) = (key.tenant, Text::new(&key.name).unwrap_or_default());
    let all = server.call(move |app| app.close_period(tenant, &period, by));
    Ok(axum::Json(view::settlement(&all.await?)))
}

/// A partner's key is for this partner alone; another is as unknown to it as one that does not exist.
fn own_only(caller: &Caller, partner: &str) -> Result<(), Failure> {
    match &caller.partner {
        Some(own) if own != partner => Err(unknown(partner)),
        _ => Ok(()),
    }
}

fn unknown(partner: &str) -> Failure {
    let name = partner.chars().take(64).collect();
    Failure::from(Error::NotFound {
        what: "partner",
        name,
    })
}
