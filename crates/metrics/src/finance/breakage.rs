//! Breakage: which share of the points issued in a period will never be redeemed.
//!
//! Of old cohorts most of it is known; of young ones it follows from how redemption went on in older ones at
//! the same age. Two ways are known for that, and nothing is assumed by either about the shape of redemption
//! over time:
//!
//! - [`additive`]: at each age the same share **of the points issued** is redeemed. It is what is booked.
//! - [`chain_ladder`]: by each age what was redeemed grows by the same **factor**. It stands beside it. Where
//!   members spend their oldest points first, young cohorts have hardly redeemed anything, a factor times
//!   hardly anything is hardly anything, and it takes nearly all of their points for lost.

mod additive;
mod chain_ladder;

pub use additive::additive;
pub use chain_ladder::chain_ladder;

use crate::figure::Z;
use crate::model::Refusal;

/// Points issued in one period, and what was redeemed of them by the end of each period since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cohort {
    /// Points issued.
    pub issued: i64,
    /// Points of these that have expired so far: they cannot be redeemed any more.
    pub expired: i64,
    /// Points of these redeemed by the end of the first period, of the second, and so on: each holds the
    /// ones before.
    pub redeemed: Vec<i64>,
    /// Points redeemed since the last of these periods ended: in the period that runs.
    pub since: i64,
}

/// What is to be expected of a cohort.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ultimate {
    /// Points issued.
    pub issued: i64,
    /// Points redeemed so far, those of the period that runs among them.
    pub redeemed: i64,
    /// Points redeemed in the end. Never less than so far, or more than what was issued and has not expired.
    pub ultimate: f64,
    /// The standard error of that.
    pub standard_error: f64,
    /// The share that is never redeemed; `None` for a cohort without points.
    pub breakage: Option<f64>,
    /// Where that lies in 95 of 100 such triangles (normal, held between 0 and 1).
    pub interval: Option<(f64, f64)>,
}

/// An estimate.
#[derive(Clone, Debug, PartialEq)]
pub struct Breakage {
    /// Each cohort, in the order given.
    pub cohorts: Vec<Ultimate>,
    /// The share of all points that is never redeemed; `None` without points.
    pub total: Option<f64>,
    /// Points still to be redeemed, all together.
    pub outstanding: f64,
    /// The standard error of that.
    pub outstanding_error: f64,
}

/// What happens after the oldest age that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// Nothing: points have expired by then, or the oldest cohort is done.
    None,
    /// Redemption goes on, slower from period to period as it did so far: for points that never expire.
    Decay,
}

/// What one of the two ways comes to, before it is held to what cohorts have.
struct Projected {
    /// Of each cohort, what is redeemed in the end, and its standard error.
    ultimates: Vec<(f64, f64)>,
    /// The standard error of all together.
    total_error: f64,
}

/// What cohorts redeemed by the end of each age, if they can be taken for a triangle.
fn triangle(cohorts: &[Cohort]) -> Result<Vec<Vec<f64>>, Refusal> {
    for (row, cohort) in cohorts.iter().enumerate() {
        if let Some(why) = fault(cohort, row.checked_sub(1).map(|before| &cohorts[before])) {
            return Err(Refusal::BadRow { row, why });
        }
    }
    let ages = cohorts.first().map_or(0, |oldest| oldest.redeemed.len());
    if ages < 2 {
        return Err(Refusal::TooFew {
            what: "ages of the oldest cohort",
            have: ages as u64,
            need: 2,
        });
    }
    let rows = cohorts.iter().map(|cohort| {
        let redeemed = cohort.redeemed.iter();
        redeemed.map(|&points| points as f64).collect()
    });
    Ok(rows.collect())
}

