//! The crate cala-ledger on PostgreSQL: two-entry transactions posted in batches, its fastest way
//! in. Each task has an issuing account of its own, so that batches do not wait for each other on
//! one hot row: the peer at its best.
//!
//! Called like the other peers: [--seconds S | --events N] [--batch N] [--members N]
//! [--connections N] [--postgres URL]; prints one line of JSON.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cala_ledger::account::NewAccount;
use cala_ledger::job::{JobSvcConfig, Jobs};
use cala_ledger::journal::NewJournal;
use cala_ledger::posting::PostingInput;
use cala_ledger::tx_template::{
    NewParamDefinition, NewTxTemplate, NewTxTemplateEntry, NewTxTemplateTransaction, ParamDataType,
    Params,
};
use cala_ledger::{AccountId, CalaLedger, CalaLedgerConfig, JournalId, TransactionId};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Executor};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The name of the template that all postings use.
const TEMPLATE: &str = "ISSUE";

struct Options {
    seconds: f64,
    events: Option<u64>,
    batch: u64,
    members: u64,
    tasks: u64,
    postgres: String,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let options = options()?;
    let server: PgConnectOptions = options.postgres.parse()?;
    let mut admin = server.connect().await?;
    let name = format!("peer_cala_{}", std::process::id());
    admin
        .execute(format!("CREATE DATABASE {name}").as_str())
        .await?;
    let outcome = measure(&options, server.database(&name)).await;
    admin
        .execute(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)").as_str())
        .await?;
    outcome
}

async fn measure(options: &Options, database: PgConnectOptions) -> Outcome<()> {
    let pool = PgPoolOptions::new()
        .max_connections(20)
        .connect_with(database)
        .await?;
    let mut jobs = Jobs::init(JobSvcConfig::builder().pool(pool.clone()).build()?).await?;
    let config = CalaLedgerConfig::builder()
        .pool(pool)
        .exec_migrations(true)
        .build()?;
    let cala = Arc::new(CalaLedger::init(config, &mut jobs).await?);
    let journal = cala
        .journals()
        .create(
            NewJournal::builder()
                .id(JournalId::new())
                .name("bench")
                .build(),
        )
        .await?
        .id();
    cala.tx_templates().create(template()).await?;
    let issuers = accounts(&cala, "issuer", options.tasks).await?;
    let members = Arc::new(accounts(&cala, "member", options.members).await?);

    let taken = Arc::new(AtomicU64::new(0));
    let begin = Instant::now();
    let mut workers = Vec::new();
    for (task, issuer) in issuers.into_iter().enumerate() {
        let (cala, members, taken) = (cala.clone(), members.clone(), taken.clone());
        let (batch, events, seconds) = (options.batch, options.events, options.seconds);
        workers.push(tokio::spawn(async move {
            let mut seed = task as u64 + 1;
            let mut times = Vec::new();
            let mut done = 0;
            loop {
                let before = taken.fetch_add(batch, Ordering::Relaxed);
                let over = match events {
                    Some(events) => before >= events,
                    None => begin.elapsed().as_secs_f64() >= seconds,
                };
                if over {
                    return Outcome::Ok((done, times));
                }
                let size = events.map_or(batch, |events| batch.min(events - before));
                let postings = (0..size).map(|_| {
                    seed = seed
                        .wrapping_mul(6364136223846793005)
                        .wrapping_add(1442695040888963407);
                    let member = members[(seed >> 33) as usize % members.len()];
                    posting(journal, issuer, member, 1 + (seed >> 40) % 20_000)
                });
                let postings: Vec<PostingInput> = postings.collect();
                let began = Instant::now();
                cala.post_transactions(postings).await?;
                times.push(began.elapsed());
                done += size;
            }
        }));
    }
    let (mut done, mut times) = (0, Vec::new());
    for worker in workers {
        let (posted, took) = worker.await??;
        done += posted;
        times.extend(took);
    }
    report(options, done, begin.elapsed(), times);
    Ok(())
}

