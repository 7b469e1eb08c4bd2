//! Exact factors and named rounding.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// How the rest of a division is treated. Every division in Regulars names one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Rounding {
    /// Towards negative infinity: never gives more than was earned.
    #[default]
    Down,
    /// Towards positive infinity.
    Up,
    /// To the nearest; a half goes away from zero, as people are taught.
    HalfUp,
    /// To the nearest; a half goes to the even neighbour, as accountants prefer.
    HalfEven,
}

impl Rounding {
    /// `num / den`, rounded. `den` is positive.
    ///
    /// ```
    /// use regulars_base::Rounding::*;
    /// assert_eq!([Down, Up, HalfUp, HalfEven].map(|r| r.divide(5, 2)), [2, 3, 3, 2]);
    /// assert_eq!([Down, Up, HalfUp, HalfEven].map(|r| r.divide(-5, 2)), [-3, -2, -3, -2]);
    /// ```
    pub fn divide(self, num: i128, den: i128) -> i128 {
        assert!(den > 0, "a division needs a positive denominator");
        let (floor, rest) = (num.div_euclid(den), num.rem_euclid(den));
        let up = match self {
            Self::Down => false,
            Self::Up => rest > 0,
            Self::HalfUp => rest * 2 > den || (rest * 2 == den && num >= 0),
            Self::HalfEven => rest * 2 > den || (rest * 2 == den && floor % 2 != 0),
        };
        floor + i128::from(up)
    }

    /// As [`Rounding::divide`], held within the range of `i64`.
    #[inline]
    pub fn divide_clamped(self, num: i128, den: i128) -> i64 {
        // Nearly all numbers are small and rounded down: that takes a tenth of the time.
        match (self, i64::try_from(num), i64::try_from(den)) {
            (Self::Down, Ok(num), Ok(den @ 1..)) => num.div_euclid(den),
            _ => clamp(self.divide(num, den)),
        }
    }
}

/// The nearest `i64`.
fn clamp(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

/// An exact factor such as 1.25, never negative, kept in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ratio {
    num: i64,
    den: i64,
}

/// Why something is no ratio.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no number between 0 and 1,000,000 with at most 6 decimals")]
pub struct RatioError;

impl Ratio {
    /// 1.
    pub const ONE: Self = Self { num: 1, den: 1 };

    /// `num / den` in lowest terms. Both at most 10^12, `num` not negative, `den` positive.
    pub fn new(num: i64, den: i64) -> Result<Self, RatioError> {
        const MOST: i64 = 1_000_000_000_000;
        if !(0..=MOST).contains(&num) || !(1..=MOST).contains(&den) {
            return Err(RatioError);
        }
        let common = gcd(num, den);
        Ok(Self {
            num: num / common,
            den: den / common,
        })
    }

    /// The numerator.
    pub const fn num(self) -> i64 {
        self.num
    }

    /// The denominator, positive.
    pub const fn den(self) -> i64 {
        self.den
    }

    /// `value` times this, rounded.
    ///
    /// ```
    /// use regulars_base::{Ratio, Rounding};
    /// let quarter_more: Ratio = "1.25".parse().unwrap();
    /// assert_eq!(quarter_more.of(10, Rounding::Down), 12);
    /// ```
    pub fn of(self, value: i64, rounding: Rounding) -> i64 {
        rounding.divide_clamped(
            i128::from(value) * i128::from(self.num),
            i128::from(self.den),
        )
    }
}

const fn gcd(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    if a == 0 { 1 } else { a }
}

impl FromStr for Ratio {
    type Err = RatioError;
    fn from_str(text: &str) -> Result<Self, RatioError> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 7 || part.len() > 6 || !digits(whole) || !digits(part)
        {
            return Err(RatioError);
        }
        let den = 10_i64.pow(u32::try_from(part.len()).map_err(|_| RatioError)?);
        let num = format!("{whole}{part}")
            .parse::<i64>()
            .map_err(|_| RatioError)?;
        if num > 1_000_000 * den {
            return Err(RatioError);
        }
        Self::new(num, den)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut rest, mut decimals) = (self.num % self.den, String::new());
        while rest != 0 && decimals.len() < 6 {
            rest *= 10;
            decimals.push(char::from(
                b'0' + u8::try_from(rest / self.den).unwrap_or(0),
            ));
            rest %= self.den;
        }
        match (rest, decimals.as_str()) {
            (0, "") => write!(f, "{}", self.num / self.den),
            (0, decimals) => write!(f, "{}.{decimals}", self.num / self.den),
            _ => write!(f, "{}/{}", self.num, self.den),
        }
    }
}
