//! What an event would do: the same road, but nothing is written.

use crate::decide;
use crate::input::{self, Timing};
use crate::receipt;
use crate::versions::Versions;
use crate::{App, Error, PointsMoved};
use regulars_base::{MemberId, Name, TenantId};
use regulars_engine::event::{Event, Incoming, Who};
use regulars_engine::group;
use regulars_engine::state::{Order, State, Wallet};
use regulars_engine::{Outcome, Program, step, step_late};
use regulars_store::{Answer, Ask, Loaded, Other, Store};
use std::sync::Arc;

/// What an event would do.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Whom it would concern; nothing for a customer who was never seen.
    pub member: Option<MemberId>,
    /// The program version that would decide it.
    pub version: i64,
    /// That version.
    pub program: Arc<Program>,
    /// What it would come to, with the trace.
    pub outcome: Outcome,
    /// What would move, per kind of points.
    pub points: Vec<PointsMoved>,
    /// What would be available afterwards, per kind of points.
    pub available: Vec<(Name, i64)>,
}

impl App {
    /// What an event would do now (or at its `occurred_at`); nothing is written, whether or not
    /// its key was used.
    pub fn preview(&self, tenant: TenantId, mut incoming: Incoming) -> Result<Preview, Error> {
        // Under a key that nobody has: what came of an event with the same key is no preview.
        let nonce = input::time_ordered(self.now());
        let unused = format!("preview/{:032x}", u128::from_be_bytes(nonce));
        let key = incoming.event.key.external_id.clone();
        incoming.event.key.external_id = regulars_base::Text::new(unused).unwrap_or(key);
        let mut prepared = input::prepare(incoming, &[], Timing::Live, self.now())?;
        let core = self.core();
        prepared.incoming.who = core.settled(tenant, prepared.incoming.who)?;
        let (versions, loaded) = core.pool.with(|store| {
            let mut versions = core.versions.known(tenant, store)?;
            loop {
                let ask = decide::ask(&versions, &prepared)?;
                let loaded = look(store, tenant, &versions, (ask, &prepared.incoming.event))?;
                let orphan = matches!(loaded.answers.first(), Some(Answer::UnknownMember))
                    && prepared.incoming.who == Who::OfOrder;
                if loaded.program != versions.newest() {
                    versions = core.versions.latest(tenant, store)?;
                } else if orphan {
                    let event = &prepared.incoming.event;
                    prepared.incoming.who = decide::nobody_yet(event, prepared.fresh);
                } else {
                    return Ok((versions, loaded));
                }
            }
        })?;
        let mut event = prepared.incoming.event;
        let (member, mut state) = state_of(&versions, &loaded, &prepared.incoming.who, &event)?;
        event.recorded_at = event
            .recorded_at
            .max(event.occurred_at)
            .max(state.wallet.clock);
        let nobody = MemberId::from_bytes([0; 16]);
        let who = state.owner.unwrap_or(nobody);
        (state.wallet, _) = versions.brought_over(who, state.wallet, event.recorded_at);
        let (version, program) = versions.at(event.occurred_at)?;
        let mut outcome = Outcome::default();
        if versions
            .overs(event.occurred_at, event.recorded_at)
            .is_empty()
        {
            step(program, &mut state, &event, &mut outcome);
        } else {
            step_late(program, &mut state, &event, &mut outcome);
        }
        let available = program.points.iter().map(|points| {
            let available = state.wallet.available(points.name, event.recorded_at);
            (points.name, available)
        });
        Ok(Preview {
            member,
            version,
            program: Arc::clone(program),
            points: receipt::moved(outcome.postings()),
            available: available.collect(),
            outcome,
        })
    }
}

/// What is known of an event, the wallet of the group whose affair it is with it.
pub(crate) fn look(
    store: &mut dyn Store,
    tenant: TenantId,
    versions: &Versions,
    (mut ask, event): (Ask, &Event),
) -> Result<Loaded, Error> {
    let loaded = store.peek(tenant, std::slice::from_ref(&ask))?;
    let Some(Answer::Fresh { wallet, .. }) = loaded.answers.first() else {
        return Ok(loaded);
    };
    let (_, program) = versions.at(event.occurred_at)?;
    match group::acts_for(program, &loaded.wallets[*wallet].state, event) {
        Some(group) if loaded.other(group) == Other::NotAsked => {
            ask.also.push(group);
            Ok(store.peek(tenant, &[ask])?)
        }
        _ => Ok(loaded),
    }
}

/// What the event would be decided on, and whose it is: the person's, where it is a group's affair.
pub(crate) fn state_of(
    versions: &Versions,
    loaded: &Loaded,
    who: &Who,
    event: &Event,
) -> Result<(Option<MemberId>, State), Error> {
    match loaded.answers.first() {
        Some(Answer::Fresh { wallet, order, .. }) => {
            let row = &loaded.wallets[*wallet];
            let order = order.map(|at| loaded.orders[at].state.clone());
            let (_, program) = versions.at(event.occurred_at)?;
            let group = group::acts_for(program, &row.state, event);
            let group = group.and_then(|group| match loaded.other(group) {
                Other::At(place) => Some(&loaded.wallets[place]),
                Other::Nobody | Other::NotAsked => None,
            });
            let decides = group.unwrap_or(row);
            let state = State {
                owner: Some(decides.member),
                actor: group.map(|_| row.member),
                wallet: decides.state.clone(),
                order: order.unwrap_or_default(),
                shared: loaded.shared.clone(),
                codes: loaded.codes.clone(),
                staff: loaded.staff(0),
            };
            Ok(((!row.is_new).then_some(row.member), state))
        }
        Some(Answer::NoCard(card)) => Err(Error::NoCard(card.clone())),
        Some(Answer::UnknownMember) => match who {
            Who::Member(id) => Err(Error::not_found("member", id)),
            _ => Ok((
                None,
                State {
                    owner: None,
                    actor: None,
                    wallet: Wallet::default(),
                    order: Order::default(),
                    shared: loaded.shared.clone(),
                    codes: loaded.codes.clone(),
                    staff: loaded.staff(0),
                },
            )),
        },
        _ => Err(Error::Bug("a preview met an event of its own key".into())),
    }
}
