//! The handle to everything: opened once, cloned freely.

use crate::background;
use crate::draws::Secrets;
use crate::duplicates;
use crate::identities::bring_all_over;
use crate::lane::Lane;
use crate::messages;
use crate::offers;
use crate::overview::Sheets;
use crate::payments;
use crate::pool::Pool;
use crate::published;
use crate::recent::RecentOrders;
use crate::recommendations;
use crate::retention;
use crate::scores;
use crate::segments;
use crate::surveys;
use crate::suspicions;
use crate::versions::Cache;
use crate::watch;
use crate::webhooks;
use crate::worker;
use crate::{Clock, Config, Error};
use regulars_base::{TenantId, Timestamp};
use regulars_store::{Counts, Database, Seal, Store};
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::thread::{Builder, JoinHandle};

/// The handle to everything. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

/// Ends the threads when the last handle goes.
struct Inner {
    core: Arc<Core>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// What the threads share.
pub(crate) struct Core {
    pub(crate) config: Config,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) pool: Pool,
    pub(crate) versions: Cache,
    pub(crate) orders: RecentOrders,
    pub(crate) secrets: Secrets,
    pub(crate) sheets: Sheets,
    pub(crate) stop: Stop,
}

/// Tells threads that wait to end.
#[derive(Default)]
pub(crate) struct Stop {
    pub(crate) stopped: Mutex<bool>,
    pub(crate) changed: Condvar,
}

/// Whether it works, and how much is waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Whether the database answers; if not, why.
    pub database: Result<(), String>,
    /// `sqlite` or `postgres`.
    pub kind: &'static str,
    /// How many events wait to be written.
    pub waiting: usize,
}

impl App {
    /// Opens the database (made or brought up to date if need be) and starts the lanes.
    pub fn open(mut config: Config) -> Result<Self, Error> {
        config.database.migrate()?;
        config.lanes = config.lanes.clamp(1, config.database.writers_max());
        let core = Arc::new(Core {
            lanes: (0..config.lanes)
                .map(|_| Lane::new(config.waiting_most))
                .collect(),
            pool: Pool::new(config.clone()),
            versions: Cache::default(),
            orders: RecentOrders::default(),
            secrets: Secrets::default(),
            sheets: Sheets::default(),
            stop: Stop::default(),
            config,
        });
        // One connection now: what is wrong with the database is said at once.
        core.pool.with(|store| {
            if let Some(keys) = &core.config.vault {
                crate::vault::begin(store, keys.newest())?;
            }
            Ok(store.tenants().map(drop)?)
        })?;
        bring_all_over(&core)?;
        let app = Self {
            inner: Arc::new(Inner {
                core: Arc::clone(&core),
                threads: Mutex::default(),
            }),
        };
        for at in 0..core.lanes.len() {
            let core = Arc::clone(&core);
            app.start(&format!("lane {at}"), move || {
                worker::run(&core, &core.lanes[at]);
            })?;
        }
        if core.config.seal_every.is_some() || core.config.tick_every.is_some() {
            let core = Arc::clone(&core);
            app.start("background", move || background::run(&core))?;
        }
        if core.config.seal_every.is_some() {
            let core = Arc::clone(&core);
            app.start("segments", move || segments::run(&core))?;
            let same = app.clone();
            app.start("recommendations", move || recommendations::run(&same))?;
            let same = app.clone();
            app.start("duplicates", move || duplicates::run(&same))?;
            let same = app.clone();
            app.start("scores", move || scores::run(&same))?;
            let same = app.clone();
            app.start("suspicions", move || suspicions::run(&same))?;
            let same = app.clone();
            app.start("retention", move || retention::run(&same))?;
            let same = app.clone();
            app.start("offers", move || offers::run(&same))?;
        }
        if let Some(every) = core.config.post_every {
            let own = Arc::clone(&core);
            app.start("audiences", move || messages::plan(&own))?;
            let core = Arc::clone(&core);
            app.start("messages", move || messages::post(&core, every))?;
            let own = app.clone();
            app.start("confirmations", move || {
                messages::confirm(own.core(), every)
            })?;
            let same = app.clone();
            app.start("surveys", move || surveys::run(&same, every))?;
        }
        if let Some(folder) = core.config.reports.clone() {
            let same = app.clone();
            app.start("reports", move || watch::run(&same, &folder))?;
        }
        if let (Some(every), Some(_)) = (core.config.pay_every, &core.config.payments) {
            let core = Arc::clone(&core);
            app.start("payments", move || payments::run(&core, every))?;
        }
        if let (Some(broker), Some(inbound)) = (&core.config.broker, &core.config.inbound) {
            let (same, broker, read) = (app.clone(), broker.clone(), inbound.read);
            app.start("broker", move || published::run(&same, &broker, read))?;
        }
        if let (Some(every), Some(_)) = (core.config.tell_every, &core.config.webhooks) {
            app.start("webhooks", move || webhooks::teller::run(&core, every))?;
        }
        Ok(app)
    }

