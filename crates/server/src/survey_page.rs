//! Where a link of a survey leads, without signing in: one question after the other, each on a page of its own,
//! without a script. Looking books nothing, also where the link has chosen a score: whatever scans mail follows
//! links. What is answered is carried from page to page, and booked when the button of the last is pressed.

use crate::callers;
use crate::failure::Failure;
use crate::plain_page::{self, LANGUAGES, escaped, page};
use crate::state::Server;
use axum::extract::{DefaultBodyLimit, Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Router, http::HeaderMap};
use regulars_app::engage::survey::{Answer, Answers, Question, QuestionKind, said};
use regulars_app::{AnswerState, Error, SurveyLink};
use regulars_engine::event::Fault;
use serde::Deserialize;
use std::fmt::Write as _;

/// How much a page sends at most.
const FORM_MOST: usize = 200_000;
/// Where somebody answers who follows a link.
const WAY: &str = "link";

/// The path of such links.
pub(crate) fn pages() -> Router<Server> {
    Router::new()
        .route("/survey/{token}", get(show).post(answer))
        .layer(DefaultBodyLimit::max(FORM_MOST))
}

/// What a link says beside whose it is.
#[derive(Deserialize)]
struct Chosen {
    /// The number that it chooses.
    score: Option<i64>,
}

