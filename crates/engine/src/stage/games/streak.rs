//! Streaks: so many days, weeks or months in a row.
//!
//! *Four weeks in a row, one may be missed: Ida came in the weeks 10, 11, 13 and 14. Week 12 costs
//! her the one freeze of the run, and with week 14 the streak is met.*
//!
//! What a streak comes to is reckoned from the periods that were hit, each time anew: a visit that is
//! told late closes the gap that it left, and a refund opens one.

use crate::program::Streak;
use crate::state::Challenge;

/// What the periods of a streak come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// How often it was met.
    pub met: i64,
    /// Periods of the run in hand.
    pub length: i64,
    /// The last period of it.
    pub last: Option<i32>,
    /// Missed periods that it may still have.
    pub freezes: i64,
    /// The first period on which the run in hand depends.
    pub(super) begins: Option<i32>,
    /// Met before the run in hand, of what is kept.
    pub(super) met_before: i64,
    /// Given freezes that were used before the run in hand.
    pub(super) used_before: i64,
}

impl Run {
    /// Of a challenge in hand, which needs `need` in each period.
    pub fn of(streak: &Streak, need: i64, held: &Challenge) -> Self {
        let mut given = held.freezes;
        let mut own = streak.freezes;
        let mut run = Self::default();
        for &(period, _) in held.hits.iter().filter(|(_, count)| *count >= need) {
            if let Some(last) = run.last.filter(|_| run.length > 0) {
                let missed = i64::from(period) - i64::from(last) - 1;
                if missed > own + given {
                    run.length = 0;
                } else {
                    let of_own = missed.min(own);
                    own -= of_own;
                    given -= missed - of_own;
                }
            }
            if run.length == 0 {
                own = streak.freezes;
                run.begins = Some(period);
                run.met_before = run.met;
                run.used_before = held.freezes - given;
            }
            run.length += 1;
            run.last = Some(period);
            if streak
                .freeze_each
                .is_some_and(|each| run.length % each == 0)
            {
                own += 1;
            }
            if run.length >= streak.times {
                run.met += 1;
                run.length = 0;
            }
        }
        if run.length == 0 {
            own = streak.freezes;
        }
        run.freezes = own + given;
        run.met += held.runs;
        run
    }

    /// Whether the run in hand can still go on in `period`.
    pub fn is_alive(&self, period: i32) -> bool {
        let missed = |last: i32| i64::from(period) - i64::from(last) - 1;
        self.length > 0 && self.last.is_some_and(|last| missed(last) <= self.freezes)
    }
}
