//! What a customer bought, and what of it the metrics and models need.

use regulars_base::CivilDay;

/// An order, or a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Purchase {
    /// The day in the merchant's zone.
    pub day: CivilDay,
    /// What was paid, in minor units of the currency. Below zero it is a refund: it lowers what the
    /// customer spent on that day and is no purchase.
    pub amount: i64,
}

impl Purchase {
    /// Whether it is one; a free order (amount zero) is, a refund is not.
    pub const fn is_purchase(&self) -> bool {
        self.amount >= 0
    }
}

/// All that is known of one customer, in the order of the days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History<'a> {
    /// The customer's number in the facts.
    pub customer: u64,
    /// Orders and refunds by day, then by amount; never empty.
    pub purchases: &'a [Purchase],
}

/// A customer's history with what else the file says of each order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomerFacts<'a> {
    /// Orders and refunds.
    pub history: History<'a>,
    /// To which group each of them belongs (a channel, a store, a segment), beside
    /// `history.purchases`; empty where figures are not grouped.
    pub groups: &'a [u32],
    /// The kinds of product that the customer bought, each once, in order; empty where the file does
    /// not tell kinds apart.
    pub kinds: &'a [u32],
}

/// What RFM and the models of repeat buying need of a customer who bought at least once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomerSummary {
    /// The customer's number in the facts.
    pub customer: u64,
    /// The day of the first purchase.
    pub first: CivilDay,
    /// The day of the last purchase.
    pub last: CivilDay,
    /// How many purchases.
    pub orders: u32,
    /// On how many different days; the models count those and not orders, because two orders of one
    /// day are one visit.
    pub days: u32,
    /// How many refunds.
    pub refunds: u32,
    /// What was spent, refunds taken off; minor units.
    pub spent: i64,
    /// What was spent on the first day, refunds of that day taken off; minor units.
    pub spent_first_day: i64,
}

impl CustomerSummary {
    /// How often the customer came back: days with a purchase after the first (`x` of the models).
    pub const fn repeats(&self) -> u32 {
        self.days - 1
    }

    /// Days from the first purchase to the last (`t_x` of the models).
    pub const fn recency_days(&self) -> i32 {
        self.last.number() - self.first.number()
    }

    /// Days from the first purchase to `end` (`T` of the models).
    pub const fn age_days(&self, end: CivilDay) -> i32 {
        end.number() - self.first.number()
    }

    /// What a day with a purchase after the first was worth on average, in minor units; `None` for
    /// whoever came once.
    pub fn repeat_mean(&self) -> Option<f64> {
        let later = i128::from(self.spent) - i128::from(self.spent_first_day);
        (self.days > 1).then(|| later as f64 / f64::from(self.repeats()))
    }
}

/// Sums up what `history` holds up to and with the day `until`; `None` where there is no purchase by
/// then. Amounts that no integer of 64 bits holds stop at its ends.
pub fn summarize(history: History<'_>, until: Option<CivilDay>) -> Option<CustomerSummary> {
    let known = |purchase: &&Purchase| until.is_none_or(|until| purchase.day <= until);
    let first = history.purchases.iter().find(|p| p.is_purchase())?.day;
    let mut summary = CustomerSummary {
        customer: history.customer,
        first,
        last: first,
        orders: 0,
        days: 0,
        refunds: 0,
        spent: 0,
        spent_first_day: 0,
    };
    for purchase in history.purchases.iter().take_while(known) {
        summary.spent = summary.spent.saturating_add(purchase.amount);
        if purchase.day == first {
            summary.spent_first_day = summary.spent_first_day.saturating_add(purchase.amount);
        }
        if !purchase.is_purchase() {
            summary.refunds += 1;
            continue;
        }
        if summary.orders == 0 || purchase.day != summary.last {
            summary.days += 1;
        }
        summary.orders += 1;
        summary.last = purchase.day;
    }
    (summary.orders > 0).then_some(summary)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bought(days: &[(i32, i64)]) -> Vec<Purchase> {
        let purchase = |&(day, amount): &(i32, i64)| Purchase {
            day: CivilDay::from_number(day),
            amount,
        };
        days.iter().map(purchase).collect()
    }

    fn of(purchases: &[Purchase], until: Option<i32>) -> Option<CustomerSummary> {
        let history = History {
            customer: 7,
            purchases,
        };
        summarize(history, until.map(CivilDay::from_number))
    }

    #[test]
    fn orders_of_one_day_are_one_visit_and_refunds_are_none() {
        let purchases = bought(&[(10, 100), (10, 50), (12, -30), (20, 200), (25, -10)]);
        let summary = of(&purchases, None).expect("bought");
        assert_eq!((summary.orders, summary.days, summary.refunds), (3, 2, 2));
        assert_eq!((summary.spent, summary.spent_first_day), (310, 150));
        assert_eq!((summary.recency_days(), summary.repeats()), (10, 1));
        assert_eq!(summary.age_days(CivilDay::from_number(40)), 30);
        assert_eq!(summary.repeat_mean(), Some(160.0));
    }

    #[test]
    fn what_comes_later_is_not_known_yet() {
        let purchases = bought(&[(10, 100), (20, 200)]);
        assert_eq!(of(&purchases, Some(19)).expect("bought").orders, 1);
        assert_eq!(of(&purchases, Some(9)), None);
        assert_eq!(of(&bought(&[(10, -5)]), None), None);
    }
}
