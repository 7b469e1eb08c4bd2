//! For whoever operates the server: figures for Prometheus on an address of their own, and whether the server
//! takes requests ([ADR 0129](../../../docs/adr/0129-how-is-it-seen-how-a-server-does.md)).

use axum::Router;
use axum::extract::{MatchedPath, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, Method, StatusCode};
use axum::routing::get;
use prometheus::{
    HistogramVec, IntCounterVec, IntGauge, TextEncoder, register_histogram_vec,
    register_int_counter_vec, register_int_gauge,
};
use regulars_app::App;
use regulars_app::measured::{SECONDS, known};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Instant;

static REQUESTS: LazyLock<IntCounterVec> = LazyLock::new(|| {
    known(register_int_counter_vec!(
        "regulars_http_requests_total",
        "Requests, by method, path as in the OpenAPI document, and status",
        &["method", "path", "status"]
    ))
});
static REQUEST_SECONDS: LazyLock<HistogramVec> = LazyLock::new(|| {
    known(register_histogram_vec!(
        "regulars_http_request_seconds",
        "How long requests took until they were answered",
        &["method", "path"],
        SECONDS.to_vec()
    ))
});
static WAITING: LazyLock<IntGauge> = LazyLock::new(|| {
    let help = "How many events wait to be written";
    known(register_int_gauge!("regulars_waiting_events", help))
});
static DATABASE_UP: LazyLock<IntGauge> = LazyLock::new(|| {
    let help = "Whether the database answers: 1 or 0";
    known(register_int_gauge!("regulars_database_up", help))
});

/// Whether the server was told to stop: whoever shares the load is to send no more.
#[derive(Clone, Debug, Default)]
pub struct Leaving(Arc<AtomicBool>);

impl Leaving {
    pub(crate) fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The paths of the address for those who operate the server: everybody who reaches it may read them.
pub(crate) fn paths(app: App) -> Router {
    Router::new().route("/metrics", get(scrape)).with_state(app)
}

/// All figures, in the text that Prometheus reads.
async fn scrape(
    State(app): State<App>,
) -> Result<([(HeaderName, &'static str); 1], String), StatusCode> {
    let health = tokio::task::spawn_blocking(move || app.health()).await;
    let health = health.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    WAITING.set(i64::try_from(health.waiting).unwrap_or(i64::MAX));
    DATABASE_UP.set(health.database.is_ok().into());
    let all = TextEncoder::new().encode_to_string(&prometheus::gather());
    let all = all.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(([(CONTENT_TYPE, prometheus::TEXT_FORMAT)], all))
}

/// A request was answered.
pub(crate) fn answered(
    method: &Method,
    path: Option<&MatchedPath>,
    status: StatusCode,
    begun: Instant,
) {
    // What nobody serves is one line, however many paths are tried.
    let path = path.map_or("none", MatchedPath::as_str);
    let method = in_words(method);
    REQUESTS
        .with_label_values(&[method, path, status.as_str()])
        .inc();
    REQUEST_SECONDS
        .with_label_values(&[method, path])
        .observe(begun.elapsed().as_secs_f64());
}

/// Methods are anybody's words, and each would be a line of its own.
fn in_words(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}
