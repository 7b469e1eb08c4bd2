//! `regulars webhooks`: endpoints that are told what happens.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::{Open, Shop};
use crate::moment;
use crate::print::{Print, Style, Table, count};
use clap::{Args, Subcommand};
use regulars_app::connect::Broker;
use regulars_app::{
    Config, EndpointPatch, EndpointState, Failing, NewEndpoint, Outbound, PausedBy, Replay,
};
use regulars_base::{EventKey, Text};
use regulars_server::view;

/// Make, list, change and remove endpoints of webhooks; see what did not go through, and send it again
///
/// A server that runs sends what there is to send.
#[derive(Args)]
pub(crate) struct Webhooks {
    #[command(subcommand)]
    what: What,
}

/// Whether endpoints may be in the house.
#[derive(Args, Clone, Copy)]
pub(crate) struct Private {
    /// Allow webhooks to private addresses (this machine, its network), also without encryption.
    #[arg(long = "webhooks-private", env = "REGULARS_WEBHOOKS_PRIVATE")]
    allowed: bool,
}

impl Private {
    /// How webhooks are sent.
    pub(crate) fn outbound(self) -> Outbound {
        Outbound::new(view::webhook, self.allowed)
    }

    /// The same, with a broker if there is one.
    pub(crate) fn outbound_through(self, broker: Option<Broker>) -> Outbound {
        match broker {
            Some(broker) => self.outbound().through(broker),
            None => self.outbound(),
        }
    }
}

/// A broker of messages.
#[derive(Args, Clone)]
pub(crate) struct Nats {
    /// The broker of messages (NATS with JetStream): `nats://127.0.0.1:4222`,
    /// `nats://USER:PASSWORD@HOST:4222`, `tls://HOST:4222`; several, separated by commas. What is published on
    /// `regulars.TENANT.in` is taken in, and endpoints may be subjects.
    #[arg(
        long = "nats",
        env = "REGULARS_NATS",
        value_name = "URL",
        hide_env_values = true
    )]
    addresses: Option<String>,
}

