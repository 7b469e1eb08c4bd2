//! A world in memory: members, wallets, orders and shared figures, into which events come one by
//! one, decided exactly as the live path decides them.

use regulars_base::{EventKey, MemberId, Text, Timestamp};
use regulars_engine::changeover::{self, Side, Takeover};
use regulars_engine::code::Code;
use regulars_engine::event::{
    Changeover, CodeTransfer, Event, Incoming, Kind, MergeOut, Unmerge, Who,
};
use regulars_engine::group;
use regulars_engine::outcome::{Change, Outcome, Verdict};
use regulars_engine::state::{
    CodeRecord, Codes, Order, OrderKey, Shared, SharedKey, State, Wallet,
};
use regulars_engine::{Program, due, needs, step, step_late};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The world.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// Versions of the program, and from when on each is in force; by that moment.
    programs: Vec<(Timestamp, Arc<Program>)>,
    /// What each version after the first does to wallets; by the same places.
    changeovers: Vec<Changeover>,
    /// Who has which identity.
    identities: BTreeMap<Who, MemberId>,
    /// Into whom a member was merged.
    merged: BTreeMap<MemberId, MemberId>,
    wallets: BTreeMap<MemberId, Wallet>,
    orders: BTreeMap<OrderKey, (Option<MemberId>, Order)>,
    shared: BTreeMap<SharedKey, i64>,
    codes: BTreeMap<Code, CodeRecord>,
    seen: BTreeMap<EventKey, Incoming>,
}

/// Whose wallet an event is decided in, if it is known, and who acts where that is a group's.
type Whose = (Option<MemberId>, Option<MemberId>);

/// What became of an event that came in.
#[derive(Clone, Debug)]
pub enum Fed {
    /// It was decided.
    Decided(Box<Decision>),
    /// It had come in before, exactly so: nothing happens.
    Duplicate,
    /// Its key had come in before, with another input: nothing happens.
    KeyReused,
}

/// An event that was decided.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Whose wallet it concerned; nothing for a refund of an order that nobody placed yet.
    pub member: Option<MemberId>,
    /// The event, with the moment at which it was decided.
    pub event: Event,
    /// The version of the program that decided.
    pub program: Arc<Program>,
    /// What it came to.
    pub outcome: Outcome,
    /// What the wallet went through before it, because another version had taken over.
    pub before: Vec<Decision>,
    /// What followed from it, decided after it.
    pub follow_ups: Vec<Decision>,
}

impl Timeline {
    /// An empty world under one program.
    pub fn new(program: Arc<Program>) -> Self {
        Self {
            programs: vec![(Timestamp::FIRST, program)],
            changeovers: vec![Changeover::default()],
            ..Self::default()
        }
    }

    /// Another version is in force from `from` on.
    pub fn apply(&mut self, from: Timestamp, program: Arc<Program>) {
        let at = self.programs.partition_point(|(moment, _)| *moment <= from);
        self.programs.insert(at, (from, program));
        let pairs = self.programs.windows(2);
        let between = pairs.map(|pair| changeover::between(&pair[0].1, &pair[1].1));
        self.changeovers = std::iter::once(Changeover::default())
            .chain(between)
            .collect();
    }

