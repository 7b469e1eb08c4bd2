//! Figures as people read them.

use crate::{Figure, Unit};
use regulars_base::Currency;

/// `1234567` as `1,234,567`.
pub fn count(number: i128) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 {
        "-".to_owned()
    } else {
        String::new()
    };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Minor units as an amount, with the currency where it is known.
pub fn money(minor: i128, decimals: u8, currency: Option<Currency>) -> String {
    let unit = 10_u128.pow(decimals.into());
    let (whole, rest) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    let sign = if minor < 0 { "-" } else { "" };
    let whole = count(i128::try_from(whole).unwrap_or(i128::MAX));
    let rest = match decimals {
        0 => String::new(),
        decimals => format!(".{rest:0width$}", width = usize::from(decimals)),
    };
    match currency {
        Some(currency) => format!("{sign}{whole}{rest} {}", currency.code()),
        None => format!("{sign}{whole}{rest}"),
    }
}

/// A share as a percentage.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A value in its unit; "n/a" for none.
pub fn value(value: Option<f64>, unit: Unit, decimals: u8, currency: Option<Currency>) -> String {
    let Some(value) = value else {
        return "n/a".to_owned();
    };
    match unit {
        Unit::Share => percent(value),
        Unit::Ratio => format!("{value:.2}"),
        // To the nearest minor unit; sums far beyond all money lose their last digits.
        Unit::Money => money(value.round() as i128, decimals, currency),
        Unit::Days => format!("{value:.0} days"),
        Unit::Months => format!("{value:.1} months"),
        Unit::Count => count(value.round() as i128),
        Unit::Score => format!("{value:.1}"),
    }
}

/// The value of a figure.
pub fn figure(figure: &Figure, decimals: u8, currency: Option<Currency>) -> String {
    value(figure.value, figure.unit, decimals, currency)
}

/// Where the true value lies; empty where that is not said.
pub fn interval(figure: &Figure, decimals: u8, currency: Option<Currency>) -> String {
    figure.interval.map_or_else(String::new, |interval| {
        let end = |end| value(Some(end), figure.unit, decimals, currency);
        format!(
            "{} to {} ({})",
            end(interval.low),
            end(interval.high),
            interval.method
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_readable() {
        assert_eq!(count(-1_234_567), "-1,234,567");
        assert_eq!(money(-123_456, 2, None), "-1,234.56");
        assert_eq!(
            money(5, 0, Some(Currency::new("JPY").expect("is one"))),
            "5 JPY"
        );
        assert_eq!(value(None, Unit::Share, 2, None), "n/a");
        assert_eq!(value(Some(0.04), Unit::Share, 2, None), "4.0 %");
    }
}
