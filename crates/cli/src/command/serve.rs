//! `regulars serve`: the server, and on its first start everything that it needs.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::{DEFAULT_TENANT, Place};
use crate::print::{Print, Style, count};
use crate::progress::Progress;
use clap::{Args, ValueEnum};
use regulars_app::pay::{Provider, Secret, Stripe};
use regulars_app::{
    App, Config, Database, Demo, DemoExtent, Inbound, NewKey, Passes, Rate, Scope, Tenant,
};
use regulars_server::{FirstSignIn, Front, Letter, Mailer, Network, Settings, view};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How much of the demo shop is loaded.
#[derive(Clone, Copy, ValueEnum)]
enum Extent {
    Orders,
    Whole,
}

/// Start the server; on its first start the database, a tenant and a key are made
///
/// The key is printed once. Ctrl-C or SIGTERM end the server in good order.
#[derive(Args)]
pub(crate) struct Serve {
    /// Load the demo shop if the database is empty: `whole` with a season of letters, surveys, cases and
    /// offers, `orders` with a program, members and two years of orders alone.
    #[arg(
        long,
        value_name = "EXTENT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "whole"
    )]
    demo: Option<Extent>,
    /// Write the reports and alerts that `[insight]` of the program asks for into this folder, a folder
    /// for each tenant.
    #[arg(long, value_name = "FOLDER")]
    reports: Option<PathBuf>,
    /// Where to listen. Port 0 takes any that is free, and says which.
    #[arg(
        long,
        env = "REGULARS_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080"
    )]
    listen: SocketAddr,
    /// The seed of the demo shop: the same seed is the same shop.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// A key that makes tenants over the API. Without one they are made on the command line only.
    #[arg(
        long,
        env = "REGULARS_OPERATOR_KEY",
        value_name = "KEY",
        hide_env_values = true
    )]
    operator_key: Option<String>,
    /// Serve the console of this folder instead of the one that is built in: for those who work on it.
    #[arg(long, env = "REGULARS_CONSOLE", value_name = "FOLDER")]
    console: Option<PathBuf>,
    /// Serve the pages for members of this folder instead of those that are built in.
    #[arg(long, env = "REGULARS_PORTAL", value_name = "FOLDER")]
    portal: Option<PathBuf>,
    /// Who signs passes for the wallets of telephones: a file that names the merchants' certificates and
    /// keys.
    #[arg(long, env = "REGULARS_PASSES", value_name = "FILE")]
    passes: Option<PathBuf>,
    #[command(flatten)]
    mail: Mail,
    #[command(flatten)]
    payments: Payments,
    #[command(flatten)]
    webhooks: super::webhooks::Private,
    #[command(flatten)]
    nats: super::webhooks::Nats,
    #[command(flatten)]
    operating: Operating,
    /// A proxy before this server that says where people come from (`X-Forwarded-For`): its address, or a
    /// network as 10.0.0.0/8. Once for each. One on this machine need not be named.
    #[arg(
        long = "proxy",
        env = "REGULARS_PROXIES",
        value_name = "ADDRESS",
        value_delimiter = ','
    )]
    proxies: Vec<Network>,
    /// How much each key, and each person, may ask for: requests a second, and at once, as 100/200. A key
    /// may have a rate of its own. Left out: as much as the server can.
    #[arg(long, env = "REGULARS_KEY_RATE", value_name = "RATE")]
    key_rate: Option<Rate>,
    /// How much each address may ask for where no key is needed: signing in, and the pages of a shop.
    #[arg(
        long,
        env = "REGULARS_ADDRESS_RATE",
        value_name = "RATE",
        default_value = "20/100"
    )]
    address_rate: Rate,
    /// So many requests are worked on at once; whoever comes beyond that is told to wait (429).
    #[arg(
        long,
        env = "REGULARS_AT_ONCE",
        value_name = "REQUESTS",
        default_value_t = 1000
    )]
    at_once: usize,
    /// Print the OpenAPI document and stop.
    #[arg(long)]
    openapi: bool,
    #[command(flatten)]
    place: Place,
}

/// What whoever operates the server sees of it.
#[derive(Args)]
struct Operating {
    /// Where Prometheus reads figures (`/metrics`), as in 127.0.0.1:9464. Whoever reaches it may read them.
    #[arg(long, env = "REGULARS_METRICS", value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
    /// How many seconds the server goes on answering after it was told to stop, while /readyz already says
    /// no: as long as a load balancer takes to notice.
    #[arg(
        long,
        env = "REGULARS_DRAIN",
        value_name = "SECONDS",
        default_value_t = 0
    )]
    drain: u64,
    /// What takes the database so many milliseconds is put into the log.
    #[arg(
        long,
        env = "REGULARS_SLOW",
        value_name = "MILLISECONDS",
        default_value_t = 500
    )]
    slow: u64,
}

