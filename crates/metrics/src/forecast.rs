//! Forecasts: sales, units, points issued and redeemed, by week or month, with how sure they are.
//!
//! Four ways are tried on the merchant's own past (see [`method`]), and the one that would have been
//! nearest in the last periods is taken: it is never assumed that a cleverer way is better. The error
//! it had there (MASE: 1 is as good as "the same as a season ago") and how often the truth lay within
//! its interval are part of the answer.

pub mod method;
pub mod scenario;

use crate::model::Refusal;
use crate::model::special::normal_quantile;
use method::{Fitted, Method, fit};

/// A forecast for one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// The most likely value.
    pub value: f64,
    /// Below this it is in half of the cases that are outside of the interval.
    pub low: f64,
    /// Above this it is in the other half.
    pub high: f64,
}

/// How a method did on periods that it had not seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BackTest {
    /// How many forecasts were compared, one to `horizon` periods ahead.
    pub forecasts: u64,
    /// The mean absolute error, as a multiple of that of "the same as a season ago" within the past
    /// that was known. `None` where the past never changed.
    pub mase: Option<f64>,
    /// How often the truth lay within the interval.
    pub coverage: f64,
}

/// A forecast.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// By which method.
    pub method: Method,
    /// The periods to come, the next one first.
    pub periods: Vec<Expected>,
    /// In how many of a hundred cases the interval holds the truth, as meant: 0.95 for 95.
    pub level: f64,
    /// How the method did.
    pub back_test: BackTest,
    /// How the others did that were tried.
    pub others: Vec<(Method, BackTest)>,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    /// How many periods ahead.
    pub horizon: u32,
    /// After how many periods the season begins anew: 12 for months, 52 for weeks, 7 for days, 1 for none.
    pub season: u32,
    /// In how many of a hundred cases the interval shall hold the truth, for example 0.95.
    pub level: f64,
    /// Whether the value cannot be below zero (sales, units, points can not; a change of a balance can).
    pub never_negative: bool,
}

/// Fewer periods than this are no past to learn from.
pub const PERIODS_LEAST: usize = 8;

/// So many times the method is asked about the past.
const BACK_TESTS: usize = 12;

/// Forecasts a series, the oldest period first.
///
/// # Errors
/// Too few periods, a value that is no number, or a question outside of what is meant.
pub fn forecast(series: &[f64], asked: &Asked) -> Result<Forecast, Refusal> {
    if let Some(row) = series.iter().position(|value| !value.is_finite()) {
        let why = "the value of a period is no number";
        return Err(Refusal::BadRow { row, why });
    }
    let sound = (1..=520).contains(&asked.horizon)
        && (1..=366).contains(&asked.season)
        && asked.level > 0.0
        && asked.level < 1.0;
    if !sound {
        return Err(Refusal::BadArgument {
            what: "a forecast takes 1 to 520 periods ahead, a season of 1 to 366 and a level between 0 and 1",
        });
    }
    if series.len() < PERIODS_LEAST {
        return Err(Refusal::TooFew {
            what: "periods",
            have: series.len() as u64,
            need: PERIODS_LEAST as u64,
        });
    }
    let season = asked.season as usize;
    let mut tried: Vec<(Method, BackTest)> = Method::ALL
        .into_iter()
        .filter(|method| series.len() > method.periods_least(season))
        .map(|method| (method, back_test(series, method, asked)))
        .collect();
    // The first of equals is the simplest.
    let error = |test: &BackTest| test.mase.unwrap_or(0.0);
    tried.sort_by(|a, b| error(&a.1).total_cmp(&error(&b.1)));
    let (method, back_test) = tried.remove(0);
    let fitted = fit(series, method, season);
    Ok(Forecast {
        method,
        periods: ahead(&fitted, asked),
        level: asked.level,
        back_test,
        others: tried,
    })
}

fn ahead(fitted: &Fitted, asked: &Asked) -> Vec<Expected> {
    let z = normal_quantile(0.5 + asked.level / 2.0);
    let floor = if asked.never_negative {
        0.0
    } else {
        f64::NEG_INFINITY
    };
    (1..=asked.horizon as usize)
        .map(|steps| {
            let (value, deviation) = fitted.ahead(steps);
            Expected {
                value: value.max(floor),
                low: (value - z * deviation).max(floor),
                high: (value + z * deviation).max(floor),
            }
        })
        .collect()
}

