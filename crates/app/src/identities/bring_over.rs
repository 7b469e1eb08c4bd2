//! What stands in a database is brought into one form: once, and again when the shop says of which country its
//! telephone numbers are. Done twice it does nothing more, so it may be stopped at any moment.

use super::form;
use crate::app::Core;
use crate::{Error, duplicates, only_setting};
use regulars_base::{TenantId, Timestamp};
use regulars_store::{IdentityRow, Rewrite, Rewritten, Store};
use serde::{Deserialize, Serialize};

const KIND: &str = "identities";
/// Goes up whenever the form of something changes.
const FORM: u32 = 1;
/// So many are looked at together.
const TOGETHER: usize = 1000;

/// What became of the identities of a merchant when they were brought into one form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BroughtOver {
    /// The form that they are in.
    form: u32,
    /// The country that numbers without one are of.
    country: String,
    /// How many are written anew; how they were typed is kept.
    pub written: u64,
    /// How many were there twice for one member.
    pub folded: u64,
    /// How many another member has in that form: they are shown as before, and the two may be one person.
    pub taken: u64,
    /// How many are no such thing: they are found as they were typed, and in no other way.
    pub odd: u64,
}

/// Brings the identities of all merchants into one form that are not.
pub(crate) fn bring_all_over(core: &Core) -> Result<(), Error> {
    for tenant in core.pool.with(|store| Ok(store.tenants()?))? {
        core.write_in_one_form(tenant.id)?;
    }
    Ok(())
}

impl Core {
    /// Brings a merchant's identities into one form, if that is not done; what it came to, if anything was.
    pub(crate) fn write_in_one_form(&self, tenant: TenantId) -> Result<Option<BroughtOver>, Error> {
        let (done, country) = self.pool.with(|store| {
            let done: BroughtOver = only_setting::get(store, tenant, KIND)?;
            Ok((done, crate::shop_settings::of(store, tenant)?.country))
        })?;
        if done.form == FORM && done.country == country {
            return Ok(None);
        }
        let mut own = BroughtOver {
            form: FORM,
            country,
            ..BroughtOver::default()
        };
        let mut after = Vec::new();
        loop {
            let rows = self
                .pool
                .with(|store| Ok(store.identities(tenant, &after, TOGETHER)?))?;
            let Some(last) = rows.last() else { break };
            after.clone_from(&last.key);
            let now = self.config.clock.now();
            self.pool
                .with(|store| own.page(store, tenant, (rows, now)))?;
        }
        let now = own.clone();
        let noted = self
            .pool
            .with(|store| only_setting::replace(store, tenant, KIND, |_: &BroughtOver| now));
        match noted {
            // Another server did the same at the same time.
            Ok(_) | Err(Error::Retry(_)) => {}
            Err(error) => return Err(error),
        }
        let BroughtOver {
            written,
            folded,
            taken,
            odd,
            ..
        } = own;
        if written + folded + taken + odd > 0 {
            tracing::info!(
                %tenant, written, folded, taken, odd,
                "identities were brought into one form; those that are taken belong to two members"
            );
        }
        Ok(Some(own))
    }
}

impl BroughtOver {
    fn page(
        &mut self,
        store: &mut dyn Store,
        tenant: TenantId,
        (rows, now): (Vec<IdentityRow>, Timestamp),
    ) -> Result<(), Error> {
        let home = form::country(&self.country);
        let mut rewrites = Vec::new();
        for from in rows {
            let own = &from.identity;
            match form::of(&own.kind, &own.value, home) {
                Ok(value) if value == own.value => {}
                Ok(value) => rewrites.push(Rewrite { from, value }),
                Err(_) => self.odd += 1,
            }
        }
        if rewrites.is_empty() {
            return Ok(());
        }
        let done = store.rewrite_identities(tenant, &rewrites)?;
        for (own, done) in rewrites.iter().zip(done) {
            match done {
                Rewritten::Done => self.written += 1,
                Rewritten::Folded => self.folded += 1,
                Rewritten::Taken(other) => {
                    self.taken += 1;
                    let members = (own.from.member, other);
                    duplicates::note(store, tenant, (members, &own.from.identity.kind, now))?;
                }
                Rewritten::Gone => {}
            }
        }
        Ok(())
    }
}
