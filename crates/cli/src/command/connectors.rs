//! `regulars connectors`: shops and payment providers who tell what happens there.

use crate::Answer;
use crate::command::webhooks::Private;
use crate::failure::Failure;
use crate::flags::{Open, Shop};
use crate::moment;
use crate::print::{Print, Style, Table, count};
use clap::{Args, Subcommand};
use regulars_app::{
    Config, ConnectorPatch, ConnectorState, DeliveryState, Inbound, NewConnector, PageAsk,
    Reconciled,
};
use regulars_server::view;

/// Make, list, change and remove connectors of shops and payment providers; see what they told, and ask them
/// for what was lost
#[derive(Args)]
pub(crate) struct Connectors {
    #[command(subcommand)]
    what: What,
}

/// What is said of a connector.
#[derive(Args)]
struct Said {
    /// What it is for, in words.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// The currency that is taken; any if it is empty.
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// A state in which an order counts as paid, once for each; those of most shops if left out.
    #[arg(long = "paid", value_name = "STATE", value_delimiter = ',')]
    paid: Vec<String>,
    /// Whether customers of the shop become members by being told of.
    #[arg(long, value_name = "YES", num_args = 0..=1, default_missing_value = "true")]
    enrols: Option<bool>,
    /// What the codes of redemptions begin with.
    #[arg(long, value_name = "TEXT")]
    code_prefix: Option<String>,
    /// The address that it sends to, as it was entered at the platform (Square signs it).
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// Where the platform is asked for what was lost: `https://shop.example`
    #[arg(long, value_name = "URL")]
    ask_url: Option<String>,
    /// Who asks (WooCommerce's consumer key).
    #[arg(long, value_name = "KEY")]
    ask_key: Option<String>,
    /// What lets us in there: best given by the environment.
    #[arg(
        long,
        value_name = "SECRET",
        env = "REGULARS_ASK_SECRET",
        hide_env_values = true
    )]
    ask_secret: Option<String>,
}

