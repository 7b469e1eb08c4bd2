//! Letters to members: handed to a mail server over SMTP, or, where there is none and somebody only
//! tries things out, shown to whoever runs the server.

mod inbound;

pub use inbound::{Came, read};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use lettre::transport::smtp::{self, PoolConfig};
use lettre::{Address, SmtpTransport, Transport as _};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A letter: plain text, in UTF-8, and the same as HTML if there is that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// To whom: an e-mail address.
    pub to: String,
    /// What it is about, in one line.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
    /// What names it, so that it can be recognised: letters, digits, `_` and `-`.
    pub id: Option<String>,
    /// Where whoever gets it unsubscribes with one click (RFC 8058), at an `https` address.
    pub unsubscribe: Option<String>,
    /// What a thread of letters is known by.
    pub thread: Thread,
}

/// How a letter belongs to others: mail programs show them together, and an answer finds back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// The letter that it answers, as `<…>`.
    pub in_reply_to: Option<String>,
    /// The letters before it, the oldest first, each as `<…>`.
    pub references: Vec<String>,
    /// Where an answer goes; to whoever sends, if nothing.
    pub reply_to: Option<String>,
}

/// Why a letter was not taken.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The address, the sender or the server's address cannot be read.
    #[error("`{0}` is no address for mail: {1}")]
    Address(String, String),
    /// The mail server will not take it, however often it is asked.
    #[error("the mail server refused the letter: {why}")]
    Refused {
        /// Whether it is the address that is not there, or takes nothing.
        address: bool,
        /// What the server said.
        why: String,
    },
    /// It was certainly not taken, and may be later.
    #[error("the mail server did not take the letter: {0}")]
    Later(String),
    /// It broke off: the letter may have been taken or not.
    #[error("it is not known whether the mail server took the letter: {0}")]
    Unknown(String),
}

/// Takes letters. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    take: Arc<Take>,
    /// The part of the sender's address behind the `@`.
    domain: Arc<str>,
}

/// Takes one letter.
type Take = dyn Fn(&Letter) -> Result<(), MailError> + Send + Sync;

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailer(…)")
    }
}

/// How long a mail server may take for each step.
const PATIENCE: Duration = Duration::from_secs(20);
/// So many connections are kept for the next letter.
const CONNECTIONS: u32 = 8;

impl Mailer {
    /// By SMTP: `smtp://127.0.0.1:25` (as it is, for a server on this machine or behind a wall),
    /// `smtp://USER:PASSWORD@mail.example:587?tls=required`, or `smtps://…:465`. `from` is who
    /// sends: `Bean Club <club@beans.example>`.
    ///
    /// # Errors
    /// [`MailError::Address`] where one of them cannot be read.
    pub fn smtp(url: &str, from: &str) -> Result<Self, MailError> {
        // What is said of an address never shows a password that stands in it.
        let shown = url.rsplit('@').next().unwrap_or_default().to_owned();
        let wrong = |error: &dyn fmt::Display| MailError::Address(shown.clone(), error.to_string());
        let builder = SmtpTransport::from_url(url).map_err(|error| wrong(&error))?;
        let transport = builder
            .timeout(Some(PATIENCE))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS))
            .build();
        let from: Mailbox = from
            .parse()
            .map_err(|error| MailError::Address(from.to_owned(), format!("{error}")))?;
        Ok(Self {
            domain: from.email.domain().into(),
            take: Arc::new(move |letter| {
                let message = message(&from, letter)?;
                transport
                    .send(&message)
                    .map(drop)
                    .map_err(|error| went(&error))
            }),
        })
    }

    /// To whoever runs the server: `show` is called with each letter.
    pub fn shown(show: impl Fn(&Letter) + Send + Sync + 'static) -> Self {
        Self {
            domain: "localhost".into(),
            take: Arc::new(move |letter| {
                show(letter);
                Ok(())
            }),
        }
    }

    /// Keeps letters, for tests that read them.
    pub fn kept() -> (Self, Arc<Mutex<Vec<Letter>>>) {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let own = Arc::clone(&kept);
        let mailer = Self::shown(move |letter| {
            let mut kept = own.lock().unwrap_or_else(PoisonError::into_inner);
            kept.push(letter.clone());
        });
        (mailer, kept)
    }

    /// Hands a letter over. Blocks.
    ///
    /// # Errors
    /// Where the address is none, or the server does not take the letter.
    pub fn send(&self, letter: &Letter) -> Result<(), MailError> {
        (self.take)(letter)
    }

    /// What stands behind the `@` in what names its letters.
    pub fn domain(&self) -> &str {
        &self.domain
    }
}