/// Who takes letters to members.
#[derive(Args)]
struct Mail {
    /// The mail server: `smtp://127.0.0.1:25`, `smtp://USER:PASSWORD@HOST:587?tls=required`, `smtps://…`.
    /// Without one members cannot sign in; with --demo their codes are shown here.
    #[arg(
        long = "smtp",
        env = "REGULARS_SMTP",
        value_name = "URL",
        hide_env_values = true,
        requires = "from"
    )]
    smtp: Option<String>,
    /// Who writes the letters: `Bean Club <club@beans.example>`.
    #[arg(
        id = "from",
        long = "mail-from",
        env = "REGULARS_MAIL_FROM",
        value_name = "SENDER"
    )]
    from: Option<String>,
    /// A certificate (PEM) of the authority that signs the mail server's, where that is your own.
    #[arg(
        long = "smtp-authority",
        env = "REGULARS_SMTP_AUTHORITY",
        value_name = "FILE",
        requires = "smtp"
    )]
    authority: Option<PathBuf>,
}

impl Mail {
    fn mailer(&self, demo: bool) -> anyhow::Result<Option<Mailer>> {
        if let (Some(smtp), Some(from)) = (&self.smtp, &self.from) {
            let authority = self
                .authority
                .as_ref()
                .map(|path| std::fs::read(path).map_err(|error| Failure::reading(path, &error)));
            let authority = authority.transpose()?;
            let mailer = Mailer::smtp(smtp, from, authority.as_deref()).map_err(|error| {
                Failure::new(
                    error.to_string(),
                    "correct --smtp, --mail-from or --smtp-authority",
                )
            })?;
            return Ok(Some(mailer));
        }
        // Standard output is for whoever reads it as data.
        let show = |letter: &Letter| eprintln!("A letter to {}:\n{}", letter.to, letter.text);
        Ok(demo.then(|| Mailer::shown(show)))
    }
}

/// Who moves the money that invoices ask for.
#[derive(Args)]
struct Payments {
    /// Who moves the money that invoices of plans ask for: people, who say so by hand, or Stripe.
    #[arg(
        long = "payments",
        env = "REGULARS_PAYMENTS",
        value_enum,
        default_value = "manual"
    )]
    by: Mover,
    /// The provider's secret key.
    #[arg(
        long,
        env = "REGULARS_STRIPE_KEY",
        value_name = "KEY",
        hide_env_values = true
    )]
    stripe_key: Option<String>,
    /// The secrets that sign its webhooks; several, separated by commas, while one is being replaced.
    #[arg(
        long,
        env = "REGULARS_STRIPE_WEBHOOK_SECRETS",
        value_name = "SECRETS",
        value_delimiter = ',',
        hide_env_values = true
    )]
    stripe_webhook_secrets: Vec<String>,
    /// Where the provider is.
    #[arg(
        long,
        env = "REGULARS_STRIPE_ADDRESS",
        value_name = "URL",
        default_value = Stripe::ADDRESS
    )]
    stripe_address: String,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Mover {
    Manual,
    Stripe,
}

impl Payments {
    fn provider(&self) -> anyhow::Result<Option<Arc<dyn Provider>>> {
        if self.by == Mover::Manual {
            return Ok(None);
        }
        let missing = |what: &str, variable: &str| {
            let advice = format!("set {variable} in the environment of the server");
            Failure::new(format!("payments by stripe need {what}"), advice)
        };
        let key = self.stripe_key.clone();
        let key = key.ok_or_else(|| missing("its secret key", "REGULARS_STRIPE_KEY"))?;
        let secrets = self.stripe_webhook_secrets.iter();
        let secrets: Vec<Secret> = secrets
            .map(|secret| secret.trim())
            .filter(|secret| !secret.is_empty())
            .map(Secret::new)
            .collect();
        if secrets.is_empty() {
            let variable = "REGULARS_STRIPE_WEBHOOK_SECRETS";
            return Err(missing("the secret that signs its webhooks", variable).into());
        }
        let patience = Duration::from_secs(30);
        let stripe = Stripe::new(&self.stripe_address, Secret::new(key), secrets, patience)
            .map_err(|what| Failure::new(what, "correct --stripe-address"))?;
        Ok(Some(Arc::new(stripe)))
    }
}

/// What a start found, or made.
struct Started {
    tenant: Option<Tenant>,
    /// A key that was just made.
    key: Option<String>,
    demo: Option<Demo>,
}

