//! PostgreSQL: many writers at a time, on one machine or several.
//!
//! The client is asynchronous and a lane is not, so each connection owns a small runtime that runs
//! while a verb does. Statements that do not wait for each other are sent together. All statements
//! are of a kind that a cluster which speaks PostgreSQL's language takes as well.

mod aging;
mod askings;
mod backup;
mod bought;
mod cards;
mod carry;
mod cases;
mod codes;
mod commit;
mod confirmations;
mod connectors;
mod desk;
mod duplicates;
mod finding;
mod fulfilments;
mod history;
mod identities;
mod jobs;
mod journeys;
mod keys;
mod link;
mod listed;
mod load;
mod master_data;
mod members;
mod messages;
mod migrate;
mod offers;
mod portal;
mod programs;
mod rows;
mod scores;
mod seals;
mod segments;
mod sessions;
mod vault;
mod verbs;
mod verify;
mod webhooks;

use crate::error::{Conflict, Error, Result};
use crate::record::Tenant;
use crate::vault::{Vault, VaultKeys};
use link::{Address, Failure, Link};
use load::Look;
use regulars_base::{TenantId, Timestamp};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::runtime::Runtime;

pub(crate) use migrate::migrate;

/// How often a transaction that others were in the way of is tried before the caller is asked to come back later. The
/// pauses between double, from two milliseconds to half a second.
const TRIES: u32 = 10;

/// Starts a transaction that reads one consistent picture.
const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A connection to PostgreSQL.
#[derive(Debug)]
pub struct Postgres {
    runtime: Runtime,
    link: Option<Link>,
    address: Address,
    tenants: BTreeMap<TenantId, i64>,
    /// How hard the next batch looks for what it hopes is not there.
    look: Look,
    /// What begins to write.
    begin: &'static str,
    /// How personal fields stand.
    vault: Vault,
}

impl Postgres {
    /// Connects to a database that [`Database::migrate`](crate::Database::migrate) has prepared.
    pub fn open(address: &str) -> Result<Self> {
        Self::open_with(address, None)
    }

    /// The same with the keys of its vault.
    pub fn open_with(address: &str, keys: Option<&VaultKeys>) -> Result<Self> {
        let mut store = Self::unchecked(address)?;
        store.read(async |link| migrate::check(link).await)?;
        store.vault = Vault::new(keys);
        store.see_vault()?;
        Ok(store)
    }

