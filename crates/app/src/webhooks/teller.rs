//! Tells endpoints what happened.
//!
//! Several servers may do so at once: a stream that one of them works on is its own for half a minute. What it
//! had sent when it stopped is sent again then, under the same id.

use super::{Endpoint, KIND, Outbound, PausedBy, endpoints, found, put};
use crate::app::Core;
use crate::explain::explained;
use crate::{App, Error, receipt};
use regulars_base::{TenantId, Timestamp, WalletId};
use regulars_connect::{Delivery, Letter, Topic, pace};
use regulars_store::{
    Cursor, Logged, Store, WebhookHealth, WebhookLetter, WebhookMoves, WebhookStream,
};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// So long what was taken is the taker's own.
const HELD_MICROS: i64 = 30_000_000;
/// After so long nothing new is begun, and the rest is left to the next round: what is under way ends before
/// somebody else may take it.
const ROUND: Duration = Duration::from_secs(10);
/// So many wallets are taken at a time.
const STREAMS_AT_ONCE: usize = 512;
/// So many events of a wallet are read at a time.
const ROWS_AT_ONCE: usize = 32;
/// So many seals are read at a time.
const SEALS_AT_ONCE: usize = 64;
/// So many deliveries to one endpoint are under way at once.
const SENDERS: usize = 8;
/// So many endpoints are told at once.
const ENDPOINTS_AT_ONCE: usize = 64;
/// So many wallets are tried while nothing goes through: one of them may be at fault itself.
const PROBES: usize = 4;
/// The pause between probes grows so often at most: to an hour.
const PROBE_PAUSES: u32 = 6;
/// So much is kept of why something failed.
const WORDS_MOST: usize = 200;

/// Tells until the app is closed. An endpoint that is slow holds up no other.
pub(crate) fn run(core: &Arc<Core>, every: Duration) {
    let busy = Arc::new(Mutex::new(BTreeSet::new()));
    let mut threads: Vec<JoinHandle<()>> = Vec::new();
    let mut looked: Option<Instant> = None;
    while !core.stop.wait(Duration::from_millis(100).min(every)) {
        if looked.is_some_and(|at| at.elapsed() < every) {
            continue;
        }
        looked = Some(Instant::now());
        threads.retain(|thread| !thread.is_finished());
        let due = match core.to_tell() {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(%error, "endpoints could not be looked up, and are again");
                continue;
            }
        };
        for (tenant, endpoint) in due {
            let name = (tenant, endpoint.id.clone());
            let mut held = busy.lock().unwrap_or_else(PoisonError::into_inner);
            if held.len() >= ENDPOINTS_AT_ONCE || !held.insert(name.clone()) {
                continue;
            }
            let (core, busy) = (Arc::clone(core), Arc::clone(&busy));
            threads.push(std::thread::spawn(move || {
                let leave = Leave { busy, name };
                if let Err(error) = core.tell(tenant, &endpoint) {
                    tracing::warn!(%error, endpoint = leave.name.1, "it could not be told, and will be");
                }
            }));
        }
    }
    for thread in threads {
        // What it had begun is written, or told once more under the same id.
        let _ = thread.join();
    }
}

type Busy = Arc<Mutex<BTreeSet<(TenantId, String)>>>;

/// Frees an endpoint for the next round, also after a fault.
struct Leave {
    busy: Busy,
    name: (TenantId, String),
}

impl Drop for Leave {
    fn drop(&mut self) {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.remove(&self.name);
    }
}

impl App {
    /// Tells all endpoints what there is to tell by now; how many events they took. The server does so by
    /// itself.
    pub fn tell_webhooks(&self) -> Result<u64, Error> {
        let core = self.core();
        let mut taken = 0;
        for (tenant, endpoint) in core.to_tell()? {
            taken += core.tell(tenant, &endpoint)?;
        }
        Ok(taken)
    }
}

/// Goes through a wallet's log from an event back, as long as `each` wants to.
pub(super) fn backwards(
    store: &mut dyn Store,
    tenant: TenantId,
    wallet: WalletId,
    from: u64,
    each: &mut dyn FnMut(&Logged) -> bool,
) -> Result<(), Error> {
    let mut before = from.saturating_add(1);
    loop {
        let rows = store.log(tenant, wallet, Cursor::Before(before), ROWS_AT_ONCE)?;
        if !rows.iter().all(&mut *each) {
            return Ok(());
        }
        match rows.last() {
            Some(last) if last.seq > 1 => before = last.seq,
            _ => return Ok(()),
        }
    }
}

