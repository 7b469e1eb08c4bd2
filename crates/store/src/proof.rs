//! The proof that what is stored is what was written. Pure: it gets the rows as streams, sorted,
//! and is the same for both databases.
//!
//! What is proved, and in this order:
//! 1. the tenant's chain of seals, link by link, and that the expected head is in it;
//! 2. each wallet's log: no number is missing, every hash follows from the one before;
//! 3. each row's entries are the postings of its outcome, and its key leads to it;
//! 4. the wallet's row is its log, folded; so are the orders' records, the shared figures and the uses of codes;
//! 5. figures on leaderboards and what is sent are what the log says of the wallet;
//! 6. every head that was sealed is in the log, and whatever is not sealed yet is waiting for it;
//! 7. the audit trail, line by line, up to the newest that is known.

mod audit;
mod beside;
mod fold;
mod seals;

use crate::error::Result;
use crate::hash::{Key, event_key, row_hash};
use crate::record::{AuditLine, Logged, Verified, Wrong};
use crate::writes::{EntryRow, LogRow, unsigned};
pub(crate) use audit::{AuditHead, prove_audit};
use beside::{Beside, BesideRows};
pub(crate) use beside::{StoredFulfilment, StoredScore};
use fold::Orders;
use regulars_base::{TenantId, Timestamp, WalletId};
use regulars_engine::Outcome;
use regulars_engine::code::Code;
use regulars_engine::event::Event;
use regulars_engine::outcome::Change;
use regulars_engine::state::{SharedKey, Wallet};
use std::collections::BTreeMap;
use std::iter::Peekable;

pub(crate) use seals::{HEAD, Head, TOGETHER, heads_in, heads_of, newest_of};

/// A stream of rows.
pub(crate) type Stream<'a, T> = Box<dyn Iterator<Item = Result<T>> + 'a>;

/// Says whether there is a row with a key.
pub(crate) type IsThere<'a> = Box<dyn FnMut(&Key) -> Result<bool> + 'a>;

/// All tables that the proof covers, each sorted by the columns that it starts with.
pub(crate) struct Streams<'a> {
    /// By number.
    pub(crate) seals: Vec<SealRow>,
    /// The heads that wait for the sealer, sorted.
    pub(crate) unsealed: Vec<Head>,
    /// By wallet and number.
    pub(crate) log: Stream<'a, LogRow>,
    /// By wallet, number and place.
    pub(crate) entries: Stream<'a, EntryRow>,
    /// By wallet and number.
    pub(crate) keys: Stream<'a, KeyRow>,
    /// By wallet.
    pub(crate) wallets: Stream<'a, StoredWallet>,
    /// By wallet and key.
    pub(crate) orders: Stream<'a, StoredOrder>,
    /// Whether there is an order's row with this key.
    pub(crate) order_is_there: IsThere<'a>,
    /// By key.
    pub(crate) shared: Vec<(SharedKey, i64)>,
    /// How often each code is used that is used at all.
    pub(crate) codes: Vec<(Code, i64)>,
    /// The wallets that are said to have submissions that wait, sorted.
    pub(crate) submitting: Vec<WalletId>,
    /// By wallet.
    pub(crate) scores: Stream<'a, StoredScore>,
    /// By wallet.
    pub(crate) fulfilments: Stream<'a, StoredFulfilment>,
    /// The wallets that are said to be on a plan, sorted.
    pub(crate) subscribing: Vec<WalletId>,
    /// By number.
    pub(crate) audit: Stream<'a, AuditLine>,
    /// Its newest line.
    pub(crate) audit_head: AuditHead,
}

/// A row of `seals`.
#[derive(Debug)]
pub(crate) struct SealRow {
    pub(crate) no: i64,
    pub(crate) at: Timestamp,
    pub(crate) heads: Vec<u8>,
    pub(crate) hash: [u8; 32],
}

/// A row of `event_keys`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyRow {
    pub(crate) wallet: WalletId,
    pub(crate) seq: i64,
    pub(crate) key: Key,
}

/// A row of `wallets`.
#[derive(Debug)]
pub(crate) struct StoredWallet {
    pub(crate) wallet: WalletId,
    pub(crate) seq: i64,
    pub(crate) head: [u8; 32],
    pub(crate) tier: Option<i64>,
    pub(crate) state: Vec<u8>,
}

/// A row of `orders`.
#[derive(Debug)]
pub(crate) struct StoredOrder {
    pub(crate) wallet: WalletId,
    pub(crate) key: Key,
    /// The log row that made the record, if it alone did.
    pub(crate) seq: Option<i64>,
    /// The record, if several did.
    pub(crate) record: Option<Vec<u8>>,
}