impl Nats {
    pub(crate) fn broker(&self) -> anyhow::Result<Option<Broker>> {
        let broker = self.addresses.as_deref().map(Broker::connect);
        let broker = broker.transpose().map_err(|error| {
            Failure::new(
                error.to_string(),
                "correct --nats, as in nats://127.0.0.1:4222",
            )
        })?;
        Ok(broker)
    }
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// Make an endpoint: it is told of what is recorded from now on. Its secret is shown once.
    Add {
        /// Where it is: https://…, or a subject of the broker: nats:regulars.TENANT.out
        url: String,
        /// What it wants to be told of (points.added, tier.upgraded …), once for each; everything if
        /// left out.
        #[arg(long = "topic", value_name = "TOPIC", value_delimiter = ',')]
        topics: Vec<String>,
        /// What it is for, in words.
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
        #[command(flatten)]
        private: Private,
        #[command(flatten)]
        nats: Nats,
        #[command(flatten)]
        shop: Shop,
    },
    /// List endpoints and how they fare.
    List {
        #[command(flatten)]
        shop: Shop,
    },
    /// Send an endpoint nothing for the time being; what it misses waits.
    Pause {
        /// Its id (whk_…), as listed.
        id: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Have an endpoint go on: it is tried at once, and told all that it missed.
    Resume {
        /// Its id (whk_…), as listed.
        id: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Remove an endpoint, with all that waits for it.
    Remove {
        /// Its id (whk_…), as listed.
        id: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Give an endpoint another secret, which is shown once.
    Rotate {
        /// Its id (whk_…), as listed.
        id: String,
        /// For how many hours the secret before goes on signing beside the new one.
        #[arg(long, value_name = "HOURS", default_value_t = 24)]
        overlap: u32,
        #[command(flatten)]
        shop: Shop,
    },
    /// Send an endpoint a test, and say what became of it.
    Test {
        /// Its id (whk_…), as listed.
        id: String,
        #[command(flatten)]
        private: Private,
        #[command(flatten)]
        nats: Nats,
        #[command(flatten)]
        shop: Shop,
    },
    /// Show what did not go through.
    Troubles {
        /// Its id (whk_…), as listed.
        id: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Tell an endpoint of events once more: all that were given up, one, or those of a span.
    Replay(Again),
}

/// Which events are told once more.
#[derive(Args)]
struct Again {
    /// The endpoint's id (whk_…), as listed.
    id: String,
    /// All that were given up.
    #[arg(long, conflicts_with_all = ["event", "from", "until"])]
    given_up: bool,
    /// One event: its source and its id.
    #[arg(long, value_name = "SOURCE/ID", conflicts_with_all = ["from", "until"])]
    event: Option<String>,
    /// Those that were recorded from this day or moment on.
    #[arg(long, value_name = "TIME", requires = "until")]
    from: Option<String>,
    /// Those that were recorded before this moment, or by the end of this day.
    #[arg(long, value_name = "TIME", requires = "from")]
    until: Option<String>,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Webhooks, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::Add {
            url,
            topics,
            note,
            private,
            nats,
            shop,
        } => {
            let open = sending(shop, *private, nats)?;
            let new = NewEndpoint {
                url: url.clone(),
                topics: topics.clone(),
                note: note.clone(),
            };
            let made = open.app.add_endpoint(open.id(), new)?;
            shown_once(&open, made, print)?;
        }
        What::List { shop } => list(&shop.open()?, print)?,
        What::Pause { id, shop } => change(&shop.open()?, id, true, print)?,
        What::Resume { id, shop } => change(&shop.open()?, id, false, print)?,
        What::Remove { id, shop } => {
            let open = shop.open()?;
            let gone = open.app.remove_endpoint(open.id(), id)?;
            print.line(format!("{id} ({}) is removed", gone.url));
            print.json(&serde_json::json!({"removed": id}))?;
        }
        What::Rotate { id, overlap, shop } => {
            let open = shop.open()?;
            let made = open.app.rotate_secret(open.id(), id, *overlap)?;
            shown_once(&open, made, print)?;
        }
        What::Test {
            id,
            private,
            nats,
            shop,
        } => return test(&sending(shop, *private, nats)?, id, print),
        What::Troubles { id, shop } => troubles(&shop.open()?, id, print)?,
        What::Replay(again) => replay(again, print)?,
    }
    Ok(Answer::Yes)
}

/// A database that is there, by whom webhooks can be sent.
fn sending(shop: &Shop, private: Private, nats: &Nats) -> anyhow::Result<Open> {
    let outbound = private.outbound_through(nats.broker()?);
    let app = shop.place.open_as(|config| Config {
        webhooks: Some(outbound),
        ..config
    })?;
    shop.of(app)
}

fn shown_once(
    open: &Open,
    (state, secret): (EndpointState, String),
    print: &Print,
) -> anyhow::Result<()> {
    print.note(format!(
        "{} for {}; its secret is shown now and never again:",
        state.endpoint.id, state.endpoint.url
    ));
    print.line(print.style(Style::Bold, &secret));
    print.json(&view::endpoint(state, Some(secret), open.app.now()))
}

fn list(open: &Open, print: &Print) -> anyhow::Result<()> {
    let all = open.app.endpoints(open.id())?;
    let (zone, now) = (open.zone(), open.app.now());
    let mut table = Table::new(&[
        "ID", "URL", "TOPICS", "TAKEN", "WAITING", "GIVEN UP", "STATE",
    ]);
    for EndpointState { endpoint, health } in &all {
        let topics = match endpoint.topics.is_empty() {
            true => "all".to_owned(),
            false => endpoint.topics.join(" "),
        };
        let state = match (endpoint.paused, health.failing_since) {
            (Some(PausedBy::Hand), _) => "paused".to_owned(),
            (Some(PausedBy::Failing), _) => {
                format!(
                    "paused: nothing went through for three days ({})",
                    health.failure
                )
            }
            (Some(PausedBy::Gone), _) => "paused: it wants nothing any more".to_owned(),
            (None, Some(at)) => {
                format!(
                    "failing since {}: {}",
                    moment::shown(at, &zone),
                    health.failure
                )
            }
            (None, None) => "good".to_owned(),
        };
        table.row(vec![
            endpoint.id.clone(),
            endpoint.url.clone(),
            topics,
            count(health.taken),
            count(health.waiting),
            count(health.given_up),
            state,
        ]);
    }
    print.table(&table);
    let items: Vec<_> = all
        .into_iter()
        .map(|own| view::endpoint(own, None, now))
        .collect();
    print.json(&serde_json::json!({"items": items}))
}

fn change(open: &Open, id: &str, paused: bool, print: &Print) -> anyhow::Result<()> {
    let patch = EndpointPatch {
        paused: Some(paused),
        ..EndpointPatch::default()
    };
    let (_, after) = open.app.change_endpoint(open.id(), id, patch)?;
    let state = if paused { "is paused" } else { "goes on" };
    print.line(format!("{id} {state}"));
    print.json(&view::endpoint(after, None, open.app.now()))
}

fn test(open: &Open, id: &str, print: &Print) -> anyhow::Result<Answer> {
    use regulars_app::connect::Delivery;
    let (taken, line) = match open.app.test_endpoint(open.id(), id)? {
        Delivery::Taken => (true, "it was taken".to_owned()),
        Delivery::Failed { why, .. } => (false, why),
        Delivery::Gone => (false, "it wants nothing any more (410)".to_owned()),
    };
    print.line(&line);
    print.json(&serde_json::json!({"taken": taken, "said": line}))?;
    Ok(if taken { Answer::Yes } else { Answer::No })
}

fn troubles(open: &Open, id: &str, print: &Print) -> anyhow::Result<()> {
    let troubles = open.app.troubles(open.id(), id)?;
    let zone = open.zone();
    let mut table = Table::new(&["EVENT", "FAILED", "SINCE", "NEXT TRY", "WHY"]);
    let shown = |own: &Failing| {
        let at = |at| moment::shown(at, &zone);
        vec![
            format!("{}/{}", own.event.source, own.event.external_id),
            count(u64::from(own.failures)),
            own.since.map_or_else(String::new, at),
            own.next_at.map_or_else(|| "given up".to_owned(), at),
            own.failure.clone(),
        ]
    };
    for own in troubles.failing.iter().chain(&troubles.letters) {
        table.row(shown(own));
    }
    print.table(&table);
    print.json(&view::troubles(troubles))
}

fn replay(again: &Again, print: &Print) -> anyhow::Result<()> {
    let open = again.shop.open()?;
    let from = again.from.as_deref();
    let from = from
        .map(|text| moment::read("--from", text, &open.zone()))
        .transpose()?;
    let until = open.end_of("--until", again.until.as_deref())?;
    let which = match (&again.event, from.zip(until)) {
        (Some(event), _) => Replay::Event(key_of(event)?),
        (None, Some((from, until))) => Replay::Span(from, until),
        (None, None) if again.given_up => Replay::GivenUp,
        (None, None) => {
            let advice = "say --given-up, --event SOURCE/ID, or --from and --until";
            return Err(Failure::new("it is not said which events", advice).into());
        }
    };
    let events = open.app.replay(open.id(), &again.id, &which)?;
    print.line(format!("{} events are sent once more", count(events)));
    print.json(&serde_json::json!({"events": events}))
}

fn key_of(text: &str) -> anyhow::Result<EventKey> {
    let wrong = || {
        Failure::new(
            format!("`{text}` names no event"),
            "write SOURCE/ID, as in till-1/R-1",
        )
    };
    let (source, id) = text.split_once('/').ok_or_else(wrong)?;
    Ok(EventKey {
        source: Text::new(source).map_err(|_| wrong())?,
        external_id: Text::new(id).map_err(|_| wrong())?,
    })
}
