//! Leaving: who of the customers that are active now is likely to buy nothing in the window to come.
//!
//! The model learns from one window and is checked on the next: who was active two windows before the
//! end, and did they buy in the window after? With what it learned it is asked who was active one window
//! before the end, and compared with what they did. Only then is it asked about today.

use crate::model::Refusal;
use crate::model::churn::{Churn, ChurnCheck, features};
use crate::sums::Window;
use crate::{CustomerFacts, summarize};
use regulars_base::CivilDay;

/// A customer on a day: who, what was known, days since the last purchase, and whether they bought
/// nothing in the window after.
type Row = (u64, [f64; 7], i32, bool);

/// What a pass over the customers finds.
#[derive(Clone, Debug)]
pub struct Gathered {
    days: i32,
    /// Two windows before the end, one window, and the end.
    cuts: [CivilDay; 3],
    rows: [Vec<Row>; 3],
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Leaving {
    /// The model.
    pub model: Churn,
    /// How it did in the last window, or why that is not said.
    pub checked: Result<ChurnCheck, Refusal>,
    /// On which day the model stood when it learned, and on which when it was checked.
    pub cuts: (CivilDay, CivilDay),
    /// The window.
    pub window: Window,
    /// How many are to be expected to leave of those who are active now.
    pub expected: f64,
    /// Of each customer who is active now, by number, how likely they are to leave.
    pub each: Vec<(u64, f64)>,
}

impl Gathered {
    /// Nothing yet, of facts that end with the day `end`.
    #[must_use]
    pub fn new(window: Window, end: CivilDay) -> Self {
        let before = |windows: i32| {
            CivilDay::from_number(
                end.number()
                    .saturating_sub(window.days.saturating_mul(windows)),
            )
        };
        Self {
            days: window.days,
            cuts: [before(2), before(1), end],
            rows: Default::default(),
        }
    }

    /// Adds a customer where they were active.
    pub fn add(&mut self, facts: CustomerFacts<'_>) {
        for (cut, rows) in self.cuts.into_iter().zip(&mut self.rows) {
            let Some(known) = summarize(facts.history, Some(cut)) else {
                continue;
            };
            let silent = cut.number() - known.last.number();
            if silent > self.days {
                continue;
            }
            let later = (cut.number() + 1)..=cut.number().saturating_add(self.days);
            let bought = facts
                .history
                .purchases
                .iter()
                .any(|it| it.is_purchase() && later.contains(&it.day.number()));
            rows.push((known.customer, features(&known, cut), silent, !bought));
        }
    }

    /// Adds those of `other`, who are others.
    pub fn merge(&mut self, other: Self) {
        for (rows, mut more) in self.rows.iter_mut().zip(other.rows) {
            rows.append(&mut more);
        }
    }
}

impl Leaving {
    /// Fits, checks and asks the model.
    ///
    /// # Errors
    /// Where too few left or stayed for a model.
    pub fn new(mut gathered: Gathered) -> Result<Self, Refusal> {
        // A fixed order: sums of floats then come out the same, however the work was shared.
        for rows in &mut gathered.rows {
            rows.sort_unstable_by_key(|row| row.0);
        }
        let [learned, checked, now] = &gathered.rows;
        let split = |rows: &[Row]| -> (Vec<[f64; 7]>, Vec<bool>) {
            rows.iter().map(|row| (row.1, row.3)).unzip()
        };
        let (rows, left) = split(learned);
        let model = Churn::fit(&rows, &left)?;
        let (rows, left) = split(checked);
        let silent: Vec<f64> = checked.iter().map(|row| row.2.into()).collect();
        let checked = model.check(&rows, &left, &silent);
        let each: Vec<(u64, f64)> = now
            .iter()
            .filter_map(|row| Some((row.0, model.probability(&row.1)?)))
            .collect();
        Ok(Self {
            checked,
            cuts: (gathered.cuts[0], gathered.cuts[1]),
            window: Window {
                days: gathered.days,
            },
            expected: each.iter().map(|it| it.1).sum(),
            each,
            model,
        })
    }

    /// How likely a customer is to leave; nothing of whoever is not active now.
    #[must_use]
    pub fn of(&self, customer: u64) -> Option<f64> {
        let place = self.each.binary_search_by_key(&customer, |it| it.0);
        place.ok().map(|place| self.each[place].1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Gathered, Leaving};
    use crate::sums::Window;
    use crate::{CustomerFacts, History, Purchase};
    use regulars_base::CivilDay;

    fn add(gathered: &mut Gathered, customer: u64, days: &[i32]) {
        let bought = |&day: &i32| Purchase {
            day: CivilDay::from_number(day),
            amount: 100,
        };
        let purchases: Vec<Purchase> = days.iter().map(bought).collect();
        let history = History {
            customer,
            purchases: &purchases,
        };
        gathered.add(CustomerFacts {
            history,
            groups: &[],
            kinds: &[],
        });
    }

    #[test]
    fn what_came_after_a_cut_is_the_answer_and_never_a_feature() {
        let mut gathered = Gathered::new(Window { days: 10 }, CivilDay::from_number(100));
        // Active on day 80, bought on 90 (the last day of the window) and not later.
        add(&mut gathered, 1, &[75, 80, 90]);
        // Active on day 80, silent until day 91.
        add(&mut gathered, 2, &[80, 91]);
        let left = |at: usize| -> Vec<(u64, i32, bool)> {
            gathered.rows[at]
                .iter()
                .map(|it| (it.0, it.2, it.3))
                .collect()
        };
        assert_eq!(left(0), [(1, 0, false), (2, 0, true)]);
        assert_eq!(left(1), [(1, 0, true), (2, 10, false)]);
        assert_eq!(left(2), [(1, 10, true), (2, 9, true)]);
        assert_eq!(
            Leaving::new(gathered).map(drop).unwrap_err().code(),
            "too_few"
        );
    }

    #[test]
    fn who_buys_rarely_is_told_from_who_buys_often() {
        let mut gathered = Gathered::new(Window { days: 30 }, CivilDay::from_number(365));
        for customer in 0..200 {
            let often: Vec<i32> = (0..=365 / 7).map(|week| week * 7).collect();
            // Once every 80 days, each from another day on: most windows find them silent.
            let start = i32::try_from(customer).unwrap() % 80;
            let rarely: Vec<i32> = (0..5)
                .map(|time| start + time * 80)
                .filter(|day| *day <= 365)
                .collect();
            add(
                &mut gathered,
                customer,
                if customer % 2 == 0 { &often } else { &rarely },
            );
        }
        let leaving = Leaving::new(gathered).unwrap();
        let checked = leaving.checked.as_ref().unwrap();
        assert!(checked.area_under_roc.unwrap() > 0.95, "{checked:?}");
        assert!(checked.brier < checked.brier_naive);
        let rare = leaving.each.iter().find(|it| it.0 % 2 == 1).unwrap();
        assert!(leaving.of(rare.0).unwrap() > leaving.of(0).unwrap());
    }
}
