//! Where a link in a message unsubscribes, without signing in. Programs of mail send `POST` by themselves when
//! their reader presses the button (RFC 8058); a reader who follows the link sees one page with one button.
//! Looking at it does nothing: whatever scans mail follows links.

use crate::plain_page::{self, escaped};
use crate::state::Server;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use regulars_app::{Error, LinkOwner};

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
    &WORDS[plain_page::place(language)]
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

fn said(text: &str, own: &LinkOwner) -> String {
    text.replace("{shop}", &escaped(&own.shop))
}

fn answer(
    found: Option<Result<LinkOwner, Error>>,
    inside: impl Fn(&LinkOwner, &Words) -> String,
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
    plain_page::page(status, words.language, words.title, &body)
}
