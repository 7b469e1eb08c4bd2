//! What a batch must write, row by row. The same for both databases: they only differ in how they
//! write it.

use crate::batch::{Commit, Loaded, WalletRow};
use crate::error::Error;
use crate::format::encode;
use crate::hash::{Key, Row, event_key, row_hash};
use crate::plan::Aside;
use crate::proof::{Head, heads_of};
use crate::record::{Identity, MemberPatch};
use crate::vault::TenantVault;
use regulars_base::{MemberId, Name, TenantId, Text, Timestamp, WalletId};
use regulars_engine::code::Code;
use regulars_engine::event::Kind;
use regulars_engine::outcome::Change;
use regulars_engine::state::{Fulfilment, GameChange, PerkChange, SharedKey, Wallet};
use regulars_ledger::{Account, Posting};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The table of wallets in which submissions wait.
pub(crate) const WAITING: &str = "submissions_waiting";

/// The table of wallets whose owner is on a plan.
pub(crate) const SUBSCRIBERS: &str = "subscribers";

/// The rows of a batch but for its log, each list sorted by its table's key.
#[derive(Debug, Default)]
pub(crate) struct Writes {
    pub(crate) keys: Vec<(Key, WalletId, i64)>,
    pub(crate) entries: Vec<EntryRow>,
    /// Places of the wallets to write, sorted by their ids.
    pub(crate) wallets: Vec<usize>,
    /// New members: place of the wallet, and when.
    pub(crate) members: Vec<(usize, Timestamp)>,
    pub(crate) identities: Vec<(Key, usize, Identity)>,
    /// Places of the orders to write, with key, owner, whether the row is there, and whether the
    /// purchase was seen.
    pub(crate) orders: Vec<OrderWrite>,
    pub(crate) shared: BTreeMap<SharedKey, i64>,
    /// What happened to codes of coupons.
    pub(crate) codes: BTreeMap<Code, CodeWrite>,
    /// Where in the log that stands.
    pub(crate) code_steps: Vec<(Code, WalletId, i64)>,
    /// By how much figures of leaderboards, draws and causes move, and when last: by wallet, figure
    /// and period.
    pub(crate) scores: BTreeMap<(WalletId, i64, i32), (i64, i64)>,
    /// How far redemptions that are sent have come: by wallet and redemption, and whose they are.
    pub(crate) fulfilments: BTreeMap<(WalletId, Text), (MemberId, Fulfilment)>,
    /// Members who were merged, and into whom; nobody, if they were parted again.
    pub(crate) merged: Vec<(MemberId, Option<MemberId>)>,
    /// Places of wallets whose invoices moved, in the order of their ids, and whether any asks for a
    /// payment now.
    pub(crate) paying: Vec<(usize, bool)>,
    /// Places of wallets whose submissions moved, in the order of their ids, and whether any waits now.
    pub(crate) submitting: Vec<(usize, bool)>,
    /// Places of wallets whose standing with plans moved, in the order of their ids, and whether they are
    /// on one now.
    pub(crate) subscribing: Vec<(usize, bool)>,
    /// What is changed of what is known of people.
    pub(crate) people: Vec<(MemberId, MemberPatch)>,
    /// How that is to stand.
    pub(crate) vault: TenantVault,
}

/// What a batch does to a code.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CodeWrite {
    /// So often more it is used.
    pub(crate) by: i64,
    /// In whose hand it is afterwards, if that moved.
    moved: Option<Option<WalletId>>,
}

/// The log rows of a batch, and what they leave of each wallet.
#[derive(Debug)]
pub(crate) struct Chain {
    /// Sorted by wallet and number.
    pub(crate) log: Vec<LogRow>,
    /// By the place of the wallet.
    wallets: Vec<After>,
}

/// What a batch leaves of a wallet. Empty, if it does not write it.
#[derive(Clone, Debug, Default)]
pub(crate) struct After {
    /// The hash of the newest log row.
    pub(crate) head: [u8; 32],
    /// The state, as it is stored.
    pub(crate) state: Vec<u8>,
}

