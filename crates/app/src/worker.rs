//! A lane's thread: takes what waits, loads, decides, writes, and only then answers.

use crate::Error;
use crate::app::Core;
use crate::decide::{self, Round};
use crate::input::Prepared;
use crate::lane::{Answer, Errand, Item, Lane, Reply, Work};
use crate::measured::{self, Ends};
use crate::versions::Versions;
use regulars_base::{MemberId, TenantId};
use regulars_engine::event::Who;
use regulars_store::{Ask, Database, MemberPatch, Store};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::time::Instant;

/// How often an event may wait for others of its batch (its follow-ups, its order) before that is
/// taken for a fault. An enrolment may have thousands of kept events, but they wait together.
const PUT_OFF_MOST: u8 = 16;

pub(crate) struct Worker {
    core: Arc<Core>,
    store: Option<Box<dyn Store>>,
}

/// What became of a batch.
struct Done {
    answers: Vec<Option<Answer>>,
    follow_ups: Vec<Prepared>,
}

/// After so many events the store is told to settle what it wrote.
const SETTLED_EVERY: usize = 8192;

/// Works on a lane until it is closed and empty.
pub(crate) fn run(core: &Arc<Core>, lane: &Lane) {
    let mut worker = Worker {
        core: Arc::clone(core),
        store: None,
    };
    let most = core.config.batch.max(1);
    std::thread::scope(|scope| {
        let (written, told) = mpsc::channel();
        if matches!(core.config.database, Database::Sqlite(_)) {
            scope.spawn(move || settle(core, &told));
        }
        let mut unsettled = 0;
        while let Some(work) = lane.take(most) {
            match work {
                Work::Events(tenant, items) => {
                    unsettled += items.len();
                    worker.work_off(tenant, items);
                }
                Work::Errand(errand) => worker.run(errand),
            }
            // Where nobody settles, nobody can be told.
            if unsettled >= SETTLED_EVERY && written.send(()).is_ok() {
                unsettled = 0;
            }
        }
    });
}

/// Settles what a lane wrote whenever it says so, on a connection of its own, until it ends.
fn settle(core: &Core, told: &mpsc::Receiver<()>) {
    let mut store: Option<Box<dyn Store>> = None;
    while told.recv().is_ok() {
        // It may have said so several times meanwhile.
        told.try_iter().for_each(drop);
        let settled = match &mut store {
            Some(store) => store.settle(),
            none => core
                .config
                .database
                .connect_with(core.config.vault.as_ref())
                .and_then(|store| none.insert(store).settle()),
        };
        if let Err(error) = settled {
            // The lane itself does it, once too much is left.
            tracing::debug!(%error, "what was written is not settled yet");
            store = None;
        }
    }
}

impl Worker {
    /// Decides all items and what follows from them, then answers.
    fn work_off(&mut self, tenant: TenantId, items: Vec<Item>) {
        let mut answered = Vec::with_capacity(items.len());
        let (events, begun) = (items.len(), Instant::now());
        let mut waiting = items;
        while !waiting.is_empty() {
            waiting = self.round(tenant, waiting, &mut answered);
        }
        measured::batch(events, begun, self.core.config.slow);
        let mut ends = Ends::default();
        answered.iter().for_each(|(_, answer)| ends.count(answer));
        ends.note();
        for (reply, answer) in answered {
            // What the caller does with an answer is the caller's: a fault there must not take the
            // lane with it.
            if catch_unwind(AssertUnwindSafe(|| reply.send(answer))).is_err() {
                tracing::error!("whoever was told of an event ended by a fault");
            }
        }
    }

    /// Does an errand. One that panics is dropped, which tells whoever waits for it.
    fn run(&mut self, errand: Errand) {
        let good = catch_unwind(AssertUnwindSafe(|| errand(self.connected())));
        if !good.unwrap_or(false) {
            self.store = None;
        }
    }

    fn connected(&mut self) -> Result<&mut dyn Store, Error> {
        let store = match &mut self.store {
            Some(store) => store,
            none => none.insert(self.core.config.connect()?),
        };
        Ok(store.as_mut())
    }

