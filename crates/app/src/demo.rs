//! A demo shop: a program, members, two years of orders, and a season in which it writes to its members, asks
//! them and answers them; deterministic from a seed, as far as what is drawn by lot allows.

use crate::input::{self, Timing};
use crate::lane::{Item, Reply, Tally};
use crate::library::Sample;
use crate::programs::Apply;
use crate::{App, Config, Error, Tenant};
use calendar::Calendar;
use regulars_base::{TenantId, Zone};
use regulars_engine::event::{Incoming, Who};
use regulars_mail::Mailer;
use regulars_sim::shopper;
use season::Season;
use std::ops::Range;
use std::sync::Arc;
use year::Year;

mod calendar;
mod people;
mod season;
mod segments;
mod year;

/// The demo shop's program, of the library: the one that the manual explains.
const PROGRAM: &str = "coffee-shop";

/// What is added to it.
const MORE: &str = include_str!("demo/year.toml");

/// What is added for the season.
const SEASON: &str = include_str!("demo/season.toml");

/// The tenant's name.
const NAME: &str = "demo";

/// How many members it has.
const MEMBERS: u32 = 300;

/// The numbers of those who come in the last season.
const NEWCOMERS: Range<u32> = 400..436;

/// For how many days they have been coming.
const DAYS: i32 = 731;

/// How many of them are lived day by day: nine weeks.
const LIVED: i32 = 63;

/// Stands where everything is loaded.
const LOADED: &str = "loaded";

const DAY_MICROS: i64 = 86_400_000_000;

/// How many events are sent at a time.
const AT_ONCE: usize = 2000;

/// How much there is in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DemoExtent {
    /// The program, members and their orders: for who wants to set up the rest.
    Orders,
    /// The shop as it is after a season of letters, surveys, cases and offers.
    #[default]
    Whole,
}

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
}

/// Loads the demo shop into a database, if it is not there yet: the tenant `demo`, with two years up to
/// yesterday. One whose loading was cut off is completed. `progress` hears how many events of how many are
/// written. What is set for background work in `config` is not done meanwhile.
///
/// It is to be done before a server runs: a tick in the middle of it would bring a wallet to today, and what
/// comes after would count as late.
pub fn load_demo(
    config: Config,
    seed: u64,
    extent: DemoExtent,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Demo, Error> {
    let calendar = Calendar::of(config.clock.clone());
    let app = App::open(Config {
        clock: calendar.clock(),
        // Letters of the past reach nobody.
        mail: Some(Mailer::shown(|_| {})),
        // What is lost with the power is loaded again.
        is_light: true,
        ..config.resting()
    })?;
    let loading = Loading {
        app: &app,
        calendar: &calendar,
        seed,
        extent,
    };
    let loaded = loading.load(progress);
    app.close();
    loaded
}

/// The loading, from its first event to its last.
struct Loading<'a> {
    app: &'a App,
    calendar: &'a Calendar,
    seed: u64,
    extent: DemoExtent,
}