/// Asks the method at several places of the past about what came next.
fn back_test(series: &[f64], method: Method, asked: &Asked) -> BackTest {
    let season = asked.season as usize;
    let first = method.periods_least(season).max(PERIODS_LEAST / 2);
    let origins: Vec<usize> = (first..series.len()).rev().take(BACK_TESTS).collect();
    let mut forecasts = 0_u64;
    let mut within = 0_u64;
    let mut scaled = 0.0;
    let mut scales = 0_u64;
    for &origin in &origins {
        let fitted = fit(&series[..origin], method, season);
        let scale = season_error(&series[..origin], season);
        for (expected, &truth) in ahead(&fitted, asked).iter().zip(&series[origin..]) {
            forecasts += 1;
            within += u64::from((expected.low..=expected.high).contains(&truth));
            if scale > 0.0 {
                scaled += (expected.value - truth).abs() / scale;
                scales += 1;
            }
        }
    }
    BackTest {
        forecasts,
        mase: (scales > 0).then(|| scaled / scales as f64),
        coverage: within as f64 / forecasts.max(1) as f64,
    }
}

/// The mean absolute error of "the same as a season ago", of the period before where there is not yet a
/// season.
fn season_error(series: &[f64], season: usize) -> f64 {
    let lag = if series.len() > season { season } else { 1 };
    let pairs = series.iter().zip(&series[lag.min(series.len())..]);
    let count = series.len().saturating_sub(lag).max(1);
    pairs.map(|(a, b)| (a - b).abs()).sum::<f64>() / count as f64
}

#[cfg(test)]
mod tests {
    use super::{Asked, Method, forecast};
    use crate::model::Refusal;

    fn months(horizon: u32) -> Asked {
        Asked {
            horizon,
            season: 12,
            level: 0.95,
            never_negative: true,
        }
    }

    /// Even noise between -1 and 1, always the same.
    fn noise(place: usize) -> f64 {
        let mut bits = (place as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        bits ^= bits >> 29;
        bits = bits.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits ^= bits >> 32;
        (bits % 2_000_001) as f64 / 1e6 - 1.0
    }

    #[test]
    fn a_season_with_a_trend_is_found_and_foretold() {
        let truth = |place: usize| {
            let angle = place as f64 * std::f64::consts::TAU / 12.0;
            1000.0 + 5.0 * place as f64 + 200.0 * angle.sin()
        };
        let series: Vec<f64> = (0..72).map(|i| truth(i) + 20.0 * noise(i)).collect();
        let found = forecast(&series, &months(12)).unwrap();
        assert_eq!(found.method, Method::Season);
        assert!(found.back_test.mase.unwrap() < 0.6, "{found:?}");
        assert!(found.back_test.coverage > 0.85, "{found:?}");
        for (expected, place) in found.periods.iter().zip(72..) {
            assert!((expected.value - truth(place)).abs() < 60.0);
            assert!(expected.low < truth(place) && truth(place) < expected.high);
        }
    }

    #[test]
    fn a_level_that_wanders_is_not_given_a_season() {
        let mut level = 500.0;
        let series: Vec<f64> = (0..60)
            .map(|place| {
                level += 10.0 * noise(place);
                level
            })
            .collect();
        let found = forecast(&series, &months(6)).unwrap();
        assert!(found.method != Method::LastSeason, "{found:?}");
        let widths: Vec<f64> = found.periods.iter().map(|e| e.high - e.low).collect();
        assert!(widths.is_sorted(), "farther is never surer: {widths:?}");
        assert!(found.others.len() >= 2);
    }

    #[test]
    fn edges_give_an_answer_or_a_refusal() {
        let flat = forecast(&[7.0; 30], &months(3)).unwrap();
        assert_eq!(flat.back_test.mase, None);
        assert!(flat.periods.iter().all(|e| e.value == 7.0 && e.low == 7.0));
        let zeros = forecast(&[0.0; 8], &months(3)).unwrap();
        assert!(
            zeros
                .periods
                .iter()
                .all(|e| e.value == 0.0 && e.high == 0.0)
        );
        let falling: Vec<f64> = (0..24).map(|i| f64::from(24 - i)).collect();
        let found = forecast(&falling, &months(24)).unwrap();
        assert!(
            found
                .periods
                .iter()
                .all(|e| e.value >= 0.0 && e.high.is_finite())
        );
        assert!(matches!(
            forecast(&[1.0; 7], &months(3)),
            Err(Refusal::TooFew { .. })
        ));
        let broken = [1.0, f64::NAN, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
        assert!(matches!(
            forecast(&broken, &months(3)),
            Err(Refusal::BadRow { row: 1, .. })
        ));
        let level = Asked {
            level: 1.0,
            ..months(1)
        };
        assert!(matches!(
            forecast(&[1.0; 9], &level),
            Err(Refusal::BadArgument { .. })
        ));
        let huge: Vec<f64> = (0..20).map(|i| 1e15 * f64::from(i % 3)).collect();
        assert!(
            forecast(&huge, &months(2)).unwrap().periods[0]
                .high
                .is_finite()
        );
    }
}
