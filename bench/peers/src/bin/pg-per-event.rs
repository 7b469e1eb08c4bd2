//! PostgreSQL as it is usually used: one transaction per event, on several connections. Each event
//! is a single statement that writes the event, two postings, the balance and the lot: the fastest
//! form of one event at a time.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use regulars_peers::{Durations, Options, Random, Report, Run, purchase};
use tokio_postgres::{Client, Config, NoTls};

const SCHEMA: &str = "
    CREATE TABLE event (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant BIGINT NOT NULL,
        idem TEXT NOT NULL, member BIGINT NOT NULL, at BIGINT NOT NULL, payload TEXT NOT NULL,
        UNIQUE (tenant, idem));
    CREATE TABLE posting (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event BIGINT NOT NULL,
        account BIGINT NOT NULL, amount BIGINT NOT NULL);
    CREATE INDEX posting_account ON posting (account);
    CREATE TABLE balance (member BIGINT PRIMARY KEY, points BIGINT NOT NULL);
    CREATE TABLE lot (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, member BIGINT NOT NULL,
        points BIGINT NOT NULL, open BIGINT NOT NULL, expires_at BIGINT NOT NULL);
    CREATE INDEX lot_open ON lot (member, expires_at) WHERE open > 0;";

const STATEMENT: &str = "
    WITH written AS (
        INSERT INTO event (tenant, idem, member, at, payload) VALUES (1, $1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING id, member),
    posted AS (
        INSERT INTO posting (event, account, amount)
        SELECT id, -1, -$5::bigint FROM written UNION ALL SELECT id, member, $5::bigint FROM written),
    balanced AS (
        INSERT INTO balance (member, points) SELECT member, $5::bigint FROM written
        ON CONFLICT (member) DO UPDATE SET points = balance.points + excluded.points)
    INSERT INTO lot (member, points, open, expires_at)
    SELECT member, $5::bigint, $5::bigint, $6::bigint FROM written";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::from_arguments();
    let admin_config: Config = options.postgres().parse()?;
    let admin = connect(&admin_config).await?;
    let name = format!("peer_per_event_{}", std::process::id());
    admin
        .batch_execute(&format!("CREATE DATABASE {name}"))
        .await?;
    let mut config = admin_config.clone();
    config.dbname(&name);
    let outcome = measure(&options, &config).await;
    // The measured connections are gone by now, so nobody holds the database open.
    admin
        .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        .await?;
    outcome
}

async fn measure(options: &Options, config: &Config) -> Result<(), Box<dyn Error>> {
    connect(config).await?.batch_execute(SCHEMA).await?;
    let mut clients = Vec::new();
    for _ in 0..options.connections {
        clients.push(connect(config).await?);
    }
    let taken = Arc::new(AtomicU64::new(0));
    let run = Arc::new(Run::start(options));
    let workers: Vec<_> = clients
        .into_iter()
        .enumerate()
        .map(|(number, client)| {
            let (taken, run, members) = (taken.clone(), run.clone(), options.members);
            tokio::spawn(async move { work(client, number as u64, members, &taken, &run).await })
        })
        .collect();
    let mut durations = Durations::default();
    let mut done = 0;
    for worker in workers {
        let (written, times) = worker.await??;
        done += written;
        durations.join(times);
    }
    Report::new("pg-per-event", done, run.elapsed())
        .with("connections", options.connections as f64)
        .with_durations(durations)
        .print();
    Ok(())
}

async fn work(
    client: Client,
    number: u64,
    members: u64,
    taken: &AtomicU64,
    run: &Run,
) -> Result<(u64, Durations), tokio_postgres::Error> {
    let statement = client.prepare(STATEMENT).await?;
    let mut random = Random::new(100 + number);
    let mut durations = Durations::default();
    let mut done = 0;
    while run.goes_on(taken.fetch_add(1, Ordering::Relaxed)) {
        let p = purchase(&mut random, members, done);
        let begin = Instant::now();
        client
            .execute(
                &statement,
                &[
                    &p.key,
                    &p.member,
                    &p.at,
                    &p.payload,
                    &p.points,
                    &p.expires_at,
                ],
            )
            .await?;
        durations.add(begin.elapsed());
        done += 1;
    }
    Ok((done, durations))
}

async fn connect(config: &Config) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = config.connect(NoTls).await?;
    // It ends when the client is dropped; what goes wrong on it comes back from the statements.
    tokio::spawn(connection);
    Ok(client)
}
