//! Identities in one form: whoever types a telephone number, an e-mail address or the number of a card, in
//! whatever way, means the same one ([ADR 0119]). It is done here, for all doors.
//!
//! [ADR 0119]: ../../../docs/adr/0119-when-are-two-ways-of-writing-one-identity.md

mod bring_over;
pub(crate) mod form;

pub use bring_over::BroughtOver;
pub(crate) use bring_over::bring_all_over;

use crate::app::Core;
use crate::{Error, shop_settings};
use form::Wrong;
use phonenumber::country::Id;
use regulars_base::{TenantId, Text};
use regulars_engine::event::Who;
use regulars_store::{self as stored, Store};

/// Whether that can be somebody's e-mail address.
pub fn is_email_address(text: &str) -> bool {
    form::email(text).is_ok()
}

/// An identity in its form, and how it was typed.
pub(crate) struct Settled {
    /// In its form.
    pub(crate) own: stored::Identity,
    /// How it was typed, if that is something else.
    pub(crate) typed: Option<String>,
}

/// Of which country telephone numbers are that do not say it.
fn home(store: &mut dyn Store, tenant: TenantId) -> Result<Option<Id>, Error> {
    Ok(form::country(&shop_settings::of(store, tenant)?.country))
}

/// The form of an identity, or why it has none.
fn formed(
    store: &mut dyn Store,
    tenant: TenantId,
    (kind, value): (&str, &str),
) -> Result<Result<String, Wrong>, Error> {
    let home = match form::is_local(kind, value) {
        true => home(store, tenant)?,
        false => None,
    };
    Ok(form::of(kind, value, home))
}

/// An identity as it is to be looked for. What cannot be one is looked for as it is typed: it may have been
/// taken before anybody looked at it.
pub(crate) fn sought(
    store: &mut dyn Store,
    tenant: TenantId,
    own: &stored::Identity,
) -> Result<stored::Identity, Error> {
    let form = formed(store, tenant, (&own.kind, &own.value))?;
    Ok(stored::Identity {
        kind: own.kind.clone(),
        value: form.unwrap_or_else(|_| own.value.clone()),
    })
}

/// An identity as it is to be kept. What cannot be one is refused at `at`, unless somebody has it.
pub(crate) fn settled(
    store: &mut dyn Store,
    tenant: TenantId,
    (own, at): (stored::Identity, &str),
) -> Result<Settled, Error> {
    let value = match formed(store, tenant, (&own.kind, &own.value))? {
        Ok(value) => value,
        Err(wrong) => {
            let there = store.member_by_identity(tenant, &own.kind, &own.value)?;
            match there {
                Some(_) => own.value.clone(),
                None => return Err(Error::invalid(at, wrong.words())),
            }
        }
    };
    let typed = (value != own.value).then_some(own.value);
    let own = stored::Identity {
        kind: own.kind,
        value,
    };
    Ok(Settled { own, typed })
}

/// What is typed, as each kind of identity that a member may be named by.
pub(crate) fn as_any(
    store: &mut dyn Store,
    tenant: TenantId,
    text: &str,
) -> Result<Vec<stored::Identity>, Error> {
    let mut all = Vec::new();
    for kind in [form::CARD, form::EMAIL, form::PHONE, crate::rows::CUSTOMER] {
        let value = formed(store, tenant, (kind, text))?;
        all.extend(value.ok().map(|value| stored::Identity {
            kind: kind.to_owned(),
            value,
        }));
    }
    Ok(all)
}

/// What an identity may begin with of which this was typed: as a telephone number, as the number of a card.
pub(crate) fn begins(
    store: &mut dyn Store,
    tenant: TenantId,
    text: &str,
) -> Result<Vec<String>, Error> {
    let is_number = text
        .chars()
        .all(|c| c.is_ascii_digit() || " +-/().".contains(c));
    let mut all = vec![text.trim().to_owned()];
    if is_number {
        let phone = form::begun(text, home(store, tenant)?);
        for more in [phone, form::card(text)].into_iter().flatten() {
            if !all.contains(&more) {
                all.push(more);
            }
        }
    }
    Ok(all)
}

/// The form of an identity that is told by itself, without asking where the shop is or who has it.
fn by_itself(kind: &str, value: &str) -> Option<String> {
    match form::is_local(kind, value) {
        true => None,
        false => form::of(kind, value, None).ok(),
    }
}

/// Whether the database is needed to say whom an event concerns.
pub(crate) fn must_ask(who: &Who) -> bool {
    match who {
        Who::Identity { kind, value } => {
            form::has_one(kind.as_str()) && by_itself(kind.as_str(), value.as_str()).is_none()
        }
        _ => false,
    }
}

impl Core {
    /// Whom an event concerns, by the form of the identity that names them.
    pub(crate) fn settled(&self, tenant: TenantId, who: Who) -> Result<Who, Error> {
        let (kind, value) = match who {
            Who::Identity { kind, value } if form::has_one(kind.as_str()) => (kind, value),
            other => return Ok(other),
        };
        let form = match by_itself(kind.as_str(), value.as_str()) {
            Some(form) => form,
            None => {
                let own = stored::Identity {
                    kind: kind.to_string(),
                    value: value.to_string(),
                };
                let ask = (own, "/customer/value");
                let found = self.pool.with(|store| settled(store, tenant, ask))?;
                found.own.value
            }
        };
        let value = Text::new(form).map_err(|error| Error::Bug(error.to_string()))?;
        Ok(Who::Identity { kind, value })
    }
}
