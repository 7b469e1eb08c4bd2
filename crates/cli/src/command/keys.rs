//! `regulars keys`: who may call the API for a merchant.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::{Open, Shop};
use crate::moment;
use crate::print::{Print, Style, Table};
use clap::{Args, Subcommand};
use regulars_app::{CreatedKey, KeyInfo, NewKey, Rate, Scope};
use regulars_server::view;

/// Make, list and revoke the keys of the API
#[derive(Args)]
pub(crate) struct Keys {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// Make a key. It is shown once, and kept as a hash.
    Create {
        /// What it is for, in words.
        #[arg(long, value_name = "TEXT")]
        name: String,
        /// What it may do: read, ingest, redeem, adjust, program, admin. Once for each.
        #[arg(
            long = "scope",
            value_name = "SCOPE",
            required = true,
            value_delimiter = ','
        )]
        scopes: Vec<String>,
        /// The partner (by its id in the program file) whom it is for: it then sends this partner's
        /// own events, and sees what is this partner's own.
        #[arg(long, value_name = "PARTNER")]
        partner: Option<String>,
        /// The store where it is used: what it sends happened there.
        #[arg(long, value_name = "STORE")]
        store: Option<String>,
        /// Until when it is taken: a day (its end) or a moment. For ever if left out.
        #[arg(long, value_name = "TIME")]
        expires: Option<String>,
        /// How much may be asked for with it: requests a second, and at once, as 100/200.
        #[arg(long, value_name = "RATE")]
        rate: Option<Rate>,
        #[command(flatten)]
        shop: Shop,
    },
    /// Put another key into the place of one; the old one is taken for some hours more.
    Rotate {
        /// The id of the old one (key_…), as listed.
        id: String,
        /// For how many hours the old one is still taken.
        #[arg(long, value_name = "HOURS", default_value_t = 24)]
        overlap: i64,
        #[command(flatten)]
        shop: Shop,
    },
    /// List all keys, newest first; never the keys themselves.
    List {
        #[command(flatten)]
        shop: Shop,
    },
    /// Take a key no longer.
    Revoke {
        /// Its id (key_…), as listed.
        id: String,
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &Keys, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::Create {
            name,
            scopes,
            partner,
            store,
            expires,
            rate,
            shop,
        } => {
            let open = shop.open()?;
            let scopes: Result<Vec<Scope>, Failure> =
                scopes.iter().map(|name| scope(name)).collect();
            let new = NewKey {
                name: name.clone(),
                scopes: scopes?,
                expires_at: open.end_of("--expires", expires.as_deref())?,
                partner: partner.clone(),
                store: store.clone(),
                rate: *rate,
            };
            let created = open.app.create_key(open.id(), new)?;
            show(&open, created, print)?;
        }
        What::Rotate { id, overlap, shop } => {
            let open = shop.open()?;
            let (old, new) = open.app.rotate_key(open.id(), id, *overlap)?;
            print.note(format!(
                "{} ({}) is taken for {overlap} hours more",
                old.id, old.name
            ));
            show(&open, new, print)?;
        }
        What::List { shop } => list(&shop.open()?, print)?,
        What::Revoke { id, shop } => {
            let open = shop.open()?;
            let key = open.app.revoke_key(open.id(), id)?;
            print.line(format!("{} ({}) is no longer taken", key.id, key.name));
            print.json(&view::api_key(key, None))?;
        }
    }
    Ok(Answer::Yes)
}

fn show(open: &Open, created: CreatedKey, print: &Print) -> anyhow::Result<()> {
    print.note(format!(
        "{} for `{}`; it is shown now and never again:",
        created.info.id, open.tenant.name
    ));
    print.line(print.style(Style::Bold, &created.secret));
    print.json(&view::api_key(created.info, Some(created.secret)))
}

fn scope(name: &str) -> Result<Scope, Failure> {
    let names = Scope::ALL.map(Scope::name).join(", ");
    let unknown = || {
        let advice = format!("use one or more of {names}");
        Failure::new(format!("`{name}` is no scope of a key"), advice)
    };
    Scope::by_name(name).ok_or_else(unknown)
}

fn list(open: &Open, print: &Print) -> anyhow::Result<()> {
    let keys = open.app.keys(open.id())?;
    let zone = open.zone();
    let shown = |at| moment::shown(at, &zone);
    let mut table = Table::new(&["ID", "NAME", "SCOPES", "SINCE", "LAST USED", "STATE"]);
    for key in &keys {
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.name()).collect();
        table.row(vec![
            key.id.clone(),
            key.name.clone(),
            match (&key.partner, &key.store) {
                (Some(partner), _) => format!("{} at {partner}", scopes.join(" ")),
                (_, Some(store)) => format!("{} in {store}", scopes.join(" ")),
                (None, None) => scopes.join(" "),
            },
            shown(key.created_at),
            key.used_at
                .map_or_else(String::new, |at| zone.day(at).to_string()),
            state(key, open),
        ]);
    }
    print.table(&table);
    let items = keys
        .into_iter()
        .map(|key| view::api_key(key, None))
        .collect();
    print.json(&regulars_api::access::ApiKeysOut { items })
}

fn state(key: &KeyInfo, open: &Open) -> String {
    match (key.revoked_at, key.expires_at) {
        (Some(at), _) => format!("revoked {}", open.zone().day(at)),
        (None, Some(at)) if at <= open.app.now() => format!("expired {}", open.zone().day(at)),
        (None, Some(at)) => format!("until {}", open.zone().day(at)),
        (None, None) => "good".to_owned(),
    }
}