fn fault(cohort: &Cohort, before: Option<&Cohort>) -> Option<&'static str> {
    let last = cohort.redeemed.last().copied().unwrap_or_default();
    let shrinks = cohort.redeemed.windows(2).any(|pair| pair[1] < pair[0]);
    let gone = i128::from(last) + i128::from(cohort.since) + i128::from(cohort.expired);
    let first = cohort.redeemed.first().copied().unwrap_or_default();
    if cohort.issued < 0 || cohort.expired < 0 || first < 0 || cohort.since < 0 {
        Some("points are negative")
    } else if shrinks {
        Some("what was redeemed by the end of a period holds what was redeemed before")
    } else if cohort.redeemed.is_empty() {
        Some("a cohort has been looked at for one period at least")
    } else if gone > i128::from(cohort.issued) {
        Some("more points were redeemed or have expired than were issued")
    } else if before.is_some_and(|before| before.redeemed.len() < cohort.redeemed.len()) {
        Some("cohorts stand from the oldest to the youngest")
    } else {
        None
    }
}

fn estimate(cohorts: &[Cohort], projected: Projected) -> Breakage {
    let ultimates: Vec<Ultimate> = cohorts
        .iter()
        .zip(&projected.ultimates)
        .map(|(cohort, &(ultimate, standard_error))| of_cohort(cohort, ultimate, standard_error))
        .collect();
    let issued: f64 = cohorts.iter().map(|cohort| cohort.issued as f64).sum();
    let ultimate: f64 = ultimates.iter().map(|cohort| cohort.ultimate).sum();
    let redeemed: f64 = ultimates.iter().map(|cohort| cohort.redeemed as f64).sum();
    Breakage {
        cohorts: ultimates,
        total: (issued > 0.0).then(|| 1.0 - ultimate / issued),
        outstanding: ultimate - redeemed,
        outstanding_error: projected.total_error,
    }
}

fn of_cohort(cohort: &Cohort, ultimate: f64, standard_error: f64) -> Ultimate {
    let redeemed = cohort.redeemed.last().copied().unwrap_or_default() + cohort.since;
    let most = (cohort.issued - cohort.expired) as f64;
    let ultimate = ultimate.clamp(redeemed as f64, most);
    let issued = cohort.issued as f64;
    let share = |redeemed: f64| (1.0 - redeemed / issued).clamp(0.0, 1.0);
    let spread = Z * standard_error;
    let known = cohort.issued > 0;
    Ultimate {
        issued: cohort.issued,
        redeemed,
        ultimate,
        standard_error,
        breakage: known.then(|| share(ultimate)),
        interval: known.then(|| {
            let high = (ultimate + spread).min(most);
            let low = (ultimate - spread).max(redeemed as f64);
            (share(high), share(low))
        }),
    }
}

/// What comes after the last age, if what each age `brought` goes on falling by the same part: a straight line
/// through the logarithms, summed to its end. Nothing where fewer than three brought anything, or what they
/// brought does not fall: that has no end, and then nothing is said beyond what was seen.
fn beyond(brought: &[f64]) -> f64 {
    let points: Vec<(f64, f64)> = brought
        .iter()
        .zip(0_u32..)
        .filter(|(brought, _)| **brought > 0.0)
        .map(|(brought, age)| (f64::from(age), brought.ln()))
        .collect();
    if points.len() < 3 {
        return 0.0;
    }
    let n = points.len() as f64;
    let x = points.iter().map(|point| point.0).sum::<f64>() / n;
    let y = points.iter().map(|point| point.1).sum::<f64>() / n;
    let xx: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    let xy: f64 = points
        .iter()
        .map(|point| (point.0 - x) * (point.1 - y))
        .sum();
    let fall = xy / xx;
    if fall >= -1e-3 {
        return 0.0;
    }
    let next = (y + fall * (brought.len() as f64 - x)).exp();
    next / (1.0 - fall.exp())
}

/// The scatter of an age of which there is one cohort only: Mack's way is to go on as before.
fn as_before(scatter: &[f64]) -> f64 {
    match scatter {
        [.., before, last] if *before > 0.0 => (last * last / before).min(last.min(*before)),
        [.., last] => *last,
        [] => 0.0,
    }
}
