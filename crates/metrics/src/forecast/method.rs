//! Ways to go on from a past: the same as last time, as a season ago, a level with a damped trend, and
//! the same with a season (exponential smoothing in its additive form; Hyndman, Koehler, Ord and Snyder,
//! "Forecasting with Exponential Smoothing", 2008).

/// A way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// As in the last period.
    Last,
    /// As in the same period of the last season.
    LastSeason,
    /// A level and a trend that follow the past and bend towards the flat.
    Trend,
    /// The same with a season that follows the past.
    Season,
}

impl Method {
    /// All, the simplest first.
    pub const ALL: [Self; 4] = [Self::Last, Self::LastSeason, Self::Trend, Self::Season];

    /// Its name in files.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Last => "last",
            Self::LastSeason => "last_season",
            Self::Trend => "trend",
            Self::Season => "season",
        }
    }

    /// How many periods it needs; one without a season is never fitted where there is none.
    #[must_use]
    pub const fn periods_least(self, season: usize) -> usize {
        match self {
            Self::Last => 2,
            Self::Trend => 6,
            // A season is known when it was seen twice.
            Self::LastSeason | Self::Season if season > 1 => 2 * season,
            Self::LastSeason | Self::Season => usize::MAX,
        }
    }
}

/// A method with what it learned.
#[derive(Clone, Debug)]
pub struct Fitted {
    weights: Weights,
    state: State,
    /// Standard deviation of the errors one period ahead.
    deviation: f64,
}

#[derive(Clone, Copy, Debug)]
struct Weights {
    level: f64,
    trend: f64,
    season: f64,
    damping: f64,
}

#[derive(Clone, Debug)]
struct State {
    level: f64,
    trend: f64,
    /// What each place of the season adds, the next one to come first.
    season: std::collections::VecDeque<f64>,
}

/// Fits a method to a series that is long enough for it.
#[must_use]
pub fn fit(series: &[f64], method: Method, season: usize) -> Fitted {
    let learned = |weights: Weights, season: usize| {
        let (state, squares) = run(series, &weights, season);
        // Each weight that was chosen costs a degree of freedom.
        let chosen = [weights.level, weights.trend, weights.season]
            .iter()
            .filter(|&&weight| weight > 0.0 && weight < 1.0)
            .count();
        let counted = series.len().saturating_sub(season.max(1));
        let free = counted.saturating_sub(chosen).max(1);
        Fitted {
            weights,
            state,
            deviation: (squares / free as f64).sqrt(),
        }
    };
    match method {
        Method::Last => learned(LAST, 1),
        Method::LastSeason => learned(LAST_SEASON, season),
        Method::Trend => learned(search(series, 1), 1),
        Method::Season => learned(search(series, season), season),
    }
}

const LAST: Weights = Weights {
    level: 1.0,
    trend: 0.0,
    season: 0.0,
    damping: 0.0,
};

const LAST_SEASON: Weights = Weights {
    level: 0.0,
    trend: 0.0,
    season: 1.0,
    damping: 0.0,
};

impl Fitted {
    /// The value so many periods after the last, and its standard deviation.
    #[must_use]
    pub fn ahead(&self, steps: usize) -> (f64, f64) {
        let Weights {
            level,
            trend,
            season,
            damping,
        } = self.weights;
        let length = self.state.season.len();
        let mut damped = 0.0;
        let mut power = 1.0;
        let mut spread = 1.0;
        for step in 1..=steps {
            power *= damping;
            damped += power;
            // What an error of now still moves `step` periods later counts for the periods after.
            if step < steps {
                let periodic = if length > 0 && step % length == 0 {
                    season
                } else {
                    0.0
                };
                let moved = level + level * trend * damped + periodic;
                spread += moved * moved;
            }
        }
        let periodic = if length > 0 {
            self.state.season[(steps - 1) % length]
        } else {
            0.0
        };
        let value = self.state.level + damped * self.state.trend + periodic;
        (value, self.deviation * spread.sqrt())
    }
}

/// Goes through the past with given weights: the state at its end, and the sum of the squared errors one
/// period ahead.
fn run(series: &[f64], weights: &Weights, season: usize) -> (State, f64) {
    let (mut state, seen) = begin(series, weights, season);
    let mut squares = 0.0;
    for &value in &series[seen..] {
        let trend = weights.damping * state.trend;
        let periodic = state.season.pop_front();
        let error = value - state.level - trend - periodic.unwrap_or(0.0);
        state.level += trend + weights.level * error;
        state.trend = trend + weights.level * weights.trend * error;
        if let Some(periodic) = periodic {
            state.season.push_back(periodic + weights.season * error);
        }
        squares += error * error;
    }
    (state, squares)
}