/// What senders of one round share.
struct Round<'a> {
    core: &'a Core,
    outbound: &'a Outbound,
    tenant: TenantId,
    endpoint: &'a Endpoint,
    began: Instant,
    /// How many deliveries in a row failed, those of earlier rounds too.
    failures: AtomicU32,
    /// The same, since the last one of this round that went through.
    here: AtomicU32,
    taken: AtomicU64,
    gone: AtomicBool,
    failure: Mutex<String>,
    /// How long the endpoint asks to be left alone.
    asked: Mutex<Option<Duration>>,
}

/// How an event went.
enum Went {
    Taken,
    Failed(String, Option<Duration>),
    /// The round is over before it was tried.
    NotTried,
}

impl Core {
    /// Endpoints that are not paused, after what happened by now was sealed.
    fn to_tell(&self) -> Result<Vec<(TenantId, Endpoint)>, Error> {
        let mut all = Vec::new();
        for tenant in self.pool.with(|store| Ok(store.tenants()?))? {
            let mut own = self.pool.with(|store| endpoints(store, tenant.id))?;
            own.retain(|endpoint| endpoint.paused.is_none());
            if own.is_empty() {
                continue;
            }
            let now = self.config.clock.now();
            self.write(move |store| Ok(store.seal(tenant.id, now)?))?;
            all.extend(own.into_iter().map(|endpoint| (tenant.id, endpoint)));
        }
        Ok(all)
    }

    /// Tells one endpoint all that there is by now, round by round.
    fn tell(&self, tenant: TenantId, endpoint: &Endpoint) -> Result<u64, Error> {
        let Some(outbound) = &self.config.webhooks else {
            return Ok(0);
        };
        let mut taken = 0;
        while !self.stop.wait(Duration::ZERO) {
            self.take_in(tenant, endpoint)?;
            let Some(more) = self.round(outbound, tenant, endpoint)? else {
                break;
            };
            taken += more;
        }
        Ok(taken)
    }

    /// Notes what seals name.
    fn take_in(&self, tenant: TenantId, endpoint: &Endpoint) -> Result<(), Error> {
        loop {
            let (sealed, seals) = self.pool.with(|store| {
                let sealed = store.webhook(tenant, &endpoint.id)?.map(|own| own.sealed);
                let after = sealed.unwrap_or(i64::MAX);
                Ok((sealed, store.sealed(tenant, after, SEALS_AT_ONCE)?))
            })?;
            let (Some(from), Some(last)) = (sealed, seals.last()) else {
                return Ok(());
            };
            let (to, id, now) = (last.no, endpoint.id.clone(), self.config.clock.now());
            let mut heads: Vec<_> = seals.into_iter().flat_map(|seal| seal.heads).collect();
            heads.sort_unstable();
            // Of each wallet the last.
            heads.reverse();
            heads.dedup_by_key(|(wallet, _)| *wallet);
            self.write(move |store| {
                Ok(store.note_webhook_work(tenant, (&id, now), (from, to), &heads)?)
            })?;
        }
    }

    /// Takes what is due, sends it, and writes what came of it. Nothing if nothing was due, or the endpoint
    /// is left alone.
    fn round(
        &self,
        outbound: &Outbound,
        tenant: TenantId,
        endpoint: &Endpoint,
    ) -> Result<Option<u64>, Error> {
        let now = self.config.clock.now();
        // It may have been changed, paused or removed meanwhile.
        let known = self
            .pool
            .with(|store| match found(store, tenant, &endpoint.id) {
                Err(Error::NotFound { .. }) => Ok(None),
                other => other.map(Some),
            })?;
        let Some((endpoint, health, _)) = known else {
            return Ok(None);
        };
        if endpoint.paused.is_some() || health.next_at > now {
            return Ok(None);
        }
        let probes = health.failures >= pace::PROBED_AFTER;
        let (streams, letters) = self.claim(tenant, &endpoint.id, now, probes)?;
        if streams.is_empty() && letters.is_empty() {
            return Ok(None);
        }
        let round = Round {
            core: self,
            outbound,
            tenant,
            endpoint: &endpoint,
            began: Instant::now(),
            failures: AtomicU32::new(health.failures),
            here: AtomicU32::new(0),
            taken: AtomicU64::new(0),
            gone: AtomicBool::new(false),
            failure: Mutex::default(),
            asked: Mutex::default(),
        };
        let told = side_by_side(&streams, |own| round.stream(own));
        let sent = side_by_side(&letters, |own| round.one(own.wallet, own.seq));
        let moves = round.moves(&health, (streams, told), (letters, sent));
        let (taken, id) = (moves.taken, endpoint.id.clone());
        self.pause_if_hopeless(&round, &health, &moves)?;
        self.write(move |store| Ok(store.move_webhook(tenant, &id, &moves)?))?;
        Ok(Some(taken))
    }

