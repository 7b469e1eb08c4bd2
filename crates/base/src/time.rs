//! Moments, days and periods. No clock is read here: every moment is an argument.

use jiff::{Timestamp as Moment, civil, tz};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A moment: microseconds since 1970 in UTC.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Timestamp(i64);

/// Why something is no time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not in the form of RFC 3339.
    #[error("`{0}` is no time; write it as 2025-03-01T09:00:00Z")]
    NotATime(String),
    /// Not a day.
    #[error("`{0}` is no day; write it as 2025-03-01")]
    NotADay(String),
    /// Outside of the years 1900 to 2200.
    #[error("`{0}` is outside of the years 1900 to 2200")]
    OutOfRange(String),
    /// Not in the tz database that is built in.
    #[error("`{0}` is no time zone; write it as Europe/Berlin")]
    UnknownZone(String),
}

impl Timestamp {
    /// The first moment of 1900.
    pub const FIRST: Self = Self(-2_208_988_800_000_000);
    /// The first moment of 2201: later than anything that happens.
    pub const LAST: Self = Self(7_289_654_400_000_000);

    /// From microseconds since 1970.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// So much later, held within [`Timestamp::FIRST`] and [`Timestamp::LAST`].
    pub fn plus_micros(self, micros: i64) -> Self {
        Self(
            self.0
                .saturating_add(micros)
                .clamp(Self::FIRST.0, Self::LAST.0),
        )
    }

    fn moment(self) -> Moment {
        let held = self.0.clamp(Self::FIRST.0, Self::LAST.0);
        Moment::from_microsecond(held).expect("the years 1900 to 2200 are in jiff's range")
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let shown = || text.chars().take(40).collect::<String>();
        let moment: Moment = text.parse().map_err(|_| TimeError::NotATime(shown()))?;
        let micros = moment.as_microsecond();
        if (Self::FIRST.0..Self::LAST.0).contains(&micros) {
            Ok(Self(micros))
        } else {
            Err(TimeError::OutOfRange(shown()))
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.moment(), f)
    }
}

/// A day of the calendar, counted from 1970-01-01 (day 0).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct CivilDay(i32);

impl CivilDay {
    /// From its number.
    pub const fn from_number(number: i32) -> Self {
        Self(number)
    }

    /// By year, month (1 to 12) and day of the month; the day is clipped to the month's last.
    pub fn of(year: i16, month: i8, day: i8) -> Self {
        let first = civil::Date::new(year.clamp(1900, 2201), month.clamp(1, 12), 1)
            .expect("the first of a month exists");
        Self::from_date(
            first
                .with()
                .day(day.clamp(1, first.days_in_month()))
                .build()
                .unwrap_or(first),
        )
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> i32 {
        self.0
    }

    fn from_date(date: civil::Date) -> Self {
        let since = date
            .since(civil::date(1970, 1, 1))
            .map_or(0, |span| span.get_days());
        Self(since)
    }

    fn date(self) -> civil::Date {
        // Howard Hinnant's days-to-civil: jiff's spans would do, at ten times the cost, and this
        // runs for each event.
        let shifted = i64::from(self.0) + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        civil::Date::new(
            i16::try_from(year).unwrap_or(2201),
            i8::try_from(month).unwrap_or(1),
            i8::try_from(day).unwrap_or(1),
        )
        .expect("the days of the years 1900 to 2201 exist")
    }

    /// Year, month (1 to 12), day of the month.
    pub fn year_month_day(self) -> (i16, i8, i8) {
        let date = self.date();
        (date.year(), date.month(), date.day())
    }

    /// 0 for Monday to 6 for Sunday.
    pub const fn weekday(self) -> u8 {
        // Day 0 was a Thursday.
        (self.0 + 3).rem_euclid(7) as u8
    }

    /// So many days later.
    #[must_use]
    pub const fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// So many months later. Where that month has no such day, its last day:
    /// a month after 31 January is 28 February (29 in a leap year).
    #[must_use]
    pub fn plus_months(self, months: i32) -> Self {
        let (year, month, day) = self.year_month_day();
        let count = i32::from(year) * 12 + i32::from(month) - 1 + months;
        let year = i16::try_from(count.div_euclid(12)).unwrap_or(2201);
        Self::of(
            year,
            i8::try_from(count.rem_euclid(12) + 1).unwrap_or(1),
            day,
        )
    }
}

impl FromStr for CivilDay {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let shown = || text.chars().take(40).collect::<String>();
        let date: civil::Date = text.parse().map_err(|_| TimeError::NotADay(shown()))?;
        if text.len() != 10 {
            return Err(TimeError::NotADay(shown()));
        }
        if (1900..=2200).contains(&date.year()) {
            Ok(Self::from_date(date))
        } else {
            Err(TimeError::OutOfRange(shown()))
        }
    }
}

