//! What happens by itself: sealing, and doing what fell due.

use crate::Error;
use crate::NOW;
use crate::app::Core;
use crate::input::Timing;
use crate::lane::{Item, Reply, Tally};
use crate::{App, only_setting};
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp, Zone};
use regulars_engine::event::{Event, Incoming, Kind, Who};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// How many wallets are ticked at a time.
const TICKS_AT_ONCE: usize = 1000;

/// Seals and ticks until the app is closed; seals once more then.
pub(crate) fn run(core: &Core) {
    let config = &core.config;
    let (mut sealed, mut ticked) = (Instant::now(), Instant::now());
    let elapsed = |since: Instant, every: Option<Duration>| {
        every.is_some_and(|every| since.elapsed() >= every)
    };
    while !core.stop.wait(Duration::from_millis(250)) {
        if elapsed(sealed, config.seal_every) {
            said(core.seal_all(), "sealing");
            sealed = Instant::now();
        }
        if elapsed(ticked, config.tick_every) {
            said(core.tick_due(config.clock.now()).map(drop), "ticking");
            ticked = Instant::now();
        }
    }
    if config.seal_every.is_some() {
        said(core.seal_all(), "sealing");
    }
}

fn said(result: Result<(), Error>, what: &'static str) {
    if let Err(error) = result {
        tracing::warn!(%error, what, "it did not work, and is tried again");
    }
}

/// The hour at which a night ends, for what is done once a night.
const NIGHT_HOUR: i64 = 3;
const HOUR_MICROS: i64 = 3_600_000_000;

/// Whether something was done last before the night that ended: a night ends at three, where the shop is.
pub(crate) fn is_of_before_this_night(zone: &Zone, done: Timestamp, now: Timestamp) -> bool {
    let day = |at: Timestamp| zone.day(at.plus_micros(-NIGHT_HOUR * HOUR_MICROS));
    day(done) < day(now)
}

/// When something was done last that is done once a night.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Done {
    /// In microseconds since 1970; 0 for never.
    micros: i64,
}

/// Does something for every merchant, every so often, until the app is closed. Where it fails `words` are logged, and the
/// next turn does it.
pub(crate) fn for_each_tenant(
    app: &App,
    every: Duration,
    words: &str,
    each: impl Fn(TenantId) -> Result<(), Error>,
) {
    while !app.core().stop.wait(every) {
        for tenant in app.tenants().unwrap_or_default() {
            if let Err(error) = each(tenant.id) {
                tracing::warn!(%error, tenant = tenant.name, "{words}");
            }
        }
    }
}

impl App {
    /// Whether what is done once a night, and noted as this setting, was not done since this night. Without a program
    /// there are no nights.
    pub(crate) fn is_due_tonight(&self, tenant: TenantId, kind: &str) -> Result<bool, Error> {
        let now = self.now();
        let program = match self.program_in_force(tenant, now) {
            Err(Error::NoProgram) => return Ok(false),
            other => other?.1,
        };
        let core = self.core();
        let done: Done = core
            .pool
            .with(|store| only_setting::get(store, tenant, kind))?;
        let done = Timestamp::from_micros(done.micros);
        Ok(is_of_before_this_night(&program.zone, done, now))
    }

    /// Notes that it was done.
    pub(crate) fn note_done(
        &self,
        tenant: TenantId,
        kind: &str,
        at: Timestamp,
    ) -> Result<(), Error> {
        let done = Done {
            micros: at.micros(),
        };
        let core = self.core();
        let noted = core
            .pool
            .with(|store| only_setting::replace(store, tenant, kind, |_: &Done| done));
        match noted {
            // Another server did it at the same time.
            Ok(_) | Err(Error::Retry(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl crate::app::Stop {
    /// Waits so long, or until it is over. Whether it is over.
    pub(crate) fn wait(&self, time: Duration) -> bool {
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        if *stopped {
            return true;
        }
        let waited = self.changed.wait_timeout(stopped, time);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Core {
    fn seal_all(&self) -> Result<(), Error> {
        let now = self.config.clock.now();
        // One errand for each, so that events come in between.
        for tenant in self.pool.with(|store| Ok(store.tenants()?))? {
            self.write(move |store| Ok(store.seal(tenant.id, now)?))?;
        }
        Ok(())
    }

    /// Does all that fell due by `now`, for every tenant.
    pub(crate) fn tick_due(&self, now: Timestamp) -> Result<usize, Error> {
        let tenants = self.pool.with(|store| Ok(store.tenants()?))?;
        let mut done = 0;
        for tenant in tenants {
            done += self.tick_due_of(tenant.id, now)?;
        }
        Ok(done)
    }

    /// The same of one tenant.
    pub(crate) fn tick_due_of(&self, tenant: TenantId, now: Timestamp) -> Result<usize, Error> {
        Ok(self.tick_tenant(tenant, now)? + self.pay_places(tenant, now)?)
    }

    fn tick_tenant(&self, tenant: TenantId, now: Timestamp) -> Result<usize, Error> {
        let mut done = self.bring_over(tenant, now)?;
        let mut once_more = false;
        loop {
            let due = self
                .pool
                .with(|store| Ok(store.due(tenant, now, TICKS_AT_ONCE)?))?;
            if due.is_empty() {
                return Ok(done);
            }
            let known = self.tick_those(tenant, &due, now, once_more)?;
            if known < due.len() as u64 {
                done += due.len();
                once_more = false;
            } else if once_more {
                // Another server does them this moment, or a tick did not do what was due.
                return Ok(done);
            } else {
                // Another server did them, and they are due no more; or the same moment has come twice:
                // points came back that had lapsed.
                once_more = true;
            }
        }
    }

    /// Ticks members for the moments at which something fell due. How many of these ticks were there
    /// before. `once_more`: they were, and something is due at the same moment all the same.
    fn tick_those(
        &self,
        tenant: TenantId,
        due: &[(MemberId, Timestamp)],
        now: Timestamp,
        once_more: bool,
    ) -> Result<u64, Error> {
        let tally = Arc::new(Tally::default());
        for (number, (member, due_at)) in (0_u64..).zip(due) {
            let due = match once_more {
                false => due_at.micros().to_string(),
                true => format!("{}/{}", due_at.micros(), now.micros()),
            };
            let mut prepared = self.prepare(tick(*member, &due), &[], Timing::Live, now)?;
            prepared.incoming.event.recorded_at = now;
            let lane = self.lane_of(tenant, &prepared.incoming);
            let reply = Reply::Tally(Arc::clone(&tally), number);
            lane.push(tenant, [Item::new(prepared, reply)]);
        }
        let mut sums = tally.wait(due.len() as u64);
        match sums.failed.pop() {
            Some((_, error)) => Err(error),
            None => Ok(sums.duplicates),
        }
    }
}

/// The tick that does what is due at a moment: one, however many servers think of it.
pub(crate) fn tick(member: MemberId, due: &str) -> Incoming {
    let text = |text: &str| Text::new(text).expect("an id and a number are a short text");
    Incoming {
        who: Who::Member(member),
        event: Event {
            key: EventKey {
                source: text("clock"),
                external_id: text(&format!("{member}/{due}")),
            },
            occurred_at: NOW,
            recorded_at: NOW,
            entropy: [0; 16],
            kind: Kind::Tick,
        },
    }
}
