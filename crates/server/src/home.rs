//! Pages for people: what this is, the documentation (all of it from this server, nothing from
//! elsewhere), and the list of errors.

use crate::state::Server;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::get;
use regulars_api::Code;
use std::fmt::Write as _;
use utoipa_swagger_ui::SwaggerUi;

const HEAD: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
    <style>:root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:44rem;\
    margin:3rem auto;padding:0 1rem}code,pre{background:color-mix(in srgb,currentColor 10%,\
    transparent);border-radius:4px;padding:.1em .3em}pre{padding:1rem;white-space:pre-wrap;overflow-wrap:anywhere}\
    dt{margin-top:1.2rem}</style>";

const HOME: &str = r#"<title>Regulars</title>
<h1>Regulars</h1>
<p><b>The console is not built into this server.</b> <code>make run</code> (or <code>make console</code>
and then a build of the server) builds it; that needs node. Everything else works without it.</p>
<p>This is a Regulars server: customer loyalty that can be explained and proved. A merchant writes
a program file, sends what customers do, and every member has a balance, with the reasons for it.</p>
<ul>
<li><a href="/docs/">The API, to read and to try</a></li>
<li><a href="/v1/openapi.json">The API as an OpenAPI 3.1 document</a></li>
<li><a href="/docs/errors">Every error code, and what to do about it</a></li>
<li><a href="/healthz">Whether this server works</a></li>
</ul>
<p>A first question, with the key that the server printed when it started:</p>
<pre>curl -H "Authorization: Bearer $REGULARS_KEY" http://HOST/v1/members?limit=3</pre>
</html>"#;

const NO_CONSOLE: &str = r#"<title>No console · Regulars</title>
<h1>The console is not built into this server</h1>
<p><code>make run</code> (or <code>make console</code> and then a build of the server) builds it; that
needs node. Everything else works without it: <a href="/">what else is here</a>.</p>
</html>"#;

/// The pages.
pub(crate) fn pages(document: utoipa::openapi::OpenApi) -> Router<Server> {
    let docs: Router<Server> = SwaggerUi::new("/docs")
        .url("/v1/openapi.json", document)
        .into();
    Router::new()
        .route("/", get(first))
        .route("/docs/errors", get(|| async { Html(errors()) }))
        .merge(docs)
}

/// To the console, if there is one.
async fn first(State(server): State<Server>, headers: HeaderMap) -> Response {
    match crate::console::is_there(&server) {
        true => Redirect::to("/console/").into_response(),
        false => home(headers).await.into_response(),
    }
}

/// What stands where the console would be.
pub(crate) fn without_console() -> String {
    format!("{HEAD}{NO_CONSOLE}")
}

/// The first page, with the address under which it was asked for.
async fn home(headers: HeaderMap) -> Html<String> {
    let told = headers.get(HOST).and_then(|host| host.to_str().ok());
    let plain = |host: &&str| {
        let mut bytes = host.bytes();
        bytes.all(|byte| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte))
    };
    let host = told.filter(plain).unwrap_or("127.0.0.1:8080");
    Html(format!("{HEAD}{}", HOME.replace("HOST", host)))
}

/// The page of errors: the anchors are what problems point at.
fn errors() -> String {
    let mut page = format!(
        "{HEAD}<title>Errors · Regulars</title><h1>Errors</h1><p>Every answer of status 400 and \
         above is <code>application/problem+json</code> with one of these codes.</p><dl>"
    );
    for code in Code::ALL {
        let (name, status, title, help) = (code.code(), code.status(), code.title(), code.help());
        let _ = write!(
            page,
            "<dt id=\"{name}\"><code>{name}</code> ({status})<dd>{title}.<dd>{}",
            in_html(help.trim())
        );
    }
    page.push_str("</dl></html>");
    page
}

/// Text in HTML, with `code` between backticks.
fn in_html(text: &str) -> String {
    let mut html = String::new();
    for (place, part) in text.split('`').enumerate() {
        let part = part.replace('&', "&amp;").replace('<', "&lt;");
        if place % 2 == 1 {
            let _ = write!(html, "<code>{part}</code>");
        } else {
            html.push_str(&part);
        }
    }
    html
}
