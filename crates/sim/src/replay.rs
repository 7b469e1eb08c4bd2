//! A merchant's history under another program: fast, in memory, one pass.
//!
//! Nothing that happens to a wallet depends on another (budgets of the whole program aside), so a
//! history can be split by customer, replayed on several threads and put together again: the sum
//! is the same to the unit, if budgets were not used up ([`History::within_budgets`] tells). Postings say when they became true, so a wallet need not be touched
//! when something falls due: its next event books it, and the end of the pass books the rest.

#![allow(
    clippy::disallowed_types,
    reason = "one look-up per event; their order is never seen: what comes out is sorted"
)]

mod history;
mod tally;

pub use history::{Flow, History, Kind, MemberEnd, Month, PointsEnd};

use crate::timeline::tick;
use regulars_base::{EventKey, MemberId, Text, Timestamp};
use regulars_engine::event::{self, Event, Incoming, Who};
use regulars_engine::group;
use regulars_engine::outcome::{Change, Outcome, Refusal, Verdict};
use regulars_engine::state::{Order, OrderKey, RedemptionStage, SharedKey, State, Wallet};
use regulars_engine::{Program, due, needs, step};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use tally::Tally;

/// A pass over a history.
pub struct Replay<'p> {
    program: &'p Program,
    places: HashMap<Who, u32>,
    /// Into whom a customer was merged.
    merged: HashMap<u32, u32>,
    wallets: Vec<Wallet>,
    /// Whose they are.
    owners: Vec<MemberId>,
    orders: HashMap<OrderKey, (Option<u32>, Order)>,
    /// Hashes of the keys that were seen: 128 bits, so that two never meet by chance.
    seen: HashSet<u128>,
    shared: HashMap<SharedKey, i64>,
    has_shared: bool,
    tally: Tally<'p>,
    state: State,
    out: Outcome,
    last: Timestamp,
    joining: Option<Joining>,
    /// What was bought counts whatever was redeemed with it.
    is_lenient: bool,
}

/// Who is taken to be on a plan, where the history does not say: so many of a thousand customers join it with
/// their first order, stay on it, and pay each invoice on the day on which it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joining {
    /// The plan's id.
    pub plan: Text,
    /// How many of a thousand customers.
    pub per_mille: u64,
}

/// Replays `events`, which come in the order of the log, under `program`; then lets time pass to
/// `until`, or to the last event if that is later.
pub fn replay(
    program: &Program,
    events: impl IntoIterator<Item = Incoming>,
    until: Timestamp,
) -> History {
    let mut replay = Replay::new(program);
    for incoming in events {
        replay.feed(incoming);
    }
    replay.finish(until)
}

