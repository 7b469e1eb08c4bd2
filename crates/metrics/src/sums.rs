//! Exact sums over customers, from which figures are made: for all time, for each period, for each
//! group. Adding sums in any order gives the same, so threads and machines may share the work.

use crate::{
    Calendar, CustomerFacts, CustomerSummary, History, Purchase, metric::cohorts::Cohorts,
    summarize,
};

/// What was counted over some customers and some stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Customers with at least one purchase.
    pub buyers: u64,
    /// Of those, customers with two purchases or more.
    pub repeaters: u64,
    /// Of the buyers, those who had never bought before.
    pub new: u64,
    /// Purchases.
    pub orders: u64,
    /// Refunds.
    pub refunds: u64,
    /// What purchases came to, in minor units.
    pub sales: i128,
    /// What was given back, in minor units, above zero.
    pub given_back: i128,
    /// Squares of what each purchase came to.
    pub squares: i128,
    /// Of the buyers, those of one kind of product only.
    pub one_kind: u64,
    /// Of the buyers, those of several kinds.
    pub several_kinds: u64,
    /// Customers who were active when it began.
    pub active: u64,
    /// Of those, customers who were no longer active when it ended.
    pub lost: u64,
}

impl Sums {
    /// Adds those of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.buyers += other.buyers;
        self.repeaters += other.repeaters;
        self.new += other.new;
        self.orders += other.orders;
        self.refunds += other.refunds;
        self.sales += other.sales;
        self.given_back += other.given_back;
        self.squares += other.squares;
        self.one_kind += other.one_kind;
        self.several_kinds += other.several_kinds;
        self.active += other.active;
        self.lost += other.lost;
    }

    /// Sales less what was given back.
    pub const fn revenue(&self) -> i128 {
        self.sales - self.given_back
    }

    /// Adds what a customer bought and gave back in it; `is_new` says that nothing came before.
    fn add(&mut self, purchases: &[Purchase], is_new: bool) {
        let before = self.orders;
        for purchase in purchases {
            let amount = i128::from(purchase.amount);
            if purchase.is_purchase() {
                self.orders += 1;
                self.sales += amount;
                self.squares += amount * amount;
            } else {
                self.refunds += 1;
                self.given_back -= amount;
            }
        }
        let orders = self.orders - before;
        self.buyers += u64::from(orders > 0);
        self.repeaters += u64::from(orders > 1);
        self.new += u64::from(orders > 0 && is_new);
    }
}

/// Sums of all time and of each period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Of all time. `active` and `lost` are those of all periods that can be measured, added up.
    pub all: Sums,
    /// Of each period of the calendar.
    pub periods: Vec<Sums>,
}

impl Sheet {
    fn new(calendar: &Calendar) -> Self {
        Self {
            all: Sums::default(),
            periods: vec![Sums::default(); calendar.len()],
        }
    }

    fn merge(&mut self, other: &Self) {
        self.all.merge(&other.all);
        for (sums, more) in self.periods.iter_mut().zip(&other.periods) {
            sums.merge(more);
        }
    }

    fn add(&mut self, calendar: &Calendar, history: History<'_>, kinds: &[u32]) {
        let Some(first) = history.purchases.iter().find(|p| p.is_purchase()) else {
            // Somebody who only gave something back: the money counts, the customer does not.
            self.all.add(history.purchases, false);
            self.by_period(calendar, history, usize::MAX);
            return;
        };
        self.all.add(history.purchases, true);
        self.all.one_kind += u64::from(kinds.len() == 1);
        self.all.several_kinds += u64::from(kinds.len() > 1);
        self.by_period(calendar, history, calendar.of(first.day));
    }

    fn by_period(&mut self, calendar: &Calendar, history: History<'_>, first: usize) {
        let mut rest = history.purchases;
        while let Some(purchase) = rest.first() {
            let period = calendar.of(purchase.day);
            let end = calendar.start(period + 1);
            let count = rest.iter().take_while(|p| p.day < end).count().max(1);
            let (these, others) = rest.split_at(count);
            self.periods[period].add(these, period == first);
            rest = others;
        }
    }
}

