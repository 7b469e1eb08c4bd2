//! Identifiers: 16 bytes inside, a prefix and 32 hexadecimal digits outside.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, marker::PhantomData, str::FromStr};

/// What an [`Id`] names, and the prefix of its text.
pub trait Kind {
    /// Three letters, as in `mem_0193…`.
    const PREFIX: &'static str;
}

/// An identifier that cannot be mistaken for one of another kind. Time-ordered where the shell
/// made it (UUIDv7), so that new rows land side by side.
pub struct Id<K>([u8; 16], PhantomData<fn() -> K>);

/// Why a text is no identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no id of the form {0}_ and 32 hexadecimal digits")]
pub struct BadId(pub &'static str);

impl<K> Id<K> {
    /// From its 16 bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes, PhantomData)
    }

    /// Its 16 bytes.
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The 16 bytes as a number, for hashing into lanes.
    pub const fn number(&self) -> u128 {
        u128::from_be_bytes(self.0)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{:032x}", K::PREFIX, self.number())
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        let bad = BadId(K::PREFIX);
        let digits = text
            .strip_prefix(K::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .ok_or_else(|| bad.clone())?;
        let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if digits.len() != 32 || !digits.bytes().all(lower_hex) {
            return Err(bad);
        }
        let number = u128::from_str_radix(digits, 16).map_err(|_| bad)?;
        Ok(Self::from_bytes(number.to_be_bytes()))
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
            text.parse().map_err(serde::de::Error::custom)
        } else {
            <[u8; 16]>::deserialize(deserializer).map(Self::from_bytes)
        }
    }
}

/// Marks [`MemberId`].
#[derive(Debug)]
pub enum Member {}
/// Marks [`WalletId`].
#[derive(Debug)]
pub enum Wallet {}
/// Marks [`TenantId`].
#[derive(Debug)]
pub enum Tenant {}

impl Kind for Member {
    const PREFIX: &'static str = "mem";
}
impl Kind for Wallet {
    const PREFIX: &'static str = "wal";
}
impl Kind for Tenant {
    const PREFIX: &'static str = "ten";
}

/// A customer who is enrolled.
pub type MemberId = Id<Member>;
/// What holds points: one member's, or shared by a household or an organisation.
pub type WalletId = Id<Wallet>;
/// A merchant.
pub type TenantId = Id<Tenant>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_wrote_and_nothing_else() {
        let id = MemberId::from_bytes(7u128.to_be_bytes());
        assert_eq!(id.to_string(), "mem_00000000000000000000000000000007");
        assert_eq!(id.to_string().parse::<MemberId>(), Ok(id));
        for bad in [
            "",
            "mem_",
            "wal_00000000000000000000000000000007",
            "mem_7",
            "mem_+0000000000000000000000000000007",
        ] {
            assert!(bad.parse::<MemberId>().is_err(), "{bad}");
        }
    }
}
