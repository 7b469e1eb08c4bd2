//! A demo shop: a program, members, two years of orders, deterministic from a seed.

use crate::input::{self, Timing};
use crate::lane::{Item, Reply, Tally};
use crate::library::Sample;
use crate::programs::Apply;
use crate::{App, Error, Tenant};
use regulars_base::TenantId;
use regulars_engine::event::{Incoming, Who};
use regulars_sim::shopper;
use std::sync::Arc;

mod people;
mod segments;
mod year;

use year::Year;

/// The demo shop's program, of the library: the one that the manual explains.
const PROGRAM: &str = "coffee-shop";

/// What is added to it.
const MORE: &str = include_str!("demo/year.toml");

/// The tenant's name.
const NAME: &str = "demo";

/// How many members it has.
const MEMBERS: u32 = 300;

/// For how many days they have been coming.
const DAYS: i32 = 731;

/// How many events are sent at a time.
const AT_ONCE: usize = 2000;

/// What was loaded.
#[derive(Clone, Debug)]
pub struct Demo {
    /// The shop.
    pub tenant: Tenant,
    /// Members.
    pub members: u64,
    /// Events.
    pub events: u64,
    /// An identity to try: kind and value.
    pub try_member: (String, String),
    /// Whether it had been there already.
    pub existed: bool,
}

impl App {
    /// Loads the demo shop, if it is not there yet: the tenant `demo`, with two years up to
    /// yesterday. One whose loading was cut off is completed. `progress` hears how many
    /// events of how many are written.
    pub fn load_demo(&self, seed: u64, progress: &mut dyn FnMut(u64, u64)) -> Result<Demo, Error> {
        let tenant = match self.tenant_named(NAME)? {
            Some(tenant) => tenant,
            None => self.create_tenant(NAME)?,
        };
        let done = format!("demo/{seed}");
        let core = self.core();
        let noted = core
            .pool
            .with(|store| Ok(store.bookmark(tenant.id, &done)?))?;
        let existed = noted.as_deref() == Some("loaded");
        if !existed {
            if self.programs(tenant.id)?.is_empty() {
                let program = Sample::named(PROGRAM).expect("the library has it");
                self.apply(
                    tenant.id,
                    &Apply {
                        text: format!("{}{MORE}", program.text()),
                        from: None,
                        by: "demo".into(),
                        note: "the program of the demo shop".into(),
                    },
                )?;
            }
            let year = self.load_history(&tenant, seed, progress)?;
            self.name_people(tenant.id, MEMBERS)?;
            self.live_a_year(&year)?;
            self.let_some_wait(tenant.id, MEMBERS, year.from.plus_days(DAYS))?;
            self.tick_due(self.now())?;
            self.seal(tenant.id)?;
            self.make_segments(tenant.id)?;
            core.pool
                .with(|store| Ok(store.set_bookmark(tenant.id, &done, Some("loaded"))?))?;
        }
        let counts = self.counts(tenant.id)?;
        Ok(Demo {
            tenant,
            members: counts.members,
            events: counts.events,
            try_member: first_member(),
            existed,
        })
    }

    /// Writes two years of orders and what members did beside, and answers which years these are.
    fn load_history(
        &self,
        tenant: &Tenant,
        seed: u64,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Year, Error> {
        let (_, program) = self.program_in_force(tenant.id, self.now())?;
        // Up to the day before the shop was made, so that a second try after a cut-off makes the same
        // events.
        let end = program.zone.day(tenant.created_at);
        let from = end.plus_days(-DAYS);
        let mut events: Vec<Incoming> = shopper::demo(seed, MEMBERS, from, DAYS).collect();
        events.extend(shopper::year(seed, MEMBERS, from, DAYS));
        events.sort_by_key(|own| own.event.occurred_at);
        let total = events.len() as u64;
        let mut sent = 0;
        for part in events.chunks(AT_ONCE) {
            self.send_history(tenant.id, part)?;
            sent += part.len() as u64;
            progress(sent, total);
        }
        Ok(Year {
            tenant: tenant.id,
            seed,
            members: MEMBERS,
            from,
            days: DAYS,
            end: program.zone.start_of(end),
        })
    }

    /// Writes a part of a history, in order.
    pub(crate) fn send_history(&self, tenant: TenantId, events: &[Incoming]) -> Result<(), Error> {
        let (core, now) = (self.core(), self.now());
        let tally = Arc::new(Tally::default());
        for (number, incoming) in events.iter().enumerate() {
            let mut prepared = input::prepare(incoming.clone(), &[], Timing::History, now)?;
            // What the shop gives out by chance is the same in every demo, too.
            prepared.incoming.event.entropy = incoming.event.entropy;
            let lane = core.lane_of(tenant, &prepared.incoming);
            let reply = Reply::Tally(Arc::clone(&tally), number as u64);
            lane.push(tenant, [Item::new(prepared, reply)]);
        }
        let mut sums = tally.wait(events.len() as u64);
        match sums.failed.pop() {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }
}

fn first_member() -> (String, String) {
    match shopper::who(0) {
        Who::Identity { kind, value } => (kind.to_string(), value.to_string()),
        other => ("member".into(), format!("{other:?}")),
    }
}