/// What a first pass finds out: who the customers are, and how far apart their purchases.
#[derive(Clone, Debug, Default)]
pub struct Basics {
    /// Customers who bought.
    pub customers: Vec<CustomerSummary>,
    /// Customers who only gave something back.
    pub only_refunds: u64,
    /// How often two days of purchase of one customer were so many days apart, by days.
    pub gaps: Vec<u64>,
}

impl Basics {
    /// Adds a customer.
    pub fn add(&mut self, history: History<'_>) {
        let Some(summary) = summarize(history, None) else {
            self.only_refunds += 1;
            return;
        };
        self.customers.push(summary);
        let mut before = summary.first;
        for purchase in history.purchases.iter().filter(|p| p.is_purchase()) {
            let gap = purchase.day.number().abs_diff(before.number()) as usize;
            if gap > 0 {
                if self.gaps.len() <= gap {
                    self.gaps.resize(gap + 1, 0);
                }
                self.gaps[gap] += 1;
            }
            before = purchase.day;
        }
    }

    /// Adds those of `other`.
    pub fn merge(&mut self, mut other: Self) {
        self.customers.append(&mut other.customers);
        self.only_refunds += other.only_refunds;
        if self.gaps.len() < other.gaps.len() {
            self.gaps.resize(other.gaps.len(), 0);
        }
        for (count, more) in self.gaps.iter_mut().zip(&other.gaps) {
            *count += more;
        }
    }

    /// Puts customers into the order of their numbers, so that the same facts give the same list.
    pub fn sort(&mut self) {
        self.customers
            .sort_unstable_by_key(|customer| customer.customer);
    }

    /// How many times a customer came back.
    pub fn gap_count(&self) -> u64 {
        self.gaps.iter().sum()
    }

    /// The days within which `share` (0 to 1) of all returns came: the lowest number of days that
    /// so many do not pass. `None` where nobody came back.
    pub fn gap_within(&self, share: f64) -> Option<u32> {
        let count = self.gap_count();
        // At least one; the product is far below what a double holds exactly.
        let wanted = ((share * count as f64).ceil() as u64).max(1);
        let mut seen = 0;
        for (gap, &times) in (0..).zip(&self.gaps) {
            seen += times;
            if seen >= wanted && times > 0 {
                return Some(gap);
            }
        }
        None
    }
}

/// How long after a purchase a customer counts as active, and which periods can be measured with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Days.
    pub days: i32,
}

impl Window {
    /// The days within which nine of ten returns come, unless said otherwise; 90 where nobody ever
    /// came back.
    pub fn of(basics: &Basics) -> Self {
        let days = basics.gap_within(0.9).unwrap_or(90);
        Self {
            days: i32::try_from(days).unwrap_or(i32::MAX),
        }
    }

    /// Whether the whole window before a period is known of, and the period itself: else customers
    /// would be missed who bought before the first day of the facts.
    pub fn measures(self, calendar: &Calendar, period: usize) -> bool {
        let begin = calendar.start(period).number();
        calendar.is_whole(period) && begin.saturating_sub(self.days) >= calendar.first().number()
    }

    /// Whether a customer was active at the start of a period and not at its end.
    pub fn loses(self, calendar: &Calendar, period: usize, history: History<'_>) -> bool {
        let (begin, end) = self.active(calendar, period, history);
        begin && !end
    }

    /// Whether a customer was active at the start of a period and at its end too.
    pub fn keeps(self, calendar: &Calendar, period: usize, history: History<'_>) -> bool {
        let (begin, end) = self.active(calendar, period, history);
        begin && end
    }

