//! A model against what happened afterwards: fitted to the first part of the time, asked about the
//! rest, and set beside what anybody could have guessed.
//!
//! The naive guess is that everybody goes on as before: as many purchases a day as until now.

use std::collections::BTreeMap;

use super::lifetime_value::Buying;
use super::ranking::{area_under_roc, gini};
use super::refusal::Refusal;
use super::repeats::Repeats;

/// How a forecast of purchases by customer did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accuracy {
    /// Purchases forecast, all together.
    pub total: f64,
    /// The mean of the distance between forecast and purchases, by customer.
    pub distance: f64,
    /// The root of the mean of the squared distance.
    pub root_square: f64,
    /// How well it puts customers in order of their purchases; `None` where all bought equally often.
    pub gini: Option<f64>,
    /// How well it tells those who bought from those who did not; `None` where all or none did.
    pub area_under_roc: Option<f64>,
}

/// Customers who came back equally often before: what was forecast for them and what they did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// How often they had come back; the last bin holds all who came more often, too.
    pub repeats: u32,
    /// How many customers.
    pub customers: u64,
    /// Purchases that the model forecast for one of them.
    pub forecast: f64,
    /// Purchases that one of them made.
    pub actual: f64,
}

/// The comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Holdout {
    /// How many customers.
    pub customers: u64,
    /// Purchases made, all together.
    pub total: u64,
    /// The model.
    pub model: Accuracy,
    /// The guess that everybody goes on as before.
    pub naive: Accuracy,
    /// Points of the calibration plot.
    pub bins: Vec<Bin>,
}

impl Holdout {
    /// Whether the model is worth having: nearer than the naive guess by customer (root square), and
    /// nearer in all.
    #[must_use]
    pub fn beats_naive(&self) -> bool {
        let total = self.total as f64;
        self.model.root_square < self.naive.root_square
            && (self.model.total - total).abs() <= (self.naive.total - total).abs()
    }
}

/// The last bin of the calibration plot: it holds all who came more often, too.
pub const BIN_LAST: u32 = 7;

/// Sets the forecast of a model for the time after `histories` beside what was bought in it: `later`
/// has the purchases of each customer within `horizon`.
///
/// # Errors
/// Columns of different lengths, nobody, or no time.
pub fn compare(
    model: &Buying,
    histories: &Repeats<'_>,
    later: &[u32],
    horizon: f64,
) -> Result<Holdout, Refusal> {
    if later.len() != histories.len() {
        return Err(Refusal::Lengths {
            left: histories.len(),
            right: later.len(),
        });
    }
    if later.is_empty() {
        let what = "customers";
        return Err(Refusal::TooFew {
            what,
            have: 0,
            need: 1,
        });
    }
    if !horizon.is_finite() || horizon <= 0.0 {
        return Err(Refusal::BadArgument {
            what: "the time held out is above zero",
        });
    }
    let rows = (0..later.len()).map(|place| histories.row(place));
    // What somebody active does is the same for all who came back equally often within the same time.
    let mut active: BTreeMap<(u32, u64), f64> = BTreeMap::new();
    let forecast: Vec<f64> = rows
        .clone()
        .map(|(repeats, last, observed)| {
            let expected = active
                .entry((repeats, observed.to_bits()))
                .or_insert_with(|| model.expected_while_active(repeats, observed, horizon));
            model.probability_alive(repeats, last, observed) * *expected
        })
        .collect();
    let naive: Vec<f64> = rows
        .clone()
        .map(|(repeats, _, observed)| {
            if observed > 0.0 {
                f64::from(repeats) / observed * horizon
            } else {
                0.0
            }
        })
        .collect();
    let actual: Vec<f64> = later.iter().map(|&count| f64::from(count)).collect();
    let mut bins: Vec<Bin> = (0..=BIN_LAST)
        .map(|repeats| Bin {
            repeats,
            customers: 0,
            forecast: 0.0,
            actual: 0.0,
        })
        .collect();
    for (((repeats, _, _), &forecast), &actual) in rows.zip(&forecast).zip(&actual) {
        let bin = &mut bins[repeats.min(BIN_LAST) as usize];
        bin.customers += 1;
        bin.forecast += forecast;
        bin.actual += actual;
    }
    bins.retain(|bin| bin.customers > 0);
    for bin in &mut bins {
        bin.forecast /= bin.customers as f64;
        bin.actual /= bin.customers as f64;
    }
    Ok(Holdout {
        customers: later.len() as u64,
        total: later.iter().map(|&count| u64::from(count)).sum(),
        model: accuracy(&forecast, &actual),
        naive: accuracy(&naive, &actual),
        bins,
    })
}

fn accuracy(forecast: &[f64], actual: &[f64]) -> Accuracy {
    let n = actual.len() as f64;
    let differences = || forecast.iter().zip(actual).map(|(f, a)| f - a);
    let bought: Vec<bool> = actual.iter().map(|&count| count > 0.0).collect();
    Accuracy {
        total: forecast.iter().sum(),
        distance: differences().map(f64::abs).sum::<f64>() / n,
        root_square: (differences().map(|d| d * d).sum::<f64>() / n).sqrt(),
        gini: gini(forecast, actual),
        area_under_roc: area_under_roc(forecast, &bought),
    }
}

/// A point of the tracking plot: repeat purchases of all customers up to a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tracked {
    /// Up to when.
    pub until: f64,
    /// As the model expects them of customers of whom it knows only when they first bought.
    pub forecast: f64,
    /// As they were made.
    pub actual: u64,
}

/// The tracking plot. `firsts` are the times of the first purchases with the number of customers who began
/// then, `repeats` those of all later purchases with their number, `times` where to look; all counted from
/// one beginning.
#[must_use]
pub fn track(
    model: &Buying,
    firsts: &[(f64, u64)],
    repeats: &[(f64, u64)],
    times: &[f64],
) -> Vec<Tracked> {
    times
        .iter()
        .map(|&until| Tracked {
            until,
            forecast: firsts
                .iter()
                .filter(|(begun, _)| *begun < until)
                .map(|&(begun, count)| count as f64 * model.expected_of_new(until - begun))
                .sum(),
            actual: repeats
                .iter()
                .filter(|(time, _)| *time <= until)
                .map(|(_, count)| count)
                .sum(),
        })
        .collect()
}
