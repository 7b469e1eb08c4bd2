//! What goes into a batch, what comes out of it, and what it works on.

use crate::card::CardRow;
use crate::record::{Logged, MemberPatch};
use regulars_base::{EventKey, MemberId, Text, Timestamp, WalletId};
use regulars_engine::code::Code;
use regulars_engine::event::{Event, Incoming, Kind, Who};
use regulars_engine::state::{Codes, Order, Shared, SharedKey, Wallet};
use regulars_engine::{Outcome, program::Program};

/// What one event of a batch asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The event's key.
    pub key: EventKey,
    /// SHA-256 of the event as it came in: canonical, without `recorded_at` and entropy.
    pub input: [u8; 32],
    /// Whom it concerns.
    pub who: Who,
    /// The order that it names, within the key's source.
    pub order: Option<Text>,
    /// Whether it is the order's purchase: whoever bought owns the order.
    pub purchase: bool,
    /// Whether it only looks at the order: it is shown those alone that its own wallet placed, and
    /// nothing is written of it.
    pub looks: bool,
    /// Whether it pays out a refund: of an order of the group that the member belongs to, it is the
    /// group's.
    pub pays_out: bool,
    /// Shared figures that its decision may see.
    pub shared: Vec<SharedKey>,
    /// Codes of coupons that its decision may see.
    pub codes: Vec<Code>,
    /// Other members whose wallets may change by what follows from it, as far as is known.
    pub also: Vec<MemberId>,
    /// Who sold, by the value of their identity of the kind `staff`. Nobody is made for it.
    pub staff: Option<Text>,
    /// A member whose own wallet is asked for, though they were merged into another.
    pub parts: Option<MemberId>,
    /// The id to give to the customer if the identity is unknown.
    pub fresh: MemberId,
}

/// What is known of one [`Ask`].
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It was ingested before, with the same input: this is what came of it.
    Seen(Box<Logged>),
    /// Its key was used before with other input (maybe by an earlier ask of this batch).
    KeyReused,
    /// It is the same event as the ask at this place of the batch, which comes before it.
    SameAs(usize),
    /// There is no such member; or the event asks for the owner of an order and names none.
    UnknownMember,
    /// Whoever is named by a card is nobody: it was not handed out yet, or is no longer good.
    NoCard(Box<CardRow>),
    /// It is new: decide it.
    Fresh {
        /// The place of its wallet in [`Loaded::wallets`].
        wallet: usize,
        /// The place of its order in [`Loaded::orders`].
        order: Option<usize>,
    },
}

/// A wallet as it is stored; the closure leaves in it what shall be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct WalletRow {
    /// Its id.
    pub wallet: WalletId,
    /// Whose it is.
    pub member: MemberId,
    /// The number of its newest log row; 0 if it has none. Written by [`Loaded::commit`].
    pub seq: u64,
    /// The hash of its newest log row; zeros if it has none. Written by the store.
    pub head: [u8; 32],
    /// Where its newest log row stands, in a database that has no index of them. Written by the
    /// store.
    pub newest: Option<i64>,
    /// Where its own row stands, in a database that numbers them; nothing while it has none.
    pub no: Option<i64>,
    /// What rules know of it.
    pub state: Wallet,
    /// When it next needs a tick. To be set by the closure (`regulars_engine::due`).
    pub due_at: Option<Timestamp>,
    /// The member who took it over. To be set by the closure after an accepted merge.
    pub merged_into: Option<MemberId>,
    /// Whether the database has no row of it yet.
    pub is_new: bool,
}

/// An order's record as it is stored; the closure leaves in it what shall be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderRow {
    /// The source that its number belongs to.
    pub source: Text,
    /// Its number.
    pub number: Text,
    /// Whose it is: the wallet of its purchase, or of the first event that named it.
    /// Nothing if no event did.
    pub wallet: Option<WalletId>,
    /// The record.
    pub state: Order,
}

/// Everything that the asks of a batch named, locked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    /// One for each ask, in order.
    pub answers: Vec<Answer>,
    /// Each wallet once.
    pub wallets: Vec<WalletRow>,
    /// Each order once.
    pub orders: Vec<OrderRow>,
    /// Each other member that an ask named, and the place of the wallet that stands for them;
    /// nothing if there is no such member.
    pub others: Vec<(MemberId, Option<usize>)>,
    /// Of asks (by their place) that name who sold, the place of that member's wallet, where there is
    /// such a member.
    pub staff: Vec<(usize, usize)>,
    /// All shared figures that any ask named.
    pub shared: Shared,
    /// All codes that any ask named and that are there.
    pub codes: Codes,
    /// The number of the tenant's newest program version, so that a cache of programs knows
    /// whether it is stale; 0 if there is none.
    pub program: i64,
}

