//! The pure part of a batch: what was loaded and what came in give what is written.

use crate::Error;
use crate::input::{self, Prepared};
use crate::lane::{Answer, Counted, Item};
use crate::receipt::{self, Receipt};
use crate::versions::Versions;
use regulars_base::{MemberId, Text};
use regulars_engine::changeover::{self, Side};
use regulars_engine::event::{Event, Incoming, Kind, Who};
use regulars_engine::group;
use regulars_engine::outcome::{FollowUp, Verdict};
use regulars_engine::state::State;
use regulars_engine::{Outcome, Program, step, step_late};
use regulars_store::{Answer as Found, Ask, Commit, Loaded, Logged, Other};
use std::sync::Arc;

/// One try at a batch.
pub(crate) struct Round<'a> {
    versions: &'a Versions,
    items: &'a [Item],
    /// What became of each item; nothing for those that must be asked again, after the others.
    pub(crate) answers: Vec<Option<Answer>>,
    /// Events of the same wallets that come next.
    pub(crate) follow_ups: Vec<Prepared>,
    /// The database has a newer program than we know: nothing was decided.
    pub(crate) stale: bool,
    /// Members for whom something follows and whose wallets were not loaded: nothing was decided,
    /// and the batch is to be done again with them.
    pub(crate) missing: Vec<MemberId>,
    /// What is wrong with the database, so that nothing was decided.
    pub(crate) broken: Option<Error>,
    /// Wallets whose follow-ups come before their next events.
    blocked: Vec<usize>,
    /// Who sold, of the item that is decided.
    staff: Option<MemberId>,
    commits: Vec<Commit>,
}

/// Where an event that is new is decided.
#[derive(Clone, Copy)]
struct Place {
    wallet: usize,
    order: Option<usize>,
    /// Who acts, where the wallet is a group's.
    actor: Option<MemberId>,
}

/// Which version decides an event.
#[derive(Clone, Copy)]
struct By<'a> {
    /// Its number, and the version.
    version: (i64, &'a Arc<Program>),
    /// Whether another one is in force by now.
    late: bool,
}

/// What the store is to load for an event.
pub(crate) fn ask(versions: &Versions, prepared: &Prepared) -> Result<Ask, Error> {
    let Incoming { who, event } = &prepared.incoming;
    let (_, program) = versions.at(event.occurred_at)?;
    let needs = regulars_engine::needs(program, event);
    Ok(Ask {
        key: event.key.clone(),
        input: prepared.input,
        who: who.clone(),
        order: needs.order,
        purchase: matches!(event.kind, Kind::Purchase(_) | Kind::SellThrough(_)),
        looks: event.looks_at_order(),
        pays_out: event.pays_out(),
        shared: needs.shared,
        codes: needs.codes,
        also: event.members(),
        staff: needs.staff,
        parts: event.parts(),
        fresh: prepared.fresh,
    })
}

impl<'a> Round<'a> {
    pub(crate) fn new(versions: &'a Versions, items: &'a [Item]) -> Self {
        Self {
            versions,
            items,
            answers: Vec::new(),
            follow_ups: Vec::new(),
            stale: false,
            missing: Vec::new(),
            broken: None,
            blocked: Vec::new(),
            staff: None,
            commits: Vec::new(),
        }
    }

    /// Decides all items on what was loaded. May be called again, on states loaded again.
    pub(crate) fn decide(&mut self, loaded: &mut Loaded) -> Vec<Commit> {
        self.answers.clear();
        self.follow_ups.clear();
        self.blocked.clear();
        self.missing.clear();
        self.broken = None;
        self.commits.clear();
        self.stale = loaded.program != self.versions.newest();
        if self.stale {
            return Vec::new();
        }
        let found = std::mem::take(&mut loaded.answers);
        for (at, (item, found)) in self.items.iter().zip(&found).enumerate() {
            self.staff = loaded.staff(at);
            let answer = self.answer(item, found, loaded);
            self.answers.push(answer);
        }
        loaded.answers = found;
        if !self.missing.is_empty() || self.broken.is_some() {
            return Vec::new();
        }
        std::mem::take(&mut self.commits)
    }

