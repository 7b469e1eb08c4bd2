//! Summaries of customers and cohorts out of the answers to [`Questions`].

use crate::{Error, Folder, Questions};
use regulars_base::CivilDay;
use regulars_metrics::metric::cohorts::{Cell, Cohorts};
use regulars_metrics::sums::Basics;
use regulars_metrics::{Calendar, CustomerSummary};

impl Folder {
    /// How many rows say of a customer, and what they come to in minor units.
    pub fn rows(&self, questions: &Questions) -> Result<(u64, i128), Error> {
        let answer = self.ask(&questions.rows())?;
        let part = answer.parts().find(|part| !part.is_empty());
        let part = part.ok_or_else(|| Error::Answer("there is no row".into()))?;
        Ok((part.counts(0)?[0], part.amounts(1)?[0]))
    }

    /// Who the customers are and how far apart their purchases. `number` says under which number a customer
    /// is known; an error where it is not.
    pub fn basics(
        &self,
        questions: &Questions,
        number: impl Fn(&str) -> Option<u64>,
    ) -> Result<Basics, Error> {
        let mut basics = Basics::default();
        for part in self.ask(&questions.customers())?.parts() {
            let (names, first, last) = (part.texts(0)?, part.integers(1)?, part.integers(2)?);
            let (orders, days) = (part.counts(3)?, part.counts(4)?);
            let (refunds, spent, spent_first) =
                (part.counts(5)?, part.amounts(6)?, part.amounts(7)?);
            for (at, name) in names.iter().enumerate() {
                let (Some(first), Some(last)) = (first[at], last[at]) else {
                    basics.only_refunds += 1;
                    continue;
                };
                let unknown = || Error::Answer(format!("nobody here is called `{name}`"));
                basics.customers.push(CustomerSummary {
                    customer: number(name).ok_or_else(unknown)?,
                    first: day(first)?,
                    last: day(last)?,
                    orders: orders[at],
                    days: days[at],
                    refunds: refunds[at],
                    spent: held(spent[at]),
                    spent_first_day: held(spent_first[at]),
                });
            }
        }
        for part in self.ask(&questions.gaps())?.parts() {
            let times = part.counts::<u64>(1)?;
            for (gap, times) in part.counts::<usize>(0)?.into_iter().zip(times) {
                if basics.gaps.len() <= gap {
                    basics.gaps.resize(gap + 1, 0);
                }
                basics.gaps[gap] += times;
            }
        }
        basics.sort();
        Ok(basics)
    }

    /// Customers by the period of their first purchase, and what they bought in each later one.
    pub fn cohorts(&self, questions: &Questions, calendar: &Calendar) -> Result<Cohorts, Error> {
        let mut cohorts = Cohorts::default();
        for part in self.ask(&questions.cohorts(calendar))?.parts() {
            let (cohort, period) = (part.counts::<usize>(0)?, part.counts::<usize>(1)?);
            let (customers, orders) = (part.counts(2)?, part.counts(3)?);
            let amounts = part.amounts(4)?;
            for at in 0..cohort.len() {
                let outside = || Error::Answer("a day lies outside the calendar".into());
                let age = period[at].checked_sub(cohort[at]).ok_or_else(outside)?;
                if period[at] >= calendar.len() {
                    return Err(outside());
                }
                let cell = Cell {
                    customers: customers[at],
                    orders: orders[at],
                    amount: amounts[at],
                };
                cohorts.add_cell(calendar, cohort[at], age, cell);
            }
        }
        Ok(cohorts)
    }
}

fn day(number: i64) -> Result<CivilDay, Error> {
    i32::try_from(number)
        .map(CivilDay::from_number)
        .map_err(|_| Error::Answer(format!("{number} is no day")))
}

/// Amounts that no integer of 64 bits holds stop at its ends, as in [`regulars_metrics::summarize`].
fn held(amount: i128) -> i64 {
    i64::try_from(amount).unwrap_or(if amount < 0 { i64::MIN } else { i64::MAX })
}
