//! The stored formats: a version byte, then postcard.
//!
//! A format is never changed. A new one gets the next version, and the old one is read for ever;
//! golden files hold both still.

use crate::error::{Error, Result};
use serde::{Serialize, de::DeserializeOwned};

/// The version that is written today.
const VERSION: u8 = 1;

/// Writes a value.
pub(crate) fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(192);
    bytes.push(VERSION);
    postcard::to_extend(value, bytes).expect("no stored value has a part that cannot be written")
}

/// Reads a value; `what` is said if it cannot be read.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T> {
    match bytes.split_first() {
        Some((&VERSION, rest)) => match postcard::take_from_bytes(rest) {
            Ok((value, [])) => Ok(value),
            Ok(_) => Err(Error::Corrupt(format!("{what} is longer than it says"))),
            Err(error) => Err(Error::Corrupt(format!("{what} cannot be read: {error}"))),
        },
        Some((version, _)) => Err(Error::Corrupt(format!(
            "{what} is of format {version}, which this program does not know"
        ))),
        None => Err(Error::Corrupt(format!("{what} is empty"))),
    }
}
