//! Decimal numbers as files write them, read exactly.

use crate::{Error, Field};
use regulars_base::{Currency, Money};
use std::{fmt, str::FromStr};

/// How numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberForm {
    /// `1234.50` or `1,234.50`.
    Point,
    /// `1234,50` or `1.234,50`.
    Comma,
}

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberFault {
    NotANumber,
    TooFine,
    OutOfRange,
}

/// The largest quantity, in thousandths: a billion.
const MAX_QUANTITY: i64 = 1_000_000_000_000;

impl NumberForm {
    const fn marks(self) -> (u8, u8) {
        match self {
            Self::Point => (b'.', b','),
            Self::Comma => (b',', b'.'),
        }
    }

    /// `text` in units of a tenth to the power of `decimals`.
    pub(crate) fn scaled(self, text: &str, decimals: u8) -> Result<i64, NumberFault> {
        let (point, group) = self.marks();
        let text = text.trim_matches(|c: char| matches!(c, '$' | '€' | '£' | ' ' | '\u{a0}'));
        let (negative, text) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let text = text.trim_start_matches(['$', '€', '£', ' ']);
        let (mut value, mut digits, mut fine) = (0_i64, 0_usize, None::<u8>);
        // How many digits stand in the group that began at the last mark for thousands.
        let mut grouped = None::<usize>;
        let mut too_fine = false;
        for byte in text.bytes() {
            if byte.is_ascii_digit() {
                digits += 1;
                match &mut fine {
                    Some(count) if *count == decimals => {
                        too_fine |= byte != b'0';
                        continue;
                    }
                    Some(count) => *count += 1,
                    None => grouped = grouped.map(|count| count + 1),
                }
                value = value
                    .checked_mul(10)
                    .and_then(|v| v.checked_add(i64::from(byte - b'0')))
                    .ok_or(NumberFault::OutOfRange)?;
            } else if byte == point && fine.is_none() && grouped.is_none_or(|count| count == 3) {
                fine = Some(0);
            } else if byte == group
                && fine.is_none()
                && digits > 0
                && grouped.map_or(digits <= 3, |count| count == 3)
            {
                grouped = Some(0);
            } else {
                return Err(NumberFault::NotANumber);
            }
        }
        if digits == 0 || (fine.is_none() && grouped.is_some_and(|count| count != 3)) {
            return Err(NumberFault::NotANumber);
        }
        if too_fine {
            return Err(NumberFault::TooFine);
        }
        let missing = u32::from(decimals - fine.unwrap_or(0));
        let value = value
            .checked_mul(10_i64.pow(missing))
            .ok_or(NumberFault::OutOfRange)?;
        Ok(if negative { -value } else { value })
    }

    pub(crate) fn money(self, text: &str, currency: Currency) -> Result<i64, String> {
        let read = self
            .scaled(text, currency.exponent())
            .and_then(within(Money::MAX));
        read.map_err(|fault| match fault {
            NumberFault::NotANumber => {
                format!("`{}` is no amount; write it as {self}", shown(text))
            }
            NumberFault::TooFine => format!(
                "`{}` has more than the {} decimals of {currency}",
                shown(text),
                currency.exponent()
            ),
            NumberFault::OutOfRange => {
                format!(
                    "`{}` is beyond the range of amounts (10 billion)",
                    shown(text)
                )
            }
        })
    }

    /// An amount that is written in minor units.
    pub(crate) fn minor_units(self, text: &str) -> Result<i64, String> {
        self.scaled(text, 0)
            .and_then(within(Money::MAX))
            .map_err(|fault| match fault {
                NumberFault::OutOfRange => {
                    format!(
                        "`{}` is beyond the range of amounts (10 billion)",
                        shown(text)
                    )
                }
                _ => format!(
                    "`{}` is no whole number of minor units (cents)",
                    shown(text)
                ),
            })
    }

    pub(crate) fn thousandths(self, text: &str, field: Field) -> Result<i64, String> {
        self.scaled(text, 3)
            .and_then(within(MAX_QUANTITY))
            .map_err(|fault| match fault {
                NumberFault::NotANumber => {
                    format!("`{}` is no {field}; write it as 2 or 0.750", shown(text))
                }
                NumberFault::TooFine => {
                    format!("{field} `{}` has more than 3 decimals", shown(text))
                }
                NumberFault::OutOfRange => {
                    format!("{field} `{}` is beyond a billion", shown(text))
                }
            })
    }

    /// The form that fits all of `samples`, where one does.
    pub(crate) fn detect<'a>(samples: impl Iterator<Item = &'a str>) -> Result<Self, Error> {
        let mut unsure = None;
        for text in samples {
            match (text.rfind('.'), text.rfind(',')) {
                (Some(point), Some(comma)) if point > comma => return Ok(Self::Point),
                (Some(_), Some(_)) => return Ok(Self::Comma),
                (None, Some(comma)) if text.matches(',').count() == 1 => {
                    // "1,234" alone may be a thousand or a fraction.
                    if text.len() - comma != 4 || text.trim_start_matches('-').starts_with("0,") {
                        return Ok(Self::Comma);
                    }
                    unsure = Some(text);
                }
                (None, Some(_)) => return Ok(Self::Point),
                (Some(point), None) if text.matches('.').count() == 1 => {
                    if text.len() - point != 4 || text.trim_start_matches('-').starts_with("0.") {
                        return Ok(Self::Point);
                    }
                    unsure = Some(text);
                }
                (Some(_), None) => return Ok(Self::Comma),
                (None, None) => {}
            }
        }
        unsure.map_or(Ok(Self::Point), |text| {
            Err(Error::AmbiguousNumber(shown(text)))
        })
    }
}