/// The end of a proof that failed: the row, or that it could not be read at all.
enum Stop {
    Wrong(Wrong),
    Error(crate::Error),
}

impl From<crate::Error> for Stop {
    fn from(error: crate::Error) -> Self {
        Self::Error(error)
    }
}

fn wrong<T>(
    table: &'static str,
    row: impl Into<String>,
    what: impl Into<String>,
) -> Result<T, Stop> {
    Err(Stop::Wrong(Wrong {
        table,
        row: row.into(),
        what: what.into(),
    }))
}

/// Proves a tenant's rows.
pub(crate) fn prove(
    tenant: TenantId,
    streams: Streams<'_>,
    expected: Option<&[u8; 32]>,
    progress: &mut dyn FnMut(u64),
) -> Result<Verified> {
    let mut proof = Proof {
        tenant,
        verified: Verified::default(),
        shared: BTreeMap::new(),
        codes: BTreeMap::new(),
        orders: Orders::default(),
        progress,
    };
    match proof.run(streams, expected) {
        Ok(()) => Ok(proof.verified),
        Err(Stop::Wrong(wrong)) => Ok(Verified {
            wrong: Some(wrong),
            ..proof.verified
        }),
        Err(Stop::Error(error)) => Err(error),
    }
}

struct Proof<'a> {
    tenant: TenantId,
    verified: Verified,
    shared: BTreeMap<SharedKey, i64>,
    /// How often codes are used, by the log.
    codes: BTreeMap<Code, i64>,
    orders: Orders,
    progress: &'a mut dyn FnMut(u64),
}

/// What a wallet's log came to.
struct Folded {
    seq: i64,
    head: [u8; 32],
    state: Wallet,
    beside: Beside,
}

