//! The real thing: two servers on one database, their clock, their chance, and how they die.

use crate::clerk::{Decided, Seen};
use crate::deed::{Crash, Told};
use crate::terms::Terms;
use regulars_app::{App, Apply, Around, Chance, Clock, Config, Database, Error, Receipt};
use regulars_base::{MemberId, TenantId, Timestamp, WalletId};
use regulars_engine::outcome::{Change, Outcome, Verdict};
use regulars_engine::state::{SharedKey, Wallet};
use regulars_sim::shopper::Dice;
use regulars_store::{Logged, Store, Tenant};
use regulars_testkit::{Batch, through};
use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tempfile::TempDir;

/// How many servers there are.
pub(crate) const DOORS: usize = 2;
/// More than are due at any moment.
const ALL: usize = 1_000_000;

/// What is wrong with the stores, on purpose: made anew for each connection, and told whether the
/// servers are about to die.
pub type Fault = Arc<dyn Fn(Death) -> Batch + Send + Sync>;

/// How far the servers are from dying.
#[derive(Clone, Debug, Default)]
pub struct Death(Arc<Mutex<Stage>>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Alive,
    Coming(Crash),
    Dead,
}

impl Death {
    fn stage(&self) -> Stage {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, stage: Stage) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = stage;
    }

    /// Whether they are about to die after the next events were written.
    pub fn comes_after_writing(&self) -> bool {
        self.stage() == Stage::Coming(Crash::After)
    }
}

pub(crate) struct World {
    doors: Vec<App>,
    /// Looks into the database, past the servers.
    eye: Box<dyn Store>,
    tenant: TenantId,
    clock: Arc<AtomicI64>,
    chance: Chance,
    death: Death,
    fault: Option<Fault>,
    database: Database,
    // Last, so that the files go after those who use them.
    _folder: TempDir,
}

impl World {
    pub(crate) fn new(seed: u64, fault: Option<Fault>) -> Result<Self, String> {
        let folder = folder()?;
        let database = Database::Sqlite(folder.path().join("storm.db"));
        database.migrate().map_err(words)?;
        let mut eye = database.connect().map_err(words)?;
        let tenant = TenantId::from_bytes(7_u128.to_be_bytes());
        let storm = Tenant {
            id: tenant,
            name: "storm".into(),
            created_at: Timestamp::from_micros(0),
        };
        eye.create_tenant(&storm).map_err(words)?;
        let dice = Mutex::new(Dice::of(seed, &[2]));
        let mut own = Self {
            doors: Vec::new(),
            eye,
            tenant,
            clock: Arc::default(),
            chance: Chance::from_fn(move || {
                dice.lock().unwrap_or_else(PoisonError::into_inner).bytes()
            }),
            death: Death::default(),
            fault,
            database,
            _folder: folder,
        };
        own.start()?;
        Ok(own)
    }

    /// The servers are stopped, and started again.
    pub(crate) fn start(&mut self) -> Result<(), String> {
        self.doors.clear();
        self.death.set(Stage::Alive);
        for _ in 0..DOORS {
            self.doors.push(self.open()?);
        }
        Ok(())
    }

    fn open(&self) -> Result<App, String> {
        let clock = Arc::clone(&self.clock);
        let (death, fault) = (self.death.clone(), self.fault.clone());
        let around = Around::from_fn(move |store| {
            let store = match &fault {
                Some(fault) => through(store, fault(death.clone())),
                None => store,
            };
            mortal(store, death.clone())
        });
        let config = Config {
            lanes: 1,
            clock: Clock::from_fn(move || Timestamp::from_micros(clock.load(Ordering::SeqCst))),
            chance: self.chance.clone(),
            around: Some(around),
            ..Config::new(self.database.clone())
        };
        App::open(config).map_err(words)
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.load(Ordering::SeqCst)
    }

    pub(crate) fn set_clock(&self, now: i64) {
        self.clock.store(now, Ordering::SeqCst);
    }

    pub(crate) fn apply(&self, door: usize, terms: &Terms) -> Result<(), String> {
        let apply = Apply {
            text: terms.file(),
            by: "storm".into(),
            ..Apply::default()
        };
        let applied = self.doors[door].apply(self.tenant, &apply);
        applied.map(drop).map_err(words)
    }

    /// The servers will die while they are told something.
    pub(crate) fn will_die(&self, crash: Crash) {
        self.death.set(Stage::Coming(crash));
    }

    /// Tells a server some events. What it said; nothing if it died.
    pub(crate) fn tell(&mut self, door: usize, told: &[Told]) -> Option<Vec<Answer>> {
        let incoming = told.iter().map(Told::incoming).collect();
        let answers = self.doors[door].ingest(self.tenant, incoming);
        let died = self.death.stage() == Stage::Dead;
        self.death.set(Stage::Alive);
        (!died).then_some(answers)
    }

