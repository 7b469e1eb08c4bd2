//! A word that no log and no message shows.

use std::fmt;

/// A key or a shared secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a word to itself.
    pub fn new(word: impl Into<String>) -> Self {
        Self(word.into())
    }

    pub(crate) fn word(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
