//! What a merchant has set once and for all of a kind: read as a whole, replaced as a whole.

use crate::Error;
use crate::people::read;
use regulars_base::TenantId;
use regulars_store::{Setting, Store};
use serde::{Serialize, de::DeserializeOwned};

/// The id of the one setting of its kind.
const ONLY: &str = "all";

/// What is set; the defaults where nobody has set anything.
pub(crate) fn get<T: Default + DeserializeOwned>(
    store: &mut dyn Store,
    tenant: TenantId,
    kind: &str,
) -> Result<T, Error> {
    let row = store.setting(tenant, kind, ONLY)?;
    row.as_ref().map_or_else(|| Ok(T::default()), read)
}

/// Sets what `next` makes of what was set before. What it was, and is now.
pub(crate) fn replace<T: Default + DeserializeOwned + Serialize>(
    store: &mut dyn Store,
    tenant: TenantId,
    kind: &str,
    next: impl FnOnce(&T) -> T,
) -> Result<(T, T), Error> {
    let row = store.setting(tenant, kind, ONLY)?;
    let before = row.as_ref().map_or_else(|| Ok(T::default()), read)?;
    let new = next(&before);
    let setting = Setting {
        kind: kind.into(),
        id: ONLY.into(),
        version: row.map_or(1, |row| row.version + 1),
        body: serde_json::to_string(&new).map_err(|error| Error::Bug(error.to_string()))?,
    };
    match store.put_setting(tenant, &setting)? {
        true => Ok((before, new)),
        false => Err(Error::Retry("somebody else changes the settings".into())),
    }
}