    /// Whether a customer was active at the start and at the end of a period.
    fn active(self, calendar: &Calendar, period: usize, history: History<'_>) -> (bool, bool) {
        let last_before = |day: i32| {
            let bought = history.purchases.iter().filter(|p| p.is_purchase());
            bought
                .map(|p| p.day.number())
                .take_while(|&bought| bought < day)
                .last()
        };
        let is_active = |day: i32| last_before(day).is_some_and(|last| day - last <= self.days);
        (
            is_active(calendar.start(period).number()),
            is_active(calendar.start(period + 1).number()),
        )
    }
}

/// All that a second pass sums up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panel {
    /// Over all customers.
    pub sheet: Sheet,
    /// The same for each group of orders: what a customer bought in several counts in each of them.
    pub groups: Vec<Sheet>,
    /// By the period of the first purchase.
    pub cohorts: Cohorts,
    /// Active customers and how many of them were lost, by how many periods ago they first bought.
    pub tenure: Vec<(u64, u64)>,
}

impl Panel {
    /// Nothing yet, with room for so many groups.
    pub fn new(calendar: &Calendar, groups: usize) -> Self {
        Self {
            sheet: Sheet::new(calendar),
            groups: vec![Sheet::new(calendar); groups],
            cohorts: Cohorts::default(),
            tenure: vec![(0, 0); calendar.len()],
        }
    }

    /// Adds a customer.
    pub fn add(&mut self, calendar: &Calendar, window: Window, facts: CustomerFacts<'_>) {
        self.sheet.add(calendar, facts.history, facts.kinds);
        self.cohorts.add(calendar, facts.history);
        let tenure = &mut self.tenure;
        activity(
            &mut self.sheet,
            calendar,
            window,
            facts.history,
            |age, lost| {
                tenure[age].0 += 1;
                tenure[age].1 += u64::from(lost);
            },
        );
        if facts.groups.is_empty() {
            return;
        }
        let mut by_group: Vec<(u32, Purchase)> = facts
            .groups
            .iter()
            .copied()
            .zip(facts.history.purchases.iter().copied())
            .collect();
        by_group.sort_unstable();
        let mut purchases = Vec::new();
        for part in by_group.chunk_by(|a, b| a.0 == b.0) {
            purchases.clear();
            purchases.extend(part.iter().map(|(_, purchase)| *purchase));
            let history = History {
                customer: facts.history.customer,
                purchases: &purchases,
            };
            if let Some(sheet) = self.groups.get_mut(part[0].0 as usize) {
                sheet.add(calendar, history, &[]);
                activity(sheet, calendar, window, history, |_, _| {});
            }
        }
    }

    /// Adds a group in which nobody bought anything.
    pub fn add_group(&mut self, calendar: &Calendar) {
        self.groups.push(Sheet::new(calendar));
    }

    /// Adds those of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.sheet.merge(&other.sheet);
        for (sheet, more) in self.groups.iter_mut().zip(&other.groups) {
            sheet.merge(more);
        }
        self.cohorts.merge(&other.cohorts);
        for (sum, more) in self.tenure.iter_mut().zip(&other.tenure) {
            sum.0 += more.0;
            sum.1 += more.1;
        }
    }
}