pub(crate) fn run(ask: &Serve, print: &Print) -> anyhow::Result<Answer> {
    if ask.openapi {
        print.raw(&regulars_server::document());
        return Ok(Answer::Yes);
    }
    // The address first: nothing is made for a server that cannot listen.
    let listener = TcpListener::bind(ask.listen)
        .map_err(|error| cannot_listen("--listen", ask.listen, &error))?;
    let address = listener.local_addr()?;
    let figures = ask.operating.metrics.map(|address| {
        TcpListener::bind(address).map_err(|error| cannot_listen("--metrics", address, &error))
    });
    let figures = figures.transpose()?;
    let figures_at = figures.as_ref().map(TcpListener::local_addr).transpose()?;
    let payments = ask.payments.provider()?;
    let mailer = ask.mail.mailer(ask.demo.is_some())?;
    let broker = ask.nats.broker()?;
    let passes = ask.passes.as_deref().map(Passes::read).transpose()?;
    let demo = match ask.demo {
        Some(extent) => load_demo(ask, extent, print)?,
        None => None,
    };
    let app = ask.place.open_with(Config {
        payments,
        webhooks: Some(ask.webhooks.outbound_through(broker.clone())),
        broker,
        inbound: Some(Inbound::new(view::own_event)),
        mail: mailer.clone(),
        passes: passes.unwrap_or_default(),
        reports: ask.reports.clone(),
        slow: Duration::from_millis(ask.operating.slow),
        ..ask.place.config()?.serving()
    })?;
    let started = match start(&app, demo) {
        Ok(started) => started,
        Err(error) => {
            app.close();
            return Err(error);
        }
    };
    let front = |folder: &Option<PathBuf>| match folder {
        Some(folder) => Front::Folder(folder.clone()),
        None => Front::BuiltIn,
    };
    let mut settings = Settings {
        operator_key: ask.operator_key.clone(),
        console: front(&ask.console),
        portal: front(&ask.portal),
        mailer,
        drain: Duration::from_secs(ask.operating.drain),
        figures: figures.map(Arc::new),
        proxies: ask.proxies.clone(),
        key_rate: ask.key_rate,
        address_rate: Some(ask.address_rate),
        at_once: ask.at_once,
        ..Settings::default()
    };
    let sign_in = match &started.tenant {
        Some(tenant) if settings.has_console() => app
            .first_admin_key(tenant.id)?
            .and_then(|key| FirstSignIn::draw(tenant.id, key)),
        _ => None,
    };
    let (first_sign_in, token) = sign_in.unzip();
    settings.first_sign_in = first_sign_in.unwrap_or_default();
    let portal = match &started.tenant {
        Some(tenant) if settings.has_portal() => app
            .portal(tenant.id)
            .is_ok()
            .then(|| format!("http://{address}/portal/{}/", tenant.name)),
        _ => None,
    };
    let links = Links {
        sign_in: token.map(|token| format!("http://{address}/console/#sign-in={token}")),
        portal,
        metrics: figures_at.map(|address| format!("http://{address}/metrics")),
    };
    greet(ask, address, &started, &links, print)?;
    regulars_server::serve(app, listener, settings)?;
    print.note("Everything is written. Good-bye.");
    Ok(Answer::Yes)
}

fn cannot_listen(flag: &str, address: SocketAddr, error: &std::io::Error) -> Failure {
    let what = format!("cannot listen on {address}: {error}");
    let advice = match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!("stop the other server, or choose a free port: {flag} 127.0.0.1:0")
        }
        std::io::ErrorKind::PermissionDenied => "choose a port of 1024 or above".to_owned(),
        _ => format!("choose an address of this machine, as in {flag} 127.0.0.1:8080"),
    };
    Failure::new(what, advice)
}

/// Makes what a first start needs: the demo shop or a tenant, and a key.
fn start(app: &App, demo: Option<Demo>) -> anyhow::Result<Started> {
    let tenants = app.tenants()?;
    let tenant = match (&demo, tenants.as_slice()) {
        (Some(demo), _) => Some(demo.tenant.clone()),
        (None, []) => Some(app.create_tenant(DEFAULT_TENANT)?),
        (None, [only]) => Some(only.clone()),
        (None, several) => several.iter().find(|it| it.name == DEFAULT_TENANT).cloned(),
    };
    let key = match &tenant {
        Some(tenant) if app.keys(tenant.id)?.is_empty() => {
            let new = NewKey {
                store: None,
                rate: None,
                name: "made at the first start".to_owned(),
                scopes: vec![Scope::Admin],
                partner: None,
                expires_at: None,
            };
            Some(app.create_key(tenant.id, new)?.secret)
        }
        _ => None,
    };
    Ok(Started { tenant, key, demo })
}

