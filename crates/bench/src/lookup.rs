//! How long a member is looked up over HTTP among many, by what they show or say: an e-mail address, a telephone
//! number as people write it, a card with its gaps, the same at a till (as a QR code or a pass has it), an id.
//!
//! Contacts are put down as people type them, with keys that are wrong, by one statement each; the server brings
//! them into one form when it starts, as it does with the database of an older version.

use crate::folder::Folder;
use crate::load::{self, Load};
use crate::merchant::Merchant;
use crate::options::Options;
use crate::orders;
use crate::random::Random;
use crate::report::Report;
use crate::serving::{self, Server};
use anyhow::ensure;
use regulars_app::{Database, ShopSettings};
use rusqlite::{Connection, params};
use serde_json::json;
use std::path::Path;
use std::time::{Duration, Instant};

/// More than are answered in a second.
const MOST_PER_SECOND: f64 = 10_000.0;

/// A way to name a member: what it is called here, where it is asked, the body by the member's number.
type Way = (&'static str, &'static str, fn(u64) -> String);

const WAYS: [Way; 5] = [
    ("email", "/v1/members/lookup", |no| {
        json!({"kind": "email", "value": email(no).to_uppercase()}).to_string()
    }),
    ("phone", "/v1/members/lookup", |no| {
        json!({"kind": "phone", "value": phone(no)}).to_string()
    }),
    ("card", "/v1/members/lookup", |no| {
        json!({"kind": "card", "value": card(no)}).to_string()
    }),
    ("till_card", "/v1/till/find", |no| {
        json!({"text": card(no)}).to_string()
    }),
    ("till_phone", "/v1/till/find", |no| {
        json!({"text": phone(no)}).to_string()
    }),
];

fn email(no: u64) -> String {
    format!("Ana.{no}@Example.com")
}

fn phone(no: u64) -> String {
    format!("0151 2{no:07}")
}

fn card(no: u64) -> String {
    let digits = format!("{no:08}");
    format!("2600 {} {}", &digits[..4], &digits[4..])
}

pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    ensure!(
        options.members <= 10_000_000,
        "there are telephone numbers for ten million members"
    );
    let folder = Folder::new(options, "lookup")?;
    let path = serving::file(folder.path());
    let merchant = Merchant::new(Database::Sqlite(path.clone()))?;
    let german = ShopSettings {
        country: "DE".into(),
        ..ShopSettings::default()
    };
    merchant.app.set_shop_settings(merchant.tenant, german)?;
    let file = folder.file("orders.csv");
    orders::write(&file, orders::of_each(options.members))?;
    merchant.import(&file, &mut |_| true)?;
    merchant.app.close();
    introduce(&path)?;
    let begin = Instant::now();
    let server = Server::start(folder.path())?;
    let mut report = Report::of("lookup")
        .with("members", options.members as f64)
        .with("brought_over_seconds", begin.elapsed().as_secs_f64());
    let (mut random, mut all) = (Random::new(17), Vec::new());
    let seconds = options.seconds / WAYS.len() as f64;
    for (name, path, body) in WAYS {
        let count = (seconds.max(1.0) * MOST_PER_SECOND) as usize;
        let load = Load {
            path,
            bodies: (0..count)
                .map(|_| body(random.below(options.members)))
                .collect(),
            right: "HTTP/1.1 200",
            connections: 4,
            seconds,
        };
        let mut millis = load::drive(&server, load)?.millis;
        ensure!(!millis.is_empty(), "nothing was asked by {name}");
        millis.sort_by(f64::total_cmp);
        for percent in [50, 95, 99] {
            let figure = millis[(millis.len() - 1) * percent / 100];
            report = report.with(&format!("{name}_p{percent}_ms"), figure);
        }
        all.extend(millis);
    }
    server.stop()?;
    all.sort_by(f64::total_cmp);
    let p95 = all[(all.len() - 1) * 95 / 100];
    Ok(report
        .with("asked", all.len() as f64)
        .with("p95_ms", p95)
        .with_durations(all))
}

/// Gives everybody an address, a number and a card as people type them.
fn introduce(path: &Path) -> anyhow::Result<()> {
    let mut db = Connection::open(path)?;
    db.busy_timeout(Duration::from_secs(60))?;
    let change = db.transaction()?;
    {
        let mut all = change.prepare(
            "SELECT tenant, member, wallet_no, value FROM identities WHERE kind = 'customer'",
        )?;
        let mut insert = change.prepare(
            "INSERT INTO identities (tenant, hash, member, wallet_no, kind, value)
             VALUES (?1, randomblob(20), ?2, ?3, ?4, ?5)",
        )?;
        let mut rows = all.query([])?;
        // The rows of the three are put in beside those that are read: they are read first.
        let mut people: Vec<(i64, Vec<u8>, Option<i64>, u64)> = Vec::new();
        while let Some(row) = rows.next()? {
            let no: String = row.get(3)?;
            people.push((row.get(0)?, row.get(1)?, row.get(2)?, no.parse()?));
        }
        for (tenant, member, wallet, no) in people {
            for (kind, value) in [
                ("email", email(no)),
                ("phone", phone(no)),
                ("card", card(no)),
            ] {
                insert.execute(params![tenant, member, wallet, kind, value])?;
            }
        }
    }
    // So that they are looked at when the server starts.
    change.execute("DELETE FROM records WHERE kind = 'identities'", [])?;
    Ok(change.commit()?)
}
