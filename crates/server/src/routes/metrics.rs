//! Metrics about customers, and jobs that take longer than an answer may.

use crate::auth::{Key, Read};
use crate::extract::{Asked, BODY_MAX, Json, Params};
use crate::failure::Failure;
use crate::state::Server;
use crate::view;
use axum::extract::State;
use axum::http::StatusCode;
use regulars_api::member::MemberOut;
use regulars_api::metric::{
    AlertOut, BehindFigureOut, CustomersOut, JobIn, JobOut, MetricFiguresOut, MetricOut,
};
use regulars_api::{PageOut, Problem};
use regulars_app::{
    CATALOG, Error, Finance, InsightOptions, JobAsk, List, MemberRef, Page, PageAsk,
};
use serde::Deserialize;
use utoipa::IntoParams;

/// How figures are shown.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MetricQuery {
    /// By `day`, `week`, `month`, `quarter` or `year`; `month` if left out.
    period: Option<String>,
    /// Also by the values of this field, or of several with commas between them: `store`, `channel`,
    /// `category`, `staff`, `tier`, `partner`, `group`, `campaign`.
    by: Option<String>,
    /// For how many days after a purchase a customer counts as active; found from the data if left out.
    window_days: Option<u16>,
}

/// Which jobs.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct JobsQuery {
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