impl Said {
    fn patch(&self) -> ConnectorPatch {
        ConnectorPatch {
            note: self.note.clone(),
            currency: self.currency.clone(),
            paid: (!self.paid.is_empty()).then(|| self.paid.clone()),
            enrols: self.enrols,
            code_prefix: self.code_prefix.clone(),
            address: self.address.clone(),
            ask_url: self.ask_url.clone(),
            ask_key: self.ask_key.clone(),
            ask_secret: self.ask_secret.clone(),
        }
    }
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// Make a connector. A secret that is made here is shown once.
    Add {
        /// Which platform: generic, shopify, woocommerce, stripe, square, medusa or vendure.
        platform: String,
        /// The source of its events; the platform's name if left out.
        #[arg(long, value_name = "NAME", default_value = "")]
        source: String,
        /// The platform's secret: best given by the environment. One is made if it is left out, where the
        /// platform takes ours.
        #[arg(
            long,
            value_name = "SECRET",
            env = "REGULARS_CONNECTOR_SECRET",
            hide_env_values = true,
            default_value = ""
        )]
        secret: String,
        #[command(flatten)]
        said: Said,
        #[command(flatten)]
        private: Private,
        #[command(flatten)]
        shop: Shop,
    },
    /// List connectors and how they fare.
    List {
        #[command(flatten)]
        shop: Shop,
    },
    /// Change a connector; what is left out stays.
    Change {
        /// Its id (con_…), as listed.
        id: String,
        #[command(flatten)]
        said: Said,
        #[command(flatten)]
        private: Private,
        #[command(flatten)]
        shop: Shop,
    },
    /// Remove a connector, with all that was told to it. What was taken stays.
    Remove {
        /// Its id (con_…), as listed.
        id: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Give a connector another secret.
    Rotate {
        /// Its id (con_…), as listed.
        id: String,
        /// The platform's; one is made if it is left out, where the platform takes ours.
        #[arg(
            long,
            value_name = "SECRET",
            env = "REGULARS_CONNECTOR_SECRET",
            hide_env_values = true,
            default_value = ""
        )]
        secret: String,
        /// For how many hours the secret before is good beside the new one.
        #[arg(long, value_name = "HOURS", default_value_t = 24)]
        overlap: u32,
        #[command(flatten)]
        shop: Shop,
    },
    /// Show what was told to a connector in the last 30 days, newest first.
    Deliveries {
        /// Its id (con_…), as listed.
        id: String,
        /// Only those in this state: taken, known, unused, refused, failed, asks, done or waiting.
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
        #[command(flatten)]
        shop: Shop,
    },
    /// Have a delivery decided once more that could not be.
    Again {
        /// The connector's id (con_…), as listed.
        id: String,
        /// Which delivery, as listed.
        delivery: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Say that somebody has seen to what a delivery asks for.
    Done {
        /// The connector's id (con_…), as listed.
        id: String,
        /// Which delivery, as listed.
        delivery: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Ask the platform for all that changed since a day, and take what was lost.
    Reconcile {
        /// The connector's id (con_…), as listed.
        id: String,
        /// Since which day or moment.
        #[arg(long, value_name = "TIME")]
        since: String,
        #[command(flatten)]
        private: Private,
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &Connectors, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::Add {
            platform,
            source,
            secret,
            said,
            private,
            shop,
        } => {
            let open = reading(shop, *private)?;
            let new = NewConnector {
                platform: platform.clone(),
                source: source.clone(),
                secret: secret.clone(),
                rest: said.patch(),
            };
            let made = open.app.add_connector(open.id(), new)?;
            shown_once(&open, made, print)?;
        }
        What::List { shop } => list(&shop.open()?, print)?,
        What::Change {
            id,
            said,
            private,
            shop,
        } => {
            let open = reading(shop, *private)?;
            let (_, after) = open.app.change_connector(open.id(), id, said.patch())?;
            print.line(format!("{id} is changed"));
            print.json(&view::connector(after, None, open.app.now()))?;
        }
        What::Remove { id, shop } => {
            let open = shop.open()?;
            let gone = open.app.remove_connector(open.id(), id)?;
            print.line(format!("{id} ({}) is removed", gone.source));
            print.json(&serde_json::json!({"removed": id}))?;
        }
        What::Rotate {
            id,
            secret,
            overlap,
            shop,
        } => {
            let open = shop.open()?;
            let made = open
                .app
                .rotate_connector(open.id(), id, (secret, *overlap))?;
            shown_once(&open, made, print)?;
        }
        What::Deliveries { id, state, shop } => {
            deliveries(&shop.open()?, id, state.as_deref(), print)?;
        }
        What::Again { id, delivery, shop } => {
            let open = shop
                .place
                .open_as(with_events)
                .and_then(|app| shop.of(app))?;
            let now = open.app.take_again(open.id(), id, delivery)?;
            print.line(format!("{}: {}", now.state.name(), now.said));
            print.json(&view::delivery(now))?;
        }
        What::Done { id, delivery, shop } => {
            let open = shop.open()?;
            let now = open.app.see_to_delivery(open.id(), id, delivery)?;
            print.line("done");
            print.json(&view::delivery(now))?;
        }
        What::Reconcile {
            id,
            since,
            private,
            shop,
        } => return reconcile(&reading(shop, *private)?, (id, since), print),
    }
    Ok(Answer::Yes)
}

fn with_events(config: Config) -> Config {
    Config {
        inbound: Some(Inbound::new(view::own_event)),
        ..config
    }
}

/// A database that is there, from which platforms can be asked.
fn reading(shop: &Shop, private: Private) -> anyhow::Result<Open> {
    let app = shop.place.open_as(|config| Config {
        webhooks: Some(private.outbound()),
        ..with_events(config)
    })?;
    shop.of(app)
}

fn shown_once(
    open: &Open,
    (state, secret): (ConnectorState, Option<String>),
    print: &Print,
) -> anyhow::Result<()> {
    let own = &state.connector;
    print.note(format!(
        "{}: have it send to {} on this server",
        own.id,
        own.path()
    ));
    if let Some(secret) = &secret {
        print.note("Its secret is shown now and never again:");
        print.line(print.style(Style::Bold, secret));
    }
    print.json(&view::connector(state, secret, open.app.now()))
}

fn list(open: &Open, print: &Print) -> anyhow::Result<()> {
    let all = open.app.connectors(open.id())?;
    let (zone, now) = (open.zone(), open.app.now());
    let mut table = Table::new(&[
        "ID",
        "SOURCE",
        "PATH",
        "LAST CAME",
        "FAILED",
        "ASKS",
        "UNSIGNED",
    ]);
    for state in &all {
        let own = &state.connector;
        let at = |at| moment::shown(at, &zone);
        table.row(vec![
            own.id.clone(),
            own.source.to_string(),
            own.path(),
            state.came_at.map_or_else(|| "never".to_owned(), at),
            count(state.failed),
            count(state.asks),
            count(state.unsigned),
        ]);
    }
    print.table(&table);
    let items = all.into_iter().map(|own| view::connector(own, None, now));
    print.json(&serde_json::json!({"items": items.collect::<Vec<_>>()}))
}

fn deliveries(open: &Open, id: &str, state: Option<&str>, print: &Print) -> anyhow::Result<()> {
    let unknown = |name: &str| {
        let all = DeliveryState::ALL.map(DeliveryState::name).join(", ");
        Failure::new(
            format!("`{name}` is no state of a delivery"),
            format!("there are {all}"),
        )
    };
    let state = match state {
        Some(name) => Some(DeliveryState::by_name(name).ok_or_else(|| unknown(name))?),
        None => None,
    };
    let page = PageAsk {
        after: None,
        limit: 200,
    };
    let listed = open.app.deliveries(open.id(), id, state, &page)?;
    let zone = open.zone();
    let mut table = Table::new(&["DELIVERY", "TOPIC", "CAME", "TIMES", "STATE", "WHAT"]);
    for own in &listed.items {
        table.row(vec![
            own.id.clone(),
            own.topic.clone(),
            moment::shown(own.came_at, &zone),
            count(own.times),
            own.state.name().to_owned(),
            own.said.clone(),
        ]);
    }
    print.table(&table);
    let items = listed.items.into_iter().map(view::delivery);
    print.json(&serde_json::json!({"items": items.collect::<Vec<_>>()}))
}

fn reconcile(open: &Open, (id, since): (&str, &str), print: &Print) -> anyhow::Result<Answer> {
    let since = moment::read("--since", since, &open.zone())?;
    let found = open.app.reconcile(open.id(), id, since, &|_| true)?;
    let Reconciled {
        pages,
        things,
        taken,
        known,
        unused,
        ..
    } = found;
    print.line(format!(
        "{} things on {} pages: {} events taken that were lost, {} known, {} things without use",
        count(things),
        count(pages),
        count(taken),
        count(known),
        count(unused)
    ));
    for why in &found.refused {
        print.line(format!("refused: {why}"));
    }
    for why in &found.failed {
        print.line(format!("could not be decided: {why}"));
    }
    print.json(&found)?;
    Ok(if found.failed.is_empty() {
        Answer::Yes
    } else {
        Answer::No
    })
}