/// A row of the log.
#[derive(Clone, Debug)]
pub(crate) struct LogRow {
    pub(crate) wallet: WalletId,
    pub(crate) seq: i64,
    pub(crate) kind: Cow<'static, str>,
    pub(crate) occurred_at: i64,
    pub(crate) recorded_at: i64,
    pub(crate) member: MemberId,
    pub(crate) program: i64,
    pub(crate) input: [u8; 32],
    pub(crate) event: Vec<u8>,
    pub(crate) outcome: Vec<u8>,
    pub(crate) hash: [u8; 32],
}

/// A row of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EntryRow {
    pub(crate) wallet: WalletId,
    pub(crate) seq: i64,
    pub(crate) no: i32,
    pub(crate) points: i64,
    pub(crate) from: i16,
    pub(crate) to: i16,
    pub(crate) amount: i64,
    pub(crate) expires_at: Option<i64>,
    pub(crate) available_at: Option<i64>,
    pub(crate) effective_at: i64,
}

/// An order to write.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OrderWrite {
    pub(crate) place: usize,
    pub(crate) key: Key,
    pub(crate) wallet: WalletId,
    pub(crate) found: bool,
    pub(crate) purchased: bool,
    /// The number of the log row that alone made the record: then the row says where that is, and
    /// does not repeat it.
    pub(crate) alone: Option<i64>,
}

impl EntryRow {
    /// The row of a posting. Dates that mean "never" and "at once" take no space.
    pub(crate) fn of(wallet: WalletId, seq: i64, no: usize, posting: &Posting) -> Self {
        let dates = posting.dates;
        Self {
            wallet,
            seq,
            no: i32::try_from(no).expect("an event makes fewer than 2^31 postings"),
            points: posting.points.number().into(),
            from: posting.from as i16,
            to: posting.to as i16,
            amount: posting.amount,
            expires_at: (dates.expires_at != Timestamp::LAST).then(|| dates.expires_at.micros()),
            available_at: (dates.available_at != Timestamp::FIRST)
                .then(|| dates.available_at.micros()),
            effective_at: posting.effective_at.micros(),
        }
    }
}

/// The number of a log row as the databases keep it: they have no unsigned numbers.
pub(crate) fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// The same, read back.
pub(crate) fn unsigned(seq: i64) -> Result<u64, Error> {
    u64::try_from(seq).map_err(|_| Error::Corrupt(format!("a log row has the number {seq}")))
}

/// The points with this number in the table of entries.
pub(crate) fn points(number: i64) -> Option<Name> {
    u32::try_from(number).ok().map(Name::from_number)
}

/// The account with this number in the table of entries.
pub(crate) fn account(number: i64) -> Option<Account> {
    Account::ALL
        .into_iter()
        .find(|account| *account as i64 == number)
}

impl Writes {
    /// What `commits` ask to be written.
    pub(crate) fn of(loaded: &Loaded, aside: &Aside, commits: &[Commit]) -> Self {
        let mut writes = Self {
            vault: aside.vault.clone(),
            ..Self::default()
        };
        writes.append(loaded, commits);
        writes.touch(loaded, aside, commits);
        writes.keys.sort_unstable();
        writes
            .entries
            .sort_unstable_by_key(|row| (row.wallet, row.seq, row.no));
        writes
    }

    /// Ledger and keys.
    fn append(&mut self, loaded: &Loaded, commits: &[Commit]) {
        self.keys.reserve(commits.len());
        for commit in commits {
            let (wallet, seq) = (loaded.wallets[commit.wallet].wallet, signed(commit.seq));
            self.keys.push((event_key(&commit.event.key), wallet, seq));
            self.people.extend(commit.person.clone());
            let postings = commit.outcome.postings().enumerate();
            self.entries
                .extend(postings.map(|(no, posting)| EntryRow::of(wallet, seq, no, posting)));
        }
    }

