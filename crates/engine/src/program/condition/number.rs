//! Numbers as they are written in conditions, exactly, and what they are counted in.

use crate::program::phrase::Decimal;
use regulars_base::{CivilDay, Currency};

/// What a number is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Ones.
    Whole,
    /// Minor units of the program's currency.
    Money,
    /// Thousandths.
    Quantity,
    /// 0 for Monday to 6 for Sunday.
    Weekday,
    /// Seconds since midnight.
    Time,
    /// Days since 1970-01-01.
    Date,
    /// Points with so many decimals.
    Points(u8),
}

/// A number as it is written: 15.00, -3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) negative: bool,
    pub(super) size: Decimal,
}

impl Unit {
    /// What people call it.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Whole => "a whole number",
            Self::Money => "money",
            Self::Quantity => "a quantity",
            Self::Weekday => "a day of the week",
            Self::Time => "a time of day",
            Self::Date => "a date",
            Self::Points(_) => "points",
        }
    }

    /// How it is written.
    pub(super) const fn example(self) -> &'static str {
        match self {
            Self::Whole => "`3`",
            Self::Money => "`15` or `15.50`",
            Self::Quantity => "`2` or `0.5`",
            Self::Weekday => "`\"mon\"` to `\"sun\"`",
            Self::Time => "`\"11:00\"`",
            Self::Date => "`\"2025-12-24\"`",
            Self::Points(_) => "`100`",
        }
    }

    /// Whether it can be added up.
    pub(super) const fn adds(self) -> bool {
        matches!(
            self,
            Self::Whole | Self::Money | Self::Quantity | Self::Points(_)
        )
    }
}

impl Number {
    /// In this unit; nothing if the unit takes no numbers or none as fine.
    pub(super) fn in_unit(self, unit: Unit, currency: Currency) -> Option<i64> {
        let decimals = match unit {
            Unit::Whole => 0,
            Unit::Money => currency.exponent().into(),
            Unit::Quantity => 3,
            Unit::Points(decimals) => decimals.into(),
            Unit::Weekday | Unit::Time | Unit::Date => return None,
        };
        let size = self.size.scaled(decimals)?;
        Some(if self.negative { -size } else { size })
    }
}

/// A text in a unit that is written as text: `"tue"`, `"11:00"`, `"2025-12-24"`.
pub(super) fn word_in_unit(word: &str, unit: Unit) -> Option<i64> {
    match unit {
        Unit::Weekday => weekday(word),
        Unit::Time => time(word),
        Unit::Date => word.parse::<CivilDay>().ok().map(|day| day.number().into()),
        Unit::Whole | Unit::Money | Unit::Quantity | Unit::Points(_) => None,
    }
}

fn weekday(word: &str) -> Option<i64> {
    const DAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let place = DAYS
        .iter()
        .position(|day| *day == word || day[..3] == *word)?;
    i64::try_from(place).ok()
}

fn time(word: &str) -> Option<i64> {
    let mut seconds = 0;
    let parts: Vec<&str> = word.split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    for (part, most) in parts.iter().zip([24, 59, 59]) {
        if part.len() != 2 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number: i64 = part.parse().ok()?;
        if number > most {
            return None;
        }
        seconds = seconds * 60 + number;
    }
    let seconds = if parts.len() == 2 {
        seconds * 60
    } else {
        seconds
    };
    (seconds <= 86_400).then_some(seconds)
}