    fn claim(
        &self,
        tenant: TenantId,
        id: &str,
        now: Timestamp,
        probes: bool,
    ) -> Result<(Vec<WebhookStream>, Vec<WebhookLetter>), Error> {
        let most = if probes { PROBES } else { STREAMS_AT_ONCE };
        let (id, until) = (id.to_owned(), now.plus_micros(HELD_MICROS));
        self.write(move |store| {
            let streams = store.claim_webhook_streams(tenant, &id, (now, until), most)?;
            let most = if probes { most - streams.len() } else { most };
            let letters = match most {
                0 => Vec::new(),
                most => store.claim_webhook_letters(tenant, &id, (now, until), most)?,
            };
            Ok((streams, letters))
        })
    }

    /// Pauses an endpoint to which nothing went through for three days, or that wants nothing any more.
    fn pause_if_hopeless(
        &self,
        round: &Round<'_>,
        health: &WebhookHealth,
        moves: &WebhookMoves,
    ) -> Result<(), Error> {
        let since = health.failing_since.unwrap_or(moves.at);
        let patience = i64::try_from(pace::PATIENCE.as_micros()).unwrap_or(i64::MAX);
        let failing = moves.taken == 0
            && moves.failures > 0
            && moves.at.micros() - since.micros() >= patience;
        let why = match round.gone.load(Ordering::Relaxed) {
            true => PausedBy::Gone,
            false if failing => PausedBy::Failing,
            false => return Ok(()),
        };
        let (tenant, id) = (round.tenant, round.endpoint.id.clone());
        tracing::error!(
            endpoint = id, url = round.endpoint.url, why = ?why,
            "an endpoint is paused: what it misses waits until somebody has it go on"
        );
        let at = moves.at;
        self.write(move |store| {
            // Somebody may change it just now: then it is looked at again in the next round.
            if let Some(row) = store.setting(tenant, KIND, &id)? {
                let mut endpoint = super::of_row(&row)?;
                (endpoint.paused, endpoint.paused_at) = (Some(why), Some(at));
                put(store, tenant, &endpoint, row.version)?;
            }
            Ok(())
        })
    }
}

/// Does each on one of a few threads; the results in their order.
fn side_by_side<T: Sync, R: Send>(all: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            match all.get(at) {
                Some(one) => done.push((at, each(one))),
                None => return done,
            }
        }
    };
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let others = SENDERS.min(all.len()).saturating_sub(1);
        let threads: Vec<_> = (0..others).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for thread in threads {
            done.extend(thread.join().expect("a sender ends by itself"));
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, one)| one).collect()
}

/// How far a stream came, and why it came no further.
struct Came {
    told: Option<u64>,
    failed: Option<(String, Option<Duration>)>,
}

