//! A lane: a queue of events, and who waits for the answers.
//!
//! Events of one identity always go to the same lane, in order. A lane's thread takes whatever
//! waits, up to a batch, so that under load many events share one transaction, and a single event
//! without load goes through alone, at once.

use crate::input::Prepared;
use crate::{Error, Receipt};
use regulars_base::TenantId;
use regulars_store::Store;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What a lane has to do next.
pub(crate) enum Work {
    /// Events of one tenant, in order.
    Events(TenantId, Vec<Item>),
    /// Something else that is to be written.
    Errand(Errand),
}

/// A write that is no event, done between two batches on the lane's own connection, or told why
/// there is none. It answers whether the connection is still good. (SQLite forgets the pages that a
/// connection keeps at hand when another one writes, so what happens often must not be written
/// elsewhere.)
pub(crate) type Errand = Box<dyn FnOnce(Result<&mut dyn Store, Error>) -> bool + Send>;

/// An event in a lane, and who is to be told.
pub(crate) struct Item {
    pub(crate) prepared: Prepared,
    pub(crate) reply: Reply,
    /// How often it had to wait for the others of its batch.
    pub(crate) put_off: u8,
}

/// Who is to be told what became of an event.
pub(crate) enum Reply {
    /// Whoever called.
    Call(Box<dyn FnOnce(Result<Receipt, Error>) + Send>),
    /// Whoever waits for many, at this place.
    Slot(Arc<Slots>, usize),
    /// Whoever only counts, and calls it by this number.
    Tally(Arc<Tally>, u64),
    /// Nobody: it follows from another event.
    Nobody,
}

/// What became of an event.
pub(crate) enum Answer {
    /// It was decided, now or before.
    Receipt(Box<Receipt>),
    /// The same, for those who only count.
    Counted(Counted),
    /// It came to nothing.
    Failed(Error),
}

/// What became of an event, for those who only count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) duplicate: bool,
    pub(crate) refused: bool,
}

/// Answers to several events, in their order.
pub(crate) struct Slots {
    held: Mutex<Held>,
    done: Condvar,
}

struct Held {
    answers: Vec<Option<Result<Receipt, Error>>>,
    missing: usize,
}

/// Answers to many events, counted.
#[derive(Default)]
pub(crate) struct Tally {
    sums: Mutex<Sums>,
    done: Condvar,
}

/// How many events came to what.
#[derive(Default)]
pub(crate) struct Sums {
    pub(crate) answered: u64,
    /// How many somebody waits for: only then is it worth waking them.
    awaited: u64,
    pub(crate) duplicates: u64,
    pub(crate) refused: u64,
    /// Those that came to nothing, by their numbers.
    pub(crate) failed: Vec<(u64, Error)>,
}

/// A queue with a thread behind it.
pub(crate) struct Lane {
    queue: Mutex<Queue>,
    arrived: Condvar,
    taken: Condvar,
    most: usize,
}

#[derive(Default)]
struct Queue {
    /// Tenants with something waiting, whose turn is next first.
    turns: VecDeque<TenantId>,
    waiting: HashMap<TenantId, VecDeque<Item>>,
    errands: VecDeque<Errand>,
    count: usize,
    closed: bool,
}

impl Item {
    pub(crate) const fn new(prepared: Prepared, reply: Reply) -> Self {
        Self {
            prepared,
            reply,
            put_off: 0,
        }
    }
}

impl Reply {
    /// Whether the answer must be a receipt.
    pub(crate) const fn wants_receipt(&self) -> bool {
        matches!(self, Self::Call(_) | Self::Slot(..))
    }

    pub(crate) fn send(self, answer: Answer) {
        match self {
            Self::Call(call) => call(result(answer)),
            Self::Slot(slots, at) => slots.put(at, result(answer)),
            Self::Tally(tally, number) => tally.count(number, answer),
            Self::Nobody => {
                if let Answer::Failed(error) = answer {
                    tracing::error!(%error, "an event that followed from another came to nothing");
                }
            }
        }
    }
}

fn result(answer: Answer) -> Result<Receipt, Error> {
    match answer {
        Answer::Receipt(receipt) => Ok(*receipt),
        Answer::Failed(error) => Err(error),
        Answer::Counted(_) => Err(Error::Bug("a receipt was asked for and not made".into())),
    }
}

impl Slots {
    pub(crate) fn new(count: usize) -> Arc<Self> {
        let held = Held {
            answers: (0..count).map(|_| None).collect(),
            missing: count,
        };
        Arc::new(Self {
            held: Mutex::new(held),
            done: Condvar::new(),
        })
    }

    pub(crate) fn put(&self, at: usize, answer: Result<Receipt, Error>) {
        let mut held = lock(&self.held);
        held.answers[at] = Some(answer);
        held.missing -= 1;
        if held.missing == 0 {
            self.done.notify_all();
        }
    }

