//! Events come in: durable when they are answered.

use crate::app::Core;
use crate::identities;
use crate::input::{self, Prepared, Timing};
use crate::lane::{Item, Lane, Reply, Slots};
use crate::{App, Error, Receipt};
use regulars_base::{TenantId, Timestamp};
use regulars_engine::event::{Incoming, Kind, Who};
use std::hash::{DefaultHasher, Hash, Hasher};

impl App {
    /// Hands an event to the lane of whom it concerns; `reply` is called (on the lane's thread, so
    /// it must be quick) once the event is durable, or refused. Never blocks: with too much
    /// waiting, `reply` gets `Error::Busy` at once.
    ///
    /// `recorded_at` and `entropy` of the event are set here; what the caller puts there is
    /// ignored. [`NOW`](crate::NOW) as `occurred_at` means now.
    pub fn submit(
        &self,
        tenant: TenantId,
        incoming: Incoming,
        reply: impl FnOnce(Result<Receipt, Error>) + Send + 'static,
    ) {
        match self.core().prepare(incoming, &[], Timing::Live, self.now()) {
            Ok(prepared) if self.core().must_look_up(tenant, &prepared) => {
                // The first play of a month: the secret is read from the database (and made, if need
                // be), which takes a thread that may wait. So does a telephone number without a country.
                let app = self.clone();
                std::thread::spawn(move || match app.core().completed(tenant, prepared) {
                    Ok(prepared) => app.offer(tenant, prepared, reply),
                    Err(error) => reply(Err(error)),
                });
            }
            Ok(prepared) => match self.core().completed(tenant, prepared) {
                Ok(prepared) => self.offer(tenant, prepared, reply),
                Err(error) => reply(Err(error)),
            },
            Err(error) => reply(Err(error)),
        }
    }

    fn offer(
        &self,
        tenant: TenantId,
        prepared: Prepared,
        reply: impl FnOnce(Result<Receipt, Error>) + Send + 'static,
    ) {
        let lane = self.core().lane_of(tenant, &prepared.incoming);
        lane.offer(tenant, Item::new(prepared, Reply::Call(Box::new(reply))));
    }

    /// Takes events in order; durable when it returns, one answer for each. Blocks while too much
    /// is waiting.
    pub fn ingest(&self, tenant: TenantId, incoming: Vec<Incoming>) -> Vec<Result<Receipt, Error>> {
        self.ingest_by(tenant, incoming, &[], Timing::Live)
    }

    /// Takes one event; durable when it returns.
    pub fn ingest_one(&self, tenant: TenantId, incoming: Incoming) -> Result<Receipt, Error> {
        self.ingest_with(tenant, incoming, &[])
    }

    /// Takes one event of which `with` is a part.
    pub(crate) fn ingest_with(
        &self,
        tenant: TenantId,
        incoming: Incoming,
        with: &[u8],
    ) -> Result<Receipt, Error> {
        let answers = self.ingest_by(tenant, vec![incoming], with, Timing::Live);
        let missing = || Err(Error::Bug("an event got no answer".into()));
        answers.into_iter().next().unwrap_or_else(missing)
    }

    /// Takes events in order, by this clock.
    pub(crate) fn ingest_by(
        &self,
        tenant: TenantId,
        incoming: Vec<Incoming>,
        with: &[u8],
        timing: Timing,
    ) -> Vec<Result<Receipt, Error>> {
        self.core().ingest_by(tenant, incoming, with, timing)
    }
}

impl Core {
    /// Prepares an event that arrives at `now`, with the randomness of the configuration.
    pub(crate) fn prepare(
        &self,
        incoming: Incoming,
        with: &[u8],
        timing: Timing,
        now: Timestamp,
    ) -> Result<Prepared, Error> {
        input::prepare_by(&self.config.chance, incoming, with, timing, now)
    }

    /// Takes events in order, by this clock.
    pub(crate) fn ingest_by(
        &self,
        tenant: TenantId,
        incoming: Vec<Incoming>,
        with: &[u8],
        timing: Timing,
    ) -> Vec<Result<Receipt, Error>> {
        let (core, now) = (self, self.config.clock.now());
        let slots = Slots::new(incoming.len());
        let mut items: Vec<Vec<Item>> = core.lanes.iter().map(|_| Vec::new()).collect();
        for (at, incoming) in incoming.into_iter().enumerate() {
            let prepared = core.prepare(incoming, with, timing, now);
            match prepared.and_then(|prepared| core.completed(tenant, prepared)) {
                Ok(prepared) => {
                    let lane = core.lane_number(tenant, &prepared.incoming);
                    let reply = Reply::Slot(slots.clone(), at);
                    items[lane].push(Item::new(prepared, reply));
                }
                Err(error) => slots.put(at, Err(error)),
            }
        }
        for (lane, items) in core.lanes.iter().zip(items) {
            lane.push(tenant, items);
        }
        slots.wait()
    }

    /// Whether it is a play whose month's secret is not at hand yet, or names somebody in a way that only the
    /// database can tell.
    fn must_look_up(&self, tenant: TenantId, prepared: &Prepared) -> bool {
        let event = &prepared.incoming.event;
        let is_play = matches!(event.kind, Kind::Play(_));
        is_play && !self.has_secret(tenant, event.recorded_at)
            || identities::must_ask(&prepared.incoming.who)
    }

    /// All that a lane must know of it: whom it concerns by the form of their identity, and its number. What
    /// was sent is what its hash is of, so the same thing sent again is the same whatever its form becomes.
    fn completed(&self, tenant: TenantId, mut prepared: Prepared) -> Result<Prepared, Error> {
        prepared.incoming.who = self.settled(tenant, prepared.incoming.who)?;
        self.numbered(tenant, prepared)
    }

    /// A play gets its number from the month's secret: nobody can have chosen it. What is written
    /// down of the past has no secret that was promised then.
    fn numbered(&self, tenant: TenantId, mut prepared: Prepared) -> Result<Prepared, Error> {
        let event = &mut prepared.incoming.event;
        if let Kind::Play(play) = &event.kind {
            let (key, now) = (&event.key, event.recorded_at);
            event.entropy = self.draw_number(tenant, key, play, now)?;
        }
        Ok(prepared)
    }

    /// The lane of whom an event concerns.
    pub(crate) fn lane_of(&self, tenant: TenantId, incoming: &Incoming) -> &Lane {
        &self.lanes[self.lane_number(tenant, incoming)]
    }

    /// The number of the lane of whom an event concerns. An event that names only an order goes
    /// where its purchase went, as long as that is remembered; else the database decides who
    /// comes first.
    pub(crate) fn lane_number(&self, tenant: TenantId, incoming: &Incoming) -> usize {
        let lanes = self.lanes.len();
        if lanes == 1 {
            return 0;
        }
        let order = || {
            let order = incoming.event.order()?;
            Some(hash(&(tenant, &incoming.event.key.source, order)))
        };
        if incoming.who == Who::OfOrder {
            let order = order().unwrap_or_default();
            let remembered = self.orders.lane_of(order);
            return remembered.unwrap_or(place(order, lanes));
        }
        let lane = place(hash(&(tenant, &incoming.who)), lanes);
        if let Some(order) = order().filter(|_| !incoming.event.looks_at_order()) {
            self.orders.remember(order, lane);
        }
        lane
    }
}

fn place(hash: u64, lanes: usize) -> usize {
    usize::try_from(hash % lanes as u64).unwrap_or(0)
}

fn hash(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}
