//! Records that people write by the version that they saw: nobody overwrites what they did not see.

use crate::Error;
use regulars_engage::{ID_RULE, is_id};
use regulars_store::Setting;
use serde::Serialize;

/// Refuses at `at` what may not be the id of something that people write.
pub(crate) fn check_id(id: &str, at: &str) -> Result<(), Error> {
    match is_id(id) {
        true => Ok(()),
        false => Err(Error::invalid(at, ID_RULE)),
    }
}

/// The record as it is written by somebody who saw version `seen` of it; a new one if they saw none.
pub(crate) fn next<T: Serialize>(
    kind: &str,
    (id, seen): (&str, Option<i64>),
    body: &T,
) -> Result<Setting, Error> {
    Ok(Setting {
        kind: kind.into(),
        id: id.to_owned(),
        version: seen.map_or(1, |seen| seen.saturating_add(1)),
        body: serde_json::to_string(body).map_err(|error| Error::Bug(error.to_string()))?,
    })
}

/// Why it was not written, though it is there: a new one has an id that is taken, any other was changed
/// meanwhile.
pub(crate) fn not_written(what: &'static str, id: &str, seen: Option<i64>) -> Error {
    match seen {
        None => Error::Exists {
            what,
            name: id.to_owned(),
        },
        Some(_) => {
            let what = format!(
                "is not the newest: somebody changed the {what} meanwhile; look at it again"
            );
            Error::invalid("/version", what)
        }
    }
}
