//! What the clerk writes on: a sheet for each member, an order, a redemption, and a calendar.

use crate::deed::Source;
use regulars_base::Name;
use std::collections::BTreeMap;

pub(crate) const DAY: i64 = 86_400_000_000;
/// Points that never lapse, and those that always were free.
pub(crate) const NEVER: i64 = i64::MAX;
pub(crate) const ALWAYS: i64 = i64::MIN;

/// Until when points are good, from when on they may be spent, and who pays for them. What lapses
/// first comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Terms {
    pub(crate) until: i64,
    pub(crate) from: i64,
    pub(crate) funder: Option<Funder>,
}

/// A partner who pays for points. Of points that are alike but for this, those come first whose
/// partner's name does, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Funder {
    number: Name,
    pub(crate) source: Source,
}

impl Funder {
    /// The partner of a till, if it is a partner's.
    pub(crate) fn of(source: Source) -> Option<Self> {
        (source != Source::Till).then(|| Self {
            number: Name::of(source.name()),
            source,
        })
    }
}

/// One kind of points of one member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) lots: BTreeMap<Terms, i64>,
    pub(crate) held: i64,
    pub(crate) debt: i64,
}

/// Which of the two kinds.
pub(crate) const BEANS: usize = 0;
pub(crate) const STARS: usize = 1;

/// All that the clerk knows of a member.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    pub(crate) clock: i64,
    pub(crate) enrolled: bool,
    /// Beans and stars.
    pub(crate) accounts: [Account; 2],
    pub(crate) tier: usize,
    /// When the tier is looked at again.
    pub(crate) tier_until: Option<i64>,
    /// Cents, by year.
    pub(crate) spent: BTreeMap<i64, i64>,
    pub(crate) stamps: i64,
    /// Days on which a visit gave a star.
    pub(crate) starred: Vec<i64>,
    pub(crate) redemptions: BTreeMap<u64, Redemption>,
    pub(crate) orders: BTreeMap<(Source, u64), Order>,
}

impl Default for Sheet {
    fn default() -> Self {
        Self {
            clock: ALWAYS,
            enrolled: false,
            accounts: Default::default(),
            tier: 0,
            tier_until: None,
            spent: BTreeMap::new(),
            stamps: 0,
            starred: Vec::new(),
            redemptions: BTreeMap::new(),
            orders: BTreeMap::new(),
        }
    }
}

/// A reward that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Redemption {
    pub(crate) mug: bool,
    /// What paid for it.
    pub(crate) paid: Vec<(Terms, i64)>,
    /// Until when it is set aside; nothing once it was used.
    pub(crate) held_until: Option<i64>,
    /// When it was used.
    pub(crate) used_at: i64,
    /// Whose till it belongs to.
    pub(crate) till: Option<Source>,
}

/// An order, or what came back of one that nobody has told yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order {
    pub(crate) at: i64,
    /// Of each line what was paid, and whether it came back.
    pub(crate) lines: Vec<(i64, bool)>,
    pub(crate) gifts: Vec<Gift>,
    /// Lines that came back before it was told.
    pub(crate) early: Vec<Vec<usize>>,
}

/// What an order was given, by one rule or by the tier.
#[derive(Clone, Debug)]
pub(crate) struct Gift {
    pub(crate) given: i64,
    pub(crate) taken: i64,
    /// For which lines.
    pub(crate) of: Vec<usize>,
    pub(crate) terms: Terms,
}

impl Account {
    /// What may be spent at this moment.
    pub(crate) fn free(&self, now: i64) -> i64 {
        let free = self.lots.iter().filter(|(terms, _)| terms.from <= now);
        free.map(|(_, points)| points).sum::<i64>() - self.debt
    }

    /// Points come in: debts first.
    pub(crate) fn put(&mut self, terms: Terms, points: i64) {
        let repaid = points.min(self.debt);
        self.debt -= repaid;
        if points > repaid {
            *self.lots.entry(terms).or_default() += points - repaid;
        }
    }

    /// So many leave, those that lapse first first. Says which.
    pub(crate) fn spend(&mut self, points: i64, now: i64) -> Vec<(Terms, i64)> {
        let free = |terms: &&Terms| terms.from <= now;
        let order: Vec<Terms> = self.lots.keys().filter(free).copied().collect();
        self.take(&order, points)
    }

    /// So many leave these lots, in this order, as far as there are so many. Says how many which.
    pub(crate) fn take(&mut self, order: &[Terms], mut points: i64) -> Vec<(Terms, i64)> {
        let mut taken = Vec::new();
        for terms in order {
            let there = self.lots.get(terms).copied().unwrap_or(0);
            let part = there.min(points);
            if part > 0 {
                self.lots.insert(*terms, there - part);
                taken.push((*terms, part));
                points -= part;
            }
        }
        self.lots.retain(|_, points| *points > 0);
        taken
    }

    /// Lots whose time has come are as free as those that always were.
    pub(crate) fn release(&mut self, now: i64) {
        let come = |terms: &&Terms| terms.from > ALWAYS && terms.from <= now;
        let come: Vec<Terms> = self.lots.keys().filter(come).copied().collect();
        for terms in come {
            let points = self.lots.remove(&terms).unwrap_or(0);
            let free = Terms {
                from: ALWAYS,
                ..terms
            };
            *self.lots.entry(free).or_default() += points;
        }
    }

    /// What has lapsed is gone.
    pub(crate) fn lapse(&mut self, now: i64) {
        self.lots.retain(|terms, _| terms.until > now);
    }
}

impl Order {
    pub(crate) fn is_told(&self) -> bool {
        !self.lines.is_empty()
    }

    pub(crate) fn all_came_back(&self) -> bool {
        self.lines.iter().all(|(_, back)| *back)
    }
}

/// Year and month (from 0) of a moment: counted day by day from 1970, year by year.
pub(crate) fn year_and_month(at: i64) -> (i64, i64) {
    let mut days = at.div_euclid(DAY);
    let mut year = 1970;
    while days >= days_of(year) {
        days -= days_of(year);
        year += 1;
    }
    let mut month = 0;
    while days >= days_of_month(year, month) {
        days -= days_of_month(year, month);
        month += 1;
    }
    (year, month)
}

/// Whether a year has gone by since the day of the first moment, and that day too.
pub(crate) fn over_a_year_ago(at: i64, now: i64) -> bool {
    let (year, month) = year_and_month(at);
    let day = (at - start_of(year, month)).div_euclid(DAY);
    let day = day.min(days_of_month(year + 1, month) - 1);
    start_of(year + 1, month) + (day + 1) * DAY <= now
}

/// The first moment of a month; months may be more than there are in a year.
pub(crate) fn start_of(year: i64, month: i64) -> i64 {
    let (year, month) = (year + month.div_euclid(12), month.rem_euclid(12));
    let years: i64 = (1970..year).map(days_of).sum();
    let months: i64 = (0..month).map(|month| days_of_month(year, month)).sum();
    (years + months) * DAY
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i64) -> i64 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        1 if is_leap(year) => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_is_the_usual_one() {
        let day = |days: i64| days * DAY;
        assert_eq!(year_and_month(day(0)), (1970, 0));
        assert_eq!(year_and_month(day(19_417) - 1), (2023, 1));
        assert_eq!(year_and_month(day(19_417)), (2023, 2));
        assert_eq!(start_of(2023, 2), day(19_417));
        assert_eq!(start_of(2023, 14), start_of(2024, 2));
        assert_eq!(start_of(2024, 2) - start_of(2024, 1), 29 * DAY);
    }
}
