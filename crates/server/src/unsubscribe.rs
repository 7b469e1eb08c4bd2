//! Where a link in a message unsubscribes, without signing in. Programs of mail send `POST` by themselves when
//! their reader presses the button (RFC 8058); a reader who follows the link sees one page with one button.
//! Looking at it does nothing: whatever scans mail follows links.

use crate::state::Server;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use regulars_app::{Error, Unsubscriber};

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// The path of such links.
pub(crate) fn pages() -> Router<Server> {
    Router::new().route("/unsubscribe/{token}", get(ask).post(done))
}

/// What a page says: the title, the question, the button, that it is done, and that the link is wrong.
struct Words {
    language: &'static str,
    title: &'static str,
    question: &'static str,
    button: &'static str,
    done: &'static str,
    wrong: &'static str,
    failed: &'static str,
}

const WORDS: [Words; 5] = [
    Words {
        language: "en",
        title: "Unsubscribe",
        question: "Do you want no more such messages from {shop}?",
        button: "Unsubscribe",
        done: "You get no more such messages from {shop}.",
        wrong: "This link is not complete. Open it from the message once more.",
        failed: "It did not work just now. Please try again in a moment.",
    },
    Words {
        language: "de",
        title: "Abbestellen",
        question: "Möchten Sie keine solchen Nachrichten mehr von {shop}?",
        button: "Abbestellen",
        done: "Sie bekommen keine solchen Nachrichten mehr von {shop}.",
        wrong: "Dieser Link ist nicht vollständig. Öffnen Sie ihn noch einmal aus der Nachricht.",
        failed: "Das hat gerade nicht geklappt. Bitte versuchen Sie es gleich noch einmal.",
    },
    Words {
        language: "ru",
        title: "Отписаться",
        question: "Больше не получать такие сообщения от {shop}?",
        button: "Отписаться",
        done: "Вы больше не будете получать такие сообщения от {shop}.",
        wrong: "Ссылка неполная. Откройте её из сообщения ещё раз.",
        failed: "Сейчас не получилось. Попробуйте ещё раз чуть позже.",
    },
    Words {
        language: "zh-Hans",
        title: "退订",
        question: "不再接收 {shop} 的此类消息？",
        button: "退订",
        done: "您不会再收到 {shop} 的此类消息。",
        wrong: "此链接不完整。请从消息中重新打开。",
        failed: "暂时未能完成，请稍后再试。",
    },
    Words {
        language: "zh-Hant",
        title: "退訂",
        question: "不再接收 {shop} 的此類訊息？",
        button: "退訂",
        done: "您不會再收到 {shop} 的此類訊息。",
        wrong: "此連結不完整。請從訊息中重新開啟。",
        failed: "暫時未能完成，請稍後再試。",
    },
];

/// The words of a language, or of its kin; English otherwise.
fn words(language: Option<&str>) -> &'static Words {
    let language = language.unwrap_or("en");
    let traditional = ["zh-Hant", "zh-TW", "zh-HK", "zh-MO"];
    let known = match language.split('-').next().unwrap_or_default() {
        "zh" if traditional.iter().any(|own| language.starts_with(own)) => "zh-Hant",
        "zh" => "zh-Hans",
        root => root,
    };
    let found = WORDS.iter().find(|own| own.language == known);
    found.unwrap_or(&WORDS[0])
}

async fn ask(State(server): State<Server>, Path(token): Path<String>) -> Response {
    let found = server.call(move |app| Ok(app.unsubscriber(&token))).await;
    answer(found.ok(), |own, words| {
        let question = said(words.question, own);
        let button = words.button;
        format!("<p>{question}</p><form method=\"post\"><button>{button}</button></form>")
    })
}

async fn done(State(server): State<Server>, Path(token): Path<String>) -> Response {
    let found = server.call(move |app| Ok(app.unsubscribe(&token))).await;
    answer(found.ok(), |own, words| {
        format!("<p role=\"status\">{}</p>", said(words.done, own))
    })
}

fn said(text: &str, own: &Unsubscriber) -> String {
    text.replace("{shop}", &escaped(&own.shop))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn answer(
    found: Option<Result<Unsubscriber, Error>>,
    inside: impl Fn(&Unsubscriber, &Words) -> String,
) -> Response {
    let (status, words, body) = match &found {
        Some(Ok(own)) => {
            let words = words(own.language.as_deref());
            (StatusCode::OK, words, inside(own, words))
        }
        Some(Err(Error::Unauthorized | Error::NotFound { .. })) => {
            let words = words(None);
            (
                StatusCode::NOT_FOUND,
                words,
                format!("<p>{}</p>", words.wrong),
            )
        }
        other => {
            // Nothing: it is in the log already.
            if let Some(Err(error)) = other {
                tracing::warn!(%error, "somebody could not unsubscribe");
            }
            let words = words(None);
            (
                StatusCode::SERVICE_UNAVAILABLE,
                words,
                format!("<p>{}</p>", words.failed),
            )
        }
    };
    let (language, title) = (words.language, words.title);
    let page = format!(
        "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title><style>:root{{color-scheme:light dark;font:1.1rem/1.5 system-ui,sans-serif}}\
         main{{max-width:30rem;margin:15vh auto;padding:0 1rem}}button{{font:inherit;padding:.6em 1.2em}}</style>\
         </head><body><main><h1>{title}</h1>{body}</main></body></html>"
    );
    let mut response = (status, Html(page)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // The address is the right to unsubscribe.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_reads_their_language_or_english() {
        let asked = [None, Some("de-AT"), Some("zh-TW"), Some("zh"), Some("fr")];
        let read = asked.map(|language| words(language).language);
        assert_eq!(read, ["en", "de", "zh-Hant", "zh-Hans", "en"]);
    }
}
