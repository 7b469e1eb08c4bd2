//! The small forms inside of texts: lengths, money, decimals, days, gifts.

use super::Formula;
use super::diagnostic::Wrong;
use regulars_base::{
    CivilDay, Currency, Money, MoneyError, Period, Ratio, Span, TimeError, Timestamp, Zone,
};

/// A decimal number, exactly: 12.5 is 125 with 1 decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    /// All digits.
    pub(crate) digits: i64,
    /// How many of them are decimals.
    pub(crate) decimals: u32,
}

impl Decimal {
    /// Reads `12.5`: at most 15 digits, without sign.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let part = part.trim_end_matches('0');
        let only_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let ends = text.ends_with('.') || whole.is_empty();
        if ends || !only_digits(whole) || !only_digits(part) || whole.len() + part.len() > 15 {
            return None;
        }
        let digits = format!("{whole}{part}").parse().ok()?;
        Some(Self {
            digits,
            decimals: u32::try_from(part.len()).ok()?,
        })
    }

    /// As a whole number of units of which `10^decimals` make one; nothing if it is finer.
    pub(crate) fn scaled(self, decimals: u32) -> Option<i64> {
        let more = decimals.checked_sub(self.decimals)?;
        self.digits.checked_mul(10_i64.checked_pow(more)?)
    }
}

/// A number such as 1.25.
pub(crate) fn ratio(text: &str) -> Result<Ratio, Wrong> {
    text.parse().map_err(|_| {
        Wrong::new(
            format!("`{text}` is no factor"),
            "write a number from 0 to 1000000 with at most 6 decimals",
        )
    })
}

/// A whole number and what it counts: `14 days`.
fn count(text: &str) -> Option<(i32, &str)> {
    let (count, unit) = text.split_once(' ')?;
    Some((count.parse().ok()?, unit))
}

/// `"14 days"`, `"12 months"`, `"1 year"`, `"2 weeks"`.
pub(crate) fn length(text: &str) -> Result<Span, Wrong> {
    let wrong = || {
        Wrong::new(
            format!("`{text}` is no length of time"),
            "write it as `14 days`, `2 weeks`, `12 months` or `1 year`",
        )
    };
    let (count, unit) = count(text).ok_or_else(wrong)?;
    let (span, size) = match unit {
        "day" | "days" => (Span::Days(count), 1),
        "week" | "weeks" => (Span::Days(count.saturating_mul(7)), 7),
        "month" | "months" => (Span::Months(count), 30),
        "year" | "years" => (Span::Months(count.saturating_mul(12)), 365),
        _ => return Err(wrong()),
    };
    if count < 1 || count.saturating_mul(size) > 36_500 {
        return Err(Wrong::new(
            format!("`{text}` is out of range"),
            "a length is from 1 day to 100 years",
        ));
    }
    Ok(span)
}

/// `"30 minutes"`, `"4 hours"`, `"1 day"`, in minutes: time that passes, whatever the calendar says.
pub(crate) fn minutes(text: &str) -> Result<i32, Wrong> {
    let wrong = || {
        Wrong::new(
            format!("`{text}` is no time between stamps"),
            "write it as `30 minutes`, `4 hours`, `1 day` or `2 weeks`",
        )
    };
    let (count, unit) = count(text).ok_or_else(wrong)?;
    let size = match unit {
        "minute" | "minutes" => 1,
        "hour" | "hours" => 60,
        "day" | "days" => 24 * 60,
        "week" | "weeks" => 7 * 24 * 60,
        _ => return Err(wrong()),
    };
    match count.checked_mul(size) {
        Some(minutes) if (1..=366 * 24 * 60).contains(&minutes) => Ok(minutes),
        _ => Err(Wrong::new(
            format!("`{text}` is out of range"),
            "the time between stamps is from 1 minute to 366 days",
        )),
    }
}

/// Money above zero of the program's currency, in minor units.
pub(crate) fn money(text: &str, currency: Currency) -> Result<i64, Wrong> {
    let hint = || format!("write it as `12.40 {currency}`");
    let money: Money = text.parse().map_err(|error: MoneyError| Wrong {
        hint: Some(hint()),
        ..Wrong::said(&error)
    })?;
    if money.currency != currency {
        return Err(Wrong::new(
            format!("`{text}` is not in {currency}, the program's currency"),
            hint(),
        ));
    }
    if money.minor <= 0 {
        return Err(Wrong::new(format!("`{text}` is not above zero"), hint()));
    }
    Ok(money.minor)
}

/// What one point is worth, exactly, in minor units: `"0.005 EUR"` is half a cent.
pub(crate) fn worth(text: &str, currency: Currency) -> Result<Ratio, Wrong> {
    let wrong = || {
        Wrong::new(
            format!("`{text}` is no worth of a point in {currency}"),
            format!("write it as `0.01 {currency}`, with at most 6 decimals"),
        )
    };
    let (amount, code) = text.split_once(' ').ok_or_else(wrong)?;
    let decimal = Decimal::parse(amount).ok_or_else(wrong)?;
    if code != currency.code() || decimal.decimals > 6 {
        return Err(wrong());
    }
    let minor = decimal
        .digits
        .checked_mul(10_i64.pow(currency.exponent().into()))
        .ok_or_else(wrong)?;
    Ratio::new(minor, 10_i64.pow(decimal.decimals)).map_err(|_| wrong())
}