/// Where the wallet of a member stands, for whom an event follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// At this place of [`Loaded::wallets`].
    At(usize),
    /// There is no such member.
    Nobody,
    /// No ask named them: to be asked again, with them.
    NotAsked,
}

/// An event that was decided, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Commit {
    /// The place of its wallet in [`Loaded::wallets`].
    pub wallet: usize,
    /// The place of its order in [`Loaded::orders`].
    pub order: Option<usize>,
    /// Its number in the wallet's log. Written by [`Loaded::commit`].
    pub seq: u64,
    /// The event, with `recorded_at` and entropy.
    pub event: Event,
    /// The hash of its input, as in [`Ask::input`].
    pub input: [u8; 32],
    /// The number of the program version that decided it.
    pub program: i64,
    /// What came of it.
    pub outcome: Outcome,
    /// What is changed with it of what is known of a person: both or neither.
    pub person: Option<(MemberId, MemberPatch)>,
}

impl Ask {
    /// Whether it is a refund: it concerns whoever placed the order, whoever sends it.
    pub(crate) const fn is_refund(&self) -> bool {
        self.order.is_some() && !self.purchase && !self.looks
    }

    /// What `incoming` asks for. `shared` is what `regulars_engine::needs` names, `fresh` the id
    /// of the customer if nobody has the identity yet.
    pub fn of(incoming: &Incoming, shared: Vec<SharedKey>, fresh: MemberId) -> Self {
        let event = &incoming.event;
        Self {
            key: event.key.clone(),
            input: crate::input_hash(incoming, &[]),
            who: incoming.who.clone(),
            order: event.order().cloned(),
            purchase: matches!(event.kind, Kind::Purchase(_) | Kind::SellThrough(_)),
            looks: event.looks_at_order(),
            pays_out: event.pays_out(),
            shared,
            codes: event.codes().to_vec(),
            also: event.members(),
            staff: None,
            parts: event.parts(),
            fresh,
        }
    }
}

impl Loaded {
    /// Numbers a decided event in its wallet's log.
    pub fn commit(
        &mut self,
        (wallet, order): (usize, Option<usize>),
        event: Event,
        input: [u8; 32],
        program: i64,
        outcome: Outcome,
    ) -> Commit {
        let row = &mut self.wallets[wallet];
        row.seq += 1;
        Commit {
            wallet,
            order,
            seq: row.seq,
            event,
            input,
            program,
            outcome,
            person: None,
        }
    }

    /// The wallet that stands for the one at `place` now: another one, if an earlier event of this
    /// batch merged it away.
    pub fn standing(&self, place: usize) -> usize {
        let mut at = place;
        // A chain of merges is never longer than the wallets that there are.
        for _ in 0..self.wallets.len() {
            let into = |member| self.wallets.iter().position(|row| row.member == member);
            match self.wallets[at].merged_into.and_then(into) {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }

    /// Where the wallet of `member` stands, or of whoever took them over.
    pub fn other(&self, member: MemberId) -> Other {
        if let Some(place) = self.wallets.iter().position(|row| row.member == member) {
            return Other::At(self.standing(place));
        }
        match self.others.iter().find(|(named, _)| *named == member) {
            Some((_, Some(place))) => Other::At(self.standing(*place)),
            Some((_, None)) => Other::Nobody,
            None => Other::NotAsked,
        }
    }

    /// The member who sold, of the ask at this place.
    pub fn staff(&self, ask: usize) -> Option<MemberId> {
        let (_, place) = self.staff.iter().find(|(own, _)| *own == ask)?;
        Some(self.wallets[self.standing(*place)].member)
    }

    /// Sets when the wallet at `place` next needs a tick.
    pub fn set_due(&mut self, place: usize, program: &Program) {
        let row = &mut self.wallets[place];
        row.due_at = match row.merged_into {
            Some(_) => None,
            None => regulars_engine::due(program, &row.state),
        };
    }
}
