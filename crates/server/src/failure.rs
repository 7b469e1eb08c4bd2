//! From what went wrong to what is answered. Exhaustive: a new error of the application does not
//! compile here until it has a code.

use axum::response::{IntoResponse, Response};
use regulars_api::{Code, Problem};
use regulars_app::{CardState, Error};
use regulars_engine::event::Fault;

/// A problem to be answered, and what only the log may know of it.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What is answered.
    pub problem: Box<Problem>,
    /// What happened inside, for the log.
    pub cause: Option<String>,
    /// Whether it is the answer of an earlier time.
    pub hit: bool,
    /// After how many seconds it may be tried again, where that is known.
    pub wait: Option<u32>,
}

impl Failure {
    /// A problem of `code`.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Problem::new(code, detail).into()
    }

    /// The input is wrong.
    pub fn invalid(faults: Vec<Fault>) -> Self {
        Problem::faults(Code::InvalidInput, faults).into()
    }

    /// A parameter of the path or the query is wrong.
    pub fn parameter(name: &str, what: impl Into<String>) -> Self {
        let fault = Fault::new(format!("/{name}"), what);
        Problem::faults(Code::InvalidParameter, vec![fault]).into()
    }

    /// The same, which may be tried again after so many seconds.
    pub fn after(self, seconds: u32) -> Self {
        Self {
            wait: Some(seconds),
            ..self
        }
    }

    /// A fault of ours: the cause is logged, not sent.
    pub fn internal(cause: impl Into<String>) -> Self {
        let detail =
            "something broke inside the server; its log has the cause under the request id";
        Self {
            cause: Some(cause.into()),
            ..Self::new(Code::Internal, detail)
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self {
            problem: Box::new(problem),
            cause: None,
            hit: false,
            wait: None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::Invalid(faults) => Self::invalid(faults),
            Error::InvalidProgram(found) => findings(Code::InvalidProgram, detail, &found),
            Error::InvalidCondition(found) => findings(Code::InvalidCondition, detail, &found),
            Error::InvalidJourney(found) => findings(Code::InvalidJourney, detail, &found),
            Error::NotFound { what, .. } => Self::new(missing(what), detail),
            Error::KeyReused(_) => Self::new(Code::KeyReused, detail),
            Error::IdentityTaken { .. } => Self::new(Code::IdentityTaken, detail),
            Error::Exists { .. } => Self::new(Code::Exists, detail),
            Error::SecondPerson(_) | Error::ApprovalNeeded => {
                Self::new(Code::SecondPersonNeeded, detail)
            }
            Error::NoProgram => Self::new(Code::NoProgram, detail),
            Error::QuoteOutdated(_) => Self::new(Code::QuoteOutdated, detail),
            Error::QuoteExpired => Self::new(Code::QuoteExpired, detail),
            Error::ShownBefore(_) => Self::new(Code::CodeShownBefore, detail),
            Error::BadWebhook(_) => Self::new(Code::BadWebhook, detail),
            Error::Unsigned(_) => Self::new(Code::UnsignedDelivery, detail),
            // Who asks platforms is a job, which keeps the words; asked again, it may answer.
            Error::NotAnswered(_) => Self::new(Code::TryAgain, detail),
            Error::OnPlan(_) => Self::new(Code::OnPlan, detail),
            Error::WrongCode => Self::new(Code::WrongCode, detail),
            Error::Wait(seconds) => Self::new(Code::TooManyGuesses, detail).after(seconds),
            Error::TermsNeeded(version) => Problem::new(Code::TermsNeeded, detail)
                .with("terms", version)
                .into(),
            Error::NoPasses(..) => Self::new(Code::NoPasses, detail),
            Error::NoCard(card) if card.state == CardState::Blank => {
                Self::new(Code::CardInactive, detail)
            }
            Error::NoCard(_) => Self::new(Code::CardEnded, detail),
            Error::Unauthorized => Self::new(Code::Unauthorized, detail),
            Error::Busy => Self::new(Code::Busy, detail).after(1),
            Error::Retry(_) => Self::new(Code::TryAgain, detail),
            Error::Unavailable(_) => Self {
                cause: Some(detail.clone()),
                ..Self::new(Code::Unavailable, detail)
            },
            Error::File { .. } | Error::Bug(_) | Error::Corrupt(_) => Self::internal(detail),
        }
    }
}

/// A text is wrong at these places.
fn findings(code: Code, detail: String, found: &[regulars_app::Finding]) -> Failure {
    let found: Vec<_> = found.iter().map(crate::view::finding).collect();
    let found = serde_json::to_value(found).unwrap_or_default();
    Problem::new(code, detail).with("findings", found).into()
}

/// The code for something that is not there.
fn missing(what: &str) -> Code {
    match what {
        "member" => Code::UnknownMember,
        "program version" => Code::UnknownVersion,
        "key" => Code::UnknownKey,
        "gift card" => Code::UnknownGiftCard,
        "event" | "order" => Code::UnknownEvent,
        _ => Code::NotFound,
    }
}

impl IntoResponse for Failure {
    /// Leaves itself in the response; `layer.rs` writes it down, with the request's id.
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self);
        response
    }
}