impl Loading<'_> {
    fn load(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<Demo, Error> {
        let app = self.app;
        let tenant = self.tenant()?;
        let so_far = self.mark(tenant.id)?;
        if so_far.as_deref() != Some(LOADED) {
            self.live(&tenant, so_far.as_deref(), progress)?;
            self.set_mark(tenant.id, LOADED)?;
        }
        let counts = app.counts(tenant.id)?;
        Ok(Demo {
            tenant,
            members: counts.members,
            events: counts.events,
            try_member: first_member(),
        })
    }

    /// The shop: made on the first day of its season.
    fn tenant(&self) -> Result<Tenant, Error> {
        if let Some(tenant) = self.app.tenant_named(NAME)? {
            return Ok(tenant);
        }
        let lived = i64::from(self.extent.days()) * DAY_MICROS;
        self.calendar.turn_to(self.app.now().plus_micros(-lived));
        self.app.create_tenant(NAME)
    }

    /// All that happened, from the first order to today. The years end on the day before the shop was made, or
    /// with its season, so that a second try after a cut-off makes the same events.
    fn live(
        &self,
        tenant: &Tenant,
        so_far: Option<&str>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), Error> {
        let (app, seed) = (self.app, self.seed);
        self.calendar.turn_to(tenant.created_at);
        let zone = self.program(tenant.id)?;
        let opens = zone.day(tenant.created_at);
        let end = opens.plus_days(self.extent.days());
        let year = Year {
            tenant: tenant.id,
            seed,
            members: MEMBERS,
            from: end.plus_days(-DAYS),
            days: DAYS,
            end: zone.start_of(end),
        };
        let mut events: Vec<Incoming> = shopper::demo(seed, MEMBERS, year.from, DAYS).collect();
        events.extend(shopper::year(seed, MEMBERS, year.from, DAYS));
        if self.extent == DemoExtent::Whole {
            events.extend(shopper::newcomers(seed, NEWCOMERS, opens, LIVED));
        }
        events.sort_by_key(|own| own.event.occurred_at);
        let until = |day: i32| {
            let at = zone.start_of(opens.plus_days(day));
            events.partition_point(|own| own.event.occurred_at < at)
        };
        let total = events.len() as u64;
        let mut sent = 0;
        for part in events[..until(0)].chunks(AT_ONCE) {
            app.send_history(tenant.id, part)?;
            sent += part.len() as u64;
            progress(sent, total);
        }
        if self.extent == DemoExtent::Whole {
            let mut season = Season::open(app, self.calendar, (tenant.id, seed), opens)?;
            season.meet((0..MEMBERS).chain(NEWCOMERS))?;
            let lived = so_far.and_then(|day| day.parse().ok()).unwrap_or(0);
            for day in lived..LIVED {
                season.live(day, &events[until(day)..until(day + 1)])?;
                self.set_mark(tenant.id, &(day + 1).to_string())?;
                progress(until(day + 1) as u64, total);
            }
            self.calendar.today();
        }
        // What comes back after the last order.
        app.send_history(tenant.id, &events[until(self.extent.days())..])?;
        app.name_people(tenant.id, MEMBERS)?;
        app.live_a_year(&year)?;
        app.let_some_wait(tenant.id, MEMBERS, end)?;
        app.tick_due(app.now())?;
        app.seal(tenant.id)?;
        app.make_segments(tenant.id)?;
        if self.extent == DemoExtent::Whole {
            app.build_recommendations(tenant.id, &mut |_, _| true)?;
            app.score_members(tenant.id, &|_| true)?;
        }
        Ok(())
    }

    /// Puts the program into force, if none is yet; the zone that its days are of.
    fn program(&self, tenant: TenantId) -> Result<Zone, Error> {
        if self.app.programs(tenant)?.is_empty() {
            let sample = Sample::named(PROGRAM).expect("the library has it");
            let more = match self.extent {
                DemoExtent::Orders => "",
                DemoExtent::Whole => SEASON,
            };
            self.app.apply(
                tenant,
                &Apply {
                    text: format!("{}{MORE}{more}", sample.text()),
                    from: None,
                    by: "demo".into(),
                    note: "the program of the demo shop".into(),
                },
            )?;
        }
        let (_, program) = self.app.program_in_force(tenant, self.app.now())?;
        Ok(program.zone.clone())
    }

    /// How far the loading came: the days that were lived, or all.
    fn mark(&self, tenant: TenantId) -> Result<Option<String>, Error> {
        let name = format!("demo/{}", self.seed);
        let pool = &self.app.core().pool;
        pool.with(|store| Ok(store.bookmark(tenant, &name)?))
    }

    fn set_mark(&self, tenant: TenantId, mark: &str) -> Result<(), Error> {
        let name = format!("demo/{}", self.seed);
        let pool = &self.app.core().pool;
        pool.with(|store| Ok(store.set_bookmark(tenant, &name, Some(mark))?))
    }
}

impl DemoExtent {
    /// How many days are lived.
    const fn days(self) -> i32 {
        match self {
            Self::Orders => 0,
            Self::Whole => LIVED,
        }
    }
}

impl App {
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