    /// Wallets, members, orders and shared figures.
    fn touch(&mut self, loaded: &Loaded, aside: &Aside, commits: &[Commit]) {
        let mut orders: BTreeMap<Key, OrderWrite> = BTreeMap::new();
        let mut since: BTreeMap<usize, Timestamp> = BTreeMap::new();
        let mut paying: Vec<usize> = Vec::new();
        let mut submitting: Vec<usize> = Vec::new();
        let mut subscribing: Vec<usize> = Vec::new();
        for commit in commits {
            since
                .entry(commit.wallet)
                .or_insert(commit.event.recorded_at);
            let wallet = loaded.wallets[commit.wallet].wallet;
            if let Some(place) = commit.order {
                let (key, found, purchased) = aside.orders[place];
                let order = orders.entry(key);
                let order = order
                    .and_modify(|order| order.alone = None)
                    .or_insert(OrderWrite {
                        place,
                        key,
                        wallet: loaded.orders[place].wallet.unwrap_or(wallet),
                        found,
                        purchased,
                        alone: (!found).then(|| signed(commit.seq)),
                    });
                if matches!(commit.event.kind, Kind::Purchase(_)) && !order.purchased {
                    (order.wallet, order.purchased) = (wallet, true);
                }
            }
            let row = &loaded.wallets[commit.wallet];
            if matches!(commit.event.kind, Kind::Unmerged(_)) && row.merged_into.is_none() {
                self.merged.push((row.member, None));
            }
            for change in &commit.outcome.changes {
                match change {
                    Change::Drawn { key, by } => {
                        *self.shared.entry(*key).or_default() += by;
                    }
                    Change::Invoiced(_) => paying.push(commit.wallet),
                    Change::StandingSet(_) => subscribing.push(commit.wallet),
                    Change::Submitted(_)
                    | Change::SubmissionApproved { .. }
                    | Change::SubmissionGone { .. } => submitting.push(commit.wallet),
                    Change::Games(moved) => self.score(wallet, moved),
                    Change::Perks(moved) => {
                        if let PerkChange::Fulfilment(now) = &**moved {
                            let member = loaded.wallets[commit.wallet].member;
                            let key = (wallet, now.redemption.clone());
                            self.fulfilments.insert(key, (member, now.clone()));
                        }
                    }
                    _ => {}
                }
                if let Some(code) = change.code() {
                    let write = self.codes.entry(code.clone()).or_default();
                    write.take(change, wallet);
                    self.code_steps
                        .push((code.clone(), wallet, signed(commit.seq)));
                }
            }
        }
        self.shared.retain(|_, by| *by != 0);
        // Each place once, in the order of the wallets' ids, and how it is there afterwards.
        let now = |mut places: Vec<usize>, is: &dyn Fn(&Wallet) -> bool| -> Vec<(usize, bool)> {
            places.sort_unstable_by_key(|place| loaded.wallets[*place].wallet);
            places.dedup();
            let state = |place: usize| &loaded.wallets[place].state;
            places
                .into_iter()
                .map(|place| (place, is(state(place))))
                .collect()
        };
        self.paying = now(paying, &|wallet| {
            wallet.paying.as_ref().is_some_and(|paying| paying.asks())
        });
        self.submitting = now(submitting, &Wallet::has_waiting_submissions);
        self.subscribing = now(subscribing, &Wallet::is_on_a_plan);
        self.orders = orders.into_values().collect();
        self.wallets = since.keys().copied().collect();
        self.wallets
            .sort_unstable_by_key(|place| loaded.wallets[*place].wallet);
        for place in &self.wallets {
            let row = &loaded.wallets[*place];
            self.merged
                .extend(row.merged_into.map(|into| (row.member, Some(into))));
            if row.is_new {
                self.members.push((*place, since[place]));
            }
        }
        for (place, identity) in &aside.identities {
            if since.contains_key(place) {
                let member = loaded.wallets[*place].member;
                let (key, stands) = aside.vault.identity(member, identity);
                self.identities.push((key, *place, stands));
            }
        }
        self.identities.sort_unstable();
    }
}