impl fmt::Display for CivilDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.date(), f)
    }
}

/// A stretch of the calendar that repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Period {
    /// Midnight to midnight.
    Day,
    /// Monday to Sunday.
    Week,
    /// First to last of a month.
    Month,
    /// January to March, and so on.
    Quarter,
    /// January to June, July to December.
    HalfYear,
    /// January to December.
    Year,
}

impl Period {
    /// Which one `day` lies in, counted so that the next one has the next number.
    pub fn number(self, day: CivilDay) -> i32 {
        let months = || {
            let (year, month, _) = day.year_month_day();
            i32::from(year) * 12 + i32::from(month) - 1
        };
        match self {
            Self::Day => day.number(),
            Self::Week => (day.number() + 3).div_euclid(7),
            Self::Month => months(),
            Self::Quarter => months().div_euclid(3),
            Self::HalfYear => months().div_euclid(6),
            Self::Year => i32::from(day.year_month_day().0),
        }
    }

    /// The first day of period `number`.
    pub fn first_day(self, number: i32) -> CivilDay {
        let month = |count: i32| {
            let year = i16::try_from(count.div_euclid(12)).unwrap_or(2201);
            CivilDay::of(year, i8::try_from(count.rem_euclid(12) + 1).unwrap_or(1), 1)
        };
        match self {
            Self::Day => CivilDay(number),
            Self::Week => CivilDay(number.saturating_mul(7).saturating_sub(3)),
            Self::Month => month(number),
            Self::Quarter => month(number.saturating_mul(3)),
            Self::HalfYear => month(number.saturating_mul(6)),
            Self::Year => month(number.saturating_mul(12)),
        }
    }

    /// The first day after the period that `day` lies in.
    pub fn end_after(self, day: CivilDay) -> CivilDay {
        self.first_day(self.number(day) + 1)
    }
}

/// A length of calendar time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Span {
    /// Days of the merchant's calendar.
    Days(i32),
    /// Months; the day is clipped to the month's last (years are twelve).
    Months(i32),
}

impl Span {
    /// `day` plus this.
    pub fn after(self, day: CivilDay) -> CivilDay {
        match self {
            Self::Days(days) => day.plus_days(days),
            Self::Months(months) => day.plus_months(months),
        }
    }

    /// `day` minus this.
    pub fn before(self, day: CivilDay) -> CivilDay {
        match self {
            Self::Days(days) => day.plus_days(-days),
            Self::Months(months) => day.plus_months(-months),
        }
    }
}

/// The merchant's time zone, from the tz database that is built in: never the host's, or a replay
/// on another machine could differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(tz::TimeZone);

impl Zone {
    /// UTC.
    pub const UTC: Self = Self(tz::TimeZone::UTC);