/// Loads the demo shop, unless somebody else's data are there.
fn load_demo(ask: &Serve, extent: Extent, print: &Print) -> anyhow::Result<Option<Demo>> {
    let app = ask.place.open_with(ask.place.config()?)?;
    let tenants = app.tenants();
    app.close();
    if tenants?.iter().any(|tenant| tenant.name != "demo") {
        print.note("The database is not empty: the demo shop is not loaded.");
        return Ok(None);
    }
    print.note("The demo shop: two years of orders are loaded once, which takes some seconds.");
    let bar = Progress::new(print, "loading");
    let extent = match extent {
        Extent::Orders => DemoExtent::Orders,
        Extent::Whole => DemoExtent::Whole,
    };
    let config = ask.place.config()?;
    let demo = regulars_app::load_demo(config, ask.seed, extent, &mut |done, total| {
        bar.at(done, total, format!("{} events", count(done)));
    });
    bar.clear();
    let demo = demo?;
    let (members, events) = (count(demo.members), count(demo.events));
    print.note(format!(
        "The demo shop has {members} members and {events} events."
    ));
    Ok(Some(demo))
}

/// Pages to open.
struct Links {
    /// The console. Behind the hash sign stands a secret: a browser does not send that, so it stands in
    /// no server's log.
    sign_in: Option<String>,
    /// The pages for members.
    portal: Option<String>,
    /// Figures for whoever operates it.
    metrics: Option<String>,
}

/// Says where it listens and what to try next.
fn greet(
    ask: &Serve,
    address: SocketAddr,
    started: &Started,
    links: &Links,
    print: &Print,
) -> anyhow::Result<()> {
    let url = format!("http://{address}");
    let Links {
        sign_in,
        portal,
        metrics,
    } = links;
    print.json_line(&serde_json::json!({
        "listening": url,
        "sign_in": sign_in,
        "portal": portal,
        "metrics": metrics,
        "database": kind(&ask.place),
        "tenant": started.tenant.as_ref().map(|tenant| &tenant.name),
        "key": started.key,
        "demo": started.demo.as_ref().map(|demo| serde_json::json!({
            "members": demo.members,
            "events": demo.events,
            "member": format!("{}:{}", demo.try_member.0, demo.try_member.1),
        })),
    }))?;
    print.line("");
    print.line(format!(
        "{} {} listens on {}",
        print.style(Style::Bold, "Regulars"),
        env!("CARGO_PKG_VERSION"),
        print.style(Style::Bold, &url)
    ));
    print.line("");
    if let Some(link) = portal {
        print.line(
            "The pages for members; codes to sign in are shown here unless --smtp sends them:",
        );
        print.line(format!("  {}", print.style(Style::Bold, link)));
        print.line("");
    }
    if let Some(link) = sign_in {
        print.line("The console. This link signs you in, once, within an hour:");
        print.line(format!("  {}", print.style(Style::Bold, link)));
        print.line("");
    }
    if let Some(link) = metrics {
        print.line("Figures for Prometheus:");
        print.line(format!("  {link}"));
        print.line("");
    }
    match &started.key {
        Some(key) => {
            print.line("Your key. It is shown now and never again:");
            print.line(format!("  export REGULARS_KEY={key}"));
        }
        None => {
            print.line("The key was shown at the first start. A new one:");
            print.line(format!(
                "  {} keys create --name me --scope admin",
                here(&ask.place)
            ));
        }
    }
    print.line("");
    print.line("To try next, in another terminal:");
    for line in to_try(ask, &url, started) {
        print.line(format!("  {line}"));
    }
    print.line("");
    print.line("Ctrl-C ends the server.");
    Ok(())
}

/// Lines to copy.
fn to_try(ask: &Serve, url: &str, started: &Started) -> Vec<String> {
    let here = here(&ask.place);
    let curl = r#"curl -H "Authorization: Bearer $REGULARS_KEY""#;
    let Some(demo) = &started.demo else {
        return vec![
            format!("{here} apply PROGRAM.toml"),
            format!("{here} import ORDERS.csv"),
            format!("{here} explain CUSTOMER"),
            format!("{curl} {url}/v1/members?limit=3"),
            format!("open {url}/docs/"),
        ];
    };
    let (kind, value) = &demo.try_member;
    vec![
        format!("{here} explain {value}"),
        format!("{curl} {url}/v1/members/{kind}:{value}/balance"),
        format!(
            r#"echo '{{"currency": "EUR", "total": "24.80"}}' | {here} preview --member {value}"#
        ),
        format!("{here} versions --text 1 > shop.toml && {here} check shop.toml"),
        format!("{here} verify"),
        format!("open {url}/docs/"),
    ]
}

/// This program as it was called, with the flags that name the database.
fn here(place: &Place) -> String {
    let called = std::env::args()
        .next()
        .unwrap_or_else(|| "regulars".to_owned());
    let usual = Place::USUAL;
    if place.database == usual || std::env::var_os("REGULARS_DATABASE").is_some() {
        called
    } else {
        format!("{called} --database {}", place.database)
    }
}

fn kind(place: &Place) -> &'static str {
    match place.address() {
        Database::Sqlite(_) => "sqlite",
        Database::Postgres(_) => "postgres",
    }
}
