//! What can go wrong outside of a decision, by what the caller can do about it.

use crate::programs::Finding;
use regulars_base::EventKey;
use regulars_engine::event::Fault;
use regulars_store::{CardRow, CardState, Conflict};
use std::path::PathBuf;

/// Why a call came to nothing. What the domain refuses is no error: see
/// [`Receipt::verdict`](crate::Receipt).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input is wrong; each fault with a JSON pointer to its place. Sending it again is no use.
    #[error("the input is wrong: {}", faults_in_words(.0))]
    Invalid(Vec<Fault>),
    /// The program file is wrong; each finding with line, column and a hint.
    #[error("the program has {} fault(s); the first: {}", .0.len(), first_in_words(.0))]
    InvalidProgram(Vec<Finding>),
    /// The condition of a segment is wrong; each finding with line, column and a hint.
    #[error("the condition is wrong: {}", first_in_words(.0))]
    InvalidCondition(Vec<Finding>),
    /// The text of a journey is wrong; each finding with line, column and a hint.
    #[error("the journey has {} fault(s); the first: {}", .0.len(), first_in_words(.0))]
    InvalidJourney(Vec<Finding>),
    /// There is nothing of this name (within the tenant).
    #[error("there is no {what} `{name}`")]
    NotFound {
        /// What was looked for: `member`, `tenant`, `program version`, `key`, `event` ...
        what: &'static str,
        /// Its name or id as it was given.
        name: String,
    },
    /// The key was used before, for something else. The earlier event stands.
    #[error(
        "the id `{}` of source `{}` was used before with another content; send a new id, or the \
         same content to get the earlier answer", .0.external_id, .0.source
    )]
    KeyReused(EventKey),
    /// The identity belongs to somebody else: merge the two, or leave it out.
    #[error("`{kind}:{value}` belongs to another member; merge the two members, or leave it out")]
    IdentityTaken {
        /// What sort of identity.
        kind: String,
        /// Its value.
        value: String,
    },
    /// Something of this name is there already.
    #[error("the {what} `{name}` exists already")]
    Exists {
        /// What.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// Whoever proposed something cannot approve it.
    #[error("{0} proposed it: a second person must approve it")]
    SecondPerson(String),
    /// The program is changed by proposals here, which a second person approves.
    #[error("a second person must approve what changes the program here: propose it")]
    ApprovalNeeded,
    /// The tenant has no program yet.
    #[error("no program is in force; apply a program file first")]
    NoProgram,
    /// What was quoted holds no more: says what moved. A new quote is to be asked for.
    #[error("what was quoted holds no more: {0}; ask for a new quote")]
    QuoteOutdated(String),
    /// The quote can no longer be committed. A new one is to be asked for.
    #[error("the quote has expired; ask for a new one")]
    QuoteExpired,
    /// A supplier's code is shown to a member once.
    #[error("the code was shown on {0} already, and is shown once")]
    ShownBefore(regulars_base::Timestamp),
    /// Whoever leaves has no plan any more, or its invoices would be nobody's: this one.
    #[error(
        "they are on the plan `{0}`: end the membership first, or its invoices would be nobody's"
    )]
    OnPlan(String),
    /// The code is not the one that was sent to that address, was used, or is no longer good.
    #[error("this is not the code that was sent, or it is no longer good; ask for a new one")]
    WrongCode,
    /// Too many wrong codes came a moment ago: none is looked at for so many seconds.
    #[error("too many wrong codes; none is looked at for {0} seconds")]
    Wait(u32),
    /// Whoever joins accepts the terms first: these.
    #[error("whoever joins accepts the terms first: version `{0}`")]
    TermsNeeded(String),
    /// Whoever is named by this card is nobody: it was not handed out yet, or is no longer good.
    #[error("{}", card_in_words(.0))]
    NoCard(Box<CardRow>),
    /// The server was not told how to sign such passes: which, and what to do.
    #[error(
        "the server cannot sign passes for {0}: start it with `--passes`, with a table `[{1}.{0}]` in that file"
    )]
    NoPasses(&'static str, String),
    /// No API key, or none that is known and valid.
    #[error("the API key is missing, unknown, expired or revoked")]
    Unauthorized,
    /// What came in as told by a payment provider is not taken for it.
    #[error("what came in is not taken for a payment provider's: {0}")]
    BadWebhook(regulars_pay::BadWebhook),
    /// What came in is not signed as the platform signs: why.
    #[error("what came in is not taken for the platform's: {0}")]
    Unsigned(String),
    /// A platform that was asked gave no answer that can be used: why.
    #[error("the platform gave no answer that can be used: {0}")]
    NotAnswered(String),
    /// Too much is waiting already: send it again in a moment.
    #[error("too many events are waiting; send it again in a moment")]
    Busy,
    /// The database asks to try again (it was locked, or the connection was lost).
    #[error("the database could not do it just now ({0}); try again")]
    Retry(String),
    /// The database cannot be used until somebody does something: says what.
    #[error("the database cannot be used: {0}")]
    Unavailable(String),
    /// A file cannot be read or written: says why and what to do.
    #[error("{path}: {why}", path = .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong with it and what to do.
        why: String,
    },
    /// A fault of this program: nothing was written of it.
    #[error("this should not have happened, and nothing was written: {0}")]
    Bug(String),
    /// What was written does not fit together. `verify` says more.
    #[error("the records do not fit together: {0}; run `regulars verify`")]
    Corrupt(String),
}

