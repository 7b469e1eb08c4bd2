//! Money in minor units, with its currency.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// A currency of ISO 4217 that has minor units (0 to 4 decimals).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: [u8; 3],
    exponent: u8,
}

/// Money: an amount in minor units of a currency. 12.40 EUR is `minor = 1240`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money {
    /// Minor units: cents, yen, fils.
    pub minor: i64,
    /// Of which currency.
    pub currency: Currency,
}

/// Why something is no money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The code is not one of ISO 4217, or has no minor unit.
    #[error("`{0}` is no currency of ISO 4217; write it as in EUR, USD or JPY")]
    UnknownCurrency(String),
    /// Not a decimal number.
    #[error("`{0}` is no amount; write it as 12.40, without signs for thousands")]
    NotANumber(String),
    /// More decimals than the currency has.
    #[error("`{amount}` has more than the {exponent} decimals of {currency}")]
    TooFine {
        /// As it was written.
        amount: String,
        /// The currency's code.
        currency: String,
        /// Its decimals.
        exponent: u8,
    },
    /// Beyond [`Money::MAX`].
    #[error("`{0}` is beyond the range of amounts (10 billion)")]
    OutOfRange(String),
}

impl Currency {
    /// By its code, in capitals.
    pub fn new(code: &str) -> Result<Self, MoneyError> {
        let unknown = || MoneyError::UnknownCurrency(code.chars().take(16).collect());
        let known = iso_currency::Currency::from_code(code).ok_or_else(unknown)?;
        let exponent = known.exponent().ok_or_else(unknown)?;
        let code = <[u8; 3]>::try_from(code.as_bytes()).map_err(|_| unknown())?;
        Ok(Self {
            code,
            exponent: u8::try_from(exponent).map_err(|_| unknown())?,
        })
    }

    /// Its code: three capitals.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).expect("a code was checked to be ASCII when it was made")
    }

    /// How many decimals its amounts have.
    pub const fn exponent(self) -> u8 {
        self.exponent
    }

    /// Minor units of a decimal text such as `12.40` or `-3`.
    ///
    /// ```
    /// use regulars_base::Currency;
    /// let eur = Currency::new("EUR").unwrap();
    /// assert_eq!(eur.minor("12.4").unwrap(), 1240);
    /// assert!(eur.minor("12.345").is_err());
    /// ```
    pub fn minor(self, amount: &str) -> Result<i64, MoneyError> {
        let not_a_number = || MoneyError::NotANumber(amount.chars().take(40).collect());
        let (sign, digits) = match amount.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, amount),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let only_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !only_digits(whole) || !only_digits(part) || digits.ends_with('.') {
            return Err(not_a_number());
        }
        let exponent = usize::from(self.exponent);
        let part = if part.len() > exponent {
            part.trim_end_matches('0')
        } else {
            part
        };
        if part.len() > exponent {
            return Err(MoneyError::TooFine {
                amount: amount.chars().take(40).collect(),
                currency: self.to_string(),
                exponent: self.exponent,
            });
        }
        let out_of_range = || MoneyError::OutOfRange(amount.chars().take(40).collect());
        if whole.trim_start_matches('0').len() > 15 {
            return Err(out_of_range());
        }
        let mut minor = 0_i64;
        for digit in whole
            .bytes()
            .chain(part.bytes())
            .chain(std::iter::repeat_n(b'0', exponent - part.len()))
        {
            minor = minor
                .checked_mul(10)
                .and_then(|m| m.checked_add(i64::from(digit - b'0')))
                .ok_or_else(out_of_range)?;
        }
        if minor > Money::MAX {
            Err(out_of_range())
        } else {
            Ok(sign * minor)
        }
    }
}

impl Money {
    /// The largest amount of one order, in minor units: 10 billion of a currency with two decimals.
    /// Sums over years stay far below `i64`.
    pub const MAX: i64 = 1_000_000_000_000;

    /// `minor` units of `currency`.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Money {
    /// As people write it: `12.40 EUR`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, minor) = (
            if self.minor < 0 { "-" } else { "" },
            self.minor.unsigned_abs(),
        );
        let (unit, width) = (
            10_u64.pow(self.currency.exponent.into()),
            self.currency.exponent.into(),
        );
        if width == 0 {
            write!(f, "{sign}{minor} {}", self.currency)
        } else {
            write!(
                f,
                "{sign}{}.{:0width$} {}",
                minor / unit,
                minor % unit,
                self.currency
            )
        }
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Money {
    type Err = MoneyError;
    /// Reads `12.40 EUR`.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (amount, code) = text
            .trim()
            .rsplit_once(' ')
            .ok_or_else(|| MoneyError::NotANumber(text.chars().take(40).collect()))?;
        let currency = Currency::new(code)?;
        Ok(Self::new(currency.minor(amount.trim_end())?, currency))
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::new(&code).map_err(serde::de::Error::custom)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            (self.minor, self.currency).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
            text.parse().map_err(serde::de::Error::custom)
        } else {
            <(i64, Currency)>::deserialize(deserializer)
                .map(|(minor, currency)| Self::new(minor, currency))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_reads_back_what_it_wrote() {
        for text in [
            "12.40 EUR",
            "-0.05 USD",
            "1500 JPY",
            "1.234 KWD",
            "0.00 EUR",
        ] {
            assert_eq!(text.parse::<Money>().expect("is money").to_string(), text);
        }
    }

    #[test]
    fn what_is_no_money_says_why() {
        for (text, why) in [
            ("12.40", "no amount"),
            ("12.40 EU", "no currency"),
            ("1,200.00 EUR", "no amount"),
            ("1.234 EUR", "more than the 2 decimals"),
            ("1. EUR", "no amount"),
            ("99999999999999999999 EUR", "beyond the range"),
            ("10000000000.01 EUR", "beyond the range"),
        ] {
            let error = text.parse::<Money>().expect_err(text).to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
