//! The additive method (incremental loss ratio method): at each age the same share of the points issued is
//! redeemed, whatever a cohort redeemed before. Its standard error is that of the linear model behind it
//! (Mack, Schadenversicherungsmathematik, 2nd edition 2002, section 3.1.3; Schmidt and Zocher 2005).

use super::{Breakage, Cohort, Projected, Tail, as_before, beyond, estimate, triangle};
use crate::model::Refusal;

/// Estimates breakage from cohorts, the oldest first.
///
/// # Errors
/// A cohort that cannot be (negative points, redeemed points that shrink, or more than were issued), one
/// that is older than the one before it, fewer than two ages, or no cohort that redeemed anything.
pub fn additive(cohorts: &[Cohort], tail: Tail) -> Result<Breakage, Refusal> {
    let paid = triangle(cohorts)?;
    let issued: Vec<f64> = cohorts.iter().map(|cohort| cohort.issued as f64).collect();
    let ages = Ages::new(&issued, &paid);
    if ages.0.iter().all(|age| age.share <= 0.0) {
        return Err(Refusal::NoVariation {
            what: "no points were redeemed in a whole period yet",
        });
    }
    Ok(estimate(cohorts, ages.project(&issued, &paid, tail)))
}

/// What is known of an age.
struct Age {
    /// Which share of the points issued is redeemed at it.
    share: f64,
    /// How much cohorts scatter around that: the variance of the share times the points issued.
    scatter: f64,
    /// Points issued to the cohorts that have passed it.
    seen: f64,
}

struct Ages(Vec<Age>);

impl Ages {
    fn new(issued: &[f64], paid: &[Vec<f64>]) -> Self {
        let mut ages: Vec<Age> = Vec::new();
        let mut scatter: Vec<f64> = Vec::new();
        for at in 0..paid.first().map_or(0, Vec::len) {
            // Points issued, and redeemed at this age.
            let known: Vec<(f64, f64)> = issued
                .iter()
                .zip(paid)
                .filter(|(issued, row)| **issued > 0.0 && row.len() > at)
                .map(|(issued, row)| {
                    (
                        *issued,
                        row[at] - at.checked_sub(1).map_or(0.0, |it| row[it]),
                    )
                })
                .collect();
            let seen: f64 = known.iter().map(|it| it.0).sum();
            let redeemed: f64 = known.iter().map(|it| it.1).sum();
            let share = if seen > 0.0 { redeemed / seen } else { 0.0 };
            let squares: f64 = known
                .iter()
                .map(|(issued, redeemed)| issued * (redeemed / issued - share).powi(2))
                .sum();
            let own = (known.len() > 1).then(|| squares / (known.len() - 1) as f64);
            scatter.push(own.unwrap_or_else(|| as_before(&scatter)));
            ages.push(Age {
                share,
                scatter: scatter[at],
                seen,
            });
        }
        Self(ages)
    }