impl Proof<'_> {
    fn run(&mut self, mut streams: Streams<'_>, expected: Option<&[u8; 32]>) -> Result<(), Stop> {
        let sealed = self.chain(&streams.seals, expected)?;
        let mut sealed = sealed.into_iter().peekable();
        let mut log = streams.log.peekable();
        let mut entries = streams.entries.peekable();
        let mut keys = streams.keys.peekable();
        let mut orders = streams.orders.peekable();
        let mut wallets = streams.wallets.peekable();
        let mut beside = BesideRows {
            scores: streams.scores.peekable(),
            fulfilments: streams.fulfilments.peekable(),
        };
        loop {
            let next = [
                peek(&mut log, |row: &LogRow| row.wallet)?,
                peek(&mut wallets, |row: &StoredWallet| row.wallet)?,
                sealed.peek().map(|head| head.wallet),
            ];
            let Some(wallet) = next.into_iter().flatten().min() else {
                break;
            };
            let mut heads = Vec::new();
            while let Some(head) = sealed.next_if(|head| head.wallet == wallet) {
                heads.push((head.seq, head.hash));
            }
            let folded = self.wallet(wallet, &mut log, &mut entries, &mut keys, &heads)?;
            let row = take(&mut wallets, |row: &StoredWallet| row.wallet == wallet)?;
            self.row(wallet, &folded, row)?;
            beside.compare(wallet, &folded.beside)?;
            // One too many is looked at for nothing; one that is missing would never be.
            let lists = [
                (
                    crate::writes::WAITING,
                    &streams.submitting,
                    folded.state.has_waiting_submissions(),
                ),
                (
                    crate::writes::SUBSCRIBERS,
                    &streams.subscribing,
                    folded.state.is_on_a_plan(),
                ),
            ];
            for (table, told, belongs) in lists {
                if belongs && told.binary_search(&wallet).is_err() {
                    let what = "the row is missing, and the wallet belongs on the list";
                    return wrong(table, wallet.to_string(), what);
                }
            }
            let last = heads.iter().map(|(seq, _)| *seq).max().unwrap_or(0);
            let newest = Head {
                wallet,
                seq: folded.seq,
                hash: folded.head,
            };
            if last < folded.seq && streams.unsealed.binary_search(&newest).is_err() {
                let what = format!("rows after number {last} are neither sealed nor wait for it");
                return wrong("log", format!("{wallet}/{}", folded.seq), what);
            }
            self.orders.end_of_wallet(wallet, &mut orders)?;
            self.verified.wallets += 1;
        }
        if let Some(entry) = entries.next().transpose()? {
            let row = format!("{}/{}/{}", entry.wallet, entry.seq, entry.no);
            return wrong("entries", row, "belongs to no log row");
        }
        if let Some(key) = keys.next().transpose()? {
            let row = format!("{}/{}", key.wallet, key.seq);
            return wrong("event_keys", row, "leads to no log row");
        }
        beside.end()?;
        self.orders.end(&mut orders, &mut streams.order_is_there)?;
        self.figures(&streams.shared)?;
        self.codes(&streams.codes)?;
        self.audit(streams.audit, streams.audit_head)?;
        (self.progress)(self.verified.events);
        Ok(())
    }

    /// One wallet's log from its first row on.
    fn wallet(
        &mut self,
        wallet: WalletId,
        log: &mut Peekable<Stream<'_, LogRow>>,
        entries: &mut Peekable<Stream<'_, EntryRow>>,
        keys: &mut Peekable<Stream<'_, KeyRow>>,
        sealed: &[(i64, [u8; 32])],
    ) -> Result<Folded, Stop> {
        let mut folded = Folded {
            seq: 0,
            head: [0; 32],
            state: Wallet::default(),
            beside: Beside::default(),
        };
        let mut sealed = sealed.iter().peekable();
        while let Some(row) = take(log, |row: &LogRow| row.wallet == wallet)? {
            let name = format!("{wallet}/{}", row.seq);
            if row.seq != folded.seq + 1 {
                let gone = folded.seq + 1;
                return wrong("log", format!("{wallet}/{gone}"), "the row is missing");
            }
            if row_hash(&folded.head, &row.covered(self.tenant)) != row.hash {
                return wrong("log", name, "its hash does not follow from what it holds");
            }
            while let Some((_, head)) = sealed.next_if(|(seq, _)| *seq == row.seq) {
                if *head != row.hash {
                    return wrong("log", name, "its hash is not the one that was sealed");
                }
            }
            (folded.seq, folded.head) = (row.seq, row.hash);
            let (event, outcome) = self.content(&row, &name)?;
            self.entries(&row, &outcome, entries)?;
            key(&row, &event, keys)?;
            self.fold(&mut folded, &event, &outcome, &name)?;
            folded.beside.take(row.member, &outcome.changes);
            self.verified.events += 1;
            if self.verified.events.is_multiple_of(4096) {
                (self.progress)(self.verified.events);
            }
        }
        match sealed.next() {
            Some((seq, _)) => wrong(
                "log",
                format!("{wallet}/{seq}"),
                "the row was sealed and is missing",
            ),
            None => Ok(folded),
        }
    }

    fn content(&self, row: &LogRow, name: &str) -> Result<(Event, Outcome), Stop> {
        let logged = Logged::of(row).or_else(|error| wrong("log", name, error.to_string()))?;
        let event = &logged.event;
        let same = (event.occurred_at.micros(), event.recorded_at.micros())
            == (row.occurred_at, row.recorded_at)
            && event.kind_name() == row.kind;
        match same {
            true => Ok((logged.event, logged.outcome)),
            false => wrong("log", name, "its columns are not those of its event"),
        }
    }

    fn entries(
        &mut self,
        row: &LogRow,
        outcome: &Outcome,
        entries: &mut Peekable<Stream<'_, EntryRow>>,
    ) -> Result<(), Stop> {
        let here = (row.wallet, row.seq);
        for (no, posting) in outcome.postings().enumerate() {
            let right = EntryRow::of(row.wallet, row.seq, no, posting);
            let name = format!("{}/{}/{no}", row.wallet, row.seq);
            match take(entries, |entry: &EntryRow| {
                (entry.wallet, entry.seq) <= here
            })? {
                Some(entry) if entry == right => self.verified.entries += 1,
                Some(entry)
                    if (entry.wallet, entry.seq, entry.no) == (here.0, here.1, right.no) =>
                {
                    return wrong("entries", name, "is not the posting that the log holds");
                }
                Some(entry) if (entry.wallet, entry.seq) < here => {
                    let name = format!("{}/{}/{}", entry.wallet, entry.seq, entry.no);
                    return wrong("entries", name, "belongs to no posting");
                }
                _ => return wrong("entries", name, "the row is missing"),
            }
        }
        match take(entries, |entry: &EntryRow| {
            (entry.wallet, entry.seq) <= here
        })? {
            Some(entry) => {
                let name = format!("{}/{}/{}", entry.wallet, entry.seq, entry.no);
                wrong("entries", name, "belongs to no posting")
            }
            None => Ok(()),
        }
    }

    fn fold(
        &mut self,
        folded: &mut Folded,
        event: &Event,
        outcome: &Outcome,
        name: &str,
    ) -> Result<(), Stop> {
        let state = &mut folded.state;
        // Changes that never were decided on this state may break what it asserts.
        let applied = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            outcome
                .changes
                .iter()
                .for_each(|change| state.apply(change));
        }));
        if applied.is_err() {
            return wrong("log", name, "its changes do not fit the rows before it");
        }
        for change in &outcome.changes {
            if let Change::Drawn { key, by } = change {
                *self.shared.entry(*key).or_default() += by;
            }
            if let Change::CodeMoved { code, by } = change {
                *self.codes.entry(code.clone()).or_default() += by;
            }
        }
        if let Some(number) = event.order().filter(|_| !event.looks_at_order()) {
            self.orders.take(folded.seq, event, number, outcome);
        }
        Ok(())
    }

    fn row(
        &self,
        wallet: WalletId,
        folded: &Folded,
        row: Option<StoredWallet>,
    ) -> Result<(), Stop> {
        let Some(row) = row else {
            return wrong("wallets", wallet.to_string(), "the row is missing");
        };
        let state: Wallet = crate::format::decode(&row.state, "its state")
            .or_else(|error| wrong("wallets", wallet.to_string(), error.to_string()))?;
        let tier = folded.state.tier.name.map(|name| i64::from(name.number()));
        let what = if row.seq != folded.seq {
            format!("says {} log rows, there are {}", row.seq, folded.seq)
        } else if row.head != folded.head {
            "its head is not the hash of its newest log row".into()
        } else if state != folded.state {
            "its state is not what its log comes to".into()
        } else if row.tier != tier {
            "its tier is not what its log comes to".into()
        } else {
            return Ok(());
        };
        wrong("wallets", wallet.to_string(), what)
    }

    /// Each code is used as often as the log says.
    fn codes(&mut self, rows: &[(Code, i64)]) -> Result<(), Stop> {
        for (code, used) in rows {
            let sum = self.codes.remove(code).unwrap_or(0);
            if sum != *used {
                let what = format!("says it is used {used} times, the log sums to {sum}");
                return wrong("codes", code.as_str(), what);
            }
        }
        match self.codes.iter().find(|(_, sum)| **sum != 0) {
            Some((code, sum)) => {
                let what = format!("says it is not used, the log sums to {sum}");
                wrong("codes", code.as_str(), what)
            }
            None => Ok(()),
        }
    }

    fn figures(&mut self, stored: &[(SharedKey, i64)]) -> Result<(), Stop> {
        for (key, used) in stored {
            let sum = self.shared.remove(key).unwrap_or(0);
            if sum != *used {
                let row = format!("{:08x}/{}", key.name.number(), key.period);
                return wrong("shared", row, format!("says {used}, the log sums to {sum}"));
            }
        }
        match self.shared.iter().find(|(_, sum)| **sum != 0) {
            Some((key, _)) => {
                let row = format!("{:08x}/{}", key.name.number(), key.period);
                wrong("shared", row, "the row is missing")
            }
            None => Ok(()),
        }
    }
}

