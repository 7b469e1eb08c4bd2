//! Coming periods: sales, orders and active customers as they are to be expected, with how sure that is.
//!
//! Only periods of which all days are known are a past to learn from.

use crate::forecast::{Asked, Forecast, forecast};
use crate::model::Refusal;
use crate::report::Report;
use crate::sums::Sums;
use regulars_base::Period;

/// What is forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Sales less what was given back, in minor units.
    Revenue,
    /// Purchases.
    Orders,
    /// Customers who buy.
    Customers,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Revenue, Self::Orders, Self::Customers];

    /// Its name in files.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Revenue => "revenue",
            Self::Orders => "orders",
            Self::Customers => "customers",
        }
    }

    fn of(self, sums: &Sums) -> f64 {
        match self {
            Self::Revenue => sums.revenue() as f64,
            Self::Orders => sums.orders as f64,
            Self::Customers => sums.buyers as f64,
        }
    }
}

/// A forecast with the past that it was made from.
#[derive(Clone, Debug)]
pub struct Coming {
    /// What.
    pub what: What,
    /// The first whole period of the past.
    pub first: usize,
    /// The past.
    pub past: Vec<f64>,
    /// The forecast, or why there is none.
    pub forecast: Result<Forecast, Refusal>,
}

/// After how many periods the season begins anew.
#[must_use]
pub const fn season(period: Period) -> u32 {
    match period {
        Period::Day => 7,
        Period::Week => 52,
        Period::Month => 12,
        Period::Quarter => 4,
        Period::HalfYear => 2,
        Period::Year => 1,
    }
}

/// How many periods so many months are, rounded up.
#[must_use]
pub fn periods_in(months: u32, period: Period) -> u32 {
    match period {
        Period::Day => months.saturating_mul(365).div_ceil(12),
        Period::Week => months.saturating_mul(52).div_ceil(12),
        Period::Month => months,
        Period::Quarter => months.div_ceil(3),
        Period::HalfYear => months.div_ceil(6),
        Period::Year => months.div_ceil(12),
    }
    .clamp(1, 520)
}

/// All forecasts of a report, so many months ahead.
#[must_use]
pub fn coming(report: &Report, months: u32) -> Vec<Coming> {
    let calendar = &report.calendar;
    let whole: Vec<usize> = (0..calendar.len())
        .filter(|&at| calendar.is_whole(at))
        .collect();
    let asked = |what: What| Asked {
        horizon: periods_in(months, calendar.period()),
        season: season(calendar.period()),
        level: 0.95,
        never_negative: what != What::Revenue,
    };
    let one = |what: What| {
        let past: Vec<f64> = whole
            .iter()
            .map(|&at| what.of(&report.periods[at]))
            .collect();
        Coming {
            what,
            first: whole.first().copied().unwrap_or_default(),
            forecast: forecast(&past, &asked(what)),
            past,
        }
    };
    What::ALL.into_iter().map(one).collect()
}
