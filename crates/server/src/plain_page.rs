//! Pages without a script, for whoever follows a link from a letter: no session, no cookie, nothing loaded from
//! anywhere.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// The languages of such pages.
pub(crate) const LANGUAGES: [&str; 5] = ["en", "de", "ru", "zh-Hans", "zh-Hant"];

/// The place in [`LANGUAGES`] of a language, or of its kin; English otherwise.
pub(crate) fn place(language: Option<&str>) -> usize {
    let language = language.unwrap_or("en");
    let traditional = ["zh-Hant", "zh-TW", "zh-HK", "zh-MO"];
    let known = match language.split('-').next().unwrap_or_default() {
        "zh" if traditional.iter().any(|own| language.starts_with(own)) => "zh-Hant",
        "zh" => "zh-Hans",
        root => root,
    };
    LANGUAGES.iter().position(|own| *own == known).unwrap_or(0)
}

/// A text that is no markup.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A page: its title is a text, what stands in it is markup.
pub(crate) fn page(status: StatusCode, language: &str, title: &str, body: &str) -> Response {
    let title = escaped(title);
    let page = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title><style>:root{{color-scheme:light dark;font:1.1rem/1.5 system-ui,sans-serif}}\
         main{{max-width:34rem;margin:10vh auto;padding:0 1rem}}h1{{font-size:1.5rem}}\
         button{{font:inherit;padding:.6em 1.2em}}fieldset{{border:0;padding:0;margin:1.5rem 0}}\
         legend{{font-weight:600;padding:0;margin-bottom:.6rem}}\
         .scale{{display:flex;flex-wrap:wrap;gap:.35rem}}.scale label{{border:1px solid;border-radius:.4rem;\
         padding:.45rem .6rem;min-width:2.75rem;box-sizing:border-box;text-align:center;cursor:pointer}}\
         .scale label:has(:checked){{outline:3px solid;outline-offset:-3px;font-weight:700}}\
         .scale input{{display:block;margin:.1rem auto}}.ends{{display:flex;justify-content:space-between;\
         gap:1rem;font-size:.85rem;margin:.4rem 0 0}}.option{{display:block;padding:.35rem 0}}\
         textarea{{font:inherit;width:100%;box-sizing:border-box;min-height:8rem}}.fault{{font-weight:600}}\
         </style></head><body><main><h1>{title}</h1>{body}</main></body></html>",
        escaped(language)
    );
    let mut response = (status, Html(page)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // The address is the right to do what the page does.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_reads_their_language_or_english() {
        let asked = [None, Some("de-AT"), Some("zh-TW"), Some("zh"), Some("fr")];
        let read = asked.map(|language| LANGUAGES[place(language)]);
        assert_eq!(read, ["en", "de", "zh-Hant", "zh-Hans", "en"]);
    }
}