    fn answer(&mut self, item: &Item, found: &Found, loaded: &mut Loaded) -> Option<Answer> {
        match found {
            Found::Seen(logged) => Some(self.seen(item, logged)),
            Found::KeyReused => Some(Answer::Failed(Error::KeyReused(
                item.prepared.incoming.event.key.clone(),
            ))),
            Found::SameAs(place) => same(item, self.answers.get(*place)?.as_ref()?),
            Found::NoCard(card) => Some(Answer::Failed(Error::NoCard(card.clone()))),
            Found::UnknownMember => match self.placed(&item.prepared.incoming, loaded) {
                Some(place) => self.fresh_unless_blocked(item, place, loaded),
                None => unknown(&item.prepared.incoming),
            },
            Found::Fresh { wallet, order } => {
                let place = Place {
                    wallet: self
                        .of_order(item, *order, loaded)
                        .unwrap_or_else(|| loaded.standing(*wallet)),
                    order: *order,
                    actor: None,
                };
                self.fresh_unless_blocked(item, place, loaded)
            }
        }
    }

    fn fresh_unless_blocked(
        &mut self,
        item: &Item,
        place: Place,
        loaded: &mut Loaded,
    ) -> Option<Answer> {
        let place = self.acting(item, place, loaded)?;
        if self.blocked.contains(&place.wallet) {
            return None;
        }
        let answer = self.fresh(item, place, loaded);
        Some(answer.unwrap_or_else(Answer::Failed))
    }

    /// Where the order of a refund, or of what is paid out of one, was placed, if that was earlier in this
    /// very batch: a group's, maybe, and not that of whoever sent the purchase.
    fn of_order(&self, item: &Item, order: Option<usize>, loaded: &Loaded) -> Option<usize> {
        let event = &item.prepared.incoming.event;
        if order.is_none() || !(matches!(event.kind, Kind::Refund(_)) || event.pays_out()) {
            return None;
        }
        let placed = |commit: &&Commit| {
            commit.order == order && matches!(commit.event.kind, Kind::Purchase(_))
        };
        let placed =
            |commit: &&Commit| placed(commit) && commit.outcome.verdict == Verdict::Accepted;
        let commit = self.commits.iter().find(placed)?;
        Some(loaded.standing(commit.wallet))
    }

    /// Whose wallet an event is decided in: that of the group that somebody belongs to, if it is the
    /// group's affair. Nothing where that is not loaded: then the batch is done again with it.
    fn acting(&mut self, item: &Item, place: Place, loaded: &Loaded) -> Option<Place> {
        let row = &loaded.wallets[place.wallet];
        let event = &item.prepared.incoming.event;
        // Which versions there are was known when the batch was asked for.
        let Ok((_, program)) = self.versions.at(event.occurred_at) else {
            return Some(place);
        };
        let Some(group) = group::acts_for(program, &row.state, event) else {
            return Some(place);
        };
        match loaded.other(group) {
            Other::At(wallet) => Some(Place {
                wallet,
                actor: Some(row.member),
                ..place
            }),
            Other::NotAsked => {
                self.missing.push(group);
                None
            }
            Other::Nobody => {
                let what = format!("{} belongs to {group}, who is not there", row.member);
                self.broken = Some(Error::Corrupt(what));
                None
            }
        }
    }

    /// Where the order of an event was placed, if that was earlier in this very batch.
    fn placed(&self, incoming: &Incoming, loaded: &Loaded) -> Option<Place> {
        let number = incoming.event.order()?;
        let this = |commit: &&Commit| {
            let row = commit.order.map(|at| &loaded.orders[at]);
            row.is_some_and(|row| {
                row.source == incoming.event.key.source
                    && row.number == *number
                    && row.state.purchased.is_some()
            })
        };
        let commit = self.commits.iter().find(this)?;
        (incoming.who == Who::OfOrder).then_some(Place {
            wallet: loaded.standing(commit.wallet),
            order: commit.order,
            actor: None,
        })
    }

    fn seen(&self, item: &Item, logged: &Logged) -> Answer {
        if !item.reply.wants_receipt() {
            return Answer::Counted(Counted {
                duplicate: true,
                refused: logged.outcome.verdict != Verdict::Accepted,
            });
        }
        match receipt::of_logged(logged, self.versions) {
            Ok(receipt) => Answer::Receipt(Box::new(receipt)),
            Err(error) => Answer::Failed(error),
        }
    }