    fn start(&self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Error> {
        let thread = Builder::new().name(name.into()).spawn(work);
        let thread = thread.map_err(|error| {
            Error::Unavailable(format!("a thread could not be started: {error}"))
        })?;
        let threads = self.inner.threads.lock();
        threads.unwrap_or_else(PoisonError::into_inner).push(thread);
        Ok(())
    }

    pub(crate) fn core(&self) -> &Core {
        &self.inner.core
    }

    /// The same, for errands that outlive the call.
    pub(crate) fn shared(&self) -> Arc<Core> {
        Arc::clone(&self.inner.core)
    }

    /// Takes no more events, writes what waits, seals once more if it seals at all, ends the
    /// threads. Events that come after it are answered with `Error::Unavailable`; reading goes on.
    pub fn close(&self) {
        self.inner.close();
    }

    /// What time it is, by the clock of the configuration.
    pub fn now(&self) -> Timestamp {
        self.core().config.clock.now()
    }

    /// The clock of the configuration.
    pub fn clock(&self) -> &Clock {
        &self.core().config.clock
    }

    /// Whether another event would find room in its lane, whichever that is.
    pub fn has_room(&self) -> bool {
        let core = self.core();
        let most = core.config.waiting_most;
        core.lanes.iter().all(|lane| lane.waiting() < most)
    }

    /// Whether it works.
    pub fn health(&self) -> Health {
        let core = self.core();
        let answers = core.pool.with(|store| Ok(store.tenants().map(drop)?));
        Health {
            database: answers.map_err(|error| error.to_string()),
            kind: match core.config.database {
                Database::Sqlite(_) => "sqlite",
                Database::Postgres(_) => "postgres",
            },
            waiting: core.lanes.iter().map(Lane::waiting).sum(),
        }
    }

    /// The newest seal of a tenant's chain: its hash is the head to keep elsewhere.
    pub fn head(&self, tenant: TenantId) -> Result<Option<Seal>, Error> {
        self.core().pool.with(|store| Ok(store.head(tenant)?))
    }

    /// How much a tenant has of everything.
    pub fn counts(&self, tenant: TenantId) -> Result<Counts, Error> {
        self.core().pool.with(|store| Ok(store.counts(tenant)?))
    }

    /// Binds the members' newest entries into the tenant's chain, and answers the newest seal; nothing
    /// if there were none.
    pub fn seal(&self, tenant: TenantId) -> Result<Option<Seal>, Error> {
        let now = self.now();
        self.core().write(move |store| Ok(store.seal(tenant, now)?))
    }

    /// Does all that fell due by `now` (points lapse, tiers end, holds are given back) for every
    /// tenant. How many ticks it took.
    pub fn tick_due(&self, now: Timestamp) -> Result<usize, Error> {
        self.core().tick_due(now)
    }
}

impl Core {
    /// Writes something that is no event, on the first lane's connection; elsewhere once the lane
    /// is closed. Must not be called on a lane's thread.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&mut dyn Store) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (sender, written) = mpsc::sync_channel(1);
        let errand = Box::new(move |store: Result<&mut dyn Store, Error>| {
            let result = store.and_then(write);
            let good = !matches!(result, Err(Error::Unavailable(_)));
            // Whoever asked waits for it.
            let _ = sender.send(result);
            good
        });
        if let Err(errand) = self.lanes[0].send(errand) {
            self.pool.with(|store| Ok(errand(Ok(store))))?;
        }
        let fault = |_| Err(Error::Bug("a write ended by a fault".into()));
        written.recv().unwrap_or_else(fault)
    }
}

impl Inner {
    fn close(&self) {
        for lane in &self.core.lanes {
            lane.close();
        }
        let stop = &self.core.stop;
        *stop.stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        stop.changed.notify_all();
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!(
                    "a thread ended by a fault; what it had not answered is not written"
                );
            }
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}