    fn unchecked(address: &str) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(Self {
            runtime,
            link: None,
            address: Address::parse(address).map_err(Failure::into_error)?,
            tenants: BTreeMap::new(),
            look: Look::Hopeful,
            begin: "BEGIN",
            vault: Vault::default(),
        })
    }

    /// Begins a transaction. A connection that was lost while nobody used it is noticed here, and
    /// made anew.
    fn begin(&mut self, begin: &str) -> Result<(&Runtime, &Link), Failure> {
        let begun = match &self.link {
            Some(link) => self
                .runtime
                .block_on(vault::begin(link, begin, &self.vault)),
            None => Err(Failure::Overtaken),
        };
        match begun {
            Ok(()) => {}
            Err(failure) if self.link.is_none() || failure.is_lost() => {
                self.link = None;
                let link = self.runtime.block_on(Link::connect(&self.address))?;
                self.runtime
                    .block_on(vault::begin(&link, begin, &self.vault))?;
                self.link = Some(link);
            }
            Err(failure) => return Err(failure),
        }
        let link = self.link.as_ref().expect("it has just begun something");
        Ok((&self.runtime, link))
    }

    /// A commit is answered before it is on the disk.
    pub(crate) fn set_light(&mut self) -> Result<()> {
        self.begin = "BEGIN; SET LOCAL synchronous_commit = off";
        Ok(())
    }

    /// Runs `work` in a transaction; more than once, where others were in its way.
    fn write<T>(&mut self, work: impl AsyncFn(&Link) -> Result<T, Failure>) -> Result<T> {
        self.attempts(self.begin, work)
    }

    /// Runs `work` on one consistent picture of the database.
    fn read<T>(&mut self, work: impl AsyncFn(&Link) -> Result<T, Failure>) -> Result<T> {
        self.attempts(READ, work)
    }

    /// Runs `work` in a transaction, once: it cannot be begun again.
    fn write_once<T>(&mut self, work: impl AsyncFnOnce(&Link) -> Result<T, Failure>) -> Result<T> {
        self.attempt(self.begin, work).map_err(Failure::into_error)
    }

    /// The same on one consistent picture of the database.
    fn read_once<T>(&mut self, work: impl AsyncFnOnce(&Link) -> Result<T, Failure>) -> Result<T> {
        self.attempt(READ, work).map_err(Failure::into_error)
    }

    /// What the database undid because transactions were in each other's way is done again: nothing of it was
    /// written.
    fn attempts<T>(
        &mut self,
        begin: &str,
        work: impl AsyncFn(&Link) -> Result<T, Failure>,
    ) -> Result<T> {
        let mut tried = 1;
        loop {
            match self.attempt(begin, &work) {
                Err(failure) if failure.was_undone() && tried < TRIES => {
                    tracing::debug!(tried, %failure, "it is tried again");
                    std::thread::sleep(Duration::from_millis(1 << tried));
                    tried += 1;
                }
                done => return done.map_err(Failure::into_error),
            }
        }
    }

    fn attempt<T>(
        &mut self,
        begin: &str,
        work: impl AsyncFnOnce(&Link) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let (runtime, link) = self.begin(begin)?;
        let result = runtime.block_on(async {
            match work(link).await {
                Ok(result) => link.mark("COMMIT").await.map(|()| result),
                Err(failure) => {
                    // If this fails too, the connection is gone and the transaction with it.
                    drop(link.mark("ROLLBACK").await);
                    Err(failure)
                }
            }
        });
        if matches!(&result, Err(failure) if failure.is_lost()) {
            self.link = None;
        }
        result
    }

    /// The number under which a tenant's rows stand.
    fn tenant_no(&mut self, tenant: TenantId) -> Result<i64> {
        if let Some(no) = self.tenants.get(&tenant) {
            return Ok(*no);
        }
        let sql = "SELECT no FROM tenants WHERE id = $1";
        let id = &tenant.bytes()[..];
        let rows = self.read(async |link| link.rows(sql, &[&id]).await)?;
        let row = rows.first().ok_or(Error::Missing("tenant"))?;
        let no = row.get(0);
        self.tenants.insert(tenant, no);
        Ok(no)
    }

    fn insert_tenant(&mut self, tenant: &Tenant) -> Result<()> {
        self.write(async |link| {
            link.execute("LOCK TABLE tenants IN EXCLUSIVE MODE").await?;
            let sql = "INSERT INTO tenants (no, id, name, created_at)
                       SELECT coalesce(max(no), 0) + 1, $1, $2, $3 FROM tenants
                       ON CONFLICT DO NOTHING";
            let (id, at) = (&tenant.id.bytes()[..], tenant.created_at.micros());
            match link.run(sql, &[&id, &tenant.name, &at]).await? {
                0 => Err(Conflict::Tenant(tenant.name.clone()).into()),
                _ => Ok(()),
            }
        })
    }

    fn read_tenants(&mut self) -> Result<Vec<Tenant>> {
        self.read(async |link| {
            let sql = "SELECT id, name, created_at FROM tenants ORDER BY name COLLATE \"C\"";
            let tenant = |row: &tokio_postgres::Row| {
                Ok(Tenant {
                    id: TenantId::from_bytes(link::bytes(row, 0)?),
                    name: row.get(1),
                    created_at: Timestamp::from_micros(row.get(2)),
                })
            };
            link.rows(sql, &[]).await?.iter().map(tenant).collect()
        })
    }
}
