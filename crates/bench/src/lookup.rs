//! How long a member is looked up over HTTP among many, by what they show or say: an e-mail address, a telephone
//! number as people write it, a card with its gaps, the same at a till (as a QR code or a pass has it), an id.
//!
//! Three identities for each of a million members are put down in their form, in the order of their keys, beside the
//! application: one by one, as people join, they would take longer than all that is measured. Whoever is then looked
//! up as people type it is found only if that is the form which the application makes of it.

use crate::folder::Folder;
use crate::load::{self, Load};
use crate::merchant::Merchant;
use crate::options::Options;
use crate::orders;
use crate::random::Random;
use crate::report::Report;
use crate::serving::{self, Server};
use anyhow::{Context, ensure};
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
    let filled = fill(&folder, options.members)?;
    let begin = Instant::now();
    let server = Server::start(folder.path())?;
    let mut report = Report::of("lookup")
        .with("members", options.members as f64)
        .with("imported_seconds", filled.imported_seconds)
        .with("introduced_seconds", filled.introduced_seconds)
        .with("started_seconds", begin.elapsed().as_secs_f64());
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
        let mut millis = load::drive(std::slice::from_ref(&server), load)?.millis;
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

/// How long it took to make a merchant with members.
struct Filled {
    imported_seconds: f64,
    introduced_seconds: f64,
}

/// Makes a merchant in a folder, with an order of each member, and what they are recognised by.
fn fill(folder: &Folder, members: u64) -> anyhow::Result<Filled> {
    let path = serving::file(folder.path());
    let merchant = Merchant::new(Database::Sqlite(path.clone()))?;
    let german = ShopSettings {
        country: "DE".into(),
        ..ShopSettings::default()
    };
    merchant.app.set_shop_settings(merchant.tenant, german)?;
    let begin = Instant::now();
    let file = folder.file("orders.csv");
    orders::write(&file, orders::of_each(members))?;
    merchant.import(&file, &mut |_| true)?;
    merchant.app.close();
    drop(merchant);
    let imported_seconds = begin.elapsed().as_secs_f64();
    let begin = Instant::now();
    introduce(&path)?;
    Ok(Filled {
        imported_seconds,
        introduced_seconds: begin.elapsed().as_secs_f64(),
    })
}

/// An identity in its form: its key, whose it is, where their wallet stands, its kind, its value and how it was typed.
type Row = ([u8; 20], Vec<u8>, Option<i64>, &'static str, String, String);

/// The identities of the member with this number: kind, form, and how it is typed.
fn of(no: u64) -> [(&'static str, String, String); 3] {
    let digits = |text: String| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    [
        ("email", email(no).to_lowercase(), email(no)),
        // Without the zero that stands for the country.
        (
            "phone",
            format!("+49{}", &digits(phone(no))[1..]),
            phone(no),
        ),
        ("card", digits(card(no)), card(no)),
    ]
}

/// Gives everybody an address, a number and a card.
fn introduce(path: &Path) -> anyhow::Result<()> {
    let mut db = Connection::open(path)?;
    db.busy_timeout(Duration::from_secs(60))?;
    db.pragma_update(None, "cache_size", -1_000_000)?;
    let change = db.transaction()?;
    let mut rows: Vec<Row> = Vec::new();
    let tenant: i64 = {
        let mut all = change.prepare(
            "SELECT tenant, member, wallet_no, value FROM identities WHERE kind = 'customer'",
        )?;
        let mut people = all.query([])?;
        let mut tenant = None;
        while let Some(row) = people.next()? {
            tenant = Some(row.get(0)?);
            let (member, wallet): (Vec<u8>, Option<i64>) = (row.get(1)?, row.get(2)?);
            let no: String = row.get(3)?;
            for (kind, value, typed) in of(no.parse()?) {
                let key = regulars_app::identity_key(kind, &value);
                rows.push((key, member.clone(), wallet, kind, value, typed));
            }
        }
        tenant.context("the import left no member")?
    };
    rows.sort_unstable_by_key(|row| row.0);
    // Indexes are made when all rows are there: row by row they are written in no order at all.
    let indexes: Vec<(String, String, String)> = {
        let mut all = change.prepare(
            "SELECT i.name, i.sql, s.stat FROM sqlite_schema i JOIN sqlite_stat1 s ON s.idx = i.name
             WHERE i.type = 'index' AND i.tbl_name = 'identities' AND i.sql IS NOT NULL",
        )?;
        let all = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        all.collect::<Result<_, _>>()?
    };
    for (name, ..) in &indexes {
        change.execute_batch(&format!("DROP INDEX {name}"))?;
    }
    {
        let mut insert = change.prepare(
            "INSERT INTO identities (tenant, hash, member, wallet_no, kind, value, typed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for (key, member, wallet, kind, value, typed) in rows {
            let typed = (typed != value).then_some(typed);
            insert.execute(params![tenant, key, member, wallet, kind, value, typed])?;
        }
    }
    for (name, sql, stat) in indexes {
        change.execute_batch(&sql)?;
        // What they lead to is stated when a file is made, and goes with an index.
        change.execute(
            "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('identities', ?1, ?2)",
            params![name, stat],
        )?;
    }
    Ok(change.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use regulars_app::{Config, Identity, MemberRef};
    use regulars_base::Text;

    #[test]
    fn whoever_is_put_down_is_found_as_people_type_them() {
        let options = Options {
            seconds: 1.0,
            dir: std::env::temp_dir(),
            members: 40,
            ..Options::default()
        };
        let folder = Folder::new(&options, "lookup-test").expect("a folder is made");
        fill(&folder, options.members).expect("it is filled");
        let path = serving::file(folder.path());
        let merchant = Merchant::opened(Config::new(Database::Sqlite(path.clone())));
        let merchant = merchant.expect("it opens");
        let found = |kind: &str, value: &str| {
            let text = |text: &str| Text::new(text).expect("it is short");
            let who = MemberRef::Identity(Identity {
                kind: text(kind),
                value: text(value),
            });
            let member = merchant.app.member(merchant.tenant, &who);
            member.unwrap_or_else(|error| panic!("{kind} {value}: {error}"))
        };
        for no in [0, 7, 39] {
            let own = found("customer", &no.to_string());
            for (kind, value) in [
                ("email", email(no).to_uppercase()),
                ("phone", phone(no)),
                ("card", card(no)),
            ] {
                assert_eq!(found(kind, &value).id, own.id, "{kind} {value}");
            }
        }
        // Whoever looks is led by the same indexes as in any other file.
        let stated = |path: &Path| -> Vec<(String, String)> {
            let db = Connection::open(path).expect("it opens");
            let mut all = db
                .prepare(
                    "SELECT idx, stat FROM sqlite_stat1 WHERE tbl = 'identities' ORDER BY 1, 2",
                )
                .expect("there are statistics");
            let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
            let rows = rows.expect("they are read").map(Result::unwrap_or_default);
            rows.collect()
        };
        let other = folder.file("other.db");
        Database::Sqlite(other.clone())
            .migrate()
            .expect("a file is made");
        assert_eq!(stated(&path), stated(&other));
    }
}
