//! Numbers and names in JSON, which some platforms write as texts and some as numbers: kept as their digits,
//! so that no amount passes through a double.

use super::Fault;
use regulars_base::{Currency, Text, Timestamp};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A text or a number, as it is written; empty for `null` and for what is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Scalar(pub(super) String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        match raw.as_bytes().first() {
            Some(b'"') => serde_json::from_str(raw)
                .map(Self)
                .map_err(serde::de::Error::custom),
            Some(b'-' | b'0'..=b'9') => Ok(Self(raw.to_owned())),
            Some(b'n') => Ok(Self::default()),
            _ => Err(serde::de::Error::custom("a text or a number is expected")),
        }
    }
}

impl Scalar {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As a name or number that stands in keys.
    pub(super) fn text(&self) -> Result<Text, Fault> {
        text(&self.0)
    }

    /// Money in whole units with a point, as `12.40`: minor units of the currency. What is finer is rounded
    /// half away from zero, as a shop does that reckons taxes more finely than it is paid.
    pub(super) fn decimal(&self, currency: Currency) -> Result<i64, Fault> {
        let written = self.0.trim();
        let (sign, digits) = match written.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", written),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let keep = usize::from(currency.exponent());
        let next = part.as_bytes().get(keep).copied();
        let is_number = part.bytes().all(|digit| digit.is_ascii_digit());
        let Some(next) = next.filter(|_| is_number) else {
            let whole = if written.is_empty() { "0" } else { written };
            return currency.minor(whole).map_err(Fault::of);
        };
        let cut = match keep {
            0 => format!("{sign}{whole}"),
            _ => format!("{sign}{whole}.{}", &part[..keep]),
        };
        let minor = currency.minor(&cut).map_err(Fault::of)?;
        let up = i64::from(next >= b'5');
        Ok(if sign.is_empty() {
            minor + up
        } else {
            minor - up
        })
    }

    /// Money as a whole number of parts of which `10^decimals` make one unit: minor units of the currency.
    pub(super) fn parts(&self, decimals: u8, currency: Currency) -> Result<i64, Fault> {
        let written = if self.is_empty() { "0" } else { self.as_str() };
        let parts: i64 = written
            .parse()
            .map_err(|_| Fault(format!("`{written}` is no whole number of minor units")))?;
        let exponent = currency.exponent();
        let ten = |times: u8| 10_i64.checked_pow(u32::from(times)).unwrap_or(i64::MAX);
        let more = ten(exponent.saturating_sub(decimals));
        let less = ten(decimals.saturating_sub(exponent));
        let beyond = || Fault(format!("`{written}` is beyond the range of amounts"));
        let parts = parts.checked_mul(more).ok_or_else(beyond)?;
        // Half away from zero: only what is finer than the currency is rounded.
        let half = if parts < 0 { -(less / 2) } else { less / 2 };
        Ok((parts + half) / less)
    }

    /// How many, in thousandths.
    pub(super) fn quantity(&self) -> Result<i64, Fault> {
        let written = if self.is_empty() { "1" } else { self.as_str() };
        let wrong = || Fault(format!("`{written}` is no quantity"));
        let (whole, part) = written.split_once('.').unwrap_or((written, ""));
        let whole: i64 = whole.parse().map_err(|_| wrong())?;
        let digits: String = part.chars().chain("000".chars()).take(3).collect();
        let part: i64 = digits.parse().map_err(|_| wrong())?;
        whole
            .checked_mul(1000)
            .and_then(|whole| whole.checked_add(part))
            .filter(|quantity| *quantity >= 0)
            .ok_or_else(wrong)
    }

    /// A moment, as in RFC 3339; `utc` for those that are written without saying that they are in UTC.
    pub(super) fn moment(&self, utc: bool) -> Result<Option<Timestamp>, Fault> {
        if self.is_empty() {
            return Ok(None);
        }
        let end = if utc && !self.0.ends_with('Z') {
            "Z"
        } else {
            ""
        };
        format!("{}{end}", self.0)
            .parse()
            .map(Some)
            .map_err(Fault::of)
    }

