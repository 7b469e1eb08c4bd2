//! What is said to a member by letter, and what they answer: each letter names the case in a way that only we
//! can write, so that an answer finds back by any mail program, and nobody answers in somebody else's case.

use super::{CASE, LineKind, ServiceCase, ServiceLine, ServiceState, TEXT_MOST, checked};
use crate::{App, Caller, Error, MemberRef, portal};
use regulars_base::TenantId;
use regulars_engage::unquoted;
use regulars_mail::{Letter, MailError, Thread};
use regulars_store::Case;
use subtle::ConstantTimeEq as _;

/// What is signed begins so.
const CLAIM: &str = "case";
/// So many letters of a signature say whose it is: 64 bits.
const SIGNED: usize = 16;
/// The longest letter that is taken.
const RAW_MOST: usize = 1_000_000;
/// The sort of rows by which a letter is known that came before.
const CAME: &str = "service-letter";

/// A letter that came in: whole, or taken apart by whoever received it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboundLetter {
    /// All of it, as RFC 5322 has it; then the rest is not looked at.
    pub raw: String,
    /// What it is about.
    pub subject: String,
    /// What it says, as plain text.
    pub text: String,
    /// Its `Message-ID`.
    pub message_id: String,
    /// Letters that it answers: `In-Reply-To` and `References`.
    pub answers: Vec<String>,
    /// To whom it went.
    pub to: Vec<String>,
}

/// What became of a letter that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboundDone {
    /// The case that it belongs to.
    pub case: ServiceCase,
    /// Whether it had come before: nothing is done then.
    pub before: bool,
}

impl InboundLetter {
    /// A letter as it came, taken apart.
    fn apart(self) -> Result<Self, Error> {
        if self.raw.is_empty() {
            return Ok(self);
        }
        if self.raw.len() > RAW_MOST {
            return Err(Error::invalid(
                "/raw",
                format!("must be at most {RAW_MOST} bytes"),
            ));
        }
        let came = regulars_mail::read(self.raw.as_bytes());
        let came = came.ok_or_else(|| Error::invalid("/raw", "is no letter"))?;
        Ok(Self {
            raw: String::new(),
            subject: came.subject,
            text: came.text,
            message_id: came.id,
            answers: came.answers,
            to: came.to,
        })
    }
}

impl App {
    /// What names a case in letters: its id, and a signature that nobody else can write.
    fn case_token(&self, tenant: TenantId, id: &str) -> Result<String, Error> {
        let secret = self.portal_secret(tenant)?;
        let signature = portal::signed(&secret, &format!("{CLAIM}.{tenant}.{id}"));
        Ok(format!("{id}.{}", &signature[..SIGNED]))
    }

    /// The case that a text names, if we wrote it there.
    fn case_named(&self, tenant: TenantId, text: &str) -> Result<Option<String>, Error> {
        let mut rest = text;
        while let Some(at) = rest.find(CASE) {
            rest = &rest[at..];
            let is_own = |letter: char| letter.is_ascii_alphanumeric() || "_.".contains(letter);
            let end = rest.find(|letter| !is_own(letter)).unwrap_or(rest.len());
            let mut parts = rest[..end].split('.');
            if let (Some(id), Some(signature)) = (parts.next(), parts.next()) {
                let own = self.case_token(tenant, id)?;
                let shown = format!("{id}.{signature}");
                if bool::from(own.as_bytes().ct_eq(shown.as_bytes())) {
                    return Ok(Some(id.to_owned()));
                }
            }
            rest = &rest[end.max(CASE.len())..];
        }
        Ok(None)
    }