/// Counts a customer where it was active at the beginning of a period, and where it was lost by the
/// end. Tells the age in periods and whether it was lost.
fn activity(
    sheet: &mut Sheet,
    calendar: &Calendar,
    window: Window,
    history: History<'_>,
    mut tell: impl FnMut(usize, bool),
) {
    let mut bought = history
        .purchases
        .iter()
        .filter(|p| p.is_purchase())
        .map(|p| p.day.number());
    let Some(first) = bought.next() else {
        return;
    };
    let cohort = calendar.of(regulars_base::CivilDay::from_number(first));
    let (mut last, mut next) = (first, bought.next());
    // The last purchase before a day, for days that only grow.
    let mut last_before = |day: i32| {
        while let Some(later) = next.filter(|&later| later < day) {
            last = later;
            next = bought.next();
        }
        last
    };
    let is_active = |last: i32, day: i32| day - last <= window.days;
    for period in cohort + 1..calendar.len() {
        let (begin, end) = (
            calendar.start(period).number(),
            calendar.start(period + 1).number(),
        );
        let active = is_active(last_before(begin), begin);
        if !active || !window.measures(calendar, period) {
            continue;
        }
        let lost = !is_active(last_before(end), end);
        for sums in [&mut sheet.all, &mut sheet.periods[period]] {
            sums.active += 1;
            sums.lost += u64::from(lost);
        }
        tell(period - cohort, lost);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regulars_base::{CivilDay, Period};

    fn panel(window: i32, customers: &[&[(i16, i8, i8, i64)]]) -> (Calendar, Panel) {
        let (first, last) = (CivilDay::of(2025, 1, 1), CivilDay::of(2025, 6, 30));
        let calendar = Calendar::new(Period::Month, first, last);
        let mut panel = Panel::new(&calendar, 0);
        for (customer, days) in (0..).zip(customers) {
            let purchase = |&(y, m, d, amount): &(i16, i8, i8, i64)| Purchase {
                day: CivilDay::of(y, m, d),
                amount,
            };
            let purchases: Vec<Purchase> = days.iter().map(purchase).collect();
            let history = History {
                customer,
                purchases: &purchases,
            };
            let facts = CustomerFacts {
                history,
                groups: &[],
                kinds: &[],
            };
            panel.add(&calendar, Window { days: window }, facts);
        }
        (calendar, panel)
    }

    #[test]
    fn who_is_lost_is_counted_by_hand() {
        // A window of 31 days: February is the first month of which the whole window is known.
        let (calendar, panel) = panel(
            31,
            &[
                // Active on 1 February, bought again in it: kept. Active on 1 March, then gone.
                &[(2025, 1, 20, 100), (2025, 2, 20, 100)],
                // Active on 1 February, lost in it; back in May, so new to nobody.
                &[(2025, 1, 2, 100), (2025, 5, 5, 100)],
                // A refund keeps nobody active.
                &[(2025, 1, 15, 100), (2025, 2, 10, -100)],
                // Bought first in February: on neither side there.
                &[(2025, 2, 3, 100)],
            ],
        );
        let months: Vec<(u64, u64)> = panel
            .sheet
            .periods
            .iter()
            .map(|it| (it.active, it.lost))
            .collect();
        assert_eq!(months, [(0, 0), (3, 2), (2, 2), (0, 0), (0, 0), (1, 1)]);
        assert_eq!((panel.sheet.all.active, panel.sheet.all.lost), (6, 5));
        assert_eq!(panel.tenure[1], (4, 3));
        let may = &panel.sheet.periods[4];
        assert_eq!((may.buyers, may.new), (1, 0));
        assert_eq!(calendar.name(4), "2025-05");
    }

    #[test]
    fn the_list_of_the_lost_is_who_the_figure_counts() {
        let purchases = [(2025, 1, 20), (2025, 2, 20), (2025, 4, 1)].map(|(y, m, d)| Purchase {
            day: CivilDay::of(y, m, d),
            amount: 1,
        });
        let history = History {
            customer: 0,
            purchases: &purchases,
        };
        let (calendar, _) = panel(31, &[]);
        let window = Window { days: 31 };
        let lost: Vec<usize> = (0..6)
            .filter(|&month| window.loses(&calendar, month, history))
            .collect();
        assert_eq!(lost, [2, 4]);
    }

    #[test]
    fn gaps_are_counted_between_days_and_quantiles_are_values_that_occur() {
        let mut basics = Basics::default();
        let purchases = [0, 0, 10, 30, 60].map(|day| Purchase {
            day: CivilDay::from_number(day),
            amount: 5,
        });
        basics.add(History {
            customer: 1,
            purchases: &purchases,
        });
        assert_eq!(
            (
                basics.gap_count(),
                basics.gap_within(0.5),
                basics.gap_within(0.9)
            ),
            (3, Some(20), Some(30))
        );
        assert_eq!(Basics::default().gap_within(0.5), None);
        assert_eq!(Window::of(&Basics::default()).days, 90);
    }
}
