//! What a set of offers is: a record with versions.

use crate::people::read;
use crate::segments::condition_of;
use crate::versioned;
use crate::{App, Error};
use regulars_base::{TenantId, Timestamp};
use regulars_engage::offer::{OfferContext, OfferFault, OfferSet, OfferSetDraft};
use regulars_engine::Program;
use regulars_engine::event::Fault;
use regulars_store::{Setting, Store};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The sort of setting.
pub(crate) const OFFER_SET: &str = "offer_set";
/// So many there may be.
const MOST: usize = 50;

/// What is kept of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(flatten)]
    pub(super) draft: OfferSetDraft,
    changed_at_micros: i64,
    /// Since when this share is held out.
    drawn_since_micros: i64,
}

/// A set of offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferSetView {
    /// Its id.
    pub id: String,
    /// What it is.
    pub draft: OfferSetDraft,
    /// How often it was written, from 1.
    pub version: i64,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// What is wrong with it since the program or a segment changed: until it is mended, nothing of it is shown.
    pub faults: Vec<OfferFault>,
}

impl App {
    /// All sets of offers, by their ids.
    ///
    /// # Errors
    /// No program is in force.
    pub fn offer_sets(&self, tenant: TenantId) -> Result<Vec<OfferSetView>, Error> {
        let program = self.program_in_force(tenant, self.now())?.1;
        self.core().pool.with(|store| {
            let rows = store.settings(tenant, OFFER_SET)?;
            let each = rows.iter().map(|row| view(store, tenant, row, &program));
            each.collect()
        })
    }

    /// A set of offers.
    pub fn offer_set(&self, tenant: TenantId, id: &str) -> Result<OfferSetView, Error> {
        let program = self.program_in_force(tenant, self.now())?.1;
        self.core().pool.with(|store| {
            let row = found(store, tenant, id)?;
            view(store, tenant, &row, &program)
        })
    }

    /// Writes a set of offers: the first version of a new one, or the one after the version that somebody saw. What
    /// was chosen before stands.
    ///
    /// # Errors
    /// Something in it is wrong (each fault at its place), or somebody else was faster.
    pub fn put_offer_set(
        &self,
        tenant: TenantId,
        (id, seen): (&str, Option<i64>),
        draft: &OfferSetDraft,
    ) -> Result<OfferSetView, Error> {
        versioned::check_id(id, "/id")?;
        let now = self.now();
        let program = self.program_in_force(tenant, now)?.1;
        let (rows, compiled) = self.core().pool.with(|store| {
            let rows = store.settings(tenant, OFFER_SET)?;
            Ok((rows, compiled(store, tenant, draft, &program)?))
        })?;
        if let Err(faults) = compiled {
            let faults = faults.into_iter().map(|(at, what)| Fault::new(at, what));
            return Err(Error::Invalid(faults.collect()));
        }
        if seen.is_none() && rows.len() >= MOST {
            let what = format!("is one too many: there are at most {MOST} sets of offers");
            return Err(Error::invalid("/id", what));
        }
        let before = rows.iter().find(|row| row.id == id);
        let before: Option<Kept> = before.map(read).transpose()?;
        let same = before.filter(|own| own.draft.hold_out == draft.hold_out);
        let kept = Kept {
            draft: draft.clone(),
            changed_at_micros: now.micros(),
            drawn_since_micros: same.map_or(now.micros(), |own| own.drawn_since_micros),
        };
        let row = versioned::next(OFFER_SET, (id, seen), &kept)?;
        let written = self
            .core()
            .write(move |store| Ok(store.put_setting(tenant, &row)?))?;
        // Of one that they saw, that it is gone is said first.
        if written || seen.is_some() {
            let found = self.offer_set(tenant, id)?;
            if written {
                return Ok(found);
            }
        }
        Err(versioned::not_written("offer set", id, seen))
    }
}

pub(super) fn found(store: &mut dyn Store, tenant: TenantId, id: &str) -> Result<Setting, Error> {
    let row = store.setting(tenant, OFFER_SET, id)?;
    row.ok_or_else(|| Error::not_found("offer set", id))
}

/// Which share of a set is held out, and since when.
pub(crate) fn drawn(
    store: &mut dyn Store,
    tenant: TenantId,
    id: &str,
) -> Result<(u8, Timestamp), Error> {
    let kept: Kept = read(&found(store, tenant, id)?)?;
    let since = Timestamp::from_micros(kept.drawn_since_micros);
    Ok((kept.draft.hold_out, since))
}

/// A set that is ready to be chosen of; or what is wrong with it.
pub(super) fn compiled(
    store: &mut dyn Store,
    tenant: TenantId,
    draft: &OfferSetDraft,
    program: &Program,
) -> Result<Result<OfferSet, Vec<OfferFault>>, Error> {
    let mut segments = BTreeMap::new();
    if let OfferContext::Segments(ids) = &draft.context {
        for id in ids {
            if let Some(segment) = condition_of(store, tenant, id, program)? {
                segments.insert(id.clone(), segment);
            }
        }
    }
    Ok(OfferSet::read(draft, program, &segments))
}

fn view(
    store: &mut dyn Store,
    tenant: TenantId,
    row: &Setting,
    program: &Program,
) -> Result<OfferSetView, Error> {
    let kept: Kept = read(row)?;
    let faults = compiled(store, tenant, &kept.draft, program)?.err();
    Ok(OfferSetView {
        id: row.id.clone(),
        draft: kept.draft,
        version: row.version,
        changed_at: Timestamp::from_micros(kept.changed_at_micros),
        faults: faults.unwrap_or_default(),
    })
}
