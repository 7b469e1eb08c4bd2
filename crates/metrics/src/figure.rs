//! A figure: a value with what it is made of, over whom, and how sure it is.

/// What the value of a figure is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A part of a whole, 0 to 1; shown as a percentage.
    Share,
    /// One number against another.
    Ratio,
    /// Minor units of the currency.
    Money,
    /// Days.
    Days,
    /// Months.
    Months,
    /// How many.
    Count,
    /// A score on the metric's own scale.
    Score,
}

impl Unit {
    /// Its name in files and the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Ratio => "ratio",
            Self::Money => "minor_units",
            Self::Days => "days",
            Self::Months => "months",
            Self::Count => "count",
            Self::Score => "score",
        }
    }
}

/// From where to where the true value lies in 95 of 100 such samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// How it was worked out.
    pub method: &'static str,
}

/// A value with all that a reader needs in order to trust it.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The value, finite; `None` where there is no denominator ("n/a").
    pub value: Option<f64>,
    /// What the value is in.
    pub unit: Unit,
    /// What stands above the line.
    pub numerator: i128,
    /// What stands below it; 1 for a plain sum.
    pub denominator: i128,
    /// Over whom, in a few words.
    pub population: String,
    /// How many customers are behind it.
    pub customers: u64,
    /// How sure it is, where a sample is behind it.
    pub interval: Option<Interval>,
}

impl Figure {
    /// `part` of `whole` customers, with Wilson's interval.
    pub fn share(part: u64, whole: u64, population: impl Into<String>) -> Self {
        Self {
            value: quotient(part.into(), whole.into()),
            unit: Unit::Share,
            numerator: part.into(),
            denominator: whole.into(),
            population: population.into(),
            customers: whole,
            interval: wilson(part, whole),
        }
    }

    /// The same where the part may be larger than the whole, because it is of other customers in part;
    /// then without an interval.
    pub fn share_beyond(part: u64, whole: u64, population: impl Into<String>) -> Self {
        let mut figure = Self::share(part.min(whole), whole, population);
        if part > whole {
            figure.value = quotient(part.into(), whole.into());
            figure.numerator = part.into();
            figure.interval = None;
        }
        figure
    }

    /// `above` divided by `below`, in `unit`, over `customers`.
    pub fn quotient(
        unit: Unit,
        above: i128,
        below: i128,
        customers: u64,
        population: impl Into<String>,
    ) -> Self {
        Self {
            value: quotient(above, below),
            unit,
            numerator: above,
            denominator: below,
            population: population.into(),
            customers,
            interval: None,
        }
    }

    /// No value, and why.
    pub fn none(unit: Unit, why: impl Into<String>) -> Self {
        Self::quotient(unit, 0, 0, 0, why)
    }

    /// Makes the value one of units of so many.
    pub fn per(&mut self, many: i128) {
        self.denominator = self.denominator.saturating_mul(many);
        self.value = quotient(self.numerator, self.denominator);
    }

    /// A plain sum.
    pub fn sum(unit: Unit, sum: i128, customers: u64, population: impl Into<String>) -> Self {
        Self::quotient(unit, sum, 1, customers, population)
    }

    /// The same with how sure it is.
    pub fn within(mut self, interval: Option<Interval>) -> Self {
        self.interval = interval;
        self
    }
}

/// `None` for a denominator of zero.
fn quotient(above: i128, below: i128) -> Option<f64> {
    (below != 0).then(|| above as f64 / below as f64)
}

/// The quantile of the normal distribution for 95 % on both sides.
pub(crate) const Z: f64 = 1.959_963_984_540_054;

/// Wilson's score interval of a share: right for small samples and for shares near 0 and 1, where the
/// usual one reaches beyond them.
pub fn wilson(part: u64, whole: u64) -> Option<Interval> {
    if whole == 0 {
        return None;
    }
    let (n, p) = (whole as f64, part as f64 / whole as f64);
    let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).max(0.0).sqrt();
    let (middle, scale) = (p + Z * Z / (2.0 * n), 1.0 + Z * Z / n);
    Some(Interval {
        low: ((middle - spread) / scale).max(0.0),
        high: ((middle + spread) / scale).min(1.0),
        method: "Wilson, 95 %",
    })
}

/// The normal interval of a mean over `count` values with this sum and sum of squares; `None` for
/// fewer than two values.
pub fn mean_interval(count: u64, sum: f64, squares: f64) -> Option<Interval> {
    if count < 2 {
        return None;
    }
    let n = count as f64;
    let mean = sum / n;
    let variance = ((squares - sum * mean) / (n - 1.0)).max(0.0);
    let spread = Z * (variance / n).sqrt();
    spread.is_finite().then_some(Interval {
        low: mean - spread,
        high: mean + spread,
        method: "normal, 95 %",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_denominator_is_no_value() {
        let figure = Figure::share(0, 0, "nobody");
        assert_eq!((figure.value, figure.interval), (None, None));
        let figure = Figure::quotient(Unit::Money, 5, 0, 0, "nobody");
        assert_eq!(figure.value, None);
    }

    #[test]
    fn wilsons_interval_is_the_published_one() {
        // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I.
        for (part, whole, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let interval = wilson(part, whole).expect("has a denominator");
            assert!(
                (interval.low - low).abs() < 5e-5,
                "{part}/{whole}: {interval:?}"
            );
            assert!(
                (interval.high - high).abs() < 5e-5,
                "{part}/{whole}: {interval:?}"
            );
        }
    }

    #[test]
    fn the_interval_of_a_mean_needs_two_values() {
        assert_eq!(mean_interval(1, 5.0, 25.0), None);
        let interval = mean_interval(4, 10.0, 30.0).expect("four values");
        // Mean 2.5, variance 5/3.
        assert!((interval.high - 2.5 - Z * (5.0_f64 / 12.0).sqrt()).abs() < 1e-12);
    }
}
