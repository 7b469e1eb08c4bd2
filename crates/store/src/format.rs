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
    let mut bytes = Vec::with_capacity(512);
    bytes.push(VERSION);
    write(value, bytes)
}

/// Appends a value to `bytes`, without a version.
pub(crate) fn write<T: Serialize>(value: &T, bytes: Vec<u8>) -> Vec<u8> {
    postcard::serialize_with_flavor(value, Bytes(bytes))
        .expect("no stored value has a part that cannot be written")
}

/// Where postcard writes to. Its own growing vector copies byte by byte.
struct Bytes(Vec<u8>);

impl postcard::ser_flavors::Flavor for Bytes {
    type Output = Vec<u8>;

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<Self::Output> {
        Ok(self.0)
    }
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

#[cfg(test)]
mod golden;
