//! Dates and times as files write them.

use crate::{Error, number::shown};
use regulars_base::{CivilDay, Timestamp, Zone};
use std::{fmt, str::FromStr};

/// How dates are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateForm {
    /// `2025-03-01`, `2025-03-01 09:00:00`, `2025-03-01T09:00:00+01:00`.
    YearFirst,
    /// `20250301`.
    Compact,
    /// `01.03.2025`, `31/12/2025`, with or without a time of day.
    DayFirst,
    /// `12/31/2025`, with or without a time of day.
    MonthFirst,
    /// Seconds since 1970.
    UnixSeconds,
    /// Milliseconds since 1970.
    UnixMillis,
}

/// A date as written: a moment, or what a calendar and a clock on the wall show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    Moment(i64),
    Wall { day: CivilDay, micros: i64 },
}

const DAY: i64 = 86_400_000_000;

impl DateForm {
    const ALL: [Self; 6] = [
        Self::YearFirst,
        Self::Compact,
        Self::DayFirst,
        Self::MonthFirst,
        Self::UnixSeconds,
        Self::UnixMillis,
    ];

    const fn example(self) -> &'static str {
        match self {
            Self::YearFirst => "2025-12-31",
            Self::Compact => "20251231",
            Self::DayFirst => "31/12/2025",
            Self::MonthFirst => "12/31/2025",
            Self::UnixSeconds => "seconds",
            Self::UnixMillis => "milliseconds",
        }
    }

    pub(crate) fn read(self, text: &str) -> Option<Written> {
        let mut rest = Cursor(text.as_bytes());
        let (year, month, day) = match self {
            Self::YearFirst => {
                let year = rest.digits(4, 4)?;
                let mark = rest.one_of(b"-/.")?;
                let month = rest.digits(1, 2)?;
                rest.one_of(&[mark])?;
                (year, month, rest.digits(1, 2)?)
            }
            Self::Compact => (rest.digits(4, 4)?, rest.digits(2, 2)?, rest.digits(2, 2)?),
            Self::DayFirst | Self::MonthFirst => {
                let first = rest.digits(1, 2)?;
                // Nobody writes the month first with full stops between.
                let mark = rest.one_of(if self == Self::DayFirst {
                    b"./-"
                } else {
                    b"/-"
                })?;
                let second = rest.digits(1, 2)?;
                rest.one_of(&[mark])?;
                let year = rest.digits(4, 4)?;
                if self == Self::DayFirst {
                    (year, second, first)
                } else {
                    (year, first, second)
                }
            }
            Self::UnixSeconds | Self::UnixMillis => {
                let (count, unit) = if self == Self::UnixSeconds {
                    (10, 1_000_000)
                } else {
                    (13, 1000)
                };
                let number = rest.digits(count - 1, count)?;
                return rest.is_empty().then(|| Written::Moment(number * unit));
            }
        };
        let day = civil_day(year, month, day)?;
        if rest.is_empty() {
            return Some(Written::Wall { day, micros: 0 });
        }
        rest.one_of(b"T ")?;
        let micros = rest.time_of_day()?;
        match rest.offset()? {
            None => Some(Written::Wall { day, micros }),
            Some(seconds) => Some(Written::Moment(
                i64::from(day.number()) * DAY + micros - seconds * 1_000_000,
            )),
        }
    }

    /// The form that fits `samples` best; an error when none fits any, or two fit all.
    pub(crate) fn detect<'a>(
        samples: impl Iterator<Item = &'a str> + Clone,
    ) -> Result<Self, Error> {
        let samples = samples.filter(|text| !text.is_empty());
        let fits = |form: Self| {
            samples
                .clone()
                .filter(|text| form.read(text).is_some())
                .count()
        };
        let (day, month) = (fits(Self::DayFirst), fits(Self::MonthFirst));
        if day > 0 && day == month {
            let unsure = samples
                .clone()
                .find(|text| Self::MonthFirst.read(text).is_some());
            return Err(Error::AmbiguousDate(shown(unsure.unwrap_or_default())));
        }
        let (mut best, mut most) = (None, 0);
        for form in Self::ALL {
            let count = fits(form);
            if count > most {
                (best, most) = (Some(form), count);
            }
        }
        match (best, samples.clone().next()) {
            (Some(form), _) => Ok(form),
            // Nothing to go by: whatever comes is judged row by row.
            (None, None) => Ok(Self::YearFirst),
            (None, Some(value)) => Err(Error::UnreadableDate {
                value: shown(value),
                tried: Self::ALL.map(Self::example).join(", "),
            }),
        }
    }
}

