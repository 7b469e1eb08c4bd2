//! What went wrong, in two lines: what it is, and what to do about it.

use regulars_app::Error;
use std::fmt;

/// Something that kept a command from answering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What is wrong.
    pub(crate) what: String,
    /// What to do about it.
    pub(crate) advice: String,
    /// How the process ends: 2 as a rule, 1 where the answer is no.
    pub(crate) code: u8,
}

impl Failure {
    /// This is wrong, and that is what to do.
    pub(crate) fn new(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            advice: advice.into(),
            code: 2,
        }
    }

    /// A file that cannot be read.
    pub(crate) fn reading(path: &std::path::Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as K;
        let shown = path.display();
        match error.kind() {
            K::NotFound => Self::new(format!("there is no file `{shown}`"), "check the path"),
            K::IsADirectory => Self::new(format!("`{shown}` is a folder"), "name one file in it"),
            K::InvalidData => Self::new(
                format!("`{shown}` is not text in UTF-8"),
                "save it as UTF-8, or check that it is the right file",
            ),
            _ => Self::new(
                format!("`{shown}` cannot be read: {error}"),
                "give this user the right to read it",
            ),
        }
    }

    /// A file that cannot be written.
    pub(crate) fn writing(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::new(
            format!("`{}` cannot be written: {error}", path.display()),
            "check the folder, its space and the right to write to it",
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.what, self.advice)
    }
}

impl std::error::Error for Failure {}

/// Puts any error into two lines.
pub(crate) fn of(error: &anyhow::Error) -> Failure {
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return failure.clone();
    }
    match error.downcast_ref::<Error>() {
        Some(known) => of_app(known),
        None => in_two(
            &format!("{error:#}"),
            "run it again with --log debug to see more",
        ),
    }
}

fn of_app(error: &Error) -> Failure {
    let advice = match error {
        Error::Invalid(_) => "correct it and run the command again",
        Error::InvalidProgram(_) => "see all of it with `regulars check FILE`",
        Error::InvalidJourney(_) => "correct it; the manual's page on journeys has all fields",
        Error::InvalidCondition(_) => "correct it; the manual's page on segments has all names",
        Error::NotFound { what, .. } => not_found(what),
        Error::SecondPerson(_) => "ask somebody else to approve it",
        Error::ApprovalNeeded => "propose it on the program page of the console, or by the API",
        Error::NoProgram => "apply a program file first: `regulars apply FILE`",
        Error::KeyReused(_) => "use a new id, or send the same content as before",
        Error::IdentityTaken { .. } => "merge the two members, or leave the identity out",
        Error::QuoteOutdated(_) | Error::QuoteExpired => "ask for a new quote",
        Error::ShownBefore(_) => "an operator may see it again: `regulars rewards code --again`",
        Error::OnPlan(_) => {
            "cancel the plan with `regulars membership`, and try again when it is over"
        }
        Error::WrongCode => "ask for a new code",
        Error::Wait(_) => "wait so long, and try again",
        Error::NoPasses(..) => "write the file that `serve --passes` reads",
        Error::NoCard(_) => "activate the card, or use the one that took its place",
        Error::TermsNeeded(_) => "accept the terms: send their version",
        Error::BadWebhook(_) => "check the secrets that sign webhooks",
        Error::Unsigned(_) => "compare the connector's secret with the platform's, and the clocks",
        Error::NotAnswered(_) => "look at its address and at what lets us in, and try again",
        Error::Exists { .. } => "choose another name",
        Error::Unauthorized => "check the key",
        Error::Busy | Error::Retry(_) => "run the command again in a moment; nothing counts twice",
        Error::Unavailable(_) => "check the database's address, its folder and its space",
        Error::File { .. } => "check the file",
        Error::Bug(_) => "please report it with the command that you ran",
        Error::Corrupt(_) => "run `regulars verify`; it names the row that is wrong",
    };
    let mut failure = in_two(&error.to_string(), advice);
    if matches!(
        error,
        Error::InvalidProgram(_) | Error::InvalidCondition(_) | Error::InvalidJourney(_)
    ) {
        failure.code = 1;
    }
    failure
}

fn not_found(what: &str) -> &'static str {
    match what {
        "member" => "name a member by id (mem_…), or by an identity as in email:ana@example.com",
        "tenant" => "see which there are: `regulars tenants list`",
        "program version" => "see which there are: `regulars versions`",
        "journey" => "see which there are: `regulars journeys list`",
        "offer" => {
            "see what was chosen: `regulars offers of MEMBER`; what was shown to nobody cannot be taken"
        }
        "offer set" => "see which there are: `regulars offers list`",
        "segment" => "see which there are: `regulars segments list`",
        "key" => "see which there are: `regulars keys list`",
        _ => "check the name",
    }
}

/// Our sentences say what is wrong and, after a semicolon, what to do; where one does not, `advice`
/// does.
fn in_two(sentence: &str, advice: &str) -> Failure {
    let sentence = sentence.trim_end();
    match sentence.rsplit_once("; ") {
        Some((what, advice)) if !what.is_empty() && !advice.is_empty() => {
            Failure::new(what, advice)
        }
        _ => Failure::new(sentence, advice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_with_advice_keeps_its_own() {
        let failure = of(&Error::NoProgram.into());
        assert_eq!(failure.what, "no program is in force");
        assert_eq!(failure.advice, "apply a program file first");
        let failure = of(&Error::Unauthorized.into());
        assert_eq!(failure.advice, "check the key");
        assert_eq!(failure.code, 2);
    }

    #[test]
    fn a_wrong_program_is_a_no() {
        assert_eq!(of(&Error::InvalidProgram(Vec::new()).into()).code, 1);
    }
}