    /// All answers, once the last is there.
    pub(crate) fn wait(&self) -> Vec<Result<Receipt, Error>> {
        let mut held = lock(&self.held);
        while held.missing > 0 {
            held = self.done.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
        held.answers.drain(..).flatten().collect()
    }
}

impl Tally {
    fn count(&self, number: u64, answer: Answer) {
        let mut sums = lock(&self.sums);
        sums.answered += 1;
        match answer {
            Answer::Counted(Counted { duplicate, refused }) => {
                sums.duplicates += u64::from(duplicate);
                sums.refused += u64::from(refused && !duplicate);
            }
            Answer::Receipt(_) => {}
            Answer::Failed(error) => sums.failed.push((number, error)),
        }
        if sums.answered == sums.awaited {
            self.done.notify_all();
        }
    }

    /// Adds an answer that no lane gave.
    pub(crate) fn fail(&self, number: u64, error: Error) {
        self.count(number, Answer::Failed(error));
    }

    /// The sums, once so many are answered.
    pub(crate) fn wait(&self, count: u64) -> MutexGuard<'_, Sums> {
        let mut sums = lock(&self.sums);
        sums.awaited = count;
        while sums.answered < count {
            sums = self.done.wait(sums).unwrap_or_else(PoisonError::into_inner);
        }
        sums
    }
}

impl Lane {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            queue: Mutex::default(),
            arrived: Condvar::new(),
            taken: Condvar::new(),
            most: most.max(1),
        }
    }

    /// Queues an event, or answers it at once if there is no room.
    pub(crate) fn offer(&self, tenant: TenantId, item: Item) {
        let mut queue = lock(&self.queue);
        if queue.closed || queue.count >= self.most {
            let closed = queue.closed;
            drop(queue);
            item.reply.send(Answer::Failed(no_room(closed)));
            return;
        }
        queue.push(tenant, item);
        drop(queue);
        self.arrived.notify_one();
    }

    /// Queues events in order, waiting for room.
    pub(crate) fn push(&self, tenant: TenantId, items: impl IntoIterator<Item = Item>) {
        let mut queue = lock(&self.queue);
        for item in items {
            while queue.count >= self.most && !queue.closed {
                self.arrived.notify_one();
                queue = self
                    .taken
                    .wait(queue)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            if queue.closed {
                item.reply.send(Answer::Failed(no_room(true)));
            } else {
                queue.push(tenant, item);
            }
        }
        drop(queue);
        self.arrived.notify_one();
    }

    /// Queues an errand; a lane that is closed gives it back.
    pub(crate) fn send(&self, errand: Errand) -> Result<(), Errand> {
        let mut queue = lock(&self.queue);
        if queue.closed {
            return Err(errand);
        }
        queue.errands.push_back(errand);
        drop(queue);
        self.arrived.notify_one();
        Ok(())
    }

    /// An errand, or what waits for the tenant whose turn it is, at most `most`; nothing once the
    /// lane is closed and empty.
    pub(crate) fn take(&self, most: usize) -> Option<Work> {
        let mut queue = lock(&self.queue);
        loop {
            if let Some(errand) = queue.errands.pop_front() {
                return Some(Work::Errand(errand));
            }
            if queue.count > 0 {
                break;
            }
            if queue.closed {
                return None;
            }
            queue = self
                .arrived
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let taken = queue.take(most);
        drop(queue);
        self.taken.notify_all();
        taken.map(|(tenant, items)| Work::Events(tenant, items))
    }

    pub(crate) fn waiting(&self) -> usize {
        lock(&self.queue).count
    }

    /// Takes no more.
    pub(crate) fn close(&self) {
        lock(&self.queue).closed = true;
        self.arrived.notify_all();
        self.taken.notify_all();
    }
}

impl Queue {
    fn push(&mut self, tenant: TenantId, item: Item) {
        let line = self.waiting.entry(tenant).or_default();
        if line.is_empty() {
            self.turns.push_back(tenant);
        }
        line.push_back(item);
        self.count += 1;
    }

    fn take(&mut self, most: usize) -> Option<(TenantId, Vec<Item>)> {
        let tenant = self.turns.pop_front()?;
        let line = self.waiting.get_mut(&tenant)?;
        let count = line.len().min(most);
        let items: Vec<Item> = line.drain(..count).collect();
        if line.is_empty() {
            self.waiting.remove(&tenant);
        } else {
            self.turns.push_back(tenant);
        }
        self.count -= items.len();
        Some((tenant, items))
    }
}

fn no_room(closed: bool) -> Error {
    if closed {
        Error::Unavailable("the server is shutting down; send it again in a moment".into())
    } else {
        Error::Busy
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these protect is whole between any two statements, also when a thread panicked.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
