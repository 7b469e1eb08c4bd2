//! Sell-through: what resellers report that they sold on, and who decides it.

use super::API;
use crate::auth::{Adjust, Ingest, Key, Read};
use crate::extract::{Asked, In, Params, member_ref};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::StatusCode;
use regulars_api::sell_through::{ReportIn, ReportOut, ReportRulingIn, RuledReportOut};
use regulars_api::{PageOut, Problem};
use regulars_app::{NewReport, ReportState, Ruling};
use regulars_base::Text;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which reports.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportsQuery {
    /// `open`, `approved`, `refused`, `rejected` or `withdrawn`; all if left out.
    state: Option<String>,
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

/// Report what was sold on
///
/// By a reseller, to somebody else. What needs no approval (`[sell_through]` of the program file) counts
/// at once, as of the day of the sale; the others wait for a person. A serial number counts once, whoever
/// reports it. The same report again is answered with the first.
#[utoipa::path(post, path = "/v1/members/{member}/sell-through", tag = "sell-through", request_body = ReportIn,
    params(("member" = String, Path, description = "An id (`mem_…`), or an identity (`email:ana@example.com`)")),
    responses(
        (status = 201, body = ReportOut, description = "The report, as it stands"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn create_report(
    State(server): State<Server>,
    key: Key<Ingest>,
    Params(member): Params<String>,
    In(body): In<ReportIn>,
) -> Result<(StatusCode, axum::Json<ReportOut>), Failure> {
    let who = member_ref(&member)?;
    let Some(report) = body.report else {
        return Err(Failure::internal("a report was read without what was sold"));
    };
    let api = || Text::new(API).expect("a word is a text");
    let new = NewReport {
        source: body.source.unwrap_or_else(api),
        at: body.at,
        report,
        invoice: body.invoice,
        serials: body.serials,
        by: key.name.clone(),
    };
    let tenant = key.tenant;
    let report = server.call(move |app| app.file_report(tenant, &who, &new));
    let out = view::report(&report.await?);
    Ok((StatusCode::CREATED, axum::Json(out)))
}

/// List reports of what was sold on
#[utoipa::path(get, path = "/v1/sell-through", tag = "sell-through", params(ReportsQuery), responses(
    (status = 200, body = PageOut<ReportOut>, description = "A page of them, oldest first"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_reports(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<ReportsQuery>,
) -> Result<axum::Json<PageOut<ReportOut>>, Failure> {
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let named = |name: &str| ReportState::ALL.into_iter().find(|own| own.name() == name);
    let state = match query.state.as_deref() {
        None => None,
        Some(name) => Some(named(name).ok_or_else(|| {
            let what = "must be open, approved, refused, rejected or withdrawn";
            Failure::parameter("state", what)
        })?),
    };
    let tenant = key.tenant;
    let page = server.call(move |app| app.reports(tenant, state, &ask));
    Ok(axum::Json(view::page(page.await?, |it| view::report(&it))))
}

/// See a report of what was sold on
#[utoipa::path(get, path = "/v1/sell-through/{report}", tag = "sell-through",
    params(("report" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = ReportOut, description = "The report"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_report(
    State(server): State<Server>,
    key: Key<Read>,
    Params(id): Params<String>,
) -> Result<axum::Json<ReportOut>, Failure> {
    let tenant = key.tenant;
    let report = server.call(move |app| app.report(tenant, &id)).await?;
    Ok(axum::Json(view::report(&report)))
}

/// Approve a report
///
/// It counts as of the day of the sale, by the version of the program that was in force then.
#[utoipa::path(post, path = "/v1/sell-through/{report}/approve", tag = "sell-through", request_body = ReportRulingIn,
    params(("report" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = RuledReportOut, description = "The report, and what it gave"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn approve_report(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(id): Params<String>,
    In(body): In<ReportRulingIn>,
) -> Result<axum::Json<RuledReportOut>, Failure> {
    rule(&server, &key, id, body, true).await
}

/// Reject a report
///
/// Nothing is booked, and what it is about may be reported again.
#[utoipa::path(post, path = "/v1/sell-through/{report}/reject", tag = "sell-through", request_body = ReportRulingIn,
    params(("report" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = RuledReportOut, description = "The report"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn reject_report(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(id): Params<String>,
    In(body): In<ReportRulingIn>,
) -> Result<axum::Json<RuledReportOut>, Failure> {
    rule(&server, &key, id, body, false).await
}

async fn rule(
    server: &Server,
    key: &Key<Adjust>,
    id: String,
    body: ReportRulingIn,
    approve: bool,
) -> Result<axum::Json<RuledReportOut>, Failure> {
    let tenant = key.tenant;
    let ruling = Ruling {
        approve,
        by: key.name.clone(),
        reason: body.reason,
        lines: Vec::new(),
    };
    let ruled = server.call(move |app| app.rule_report(tenant, &id, &ruling));
    let (report, receipt) = ruled.await?;
    Ok(axum::Json(RuledReportOut {
        report: view::report(&report),
        receipt: receipt.as_ref().map(view::receipt),
    }))
}

/// Withdraw a report
///
/// Exactly what it gave is taken back, and what it is about may be reported again.
#[utoipa::path(post, path = "/v1/sell-through/{report}/withdraw", tag = "sell-through", request_body = ReportRulingIn,
    params(("report" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = RuledReportOut, description = "The report, and what was taken back"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn withdraw_report(
    State(server): State<Server>,
    key: Key<Adjust>,
    Params(id): Params<String>,
    In(body): In<ReportRulingIn>,
) -> Result<axum::Json<RuledReportOut>, Failure> {
    let (tenant, by) = (key.tenant, key.name.clone());
    let done = server.call(move |app| app.withdraw_report(tenant, &id, (&by, &body.reason)));
    let (report, receipt) = done.await?;
    Ok(axum::Json(RuledReportOut {
        report: view::report(&report),
        receipt: receipt.as_ref().map(view::receipt),
    }))
}