    /// An agent answers a member: by letter where they have an address, and on their pages in any case.
    ///
    /// # Errors
    /// The server sends no letters, or the mail server took none: then the line says why, and stands.
    pub fn reply_in_case(&self, by: &Caller, id: &str, text: &str) -> Result<ServiceLine, Error> {
        let tenant = by.tenant;
        let text = checked(text, "/text", TEXT_MOST)?;
        let case = self.service_case(tenant, id)?;
        let mut line = self.line(LineKind::Reply, Some(by.agent()), &text);
        let address = self.member(tenant, &MemberRef::Id(case.member))?;
        let address = address
            .identities
            .iter()
            .find(|own| own.kind.as_str() == "email");
        line.unsent = match address {
            None => "the member has no e-mail address: they read it on their pages".into(),
            Some(to) => match self.letter_of_case(tenant, &case, (to.value.as_str(), &mut line)) {
                Ok(()) => String::new(),
                Err(why) => why,
            },
        };
        self.keep_line(tenant, id, &line)?;
        self.rewrite(tenant, id, |case| {
            case.answered_at = case.answered_at.or(Some(line.at));
            if case.state == ServiceState::Open {
                case.state = ServiceState::Waiting;
            }
            Ok(())
        })?;
        Ok(line)
    }

    /// Hands a letter over; why not, if it was not taken.
    fn letter_of_case(
        &self,
        tenant: TenantId,
        case: &ServiceCase,
        (to, line): (&str, &mut ServiceLine),
    ) -> Result<(), String> {
        let failed = |error: Error| error.to_string();
        let Some(mailer) = &self.core().config.mail else {
            return Err(
                "this server does not know how to send letters: start it with `--smtp`".into(),
            );
        };
        let token = self.case_token(tenant, &case.id).map_err(failed)?;
        let before = self.service_lines(tenant, &case.id).map_err(failed)?;
        let references: Vec<String> = before.into_iter().filter_map(|own| own.letter).collect();
        let reply_to = self.service_settings(tenant).map_err(failed)?.reply_to;
        let id = format!("{token}.{}", line.id);
        let letter = Letter {
            to: to.to_owned(),
            subject: format!("Re: {} [{token}]", case.subject),
            text: line.text.clone(),
            id: Some(id.clone()),
            thread: Thread {
                in_reply_to: references.last().cloned(),
                references,
                reply_to: Some(reply_to).filter(|own| !own.is_empty()),
            },
            ..Letter::default()
        };
        match mailer.send(&letter) {
            Ok(()) => {
                line.letter = Some(format!("<{id}@{}>", mailer.domain()));
                Ok(())
            }
            Err(error @ MailError::Unknown(_)) => {
                line.letter = Some(format!("<{id}@{}>", mailer.domain()));
                Err(error.to_string())
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// A member's letter comes in: it is told by what it answers, or by its subject, and is put into its case,
    /// once.
    ///
    /// # Errors
    /// It belongs to no case, or says nothing.
    pub fn take_letter(
        &self,
        tenant: TenantId,
        letter: InboundLetter,
    ) -> Result<InboundDone, Error> {
        let letter = letter.apart()?;
        let places = letter
            .answers
            .iter()
            .chain(&letter.to)
            .chain([&letter.subject]);
        let mut found = None;
        for place in places {
            found = self.case_named(tenant, place)?;
            if found.is_some() {
                break;
            }
        }
        let id = found.ok_or_else(|| {
            let what =
                "belongs to no case: neither what it answers nor its subject names one of ours";
            Error::invalid("/subject", what)
        })?;
        let own = letter.message_id.trim().trim_matches(['<', '>']).to_owned();
        let text = unquoted(&letter.text);
        let text: String = text.chars().take(TEXT_MOST).collect();
        if text.is_empty() {
            return Err(Error::invalid("/text", "is empty, but for what it quotes"));
        }
        if !own.is_empty() {
            let row = Case {
                kind: CAME.into(),
                id: crate::programs::hex(&<sha2::Sha256 as sha2::Digest>::digest(own.as_bytes())),
                state: String::new(),
                body: "{}".into(),
            };
            let before = self
                .core()
                .write(move |store| Ok(store.open_case(tenant, &row, &[])?))?;
            if before.is_some() {
                let case = self.service_case(tenant, &id)?;
                return Ok(InboundDone { case, before: true });
            }
        }
        let named = (!own.is_empty()).then(|| format!("<{own}>"));
        let case = self.said_by_member(tenant, &id, &text, named)?;
        Ok(InboundDone {
            case,
            before: false,
        })
    }
}
