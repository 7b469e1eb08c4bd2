//! A broker of messages (NATS with JetStream): hands over what others publish, and takes what is published
//! for them.
//!
//! Three streams, made where they are missing; one that is there already stays as its operator made it.
//! What is handed over is let go only when it was said to be [done](Broker::done) or
//! [refused](Broker::refuse): whatever stops in between, it is handed over again. What is published twice
//! under one id within an hour is kept once.

use crate::courier::{Delivery, Letter};
use crate::signature;
use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::consumer::pull::{Batch, Config as Consumer};
use async_nats::jetstream::message::{AckKind, PublishMessage};
use async_nats::jetstream::stream::Config as Stream;
use async_nats::jetstream::{self, Context, Message};
use async_nats::{ConnectOptions, Event, ServerAddr};
use futures_util::StreamExt;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

/// What all subjects begin with.
const ROOT: &str = "regulars";
/// The scheme of an endpoint that is a subject.
const SCHEME: &str = "nats:";
/// Who reads what comes in: one reader, however many servers read for it.
const READER: &str = "regulars";
/// So long a message is a reader's own; then it is handed over again.
const OWN_FOR: Duration = Duration::from_secs(10);
/// So many messages are under way at once.
const UNDER_WAY_MOST: i64 = 20_000;
/// Within so long one id is kept once.
const ONCE_WITHIN: Duration = Duration::from_secs(3600);
/// So long what was published is kept for those who read it.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
/// So long what was refused is kept for somebody to look at.
const REFUSED_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long the broker may take for an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// The header that says why something was refused.
const REASON: &str = "Regulars-Reason";

/// A connection that is made again whenever it breaks. Cheap to clone.
#[derive(Clone)]
pub struct Broker {
    inner: Arc<Inner>,
}

struct Inner {
    context: Context,
    reader: Mutex<Option<PullConsumer>>,
    runtime: Option<Runtime>,
}

/// The broker is not to be had, or does not want what is asked of it: why, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoBroker(String);

/// A message that was handed over.
#[derive(Debug)]
pub struct Handed {
    /// The merchant that its subject names.
    pub merchant: String,
    /// What it says.
    pub text: String,
    message: Message,
}

impl Broker {
    /// To the servers at these addresses, separated by commas: `nats://host:4222`,
    /// `nats://user:password@host:4222`, `tls://host:4222`. Whether one is there shows later: a server of
    /// ours starts without its broker, too.
    pub fn connect(addresses: &str) -> Result<Self, NoBroker> {
        let servers: Result<Vec<ServerAddr>, _> = addresses
            .split(',')
            .map(|address| address.trim().parse())
            .collect();
        let servers = servers.map_err(|error| {
            NoBroker(format!(
                "`{addresses}` is no address of a broker ({error}): write nats://host:4222"
            ))
        })?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("broker")
            .enable_all()
            .build()
            .map_err(no_broker)?;
        let options = ConnectOptions::new()
            .name("Regulars")
            .retry_on_initial_connect()
            .request_timeout(Some(ANSWER_WITHIN))
            .event_callback(|event| async move { note(&event) });
        let client = runtime
            .block_on(options.connect(servers))
            .map_err(no_broker)?;
        // It starts a task of its own.
        let mut context = {
            let _within = runtime.enter();
            jetstream::new(client)
        };
        context.set_timeout(ANSWER_WITHIN);
        Ok(Self {
            inner: Arc::new(Inner {
                context,
                reader: Mutex::default(),
                runtime: Some(runtime),
            }),
        })
    }

    fn wait<T>(&self, what: impl Future<Output = T>) -> T {
        let runtime = self.inner.runtime.as_ref();
        runtime
            .expect("is there until it is dropped")
            .block_on(what)
    }

    /// Makes the streams that are missing; the reader of what comes in.
    async fn reader(&self) -> Result<PullConsumer, NoBroker> {
        let context = &self.inner.context;
        let stream = |name: &str, subjects: &[&str], max_age| Stream {
            name: format!("REGULARS_{name}"),
            subjects: subjects
                .iter()
                .map(|end| format!("{ROOT}.*.{end}"))
                .collect(),
            duplicate_window: ONCE_WITHIN,
            max_age,
            ..Stream::default()
        };
        for other in [
            stream("OUT", &["out", "out.>"], KEPT),
            stream("REFUSED", &["refused"], REFUSED_KEPT),
        ] {
            context
                .get_or_create_stream(other)
                .await
                .map_err(no_broker)?;
        }
        let coming = context.get_or_create_stream(stream("IN", &["in"], Duration::ZERO));
        let reader = Consumer {
            durable_name: Some(READER.into()),
            ack_wait: OWN_FOR,
            max_ack_pending: UNDER_WAY_MOST,
            ..Consumer::default()
        };
        let coming = coming.await.map_err(no_broker)?;
        coming
            .get_or_create_consumer(READER, reader)
            .await
            .map_err(no_broker)
    }

    /// Takes what is there, at most so many messages; waits so long for the first.
    pub fn take(&self, most: usize, patience: Duration) -> Result<Vec<Handed>, NoBroker> {
        let mut known = self
            .inner
            .reader
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Where something breaks it is asked for again: it may have been lost with the broker's own disk.
        let reader = match known.take() {
            Some(reader) => reader,
            None => self.wait(self.reader())?,
        };
        let there = reader.fetch().max_messages(most).messages();
        let mut all = self.wait(handed(there, ANSWER_WITHIN))?;
        if all.is_empty() {
            let first = reader.batch().max_messages(1).expires(patience).messages();
            all = self.wait(handed(first, patience + ANSWER_WITHIN))?;
        }
        *known = Some(reader);
        Ok(all)
    }