    fn fresh(&mut self, item: &Item, place: Place, loaded: &mut Loaded) -> Result<Answer, Error> {
        let prepared = &item.prepared;
        let event = &prepared.incoming.event;
        for member in event.members() {
            match loaded.other(member) {
                Other::Nobody => return Err(Error::not_found("member", member)),
                Other::NotAsked => self.missing.push(member),
                Other::At(_) => {}
            }
        }
        let (own, follow_ups) = self.step(place, event.clone(), prepared.input, loaded)?;
        let commit = &self.commits[own];
        let accepted = commit.outcome.verdict == Verdict::Accepted;
        let answer = self.answered(item, commit, loaded)?;
        if let (Kind::MergeOut(merge), true) = (&event.kind, accepted)
            && let Other::At(into) = loaded.other(merge.into)
        {
            loaded.wallets[place.wallet].merged_into = Some(loaded.wallets[into].member);
            self.set_due(place.wallet, loaded)?;
        }
        if let (Some(parted), true) = (event.parts(), accepted) {
            let mut rows = loaded.wallets.iter_mut();
            match rows.find(|row| row.member == parted) {
                Some(row) => row.merged_into = None,
                None => {
                    let what = format!("{parted} was merged, and has no wallet");
                    self.broken = Some(Error::Corrupt(what));
                }
            }
        }
        self.follow(follow_ups, place.wallet, loaded)?;
        Ok(answer)
    }

    /// Decides one event on its place and notes what is to be written: the place of its commit.
    /// What follows from it is handed back, and not written: it will be written when it is decided.
    fn step(
        &mut self,
        place: Place,
        mut event: Event,
        input: [u8; 32],
        loaded: &mut Loaded,
    ) -> Result<(usize, Vec<FollowUp>), Error> {
        let (versions, wallet) = (self.versions, place.wallet);
        let member = loaded.wallets[wallet].member;
        let clock = loaded.wallets[wallet].state.clock;
        event.recorded_at = event.recorded_at.max(event.occurred_at).max(clock);
        for over in versions.overs(clock, event.recorded_at) {
            let state = &loaded.wallets[wallet].state;
            for (side, event) in changeover::events(&versions.takeover(over), member, state) {
                self.by_itself(wallet, event, versions.side(over, side), loaded)?;
            }
        }
        let late = versions.overs(event.occurred_at, event.recorded_at).last();
        if let Some(over) = late {
            let (no, program) = versions.side(over, Side::New);
            let state = &loaded.wallets[wallet].state;
            if let Some(tick) = changeover::before_late(program, member, &event, state) {
                self.by_itself(wallet, tick, (no, program), loaded)?;
            }
        }
        // What followed for others may have come back from one whose clock is ahead.
        event.recorded_at = event.recorded_at.max(loaded.wallets[wallet].state.clock);
        let by = By {
            version: versions.at(event.occurred_at)?,
            late: late.is_some(),
        };
        let follow_ups = self.decided(place, event, input, by, loaded)?;
        let own = self.commits.len() - 1;
        if let Some(over) = late {
            let state = &loaded.wallets[wallet].state;
            let event = &self.commits[own].event;
            let now = versions.side(over, Side::New);
            let (_, decided) = by.version;
            if let Some(event) = changeover::after_late((decided, now.1), member, event, state) {
                self.by_itself(wallet, event, now, loaded)?;
            }
        }
        Ok((own, follow_ups))
    }

    /// What happens to a wallet by itself, because a version took over.
    fn by_itself(
        &mut self,
        wallet: usize,
        event: Event,
        version: (i64, &Arc<Program>),
        loaded: &mut Loaded,
    ) -> Result<(), Error> {
        let who = Who::Member(loaded.wallets[wallet].member);
        let next = input::follow_up(Incoming { who, event });
        let place = Place {
            wallet,
            order: None,
            actor: None,
        };
        let event = next.incoming.event;
        let by = By {
            version,
            late: false,
        };
        let mut follow_ups = self.decided(place, event, next.input, by, loaded)?;
        // What waits in the wallet itself is said again by the event that is behind this.
        follow_ups.retain(|own| own.member.is_some());
        self.follow(follow_ups, wallet, loaded)
    }

    fn decided(
        &mut self,
        place: Place,
        event: Event,
        input: [u8; 32],
        by: By<'_>,
        loaded: &mut Loaded,
    ) -> Result<Vec<FollowUp>, Error> {
        let (no, program) = by.version;
        let row = &mut loaded.wallets[place.wallet];
        let order = place.order.map(|at| &mut loaded.orders[at].state);
        let mut state = State {
            owner: Some(row.member),
            actor: place.actor,
            wallet: std::mem::take(&mut row.state),
            order: order.map(std::mem::take).unwrap_or_default(),
            shared: std::mem::take(&mut loaded.shared),
            codes: std::mem::take(&mut loaded.codes),
            staff: self.staff,
        };
        let mut outcome = Outcome::default();
        if by.late {
            step_late(program, &mut state, &event, &mut outcome);
        } else {
            step(program, &mut state, &event, &mut outcome);
        }
        loaded.wallets[place.wallet].state = state.wallet;
        if let Some(at) = place.order {
            loaded.orders[at].state = state.order;
        }
        loaded.shared = state.shared;
        loaded.codes = state.codes;
        self.set_due(place.wallet, loaded)?;
        let follow_ups = std::mem::take(&mut outcome.follow_ups);
        let at = (
            place.wallet,
            place.order.filter(|_| !event.looks_at_order()),
        );
        self.commits
            .push(loaded.commit(at, event, input, no, outcome));
        Ok(follow_ups)
    }