/// The day, if there is one of that date between 1900 and 2200.
pub(crate) fn civil_day(year: i64, month: i64, day: i64) -> Option<CivilDay> {
    if !(1900..=2200).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (year, month, day) = (year as i16, month as i8, day as i8);
    // The constructor clips to the month's last day; a date that was clipped does not exist.
    let found = CivilDay::of(year, month, day);
    (found.year_month_day() == (year, month, day)).then_some(found)
}

struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn digits(&mut self, least: usize, most: usize) -> Option<i64> {
        let count = self
            .0
            .iter()
            .take(most)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if count < least {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        Some(
            digits
                .iter()
                .fold(0, |number, digit| number * 10 + i64::from(digit - b'0')),
        )
    }

    fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        if !bytes.contains(&first) {
            return None;
        }
        self.0 = rest;
        Some(first)
    }

    fn word(&mut self, word: &[u8]) -> bool {
        let found = self.0.len() >= word.len() && self.0[..word.len()].eq_ignore_ascii_case(word);
        if found {
            self.0 = &self.0[word.len()..];
        }
        found
    }

    fn time_of_day(&mut self) -> Option<i64> {
        let mut hour = self.digits(1, 2)?;
        self.one_of(b":")?;
        let minute = self.digits(2, 2)?;
        let mut second = 0;
        let mut micros = 0;
        if self.one_of(b":").is_some() {
            second = self.digits(2, 2)?;
            if self.one_of(b".,").is_some() {
                let before = self.0.len();
                micros = self.digits(1, 6)?;
                micros *= 10_i64.pow(6 - u32::try_from(before - self.0.len()).ok()?);
                // What is finer than a microsecond is dropped.
                self.digits(0, 12)?;
            }
        }
        let blank = self.one_of(b" ").is_some();
        let (morning, evening) = (self.word(b"AM"), self.word(b"PM"));
        if morning || evening {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if evening { 12 } else { 0 };
        } else if blank && self.is_empty() {
            return None;
        }
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        // A leap second is taken as the one before.
        Some(((hour * 60 + minute) * 60 + second.min(59)) * 1_000_000 + micros)
    }

    /// `Some(None)`: none is given. `None`: what follows is no offset.
    fn offset(&mut self) -> Option<Option<i64>> {
        if self.is_empty() {
            return Some(None);
        }
        if self.word(b"Z") || self.word(b"UTC") {
            return self.is_empty().then_some(Some(0));
        }
        let sign = if self.one_of(b"+-")? == b'-' { -1 } else { 1 };
        let hours = self.digits(2, 2)?;
        self.one_of(b":");
        let minutes = if self.is_empty() {
            0
        } else {
            self.digits(2, 2)?
        };
        (self.is_empty() && hours <= 18 && minutes < 60)
            .then_some(Some(sign * (hours * 60 + minutes) * 60))
    }
}

/// Turns what a clock on the wall shows into moments. It remembers the last day: rows of one day
/// follow each other in most files.
#[derive(Debug)]
pub(crate) struct WallClock {
    zone: Zone,
    day: CivilDay,
    start: i64,
    /// Whether that day has 24 hours.
    even: bool,
}

impl WallClock {
    pub(crate) fn new(zone: Zone) -> Self {
        let mut clock = Self {
            zone,
            day: CivilDay::default(),
            start: 0,
            even: true,
        };
        clock.turn_to(CivilDay::default());
        clock
    }

    fn turn_to(&mut self, day: CivilDay) {
        self.day = day;
        self.start = self.zone.start_of(day).micros();
        self.even = self.zone.start_of(day.plus_days(1)).micros() - self.start == DAY;
    }

    /// The moment of `written`, if it lies between the years 1900 and 2200.
    pub(crate) fn moment(&mut self, written: Written) -> Option<i64> {
        let micros = match written {
            Written::Moment(micros) => micros,
            Written::Wall { day, micros } => self.at(day, micros),
        };
        (Timestamp::FIRST.micros()..Timestamp::LAST.micros())
            .contains(&micros)
            .then_some(micros)
    }

    /// The same for microseconds since 1970 as a clock on the wall would count them.
    pub(crate) fn moment_of_wall_micros(&mut self, micros: i64) -> Option<i64> {
        let day = i32::try_from(micros.div_euclid(DAY)).ok()?;
        if !(-25_567..84_370).contains(&day) {
            return None;
        }
        let day = CivilDay::from_number(day);
        self.moment(Written::Wall {
            day,
            micros: micros.rem_euclid(DAY),
        })
    }

    fn at(&mut self, day: CivilDay, micros: i64) -> i64 {
        if day != self.day {
            self.turn_to(day);
        }
        let guess = self.start + micros;
        if self.even {
            return guess;
        }
        // The clock is changed on this day. What was skipped is read as the time after the change,
        // what came twice as the first of both.
        let wanted = i64::from(day.number()) * DAY + micros;
        let off = self.wall(guess) - wanted;
        let other = guess - off;
        if off != 0 && self.wall(other) == wanted {
            other
        } else {
            guess
        }
    }

