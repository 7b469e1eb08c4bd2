//! RFM: how recently, how often and for how much a customer bought, each on a scale of 1 to 5.
//!
//! A score says how many customers are worse: 1 for the lowest fifth of the ranks, 5 for the highest.
//! Customers who are equal have the rank of the lowest of them, so nobody is better than somebody who
//! did the same; where most bought once, most have frequency 1, and that is what there is to say.
//!
//! No list is sorted: a score needs four values of a list, those at each fifth, and finding these
//! takes one pass over what is left of it.

use crate::{CustomerSummary, Unit, catalog::Metric};

/// RFM in the catalog.
pub const METRIC: Metric = Metric {
    id: "rfm",
    name: "RFM scores",
    unit: Unit::Score,
    definition: "Recency (day of the last purchase), frequency (number of purchases) and monetary \
        value (spent in all, refunds taken off), each scored 1 to 5 by rank among all customers who \
        bought: 1 + the whole part of 5 x (customers with a lower value) / (all customers). Customers \
        with equal values share the lower score.",
    of_sums: None,
    of_deeds: None,
    needs: None,
    behind: None,
};

/// The scores of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scores {
    /// How recently, 1 to 5.
    pub recency: u8,
    /// How often, 1 to 5.
    pub frequency: u8,
    /// For how much, 1 to 5.
    pub monetary: u8,
}

/// From which values on which score is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fifths<T>([Option<T>; 4]);

impl<T: Ord + Copy> Fifths<T> {
    /// Of all `values`, which are brought into another order.
    pub fn of(values: &mut [T]) -> Self {
        let count = values.len();
        let mut bounds = [None; 4];
        let mut from = 0;
        for (bound, fifth) in bounds.iter_mut().zip(1..) {
            // Better than `least` customers: so many must be strictly lower.
            let least = (fifth * count).div_ceil(5);
            if least == 0 || least > count {
                continue;
            }
            let at = least - 1;
            if at >= from {
                // What is before `from` is lower already.
                let (_, value, _) = values[from..].select_nth_unstable(at - from);
                *bound = Some(*value);
                from = at;
            }
        }
        Self(bounds)
    }

    /// The score of one of the values.
    #[inline]
    pub fn score(&self, value: T) -> u8 {
        let above = |bound: &Option<T>| u8::from(bound.is_some_and(|bound| value > bound));
        1 + self.0.iter().map(above).sum::<u8>()
    }
}

/// The fifths of all three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rfm {
    recency: Fifths<i32>,
    frequency: Fifths<u32>,
    monetary: Fifths<i64>,
}

/// What RFM looks at, column by column.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// The day of the last purchase.
    pub last: Vec<i32>,
    /// How many purchases.
    pub orders: Vec<u32>,
    /// Spent, in minor units.
    pub spent: Vec<i64>,
}

impl Columns {
    /// Adds a customer.
    pub fn push(&mut self, customer: &CustomerSummary) {
        self.last.push(customer.last.number());
        self.orders.push(customer.orders);
        self.spent.push(customer.spent);
    }

    /// Adds those of `other`.
    pub fn append(&mut self, other: &mut Self) {
        self.last.append(&mut other.last);
        self.orders.append(&mut other.orders);
        self.spent.append(&mut other.spent);
    }
}

impl Rfm {
    /// The scales of these customers.
    pub fn of(customers: &[CustomerSummary]) -> Self {
        let mut columns = Columns::default();
        customers.iter().for_each(|customer| columns.push(customer));
        Self::of_columns(columns)
    }

    /// The same from columns, which are used up.
    pub fn of_columns(mut columns: Columns) -> Self {
        Self {
            recency: Fifths::of(&mut columns.last),
            frequency: Fifths::of(&mut columns.orders),
            monetary: Fifths::of(&mut columns.spent),
        }
    }

    /// The scores of one of the customers.
    pub fn scores(&self, last: i32, orders: u32, spent: i64) -> Scores {
        Scores {
            recency: self.recency.score(last),
            frequency: self.frequency.score(orders),
            monetary: self.monetary.score(spent),
        }
    }

    /// The same from the summary.
    pub fn of_customer(&self, customer: &CustomerSummary) -> Scores {
        self.scores(customer.last.number(), customer.orders, customer.spent)
    }
}