    fn answered(&self, item: &Item, commit: &Commit, loaded: &Loaded) -> Result<Answer, Error> {
        if item.reply.wants_receipt() {
            let member = loaded.wallets[commit.wallet].member;
            let receipt = receipt::of_commit(commit, member, self.versions)?;
            return Ok(Answer::Receipt(Box::new(receipt)));
        }
        Ok(Answer::Counted(Counted {
            duplicate: false,
            refused: commit.outcome.verdict != Verdict::Accepted,
        }))
    }

    /// What is for a member is decided at once, in the same commit, and so is what follows from
    /// that. What is for the same wallet, later, may name other orders, so it comes in the next
    /// batch, before anything else of this wallet.
    fn follow(
        &mut self,
        follow_ups: Vec<FollowUp>,
        wallet: usize,
        loaded: &mut Loaded,
    ) -> Result<(), Error> {
        for FollowUp { member, event } in follow_ups {
            let who = Who::Member(member.unwrap_or(loaded.wallets[wallet].member));
            let next = input::follow_up(Incoming { who, event });
            let Some(member) = member else {
                self.follow_ups.push(next);
                self.blocked.push(wallet);
                continue;
            };
            match loaded.other(member) {
                Other::At(wallet) => {
                    let place = Place {
                        wallet,
                        order: None,
                        actor: None,
                    };
                    let (_, more) = self.step(place, next.incoming.event, next.input, loaded)?;
                    self.follow(more, wallet, loaded)?;
                }
                Other::NotAsked => self.missing.push(member),
                Other::Nobody => {
                    let what = format!("something follows for {member}, who is not there");
                    self.broken = Some(Error::Corrupt(what));
                }
            }
        }
        Ok(())
    }

    /// By the program that is in force at the wallet's own time: an event of long ago may have
    /// been decided by an older one.
    fn set_due(&self, wallet: usize, loaded: &mut Loaded) -> Result<(), Error> {
        let (_, program) = self.versions.at(loaded.wallets[wallet].state.clock)?;
        loaded.set_due(wallet, program);
        Ok(())
    }
}

/// The same event twice in one batch.
fn same(item: &Item, first: &Answer) -> Option<Answer> {
    match first {
        Answer::Receipt(receipt) if item.reply.wants_receipt() => {
            let receipt = Receipt {
                duplicate: true,
                ..Receipt::clone(receipt)
            };
            Some(Answer::Receipt(Box::new(receipt)))
        }
        Answer::Counted(counted) if !item.reply.wants_receipt() => Some(Answer::Counted(Counted {
            duplicate: true,
            ..*counted
        })),
        // Asked again, it gets an answer of its own.
        _ => None,
    }
}

/// A refund of an order that nobody placed yet is kept under a customer of its own until the
/// purchase says whose it is; for all else there must be somebody.
fn unknown(incoming: &Incoming) -> Option<Answer> {
    match (&incoming.who, &incoming.event.kind) {
        (Who::OfOrder, Kind::Refund(_)) => None,
        (Who::OfOrder, _) => {
            let order = incoming.event.order().map_or("", Text::as_str);
            Some(Answer::Failed(Error::not_found("order", order)))
        }
        (Who::Member(id), _) => Some(Answer::Failed(Error::not_found("member", id))),
        (Who::Identity { kind, value }, _) => {
            let name = format!("{kind}:{value}");
            Some(Answer::Failed(Error::not_found("member", name)))
        }
    }
}

/// For whom a refund is kept whose purchase has not been seen.
pub(crate) fn nobody_yet(event: &Event, fresh: MemberId) -> Who {
    let order = event.order().map_or("", Text::as_str);
    let of = format!("{}/{order}", event.key.source);
    let text = |text: &str| Text::new(text).ok();
    Who::Identity {
        kind: text("order").unwrap_or_default(),
        value: text(&of)
            .or_else(|| text(&fresh.to_string()))
            .unwrap_or_default(),
    }
}