    fn wall(&self, micros: i64) -> i64 {
        let (day, second) = self.zone.local(Timestamp::from_micros(micros));
        i64::from(day.number()) * DAY + i64::from(second) * 1_000_000 + micros.rem_euclid(1_000_000)
    }
}

impl fmt::Display for DateForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.example())
    }
}

impl FromStr for DateForm {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let word = match text {
            "ymd" | "rfc3339" | "iso" => Some(Self::YearFirst),
            "yyyymmdd" => Some(Self::Compact),
            "dmy" | "31.12.2025" | "31-12-2025" => Some(Self::DayFirst),
            "mdy" | "12-31-2025" => Some(Self::MonthFirst),
            "unix" => Some(Self::UnixSeconds),
            _ => Self::ALL.into_iter().find(|form| form.example() == text),
        };
        word.ok_or_else(|| Error::UnknownWord {
            what: "date format",
            given: shown(text),
            known: "2025-12-31, 20251231, 31/12/2025, 12/31/2025, seconds, milliseconds",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DateForm::*;

    #[test]
    fn each_form_reads_its_own_and_nothing_else() {
        let mut clock = WallClock::new(Zone::UTC);
        for (form, text, expected) in [
            (YearFirst, "2025-03-01", Some("2025-03-01T00:00:00Z")),
            (
                YearFirst,
                "2025-03-01 09:00:00",
                Some("2025-03-01T09:00:00Z"),
            ),
            (YearFirst, "2025-03-01 09:00", Some("2025-03-01T09:00:00Z")),
            (
                YearFirst,
                "2025-03-01T09:00:00.25+01:00",
                Some("2025-03-01T08:00:00.25Z"),
            ),
            (
                YearFirst,
                "2025-03-01T09:00:00Z",
                Some("2025-03-01T09:00:00Z"),
            ),
            (YearFirst, "2025-02-29", None),
            (YearFirst, "2025-03-01 25:00", None),
            (YearFirst, "1899-12-31", None),
            (YearFirst, "2025-03-01T09:00:00 +1", None),
            (Compact, "19970101", Some("1997-01-01T00:00:00Z")),
            (Compact, "1997010", None),
            (DayFirst, "01.03.2025", Some("2025-03-01T00:00:00Z")),
            (DayFirst, "31/12/2025 7:05 PM", Some("2025-12-31T19:05:00Z")),
            (MonthFirst, "12/31/2025", Some("2025-12-31T00:00:00Z")),
            (MonthFirst, "31/12/2025", None),
            (UnixSeconds, "1740819600", Some("2025-03-01T09:00:00Z")),
            (UnixMillis, "1740819600000", Some("2025-03-01T09:00:00Z")),
        ] {
            let read = form.read(text).and_then(|written| clock.moment(written));
            let read = read.map(|micros| Timestamp::from_micros(micros).to_string());
            assert_eq!(read.as_deref(), expected, "{text} as {form}");
        }
    }

    #[test]
    fn the_form_is_found_or_asked_for() {
        for (samples, expected) in [
            (&["2025-03-01", "2025-13-45"][..], Some(YearFirst)),
            (&["19970101"], Some(Compact)),
            (&["01.03.2025"], Some(DayFirst)),
            (&["03/01/2025", "13/01/2025"], Some(DayFirst)),
            (&["03/01/2025", "03/31/2025"], Some(MonthFirst)),
            (&["03/01/2025"], None),
            (&["yesterday"], None),
            (&[], Some(YearFirst)),
        ] {
            assert_eq!(
                DateForm::detect(samples.iter().copied()).ok(),
                expected,
                "{samples:?}"
            );
        }
    }

    #[test]
    fn the_hour_of_a_clock_change_is_read_as_documented() {
        let mut berlin = WallClock::new(Zone::new("Europe/Berlin").expect("is a zone"));
        for (text, expected) in [
            ("2025-03-30 01:30", "2025-03-30T00:30:00Z"),
            ("2025-03-30 02:30", "2025-03-30T01:30:00Z"),
            ("2025-03-30 03:30", "2025-03-30T01:30:00Z"),
            ("2025-10-26 02:30", "2025-10-26T00:30:00Z"),
            ("2025-10-26 03:30", "2025-10-26T02:30:00Z"),
            ("2025-06-01 12:00", "2025-06-01T10:00:00Z"),
        ] {
            let micros = YearFirst
                .read(text)
                .and_then(|written| berlin.moment(written));
            let micros = micros.expect("is a time");
            assert_eq!(
                Timestamp::from_micros(micros).to_string(),
                expected,
                "{text}"
            );
        }
    }
}
