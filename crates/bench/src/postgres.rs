//! A database of our own on the PostgreSQL server that `scripts/bench` starts.

use crate::tables::Held;
use anyhow::Context;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, Config, NoTls};

/// Where the server is; by its unix socket if there is one, as for the peers.
const ADDRESSES: [&str; 2] = ["REGULARS_TEST_POSTGRES_SOCKET", "REGULARS_TEST_POSTGRES"];

/// A database that is removed again.
pub(crate) struct Scratch {
    server: String,
    name: String,
    address: String,
    runtime: Runtime,
}

impl Scratch {
    /// A new empty one.
    pub(crate) fn new(what: &str) -> anyhow::Result<Self> {
        let server = ADDRESSES.iter().find_map(|name| std::env::var(name).ok());
        let server = server.context(
            "no PostgreSQL server: run it by `make bench`, or put \
             `scripts/postgres-for-tests --durable` before the command",
        )?;
        let name = format!("bench_{what}_{}", std::process::id());
        let before = server.rsplit_once('/').map(|(before, _)| before);
        let before = before.context("the server's address must end in a database's name")?;
        let scratch = Self {
            address: format!("{before}/{name}"),
            server,
            name,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?,
        };
        scratch.execute(&format!("CREATE DATABASE {}", scratch.name))?;
        Ok(scratch)
    }

    /// Its address.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Counts what is in it.
    pub(crate) fn held(&self) -> anyhow::Result<Held> {
        self.runtime.block_on(async {
            let client = connect(&self.address).await?;
            client.batch_execute("CHECKPOINT").await?;
            let size = "SELECT pg_database_size(current_database())";
            let bytes: i64 = client.query_one(size, &[]).await?.get(0);
            let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
            let mut rows = 0;
            for table in client.query(tables, &[]).await? {
                let table: String = table.get(0);
                let count = format!("SELECT count(*) FROM \"{table}\"");
                rows += client.query_one(&count, &[]).await?.get::<_, i64>(0);
            }
            Ok(Held {
                rows: u64::try_from(rows)?,
                bytes: u64::try_from(bytes)?,
            })
        })
    }

    fn execute(&self, sql: &str) -> anyhow::Result<()> {
        self.runtime.block_on(async {
            let client = connect(&self.server).await?;
            client.batch_execute(sql).await.map_err(anyhow::Error::from)
        })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let dropped = self.execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        if let Err(error) = dropped {
            eprintln!("the database {} is still there: {error:#}", self.name);
        }
    }
}

async fn connect(address: &str) -> anyhow::Result<Client> {
    let config: Config = address.parse()?;
    let (client, connection) = config.connect(NoTls).await?;
    // It ends when the client is dropped; what goes wrong on it comes back from the statements.
    tokio::spawn(connection);
    Ok(client)
}