/// Which of `parts` threads replays an event; nothing if that cannot be said from the event alone
/// (a refund that names only its order), or if it reaches other members (a merge, a referral, points
/// that are sent): then the history is replayed in one piece.
pub fn part_of(incoming: &Incoming, parts: usize) -> Option<usize> {
    if incoming.who == Who::OfOrder || incoming.event.reaches_others() {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    incoming.who.hash(&mut hasher);
    let parts = u64::try_from(parts.max(1)).ok()?;
    usize::try_from(hasher.finish() % parts).ok()
}

impl<'p> Replay<'p> {
    /// Before the first event.
    pub fn new(program: &'p Program) -> Self {
        Self {
            program,
            places: HashMap::new(),
            merged: HashMap::new(),
            wallets: Vec::new(),
            owners: Vec::new(),
            orders: HashMap::new(),
            seen: HashSet::new(),
            shared: HashMap::new(),
            has_shared: program.has_shared(),
            tally: Tally::new(program),
            state: State::default(),
            out: Outcome::default(),
            last: Timestamp::FIRST,
            joining: None,
            is_lenient: false,
        }
    }

    /// The same, where customers are taken to be on a plan.
    #[must_use]
    pub fn joining(self, joining: Option<Joining>) -> Self {
        Self { joining, ..self }
    }

    /// The same, where a purchase whose rewards are refused counts without them: it was made, and under another
    /// program the points for them may not be there.
    #[must_use]
    pub fn lenient(self) -> Self {
        Self {
            is_lenient: true,
            ..self
        }
    }

    /// The next event of the log. One that was seen before changes nothing.
    pub fn feed(&mut self, incoming: Incoming) {
        let Incoming { who, mut event } = incoming;
        // What follows from another event is not decided before it; all else when it happened.
        event.recorded_at = event.occurred_at;
        // Which codes there were, and who could use them, is no part of a program: what was bought
        // counts, with or without its codes.
        match &mut event.kind {
            // Nor is it what money was on which account.
            event::Kind::Purchase(purchase) => {
                purchase.codes.clear();
                for payment in &mut purchase.payments {
                    payment.from = None;
                }
            }
            event::Kind::CodeUse(_)
            | event::Kind::CodeUndo(_)
            | event::Kind::CodeAssign(_)
            | event::Kind::CodeTransfer(_)
            | event::Kind::StoreCredit(_)
            | event::Kind::GiftCard(_) => {
                return;
            }
            _ => {}
        }
        if !self.seen.insert(hash_of(&event)) {
            self.tally.history.duplicates += 1;
            return;
        }
        let key = order_key(&event);
        let joins = self.joins(&who);
        let place = match (&who, &key) {
            (Who::OfOrder, Some(key)) => self.orders.get(key).and_then(|(owner, _)| *owner),
            (Who::OfOrder, None) => None,
            // A refund finds its order, whoever sends it.
            (_, Some(key)) if matches!(event.kind, event::Kind::Refund(_)) => {
                let owner = self.orders.get(key).and_then(|(owner, _)| *owner);
                Some(owner.unwrap_or_else(|| self.enter(who)))
            }
            _ => Some(self.enter(who)),
        };
        let place = place.map(|place| self.stays(place));
        let (place, actor) = self.acting(place, &event);
        self.state.actor = actor;
        let key = key.filter(|key| {
            let owner = self.orders.get(key).and_then(|(owner, _)| *owner);
            !event.looks_at_order() || owner.map(|owner| self.stays(owner)) == place
        });
        self.last = self.last.max(event.occurred_at);
        let at = event.occurred_at;
        if let Some(place) = place.filter(|_| joins) {
            self.pass(place, at);
            self.state.actor = actor;
        }
        self.decide(place, &mut event, key);
        if let Some(place) = place.filter(|_| joins) {
            self.state.actor = None;
            self.join(place, at);
        }
    }

    /// Whether a customer is one of those who are taken to be on a plan.
    fn joins(&self, who: &Who) -> bool {
        let Some(joining) = &self.joining else {
            return false;
        };
        let mut hasher = DefaultHasher::new();
        (who, "joins").hash(&mut hasher);
        *who != Who::OfOrder && hasher.finish() % 1000 < joining.per_mille
    }

    /// What falls due for a member on a plan until `at` is done at its own moments, and what is asked for is
    /// paid then.
    fn pass(&mut self, place: u32, at: Timestamp) {
        if self.joining.is_none() || self.wallets[place as usize].paying.is_none() {
            return;
        }
        self.state.actor = None;
        while let Some(next) = due(self.program, &self.wallets[place as usize])
            && next <= at
        {
            self.decide(Some(place), &mut tick(next), None);
            self.pay(place, next);
        }
    }

    /// Whoever has just become a member joins the plan.
    fn join(&mut self, place: u32, at: Timestamp) {
        let wallet = &self.wallets[place as usize];
        let Some(joining) = self.joining.clone() else {
            return;
        };
        if wallet.enrolled_at.is_none() || wallet.paying.is_some() {
            return;
        }
        let choice = event::PlanChoice { plan: joining.plan };
        self.assume(place, at, "joins", event::Kind::PlanJoin(choice));
        self.pay(place, at);
    }

    /// Pays what is asked for.
    fn pay(&mut self, place: u32, at: Timestamp) {
        let paying = self.wallets[place as usize].paying.as_ref();
        let open = paying.and_then(|paying| paying.open());
        if let Some(number) = open.map(|invoice| invoice.number) {
            let end = event::PaymentEnd {
                invoice: number,
                attempt: None,
                reference: Text::default(),
                reason: Text::default(),
            };
            let kind = event::Kind::PaymentSucceeded(end);
            self.assume(place, at, &format!("pays {number}"), kind);
        }
    }

    /// Something that the history does not hold is taken to have happened.
    fn assume(&mut self, place: u32, at: Timestamp, what: &str, kind: event::Kind) {
        let text = |words: &str| Text::new(words).expect("a few words are a text");
        let mut assumed = Event {
            key: EventKey {
                source: text("assumed"),
                external_id: text(what),
            },
            occurred_at: at,
            recorded_at: at,
            entropy: [0; 16],
            kind,
        };
        self.decide(Some(place), &mut assumed, None);
    }

    /// Lets time pass to `until` (or to the last event), and adds up.
    pub fn finish(mut self, until: Timestamp) -> History {
        let until = until.max(self.last);
        self.state.actor = None;
        for place in 0..self.wallets.len() {
            let place = u32::try_from(place).unwrap_or(u32::MAX);
            let wallet = |replay: &Self| due(replay.program, &replay.wallets[place as usize]);
            while let Some(at) = wallet(&self).filter(|at| *at <= until) {
                self.decide(Some(place), &mut tick(at), None);
                if self.joining.is_some() {
                    self.pay(place, at);
                }
            }
        }
        let Self {
            places,
            wallets,
            merged,
            mut tally,
            ..
        } = self;
        for (who, place) in places {
            if !merged.contains_key(&place) {
                tally.end(who, place, &wallets[place as usize]);
            }
        }
        tally.history.members.sort_by(|a, b| a.who.cmp(&b.who));
        tally.history
    }

    fn enter(&mut self, who: Who) -> u32 {
        let (wallets, owners) = (&mut self.wallets, &mut self.owners);
        let id = match who {
            Who::Member(id) => Some(id),
            _ => None,
        };
        *self.places.entry(who).or_insert_with(|| {
            let place = u32::try_from(wallets.len()).unwrap_or(u32::MAX);
            wallets.push(Wallet::default());
            owners.push(id.unwrap_or_else(|| made_up(place)));
            place
        })
    }

    /// Whose wallet an event is decided in, and who acts if that is a group's.
    fn acting(&mut self, place: Option<u32>, event: &Event) -> (Option<u32>, Option<MemberId>) {
        let person = place.map(|place| &self.wallets[place as usize]);
        match person.and_then(|person| group::acts_for(self.program, person, event)) {
            Some(group) => {
                let own = place.map(|place| self.owners[place as usize]);
                (Some(self.member(group)), own)
            }
            None => (place, None),
        }
    }

    fn stays(&self, mut place: u32) -> u32 {
        while let Some(into) = self.merged.get(&place) {
            place = *into;
        }
        place
    }

    fn decide(&mut self, place: Option<u32>, event: &mut Event, key: Option<OrderKey>) {
        self.load(place, event, key.as_ref());
        let before = self.committed(event);
        step(self.program, &mut self.state, event, &mut self.out);
        self.without_rewards(event);
        self.tally
            .count(place, event, &self.out, &self.state.wallet, before);
        self.store(place, key);
        if !self.out.follow_ups.is_empty() {
            self.follow(place, event);
        }
    }

    /// What was bought counts although this program has no such rewards as were used for it. One that
    /// has them refuses as it would have then, unless what was bought counts in any case.
    fn without_rewards(&mut self, event: &mut Event) {
        let is_refused = match &self.out.verdict {
            Verdict::Refused(Refusal::UnknownReward) => true,
            Verdict::Refused(_) => self.is_lenient,
            Verdict::Accepted => false,
        };
        if let event::Kind::Purchase(bought) = &mut event.kind
            && !bought.rewards.is_empty()
            && is_refused
        {
            self.tally.history.rewards_refused += bought.rewards.len() as u64;
            bought.rewards.clear();
            let caught_up = std::mem::take(&mut self.out.changes);
            step(self.program, &mut self.state, event, &mut self.out);
            self.out.changes.splice(0..0, caught_up);
        }
    }

    fn load(&mut self, place: Option<u32>, event: &mut Event, key: Option<&OrderKey>) {
        self.state.owner = place.map(|place| self.owners[place as usize]);
        match place {
            Some(place) => {
                std::mem::swap(&mut self.state.wallet, &mut self.wallets[place as usize]);
            }
            None => self.state.wallet = Wallet::default(),
        }
        let earliest = event.recorded_at.max(event.occurred_at);
        event.recorded_at = earliest.max(self.state.wallet.clock);
        let order = key.and_then(|key| self.orders.get_mut(key));
        self.state.order = order
            .map(|(_, order)| std::mem::take(order))
            .unwrap_or_default();
        self.state.shared.used.clear();
        self.state.staff = None;
        if self.has_shared {
            let needs = needs(self.program, event);
            self.state.staff = needs.staff.and_then(|value| self.seller(value));
            for key in needs.shared {
                if let Some(used) = self.shared.get(&key) {
                    self.state.shared.used.push((key, *used));
                }
            }
        }
    }

    fn store(&mut self, place: Option<u32>, key: Option<OrderKey>) {
        if let Some(key) = key
            && !self.state.order.is_empty()
        {
            let order = std::mem::take(&mut self.state.order);
            let kept = self.orders.entry(key).or_default();
            if kept.0.is_none() {
                kept.0 = place;
            }
            kept.1 = order;
        }
        if self.has_shared {
            // As differences: a hold that ends gives back to a stock that the event did not ask for.
            for change in &self.out.changes {
                if let Change::Drawn { key, by } = change {
                    *self.shared.entry(*key).or_default() += by;
                }
            }
        }
        if let Some(place) = place {
            std::mem::swap(&mut self.state.wallet, &mut self.wallets[place as usize]);
        }
    }

    /// What a used reward that is given back now had cost.
    fn committed(&self, event: &Event) -> i64 {
        let event::Kind::RewardCancel(end) = &event.kind else {
            return 0;
        };
        let held = self.state.wallet.redemptions.iter();
        held.filter(|held| held.id == end.redemption)
            .filter(|held| matches!(held.stage, RedemptionStage::Committed(_)))
            .map(|held| self.tally.cost(held))
            .sum()
    }

    fn follow(&mut self, place: Option<u32>, parent: &Event) {
        if let (event::Kind::MergeOut(merge), Verdict::Accepted) = (&parent.kind, &self.out.verdict)
        {
            let into = self.member(merge.into);
            if let Some(from) = place.filter(|from| *from != into) {
                self.merged.insert(from, into);
                self.tally.gone(from, parent.occurred_at);
            }
        }
        if let (Some(parted), Verdict::Accepted) = (parent.parts(), &self.out.verdict) {
            let known = place_of(parted).filter(|place| (*place as usize) < self.wallets.len());
            let from = known.unwrap_or_else(|| self.enter(Who::Member(parted)));
            self.merged.remove(&from);
        }
        for follow_up in std::mem::take(&mut self.out.follow_ups) {
            let mut event = follow_up.event;
            if !self.seen.insert(hash_of(&event)) {
                continue;
            }
            let place = match follow_up.member {
                Some(member) => Some(self.member(member)),
                None => place,
            };
            let key = order_key(&event);
            self.state.actor = None;
            self.decide(place, &mut event, key);
        }
    }

    /// Who sold, as far as somebody is known by then.
    fn seller(&self, value: Text) -> Option<MemberId> {
        let kind = Text::new(regulars_engine::STAFF).ok()?;
        let place = self.places.get(&Who::Identity { kind, value })?;
        Some(self.owners[self.stays(*place) as usize])
    }

    fn member(&mut self, member: MemberId) -> u32 {
        let known = place_of(member).filter(|place| (*place as usize) < self.wallets.len());
        let place = known.unwrap_or_else(|| self.enter(Who::Member(member)));
        self.stays(place)
    }
}

/// An id for a customer who is known by an identity alone, from their place.
fn made_up(place: u32) -> MemberId {
    let mut bytes = [0xff; 16];
    bytes[12..].copy_from_slice(&place.to_be_bytes());
    MemberId::from_bytes(bytes)
}

/// The place that an id was made up from.
fn place_of(member: MemberId) -> Option<u32> {
    let place = member
        .bytes()
        .last_chunk()
        .copied()
        .map(u32::from_be_bytes)?;
    (made_up(place) == member).then_some(place)
}

fn order_key(event: &Event) -> Option<OrderKey> {
    Some(OrderKey {
        source: event.key.source.clone(),
        order: event.order()?.clone(),
    })
}

fn hash_of(event: &Event) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        event.key.hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}