/// List the metrics
///
/// Each with its definition: what is counted over what.
#[utoipa::path(get, path = "/v1/metrics", tag = "metrics", responses(
    (status = 200, body = PageOut<MetricOut>, description = "All of them"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_metrics(_key: Key<Read>) -> axum::Json<PageOut<MetricOut>> {
    axum::Json(PageOut {
        items: CATALOG.into_iter().map(view::metric).collect(),
        next: None,
    })
}

/// See a metric
///
/// From the shop's own purchases and refunds: over all time, by period, and by the values of a field. It
/// goes over the whole log: for many figures at once, begin a job.
#[utoipa::path(get, path = "/v1/metrics/{metric}", tag = "metrics",
    params(("metric" = String, Path, description = "Its id: `repurchase_rate`"), MetricQuery),
    responses(
        (status = 200, body = MetricFiguresOut, description = "Its figures"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_metric(
    State(server): State<Server>,
    key: Key<Read>,
    Params(name): Params<String>,
    Asked(query): Asked<MetricQuery>,
) -> Result<axum::Json<MetricFiguresOut>, Failure> {
    let tenant = key.tenant;
    let unknown = || {
        Failure::from(Error::NotFound {
            what: "metric",
            name: name.chars().take(64).collect(),
        })
    };
    if !CATALOG.iter().any(|known| known.id == name) {
        return Err(unknown());
    }
    let options = InsightOptions {
        period: query.period,
        by: query.by,
        window_days: query.window_days.map(u32::from),
        ..InsightOptions::default()
    };
    let metric = name.clone();
    let report = server
        .call(move |app| app.figures_with(tenant, &options, &metric))
        .await?;
    let figures = view::metric_figures(&name, &report);
    figures.map(axum::Json).ok_or_else(unknown)
}

/// Which customers.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// `segment=at_risk`; `scores=5-1` (recency, frequency); `cohort=2025-03`; `cohort=2025-03+2`, those
    /// of it who bought in the second period after; `since=2025-03-31`, those who bought on this day or later;
    /// `lost=2025-03`; `lost_after=2` periods since the first purchase; `kind=price`; `tenth=1`, by what they are expected to bring;
    /// `churn_rate=2025-03` or `nps=all`, those whom a metric counts above its line.
    list: String,
    /// By `day`, `week`, `month`, `quarter` or `year`; `month` if left out.
    period: Option<String>,
    /// What stores or channels are to kinds of loyalty: `store`, `channel`.
    by: Option<String>,
    /// For how many days after a purchase a customer counts as active; found from the data if left out.
    window_days: Option<u16>,
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

/// List the customers behind a figure
///
/// Who is in a segment, in a cell of a cohort, of a kind, lost in a month. It goes over the whole log, and
/// fits a model where a model says who they are.
#[utoipa::path(get, path = "/v1/customers", tag = "metrics", params(ListQuery), responses(
    (status = 200, body = CustomersOut, description = "A page of them, in order of their ids, and how many there are"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_customers(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<ListQuery>,
) -> Result<axum::Json<CustomersOut>, Failure> {
    let tenant = key.tenant;
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let list: List = query
        .list
        .parse()
        .map_err(|error: Error| Failure::parameter("list", error.to_string()))?;
    let options = InsightOptions {
        period: query.period,
        by: query.by,
        window_days: query.window_days.map(u32::from),
        ..InsightOptions::default()
    };
    let found = server.call(move |app| {
        let ids = app.list_customers(tenant, &options, &list)?;
        let customers = ids.len() as u64;
        let Page { items: page, next } = Page::of(ids, &ask, |id| id);
        let members = page.iter().map(|id| {
            let id = id.parse().map_err(|_| Error::NotFound {
                what: "member",
                name: id.clone(),
            })?;
            app.member(tenant, &MemberRef::Id(id))
        });
        let items = members.collect::<Result<Vec<_>, Error>>()?;
        Ok((customers, Page { items, next }))
    });
    let (customers, page) = found.await?;
    let PageOut::<MemberOut> { items, next } = view::page(page, view::member);
    Ok(axum::Json(CustomersOut {
        customers,
        items,
        next,
    }))
}

/// Which customers of a metric.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BehindQuery {
    /// By `day`, `week`, `month`, `quarter` or `year`; `month` if left out.
    period: Option<String>,
    /// The name of a period, as the metric names it: `2025-03`; all time if left out.
    of: Option<String>,
    /// For how many days after a purchase a customer counts as active; found from the data if left out.
    window_days: Option<u16>,
    /// The `next` of the page before; left out for the first.
    after: Option<String>,
    /// How many at most: 1 to 1000; 50 if left out.
    limit: Option<usize>,
}

/// List the customers behind a metric
///
/// Everybody whom its figure counts, of all time or of one period, and whether they stand above its line
/// or below it only: of the churn rate those who were active, and who of them was lost.
#[utoipa::path(get, path = "/v1/metrics/{metric}/customers", tag = "metrics",
    params(("metric" = String, Path, description = "Its id: `repurchase_rate`"), BehindQuery),
    responses(
        (status = 200, body = PageOut<BehindFigureOut>, description = "A page of them, by member id"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn list_metric_customers(
    State(server): State<Server>,
    key: Key<Read>,
    Params(metric): Params<String>,
    Asked(query): Asked<BehindQuery>,
) -> Result<axum::Json<PageOut<BehindFigureOut>>, Failure> {
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let (tenant, of) = (key.tenant, query.of);
    let options = InsightOptions {
        period: query.period,
        window_days: query.window_days.map(u32::from),
        ..InsightOptions::default()
    };
    let metric: String = metric.chars().take(64).collect();
    let all = server
        .call(move |app| app.behind_figure(tenant, &metric, of.as_deref(), &options))
        .await?;
    let page = Page::of(all, &ask, |it| &it.customer);
    Ok(axum::Json(view::page(page, view::behind_figure)))
}

/// List alerts
///
/// What `[insight]` of the program file asks to be told of, as it stood when a server looked last. A
/// server looks where it is started with a folder for reports.
#[utoipa::path(get, path = "/v1/alerts", tag = "metrics", params(JobsQuery), responses(
    (status = 200, body = PageOut<AlertOut>, description = "A page of them"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_alerts(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<JobsQuery>,
) -> Result<axum::Json<PageOut<AlertOut>>, Failure> {
    let ask = view::page_ask(query.after.as_deref(), query.limit)?;
    let tenant = key.tenant;
    let page = server.call(move |app| app.alerts(tenant, &ask)).await?;
    Ok(axum::Json(view::page(page, view::alert)))
}

/// Begin a job
///
/// What takes too long for one answer: a whole report, with models and forecasts; figures or forecasts alone,
/// the finances, a back-test. Ask how far it is, cancel it, fetch its result.
#[utoipa::path(post, path = "/v1/jobs", tag = "metrics", request_body = JobIn, responses(
    (status = 202, body = JobOut, description = "It is begun"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not begun, and why"),
))]
pub(crate) async fn begin_job(
    State(server): State<Server>,
    key: Key<Read>,
    body: Json<BODY_MAX>,
) -> Result<(StatusCode, axum::Json<JobOut>), Failure> {
    let asked = JobIn::read(body.raw()?).map_err(Failure::invalid)?;
    let (tenant, by) = (key.tenant, key.name.clone());
    let ask = JobAsk {
        what: asked.what,
        period: asked.period,
        by: asked.by,
        window_days: asked.window_days,
        horizon_months: asked.horizon_months,
        program: asked.program,
        ..JobAsk::default()
    };
    let job = server
        .call(move |app| {
            let finance = |it: &Finance| serde_json::to_value(view::finance(it));
            app.begin_job(tenant, ask, by, finance)
        })
        .await?;
    Ok((StatusCode::ACCEPTED, axum::Json(view::job(&job))))
}

/// List jobs
///
/// In the order in which they were begun.
#[utoipa::path(get, path = "/v1/jobs", tag = "metrics", params(JobsQuery), responses(
    (status = 200, body = PageOut<JobOut>, description = "A page of them"),
    (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
))]
pub(crate) async fn list_jobs(
    State(server): State<Server>,
    key: Key<Read>,
    Asked(query): Asked<JobsQuery>,
) -> Result<axum::Json<PageOut<JobOut>>, Failure> {
    let tenant = key.tenant;
    let page = PageAsk {
        after: query.after,
        limit: query.limit.unwrap_or_default(),
    };
    let page = server.call(move |app| app.jobs(tenant, &page)).await?;
    Ok(axum::Json(PageOut {
        items: page.items.iter().map(view::job).collect(),
        next: page.next,
    }))
}

/// See how far a job is
#[utoipa::path(get, path = "/v1/jobs/{job}", tag = "metrics",
    params(("job" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = JobOut, description = "The job"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not answered, and why"),
    ))]
pub(crate) async fn get_job(
    State(server): State<Server>,
    key: Key<Read>,
    Params(job): Params<String>,
) -> Result<axum::Json<JobOut>, Failure> {
    let tenant = key.tenant;
    let job = server.call(move |app| app.job(tenant, &job)).await?;
    Ok(axum::Json(view::job(&job)))
}

/// Cancel a job
///
/// Whoever works on it stops within seconds. One that is over stays as it is.
#[utoipa::path(post, path = "/v1/jobs/{job}/cancel", tag = "metrics",
    params(("job" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = JobOut, description = "The job"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "Not done, and why"),
    ))]
