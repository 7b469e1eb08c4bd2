//! The console: one page, whatever the path, with a nonce for the style tags that its library makes;
//! scripts come from this server only.

use crate::front::CONSOLE;
use crate::state::Server;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Stands in the page where the nonce of each answer comes in.
const NONCE: &str = "%nonce%";

/// The paths of the console. Every path that names no file is a page of it.
pub(crate) fn pages() -> Router<Server> {
    Router::new()
        .route("/console", get(|| async { Redirect::to("/console/") }))
        .route("/console/", get(page))
        .route("/console/{*path}", get(file_or_page))
}

/// Whether there is a console at all.
pub(crate) fn is_there(server: &Server) -> bool {
    server.settings().has_console()
}

async fn file_or_page(
    State(server): State<Server>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    let console = &server.settings().console;
    let is_asset = path.starts_with("assets/");
    if path == "index.html" || !(is_asset || path.contains('.')) {
        return page(State(server)).await;
    }
    match console.answer(CONSOLE, &path, &headers) {
        Some(answer) => answer,
        None if is_asset => (StatusCode::NOT_FOUND, "there is no such file").into_response(),
        // An identity in the address has a dot as well.
        None => page(State(server)).await,
    }
}

async fn page(State(server): State<Server>) -> Response {
    let Some(page) = server.settings().console.file(CONSOLE, "index.html") else {
        return (StatusCode::NOT_FOUND, Html(crate::home::without_console())).into_response();
    };
    let mut bytes = [0; 18];
    let drawn = getrandom::fill(&mut bytes);
    // Without randomness no style tag may be trusted; the page still shows its text.
    let nonce = drawn.map_or_else(|_| String::new(), |()| STANDARD_NO_PAD.encode(bytes));
    let text = String::from_utf8_lossy(&page).replace(NONCE, &nonce);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    );
    let mut response = Html(text).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