    /// It was taken in: it is not handed over again.
    pub fn done(&self, handed: &Handed) -> Result<(), NoBroker> {
        self.wait(handed.message.ack()).map_err(no_broker)
    }

    /// It could not be taken in just now: it is handed over again after a pause.
    pub fn later(&self, handed: &Handed, pause: Duration) -> Result<(), NoBroker> {
        let again = handed.message.ack_with(AckKind::Nak(Some(pause)));
        self.wait(again).map_err(no_broker)
    }

    /// It never can be: it is put with what was refused, and why, and not handed over again.
    pub fn refuse(&self, handed: &Handed, why: &str) -> Result<(), NoBroker> {
        // A line of a header has no other lines in it.
        let why: String = why
            .chars()
            .map(|own| if own.is_control() { ' ' } else { own })
            .take(1000)
            .collect();
        let subject = format!("{ROOT}.{}.refused", handed.merchant);
        let mut publish = PublishMessage::build()
            .payload(handed.message.payload.clone())
            .header(REASON, why.as_str());
        if let Ok(info) = handed.message.info() {
            publish = publish.message_id(format!("in-{}", info.stream_sequence));
        }
        self.wait(async {
            let kept = self.inner.context.send_publish(subject, publish).await;
            kept.map_err(no_broker)?.await.map_err(no_broker)?;
            let never = handed.message.ack_with(AckKind::Term);
            never.await.map_err(no_broker)
        })
    }

    /// Publishes a letter whose address is a subject; what became of it.
    pub(crate) fn publish(&self, letter: &Letter<'_>) -> Delivery {
        let subject = letter.url.trim_start_matches(SCHEME).to_owned();
        let body = letter.body.as_bytes();
        let signature = signature::sign(letter.secrets, letter.id, letter.seconds, body);
        let publish = PublishMessage::build()
            .payload(body.to_vec().into())
            .message_id(letter.id)
            .header("webhook-id", letter.id)
            .header("webhook-timestamp", letter.seconds.to_string().as_str())
            .header("webhook-signature", signature.as_str());
        let kept = self.wait(async {
            let sent = self.inner.context.send_publish(subject, publish).await;
            sent.map_err(no_broker)?.await.map_err(no_broker)
        });
        match kept {
            Ok(_) => Delivery::Taken,
            Err(NoBroker(why)) => Delivery::Failed {
                status: None,
                why: format!("the broker did not take it: {why}"),
                asked: None,
            },
        }
    }
}

/// All messages of a batch that was asked for; without the rest where the next one does not come in time:
/// the end of a batch is lost with a broker that dies, and the client alone would wait for it for ever.
async fn handed<E: fmt::Display>(
    asked: impl Future<Output = Result<Batch, E>>,
    within: Duration,
) -> Result<Vec<Handed>, NoBroker> {
    let mut coming = asked.await.map_err(no_broker)?;
    let mut all = Vec::new();
    while let Ok(Some(message)) = timeout(within, coming.next()).await {
        all.push(Handed::read(message.map_err(no_broker)?));
    }
    Ok(all)
}

impl Handed {
    fn read(message: Message) -> Self {
        let merchant = message.subject.split('.').nth(1).unwrap_or_default();
        Self {
            merchant: merchant.to_owned(),
            text: String::from_utf8_lossy(&message.payload).into_owned(),
            message,
        }
    }
}

/// Whether an endpoint's address is a subject.
pub fn is_subject(url: &str) -> bool {
    url.starts_with(SCHEME)
}

/// What is wrong with an endpoint's address that is a subject: a merchant publishes below its own name only.
pub fn fault(url: &str, merchant: &str) -> Option<String> {
    let own = format!("{ROOT}.{merchant}.out");
    let fits = url.strip_prefix(SCHEME).is_some_and(|subject| {
        let below = subject.strip_prefix(own.as_str());
        below.is_some_and(|below| {
            below.is_empty()
                || below
                    .strip_prefix('.')
                    .is_some_and(|it| it.split('.').all(is_part))
        })
    });
    (!fits).then(|| format!("must be {SCHEME}{own} or a subject below it, as in {SCHEME}{own}.crm"))
}

/// Whether a text may stand between the points of a subject.
fn is_part(text: &str) -> bool {
    let fits = |own: char| own.is_ascii_alphanumeric() || own == '-' || own == '_';
    !text.is_empty() && text.chars().all(fits)
}

/// How a merchant is called in subjects: by its name where that fits, else by its id.
pub fn in_subjects(name: &str, id: &str) -> String {
    match is_part(name) {
        true => name.to_owned(),
        false => id.to_owned(),
    }
}

fn note(event: &Event) {
    match event {
        Event::Connected => tracing::info!("the broker is there"),
        Event::Disconnected | Event::ServerError(_) => {
            tracing::warn!(%event, "the broker is not to be had, and is tried again");
        }
        other => tracing::debug!(event = %other, "the broker"),
    }
}

fn no_broker(error: impl fmt::Display) -> NoBroker {
    NoBroker(error.to_string())
}

impl fmt::Display for NoBroker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoBroker {}

impl fmt::Debug for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Broker(…)")
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Whoever drops it may be a runtime's own thread, which must not wait.
            runtime.shutdown_background();
        }
    }
}