fn report(options: &Options, done: u64, elapsed: Duration, mut times: Vec<Duration>) {
    times.sort();
    let at = |percent: usize| {
        let index = times.len().saturating_sub(1) * percent / 100;
        times.get(index).copied().unwrap_or_default().as_secs_f64() * 1000.0
    };
    let (seconds, batch, tasks) = (elapsed.as_secs_f64(), options.batch, options.tasks);
    println!(
        "{{\"bench\":\"cala\",\"events\":{done},\"seconds\":{seconds:.3},\
         \"per_second\":{:.1},\"batch\":{batch},\"connections\":{tasks},\
         \"p50_ms\":{:.3},\"p99_ms\":{:.3}}}",
        done as f64 / seconds,
        at(50),
        at(99)
    );
}

async fn accounts(cala: &CalaLedger, role: &str, count: u64) -> Outcome<Vec<AccountId>> {
    let mut ids = Vec::new();
    for number in 0..count {
        let name = format!("{role}-{number}");
        let account = NewAccount::builder()
            .id(AccountId::new())
            .name(name.clone())
            .code(name)
            .build();
        ids.push(cala.accounts().create(account).await?.id());
    }
    Ok(ids)
}

fn posting(journal: JournalId, issuer: AccountId, member: AccountId, points: u64) -> PostingInput {
    let mut params = Params::new();
    params.insert("journal_id", journal);
    params.insert("issuer", issuer);
    params.insert("member", member);
    params.insert("points", rust_decimal::Decimal::from(points));
    PostingInput::new(TransactionId::new(), TEMPLATE, params)
}

fn template() -> NewTxTemplate {
    let param = |name: &str, kind| {
        NewParamDefinition::builder()
            .name(name)
            .r#type(kind)
            .build()
            .expect("a whole parameter")
    };
    let entry = |kind: &str, account: &str, direction: &str| {
        NewTxTemplateEntry::builder()
            .entry_type(format!("'{kind}'"))
            .account_id(format!("params.{account}"))
            .layer("SETTLED")
            .direction(direction)
            .units("params.points")
            .currency("'EUR'")
            .build()
            .expect("a whole entry")
    };
    NewTxTemplate::builder()
        .id(uuid::Uuid::now_v7())
        .code(TEMPLATE)
        .params(vec![
            param("journal_id", ParamDataType::Uuid),
            param("issuer", ParamDataType::Uuid),
            param("member", ParamDataType::Uuid),
            param("points", ParamDataType::Decimal),
        ])
        .transaction(
            NewTxTemplateTransaction::builder()
                .effective("date('2026-06-15')")
                .journal_id("params.journal_id")
                .build()
                .expect("a whole transaction"),
        )
        .entries(vec![
            entry("ISSUED", "issuer", "DEBIT"),
            entry("EARNED", "member", "CREDIT"),
        ])
        .build()
}

fn options() -> Outcome<Options> {
    let server = ["REGULARS_TEST_POSTGRES_SOCKET", "REGULARS_TEST_POSTGRES"];
    let mut options = Options {
        seconds: 10.0,
        events: None,
        batch: 256,
        members: 1000,
        tasks: 4,
        postgres: server
            .iter()
            .find_map(|name| std::env::var(name).ok())
            .unwrap_or_default(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(format!("{name} needs a value"))?;
        match name.as_str() {
            "--seconds" => options.seconds = value.parse()?,
            "--events" => options.events = Some(value.parse()?),
            "--batch" => options.batch = value.parse::<u64>()?.max(1),
            "--members" => options.members = value.parse::<u64>()?.max(1),
            "--connections" => options.tasks = value.parse::<u64>()?.max(1),
            "--postgres" => options.postgres = value,
            // It keeps no files; the driver may give every peer the same arguments.
            "--dir" => {}
            _ => return Err(format!("{name} is not known").into()),
        }
    }
    if options.postgres.is_empty() {
        return Err(
            "no server: give --postgres URL or run beneath scripts/postgres-for-tests".into(),
        );
    }
    Ok(options)
}
