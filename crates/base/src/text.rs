//! Text from outside (bounded), and the names that a program file gives to its parts.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::fmt;

/// Short text from outside: an order number, a category, a store. At most [`Text::MAX`] bytes and
/// without control characters, so that it can stand in a key, a log line and a table alike.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "SmolStr", into = "SmolStr")]
pub struct Text(SmolStr);

/// Why a text was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Longer than [`Text::MAX`] bytes.
    #[error("is {0} bytes long; at most {max} are allowed", max = Text::MAX)]
    TooLong(usize),
    /// Holds a control character.
    #[error("holds a control character at byte {0}")]
    Control(usize),
}

impl Text {
    /// The longest text in bytes.
    pub const MAX: usize = 255;

    /// Checks and keeps `text`.
    ///
    /// ```
    /// use regulars_base::Text;
    /// assert_eq!(Text::new("R-1").unwrap().as_str(), "R-1");
    /// assert!(Text::new("a\u{0}b").is_err());
    /// ```
    pub fn new(text: impl AsRef<str>) -> Result<Self, TextError> {
        let text = text.as_ref();
        if text.len() > Self::MAX {
            return Err(TextError::TooLong(text.len()));
        }
        // Bytes first: text is nearly always ASCII, and this runs for each field of each line.
        if let Some(at) = text.bytes().position(|byte| byte < 0x20 || byte == 0x7f) {
            return Err(TextError::Control(at));
        }
        Ok(Self(SmolStr::new(text)))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<SmolStr> for Text {
    type Error = TextError;
    fn try_from(text: SmolStr) -> Result<Self, TextError> {
        Self::new(text.as_str())
    }
}

impl From<Text> for SmolStr {
    fn from(text: Text) -> Self {
        text.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a name in a program file (of a rule, a tier, a points currency) is reduced to inside states
/// and records: a number that stays the same when other names come and go, so that a program can
/// be edited while wallets are open. The compiler refuses a program in which two names meet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Name(u32);

impl Name {
    /// The number of `text`: FNV-1a over its bytes.
    ///
    /// ```
    /// use regulars_base::Name;
    /// assert_eq!(Name::of("beans"), Name::of("beans"));
    /// assert_ne!(Name::of("beans"), Name::of("status"));
    /// ```
    pub const fn of(text: &str) -> Self {
        Self(0x811c_9dc5).then(text)
    }

    /// The number of this name with `text` behind it.
    ///
    /// ```
    /// use regulars_base::Name;
    /// assert_eq!(Name::of("beans").then("#balance"), Name::of("beans#balance"));
    /// ```
    #[must_use]
    pub const fn then(self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut hash = self.0;
        let mut at = 0;
        while at < bytes.len() {
            hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
            at += 1;
        }
        Self(hash)
    }

    /// From its number, as it stands in a table.
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// The bare number, for keys and records.
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({:08x})", self.0)
    }
}