    fn project(&self, issued: &[f64], paid: &[Vec<f64>], tail: Tail) -> Projected {
        let brought: Vec<f64> = self.0.iter().map(|age| age.share).collect();
        let after = match tail {
            Tail::None => 0.0,
            Tail::Decay => beyond(&brought),
        };
        // Of points issued: what they scatter by themselves, and what the share is not known by.
        let square = |age: &Age, issued: f64| match age.seen > 0.0 {
            true => age.scatter * (issued + issued * issued / age.seen),
            false => 0.0,
        };
        let ultimates = issued.iter().zip(paid).map(|(&issued, row)| {
            let to_come = &self.0[row.len()..];
            let share = to_come.iter().map(|age| age.share).sum::<f64>() + after;
            let squares: f64 = to_come.iter().map(|age| square(age, issued)).sum();
            let so_far = row.last().copied().unwrap_or_default();
            (so_far + issued * share, squares.sqrt())
        });
        let total = self.0.iter().enumerate().map(|(at, age)| {
            let waiting = issued.iter().zip(paid).filter(|(_, row)| row.len() <= at);
            square(age, waiting.map(|(issued, _)| issued).sum())
        });
        Projected {
            ultimates: ultimates.collect(),
            total_error: total.sum::<f64>().sqrt(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::additive;
    use crate::finance::breakage::{Cohort, Tail, chain_ladder};

    fn cohort(issued: i64, redeemed: &[i64]) -> Cohort {
        Cohort {
            issued,
            expired: 0,
            redeemed: redeemed.to_vec(),
            since: 0,
        }
    }

    /// At the second age (300 + 150) / 1500 = 0.3 of what was issued is redeemed, at the third 100 / 1000.
    #[test]
    fn each_age_brings_its_share_of_what_was_issued() {
        let cohorts = [
            cohort(1000, &[400, 700, 800]),
            cohort(500, &[200, 350]),
            cohort(2000, &[500]),
        ];
        let breakage = additive(&cohorts, Tail::None).unwrap();
        let ultimates: Vec<f64> = breakage.cohorts.iter().map(|it| it.ultimate).collect();
        assert_eq!(ultimates, [800.0, 400.0, 1300.0]);
        assert!((breakage.total.unwrap() - (1.0 - 2500.0 / 3500.0)).abs() < 1e-12);
        assert!((breakage.outstanding - 850.0).abs() < 1e-9);
    }

    /// Two cohorts of 100 points redeem 10 and 30 at the second age: the share is 0.2, the scatter
    /// 100 x 0.1^2 + 100 x 0.1^2 = 2, and of a third such cohort 2 x (100 + 100^2 / 200) = 300 is the square.
    #[test]
    fn the_error_is_that_of_the_linear_model() {
        let cohorts = [
            cohort(100, &[20, 30]),
            cohort(100, &[20, 50]),
            cohort(100, &[20]),
        ];
        let breakage = additive(&cohorts, Tail::None).unwrap();
        let young = breakage.cohorts[2];
        assert!((young.ultimate - 40.0).abs() < 1e-9);
        assert!((young.standard_error - 300_f64.sqrt()).abs() < 1e-9);
        assert!((breakage.outstanding_error - 300_f64.sqrt()).abs() < 1e-9);
        assert_eq!(breakage.cohorts[0].standard_error, 0.0);
    }

    /// Where the oldest points are spent first, a young cohort has hardly begun. That says nothing of its end.
    #[test]
    fn a_cohort_that_has_hardly_begun_goes_the_way_of_the_others() {
        let cohorts = [
            cohort(1000, &[300, 500, 600]),
            cohort(1000, &[100, 400]),
            cohort(1000, &[1]),
        ];
        let booked = additive(&cohorts, Tail::None).unwrap();
        assert!((booked.cohorts[2].ultimate - 351.0).abs() < 1e-9);
        let beside = chain_ladder(&cohorts, Tail::None).unwrap();
        assert!(beside.cohorts[2].ultimate < 3.0);
    }

    #[test]
    fn what_was_redeemed_in_the_running_period_is_redeemed() {
        let mut cohorts = [cohort(1000, &[100, 200]), cohort(1000, &[100])];
        cohorts[1].since = 400;
        let young = additive(&cohorts, Tail::None).unwrap().cohorts[1];
        assert_eq!((young.redeemed, young.ultimate), (500, 500.0));
    }

    #[test]
    fn points_that_never_expire_go_on_being_redeemed_ever_more_slowly() {
        let cohorts = [
            cohort(1000, &[400, 600, 700, 750]),
            cohort(1000, &[400, 600, 700]),
            cohort(1000, &[400, 600]),
            cohort(1000, &[400]),
        ];
        let decay = additive(&cohorts, Tail::Decay).unwrap();
        for one in decay.cohorts {
            assert!((one.ultimate - 800.0).abs() < 1e-9, "{one:?}");
        }
    }

    #[test]
    fn cohorts_without_points_and_those_that_redeemed_nothing_are_no_ground() {
        let code = |cohorts: &[Cohort]| additive(cohorts, Tail::None).unwrap_err().code();
        assert_eq!(code(&[]), "too_few");
        assert_eq!(code(&[cohort(10, &[5])]), "too_few");
        assert_eq!(code(&[cohort(10, &[0, 0])]), "no_variation");
        assert_eq!(code(&[cohort(10, &[5, 11])]), "bad_row");
        let cohorts = [cohort(0, &[0, 0]), cohort(10, &[0, 4]), cohort(10, &[0])];
        let breakage = additive(&cohorts, Tail::None).unwrap();
        assert_eq!(breakage.cohorts[0].breakage, None);
        assert!((breakage.cohorts[2].ultimate - 4.0).abs() < 1e-12);
    }
}