/// A name for what recency and frequency say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Segment {
    /// Bought just now and often.
    Champions,
    /// Buy often, and not long ago.
    Loyal,
    /// Bought lately, and more than once.
    Promising,
    /// Bought lately for the first time.
    New,
    /// In the middle of both.
    NeedAttention,
    /// Were not here for a while, and never often.
    AboutToSleep,
    /// Came often, but not for long.
    AtRisk,
    /// Came most often of all, and stayed away.
    CannotLose,
    /// Came seldom, long ago.
    Sleeping,
}

impl Segment {
    /// All of them, the best first.
    pub const ALL: [Self; 9] = [
        Self::Champions,
        Self::Loyal,
        Self::Promising,
        Self::New,
        Self::NeedAttention,
        Self::AboutToSleep,
        Self::AtRisk,
        Self::CannotLose,
        Self::Sleeping,
    ];

    /// Of these scores.
    pub const fn of(scores: Scores) -> Self {
        match (scores.recency, scores.frequency) {
            (5.., 4..) => Self::Champions,
            (3.., 4..) => Self::Loyal,
            (4.., 2..) => Self::Promising,
            (4.., _) => Self::New,
            (3, 3) => Self::NeedAttention,
            (3, _) => Self::AboutToSleep,
            (_, 5..) => Self::CannotLose,
            (_, 3..) => Self::AtRisk,
            _ => Self::Sleeping,
        }
    }

    /// Its name in files.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Champions => "champions",
            Self::Loyal => "loyal",
            Self::Promising => "promising",
            Self::New => "new",
            Self::NeedAttention => "need_attention",
            Self::AboutToSleep => "about_to_sleep",
            Self::AtRisk => "at_risk",
            Self::CannotLose => "cannot_lose",
            Self::Sleeping => "sleeping",
        }
    }

    /// Its name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Champions => "champions",
            Self::Loyal => "loyal",
            Self::Promising => "promising",
            Self::New => "new",
            Self::NeedAttention => "need attention",
            Self::AboutToSleep => "about to sleep",
            Self::AtRisk => "at risk",
            Self::CannotLose => "cannot lose",
            Self::Sleeping => "sleeping",
        }
    }

    /// What to do about them.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Champions => "thank them, show them new things first, ask them to recommend you",
            Self::Loyal => "offer them what goes with what they buy; let them reach a tier",
            Self::Promising => {
                "make the next purchase easy: a card with a few stamps on it already"
            }
            Self::New => "welcome them; the second purchase decides, so give a reason for it soon",
            Self::NeedAttention => "an offer that ends soon, for what they bought before",
            Self::AboutToSleep => "remind them of points that they have, before those lapse",
            Self::AtRisk => "ask what went wrong, and offer something worth coming back for",
            Self::CannotLose => "call or write to them in person: they were your best customers",
            Self::Sleeping => "spend little here: one last offer, then leave them in peace",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the definition says it.
    fn by_definition(values: &[i64]) -> Vec<u8> {
        let count = values.len();
        let lower = |value: i64| values.iter().filter(|&&other| other < value).count();
        values
            .iter()
            .map(|&value| u8::try_from(1 + 5 * lower(value) / count).expect("is 1 to 5"))
            .collect()
    }

    fn scored(values: &[i64]) -> Vec<u8> {
        let fifths = Fifths::of(&mut values.to_vec());
        values.iter().map(|&value| fifths.score(value)).collect()
    }

    #[test]
    fn equal_customers_share_the_lower_score() {
        assert_eq!(scored(&[]), []);
        assert_eq!(scored(&[7]), [1]);
        assert_eq!(scored(&[1, 1, 1, 1, 2]), [1, 1, 1, 1, 5]);
        assert_eq!(scored(&[1, 2, 3, 4, 5]), [1, 2, 3, 4, 5]);
        assert_eq!(scored(&[1, 2, 2, 2, 2]), [1, 2, 2, 2, 2]);
    }

    proptest::proptest! {
        #[test]
        fn scores_are_what_the_definition_says(values in proptest::collection::vec(-9_i64..9, 0..60)) {
            proptest::prop_assert_eq!(scored(&values), by_definition(&values));
        }
    }
}
