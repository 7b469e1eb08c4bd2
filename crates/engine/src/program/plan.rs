//! Paid membership: what a plan costs, and what it brings.

use super::Gives;
use regulars_base::{CivilDay, Name, Ratio, Rounding, Span};

/// A plan that members pay for.
#[derive(Clone, Debug)]
pub struct PlanRule {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What people call it.
    pub title: String,
    /// The price of a period, in minor units, tax included.
    pub price: i64,
    /// How long a period is.
    pub every: Span,
    /// The tax within the price, as a part of what is without it.
    pub tax: Option<Ratio>,
    /// How long it is free at first, once per member.
    pub trial: Option<Span>,
    /// What each of the first periods costs, and how many these are.
    pub intro: Option<(i64, u16)>,
    /// Whether benefits wait for the first payment.
    pub starts_when_paid: bool,
    /// Factors on points earned, by the points' place in the program.
    pub earn: Vec<(u16, Ratio)>,
    /// What each period that is paid gives.
    pub gives: Option<Gives>,
    /// Whether a change to a dearer plan waits for the end of the period.
    pub up_at_end: bool,
    /// Whether a change to a cheaper plan waits for the end of the period.
    pub down_at_end: bool,
    /// Whether it may be paused.
    pub pause: Option<PauseRule>,
    /// Whether a cancellation waits for the end of the period.
    pub cancel_at_end: bool,
    /// Whether the days that are left are paid back, where it does not wait.
    pub refund_pro_rata: bool,
    /// Whether a renewal costs what it cost at joining, not what it costs now.
    pub keeps_price: bool,
    /// A payment that failed is asked for again so many days after the invoice, ascending.
    pub retry_days: Vec<i32>,
    /// So many days after the invoice it ends, if it is not paid by then.
    pub grace_days: i32,
    /// Whether benefits go on in between.
    pub grace_benefits: bool,
    /// How long after its end it may be joined again.
    pub again: Option<Span>,
}

/// How a plan may be paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PauseRule {
    /// The longest: after that it goes on by itself.
    pub longest: Span,
    /// How often in twelve months.
    pub times: u16,
}

impl PlanRule {
    /// The first day after the `count`th period of those that begin on `anchor`. Months are counted
    /// from the anchor: the 31st is clipped to the last day of a shorter month, and comes back.
    pub fn period_end(&self, anchor: CivilDay, count: i32) -> CivilDay {
        match self.every {
            Span::Days(days) => anchor.plus_days(days.saturating_mul(count)),
            Span::Months(months) => anchor.plus_months(months.saturating_mul(count)),
        }
    }

    /// The tax within so much money, to the nearest unit.
    pub fn tax_in(&self, amount: i64) -> i64 {
        self.tax.map_or(0, |tax| {
            let (num, den) = (i128::from(tax.num()), i128::from(tax.den()));
            Rounding::HalfUp.divide_clamped(i128::from(amount) * num, den + num)
        })
    }

    /// Whether a day of it costs more than a day of `other`. A month counts as a twelfth of
    /// 365.25 days.
    pub fn is_dearer_than(&self, other: &Self) -> bool {
        let hours = |span: Span| match span {
            Span::Days(days) => i128::from(days) * 48,
            Span::Months(months) => i128::from(months) * 1461,
        };
        i128::from(self.price) * hours(other.every) > i128::from(other.price) * hours(self.every)
    }
}
