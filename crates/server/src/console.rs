//! The console's files: those that were built in, or those of a folder while somebody works on them.
//!
//! The one page has a nonce for the style tags that its library makes; scripts come from this server
//! only. Files under `assets/` are named by their content, so browsers keep them for ever.

use crate::state::Server;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::borrow::Cow;
use std::path::{Component, PathBuf};

include!(concat!(env!("OUT_DIR"), "/console_files.rs"));

/// Stands in the page where the nonce of each answer comes in.
const NONCE: &str = "%nonce%";

/// Where the console's files come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Console {
    /// Those that were there when the server was built.
    #[default]
    BuiltIn,
    /// Those of a folder, read anew each time.
    Folder(PathBuf),
}

impl Console {
    /// Whether there is a console at all.
    pub fn is_there(&self) -> bool {
        self.file("index.html").is_some()
    }

    fn file(&self, name: &str) -> Option<Cow<'static, [u8]>> {
        match self {
            Self::BuiltIn => {
                let found = FILES.binary_search_by(|(own, _)| (*own).cmp(name));
                found.ok().map(|at| Cow::Borrowed(FILES[at].1))
            }
            Self::Folder(folder) => {
                let name = std::path::Path::new(name);
                let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
                if !name.components().all(plain) {
                    return None;
                }
                std::fs::read(folder.join(name)).ok().map(Cow::Owned)
            }
        }
    }
}

/// The paths of the console. Every path that names no file is a page of it.
pub(crate) fn pages() -> Router<Server> {
    Router::new()
        .route("/console", get(|| async { Redirect::to("/console/") }))
        .route("/console/", get(page))
        .route("/console/{*path}", get(file_or_page))
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
    let zipped = accepts_gzip(&headers)
        .then(|| console.file(&format!("{path}.gz")))
        .flatten();
    let is_zipped = zipped.is_some();
    let Some(bytes) = zipped.or_else(|| console.file(&path)) else {
        if is_asset {
            return (StatusCode::NOT_FOUND, "there is no such file").into_response();
        }
        // An identity in the address has a dot as well.
        return page(State(server)).await;
    };
    let mut response = bytes.into_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind(&path)));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if is_zipped {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    let kept = match is_asset {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
    response
}

async fn page(State(server): State<Server>) -> Response {
    let Some(page) = server.settings().console.file("index.html") else {
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

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT_ENCODING);
    accepted.is_some_and(|it| it.to_str().is_ok_and(|it| it.contains("gzip")))
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leaves_the_folder_names_no_file() {
        let folder = Console::Folder(env!("CARGO_MANIFEST_DIR").into());
        assert!(folder.file("Cargo.toml").is_some());
        assert!(folder.file("src/lib.rs").is_some());
        for sly in ["../server/Cargo.toml", "/etc/passwd", "src/../Cargo.toml"] {
            assert!(folder.file(sly).is_none(), "{sly}");
        }
    }

    #[test]
    fn built_in_files_are_sorted_so_that_they_are_found() {
        assert!(FILES.is_sorted_by(|one, other| one.0 < other.0));
    }
}