/// Whether that can be an e-mail address at all.
pub fn is_address(text: &str) -> bool {
    text.len() <= 254 && text.parse::<Address>().is_ok()
}

/// What became of a letter that was not taken. Whatever is not known to have come before the letter
/// itself was handed over may have come after.
fn went(error: &smtp::Error) -> MailError {
    let mut why = error.to_string();
    if let Some(cause) = std::error::Error::source(error) {
        why = format!("{why}: {cause}");
    }
    if error.is_permanent() {
        // 550, 551, 553: the mailbox is not there, or not here, or its name is none (RFC 5321).
        let code = error.status().map(u16::from);
        let address = code.is_some_and(|code| [550, 551, 553].contains(&code));
        return MailError::Refused { address, why };
    }
    if error.is_client() {
        return MailError::Refused {
            address: false,
            why,
        };
    }
    let before = error.is_transient() || error.is_tls() || why.starts_with("Connection error");
    match before {
        true => MailError::Later(why),
        false => MailError::Unknown(why),
    }
}

fn message(from: &Mailbox, letter: &Letter) -> Result<Message, MailError> {
    let to: Address = letter
        .to
        .parse()
        .map_err(|error| MailError::Address(letter.to.clone(), format!("{error}")))?;
    let mut builder = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(letter.subject.clone());
    if let Some(id) = &letter.id {
        builder = builder.message_id(Some(format!("<{id}@{}>", from.email.domain())));
    }
    if let Some(reply_to) = &letter.thread.reply_to {
        let reply_to: Mailbox = reply_to
            .parse()
            .map_err(|error| MailError::Address(reply_to.clone(), format!("{error}")))?;
        builder = builder.reply_to(reply_to);
    }
    if let Some(answered) = &letter.thread.in_reply_to {
        builder = builder.in_reply_to(answered.clone());
    }
    if !letter.thread.references.is_empty() {
        builder = builder.references(letter.thread.references.join(" "));
    }
    let built = match &letter.html {
        None => builder
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone()),
        Some(html) => builder.multipart(MultiPart::alternative_plain_html(
            letter.text.clone(),
            html.clone(),
        )),
    };
    let mut message = built.map_err(|error| MailError::Refused {
        address: false,
        why: error.to_string(),
    })?;
    if let Some(url) = &letter.unsubscribe {
        let headers = message.headers_mut();
        let mut put = |name, value: String| {
            headers.insert_raw(HeaderValue::new(
                HeaderName::new_from_ascii_str(name),
                value,
            ));
        };
        put("List-Unsubscribe", format!("<{url}>"));
        put("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into());
    }
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;

    /// A mail server that takes one letter, and what it was told.
    fn takes_one(listener: &TcpListener) -> Vec<String> {
        let (stream, _) = listener.accept().expect("somebody comes");
        let mut out = stream.try_clone().expect("a socket can be cloned");
        let mut say = |text: &str| out.write_all(text.as_bytes()).expect("is written");
        say("220 here\r\n");
        let (mut told, mut in_letter) = (Vec::new(), false);
        for line in BufReader::new(stream).lines() {
            let line = line.expect("is text");
            let (was_in, word) = (in_letter, line.split(' ').next().unwrap_or_default());
            told.push(line.clone());
            match word {
                _ if was_in && line == "." => {
                    in_letter = false;
                    say("250 taken\r\n");
                }
                _ if was_in => {}
                "DATA" => {
                    in_letter = true;
                    say("354 go on\r\n");
                }
                "QUIT" => {
                    say("221 bye\r\n");
                    break;
                }
                _ => say("250 yes\r\n"),
            }
            if told.iter().any(|line| line == ".") {
                break;
            }
        }
        told
    }

    #[test]
    fn a_letter_reaches_a_mail_server_as_it_was_written() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
        let port = listener.local_addr().expect("is bound").port();
        let server = std::thread::spawn(move || takes_one(&listener));
        let mailer = Mailer::smtp(
            &format!("smtp://127.0.0.1:{port}"),
            "Club <club@shop.example>",
        );
        let letter = Letter {
            to: "ana@example.com".into(),
            subject: "Ваш код".into(),
            text: "Code: 123456\n".into(),
            html: Some("<p>Code: 123456</p>".into()),
            id: Some("msg_1".into()),
            unsubscribe: Some("https://club.example/unsubscribe/abc".into()),
            thread: Thread {
                in_reply_to: Some("<b@shop.example>".into()),
                references: vec!["<a@shop.example>".into(), "<b@shop.example>".into()],
                reply_to: Some("Club <answers@shop.example>".into()),
            },
        };
        mailer
            .expect("is an address")
            .send(&letter)
            .expect("is taken");
        let told = server.join().expect("the server ends");
        let has = |part: &str| told.iter().any(|line| line.contains(part));
        assert!(has("MAIL FROM:<club@shop.example>"), "{told:?}");
        assert!(has("RCPT TO:<ana@example.com>"), "{told:?}");
        assert!(has("Code: 123456"), "{told:?}");
        assert!(has("Subject: =?utf-8?"), "{told:?}");
        assert!(has("<p>Code: 123456</p>"), "{told:?}");
        assert!(has("Message-ID: <msg_1@shop.example>"), "{told:?}");
        assert!(has("In-Reply-To: <b@shop.example>"), "{told:?}");
        assert!(
            has("References: <a@shop.example> <b@shop.example>"),
            "{told:?}"
        );
        assert!(has("Reply-To: Club <answers@shop.example>"), "{told:?}");
        assert!(
            has("List-Unsubscribe: <https://club.example/unsubscribe/abc>"),
            "{told:?}"
        );
        assert!(
            has("List-Unsubscribe-Post: List-Unsubscribe=One-Click"),
            "{told:?}"
        );
    }

    /// What comes of a letter where the server answers so to `RCPT`, or breaks off after the letter.
    fn answered(rcpt: &'static str) -> MailError {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
        let port = listener.local_addr().expect("is bound").port();
        let server = std::thread::spawn(move || {
            let (stream, _) = listener.accept().expect("somebody comes");
            let mut out = stream.try_clone().expect("a socket can be cloned");
            let mut say = |text: &str| {
                let _ = out.write_all(text.as_bytes());
            };
            say("220 here\r\n");
            for line in BufReader::new(stream).lines() {
                let Ok(line) = line else { return };
                match line.split(' ').next().unwrap_or_default() {
                    "RCPT" => say(rcpt),
                    "DATA" => say("354 go on\r\n"),
                    // It has the letter, and is gone before it says so.
                    "." => return,
                    "EHLO" | "MAIL" | "RSET" => say("250 yes\r\n"),
                    "QUIT" => return,
                    _ => {}
                }
            }
        });
        let url = format!("smtp://127.0.0.1:{port}");
        let mailer = Mailer::smtp(&url, "club@shop.example").expect("is an address");
        let letter = Letter {
            to: "ana@example.com".into(),
            ..Letter::default()
        };
        let error = mailer.send(&letter).expect_err("it is not taken");
        drop(mailer);
        server.join().expect("the server ends");
        error
    }

    #[test]
    fn what_was_not_taken_is_told_from_what_may_have_been() {
        let gone = answered("550 no such mailbox\r\n");
        assert!(
            matches!(gone, MailError::Refused { address: true, .. }),
            "{gone:?}"
        );
        let no = answered("554 no\r\n");
        assert!(
            matches!(no, MailError::Refused { address: false, .. }),
            "{no:?}"
        );
        let later = answered("451 later\r\n");
        assert!(matches!(later, MailError::Later(_)), "{later:?}");
        let unknown = answered("250 yes\r\n");
        assert!(matches!(unknown, MailError::Unknown(_)), "{unknown:?}");
        let nobody = Mailer::smtp("smtp://127.0.0.1:1", "club@shop.example").expect("is one");
        let letter = Letter {
            to: "ana@example.com".into(),
            ..Letter::default()
        };
        let unreached = nobody.send(&letter).expect_err("nobody is there");
        assert!(matches!(unreached, MailError::Later(_)), "{unreached:?}");
    }

    #[test]
    fn a_password_is_not_told_where_the_address_is_wrong() {
        let error =
            Mailer::smtp("smpt://me:secret@mail.example", "a@b.example").expect_err("is none");
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn addresses_that_would_break_out_of_a_header_are_none() {
        assert!(is_address("ana@example.com"));
        for bad in [
            "",
            "ana",
            "ana@example.com\r\nBcc: all@example.com",
            "a b@example.com",
        ] {
            assert!(!is_address(bad), "{bad:?}");
        }
    }
}