impl Round<'_> {
    fn is_over(&self) -> bool {
        self.began.elapsed() >= ROUND
            || self.gone.load(Ordering::Relaxed)
            || self.core.stop.wait(Duration::ZERO)
            || self.here.load(Ordering::Relaxed) >= pace::PROBED_AFTER
    }

    /// Tells a wallet's events in their order, until one fails.
    fn stream(&self, own: &WebhookStream) -> Came {
        let mut came = Came {
            told: own.told,
            failed: None,
        };
        if let Err(error) = self.follow(own, &mut came) {
            tracing::error!(%error, wallet = %own.wallet, "what is to be told cannot be read");
            came.failed = Some((cut(&format!("it cannot be read: {error}")), None));
        }
        came
    }

    fn follow(&self, own: &WebhookStream, came: &mut Came) -> Result<(), Error> {
        let (tenant, pool) = (self.tenant, &self.core.pool);
        let mut told = match own.told {
            Some(told) => told,
            None => pool.with(|store| self.begins_after(store, own))?,
        };
        came.told = Some(told);
        while told < own.known && !self.is_over() {
            let cursor = Cursor::After(told);
            let rows =
                pool.with(|store| Ok(store.log(tenant, own.wallet, cursor, ROWS_AT_ONCE)?))?;
            if rows.is_empty() {
                return Err(Error::Corrupt("a seal names what is not there".into()));
            }
            for row in rows {
                let seq = row.seq;
                match self.tell(row)? {
                    Went::Taken => told = seq,
                    Went::Failed(why, asked) => {
                        came.failed = Some((why, asked));
                        return Ok(());
                    }
                    Went::NotTried => return Ok(()),
                }
                came.told = Some(told);
            }
        }
        Ok(())
    }

    /// Where an endpoint's share of a wallet begins: before what was recorded since it was made. A wallet's
    /// events stand in the order in which they were recorded.
    fn begins_after(&self, store: &mut dyn Store, own: &WebhookStream) -> Result<u64, Error> {
        let mut begins = own.known;
        backwards(store, self.tenant, own.wallet, own.known, &mut |row| {
            let new = row.event.recorded_at >= self.endpoint.since;
            if new {
                begins = row.seq - 1;
            }
            new
        })?;
        Ok(begins)
    }

    /// Tells an event by itself.
    fn one(&self, wallet: WalletId, seq: u64) -> Result<Went, Error> {
        let cursor = Cursor::After(seq.saturating_sub(1));
        let tenant = self.tenant;
        let row = self
            .core
            .pool
            .with(|store| Ok(store.log(tenant, wallet, cursor, 1)?.pop()))?;
        let missing = || Error::Corrupt("what was to be told again is not there".into());
        self.tell(row.ok_or_else(missing)?)
    }

    /// Sends an event, if the endpoint wants it.
    fn tell(&self, row: Logged) -> Result<Went, Error> {
        let core = self.core;
        let versions =
            core.pool
                .with(|store| match core.versions.known(self.tenant, store)? {
                    known if known.numbered(row.program).is_some() => Ok(known),
                    _ => core.versions.latest(self.tenant, store),
                })?;
        let program = receipt::version(&versions, row.program)?;
        let topics = Topic::of(&program, &row.event, &row.outcome);
        if !self.endpoint.wants(&topics) {
            return Ok(Went::Taken);
        }
        if self.is_over() {
            return Ok(Went::NotTried);
        }
        let id = format!("evt_{:032x}_{}", row.wallet.number(), row.seq);
        let body = (self.outbound.render)(&explained(row, &versions)?, &topics);
        let now = core.config.clock.now();
        let letter = Letter {
            url: &self.endpoint.url,
            id: &id,
            seconds: now.micros().div_euclid(1_000_000),
            body: &body,
            secrets: &self.endpoint.secrets(now),
        };
        Ok(self.went(self.outbound.courier.send(&letter)))
    }

    fn went(&self, delivery: Delivery) -> Went {
        let (why, asked) = match delivery {
            Delivery::Taken => {
                self.taken.fetch_add(1, Ordering::Relaxed);
                self.failures.store(0, Ordering::Relaxed);
                self.here.store(0, Ordering::Relaxed);
                return Went::Taken;
            }
            Delivery::Gone => {
                self.gone.store(true, Ordering::Relaxed);
                ("status 410: it wants nothing any more".to_owned(), None)
            }
            Delivery::Failed { why, asked, .. } => (cut(&why), asked),
        };
        self.failures.fetch_add(1, Ordering::Relaxed);
        self.here.fetch_add(1, Ordering::Relaxed);
        why.clone_into(&mut self.failure.lock().unwrap_or_else(PoisonError::into_inner));
        let mut most = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        *most = (*most).max(asked);
        Went::Failed(why, asked)
    }

    /// What is written of the round.
    fn moves(
        &self,
        health: &WebhookHealth,
        (streams, told): (Vec<WebhookStream>, Vec<Came>),
        (letters, sent): (Vec<WebhookLetter>, Vec<Result<Went, Error>>),
    ) -> WebhookMoves {
        let at = self.core.config.clock.now();
        let taken = self.taken.load(Ordering::Relaxed);
        // Those that were under way together failed of one reason: they count as one, from where it is only probed.
        let most = match taken {
            0 => health.failures.saturating_add(1).max(pace::PROBED_AFTER),
            _ => pace::PROBED_AFTER,
        };
        let failures = self.failures.load(Ordering::Relaxed).min(most);
        let asked = *self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let mut moves = WebhookMoves {
            at,
            taken,
            failures: match taken {
                0 => failures.saturating_sub(health.failures),
                _ => failures,
            },
            next_at: match failures.checked_sub(pace::PROBED_AFTER) {
                Some(probes) => {
                    let probes = (probes + 1).min(PROBE_PAUSES);
                    later(at, pace::pause(probes, spread(at.micros()), asked))
                }
                None => asked.map_or(at, |asked| later(at, asked)),
            },
            ..WebhookMoves::default()
        };
        if failures > 0 {
            let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
            moves.failure.clone_from(&failure);
        }
        // While nothing goes through, the endpoint is at fault and no event of it.
        let blames = health.failures < pace::PROBED_AFTER || taken > 0;
        let goes = |since: Timestamp| {
            taken > 0 || health.failing_since.is_none_or(|failing| failing > since)
        };
        for (own, came) in streams.into_iter().zip(told) {
            let held = own.next_at;
            let (own, given_up) = after(own, came, (at, blames), goes);
            moves.streams.push((held, own));
            moves.added.extend(given_up);
        }
        for (own, went) in letters.into_iter().zip(sent) {
            let held = own.next_at.unwrap_or(at);
            let (wallet, seq) = (own.wallet, own.seq);
            let own = letter_after(own, went, (at, blames), goes);
            moves.letters.push((held, wallet, seq, own));
        }
        moves
    }
}