pub(crate) async fn cancel_job(
    State(server): State<Server>,
    key: Key<Read>,
    Params(job): Params<String>,
) -> Result<axum::Json<JobOut>, Failure> {
    let tenant = key.tenant;
    let job = server.call(move |app| app.cancel_job(tenant, &job)).await?;
    Ok(axum::Json(view::job(&job)))
}

/// Fetch the result of a job
///
/// Of a report as `regulars report --json` prints it, of `metrics` its `figures`, of `forecast` its `coming`; of
/// `finance` as `GET /v1/finance` answers; of a back-test as `figures` of a plan say.
#[utoipa::path(get, path = "/v1/jobs/{job}/result", tag = "metrics",
    params(("job" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = serde_json::Value, description = "The result"),
        (status = "default", body = Problem, content_type = "application/problem+json", description = "There is none (yet), and why"),
    ))]
pub(crate) async fn get_job_result(
    State(server): State<Server>,
    key: Key<Read>,
    Params(job): Params<String>,
) -> Result<axum::Json<serde_json::Value>, Failure> {
    let tenant = key.tenant;
    let name = job.chars().take(64).collect();
    let result = server.call(move |app| app.job_result(tenant, &job)).await?;
    result.map(axum::Json).ok_or_else(|| {
        Failure::from(Error::NotFound {
            what: "result of the job",
            name,
        })
    })
}