    /// One batch. What has to wait comes back, with what must come before it in front.
    fn round(
        &mut self,
        tenant: TenantId,
        items: Vec<Item>,
        answered: &mut Vec<(Reply, Answer)>,
    ) -> Vec<Item> {
        let done = match self.guarded(tenant, &items) {
            Ok(done) => done,
            Err(error) if items.len() > 1 && is_about_one(&error) => {
                // One of them is at fault: its neighbours go through without it.
                for item in items {
                    let mut alone = vec![item];
                    while !alone.is_empty() {
                        alone = self.round(tenant, alone, answered);
                    }
                }
                return Vec::new();
            }
            Err(error) => {
                tracing::warn!(%error, events = items.len(), "a batch was not written");
                let each = items.into_iter().map(|item| item.reply);
                answered.extend(each.map(|reply| (reply, Answer::Failed(again(&error)))));
                return Vec::new();
            }
        };
        let follow_ups = done.follow_ups.into_iter();
        let mut next: Vec<Item> = follow_ups
            .map(|prepared| Item::new(prepared, Reply::Nobody))
            .collect();
        for (item, answer) in items.into_iter().zip(done.answers) {
            match answer {
                Some(answer) => answered.push((item.reply, answer)),
                None if item.put_off < PUT_OFF_MOST => next.push(put_off(item)),
                None => {
                    let error = Error::Bug("an event waited for others without end".into());
                    answered.push((item.reply, Answer::Failed(error)));
                }
            }
        }
        next
    }

    /// A panic in a decision is a fault of this program; it must not take the lane with it. The
    /// connection is given up, and with it whatever the batch had begun.
    fn guarded(&mut self, tenant: TenantId, items: &[Item]) -> Result<Done, Error> {
        let result = catch_unwind(AssertUnwindSafe(|| self.attempt(tenant, items)));
        let result = result.unwrap_or_else(|panic| {
            self.store = None;
            Err(Error::Bug(words_of(&*panic)))
        });
        if matches!(result, Err(Error::Unavailable(_))) {
            self.store = None;
        }
        result
    }

    fn attempt(&mut self, tenant: TenantId, items: &[Item]) -> Result<Done, Error> {
        let core = Arc::clone(&self.core);
        let store = self.connected()?;
        batch(&core, store, (tenant, items), None)
    }
}

/// Decides and writes an event with what is changed with it of what is known of a person: both or neither. For an
/// errand, which has a connection and is no lane.
pub(crate) fn with_person(
    core: &Core,
    store: &mut dyn Store,
    (tenant, prepared): (TenantId, Prepared),
    person: &(MemberId, MemberPatch),
) -> Result<(), Error> {
    let items = [Item::new(prepared, Reply::Nobody)];
    let done = batch(core, store, (tenant, &items), Some(person))?;
    match done.answers.into_iter().next().flatten() {
        Some(Answer::Failed(error)) => Err(error),
        Some(_) => Ok(()),
        None => Err(Error::Bug("an event waited for others by itself".into())),
    }
}

/// One batch: what became of each, and what follows.
fn batch(
    core: &Core,
    store: &mut dyn Store,
    (tenant, items): (TenantId, &[Item]),
    person: Option<&(MemberId, MemberPatch)>,
) -> Result<Done, Error> {
    let mut versions = core.versions.known(tenant, store)?;
    // Whose wallets the batch turned out to reach, so far.
    let mut reached: Vec<MemberId> = Vec::new();
    loop {
        let mut asks = asks(&versions, items)?;
        if let Some(first) = asks.first_mut() {
            first.also.extend(&reached);
        }
        let mut round = Round::new(&versions, items);
        store.batch(tenant, &asks, &mut |loaded| {
            let mut commits = round.decide(loaded);
            if let Some(first) = commits.first_mut() {
                first.person = person.cloned();
            }
            commits
        })?;
        if let Some(error) = round.broken {
            return Err(error);
        }
        if !round.missing.is_empty() {
            reached.append(&mut round.missing);
            continue;
        }
        if !round.stale {
            return Ok(Done {
                answers: round.answers,
                follow_ups: round.follow_ups,
            });
        }
        versions = core.versions.latest(tenant, store)?;
    }
}

fn asks(versions: &Versions, items: &[Item]) -> Result<Vec<Ask>, Error> {
    let asks = items.iter();
    asks.map(|item| decide::ask(versions, &item.prepared))
        .collect()
}

/// An event that waits for others. A refund that still finds no purchase is kept on its own.
fn put_off(mut item: Item) -> Item {
    item.put_off += 1;
    let incoming = &mut item.prepared.incoming;
    if incoming.who == Who::OfOrder && item.put_off > 1 {
        incoming.who = decide::nobody_yet(&incoming.event, item.prepared.fresh);
    }
    item
}

/// Whether an error may be the fault of a single event.
const fn is_about_one(error: &Error) -> bool {
    matches!(error, Error::Bug(_) | Error::Corrupt(_))
}

/// The same error for another event of the batch.
fn again(error: &Error) -> Error {
    match error {
        Error::Retry(why) => Error::Retry(why.clone()),
        Error::NoProgram => Error::NoProgram,
        Error::Corrupt(why) => Error::Corrupt(why.clone()),
        Error::Bug(why) => Error::Bug(why.clone()),
        Error::Unavailable(why) => Error::Unavailable(why.clone()),
        other => Error::Unavailable(other.to_string()),
    }
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no reason was given".into())
}
