//! What is the same for every request: its id, its headers, its line in the log, and problems
//! written as problems.

use crate::failure::Failure;
use crate::rate::Spent;
use crate::{operating, square};
use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, RETRY_AFTER,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// The header that carries a request's id, both ways.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The header that says that the answer is that of an earlier time.
pub(crate) const IDEMPOTENCY_HIT: HeaderName = HeaderName::from_static("idempotency-hit");

/// The API answers data and is no page: a browser is to run nothing of it.
const POLICY_OF_DATA: &str = "default-src 'none'; frame-ancestors 'none'";
/// The pages run scripts of their own and no others.
const POLICY_OF_PAGES: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// The outermost layer but that of the language.
pub(crate) async fn finish(mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = request_id(request.headers());
    // Whoever is inside knows the request by the same name.
    request.headers_mut().insert(X_REQUEST_ID, id.clone());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let spent = Spent::default();
    request.extensions_mut().insert(spent.clone());
    let mut response = next.run(request).await;
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        response = problem(failure, &path, &id);
    }
    let is_data = path.starts_with("/v1") || path.starts_with(square::PREFIX);
    head(response.headers_mut(), is_data, &id);
    operating::answered(&method, matched.as_ref(), response.status(), begun);
    spent.tell(response.headers_mut());
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    let id = id.to_str().unwrap_or_default();
    // The path as the document has it: what was asked for may be somebody's address.
    let path = matched.as_ref().map_or("none", MatchedPath::as_str);
    tracing::debug!(request_id = id, %method, path, status, duration_us = micros, "answered");
    response
}

/// What is answered when a handler panics. The message goes to the log.
pub(crate) fn panicked(what: Box<dyn Any + Send + 'static>) -> Response {
    let said = what
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| what.downcast_ref::<&str>().copied());
    Failure::internal(format!("panic: {}", said.unwrap_or("without words"))).into_response()
}

fn problem(failure: Failure, path: &str, id: &HeaderValue) -> Response {
    let Failure {
        mut problem,
        cause,
        hit,
        wait,
    } = failure;
    let shown = id.to_str().unwrap_or_default();
    if let Some(cause) = cause {
        tracing::error!(request_id = shown, code = problem.code, "{cause}");
    }
    problem.request_id = Some(shown.to_owned());
    // Whoever speaks the API of somebody else is told in its words.
    let (status, body, kind) = match square::written(path, &problem) {
        Some((status, body)) => (status, body, "application/json"),
        None => {
            let body = serde_json::to_vec(&problem).unwrap_or_default();
            (problem.status, body, "application/problem+json")
        }
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        headers.insert(RETRY_AFTER, HeaderValue::from(wait.unwrap_or(60)));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    if hit {
        headers.insert(IDEMPOTENCY_HIT, HeaderValue::from_static("true"));
    }
    response
}

fn head(headers: &mut HeaderMap, is_data: bool, id: &HeaderValue) {
    headers.insert(X_REQUEST_ID, id.clone());
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let policy = if is_data {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        POLICY_OF_DATA
    } else {
        POLICY_OF_PAGES
    };
    // A page that knows better what it needs has said so.
    let policy = HeaderValue::from_static(policy);
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(policy);
}

/// The caller's own id if it is short and plain (it ends up in logs), else one of ours.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    static BEGUN: OnceLock<u64> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    if let Some(sent) = headers.get(X_REQUEST_ID) {
        let bytes = sent.as_bytes();
        if (1..=64).contains(&bytes.len()) && bytes.iter().all(plain) {
            return sent.clone();
        }
    }
    let begun = BEGUN.get_or_init(|| getrandom::u64().unwrap_or(0));
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let text = format!("req_{begun:016x}{count:08x}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("req_"))
}
