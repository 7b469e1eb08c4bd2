//! Moments as people write them on a command line, and as they read them.

use crate::failure::Failure;
use regulars_base::{CivilDay, Timestamp, Zone};

/// A moment from a flag: `2025-03-01T09:00:00Z`, or a day: its first moment in the merchant's time
/// zone.
pub(crate) fn read(flag: &str, text: &str, zone: &Zone) -> anyhow::Result<Timestamp> {
    if let Ok(day) = text.parse::<CivilDay>() {
        return Ok(zone.start_of(day));
    }
    text.parse::<Timestamp>().map_err(|error| {
        Failure::new(
            format!("{flag}: {error}"),
            "write a day as in 2025-03-01, or a moment as in 2025-03-01T09:00:00Z",
        )
        .into()
    })
}

/// As [`read`], but of a day its last moment.
pub(crate) fn read_end(flag: &str, text: &str, zone: &Zone) -> anyhow::Result<Timestamp> {
    match text.parse::<CivilDay>() {
        Ok(day) => Ok(zone.start_of(day.plus_days(1)).plus_micros(-1)),
        Err(_) => read(flag, text, zone),
    }
}

/// A day from a flag.
pub(crate) fn read_day(flag: &str, text: &str) -> anyhow::Result<CivilDay> {
    text.parse().map_err(|error| {
        let advice = "write a day as in 2025-03-01";
        Failure::new(format!("{flag}: {error}"), advice).into()
    })
}

/// As the clock in the shop showed it: `2025-03-01 09:00`.
pub(crate) fn shown(at: Timestamp, zone: &Zone) -> String {
    let (day, second) = zone.local(at);
    format!("{day} {:02}:{:02}", second / 3600, second / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_in_the_merchants_time_zone() {
        let berlin = Zone::new("Europe/Berlin").expect("is a zone");
        let at = read("--at", "2025-07-01", &berlin).expect("is a day");
        assert_eq!(at.to_string(), "2025-06-30T22:00:00Z");
        assert_eq!(shown(at, &berlin), "2025-07-01 00:00");
        let at = read("--at", "2025-07-01T10:30:00Z", &berlin).expect("is a moment");
        assert_eq!(shown(at, &berlin), "2025-07-01 12:30");
        let wrong = read("--at", "yesterday", &berlin).expect_err("is no moment");
        assert!(wrong.to_string().contains("--at"), "{wrong}");
    }
}