/// What a page says.
struct Words {
    next: &'static str,
    done: &'static str,
    over: &'static str,
    wrong: &'static str,
    failed: &'static str,
    title: &'static str,
    optional: &'static str,
    needed: &'static str,
    /// The ends of the scales of `nps`, `cli`, `csat` and `ces`.
    ends: [[&'static str; 2]; 4],
}

/// In the order of [`LANGUAGES`].
const WORDS: [Words; 5] = [
    Words {
        next: "Go on",
        done: "Your answers are in.",
        over: "This survey is over. Thank you for wanting to help.",
        wrong: "This link is not complete. Open it from the message once more.",
        failed: "It did not work just now. Please try again in a moment.",
        title: "Survey",
        optional: "You may leave this out.",
        needed: "Please answer this question.",
        ends: [
            ["not at all likely", "very likely"],
            ["surely", "surely not"],
            ["not satisfied", "very satisfied"],
            ["very hard", "very easy"],
        ],
    },
    Words {
        next: "Weiter",
        done: "Ihre Antworten sind angekommen.",
        over: "Diese Umfrage ist beendet. Danke, dass Sie helfen wollten.",
        wrong: "Dieser Link ist nicht vollständig. Öffnen Sie ihn noch einmal aus der Nachricht.",
        failed: "Das hat gerade nicht geklappt. Bitte versuchen Sie es gleich noch einmal.",
        title: "Umfrage",
        optional: "Sie dürfen das auslassen.",
        needed: "Bitte beantworten Sie diese Frage.",
        ends: [
            ["gar nicht wahrscheinlich", "sehr wahrscheinlich"],
            ["sicher", "sicher nicht"],
            ["nicht zufrieden", "sehr zufrieden"],
            ["sehr schwer", "sehr leicht"],
        ],
    },
    Words {
        next: "Дальше",
        done: "Ваши ответы получены.",
        over: "Этот опрос завершён. Спасибо, что хотели помочь.",
        wrong: "Ссылка неполная. Откройте её из сообщения ещё раз.",
        failed: "Сейчас не получилось. Попробуйте ещё раз чуть позже.",
        title: "Опрос",
        optional: "Этот вопрос можно пропустить.",
        needed: "Пожалуйста, ответьте на этот вопрос.",
        ends: [
            ["совсем не вероятно", "очень вероятно"],
            ["точно да", "точно нет"],
            ["недоволен", "очень доволен"],
            ["очень трудно", "очень легко"],
        ],
    },
    Words {
        next: "继续",
        done: "已收到您的回答。",
        over: "本次调查已结束。感谢您愿意帮助我们。",
        wrong: "此链接不完整。请从消息中重新打开。",
        failed: "暂时未能完成，请稍后再试。",
        title: "调查",
        optional: "此题可以不答。",
        needed: "请回答此题。",
        ends: [
            ["完全不可能", "非常可能"],
            ["一定会", "一定不会"],
            ["不满意", "非常满意"],
            ["非常困难", "非常容易"],
        ],
    },
    Words {
        next: "繼續",
        done: "已收到您的回答。",
        over: "本次調查已結束。感謝您願意幫助我們。",
        wrong: "此連結不完整。請從訊息中重新開啟。",
        failed: "暫時未能完成，請稍後再試。",
        title: "調查",
        optional: "此題可以不答。",
        needed: "請回答此題。",
        ends: [
            ["完全不可能", "非常可能"],
            ["一定會", "一定不會"],
            ["不滿意", "非常滿意"],
            ["非常困難", "非常容易"],
        ],
    },
];

/// Somebody who follows a link, and how they are spoken to.
struct Reader {
    link: SurveyLink,
    language: String,
}

impl Reader {
    /// The member's own language, or that of the browser, or the survey's.
    fn of(link: SurveyLink, headers: &HeaderMap) -> Self {
        let accepts = headers
            .get("accept-language")
            .and_then(|own| own.to_str().ok());
        let first = accepts.and_then(|own| own.split([',', ';']).next());
        let language = link
            .language
            .clone()
            .or_else(|| first.map(|own| own.trim().to_owned()));
        Self {
            language: language.unwrap_or_else(|| link.survey.draft.language.clone()),
            link,
        }
    }

    fn words(&self) -> &'static Words {
        &WORDS[plain_page::place(Some(&self.language))]
    }

    fn say<'a>(&self, own: &'a std::collections::BTreeMap<String, String>) -> &'a str {
        said(own, Some(&self.language), &self.link.survey.draft.language)
    }

    fn page(&self, status: StatusCode, body: &str) -> Response {
        let language = LANGUAGES[plain_page::place(Some(&self.language))];
        page(
            status,
            language,
            self.say(&self.link.survey.draft.title),
            body,
        )
    }

    fn done(&self) -> Response {
        let thanks = self.say(&self.link.survey.draft.thanks);
        let done = self.words().done;
        self.page(
            StatusCode::OK,
            &format!("<p role=\"status\">{}</p><p>{done}</p>", escaped(thanks)),
        )
    }

    /// The page of a question, with what was answered before it.
    fn question(
        &self,
        question: &Question,
        given: &Answers,
        chosen: Option<i64>,
        fault: bool,
    ) -> Response {
        let words = self.words();
        let lead = match given.is_empty() {
            true => self.say(&self.link.survey.draft.lead),
            false => "",
        };
        let carried = serde_json::to_string(given).unwrap_or_default();
        let mut body = String::new();
        if !lead.is_empty() {
            let _ = write!(body, "<p>{}</p>", escaped(lead));
        }
        let note = match (fault, question.needed) {
            (true, _) => format!("<p class=\"fault\" role=\"alert\">{}</p>", words.needed),
            (false, true) => String::new(),
            (false, false) => format!("<p>{}</p>", words.optional),
        };
        let _ = write!(
            body,
            "<form method=\"post\" action=\"?\"><input type=\"hidden\" name=\"given\" value=\"{}\">\
             <input type=\"hidden\" name=\"question\" value=\"{}\"><fieldset><legend>{}</legend>{}</fieldset>\
             {note}<button>{}</button></form>",
            escaped(&carried),
            escaped(&question.id),
            escaped(self.say(&question.says)),
            self.inputs(question, chosen),
            words.next
        );
        self.page(
            if fault {
                StatusCode::UNPROCESSABLE_ENTITY
            } else {
                StatusCode::OK
            },
            &body,
        )
    }

    fn inputs(&self, question: &Question, chosen: Option<i64>) -> String {
        let mut out = String::new();
        let kind = question.kind;
        if let Some((low, high)) = kind.scale() {
            out.push_str("<div class=\"scale\">");
            for number in low..=high {
                let checked = if chosen == Some(number) {
                    " checked"
                } else {
                    ""
                };
                let _ = write!(
                    out,
                    "<label><input type=\"radio\" name=\"answer\" value=\"{number}\"{checked}>{number}</label>"
                );
            }
            let place = match kind {
                QuestionKind::Nps => 0,
                QuestionKind::Cli => 1,
                QuestionKind::Csat => 2,
                _ => 3,
            };
            let [left, right] = self.words().ends[place];
            let _ = write!(
                out,
                "</div><p class=\"ends\"><span>{low}: {left}</span><span>{high}: {right}</span></p>"
            );
            return out;
        }
        if kind == QuestionKind::Text {
            let label = escaped(self.say(&question.says));
            return format!(
                "<textarea name=\"answer\" maxlength=\"4000\" aria-label=\"{label}\"></textarea>"
            );
        }
        let sort = if kind == QuestionKind::One {
            "radio"
        } else {
            "checkbox"
        };
        for option in &question.options {
            let _ = write!(
                out,
                "<label class=\"option\"><input type=\"{sort}\" name=\"answer\" value=\"{}\"> {}</label>",
                escaped(&option.id),
                escaped(self.say(&option.says))
            );
        }
        out
    }
}

