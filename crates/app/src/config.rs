//! How an [`App`](crate::App) is opened.

use crate::connectors::Inbound;
use crate::input;
use crate::passes::Passes;
use crate::webhooks::Outbound;
use regulars_base::Timestamp;
use regulars_connect::Broker;
use regulars_mail::Mailer;
use regulars_pay::Provider;
use regulars_store::{Database, Store, VaultKeys};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Says what time it is.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::from_fn(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH);
            let micros = since.map_or(0, |since| since.as_micros());
            Timestamp::from_micros(i64::try_from(micros).unwrap_or(0))
        })
    }

    /// A clock of one's own: tests and stories say what time it is.
    pub fn from_fn(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

/// Where the randomness of events comes from, and with it the ids of new members.
#[derive(Clone, Default)]
pub struct Chance(Option<Arc<Drawn>>);

struct Drawn {
    draw: Box<dyn Fn() -> [u8; 16] + Send + Sync>,
    ids: AtomicU32,
}

impl Chance {
    /// The machine's own source.
    pub const fn system() -> Self {
        Self(None)
    }

    /// A source of one's own: the same draws, the same history. For tests and simulations only, since
    /// whoever knows the source knows what a game of chance will give.
    pub fn from_fn(draw: impl Fn() -> [u8; 16] + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(Drawn {
            draw: Box::new(draw),
            ids: AtomicU32::new(0),
        })))
    }

    /// Sixteen bytes.
    pub(crate) fn bytes(&self) -> [u8; 16] {
        self.0
            .as_ref()
            .map_or_else(input::random, |own| (own.draw)())
    }

    /// An id whose first bytes are the time.
    pub(crate) fn id(&self, now: Timestamp) -> [u8; 16] {
        match &self.0 {
            None => input::time_ordered(now),
            Some(own) => {
                let count = own.ids.fetch_add(1, Ordering::Relaxed);
                input::ordered(now, count, (own.draw)())
            }
        }
    }
}

impl fmt::Debug for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Chance(own)"
        } else {
            "Chance(system)"
        })
    }
}

/// Puts something around each connection to the database: a store that fails on purpose.
#[derive(Clone)]
pub struct Around(Arc<Wrap>);

type Wrap = dyn Fn(Box<dyn Store>) -> Box<dyn Store> + Send + Sync;

impl Around {
    /// Calls `wrap` with each connection that is opened.
    pub fn from_fn(
        wrap: impl Fn(Box<dyn Store>) -> Box<dyn Store> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(wrap))
    }
}

impl fmt::Debug for Around {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Around")
    }
}

/// How an [`App`](crate::App) is opened. `Config::new(database)` is right for nearly everybody.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where everything is kept.
    pub database: Database,
    /// The keys of its vault: personal fields are closed with them, once somebody turned it.
    pub vault: Option<VaultKeys>,
    /// How many lanes write side by side. SQLite has one writer, so it always has one.
    pub lanes: usize,
    /// At most so many events are written in one transaction: also what an event that arrives just
    /// then has to wait for. The more there are, the more often a page is written once for several.
    pub batch: usize,
    /// At most so many events wait in one lane: some seconds of work. More are answered with `Error::Busy`.
    pub waiting_most: usize,
    /// How many connections answer reads.
    pub readers: usize,
    /// Says what time it is.
    pub clock: Clock,
    /// Where randomness comes from: the machine, but for simulations.
    pub chance: Chance,
    /// What is put around each connection to the database; nothing, but for tests of what happens when
    /// a database fails.
    pub around: Option<Around>,
    /// How often the newest entries are sealed into the tenant's chain; never, if nothing.
    pub seal_every: Option<Duration>,
    /// How often it is looked whether something fell due (expiry, tiers, holds); never, if nothing.
    pub tick_every: Option<Duration>,
    /// Who moves the money that invoices ask for; nobody is asked, if nothing.
    pub payments: Option<Arc<dyn Provider>>,
    /// How often it is looked whether an invoice asks for something; never, if nothing.
    pub pay_every: Option<Duration>,
    /// How others are told what happens; nobody is told, if nothing.
    pub webhooks: Option<Outbound>,
    /// How often it is looked whether there is something to tell; never, if nothing.
    pub tell_every: Option<Duration>,
    /// How events of our own shape are read that connectors deliver; none are, if nothing.
    pub inbound: Option<Inbound>,
    /// Who hands over events that others publish; nobody does, if nothing.
    pub broker: Option<Broker>,
    /// How letters to members are sent; none are, if nothing.
    pub mail: Option<Mailer>,
    /// Who signs passes for the wallets of telephones, by merchant.
    pub passes: Passes,
    /// How often it is looked whether a message is due; never, if nothing.
    pub post_every: Option<Duration>,
    /// Where reports and alerts are written that come by themselves; none do, if nothing.
    pub reports: Option<PathBuf>,
    /// A batch, or a use of the database, that takes so long is put into the log.
    pub slow: Duration,
    /// Whether the newest of what is written may be lost with the power: only while something is loaded that
    /// can be loaded again.
    pub is_light: bool,
}

impl Config {
    /// For `database`, with what is right for nearly everybody; no background work yet.
    pub fn new(database: Database) -> Self {
        let (lanes, batch) = match database {
            // While a batch is written nobody else can write to the file.
            Database::Sqlite(_) => (1, 1024),
            // On two cores: while one lane waits for the disk, two have work. Only who comes to the
            // same lane waits for its batch.
            Database::Postgres(_) => (3, 4096),
        };
        Self {
            database,
            vault: None,
            lanes,
            batch,
            waiting_most: 20_000,
            readers: 4,
            clock: Clock::system(),
            chance: Chance::system(),
            around: None,
            seal_every: None,
            tick_every: None,
            payments: None,
            pay_every: None,
            webhooks: None,
            tell_every: None,
            inbound: None,
            broker: None,
            mail: None,
            passes: Passes::default(),
            post_every: None,
            reports: None,
            slow: Duration::from_millis(500),
            is_light: false,
        }
    }

    /// Opens one connection, with what is to be around it.
    pub(crate) fn connect(&self) -> regulars_store::Result<Box<dyn Store>> {
        let mut store = self.database.connect_with(self.vault.as_ref())?;
        if self.is_light {
            store.commit_lightly()?;
        }
        Ok(match &self.around {
            Some(around) => (around.0)(store),
            None => store,
        })
    }

    /// Without any background work: nothing happens by itself.
    #[must_use]
    pub fn resting(self) -> Self {
        Self {
            seal_every: None,
            tick_every: None,
            pay_every: None,
            tell_every: None,
            post_every: None,
            reports: None,
            ..self
        }
    }

    /// With the background work of a server: sealing every five seconds, ticks every ten.
    #[must_use]
    pub fn serving(self) -> Self {
        Self {
            seal_every: Some(Duration::from_secs(5)),
            tick_every: Some(Duration::from_secs(10)),
            pay_every: Some(Duration::from_secs(5)),
            tell_every: Some(Duration::from_secs(1)),
            post_every: Some(Duration::from_millis(500)),
            ..self
        }
    }
}