impl CodeWrite {
    fn take(&mut self, change: &Change, wallet: WalletId) {
        match change {
            Change::CodeMoved { by, .. } => self.by += by,
            Change::CodeAssigned(_) => self.moved = Some(Some(wallet)),
            Change::CodeReleased(_) => self.moved = Some(None),
            _ => {}
        }
    }

    /// Whether it changed hands, and in whose it is then.
    pub(crate) fn holder(&self) -> (bool, Option<WalletId>) {
        (self.moved.is_some(), self.moved.flatten())
    }
}

impl Writes {
    fn score(&mut self, wallet: WalletId, moved: &GameChange) {
        if let GameChange::Scored {
            board,
            period,
            by,
            at,
        } = moved
        {
            let key = (wallet, i64::from(board.number()), *period);
            let (sum, since) = self.scores.entry(key).or_default();
            *sum += by;
            *since = at.micros();
        }
    }
}

impl Chain {
    /// The log rows of `commits`.
    pub(crate) fn of(tenant: TenantId, loaded: &Loaded, commits: &[Commit]) -> Self {
        let mut wallets = vec![After::default(); loaded.wallets.len()];
        let mut last: BTreeMap<usize, u64> = BTreeMap::new();
        let mut log = Vec::with_capacity(commits.len());
        for commit in commits {
            let wallet = &loaded.wallets[commit.wallet];
            let before = last.insert(commit.wallet, commit.seq);
            assert!(
                before.is_none_or(|seq| seq + 1 == commit.seq),
                "commits on a wallet are numbered without gaps, by Loaded::commit"
            );
            let head = match before {
                None => wallet.head,
                Some(_) => wallets[commit.wallet].head,
            };
            let row = LogRow::of(tenant, wallet, &head, commit);
            wallets[commit.wallet].head = row.hash;
            log.push(row);
        }
        for (place, seq) in last {
            let row = &loaded.wallets[place];
            assert!(row.seq == seq, "every number given out was committed");
            wallets[place].state = encode(&row.state);
        }
        log.sort_unstable_by_key(|row| (row.wallet, row.seq));
        Self { log, wallets }
    }

    /// What is left of the wallet at `place`.
    pub(crate) fn after(&self, place: usize) -> &After {
        &self.wallets[place]
    }

    /// What the batch leaves for the sealer: the new head of each wallet that it wrote.
    pub(crate) fn heads(&self) -> Vec<u8> {
        let wallets = self.log.chunk_by(|one, next| one.wallet == next.wallet);
        let newest = wallets.filter_map(<[LogRow]>::last);
        heads_of(newest.map(|row| Head {
            wallet: row.wallet,
            seq: row.seq,
            hash: row.hash,
        }))
    }

    /// The key of the batch in the table of the sealer: no other batch has such a row.
    pub(crate) fn name(&self) -> [u8; 16] {
        let first = self.log.first().and_then(|row| row.hash.first_chunk());
        *first.unwrap_or(&[0; 16])
    }
}

impl LogRow {
    /// The row of `commit` after the row whose hash is `before`.
    fn of(tenant: TenantId, wallet: &WalletRow, before: &[u8; 32], commit: &Commit) -> Self {
        let event = &commit.event;
        let mut row = Self {
            wallet: wallet.wallet,
            seq: signed(commit.seq),
            kind: event.kind_name().into(),
            occurred_at: event.occurred_at.micros(),
            recorded_at: event.recorded_at.micros(),
            member: wallet.member,
            program: commit.program,
            input: commit.input,
            event: encode(event),
            outcome: encode(&commit.outcome),
            hash: [0; 32],
        };
        row.hash = row_hash(before, &row.covered(tenant));
        row
    }

    /// What its hash covers.
    pub(crate) fn covered(&self, tenant: TenantId) -> Row<'_> {
        Row {
            tenant,
            wallet: self.wallet,
            seq: self.seq,
            member: self.member.bytes(),
            kind: &self.kind,
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
            program: self.program,
            input: &self.input,
            event: &self.event,
            outcome: &self.outcome,
        }
    }
}
