//! A secret that is replaced now and then: for a while the one before is good beside it.

use crate::Error;
use regulars_base::Timestamp;
use serde::{Deserialize, Serialize};

/// So long an old secret may be good beside the new one, in hours.
const OVERLAP_MOST: u32 = 30 * 24;
const HOUR_MICROS: i64 = 3_600_000_000;

/// The newest first, older ones until a moment. No log shows them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Rotated(Vec<Good>);

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Good {
    secret: String,
    until: Option<Timestamp>,
}

impl std::fmt::Debug for Rotated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rotated({} secrets …)", self.0.len())
    }
}

impl Rotated {
    pub(crate) fn new(secret: String) -> Self {
        Self(vec![Good {
            secret,
            until: None,
        }])
    }

    /// Those that are good now.
    pub(crate) fn valid(&self, now: Timestamp) -> impl Iterator<Item = &str> {
        let valid = self.0.iter();
        let valid = valid.filter(move |own| own.until.is_none_or(|until| now < until));
        valid.map(|own| own.secret.as_str())
    }

    /// Until when the secret before this one is good, too.
    pub(crate) fn old_until(&self, now: Timestamp) -> Option<Timestamp> {
        let until = self.0.iter().filter_map(|own| own.until).max();
        until.filter(|until| now < *until)
    }

    /// Another secret from now on. Those before are good for so many hours yet.
    pub(crate) fn rotate(
        &mut self,
        secret: String,
        overlap_hours: u32,
        now: Timestamp,
    ) -> Result<(), Error> {
        if overlap_hours > OVERLAP_MOST {
            let what = format!("must be at most {OVERLAP_MOST} hours");
            return Err(Error::invalid("/overlap_hours", what));
        }
        let until = now.plus_micros(i64::from(overlap_hours) * HOUR_MICROS);
        for own in &mut self.0 {
            own.until = Some(own.until.map_or(until, |before| before.min(until)));
        }
        self.0.retain(|own| own.until > Some(now));
        let new = Good {
            secret,
            until: None,
        };
        self.0.insert(0, new);
        Ok(())
    }
}
