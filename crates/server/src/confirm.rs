//! Where a link in a letter confirms a consent, without signing in. Looking at it does nothing: whatever scans mail
//! follows links. The button confirms it, once.

use crate::plain_page::{self, escaped};
use crate::state::Server;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use regulars_app::{ConfirmStands, Confirming, Error};

/// The path of such links.
pub(crate) fn pages() -> Router<Server> {
    Router::new().route("/confirm/{token}", get(ask).post(done))
}

/// What a page says: the title, the question, the button, that it is done, that the link is over, and that it is
/// wrong.
struct Words {
    language: &'static str,
    title: &'static str,
    question: &'static str,
    button: &'static str,
    done: &'static str,
    over: &'static str,
    wrong: &'static str,
    failed: &'static str,
}

const WORDS: [Words; 5] = [
    Words {
        language: "en",
        title: "Confirm",
        question: "Do you want messages from {shop}?",
        button: "Yes, I want them",
        done: "Thank you. You get messages from {shop}. You can end that in each of them.",
        over: "This link is no longer good. Allow the messages once more on your page with {shop}: you get a new one.",
        wrong: "This link is not complete. Open it from the letter once more.",
        failed: "It did not work just now. Please try again in a moment.",
    },
    Words {
        language: "de",
        title: "Bestätigen",
        question: "Möchten Sie Nachrichten von {shop}?",
        button: "Ja, ich möchte sie",
        done: "Danke. Sie bekommen Nachrichten von {shop}. In jeder können Sie das beenden.",
        over: "Dieser Link gilt nicht mehr. Erlauben Sie die Nachrichten noch einmal auf Ihrer Seite bei {shop}: Sie bekommen einen neuen.",
        wrong: "Dieser Link ist nicht vollständig. Öffnen Sie ihn noch einmal aus dem Brief.",
        failed: "Das hat gerade nicht geklappt. Bitte versuchen Sie es gleich noch einmal.",
    },
    Words {
        language: "ru",
        title: "Подтверждение",
        question: "Вы хотите получать сообщения от {shop}?",
        button: "Да, хочу",
        done: "Спасибо. Вы будете получать сообщения от {shop}. Отказаться можно в любом из них.",
        over: "Ссылка больше не действует. Разрешите сообщения ещё раз на своей странице в {shop}: придёт новая.",
        wrong: "Ссылка неполная. Откройте её из письма ещё раз.",
        failed: "Сейчас не получилось. Попробуйте ещё раз чуть позже.",
    },
    Words {
        language: "zh-Hans",
        title: "确认",
        question: "您希望接收 {shop} 的消息吗？",
        button: "是的，我愿意",
        done: "谢谢。您将收到 {shop} 的消息，可在任意一条中退订。",
        over: "此链接已失效。请在您的 {shop} 页面上重新允许接收消息，我们会发送新的链接。",
        wrong: "此链接不完整。请从邮件中重新打开。",
        failed: "暂时未能完成，请稍后再试。",
    },
    Words {
        language: "zh-Hant",
        title: "確認",
        question: "您希望接收 {shop} 的訊息嗎？",
        button: "是的，我願意",
        done: "謝謝。您將收到 {shop} 的訊息，可在任何一則中退訂。",
        over: "此連結已失效。請在您的 {shop} 頁面上重新允許接收訊息，我們會寄出新的連結。",
        wrong: "此連結不完整。請從郵件中重新開啟。",
        failed: "暫時未能完成，請稍後再試。",
    },
];

/// The words of a language, or of its kin; English otherwise.
fn words(language: Option<&str>) -> &'static Words {
    &WORDS[plain_page::place(language)]
}

async fn ask(State(server): State<Server>, Path(token): Path<String>) -> Response {
    let found = server.call(move |app| Ok(app.confirming(&token))).await;
    answer(found.ok())
}

async fn done(State(server): State<Server>, Path(token): Path<String>) -> Response {
    let found = server.call(move |app| Ok(app.confirm(&token))).await;
    answer(found.ok())
}

fn answer(found: Option<Result<Confirming, Error>>) -> Response {
    let (status, words, body) = match &found {
        Some(Ok(own)) => {
            let words = words(own.link.language.as_deref());
            let said = |text: &str| text.replace("{shop}", &escaped(&own.link.shop));
            let (status, body) = match own.stands {
                ConfirmStands::Open => {
                    let (question, button) = (said(words.question), words.button);
                    let form = format!("<form method=\"post\"><button>{button}</button></form>");
                    (StatusCode::OK, format!("<p>{question}</p>{form}"))
                }
                ConfirmStands::Done => {
                    let done = said(words.done);
                    (StatusCode::OK, format!("<p role=\"status\">{done}</p>"))
                }
                ConfirmStands::Over => (StatusCode::GONE, format!("<p>{}</p>", said(words.over))),
            };
            (status, words, body)
        }
        Some(Err(Error::Unauthorized | Error::NotFound { .. })) => {
            let words = words(None);
            let body = format!("<p>{}</p>", words.wrong);
            (StatusCode::NOT_FOUND, words, body)
        }
        other => {
            // Nothing: it is in the log already.
            if let Some(Err(error)) = other {
                tracing::warn!(%error, "somebody could not confirm");
            }
            let words = words(None);
            let body = format!("<p>{}</p>", words.failed);
            (StatusCode::SERVICE_UNAVAILABLE, words, body)
        }
    };
    plain_page::page(status, words.language, words.title, &body)
}
