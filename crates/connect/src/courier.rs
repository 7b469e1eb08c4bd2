//! Sends one webhook, and says what became of it.

use crate::broker::{self, Broker};
use crate::signature::{self, Secret};
use crate::target;
use std::fmt;
use std::io::{self, Read as _};
use std::time::Duration;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// How long an endpoint may take for all of an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// How long it may take to be reached.
const REACHED_WITHIN: Duration = Duration::from_secs(5);
/// The most of an answer that is read: so much is thrown away to keep the connection.
const ANSWER_MOST: u64 = 16 << 10;
/// So many connections to one endpoint are kept for what comes next.
const KEPT: usize = 16;

/// Takes webhooks to their endpoints. Cheap to clone; all clones share their connections.
#[derive(Clone, Debug)]
pub struct Courier {
    agent: ureq::Agent,
    broker: Option<Broker>,
}

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// Where to: a URL, or a subject of the broker (`nats:…`).
    pub url: &'a str,
    /// Its id: the same, however often it is sent.
    pub id: &'a str,
    /// When it is sent, in seconds.
    pub seconds: i64,
    /// What it says: JSON.
    pub body: &'a str,
    /// What signs it.
    pub secrets: &'a [Secret],
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It was taken.
    Taken,
    /// It was not.
    Failed {
        /// The status of the answer, if there was one.
        status: Option<u16>,
        /// Why, in words.
        why: String,
        /// How long the endpoint asks to be left alone.
        asked: Option<Duration>,
    },
    /// The endpoint wants nothing any more (410).
    Gone,
}

impl Courier {
    /// `private` allows addresses in the house.
    pub fn new(private: bool) -> Self {
        Self {
            agent: agent(private, "Regulars-Webhooks/1"),
            broker: None,
        }
    }

    /// With a broker, which takes what is addressed to a subject.
    #[must_use]
    pub fn through(self, broker: Broker) -> Self {
        Self {
            broker: Some(broker),
            ..self
        }
    }

    /// Whether it has one.
    pub const fn has_broker(&self) -> bool {
        self.broker.is_some()
    }

    /// Sends it; blocks until it is taken, refused or out of time.
    pub fn send(&self, letter: &Letter<'_>) -> Delivery {
        if broker::is_subject(letter.url) {
            let none = || {
                failed(
                    None,
                    "this server knows no broker: start it with --nats".into(),
                )
            };
            return self
                .broker
                .as_ref()
                .map_or_else(none, |own| own.publish(letter));
        }
        let body = letter.body.as_bytes();
        let signature = signature::sign(letter.secrets, letter.id, letter.seconds, body);
        let sent = self
            .agent
            .post(letter.url)
            .header("content-type", "application/json")
            .header("webhook-id", letter.id)
            .header("webhook-timestamp", letter.seconds.to_string())
            .header("webhook-signature", signature)
            .send(body);
        match sent {
            Ok(answer) => answered(answer),
            Err(error) => failed(None, words(error)),
        }
    }
}

/// What asks others: it goes where everybody can go, or also into the house.
pub(crate) fn agent(private: bool, name: &str) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(ANSWER_WITHIN))
        .timeout_connect(Some(REACHED_WITHIN))
        .http_status_as_error(false)
        // Where it leads to was checked; where an answer leads to was not.
        .max_redirects(0)
        // Somebody else would look up the name, and nobody check what comes of it.
        .proxy(None)
        .max_idle_connections(256)
        .max_idle_connections_per_host(KEPT)
        .user_agent(name)
        .build();
    let resolver = Checked {
        private,
        names: DefaultResolver::default(),
    };
    ureq::Agent::with_parts(config, DefaultConnector::default(), resolver)
}

fn answered(mut answer: ureq::http::Response<ureq::Body>) -> Delivery {
    let status = answer.status().as_u16();
    let asked = answer.headers().get("retry-after");
    let asked = asked.and_then(|it| it.to_str().ok()?.trim().parse().ok());
    // A connection whose answer is read to its end serves again. What is longer is cut off with it.
    let rest = answer.body_mut().as_reader().take(ANSWER_MOST);
    let read = io::copy(&mut { rest }, &mut io::sink());
    match status {
        200..=299 => Delivery::Taken,
        410 => Delivery::Gone,
        300..=399 => failed(
            Some(status),
            format!("status {status}: redirects are not followed; enter where it leads to"),
        ),
        _ => Delivery::Failed {
            status: Some(status),
            why: match read {
                Ok(_) => format!("status {status}"),
                Err(error) => format!("status {status}, and the answer broke off: {error}"),
            },
            asked: asked.map(Duration::from_secs),
        },
    }
}

const fn failed(status: Option<u16>, why: String) -> Delivery {
    Delivery::Failed {
        status,
        why,
        asked: None,
    }
}

pub(crate) fn words(error: ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => "no answer in time".into(),
        ureq::Error::HostNotFound => "its name leads nowhere".into(),
        ureq::Error::Other(own) if own.is::<PrivateAddress>() => PrivateAddress.to_string(),
        other => {
            let text = other.to_string();
            text.chars()
                .filter(|one| !one.is_control())
                .take(200)
                .collect()
        }
    }
}

/// Looks names up and lets through what everybody can reach. What it answers is what is connected to, so
/// a name that is looked up again and leads elsewhere gains nothing.
#[derive(Debug)]
struct Checked {
    private: bool,
    names: DefaultResolver,
}

impl fmt::Debug for PrivateAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateAddress")
    }
}

struct PrivateAddress;

impl fmt::Display for PrivateAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(target::PRIVATE)
    }
}

impl std::error::Error for PrivateAddress {}

impl Resolver for Checked {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        if self.private || found.iter().all(|address| target::is_public(address.ip())) {
            return Ok(found);
        }
        Err(ureq::Error::Other(Box::new(PrivateAddress)))
    }
}