fn key(row: &LogRow, event: &Event, keys: &mut Peekable<Stream<'_, KeyRow>>) -> Result<(), Stop> {
    let right = KeyRow {
        wallet: row.wallet,
        seq: row.seq,
        key: event_key(&event.key),
    };
    let name = format!("{}/{}", row.wallet, row.seq);
    match take(keys, |key: &KeyRow| {
        (key.wallet, key.seq) <= (row.wallet, row.seq)
    })? {
        Some(found) if found == right => Ok(()),
        Some(found) if (found.wallet, found.seq) == (right.wallet, right.seq) => {
            wrong("event_keys", name, "is not the key of its log row")
        }
        Some(found) => {
            let name = format!("{}/{}", found.wallet, found.seq);
            wrong("event_keys", name, "leads to no log row, or twice to one")
        }
        None => wrong("event_keys", name, "the row is missing"),
    }
}

/// The key of the next row, if there is one.
fn peek<T, K>(
    stream: &mut Peekable<Stream<'_, T>>,
    key: impl Fn(&T) -> K,
) -> Result<Option<K>, Stop> {
    match stream.peek() {
        Some(Ok(row)) => Ok(Some(key(row))),
        Some(Err(_)) => match stream.next() {
            Some(Err(error)) => Err(error.into()),
            _ => Ok(None),
        },
        None => Ok(None),
    }
}

/// The next row, if it is one of those.
fn take<T>(
    stream: &mut Peekable<Stream<'_, T>>,
    is: impl Fn(&T) -> bool,
) -> Result<Option<T>, Stop> {
    match stream.next_if(|row| row.as_ref().map_or(true, &is)) {
        Some(row) => Ok(Some(row?)),
        None => Ok(None),
    }
}

impl Logged {
    /// The row, read.
    pub(crate) fn of(row: &LogRow) -> Result<Self> {
        Ok(Self {
            wallet: row.wallet,
            member: row.member,
            seq: unsigned(row.seq)?,
            event: crate::format::decode(&row.event, "a log row's event")?,
            program: row.program,
            outcome: crate::format::decode(&row.outcome, "a log row's outcome")?,
            hash: row.hash,
        })
    }
}
