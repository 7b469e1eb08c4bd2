//! Coming periods: sales, orders and active customers as they are to be expected, with how sure that is.
//!
//! Only periods of which all days are known are a past to learn from.

use crate::catalog::Need;
use crate::deeds::DeedSums;
use crate::forecast::scenario::{Change, Scenario, under};
use crate::forecast::{Asked, Expected, Forecast, forecast};
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
    /// Members at the end of the period.
    Members,
    /// Members who buy.
    ActiveMembers,
    /// Points given, in their smallest unit.
    PointsIssued,
    /// Points used.
    PointsRedeemed,
    /// Points lapsed.
    PointsExpired,
    /// Points that are held at the end of the period: the liability in points.
    PointsOpen,
    /// What rewards cost, in minor units.
    ProgramCost,
    /// Discounts, in minor units.
    Discounts,
    /// Pieces of a category.
    Units,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Revenue,
        Self::Orders,
        Self::Customers,
        Self::Members,
        Self::ActiveMembers,
        Self::PointsIssued,
        Self::PointsRedeemed,
        Self::PointsExpired,
        Self::PointsOpen,
        Self::ProgramCost,
        Self::Discounts,
        Self::Units,
    ];

    /// Whether orders alone tell of it.
    #[must_use]
    pub const fn is_of_orders(self) -> bool {
        matches!(self, Self::Revenue | Self::Orders | Self::Customers)
    }

    /// What a report needs to forecast it, beside orders.
    #[must_use]
    pub const fn needs(self) -> Option<&'static str> {
        match self {
            Self::Revenue | Self::Orders | Self::Customers => None,
            Self::Discounts => Some("a discount on lines, read with --items"),
            Self::Units => Some("a category on lines, read with --items"),
            _ => Some("a shop's own database with a program (--shop)"),
        }
    }

    /// Whether it is money, in minor units.
    #[must_use]
    pub const fn is_money(self) -> bool {
        matches!(self, Self::Revenue | Self::ProgramCost | Self::Discounts)
    }

    /// Whether it is points, in their smallest unit.
    #[must_use]
    pub const fn is_points(self) -> bool {
        matches!(
            self,
            Self::PointsIssued | Self::PointsRedeemed | Self::PointsExpired | Self::PointsOpen
        )
    }

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Revenue => "Revenue",
            Self::Orders => "Orders",
            Self::Customers => "Customers who buy",
            Self::Members => "Members",
            Self::ActiveMembers => "Members who buy",
            Self::PointsIssued => "Points issued",
            Self::PointsRedeemed => "Points redeemed",
            Self::PointsExpired => "Points expired",
            Self::PointsOpen => "Open points",
            Self::ProgramCost => "Cost of rewards",
            Self::Discounts => "Discounts",
            Self::Units => "Pieces",
        }
    }

    /// Its name in files.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Revenue => "revenue",
            Self::Orders => "orders",
            Self::Customers => "customers",
            Self::Members => "members",
            Self::ActiveMembers => "active_members",
            Self::PointsIssued => "points_issued",
            Self::PointsRedeemed => "points_redeemed",
            Self::PointsExpired => "points_expired",
            Self::PointsOpen => "points_open",
            Self::ProgramCost => "program_cost",
            Self::Discounts => "discounts",
            Self::Units => "units",
        }
    }

    fn of(self, sums: &Sums, deeds: &DeedSums) -> f64 {
        match self {
            Self::Revenue => sums.revenue() as f64,
            Self::Orders => sums.orders as f64,
            Self::Customers => sums.buyers as f64,
            Self::Members => deeds.members as f64,
            Self::ActiveMembers => deeds.member_spend.count as f64,
            Self::PointsIssued => deeds.issued as f64,
            Self::PointsRedeemed => deeds.redeemed as f64,
            Self::PointsExpired => deeds.expired as f64,
            Self::PointsOpen => deeds.open as f64,
            Self::ProgramCost => deeds.rewards as f64,
            // Of single articles: see [`coming`].
            Self::Discounts | Self::Units => 0.0,
        }
    }
}

/// A forecast with the past that it was made from.
#[derive(Clone, Debug)]
pub struct Coming {
    /// What.
    pub what: What,
    /// Of which category, for pieces.
    pub category: Option<String>,
    /// The first whole period of the past.
    pub first: usize,
    /// The past.
    pub past: Vec<f64>,
    /// The forecast, or why there is none.
    pub forecast: Result<Forecast, Refusal>,
    /// What it comes to under each scenario, by its name.
    pub scenarios: Vec<(String, Vec<Expected>)>,
}

/// A scenario of the merchant: what changes, in which series.
#[derive(Clone, Debug, PartialEq)]
pub struct WhatIf {
    /// Its name.
    pub name: String,
    /// The changes of each series; of all of them, if nothing is named.
    pub changes: Vec<(Option<What>, Change)>,
}

impl WhatIf {
    fn of(&self, what: What) -> Scenario {
        let own = self.changes.iter();
        let own = own.filter(|(of, _)| of.is_none_or(|of| of == what));
        Scenario {
            name: self.name.clone(),
            changes: own.map(|(_, change)| *change).collect(),
        }
    }
}

/// Of so many categories pieces are forecast: those of which most were sold.
const CATEGORIES_MOST: usize = 10;

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

/// All forecasts of a report, so many months ahead, each also under these scenarios.
///
/// # Errors
/// A scenario that cannot be: a factor below zero, or a change that ends before it begins.
pub fn coming(report: &Report, months: u32, what_if: &[WhatIf]) -> Result<Vec<Coming>, Refusal> {
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
    let one = |what: What, category: Option<String>, past: Vec<f64>| {
        let forecast = forecast(&past, &asked(what));
        let mut scenarios = Vec::new();
        for case in what_if {
            let known = forecast.as_ref().map_or(&[][..], |it| &it.periods[..]);
            scenarios.push((case.name.clone(), under(&case.of(what), known)?));
        }
        Ok(Coming {
            what,
            category,
            first: whole.first().copied().unwrap_or_default(),
            forecast,
            past,
            scenarios,
        })
    };
    let has_program = report.beside.knows.contains(&Need::Program);
    let mut series = Vec::new();
    for what in What::ALL {
        if matches!(what, What::Discounts | What::Units) || !(what.is_of_orders() || has_program) {
            continue;
        }
        let deeds = &report.beside.deeds.sheet.periods;
        let past = whole
            .iter()
            .map(|&at| what.of(&report.periods[at], &deeds[at]));
        series.push((what, None, past.collect::<Vec<f64>>()));
    }
    if let Some(items) = &report.beside.items {
        let past = |sums: &[i128], unit: f64| -> Vec<f64> {
            whole.iter().map(|&at| sums[at] as f64 / unit).collect()
        };
        // Where no line ever had a discount, nothing is known of them: that is not "none to come".
        if items.discounts.iter().any(|sum| *sum != 0) {
            series.push((What::Discounts, None, past(&items.discounts, 1.0)));
        }
        let mut largest: Vec<(&String, &Vec<i128>)> = items.units.iter().collect();
        // Stable: of equals the first by name.
        largest.sort_by_key(|(_, units)| std::cmp::Reverse(units.iter().sum::<i128>()));
        for (category, units) in largest.into_iter().take(CATEGORIES_MOST) {
            series.push((What::Units, Some(category.clone()), past(units, 1000.0)));
        }
    }
    let all = series.into_iter();
    all.map(|(what, category, past)| one(what, category, past))
        .collect()
}