/// Where it begins: from the first season, or the first period, with a trend of the first few.
fn begin(series: &[f64], weights: &Weights, season: usize) -> (State, usize) {
    if season <= 1 {
        let steps = series.len().min(6) - 1;
        let trend = (series[steps] - series[0]) / steps.max(1) as f64;
        let state = State {
            level: series[0],
            trend: if weights.damping > 0.0 { trend } else { 0.0 },
            season: std::collections::VecDeque::new(),
        };
        return (state, 1);
    }
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    let first = mean(&series[..season]);
    let trend = if weights.damping > 0.0 && series.len() >= 2 * season {
        (mean(&series[season..2 * season]) - first) / season as f64
    } else {
        0.0
    };
    // The level at the end of the first season; what is left of each period is the season.
    let middle = (season as f64 - 1.0) / 2.0;
    let periodic = series[..season].iter().zip(0_u32..);
    let state = State {
        level: first + trend * middle,
        trend,
        season: periodic
            .map(|(value, place)| value - first - trend * (f64::from(place) - middle))
            .collect(),
    };
    (state, season)
}

/// The weights with the smallest squared errors: a coarse grid, then ever smaller steps from the best.
fn search(series: &[f64], season: usize) -> Weights {
    let seasonal = season > 1;
    let error = |weights: &Weights| run(series, weights, season).1;
    let of = |at: [f64; 4]| Weights {
        level: at[0],
        trend: at[1],
        season: if seasonal { at[2] } else { 0.0 },
        damping: at[3],
    };
    let lowest = [0.01, 0.0, 0.0, 0.8];
    let highest = [0.99, 0.99, 0.99, 0.98];
    let seasons: &[f64] = if seasonal { &[0.05, 0.3] } else { &[0.0] };
    let mut best = ([0.3, 0.0, 0.05, 0.9], f64::INFINITY);
    for level in [0.05, 0.2, 0.5, 0.9] {
        for trend in [0.0, 0.1, 0.4] {
            for &season in seasons {
                for damping in [0.85, 0.95] {
                    let at = [level, trend, season, damping];
                    let here = error(&of(at));
                    if here < best.1 {
                        best = (at, here);
                    }
                }
            }
        }
    }
    let mut step = 0.1;
    while step > 0.004 {
        let mut moved = false;
        for place in 0..4 {
            for towards in [-step, step] {
                let mut at = best.0;
                at[place] = (at[place] + towards).clamp(lowest[place], highest[place]);
                let here = error(&of(at));
                if here < best.1 * (1.0 - 1e-9) {
                    best = (at, here);
                    moved = true;
                }
            }
        }
        if !moved {
            step /= 2.0;
        }
    }
    of(best.0)
}

#[cfg(test)]
mod tests {
    use super::{Method, fit};

    #[test]
    fn the_simple_ways_are_what_they_say() {
        let series = [1.0, 2.0, 3.0, 4.0, 11.0, 12.0, 13.0, 14.0];
        let last = fit(&series, Method::Last, 4);
        assert_eq!((last.ahead(1).0, last.ahead(9).0), (14.0, 14.0));
        let season = fit(&series, Method::LastSeason, 4);
        let next: Vec<f64> = (1..=5).map(|steps| season.ahead(steps).0).collect();
        for (ours, theirs) in next.iter().zip([11.0, 12.0, 13.0, 14.0, 11.0]) {
            assert!((ours - theirs).abs() < 1e-12);
        }
        // A random walk is as unsure after four steps as twice after one.
        assert!((last.ahead(4).1 - 2.0 * last.ahead(1).1).abs() < 1e-12);
        // The same place of a season is not less sure within the season.
        assert_eq!(season.ahead(1).1, season.ahead(4).1);
        assert!(season.ahead(5).1 > season.ahead(4).1);
    }

    #[test]
    fn a_straight_line_goes_on_and_bends() {
        let line: Vec<f64> = (0..40).map(|i| 10.0 + 3.0 * f64::from(i)).collect();
        let fitted = fit(&line, Method::Trend, 1);
        let next = fitted.ahead(1).0;
        assert!((next - 130.0).abs() < 1.0, "{next}");
        let far = fitted.ahead(20).0;
        assert!(far > 150.0 && far < 187.0, "{far}");
    }
}
