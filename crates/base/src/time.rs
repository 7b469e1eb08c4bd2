//! Moments, days and periods. No clock is read here: every moment is an argument.

use jiff::{Timestamp as Moment, civil, tz};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, str::FromStr, sync::Arc};

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

/// From 1 March of the year 0 to 1 January 1970, in days.
const DAYS_BEFORE_1970: i32 = 719_468;

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
        let months = i32::from(year) * 12 + i32::from(month.clamp(1, 12)) - 1;
        Self::in_month(months, day.max(1).unsigned_abs().into())
    }

    /// By the number of months since the year 0, and the day of the month.
    fn in_month(months: i32, day: u32) -> Self {
        let months = months.clamp(1900 * 12, 2201 * 12 + 11).unsigned_abs();
        let (year, month) = (months / 12, months % 12 + 1);
        // Every month has 28 days.
        let day = match day {
            ..=28 => day,
            day => day.min(days_in_month(year, month)),
        };
        // Days are counted from the first of March, so that the leap day comes last (after
        // Hinnant's days_from_civil). jiff would do, at ten times the cost; this runs for each event.
        let (shifted, shifted_month) = if month > 2 {
            (year, month - 3)
        } else {
            (year - 1, month + 9)
        };
        let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + day_of_year;
        Self(days.cast_signed() - DAYS_BEFORE_1970)
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// Year, month (1 to 12), day of the month.
    pub fn year_month_day(self) -> (i16, i8, i8) {
        let ([year, month, day], _) = self.civil();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "years 1900 to 2201, months, days"
        )]
        (
            year.cast_signed() as i16,
            month.cast_signed() as i8,
            day.cast_signed() as i8,
        )
    }

    /// Held within the years 1900 to 2200.
    fn held(self) -> Self {
        Self(self.0.clamp(-25_567, 84_370))
    }

    /// Year, month (1 to 12), day of the month; and how many days went by since the first of March,
    /// when the count of days begins so that the leap day comes last.
    fn civil(self) -> ([u32; 3], u32) {
        // Hinnant's civil_from_days.
        let shifted = (self.held().0 + DAYS_BEFORE_1970).unsigned_abs();
        let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
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
        let year = year_of_era + era * 400 + u32::from(month <= 2);
        ([year, month, day], day_of_year)
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
        let count = (i32::from(year) * 12 + i32::from(month) - 1).saturating_add(months);
        Self::in_month(count, day.unsigned_abs().into())
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
            Ok(Self::of(date.year(), date.month(), date.day()))
        } else {
            Err(TimeError::OutOfRange(shown()))
        }
    }
}

impl fmt::Display for CivilDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.year_month_day();
        write!(f, "{year:04}-{month:02}-{day:02}")
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
        match self {
            Self::Day => day.number(),
            Self::Week => (day.number() + 3).div_euclid(7),
            _ => Almanac::of(day).number(self),
        }
    }

    /// The first day of period `number`.
    pub fn first_day(self, number: i32) -> CivilDay {
        let month = |count| CivilDay::in_month(count, 1);
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

/// A day, and the number of each period that it lies in: worked out once where many limits ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Almanac {
    /// The day.
    pub day: CivilDay,
    months: i32,
    first_of_month: CivilDay,
    first_of_year: CivilDay,
}

impl Almanac {
    /// Of `day`.
    pub fn of(day: CivilDay) -> Self {
        let ([year, month, of_month], since_march) = day.civil();
        // January and February end the year that begins in March.
        let since_january = match month {
            1 | 2 => since_march - 306,
            _ => since_march + 31 + days_in_month(year, 2),
        };
        let before = |day: CivilDay, days: u32| day.plus_days(-days.cast_signed());
        Self {
            day,
            months: (year * 12 + month - 1).cast_signed(),
            first_of_month: before(day, of_month - 1),
            first_of_year: before(day.held(), since_january),
        }
    }

    /// As [`Period::number`].
    #[inline]
    pub const fn number(&self, period: Period) -> i32 {
        match period {
            Period::Day => self.day.number(),
            Period::Week => (self.day.number() + 3).div_euclid(7),
            Period::Month => self.months,
            Period::Quarter => self.months.div_euclid(3),
            Period::HalfYear => self.months.div_euclid(6),
            Period::Year => self.months.div_euclid(12),
        }
    }

