//! What members tell of themselves, and what people say of what they did.

use super::{Activity, Fault};
use regulars_base::{Text, Timestamp};
use serde::{Deserialize, Serialize};

/// A day of the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Birthday {
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month.
    pub day: u8,
}

impl Birthday {
    /// Checks that there is such a day, in leap years at least.
    pub fn new(month: i64, day: i64) -> Result<Self, Fault> {
        const DAYS: [u8; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let place = usize::try_from(month - 1).unwrap_or(usize::MAX);
        let Some(most) = DAYS.get(place) else {
            return Err(Fault::new("/month", "must be from 1 to 12"));
        };
        match u8::try_from(day) {
            Ok(day) if (1..=*most).contains(&day) => Ok(Self {
                month: u8::try_from(month).unwrap_or(1),
                day,
            }),
            _ => Err(Fault::new(
                "/day",
                format!("must be from 1 to {most} in that month"),
            )),
        }
    }
}

/// Somebody has looked at an activity that waited for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moderation {
    /// The external id of the activity's event.
    pub submission: Text,
    /// Whether it counts.
    pub approved: bool,
    /// Why, above all if it does not.
    pub reason: Text,
    /// Who looked at it.
    pub by: Text,
}

/// An activity that counts from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    /// The external id of its event.
    pub submission: Text,
    /// What it was.
    pub activity: Activity,
    /// When it was approved: what it gives dates from here.
    pub at: Timestamp,
}