/// A stream after a round; what was given up of it. `blames`: a failure is the event's. `goes`: whether others
/// went through since a moment.
fn after(
    own: WebhookStream,
    came: Came,
    (at, blames): (Timestamp, bool),
    goes: impl Fn(Timestamp) -> bool,
) -> (WebhookStream, Option<WebhookLetter>) {
    let moved = came.told != own.told;
    let mut own = WebhookStream {
        told: came.told,
        next_at: at,
        ..own
    };
    if moved {
        (own.failures, own.since) = (0, None);
        own.failure.clear();
    }
    let Some((why, asked)) = came.failed else {
        return (own, None);
    };
    own.failure = why;
    if !blames {
        return (own, None);
    }
    own.failures += 1;
    let since = *own.since.get_or_insert(at);
    if out_of_patience(since, at) && goes(since) {
        let seq = own.told.unwrap_or(0) + 1;
        let given_up = WebhookLetter {
            wallet: own.wallet,
            seq,
            failures: own.failures,
            since: own.since,
            failure: std::mem::take(&mut own.failure),
            next_at: None,
        };
        (own.told, own.failures, own.since) = (Some(seq), 0, None);
        return (own, Some(given_up));
    }
    let number = own.wallet.number();
    let spread = u64::try_from(number % 1000).unwrap_or(0);
    own.next_at = later(at, pace::pause(own.failures, spread, asked));
    (own, None)
}

/// A letter after a round; nothing if it was taken.
fn letter_after(
    mut own: WebhookLetter,
    went: Result<Went, Error>,
    (at, blames): (Timestamp, bool),
    goes: impl Fn(Timestamp) -> bool,
) -> Option<WebhookLetter> {
    own.next_at = Some(at);
    let (why, asked) = match went {
        Ok(Went::Taken) => return None,
        Ok(Went::NotTried) => return Some(own),
        Ok(Went::Failed(why, asked)) => (why, asked),
        Err(error) => (cut(&format!("it cannot be read: {error}")), None),
    };
    own.failure = why;
    if !blames {
        return Some(own);
    }
    own.failures += 1;
    let since = *own.since.get_or_insert(at);
    own.next_at = match out_of_patience(since, at) && goes(since) {
        true => None,
        false => Some(later(at, pace::pause(own.failures, own.seq, asked))),
    };
    Some(own)
}

fn out_of_patience(since: Timestamp, at: Timestamp) -> bool {
    let waited = u64::try_from(at.micros() - since.micros()).unwrap_or(0);
    Duration::from_micros(waited) >= pace::PATIENCE
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.plus_micros(i64::try_from(by.as_micros()).unwrap_or(i64::MAX))
}

fn spread(micros: i64) -> u64 {
    micros.unsigned_abs() / 1000
}

fn cut(words: &str) -> String {
    words.chars().take(WORDS_MOST).collect()
}
