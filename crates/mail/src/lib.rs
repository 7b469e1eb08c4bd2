//! Letters to members: handed to a mail server over SMTP, or, where there is none and somebody only
//! tries things out, shown to whoever runs the server.

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::{Address, SmtpTransport, Transport as _};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A letter: plain text, in UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// To whom: an e-mail address.
    pub to: String,
    /// What it is about, in one line.
    pub subject: String,
    /// What it says.
    pub text: String,
}

/// Why a letter was not taken.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The address, the sender or the server's address cannot be read.
    #[error("`{0}` is no address for mail: {1}")]
    Address(String, String),
    /// The mail server did not take it.
    #[error("the mail server did not take the letter: {0}")]
    Refused(String),
}

/// Takes letters. Cheap to clone.
#[derive(Clone)]
pub struct Mailer(Arc<Take>);

/// Takes one letter.
type Take = dyn Fn(&Letter) -> Result<(), MailError> + Send + Sync;

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailer(…)")
    }
}

/// How long a mail server may take for each step.
const PATIENCE: Duration = Duration::from_secs(20);

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
        let transport = builder.timeout(Some(PATIENCE)).build();
        let from: Mailbox = from
            .parse()
            .map_err(|error| MailError::Address(from.to_owned(), format!("{error}")))?;
        Ok(Self(Arc::new(move |letter| {
            let message = message(&from, letter)?;
            let sent = transport.send(&message);
            sent.map(drop)
                .map_err(|error| MailError::Refused(error.to_string()))
        })))
    }

    /// To whoever runs the server: `show` is called with each letter.
    pub fn shown(show: impl Fn(&Letter) + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |letter| {
            show(letter);
            Ok(())
        }))
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
        (self.0)(letter)
    }
}

/// Whether that can be an e-mail address at all.
pub fn is_address(text: &str) -> bool {
    text.len() <= 254 && text.parse::<Address>().is_ok()
}

fn message(from: &Mailbox, letter: &Letter) -> Result<Message, MailError> {
    let to: Address = letter
        .to
        .parse()
        .map_err(|error| MailError::Address(letter.to.clone(), format!("{error}")))?;
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(letter.subject.clone())
        .header(ContentType::TEXT_PLAIN)
        .body(letter.text.clone())
        .map_err(|error| MailError::Refused(error.to_string()))
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
