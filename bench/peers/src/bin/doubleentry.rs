//! The crate doubleentry: two-posting entries recorded in batches into its own SQLite store (WAL,
//! synchronous=FULL, its settings). Few accounts, as in its own throughput bench: the peer at its
//! best. No rules, no lots, no HTTP; it does keep a Merkle log and balances.

use std::error::Error;
use std::time::Instant;

use doubleentry::store::SqlStore;
use doubleentry::{AccountKind, Amount, Entry, Ledger, LedgerId, currency::EUR, date};
use regulars_peers::{Durations, Options, Random, Report, Run};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::from_arguments();
    let folder = options.folder("doubleentry")?;
    let url = format!("sqlite://{}?mode=rwc", folder.file("peer.db").display());
    let books = Ledger::new(
        SqlStore::sqlite(&url).await?,
        LedgerId::new("example.com/bench")?,
    )
    .await?;
    let opened = date!("2026-01-01");
    books.declare_currency(EUR, 2, opened).await?;
    for (path, kind) in [
        ("Assets:Cash", AccountKind::Asset),
        ("Assets:Bank", AccountKind::Asset),
        ("Income:Sales", AccountKind::Income),
    ] {
        books.open(path, kind, opened).await?;
    }
    books.define_months(2026, 1..=12).await?;

    let mut random = Random::new(3);
    let mut durations = Durations::default();
    let mut done = 0;
    let run = Run::start(&options);
    while run.goes_on(done) {
        let left = options.events.map_or(u64::MAX, |events| events - done);
        let size = left.min(options.batch as u64);
        let entries = (done..done + size)
            .map(|n| entry(n, 1 + random.below(20_000) as i64))
            .collect::<Result<Vec<Entry>, Box<dyn Error>>>()?;
        let begin = Instant::now();
        books.record_batch(entries).await?;
        durations.add(begin.elapsed());
        done += size;
    }
    Report::new("doubleentry", done, run.elapsed())
        .with("batch", options.batch as f64)
        .with_durations(durations)
        .print();
    Ok(())
}

fn entry(number: u64, minor: i64) -> Result<Entry, Box<dyn Error>> {
    let amount = Amount::from_minor(minor.into())?;
    let debit = if number % 2 == 0 {
        "Assets:Cash"
    } else {
        "Assets:Bank"
    };
    Ok(Entry::new(format!("event-{number}"), date!("2026-06-15"))
        .debit(debit, amount, EUR)
        .credit("Income:Sales", amount, EUR))
}
