//! The pages for members, at `/portal/` and the name of the shop: one page that finds its way behind
//! the hash sign, a manifest and an icon so that a phone can install it, and the widget's script, which
//! pages of shops load from here.

use crate::front::PORTAL;
use crate::routes::portal::shop;
use crate::state::Server;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use regulars_app::Shown;
use regulars_mail::Letter;
use serde_json::{Value, json};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
     font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>No portal</title>\
     <h1>The pages for members are not built into this server</h1>\
     <p><code>make run</code> (or <code>make portal</code> and then a build of the server) builds them; \
     that needs node. Everything else works without them.</p></html>";

/// The paths of the pages for members.
pub(crate) fn pages() -> Router<Server> {
    Router::new()
        .route("/portal", get(|| async { Redirect::to("/portal/") }))
        .route("/portal/", get(only_shop))
        .route("/portal/assets/{*path}", get(asset))
        .route("/portal/{name}", get(file_or_shop))
        .route("/portal/{shop}/", get(page))
        .route("/portal/{shop}/manifest.webmanifest", get(manifest))
        .route("/portal/{shop}/icon.svg", get(icon))
        .route("/portal/{shop}/sw.js", get(worker))
}

/// Where only one merchant has pages, they are found without its name.
async fn only_shop(State(server): State<Server>) -> Response {
    let found = server.call(|app| {
        let tenants = app.tenants()?.into_iter();
        let mut shown = tenants.filter(|tenant| app.portal(tenant.id).is_ok());
        Ok((shown.next(), shown.next()))
    });
    match found.await {
        Ok((Some(only), None)) => Redirect::to(&format!("/portal/{}/", only.name)).into_response(),
        _ => page(State(server)).await,
    }
}

async fn asset(
    State(server): State<Server>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    let path = format!("assets/{path}");
    let found = server.settings().portal.answer(PORTAL, &path, &headers);
    found.unwrap_or_else(|| (StatusCode::NOT_FOUND, "there is no such file").into_response())
}

/// `/portal/widget.js` is a file, `/portal/demo` a shop.
async fn file_or_shop(
    State(server): State<Server>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    if name == "widget.js" {
        let found = server.settings().portal.answer(PORTAL, &name, &headers);
        let Some(mut script) = found else {
            return (StatusCode::NOT_FOUND, "there is no such file").into_response();
        };
        // Pages of shops load it, wherever they are.
        let anywhere = HeaderValue::from_static("cross-origin");
        let policy = HeaderName::from_static("cross-origin-resource-policy");
        script.headers_mut().insert(policy, anywhere);
        return script;
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    match name.bytes().all(plain) {
        true => Redirect::to(&format!("/portal/{name}/")).into_response(),
        false => page(State(server)).await,
    }
}

async fn page(State(server): State<Server>) -> Response {
    let Some(page) = server.settings().portal.file(PORTAL, "index.html") else {
        return (StatusCode::NOT_FOUND, Html(NOT_BUILT)).into_response();
    };
    let mut response = Html(String::from_utf8_lossy(&page).into_owned()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

async fn shown(server: &Server, name: String) -> Option<Shown> {
    let found = server.call(move |app| {
        let tenant = shop(app, &name)?;
        app.portal(tenant.id)
    });
    found.await.ok()
}

async fn manifest(State(server): State<Server>, Path(name): Path<String>) -> Response {
    let Some(shown) = shown(&server, name.clone()).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let manifest = json!({
        "name": shown.portal.title,
        "short_name": shown.portal.title,
        "id": format!("/portal/{name}/"),
        "start_url": format!("/portal/{name}/"),
        "scope": format!("/portal/{name}/"),
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": shown.portal.colour.hex(),
        "icons": [{"src": "icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any maskable"}],
    });
    let kind = [(CONTENT_TYPE, "application/manifest+json")];
    (kind, manifest.to_string()).into_response()
}

/// The first letter of the program's name on its colour.
async fn icon(State(server): State<Server>, Path(name): Path<String>) -> Response {
    let Some(shown) = shown(&server, name).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let letter = shown
        .portal
        .title
        .chars()
        .find(|letter| letter.is_alphanumeric());
    let letter = letter.unwrap_or('R').to_uppercase().to_string();
    let colour = shown.portal.colour.hex();
    let picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 512 512\"><rect width=\"512\" height=\"512\" \
         fill=\"{colour}\"/><text x=\"256\" y=\"340\" font-family=\"system-ui,sans-serif\" font-size=\"240\" \
         font-weight=\"700\" text-anchor=\"middle\" fill=\"#fff\">{letter}</text></svg>"
    );
    ([(CONTENT_TYPE, "image/svg+xml")], picture).into_response()
}

/// The service worker, under each shop, so that its reach is that shop's pages.
async fn worker(
    State(server): State<Server>,
    Path(_): Path<String>,
    headers: HeaderMap,
) -> Response {
    let found = server.settings().portal.answer(PORTAL, "sw.js", &headers);
    found.unwrap_or_else(|| (StatusCode::NOT_FOUND, "there is no such file").into_response())
}

/// What a letter says where its language is not known, or the pages are not built.
const ENGLISH: (&str, &str) = (
    "{code} is your code for {title}",
    "Your code for {title}: {code}\n\nIt signs you in once, within ten minutes. If you did not ask for it, do nothing.\n",
);

/// The letter with a code. Its words are those of the pages, so that a language is one file.
pub(crate) fn letter(
    server: &Server,
    language: Option<&str>,
    to: &str,
    code: &str,
    title: &str,
) -> Letter {
    let letters = server.settings().portal.file(PORTAL, "letters.json");
    let letters: Value = letters
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default();
    let own = language.and_then(|language| letters.get(language));
    let own = own.or_else(|| letters.get("en"));
    let says = |part: &str, otherwise: &str| {
        let text = own.and_then(|own| own.get(part)?.as_str());
        let text = text.unwrap_or(otherwise);
        text.replace("{code}", code).replace("{title}", title)
    };
    Letter {
        to: to.to_owned(),
        subject: says("subject", ENGLISH.0),
        text: says("text", ENGLISH.1),
        ..Letter::default()
    }
}