/// What one minor unit of `other` is worth in minor units of `own`, when one whole unit is worth
/// `rate`.
pub(crate) fn rate(rate: Ratio, other: Currency, own: Currency) -> Result<Ratio, Wrong> {
    let scale = |currency: Currency| 10_i64.pow(currency.exponent().into());
    let made = rate
        .num()
        .checked_mul(scale(own))
        .zip(rate.den().checked_mul(scale(other)))
        .and_then(|(num, den)| Ratio::new(num, den).ok());
    made.filter(|made| made.num() > 0).ok_or_else(|| {
        Wrong::new(
            format!("the rate of {other} is out of range"),
            format!("write what 1 {other} is worth in {own}, above zero"),
        )
    })
}

/// Points above zero in their smallest unit: `1.5` with one decimal is 15.
pub(crate) fn points(text: &str, decimals: u8, id: &str) -> Result<i64, Wrong> {
    let Some(decimal) = Decimal::parse(text) else {
        return Err(Wrong::new(
            format!("`{text}` is no number of points"),
            "write a number above zero with at most 15 digits",
        ));
    };
    match decimal.scaled(decimals.into()) {
        Some(0) => Err(Wrong::new(
            format!("`{text}` {id} is nothing"),
            "write a number above zero, or leave it out",
        )),
        Some(points) if points <= Money::MAX => Ok(points),
        Some(_) => Err(Wrong::new(
            format!("`{text}` {id} is out of range"),
            "the most is a million millions of the smallest unit",
        )),
        None => Err(Wrong::new(
            format!("`{text}` is finer than `{id}` are"),
            format!(
                "they have {decimals} decimals: write a coarser number, or set `decimals` of [points.{id}]"
            ),
        )),
    }
}

/// What a rule gives: `"1 per 1 EUR"`, `"2 per item"`, `"3 per line"`, `"20"`.
pub(crate) fn gift(
    text: &str,
    (decimals, id): (u8, &str),
    currency: Currency,
) -> Result<Formula, Wrong> {
    let Some((count, per)) = text.split_once(" per ") else {
        return points(text, decimals, id).map(Formula::Fixed);
    };
    let count = points(count, decimals, id)?;
    match per {
        "item" => Ok(Formula::PerItem(count)),
        "line" => Ok(Formula::PerLine(count)),
        code if code == currency.code() => Ok(Formula::PerAmount {
            points: count,
            per: 10_i64.pow(currency.exponent().into()),
        }),
        amount if amount.contains(' ') => {
            money(amount, currency).map(|per| Formula::PerAmount { points: count, per })
        }
        _ => Err(Wrong::new(
            format!("`{text}` does not say what the points are for"),
            format!("write `1 per 1 {currency}`, `2 per item`, `3 per line`, or a number alone"),
        )),
    }
}

/// A day.
pub(crate) fn day(text: &str) -> Result<CivilDay, Wrong> {
    text.parse().map_err(|error: TimeError| Wrong::said(&error))
}

/// From when on: the start of a day, or a moment.
pub(crate) fn from(text: &str, zone: &Zone) -> Result<Timestamp, Wrong> {
    moment(text, zone, 0)
}

/// Until when: the end of a day, or a moment.
pub(crate) fn until(text: &str, zone: &Zone) -> Result<Timestamp, Wrong> {
    moment(text, zone, 1)
}

fn moment(text: &str, zone: &Zone, days: i32) -> Result<Timestamp, Wrong> {
    let found = match text.len() {
        10 => text
            .parse::<CivilDay>()
            .map(|day| zone.start_of(day.plus_days(days))),
        _ => text.parse(),
    };
    found.map_err(|error| Wrong {
        hint: Some("write a day as `2025-03-01`, a moment as `2025-03-01T09:00:00Z`".into()),
        ..Wrong::said(&error)
    })
}

/// An id: small letters, digits, `-` and `_`, beginning with a letter or digit.
pub(crate) fn id(text: &str) -> Result<String, Wrong> {
    let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    let begins = text
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphanumeric());
    if begins && text.len() <= 64 && text.bytes().all(fits) {
        Ok(text.to_owned())
    } else {
        let shown: String = text.chars().take(40).collect();
        Err(Wrong::new(
            format!("`{shown}` is no id"),
            "write 1 to 64 small letters, digits, `-` and `_`",
        ))
    }
}

/// `month`.
pub(crate) fn period(text: &str) -> Option<Period> {
    Some(match text {
        "day" => Period::Day,
        "week" => Period::Week,
        "month" => Period::Month,
        "quarter" => Period::Quarter,
        "half-year" => Period::HalfYear,
        "year" => Period::Year,
        _ => return None,
    })
}
