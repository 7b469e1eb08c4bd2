//! Points that came in on the same terms.

use regulars_base::{Name, Timestamp};
use serde::de::{self, SeqAccess, Visitor};
use serde::ser::{self, SerializeTuple};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The terms of a lot: from when it may be spent, when it lapses, and who funds it.
///
/// Ordered by expiry first: that is the order in which lots are spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dates {
    /// The first moment at which the points are gone; [`Timestamp::LAST`] if they never lapse.
    pub expires_at: Timestamp,
    /// The first moment at which they may be spent; [`Timestamp::FIRST`] if at once.
    pub available_at: Timestamp,
    /// The partner who funds the points, where several share a currency; nobody where the program
    /// itself does. Points of two funders are two lots, wherever they go.
    pub funder: Option<Name>,
}

impl Dates {
    /// Spendable at once, for ever, funded by the program.
    pub const OPEN: Self = Self {
        expires_at: Timestamp::LAST,
        available_at: Timestamp::FIRST,
        funder: None,
    };

    /// Whether points on these terms may be spent at `now`.
    pub fn available(&self, now: Timestamp) -> bool {
        self.available_at <= now && now < self.expires_at
    }
}

/// Terms as people read them.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Dates")]
struct Written {
    expires_at: Timestamp,
    available_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    funder: Option<Name>,
}

/// Terms as they are stored: how far they are from "never lapse" and from "at once", so that these
/// take a byte each, and a whole second five. Terms with a funder are told apart by the sign of the
/// first number, and have the funder as a third: all others have no byte more.
struct Stored {
    before_last: i64,
    after_first: i64,
    funder: Option<Name>,
}

impl Serialize for Stored {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(funder) = self.funder else {
            return (self.before_last, self.after_first).serialize(serializer);
        };
        let mut parts = serializer.serialize_tuple(3)?;
        parts.serialize_element(&!self.before_last)?;
        parts.serialize_element(&self.after_first)?;
        parts.serialize_element(&funder)?;
        parts.end()
    }
}

/// Reads two parts, or three where the first says so.
struct Parts;

impl<'de> Visitor<'de> for Parts {
    type Value = Stored;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the terms of a lot")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Stored, A::Error> {
        fn part<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(parts: &mut A) -> Result<T, A::Error> {
            let missing = || de::Error::custom("the terms of a lot end early");
            parts.next_element()?.ok_or_else(missing)
        }
        let (first, after_first): (i64, i64) = (part(&mut parts)?, part(&mut parts)?);
        Ok(Stored {
            before_last: if first < 0 { !first } else { first },
            after_first,
            funder: match first {
                ..0 => Some(part(&mut parts)?),
                _ => None,
            },
        })
    }
}

const SECOND: i64 = 1_000_000;

/// A distance in microseconds: twice the seconds if they are whole, else an odd number.
fn packed(micros: i64) -> Option<i64> {
    match micros % SECOND {
        0 => Some(micros / SECOND * 2),
        _ => micros.checked_mul(2).map(|doubled| doubled + 1),
    }
}

fn unpacked(packed: i64) -> Option<i64> {
    match packed & 1 {
        0 => (packed / 2).checked_mul(SECOND),
        _ => Some(packed >> 1),
    }
}

impl Dates {
    fn stored(&self) -> Option<Stored> {
        let (first, last) = (Timestamp::FIRST.micros(), Timestamp::LAST.micros());
        // Nothing lapses after the last moment, so the sign is free.
        let before_last = packed(last.checked_sub(self.expires_at.micros())?)?;
        Some(Stored {
            before_last: (before_last >= 0).then_some(before_last)?,
            after_first: packed(self.available_at.micros().checked_sub(first)?)?,
            funder: self.funder,
        })
    }

    fn of_stored(stored: &Stored) -> Option<Self> {
        let (first, last) = (Timestamp::FIRST.micros(), Timestamp::LAST.micros());
        let expires_at = last.checked_sub(unpacked(stored.before_last)?)?;
        let available_at = first.checked_add(unpacked(stored.after_first)?)?;
        Some(Self {
            expires_at: Timestamp::from_micros(expires_at),
            available_at: Timestamp::from_micros(available_at),
            funder: stored.funder,
        })
    }
}

impl Serialize for Dates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            let written = Written {
                expires_at: self.expires_at,
                available_at: self.available_at,
                funder: self.funder,
            };
            return written.serialize(serializer);
        }
        let stored = self.stored().ok_or_else(|| ser::Error::custom(FAR))?;
        stored.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Dates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let written = Written::deserialize(deserializer)?;
            return Ok(Self {
                expires_at: written.expires_at,
                available_at: written.available_at,
                funder: written.funder,
            });
        }
        let stored = deserializer.deserialize_tuple(3, Parts)?;
        Self::of_stored(&stored).ok_or_else(|| de::Error::custom(FAR))
    }
}

const FAR: &str = "terms are too far from the years 1900 to 2200";

/// Points of one currency on the same terms. Never below zero; a lot of zero points is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Lot {
    /// The terms.
    pub dates: Dates,
    /// How many, in the currency's smallest unit.
    pub points: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_again() {
        let at = |micros: i64| Timestamp::from_micros(micros);
        let moments = [
            Timestamp::FIRST,
            at(-1),
            at(0),
            at(1_740_000_000_000_000),
            at(1_740_000_000_000_001),
            at(1_740_000_000_500_000),
            Timestamp::LAST,
        ];
        for expires_at in moments {
            for available_at in moments {
                for funder in [None, Some(Name::of("bakery"))] {
                    let dates = Dates {
                        expires_at,
                        available_at,
                        funder,
                    };
                    let stored = dates.stored().unwrap();
                    assert_eq!(Dates::of_stored(&stored), Some(dates));
                }
            }
        }
        let open = Dates::OPEN.stored().unwrap();
        assert_eq!((open.before_last, open.after_first), (0, 0));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        let far = Dates {
            expires_at: Timestamp::from_micros(i64::MIN),
            ..Dates::OPEN
        };
        assert!(far.stored().is_none());
        let stored = Stored {
            before_last: i64::MIN,
            after_first: 0,
            funder: None,
        };
        assert_eq!(Dates::of_stored(&stored), None);
    }
}