impl Error {
    /// Whether the same may be taken at another time: it is no fault of what was asked.
    pub(crate) const fn passes(&self) -> bool {
        matches!(
            self,
            Self::Busy | Self::Retry(_) | Self::Unavailable(_) | Self::Bug(_) | Self::Corrupt(_)
        )
    }

    pub(crate) fn not_found(what: &'static str, name: impl ToString) -> Self {
        Self::NotFound {
            what,
            name: name.to_string(),
        }
    }

    pub(crate) fn invalid(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Invalid(vec![Fault::new(at, what)])
    }
}

impl From<regulars_store::Error> for Error {
    fn from(error: regulars_store::Error) -> Self {
        Self::from(&error)
    }
}

impl From<&regulars_store::Error> for Error {
    fn from(error: &regulars_store::Error) -> Self {
        use regulars_store::Error as Stored;
        match error {
            Stored::Retry(why) => Self::Retry(why.clone()),
            Stored::Conflict(conflict) => Self::from(conflict),
            Stored::Missing(what) => Self::not_found(what, "asked for"),
            Stored::Corrupt(what) => Self::Corrupt(what.clone()),
            Stored::Refused(what) => Self::Bug(what.clone()),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl From<&Conflict> for Error {
    fn from(conflict: &Conflict) -> Self {
        let exists = |what, name: &dyn ToString| Self::Exists {
            what,
            name: name.to_string(),
        };
        match conflict {
            Conflict::Identity { kind, value } => Self::IdentityTaken {
                kind: kind.clone(),
                value: value.clone(),
            },
            Conflict::Member(id) => exists("member", id),
            Conflict::Tenant(name) => exists("tenant", name),
            Conflict::ApiKey(id) => exists("key", id),
            Conflict::Program { .. } => Self::Retry(conflict.to_string()),
            Conflict::File(path) => Self::File {
                path: path.into(),
                why: conflict.to_string(),
            },
        }
    }
}

fn card_in_words(card: &CardRow) -> String {
    let CardRow { number, at, .. } = card;
    match (card.state, &card.next) {
        (CardState::Blank, _) => {
            format!("the card `{number}` is not active: activate it for a member first")
        }
        (_, Some(_)) => {
            format!("the card `{number}` is no longer good since {at}: another one took its place")
        }
        (_, None) => {
            format!("the card `{number}` is no longer good since {at}: nobody has it any more")
        }
    }
}

fn faults_in_words(faults: &[Fault]) -> String {
    let each = |fault: &Fault| format!("{} {}", fault.at, fault.what);
    faults.iter().map(each).collect::<Vec<_>>().join("; ")
}

fn first_in_words(findings: &[Finding]) -> String {
    findings
        .first()
        .map_or_else(String::new, Finding::to_string)
}
