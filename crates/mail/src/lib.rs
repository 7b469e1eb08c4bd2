//! Letters to members: handed to a mail server over SMTP, or, where there is none and somebody only
//! tries things out, shown to whoever runs the server.

mod inbound;

pub use inbound::{Came, read};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{self, PoolConfig, SmtpTransportBuilder};
use lettre::{Address, SmtpTransport, Transport as _};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

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
    /// The certificate of a company's own authority cannot be used.
    #[error("the certificate of the mail server's authority cannot be used: {0}")]
    Authority(String),
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
    /// Servers are believed whose certificate an authority of the web has signed. Where a company signs its
    /// own, `authority` is its certificate (PEM), and it is believed too.
    ///
    /// # Errors
    /// [`MailError::Address`] where one of them cannot be read, [`MailError::Authority`] where the certificate
    /// cannot.
    pub fn smtp(url: &str, from: &str, authority: Option<&[u8]>) -> Result<Self, MailError> {
        // What is said of an address never shows a password that stands in it.
        let shown = url.rsplit('@').next().unwrap_or_default().to_owned();
        let wrong = |error: &dyn fmt::Display| MailError::Address(shown.clone(), error.to_string());
        let mut builder = SmtpTransport::from_url(url).map_err(|error| wrong(&error))?;
        if let Some(pem) = authority {
            builder = believing(builder, url, pem)?;
        }
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

/// Where a certificate begins in a file of them.
const MARK: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// Believes the authority of `pem` besides those of the web, where the address asks for an encrypted way.
fn believing(
    builder: SmtpTransportBuilder,
    url: &str,
    pem: &[u8],
) -> Result<SmtpTransportBuilder, MailError> {
    let unusable = |error: smtp::Error| MailError::Authority(error.to_string());
    let clear = || {
        let why = "the address asks for no encryption: smtps://, or ?tls=required behind it";
        MailError::Authority(why.into())
    };
    let url = Url::parse(url).map_err(|_| clear())?;
    let asked = url.query_pairs().find(|(name, _)| name == "tls");
    let way = match (url.scheme(), asked.as_ref().map(|(_, how)| &**how)) {
        ("smtps", _) => Tls::Wrapper,
        ("smtp", Some("required")) => Tls::Required,
        ("smtp", Some("opportunistic")) => Tls::Opportunistic,
        _ => return Err(clear()),
    };
    // What the library finds no certificate in is nothing to it, and no error.
    if !pem.windows(MARK.len()).any(|part| part == MARK) {
        let why = "it has no certificate in it (PEM, `-----BEGIN CERTIFICATE-----`)";
        return Err(MailError::Authority(why.into()));
    }
    let parameters = TlsParameters::builder(url.host_str().unwrap_or_default().to_owned())
        .add_root_certificate(Certificate::from_pem(pem).map_err(unusable)?)
        .build_rustls()
        .map_err(unusable)?;
    Ok(builder.tls(way(parameters)))
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
    let before = error.is_transient()
        || error.is_tls()
        || is_unbelieved(error)
        || why.starts_with("Connection error");
    match before {
        true => MailError::Later(why),
        false => MailError::Unknown(why),
    }
}

/// Whether the server showed no certificate that is believed, or encrypts in no way that we do. The library
/// takes that for a line that broke, but nothing is said before a server is believed.
fn is_unbelieved(error: &smtp::Error) -> bool {
    let cause = std::error::Error::source(error)
        .and_then(|cause| cause.downcast_ref::<std::io::Error>())
        .and_then(|broken| broken.get_ref())
        .and_then(|cause| cause.downcast_ref::<rustls::Error>());
    matches!(
        cause,
        Some(rustls::Error::InvalidCertificate(_) | rustls::Error::PeerIncompatible(_))
    )
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
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    use rustls::pki_types::PrivatePkcs8KeyDer;
    use rustls::{ServerConfig, ServerConnection, StreamOwned};
    use std::io::{BufRead as _, BufReader, Read, Write};
    use std::net::TcpListener;

    /// A mail server that takes one letter, and what it was told. With `tls` it says that it can begin to
    /// encrypt, and does when it is asked to.
    fn takes_one(listener: &TcpListener, tls: Option<&Arc<ServerConfig>>) -> Vec<String> {
        let (mut stream, _) = listener.accept().expect("somebody comes");
        stream.write_all(b"220 here\r\n").expect("is written");
        let Some(config) = tls else {
            return converse(stream, "250 yes\r\n");
        };
        let mut told = converse(
            stream.try_clone().expect("is one"),
            "250-here\r\n250 STARTTLS\r\n",
        );
        if told.last().is_some_and(|line| line == "STARTTLS") {
            let session = ServerConnection::new(Arc::clone(config)).expect("can begin");
            told.extend(converse(StreamOwned::new(session, stream), "250 yes\r\n"));
        }
        told
    }

    /// What a client says until its letter is taken, it wants to encrypt, or it goes away.
    fn converse(mut stream: impl Read + Write, greeting: &str) -> Vec<String> {
        let (mut told, mut in_letter): (Vec<String>, bool) = (Vec::new(), false);
        while let Some(line) = line(&mut stream) {
            let word = line.split(' ').next().unwrap_or_default().to_owned();
            told.push(line);
            let (answer, is_last) = match word.as_str() {
                "." if in_letter => ("250 taken\r\n", true),
                _ if in_letter => continue,
                "EHLO" => (greeting, false),
                "STARTTLS" => ("220 begin\r\n", true),
                "QUIT" => ("221 bye\r\n", true),
                "DATA" => ("354 go on\r\n", false),
                _ => ("250 yes\r\n", false),
            };
            in_letter = word == "DATA";
            if stream
                .write_all(answer.as_bytes())
                .and_then(|()| stream.flush())
                .is_err()
                || is_last
            {
                break;
            }
        }
        told
    }

    /// The next line, byte by byte: what follows it may be encrypted already.
    fn line(stream: &mut impl Read) -> Option<String> {
        let (mut line, mut byte) = (Vec::new(), [0]);
        while stream.read_exact(&mut byte).is_ok() {
            match byte {
                [b'\n'] => return Some(String::from_utf8_lossy(&line).trim_end().to_owned()),
                [byte] => line.push(byte),
            }
        }
        None
    }

    /// A mail server that encrypts, its address, and the certificate of the authority that signed its own.
    fn encrypting() -> (std::thread::JoinHandle<Vec<String>>, u16, String) {
        let authority = KeyPair::generate().expect("has a key");
        let mut params = CertificateParams::new(Vec::new()).expect("has no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = params.self_signed(&authority).expect("is signed");
        let own = KeyPair::generate().expect("has a key");
        let names = CertificateParams::new(vec!["localhost".into()]).expect("has a name");
        let issuer = Issuer::new(params, authority);
        let signed = names.signed_by(&own, &issuer).expect("is signed");
        let key = PrivatePkcs8KeyDer::from(own.serialize_der());
        let config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("knows the versions")
                .with_no_client_auth()
                .with_single_cert(vec![signed.der().clone()], key.into())
                .expect("fits the key");
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
        let port = listener.local_addr().expect("is bound").port();
        let config = Arc::new(config);
        let server = std::thread::spawn(move || takes_one(&listener, Some(&config)));
        (server, port, root.pem())
    }

    fn to_ana() -> Letter {
        Letter {
            to: "ana@example.com".into(),
            text: "Code: 123456\n".into(),
            ..Letter::default()
        }
    }

    #[test]
    fn a_letter_goes_encrypted_to_a_server_whose_authority_is_believed() {
        let (server, port, root) = encrypting();
        let url = format!("smtp://localhost:{port}?tls=required");
        let mailer = Mailer::smtp(&url, "club@shop.example", Some(root.as_bytes()));
        mailer
            .expect("is an address")
            .send(&to_ana())
            .expect("is taken");
        let told = server.join().expect("the server ends");
        let begun = told.iter().position(|line| line == "STARTTLS");
        let written = told.iter().position(|line| line == "Code: 123456");
        assert!(begun.is_some() && begun < written, "{told:?}");
    }

    #[test]
    fn nothing_is_handed_to_a_server_that_nobody_vouches_for() {
        let (server, port, _) = encrypting();
        let url = format!("smtp://localhost:{port}?tls=required");
        let mailer = Mailer::smtp(&url, "club@shop.example", None).expect("is an address");
        let error = mailer.send(&to_ana()).expect_err("is not believed");
        assert!(matches!(error, MailError::Later(_)), "{error:?}");
        assert!(error.to_string().contains("certificate"), "{error}");
        let told = server.join().expect("the server ends");
        assert_eq!(
            told.last().map(String::as_str),
            Some("STARTTLS"),
            "{told:?}"
        );
    }

    #[test]
    fn nothing_goes_in_clear_where_encryption_is_asked_for() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
        let port = listener.local_addr().expect("is bound").port();
        let server = std::thread::spawn(move || takes_one(&listener, None));
        let url = format!("smtp://localhost:{port}?tls=required");
        let mailer = Mailer::smtp(&url, "club@shop.example", None).expect("is an address");
        let error = mailer.send(&to_ana()).expect_err("cannot encrypt");
        drop(mailer);
        let told = server.join().expect("the server ends");
        assert!(
            !told.iter().any(|line| line.contains("ana@")),
            "{told:?} {error}"
        );
    }

    #[test]
    fn an_authority_that_cannot_be_used_is_said() {
        let of = |url: &str, pem: &str| {
            let error = Mailer::smtp(url, "club@shop.example", Some(pem.as_bytes()));
            error.expect_err("is not usable").to_string()
        };
        let none = of("smtps://mail.example", "no certificate");
        assert!(
            none.contains("certificate of the mail server's authority"),
            "{none}"
        );
        let clear = of("smtp://mail.example", "");
        assert!(clear.contains("asks for no encryption"), "{clear}");
    }

    #[test]
    fn a_letter_reaches_a_mail_server_as_it_was_written() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
        let port = listener.local_addr().expect("is bound").port();
        let server = std::thread::spawn(move || takes_one(&listener, None));
        let mailer = Mailer::smtp(
            &format!("smtp://127.0.0.1:{port}"),
            "Club <club@shop.example>",
            None,
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
        let mailer = Mailer::smtp(&url, "club@shop.example", None).expect("is an address");
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
        let nobody = Mailer::smtp("smtp://127.0.0.1:1", "club@shop.example", None).expect("is one");
        let letter = Letter {
            to: "ana@example.com".into(),
            ..Letter::default()
        };
        let unreached = nobody.send(&letter).expect_err("nobody is there");
        assert!(matches!(unreached, MailError::Later(_)), "{unreached:?}");
    }

    #[test]
    fn a_password_is_not_told_where_the_address_is_wrong() {
        let error = Mailer::smtp("smpt://me:secret@mail.example", "a@b.example", None)
            .expect_err("is none");
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