    /// The versions that take over from each other after `after` and not after `until`.
    fn takeovers(&self, after: Timestamp, until: Timestamp) -> Vec<Takeover<'_>> {
        let place = |at: Timestamp| self.programs.partition_point(|(from, _)| *from <= at);
        (place(after).max(1)..place(until).max(1))
            .map(|new| self.takeover(new))
            .collect()
    }

    fn takeover(&self, new: usize) -> Takeover<'_> {
        Takeover {
            at: self.programs[new].0,
            old: &self.programs[new - 1].1,
            new: &self.programs[new].1,
            changeover: &self.changeovers[new],
        }
    }

    /// The wallet once every version that is in force by `until` has taken over.
    fn brought_over(&self, mut wallet: Wallet, until: Timestamp) -> Wallet {
        for takeover in self.takeovers(wallet.clock, until) {
            for (side, event) in
                changeover::events(&takeover, MemberId::from_bytes([0; 16]), &wallet)
            {
                let mut state = State {
                    wallet,
                    ..State::default()
                };
                let program = match side {
                    Side::Old => takeover.old,
                    Side::New => takeover.new,
                };
                step(program, &mut state, &event, &mut Outcome::default());
                wallet = state.wallet;
            }
        }
        wallet
    }

    /// Brings a member's wallet over to the versions in force by `until`.
    fn bring_over(&mut self, member: MemberId, until: Timestamp) -> Vec<Decision> {
        let mut done = Vec::new();
        let Some(clock) = self.wallets.get(&member).map(|wallet| wallet.clock) else {
            return done;
        };
        let first = self.takeovers(clock, until).len();
        let last = self.programs.partition_point(|(from, _)| *from <= until);
        for new in last.max(1) - first..last.max(1) {
            let takeover = self.takeover(new);
            let passage = changeover::events(&takeover, member, &self.wallets[&member]);
            for (side, event) in passage {
                let place = if side == Side::Old { new - 1 } else { new };
                let program = self.programs[place].1.clone();
                done.push(self.decide_by(&program, (Some(member), None), (event, false)));
            }
        }
        done
    }

    /// The version in force at `at`; before the first, the first.
    pub fn program_at(&self, at: Timestamp) -> &Arc<Program> {
        let after = self.programs.partition_point(|(moment, _)| *moment <= at);
        &self.programs[after.saturating_sub(1)].1
    }

    /// The member of this identity, if they ever did anything.
    pub fn member(&self, who: &Who) -> Option<MemberId> {
        let found = match who {
            Who::Member(id) => Some(*id),
            Who::Identity { .. } => self.identities.get(who).copied(),
            Who::OfOrder => None,
        };
        found.map(|id| self.stays(id))
    }

    /// The member's wallet as it was left by the last event.
    pub fn wallet(&self, member: MemberId) -> Option<&Wallet> {
        self.wallets.get(&member)
    }

    /// Whoever placed the order that the event names.
    pub fn owner(&self, event: &Event) -> Option<MemberId> {
        let owner = self.orders.get(&order_key(event)?)?.0?;
        Some(self.stays(owner))
    }

    /// All wallets.
    pub fn wallets(&self) -> impl Iterator<Item = (MemberId, &Wallet)> {
        self.wallets.iter().map(|(id, wallet)| (*id, wallet))
    }

    /// An order's record.
    pub fn order(&self, key: &OrderKey) -> Option<&Order> {
        self.orders.get(key).map(|(_, order)| order)
    }

    /// The wallet as it shows itself at `now`: with everything done that is due by then.
    pub fn view(&self, member: Option<MemberId>, now: Timestamp) -> (Wallet, Timestamp) {
        let held = member.and_then(|id| self.wallets.get(&id));
        let wallet = held.cloned().unwrap_or_default();
        let now = now.max(wallet.clock);
        let wallet = self.brought_over(wallet, now);
        let mut state = State {
            wallet,
            ..State::default()
        };
        let mut out = Outcome::default();
        step(self.program_at(now), &mut state, &tick(now), &mut out);
        (state.wallet, now)
    }

    /// An event comes in. It is decided at the later of its two times and the wallet's clock, by
    /// the program that was in force when it happened.
    pub fn feed(&mut self, incoming: &Incoming) -> Fed {
        if let Some(earlier) = self.seen.get(&incoming.event.key) {
            return match same_input(earlier, incoming) {
                true => Fed::Duplicate,
                false => Fed::KeyReused,
            };
        }
        self.seen
            .insert(incoming.event.key.clone(), incoming.clone());
        let member = self.resolve(incoming);
        let whose = self.acting(member, &incoming.event);
        Fed::Decided(Box::new(self.decide(whose, &incoming.event)))
    }

    /// Two members turn out to be one: everything of `from` goes to `into`.
    pub fn merge(&mut self, key: EventKey, from: &Who, into: &Who, at: Timestamp) -> Fed {
        if let Some(earlier) = self.seen.get(&key) {
            let same = earlier.who == *from && matches!(earlier.event.kind, Kind::MergeOut(_));
            return if same { Fed::Duplicate } else { Fed::KeyReused };
        }
        let (from_id, into) = (self.enter(from), self.enter(into));
        self.feed(&Incoming {
            who: from.clone(),
            event: Event {
                key,
                occurred_at: at,
                recorded_at: at,
                entropy: [0; 16],
                kind: Kind::MergeOut(MergeOut {
                    from: from_id,
                    into,
                }),
            },
        })
    }

    /// A merge was a mistake: `member` is one of their own again.
    pub fn unmerge(&mut self, key: EventKey, member: &Who, at: Timestamp) -> Fed {
        let member = match member {
            Who::Member(id) => *id,
            who => self
                .identities
                .get(who)
                .copied()
                .unwrap_or_else(|| self.enter(who)),
        };
        // Once they are parted, the same request would be about somebody else.
        let earlier = self.seen.get(&key).map(|earlier| earlier.who.clone());
        let who = earlier.unwrap_or_else(|| Who::Member(self.stays(member)));
        self.feed(&Incoming {
            who,
            event: Event {
                key,
                occurred_at: at,
                recorded_at: at,
                entropy: [0; 16],
                kind: Kind::Unmerge(Unmerge { member }),
            },
        })
    }

    /// A member hands a code on to another.
    pub fn transfer(&mut self, key: EventKey, from: &Who, into: &Who, event: &Event) -> Fed {
        let Kind::CodeTransfer(asked) = &event.kind else {
            return Fed::Duplicate;
        };
        let (from_id, into) = (self.enter(from), self.enter(into));
        let code = asked.code.clone();
        self.feed(&Incoming {
            who: from.clone(),
            event: Event {
                key,
                kind: Kind::CodeTransfer(CodeTransfer {
                    code,
                    from: from_id,
                    into,
                }),
                ..event.clone()
            },
        })
    }

    /// Codes of a campaign are there from now on. One that is known stays as it is.
    pub fn issue(&mut self, code: Code, record: CodeRecord) {
        self.codes.entry(code).or_insert(record);
    }

    /// An operator makes a code void.
    pub fn void(&mut self, code: &Code) {
        if let Some(record) = self.codes.get_mut(code) {
            record.void = true;
        }
    }

    /// What is known of a code.
    pub fn code(&self, code: &Code) -> Option<&CodeRecord> {
        self.codes.get(code)
    }

    /// All codes.
    pub fn codes(&self) -> impl Iterator<Item = (&Code, &CodeRecord)> {
        self.codes.iter()
    }

    /// How much of each shared figure is used up.
    pub fn shared(&self) -> impl Iterator<Item = (&SharedKey, &i64)> {
        self.shared.iter()
    }

    /// Does what is due to one member by `now`.
    pub fn tick(&mut self, who: &Who, now: Timestamp) -> Option<Decision> {
        let member = self.member(who)?;
        Some(self.decide((Some(member), None), &tick(now)))
    }

    /// Does what is due by `now`, to everybody, each thing at its own moment.
    pub fn advance(&mut self, now: Timestamp, mut done: impl FnMut(&Decision)) {
        let members: Vec<MemberId> = self.wallets.keys().copied().collect();
        for member in members {
            let mut last = None;
            while let Some(at) = self.due(member).filter(|at| *at <= now) {
                assert!(
                    last.is_none_or(|last| last < at),
                    "a tick does what was due, so the next is later"
                );
                last = Some(at);
                done(&self.decide((Some(member), None), &tick(at)));
            }
        }
    }

    fn due(&self, member: MemberId) -> Option<Timestamp> {
        let wallet = self.wallets.get(&member)?;
        let by_itself = due(self.program_at(wallet.clock), wallet);
        let over = self
            .takeovers(wallet.clock, Timestamp::LAST)
            .into_iter()
            .find(|over| !changeover::events(over, member, wallet).is_empty());
        by_itself.into_iter().chain(over.map(|over| over.at)).min()
    }

    fn stays(&self, mut member: MemberId) -> MemberId {
        while let Some(into) = self.merged.get(&member) {
            member = *into;
        }
        member
    }

    /// The member of an identity; a new one if nobody has it.
    pub fn enter(&mut self, who: &Who) -> MemberId {
        if let Some(member) = self.member(who) {
            return member;
        }
        // Apart from ids that a history names itself, which are small.
        const MADE_HERE: u128 = 1 << 64;
        let number = u128::try_from(self.identities.len() + 1).unwrap_or(u128::MAX);
        let member = MemberId::from_bytes((MADE_HERE + number).to_be_bytes());
        self.identities.insert(who.clone(), member);
        member
    }

    fn resolve(&mut self, incoming: &Incoming) -> Option<MemberId> {
        match incoming.who {
            Who::OfOrder => self.owner(&incoming.event),
            // A refund finds its order, whoever sends it.
            _ if matches!(incoming.event.kind, Kind::Refund(_)) => {
                let owner = self.owner(&incoming.event);
                owner.or_else(|| Some(self.enter(&incoming.who)))
            }
            _ => {
                let person = self.enter(&incoming.who);
                Some(self.own_groups(person, &incoming.event).unwrap_or(person))
            }
        }
    }

    /// The group that somebody belongs to, if it placed the order that an event pays out of.
    fn own_groups(&self, person: MemberId, event: &Event) -> Option<MemberId> {
        let owner = self.owner(event).filter(|_| event.pays_out())?;
        let is_own = group::is_own_groups(self.wallets.get(&self.stays(person))?, owner);
        is_own.then_some(owner)
    }

    /// Whose wallet an event of a member is decided in, and who acts if that is a group's.
    fn acting(&self, member: Option<MemberId>, event: &Event) -> Whose {
        let person = member.and_then(|member| self.wallets.get(&member));
        let program = self.program_at(event.occurred_at);
        match person.and_then(|person| group::acts_for(program, person, event)) {
            Some(group) => (Some(self.stays(group)), member),
            None => (member, None),
        }
    }

    fn decide(&mut self, (member, actor): Whose, event: &Event) -> Decision {
        let clock = member.and_then(|member| Some(self.wallets.get(&member)?.clock));
        let mut event = event.clone();
        event.recorded_at = event
            .recorded_at
            .max(event.occurred_at)
            .max(clock.unwrap_or(Timestamp::FIRST));
        let program = self.program_at(event.occurred_at).clone();
        let Some(member) = member else {
            return self.decide_by(&program, (None, None), (event, false));
        };
        let mut before = self.bring_over(member, event.recorded_at);
        let late = self.takeovers(event.occurred_at, event.recorded_at).len();
        let now = self.program_at(event.recorded_at).clone();
        if late > 0
            && let Some(wallet) = self.wallets.get(&member)
            && let Some(tick) = changeover::before_late(&now, member, &event, wallet)
        {
            before.push(self.decide_by(&now, (Some(member), None), (tick, false)));
        }
        // What followed for others may have come back from one whose clock is ahead.
        let clock = self.wallets.get(&member).map(|wallet| wallet.clock);
        event.recorded_at = event.recorded_at.max(clock.unwrap_or(Timestamp::FIRST));
        let mut decision = self.decide_by(&program, (Some(member), actor), (event, late > 0));
        if late > 0 {
            let wallet = &self.wallets[&member];
            let over = changeover::after_late((&program, &now), member, &decision.event, wallet);
            if let Some(over) = over {
                let over = self.decide_by(&now, (Some(member), None), (over, false));
                decision.follow_ups.push(over);
            }
        }
        decision.before = before;
        decision
    }

    fn decide_by(
        &mut self,
        program: &Arc<Program>,
        (member, actor): Whose,
        (event, late): (Event, bool),
    ) -> Decision {
        let held = member.and_then(|member| self.wallets.remove(&member));
        let wallet = held.unwrap_or_default();
        let program = program.clone();
        let mut state = self.load(&program, &event, (member, wallet));
        state.actor = actor;
        let mut outcome = Outcome::default();
        if late {
            step_late(&program, &mut state, &event, &mut outcome);
        } else {
            step(&program, &mut state, &event, &mut outcome);
        }
        self.store(member, &event, state);
        // As differences: a hold that ends gives back to a stock that the event did not ask for.
        for change in &outcome.changes {
            if let Change::Drawn { key, by } = change {
                *self.shared.entry(*key).or_default() += by;
            }
            if let Some(record) = change.code().and_then(|code| self.codes.get_mut(code)) {
                record.apply(change);
            }
        }
        if let (Kind::MergeOut(merge), Verdict::Accepted) = (&event.kind, &outcome.verdict) {
            self.merged.insert(merge.from, merge.into);
        }
        if let (Some(parted), Verdict::Accepted) = (event.parts(), &outcome.verdict) {
            self.merged.remove(&parted);
        }
        let follow_ups = self.follow(member, &outcome);
        Decision {
            member,
            event,
            program,
            outcome,
            before: Vec::new(),
            follow_ups,
        }
    }

    /// What follows from an outcome comes in like anything else: once, however often it is said.
    fn follow(&mut self, member: Option<MemberId>, outcome: &Outcome) -> Vec<Decision> {
        let mut decisions = Vec::new();
        for follow_up in outcome.follow_ups.clone() {
            let Some(member) = follow_up.member.or(member) else {
                continue;
            };
            let incoming = Incoming {
                who: Who::Member(member),
                event: follow_up.event,
            };
            if let Fed::Decided(decision) = self.feed(&incoming) {
                decisions.push(*decision);
            }
        }
        decisions
    }

    /// Only what `needs` names, so that a decision cannot see more here than it does live.
    fn load(
        &self,
        program: &Program,
        event: &Event,
        (owner, wallet): (Option<MemberId>, Wallet),
    ) -> State {
        let needs = needs(program, event);
        let order = order_key(event).and_then(|key| self.orders.get(&key));
        let order = order.filter(|(buyer, _)| {
            !event.looks_at_order() || buyer.map(|buyer| self.stays(buyer)) == owner
        });
        let used = needs.shared.into_iter();
        State {
            owner,
            actor: None,
            wallet,
            order: order.map(|(_, order)| order.clone()).unwrap_or_default(),
            shared: Shared {
                used: used
                    .filter_map(|key| Some((key, *self.shared.get(&key)?)))
                    .collect(),
            },
            staff: needs.staff.and_then(|value| {
                let kind = Text::new(regulars_engine::STAFF).ok()?;
                self.member(&Who::Identity { kind, value })
            }),
            codes: Codes {
                known: needs
                    .codes
                    .into_iter()
                    .filter_map(|code| self.codes.get(&code).map(|own| (code.clone(), *own)))
                    .collect(),
            },
        }
    }

    fn store(&mut self, member: Option<MemberId>, event: &Event, state: State) {
        let written = !state.order.is_empty() && !event.looks_at_order();
        if let Some(key) = order_key(event).filter(|_| written) {
            let kept = self.orders.entry(key).or_default();
            kept.0 = kept.0.or(member);
            if state.order.purchased.is_some() && kept.1.purchased.is_none() {
                kept.0 = member;
            }
            kept.1 = state.order;
        }
        if let Some(member) = member {
            self.wallets.insert(member, state.wallet);
        }
    }
}

/// A Tick at `now`.
pub fn tick(now: Timestamp) -> Event {
    let plain = |text| Text::new(text).expect("plain letters are a text");
    Event {
        key: EventKey {
            source: plain("clock"),
            external_id: plain("tick"),
        },
        occurred_at: now,
        recorded_at: now,
        entropy: [0; 16],
        kind: Kind::Tick,
    }
}

fn order_key(event: &Event) -> Option<OrderKey> {
    Some(OrderKey {
        source: event.key.source.clone(),
        order: event.order()?.clone(),
    })
}

/// Whether both say the same: when they were written down, and the randomness drawn for them, are
/// not part of what they say.
fn same_input(one: &Incoming, other: &Incoming) -> bool {
    one.who == other.who
        && one.event.occurred_at == other.event.occurred_at
        && one.event.kind == other.event.kind
}