    /// The first day of the period that the day lies in.
    #[inline]
    pub fn first_day(&self, period: Period) -> CivilDay {
        match period {
            Period::Day => self.day,
            Period::Week => self.day.plus_days(-i32::from(self.day.weekday())),
            Period::Month => self.first_of_month,
            Period::Year => self.first_of_year,
            Period::Quarter | Period::HalfYear => period.first_day(self.number(period)),
        }
    }

    /// The first day after the period that the day lies in which is so many months later, as
    /// [`Span::Months`] reckons it. Which month that is does not depend on the day, so where the
    /// period is made of months the day itself need not be found.
    pub fn end_after_months(&self, months: i32, period: Period) -> CivilDay {
        // Held within the years that a day may lie in, as `Period::number` holds it.
        let later = self
            .months
            .saturating_add(months)
            .clamp(1900 * 12, 2200 * 12 + 11);
        let of = match period {
            Period::Day | Period::Week => return period.end_after(self.day.plus_months(months)),
            Period::Month => 1,
            Period::Quarter => 3,
            Period::HalfYear => 6,
            Period::Year => 12,
        };
        period.first_day(later.div_euclid(of) + 1)
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
#[derive(Clone)]
pub struct Zone {
    name: Cow<'static, str>,
    /// None for UTC itself.
    offsets: Option<Arc<Offsets>>,
}

/// How far clocks on the wall are ahead of UTC. Asked several times for each event, so that
/// searching a few hundred changes would be felt.
struct Offsets {
    /// From when (in seconds since 1970) how many seconds; by time, the first from the beginning.
    changes: Vec<(i64, i32)>,
    /// The place of the last change before each stretch of [`Offsets::STRETCH`] begins.
    stretches: Vec<u16>,
}

impl Offsets {
    /// 48 days, in seconds: a power of two, and shorter than the time between most changes.
    const STRETCH: i64 = 1 << 22;

    fn of(zone: &tz::TimeZone) -> Self {
        let (first, last) = (Timestamp::FIRST.moment(), Timestamp::LAST.moment());
        let mut changes = vec![(i64::MIN, zone.to_offset(first).seconds())];
        for change in zone
            .following(first)
            .take_while(|change| change.timestamp() < last)
        {
            changes.push((change.timestamp().as_second(), change.offset().seconds()));
        }
        let count = Self::stretch(last.as_second()) + 1;
        let starts = (0_i64..).take(count).map(Self::start);
        let before = |start| changes.partition_point(|(from, _)| *from <= start) - 1;
        let place = |start| u16::try_from(before(start)).expect("a zone has a few hundred changes");
        let stretches = starts.map(place).collect();
        Self { changes, stretches }
    }

    fn start(stretch: i64) -> i64 {
        Timestamp::FIRST.0 / 1_000_000 + stretch * Self::STRETCH
    }

    fn stretch(second: i64) -> usize {
        usize::try_from((second - Self::start(0)) / Self::STRETCH).unwrap_or(0)
    }

    /// The place of the last change before a second.
    fn place(&self, second: i64) -> usize {
        let stretch = Self::stretch(second).min(self.stretches.len() - 1);
        self.place_from(usize::from(self.stretches[stretch]), second)
    }

    /// The same, if it is not before `place`.
    fn place_from(&self, mut place: usize, second: i64) -> usize {
        while let Some((from, _)) = self.changes.get(place + 1)
            && *from <= second
        {
            place += 1;
        }
        place
    }

    fn at(&self, second: i64) -> i32 {
        self.changes[self.place(second)].1
    }

    /// At a second, and at one not long after it.
    fn at_both(&self, second: i64, later: i64) -> (i32, i32) {
        let place = self.place(second);
        let next = self.place_from(place, later);
        (self.changes[place].1, self.changes[next].1)
    }
}

impl Zone {
    /// UTC.
    pub const UTC: Self = Self {
        name: Cow::Borrowed("UTC"),
        offsets: None,
    };

    /// By its IANA name.
    pub fn new(name: &str) -> Result<Self, TimeError> {
        let zone = tz::TimeZone::get(name)
            .map_err(|_| TimeError::UnknownZone(name.chars().take(40).collect()))?;
        let name = zone.iana_name().unwrap_or(name).to_owned();
        Ok(Self {
            name: name.into(),
            offsets: Some(Arc::new(Offsets::of(&zone))),
        })
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many seconds a clock on the wall is ahead of UTC at a second of UTC.
    fn offset(&self, second: i64) -> i64 {
        self.offsets
            .as_ref()
            .map_or(0, |offsets| offsets.at(second).into())
    }

    /// The second of UTC at which a clock on the wall shows this local second: the earlier one
    /// where the clock is put back, the same span after the gap where it is put forward.
    fn second(&self, local: i64) -> i64 {
        const DAY: i64 = 86_400;
        let Some(offsets) = &self.offsets else {
            return local;
        };
        let (before, after) = offsets.at_both(local - DAY, local + DAY);
        let (before, after) = (i64::from(before), i64::from(after));
        if before == after || self.offset(local - before) == before {
            return local - before;
        }
        if self.offset(local - after) == after {
            local - after
        } else {
            local - before
        }
    }

    /// The day and the second of that day (0 to 86,399) that a clock on the shop's wall shows.
    pub fn local(&self, at: Timestamp) -> (CivilDay, i32) {
        let second = at.0.div_euclid(1_000_000);
        let local = second + self.offset(second);
        let day = i32::try_from(local.div_euclid(86_400)).unwrap_or(0);
        (
            CivilDay(day),
            i32::try_from(local.rem_euclid(86_400)).unwrap_or(0),
        )
    }

    /// The day that a calendar in the shop shows.
    pub fn day(&self, at: Timestamp) -> CivilDay {
        self.local(at).0
    }

    /// The first moment of `day`. Where the clock is put forward over midnight, the first that
    /// exists.
    pub fn start_of(&self, day: CivilDay) -> Timestamp {
        Timestamp(self.second(i64::from(day.0) * 86_400) * 1_000_000)
    }

    /// The moment at which a clock on the wall shows the same time of day as at `at`, on `day`.
    pub fn same_time_on(&self, day: CivilDay, at: Timestamp) -> Timestamp {
        let (_, second) = self.local(at);
        let local = i64::from(day.0) * 86_400 + i64::from(second);
        Timestamp(self.second(local) * 1_000_000 + at.0.rem_euclid(1_000_000))
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

const fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
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
            let date: civil::Date = day.to_string().parse().expect("jiff reads it");
            assert_eq!(date.weekday().to_monday_zero_offset(), day.weekday() as i8);
        }
    }

    #[test]
    fn periods_follow_each_other_without_a_gap() {
        use Period::*;
        for period in [Day, Week, Month, Quarter, HalfYear, Year] {
            for number in (-3000..30_000).map(CivilDay::from_number) {
                let first = period.first_day(period.number(number));
                assert_eq!(Almanac::of(number).first_day(period), first);
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
    fn the_end_of_a_period_some_months_later_is_that_of_the_day_there() {
        use Period::*;
        for period in [Day, Week, Month, Quarter, HalfYear, Year] {
            for day in (-25_000..84_000).step_by(61).map(CivilDay::from_number) {
                for months in [-500, -1, 0, 1, 3, 12, 18, 1200, i32::MAX] {
                    assert_eq!(
                        Almanac::of(day).end_after_months(months, period),
                        period.end_after(Span::Months(months).after(day)),
                        "{period:?} {months} months after {day}"
                    );
                }
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

    /// The offsets looked up here are jiff's, in zones with ordinary, odd and many changes.
    #[test]
    fn local_time_is_what_jiff_says_in_every_kind_of_zone() {
        for name in [
            "UTC",
            "Europe/Berlin",
            "America/Sao_Paulo",
            "Africa/Casablanca",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "Pacific/Apia",
        ] {
            let (ours, theirs) = (
                Zone::new(name).expect(name),
                tz::TimeZone::get(name).expect(name),
            );
            for hour in (-600_000..2_000_000_i64).step_by(731) {
                let at = Timestamp(hour * 3_600_000_000 + 1);
                let (day, second) = ours.local(at);
                let shown = theirs.to_datetime(at.moment());
                let time = shown.time();
                let seconds = i32::from(time.hour()) * 3600
                    + i32::from(time.minute()) * 60
                    + i32::from(time.second());
                assert_eq!(
                    (day.to_string(), second),
                    (shown.date().to_string(), seconds),
                    "{name} {at}"
                );
                let midnight = shown.date().at(0, 0, 0, 0);
                let start = theirs
                    .to_ambiguous_timestamp(midnight)
                    .compatible()
                    .expect("in range");
                assert_eq!(
                    ours.start_of(day).micros(),
                    start.as_microsecond(),
                    "{name} {day}"
                );
                assert_eq!(ours.local(ours.same_time_on(day, at)).0, day, "{name} {at}");
            }
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
