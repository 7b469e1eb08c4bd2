//! What deliveries lost: the platform is asked for all that changed since a day, and what it says goes the
//! way of a delivery, under the same keys.

use super::{Connector, found};
use crate::{App, Error};
use regulars_base::{TenantId, Timestamp};
use regulars_connect::puller::Puller;
use std::time::Duration;

/// So many pages are read in one go: begin again from a later day for more.
const PAGES_MOST: u64 = 10_000;
/// So many of what went wrong are shown.
const SHOWN_MOST: usize = 20;

/// What asking came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reconciled {
    /// How many pages were read.
    pub pages: u64,
    /// How many things (orders, or events) were on them.
    pub things: u64,
    /// How many events had been lost, and are taken now.
    pub taken: u64,
    /// How many were known.
    pub known: u64,
    /// From how many things nothing follows.
    pub unused: u64,
    /// Why events were refused: the first of them.
    pub refused: Vec<String>,
    /// Why things could not be decided: the first of them.
    pub failed: Vec<String>,
}

impl App {
    /// Asks a platform for all that changed since a moment, and takes what was lost. `told` hears how many
    /// pages were read, and says whether to go on.
    pub fn reconcile(
        &self,
        tenant: TenantId,
        id: &str,
        since: Timestamp,
        told: &dyn Fn(u64) -> bool,
    ) -> Result<Reconciled, Error> {
        let (own, _) = self.core().pool.with(|store| found(store, tenant, id))?;
        let (platform, setup) = (own.platform()?, own.setup()?);
        let access = askable(&own)?;
        let puller = Puller::new(self.may_be_private());
        let mut done = Reconciled::default();
        let mut next = platform.begin(&access, since);
        while let Some(ask) = next {
            if !told(done.pages) {
                return Err(Error::Unavailable(
                    "it was stopped; what was taken by then is taken".into(),
                ));
            }
            if done.pages == PAGES_MOST {
                let what = format!("holds more than {PAGES_MOST} pages; begin from a later day");
                return Err(Error::invalid("/since", what));
            }
            let mut wait = |pause: Duration| !self.core().stop.wait(pause);
            let answer = puller.get(&ask, &mut wait);
            let answer = answer.map_err(|why| Error::NotAnswered(why.0))?;
            let wrong = |fault: regulars_connect::inbound::Fault| Error::NotAnswered(fault.0);
            let page = platform.page(&setup, &access, &answer).map_err(wrong)?;
            done.pages += 1;
            for parcel in page.parcels {
                done.things += 1;
                match parcel {
                    Ok(parcel) => done.add(self.take_parcel(tenant, &own, &parcel)?),
                    Err(fault) => push(&mut done.failed, fault.0),
                }
            }
            next = page.next;
        }
        Ok(done)
    }

    /// Whether a connector can be asked; says what is missing if not.
    pub fn check_askable(&self, tenant: TenantId, id: &str) -> Result<(), Error> {
        let (own, _) = self.core().pool.with(|store| found(store, tenant, id))?;
        askable(&own).map(drop)
    }
}

fn askable(own: &Connector) -> Result<regulars_connect::inbound::Access, Error> {
    if !own.platform()?.can_be_asked() {
        let what = "is of a platform that is not asked: have it send again what was lost";
        return Err(Error::invalid("/connector", what));
    }
    own.access().ok_or_else(|| {
        let what = "is not known: enter where the platform is asked, and what lets us in";
        Error::invalid("/ask_url", what)
    })
}

impl Reconciled {
    fn add(&mut self, came: super::delivery::Came) {
        self.taken += came.new;
        self.known += came.known;
        let nothing =
            came.new == 0 && came.known == 0 && came.refused.is_empty() && came.failed.is_empty();
        self.unused += u64::from(nothing);
        came.refused
            .into_iter()
            .for_each(|why| push(&mut self.refused, why));
        came.failed
            .into_iter()
            .for_each(|why| push(&mut self.failed, why));
    }
}

fn push(to: &mut Vec<String>, why: String) {
    if to.len() < SHOWN_MOST {
        to.push(why);
    }
}
