//! Events that others publish at a broker: each counts once.
//!
//! The broker lets go of an event when it is durable here, and hands it over again otherwise, to this server
//! or another. What is handed over twice has the same key, and is known the second time. What can never be an
//! event is put aside with the reason, and holds up nothing.

use crate::connectors::ReadEvent;
use crate::webhooks::in_subjects;
use crate::{App, Error};
use regulars_base::TenantId;
use regulars_connect::Broker;
use regulars_connect::broker::{Handed, NoBroker};
use std::collections::BTreeMap;
use std::time::Duration;

/// So many events are taken in at once.
const MOST: usize = 1000;
/// So long the broker is asked for the next one.
const PATIENCE: Duration = Duration::from_secs(1);
/// So long a broker is left alone that is not to be had.
const BROKEN: Duration = Duration::from_secs(2);
/// After so long something is handed over again that could not be taken in just now.
const AGAIN: Duration = Duration::from_secs(5);

/// Takes events in until the app is closed.
pub(crate) fn run(app: &App, broker: &Broker, read: ReadEvent) {
    let stop = &app.core().stop;
    while !stop.wait(Duration::ZERO) {
        let took = broker
            .take(MOST, PATIENCE)
            .and_then(|all| app.take_published(broker, read, all));
        if let Err(error) = took {
            tracing::warn!(%error, "the broker is not to be had, and is tried again");
            stop.wait(BROKEN);
        }
    }
}

/// What becomes of an event that was handed over.
#[derive(Clone)]
enum End {
    /// It counts, or counted before.
    Taken,
    /// Not just now: why.
    Later(String),
    /// Never: why.
    Refused(String),
}

impl End {
    fn of(error: &Error) -> Self {
        // A merchant who has no program yet will have one.
        match error.passes() || matches!(error, Error::NoProgram) {
            true => Self::Later(error.to_string()),
            false => Self::Refused(error.to_string()),
        }
    }
}

impl App {
    fn take_published(
        &self,
        broker: &Broker,
        read: ReadEvent,
        all: Vec<Handed>,
    ) -> Result<(), NoBroker> {
        let mut merchants: BTreeMap<String, Vec<Handed>> = BTreeMap::new();
        for handed in all {
            let own = merchants.entry(handed.merchant.clone()).or_default();
            own.push(handed);
        }
        for (merchant, all) in merchants {
            let ends = self.take_of(&merchant, read, &all);
            for (handed, end) in all.iter().zip(ends) {
                match end {
                    End::Taken => broker.done(handed)?,
                    End::Later(why) => {
                        tracing::warn!(why, merchant, "a published event is taken in later");
                        broker.later(handed, AGAIN)?;
                    }
                    End::Refused(why) => broker.refuse(handed, &why)?,
                }
            }
        }
        Ok(())
    }

    /// What becomes of each event that was published for a merchant.
    fn take_of(&self, merchant: &str, read: ReadEvent, all: &[Handed]) -> Vec<End> {
        let incoming = self.published_for(merchant).and_then(|tenant| {
            let now = self.now();
            let program = match self.program_in_force(tenant, now) {
                Ok((_, program)) => Some(program),
                Err(Error::NoProgram) => None,
                Err(error) => return Err(error),
            };
            let read = |handed: &Handed| read(&handed.text, now, program.as_deref());
            Ok((tenant, all.iter().map(read).collect::<Vec<_>>()))
        });
        let (tenant, incoming) = match incoming {
            Ok(incoming) => incoming,
            Err(error) => return vec![End::of(&error); all.len()],
        };
        let good = incoming.iter().filter_map(|own| own.as_ref().ok()).cloned();
        let mut receipts = self.ingest(tenant, good.collect()).into_iter();
        let ends = incoming.into_iter().map(|own| match own {
            Err(faults) => End::of(&Error::Invalid(faults)),
            Ok(_) => match receipts.next() {
                Some(Ok(_)) => End::Taken,
                Some(Err(error)) => End::of(&error),
                None => End::Later("it got no answer".into()),
            },
        });
        ends.collect()
    }

    fn published_for(&self, merchant: &str) -> Result<TenantId, Error> {
        let tenants = self.tenants()?;
        let own = tenants.iter().find(|own| in_subjects(own) == merchant);
        own.map(|own| own.id)
            .ok_or_else(|| Error::not_found("tenant", merchant))
    }
}