/// What the server says where there is no survey to show.
fn refused(error: &Failure, headers: &HeaderMap) -> Response {
    let accepts = headers
        .get("accept-language")
        .and_then(|own| own.to_str().ok());
    let place = plain_page::place(accepts.and_then(|own| own.split([',', ';']).next()));
    let words = &WORDS[place];
    let (status, says) = match error.problem.status {
        401 | 404 => (StatusCode::NOT_FOUND, words.wrong),
        422 | 400 | 409 => (StatusCode::GONE, words.over),
        429 => (StatusCode::TOO_MANY_REQUESTS, words.failed),
        _ => (StatusCode::SERVICE_UNAVAILABLE, words.failed),
    };
    page(
        status,
        LANGUAGES[place],
        words.title,
        &format!("<p>{says}</p>"),
    )
}

async fn show(
    State(server): State<Server>,
    Path(token): Path<String>,
    Query(chosen): Query<Chosen>,
    headers: HeaderMap,
) -> Response {
    let found = server.call(move |app| {
        let link = app.survey_link(&token)?;
        if !link.survey.draft.live && !link.is_answered() {
            return Err(Error::Invalid(vec![Fault::new("/survey", "is over")]));
        }
        app.open_asking(link.tenant, link.member, &link.asking)?;
        Ok(link)
    });
    let link = match found.await {
        Ok(link) => link,
        Err(error) => return refused(&error, &headers),
    };
    let reader = Reader::of(link, &headers);
    let first = reader.link.survey.draft.questions.first();
    match first.filter(|_| !reader.link.is_answered()) {
        Some(first) => {
            let chosen = chosen.score.filter(|_| first.kind.scale().is_some());
            reader.question(first, &Answers::new(), chosen, false)
        }
        None => reader.done(),
    }
}

/// What a page sends: what was answered before, and the answers to its own question.
fn read(fields: Vec<(String, String)>, link: &SurveyLink) -> Option<(Answers, String)> {
    let (mut given, mut question, mut own) = (Answers::new(), String::new(), Vec::new());
    for (name, value) in fields {
        match name.as_str() {
            "given" => given = serde_json::from_str(&value).ok()?,
            "question" => question = value,
            "answer" => own.push(value),
            _ => {}
        }
    }
    let asked = link.survey.questions().get(&question)?;
    let answer = match (asked.kind, own.first()) {
        (QuestionKind::Several, _) => Answer::Options(own),
        (_, None) => Answer::Nothing,
        (QuestionKind::One, Some(_)) => Answer::Options(own),
        (QuestionKind::Text, Some(text)) if text.trim().is_empty() => Answer::Nothing,
        (QuestionKind::Text, Some(text)) => Answer::Text(text.replace("\r\n", "\n")),
        (_, Some(number)) => Answer::Number(number.parse().ok()?),
    };
    given.insert(question.clone(), answer);
    Some((given, question))
}

async fn answer(
    State(server): State<Server>,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let link = match server.call(move |app| app.survey_link(&token)).await {
        Ok(link) => link,
        Err(error) => return refused(&error, &headers),
    };
    let (tenant, member) = (link.tenant, link.member);
    if let Err(error) = server.may_ask(callers::name((tenant.bytes(), member.bytes()))) {
        return refused(&error, &headers);
    }
    let reader = Reader::of(link, &headers);
    let Some((mut given, question)) = read(fields, &reader.link) else {
        let wrong = Failure::from(Error::Unauthorized);
        return refused(&wrong, &headers);
    };
    let (asking, answers) = (reader.link.asking.clone(), given.clone());
    let done = server.call(move |app| {
        let of = (member, asking.as_str());
        let progress = app.answer_asking(tenant, of, (&answers, false), WAY)?;
        match (progress.state, progress.next.is_none()) {
            (AnswerState::Open, true) => app.answer_asking(tenant, of, (&answers, true), WAY),
            _ => Ok(progress),
        }
    });
    match done.await {
        Ok(progress) => match progress.next {
            Some(next) => reader.question(&next, &given, None, false),
            None => reader.done(),
        },
        // Something is wrong with this page's own answer: it is asked again.
        Err(error) if error.problem.status == 422 => {
            given.remove(&question);
            let again = reader.link.survey.questions().get(&question);
            match again.filter(|_| reader.link.survey.draft.live) {
                Some(again) => reader.question(again, &given, None, true),
                None => refused(&error, &headers),
            }
        }
        Err(error) => refused(&error, &headers),
    }
}