    /// By its IANA name.
    pub fn new(name: &str) -> Result<Self, TimeError> {
        tz::TimeZone::get(name)
            .map(Self)
            .map_err(|_| TimeError::UnknownZone(name.chars().take(40).collect()))
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The day and the second of that day (0 to 86,399) that a clock on the shop's wall shows.
    pub fn local(&self, at: Timestamp) -> (CivilDay, i32) {
        let offset = i64::from(self.0.to_offset(at.moment()).seconds());
        let seconds = at.0.div_euclid(1_000_000) + offset;
        let day = i32::try_from(seconds.div_euclid(86_400)).unwrap_or(0);
        (
            CivilDay(day),
            i32::try_from(seconds.rem_euclid(86_400)).unwrap_or(0),
        )
    }

    /// The day that a calendar in the shop shows.
    pub fn day(&self, at: Timestamp) -> CivilDay {
        self.local(at).0
    }

    /// The first moment of `day`. Where the clock is put forward over midnight, the first that
    /// exists.
    pub fn start_of(&self, day: CivilDay) -> Timestamp {
        let held = day.0.clamp(-25_567, 84_370);
        let midnight = CivilDay(held).date().at(0, 0, 0, 0);
        let moment = self
            .0
            .to_ambiguous_timestamp(midnight)
            .compatible()
            .expect("the days of the years 1900 to 2200 are in jiff's range");
        Timestamp(moment.as_microsecond())
    }

    /// The moment at which a clock on the wall shows the same time of day as at `at`, on `day`.
    pub fn same_time_on(&self, day: CivilDay, at: Timestamp) -> Timestamp {
        let (_, second) = self.local(at);
        let held = day.0.clamp(-25_567, 84_370);
        let time = civil::Time::midnight() + jiff::SignedDuration::from_secs(second.into());
        let moment = self
            .0
            .to_ambiguous_timestamp(CivilDay(held).date().to_datetime(time))
            .compatible()
            .expect("the days of the years 1900 to 2200 are in jiff's range");
        Timestamp(moment.as_microsecond() + at.0.rem_euclid(1_000_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> CivilDay {
        text.parse().expect("is a day")
    }

    #[test]
    fn months_are_clipped_to_the_last_day() {
        for (from, months, to) in [
            ("2024-01-31", 1, "2024-02-29"),
            ("2025-01-31", 1, "2025-02-28"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2025-03-31", -1, "2025-02-28"),
            ("2025-12-15", 1, "2026-01-15"),
        ] {
            assert_eq!(day(from).plus_months(months), day(to), "{from} + {months}");
        }
    }

    #[test]
    fn each_day_reads_back_what_it_wrote_and_knows_its_weekday() {
        for number in (-20_000..80_000).step_by(37) {
            let day = CivilDay::from_number(number);
            assert_eq!(day.to_string().parse(), Ok(day));
            assert_eq!(
                day.date().weekday().to_monday_zero_offset(),
                day.weekday() as i8
            );
        }
    }

    #[test]
    fn periods_follow_each_other_without_a_gap() {
        use Period::*;
        for period in [Day, Week, Month, Quarter, HalfYear, Year] {
            for number in (-3000..30_000).map(CivilDay::from_number) {
                let first = period.first_day(period.number(number));
                assert!(
                    first <= number && number < period.end_after(number),
                    "{period:?} {number}"
                );
                assert_eq!(
                    period.number(period.end_after(number)),
                    period.number(number) + 1
                );
            }
        }
    }

    #[test]
    fn a_day_of_the_clock_change_has_23_or_25_hours() {
        let berlin = Zone::new("Europe/Berlin").expect("is a zone");
        for (text, hours) in [("2025-03-30", 23), ("2025-10-26", 25), ("2025-06-01", 24)] {
            let (start, end) = (
                berlin.start_of(day(text)),
                berlin.start_of(day(text).plus_days(1)),
            );
            assert_eq!(
                (end.micros() - start.micros()) / 3_600_000_000,
                hours,
                "{text}"
            );
            assert_eq!(berlin.local(start), (day(text), 0));
        }
    }

    #[test]
    fn what_is_no_time_says_why() {
        assert!("2025-13-01".parse::<CivilDay>().is_err());
        assert!("yesterday".parse::<Timestamp>().is_err());
        assert!("9999-01-01T00:00:00Z".parse::<Timestamp>().is_err());
        assert!(Zone::new("Europe/Nowhere").is_err());
    }
}