fn within(max: i64) -> impl Fn(i64) -> Result<i64, NumberFault> {
    move |value| {
        if value.abs() > max {
            Err(NumberFault::OutOfRange)
        } else {
            Ok(value)
        }
    }
}

/// Tenths to the power of the decimals that currencies (0 to 4) and quantities (3) have.
const UNITS: [f64; 5] = [1.0, 10.0, 100.0, 1000.0, 10_000.0];

/// A double as an integer count of a tenth to the power of `decimals`: the nearest, halves away
/// from zero. Doubles cannot hold most decimal amounts, so what was 12.40 comes back as 12.40 and
/// not as a cent less.
pub(crate) fn from_double(value: f64, decimals: u8, max: i64) -> Option<i64> {
    let scaled = (value * UNITS[usize::from(decimals.min(4))]).round();
    // Within the range of amounts a double holds each integer exactly, so the cast is exact too.
    (scaled.is_finite() && scaled.abs() <= max as f64).then_some(scaled as i64)
}

/// The largest value of a field: amounts as the ledger takes them, quantities up to a billion.
pub(crate) const fn largest(money: bool) -> i64 {
    if money { Money::MAX } else { MAX_QUANTITY }
}

/// An amount for a line that gives only its price and quantity: rounded to the nearest minor unit,
/// halves away from zero.
pub(crate) fn price_times_quantity(price: i64, thousandths: i64) -> Result<i64, String> {
    let product = i128::from(price) * i128::from(thousandths);
    let half = if product < 0 { -500 } else { 500 };
    i64::try_from((product + half) / 1000)
        .ok()
        .filter(|amount| amount.abs() <= Money::MAX)
        .ok_or_else(|| {
            "price times quantity is beyond the range of amounts (10 billion)".to_owned()
        })
}

pub(crate) fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

impl fmt::Display for NumberForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Point => "1,234.50",
            Self::Comma => "1.234,50",
        })
    }
}

impl FromStr for NumberForm {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "1,234.50" | "1234.50" | "." | "point" => Ok(Self::Point),
            "1.234,50" | "1234,50" | "," | "comma" => Ok(Self::Comma),
            _ => Err(Error::UnknownWord {
                what: "number format",
                given: shown(text),
                known: "1,234.50 and 1.234,50",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use NumberFault::*;
    use NumberForm::*;

    #[test]
    fn numbers_are_read_exactly_or_refused() {
        for (form, text, decimals, expected) in [
            (Point, "1234.50", 2, Ok(123_450)),
            (Point, "1,234.50", 2, Ok(123_450)),
            (Point, "1,234,567", 2, Ok(123_456_700)),
            (Comma, "1.234,50", 2, Ok(123_450)),
            (Comma, "-1234,5", 2, Ok(-123_450)),
            (Point, "$11.77", 2, Ok(1177)),
            (Point, "-$11.7700", 2, Ok(-1177)),
            (Comma, "11,77 €", 2, Ok(1177)),
            (Point, ".5", 2, Ok(50)),
            (Point, "1500", 0, Ok(1500)),
            (Point, "2", 3, Ok(2000)),
            (Point, "1.005", 2, Err(TooFine)),
            (Point, "1,23.50", 2, Err(NotANumber)),
            (Point, "12345,678", 2, Err(NotANumber)),
            (Point, "1.234,50", 2, Err(NotANumber)),
            (Point, "1e3", 2, Err(NotANumber)),
            (Point, "", 2, Err(NotANumber)),
            (Point, "-", 2, Err(NotANumber)),
            (Point, "99999999999999999999", 2, Err(OutOfRange)),
        ] {
            assert_eq!(form.scaled(text, decimals), expected, "{text} as {form}");
        }
    }

    #[test]
    fn the_form_is_found_or_asked_for() {
        for (samples, expected) in [
            (&["12", "1234.50"][..], Some(Point)),
            (&["12", "1234,50"], Some(Comma)),
            (&["1.234,50"], Some(Comma)),
            (&["1,234", "1,234,567"], Some(Point)),
            (&["1,234", "7,5"], Some(Comma)),
            (&["0.750"], Some(Point)),
            (&["7"], Some(Point)),
            (&["1,234"], None),
        ] {
            assert_eq!(
                NumberForm::detect(samples.iter().copied()).ok(),
                expected,
                "{samples:?}"
            );
        }
    }

    #[test]
    fn doubles_are_rounded_to_the_nearest_halves_away_from_zero() {
        for (value, expected) in [
            (12.40, Some(1240)),
            (0.29, Some(29)),
            (-0.29, Some(-29)),
            (0.125, Some(13)),
            (-0.125, Some(-13)),
            (f64::NAN, None),
            (1e30, None),
        ] {
            assert_eq!(from_double(value, 2, Money::MAX), expected, "{value}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_was_written_is_what_is_read(cents in -Money::MAX..=Money::MAX) {
            let usd = Currency::new("USD").expect("is a currency");
            let text = Money::new(cents, usd).to_string();
            let text = text.trim_end_matches(" USD");
            proptest::prop_assert_eq!(Point.money(text, usd), Ok(cents));
            proptest::prop_assert_eq!(Comma.money(&text.replace('.', ","), usd), Ok(cents));
        }
    }
}