    /// What is due is done. Whom the database named as due before.
    pub(crate) fn tick(&mut self, door: usize) -> Result<Vec<MemberId>, String> {
        let now = Timestamp::from_micros(self.now());
        let due = self.eye.due(self.tenant, now, ALL).map_err(words)?;
        self.doors[door].tick_due(now).map_err(words)?;
        Ok(due.into_iter().map(|(member, _)| member).collect())
    }

    /// What an answer comes to, and what is in the log of it.
    pub(crate) fn seen(&mut self, told: &Told, answer: &Answer) -> (Seen, Option<Logged>) {
        let receipt = match answer {
            Ok(receipt) => receipt,
            Err(Error::KeyReused(_)) => return (Seen::Reused, None),
            Err(Error::Invalid(_)) => return (Seen::Invalid, None),
            Err(Error::NotFound { what: "member", .. }) => return (Seen::NoMember, None),
            Err(error) => return (Seen::Other(error.to_string()), None),
        };
        match self.eye.event(self.tenant, &told.key()) {
            Ok(Some(logged)) if logged.event.recorded_at == receipt.recorded_at => {
                (decided(receipt, &logged), Some(logged))
            }
            Ok(Some(_)) => (Seen::Other("answered unlike what was written".into()), None),
            Ok(None) => (Seen::Other("answered, and not written".into()), None),
            Err(error) => (Seen::Other(error.to_string()), None),
        }
    }

    pub(crate) fn wallet(&mut self, member: MemberId) -> Result<Wallet, String> {
        let row = self.eye.wallet(self.tenant, member).map_err(words)?;
        let row = row.ok_or_else(|| format!("{member} has no wallet"))?;
        Ok(row.state)
    }

    pub(crate) fn shared(&mut self, keys: &[SharedKey]) -> Result<Vec<i64>, String> {
        self.eye.shared(self.tenant, keys).map_err(words)
    }

    /// The newest hash of each wallet's log, once everything was proved from the first entry on.
    pub(crate) fn prove(&mut self) -> Result<BTreeMap<WalletId, [u8; 32]>, String> {
        self.doors[0].seal(self.tenant).map_err(words)?;
        let proved = self.eye.verify(self.tenant, None, &mut |_| {});
        let proved = proved.map_err(words)?;
        if let Some(wrong) = proved.wrong {
            return Err(format!("the proof fails: {wrong:?}"));
        }
        let mut heads = BTreeMap::new();
        let each = &mut |row: regulars_store::WalletRow| {
            heads.insert(row.wallet, row.head);
            Ok(())
        };
        self.eye.each_wallet(self.tenant, each).map_err(words)?;
        Ok(heads)
    }
}

/// What a server answers to an event.
pub(crate) type Answer = Result<Receipt, Error>;

fn decided(receipt: &Receipt, logged: &Logged) -> Seen {
    Seen::Decided(Decided {
        duplicate: receipt.duplicate,
        accepted: receipt.verdict == Verdict::Accepted,
        recorded_at: receipt.recorded_at.micros(),
        partners: booked(receipt, &logged.outcome),
    })
}

/// What an outcome books with partners.
fn booked(receipt: &Receipt, outcome: &Outcome) -> BTreeMap<String, i64> {
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for change in &outcome.changes {
        let Change::PartnerBooked(entry) = change else {
            continue;
        };
        let partner = entry
            .partner
            .and_then(|name| receipt.program.partner_named(name));
        if let Some((_, partner)) = partner {
            *sums.entry(partner.id.to_string()).or_default() += entry.micros;
        }
    }
    sums.retain(|_, micros| *micros != 0);
    sums
}

/// A store whose server dies when it is time: from then on nothing is written any more.
fn mortal(inner: Box<dyn Store>, death: Death) -> Box<dyn Store> {
    let batch: Batch = Box::new(move |store, tenant, asks, decide| {
        let gone = || Err(regulars_store::Error::Unavailable("the server died".into()));
        let mut wrote = false;
        let crash = match death.stage() {
            Stage::Dead => return gone(),
            Stage::Coming(crash) => Some(crash),
            Stage::Alive => None,
        };
        if crash == Some(Crash::Before) {
            death.set(Stage::Dead);
            return gone();
        }
        store.batch(tenant, asks, &mut |loaded| {
            let commits = decide(loaded);
            wrote = !commits.is_empty();
            if wrote && crash == Some(Crash::Inside) {
                death.set(Stage::Dead);
                resume_unwind(Box::new("the server died"));
            }
            commits
        })?;
        if wrote && crash == Some(Crash::After) {
            death.set(Stage::Dead);
            return gone();
        }
        Ok(())
    });
    through(inner, batch)
}

/// A folder in memory where there is one.
fn folder() -> Result<TempDir, String> {
    let memory = Path::new("/dev/shm");
    let made = match memory.is_dir() {
        true => tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir()),
        false => tempfile::tempdir(),
    };
    made.map_err(words)
}

pub(crate) fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}