    /// A moment, as seconds since 1970.
    pub(super) fn seconds(&self) -> Result<Timestamp, Fault> {
        let wrong = || Fault(format!("`{}` is no time in seconds", self.0));
        let seconds: i64 = self.0.parse().map_err(|_| wrong())?;
        let micros = seconds.checked_mul(1_000_000).ok_or_else(wrong)?;
        let held = Timestamp::from_micros(0).plus_micros(micros);
        match held.micros() == micros {
            true => Ok(held),
            false => Err(wrong()),
        }
    }
}

/// What stands in keys and names: short, and without control characters.
pub(super) fn text(words: &str) -> Result<Text, Fault> {
    Text::new(words).map_err(|error| Fault(format!("`{:.40}` {error}", words)))
}

/// The same where it only describes something: cut where it is too long.
pub(super) fn label(words: &str) -> Text {
    let plain: String = words
        .chars()
        .filter(|one| !one.is_control())
        .take(60)
        .collect();
    Text::new(plain).unwrap_or_default()
}

/// A currency by its code, in any case.
pub(super) fn currency(code: &str) -> Result<Currency, Fault> {
    Currency::new(&code.to_uppercase()).map_err(Fault::of)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(code: &str) -> Currency {
        Currency::new(code).expect("is a currency")
    }

    #[test]
    fn a_number_keeps_its_digits_and_a_text_its_words() {
        let read: Vec<Scalar> =
            serde_json::from_str(r#"["12.40", 35.1, 7, null, "ü"]"#).expect("reads");
        let words: Vec<&str> = read.iter().map(Scalar::as_str).collect();
        assert_eq!(words, ["12.40", "35.1", "7", "", "ü"]);
        assert!(serde_json::from_str::<Scalar>("[1]").is_err());
        assert!(serde_json::from_str::<Scalar>("true").is_err());
    }

    #[test]
    fn decimals_are_those_of_the_currency() {
        for (code, written, minor) in [
            ("EUR", "12.4", 1240),
            ("EUR", "-10.00", -1000),
            ("EUR", "10.333333", 1033),
            ("EUR", "10.335", 1034),
            ("EUR", "-10.335", -1034),
            ("EUR", "", 0),
            ("JPY", "1200", 1200),
            ("JPY", "1200.00", 1200),
            ("JPY", "1200.50", 1201),
            ("KWD", "1.234", 1234),
            ("KWD", "1.2", 1200),
        ] {
            let read = Scalar(written.into()).decimal(money(code));
            assert_eq!(read, Ok(minor), "{code} {written}");
        }
        for wrong in ["1e2", "1,20", "€5", "--1", "1.2x"] {
            assert!(
                Scalar(wrong.into()).decimal(money("EUR")).is_err(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn parts_become_minor_units_whatever_a_part_is() {
        for (code, decimals, written, minor) in [
            ("EUR", 2, "1240", 1240),
            ("JPY", 0, "1200", 1200),
            ("JPY", 2, "120000", 1200),
            ("KWD", 3, "1234", 1234),
            ("KWD", 2, "123", 1230),
            ("EUR", 3, "12345", 1235),
            ("EUR", 3, "-12345", -1235),
        ] {
            let read = Scalar(written.into()).parts(decimals, money(code));
            assert_eq!(read, Ok(minor), "{code} {written}");
        }
        assert!(Scalar("12.5".into()).parts(2, money("EUR")).is_err());
    }

    #[test]
    fn quantities_are_thousandths_and_never_below_zero() {
        let of = |written: &str| Scalar(written.into()).quantity();
        assert_eq!((of("2"), of("1.5"), of("")), (Ok(2000), Ok(1500), Ok(1000)));
        assert!(of("-1").is_err() && of("x").is_err());
    }

    #[test]
    fn moments_are_read_as_they_are_written() {
        let at = |written: &str, utc| Scalar(written.into()).moment(utc);
        let nine: Timestamp = "2025-03-01T09:00:00Z".parse().expect("is a time");
        assert_eq!(at("2025-03-01T09:00:00", true), Ok(Some(nine)));
        assert_eq!(at("2025-03-01T04:00:00-05:00", false), Ok(Some(nine)));
        assert_eq!(at("", false), Ok(None));
        assert!(at("2025-03-01T09:00:00", false).is_err());
        assert_eq!(Scalar("1740819600".into()).seconds(), Ok(nine));
    }
}
