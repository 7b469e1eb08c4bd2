//! The periods of a stretch of days, found without a division.

use regulars_base::{CivilDay, Period};

/// Most periods that are kept apart; a longer stretch wants a longer period.
pub const MOST_PERIODS: usize = 1200;

/// All periods from one day to another, numbered from 0.
#[derive(Clone, Debug)]
pub struct Calendar {
    period: Period,
    first: CivilDay,
    last: CivilDay,
    /// The first day of each period, and of the one behind the last.
    starts: Vec<CivilDay>,
    /// The number of the period of each day.
    of_day: Vec<u32>,
}

impl Calendar {
    /// Of the periods that hold the days `first` to `last`. Where there would be more than
    /// [`MOST_PERIODS`], years are taken instead.
    pub fn new(period: Period, first: CivilDay, last: CivilDay) -> Self {
        let last = last.max(first);
        let count = period.number(last).abs_diff(period.number(first)) as usize + 1;
        let period = if count > MOST_PERIODS {
            Period::Year
        } else {
            period
        };
        let (from, to) = (period.number(first), period.number(last));
        let starts: Vec<CivilDay> = (from..=to + 1)
            .map(|number| period.first_day(number))
            .collect();
        let mut of_day = Vec::new();
        for (number, pair) in (0..).zip(starts.windows(2)) {
            let days = pair[1].number() - pair[0].number();
            of_day.extend(std::iter::repeat_n(
                number,
                usize::try_from(days).unwrap_or(0),
            ));
        }
        Self {
            period,
            first,
            last,
            starts,
            of_day,
        }
    }

    /// What the periods are.
    pub const fn period(&self) -> Period {
        self.period
    }

    /// The first day that is known of.
    pub const fn first(&self) -> CivilDay {
        self.first
    }

    /// The last day that is known of.
    pub const fn last(&self) -> CivilDay {
        self.last
    }

    /// How many periods there are; at least one.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Never.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The period of a day; the first or the last for a day outside.
    #[inline]
    pub fn of(&self, day: CivilDay) -> usize {
        let at = day.number() - self.starts[0].number();
        let at = usize::try_from(at).unwrap_or(0).min(self.of_day.len() - 1);
        self.of_day[at] as usize
    }

    /// The first day of a period; of the number behind the last, the day after it.
    pub fn start(&self, period: usize) -> CivilDay {
        self.starts[period.min(self.starts.len() - 1)]
    }

    /// Whether all days of a period are known of: figures of one that is cut off cannot be compared
    /// with those of others.
    pub fn is_whole(&self, period: usize) -> bool {
        self.first <= self.start(period)
            && self.start(period + 1).number() <= self.last.number() + 1
    }

    /// What a period is called: `2025-03`, `2025-Q1`, `2025`, or its first day.
    pub fn name(&self, period: usize) -> String {
        let start = self.start(period);
        let (year, month, _) = start.year_month_day();
        match self.period {
            Period::Month => format!("{year}-{month:02}"),
            Period::Quarter => format!("{year}-Q{}", (month - 1) / 3 + 1),
            Period::Year => format!("{year}"),
            _ => start.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_day_is_in_its_period() {
        let (first, last) = (CivilDay::of(1997, 1, 15), CivilDay::of(1998, 6, 30));
        let months = Calendar::new(Period::Month, first, last);
        assert_eq!(months.len(), 18);
        for day in first.number()..=last.number() {
            let day = CivilDay::from_number(day);
            let (year, month, _) = day.year_month_day();
            assert_eq!(months.name(months.of(day)), format!("{year}-{month:02}"));
        }
        assert!(!months.is_whole(0) && months.is_whole(1) && months.is_whole(17));
        assert_eq!(months.of(CivilDay::of(1980, 1, 1)), 0);
        assert_eq!(months.of(CivilDay::of(2080, 1, 1)), 17);
    }

    #[test]
    fn three_centuries_are_years() {
        let calendar = Calendar::new(
            Period::Day,
            CivilDay::of(1900, 1, 1),
            CivilDay::of(2199, 12, 31),
        );
        assert_eq!(calendar.len(), 300);
        assert_eq!(calendar.name(299), "2199");
    }
}
