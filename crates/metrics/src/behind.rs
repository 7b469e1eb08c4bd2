//! Who is behind a figure: for each customer whether they are counted below the line, and whether above.

use crate::deeds::{Deed, Did, Person};
use crate::sums::Window;
use crate::{Calendar, CustomerFacts};
use regulars_base::CivilDay;

/// How it is told who is behind a figure: nothing for who is not in it, else whether they are counted above
/// the line.
#[derive(Clone, Copy, Debug)]
pub enum Behind {
    /// By what they bought.
    Orders(fn(&Bought<'_>) -> Option<bool>),
    /// By what they did beside.
    Deeds(fn(&Lived<'_>) -> Option<bool>),
}

/// The stretch of time of a figure.
#[derive(Clone, Copy, Debug)]
pub struct Stretch<'a> {
    /// The periods.
    pub calendar: &'a Calendar,
    /// One of them; all, if nothing.
    pub period: Option<usize>,
    /// How long a customer counts as active.
    pub window: Window,
}

impl Stretch<'_> {
    /// Its first day.
    #[must_use]
    pub fn first(&self) -> CivilDay {
        let start = |at| self.calendar.start(at).max(self.calendar.first());
        self.period.map_or_else(|| self.calendar.first(), start)
    }

    /// Its last day.
    #[must_use]
    pub fn last(&self) -> CivilDay {
        let end = |at| CivilDay::from_number(self.calendar.start(at + 1).number() - 1);
        let last = self.calendar.last();
        self.period.map_or(last, |at| end(at).min(last))
    }

    fn has(&self, day: CivilDay) -> bool {
        self.first() <= day && day <= self.last()
    }
}

/// A customer's purchases, and the stretch of time.
#[derive(Clone, Copy, Debug)]
pub struct Bought<'a> {
    /// The customer.
    pub facts: CustomerFacts<'a>,
    /// When.
    pub stretch: Stretch<'a>,
}

/// A customer's deeds, and the stretch of time.
#[derive(Clone, Copy, Debug)]
pub struct Lived<'a> {
    /// The customer.
    pub person: &'a Person,
    /// When.
    pub stretch: Stretch<'a>,
}

impl Bought<'_> {
    fn count(&self) -> usize {
        let purchases = self.facts.history.purchases.iter();
        let bought = purchases.filter(|it| it.is_purchase() && self.stretch.has(it.day));
        bought.count()
    }

    fn first(&self) -> Option<CivilDay> {
        let mut purchases = self.facts.history.purchases.iter();
        Some(purchases.find(|it| it.is_purchase())?.day)
    }
}

impl Lived<'_> {
    fn any(&self, is: impl Fn(Deed) -> bool) -> bool {
        let has = |it: &Did| self.stretch.has(it.day) && is(it.deed);
        self.person.did.iter().any(has)
    }

    fn is_member(&self) -> bool {
        self.person.is_member_on(self.stretch.last())
    }

    fn buys(&self) -> bool {
        self.any(|deed| matches!(deed, Deed::Bought(_)))
    }
}

/// Who bought.
pub fn bought(it: &Bought<'_>) -> Option<bool> {
    (it.count() > 0).then_some(true)
}

/// Who bought, and who did at least twice.
pub fn bought_again(it: &Bought<'_>) -> Option<bool> {
    let count = it.count();
    (count > 0).then_some(count > 1)
}

/// Who bought, and who did for the first time.
pub fn bought_first(it: &Bought<'_>) -> Option<bool> {
    let is_new = it.first().is_some_and(|day| it.stretch.has(day));
    (it.count() > 0).then_some(is_new)
}

/// Who bought, and who had before.
pub fn bought_before(it: &Bought<'_>) -> Option<bool> {
    let before = it.first().is_some_and(|day| day < it.stretch.first());
    (it.count() > 0).then_some(before)
}

/// Who bought, and who gave something back.
pub fn gave_back(it: &Bought<'_>) -> Option<bool> {
    let mut purchases = it.facts.history.purchases.iter();
    let back = purchases.any(|one| !one.is_purchase() && it.stretch.has(one.day));
    (back || it.count() > 0).then_some(back)
}

/// Who bought several kinds of product.
pub fn several_kinds(it: &Bought<'_>) -> Option<bool> {
    let kinds = it.facts.kinds.len();
    (kinds > 0).then_some(kinds > 1)
}

/// Who came back on another day.
pub fn came_back(it: &Bought<'_>) -> Option<bool> {
    let first = it.first()?;
    let mut purchases = it.facts.history.purchases.iter();
    Some(purchases.any(|one| one.is_purchase() && one.day > first))
}

fn activity(it: &Bought<'_>, counts_lost: bool) -> Option<bool> {
    let Stretch {
        calendar,
        period,
        window,
    } = it.stretch;
    let period = period.filter(|at| window.measures(calendar, *at))?;
    let lost = window.loses(calendar, period, it.facts.history);
    let active = lost || window.keeps(calendar, period, it.facts.history);
    active.then_some(lost == counts_lost)
}

/// Who was active at the start of a period, and who was lost in it.
pub fn lost(it: &Bought<'_>) -> Option<bool> {
    activity(it, true)
}

/// Who was active at the start of a period, and who was kept in it.
pub fn kept(it: &Bought<'_>) -> Option<bool> {
    activity(it, false)
}

/// Who answered whether they would recommend, and who would.
pub fn promoters(it: &Lived<'_>) -> Option<bool> {
    let answered = it.any(|deed| matches!(deed, Deed::Recommends(_)));
    answered.then(|| it.any(|deed| matches!(deed, Deed::Recommends(9..))))
}

/// Who answered a question of the loyalty index, and who with 1 or 2.
pub fn loyal(it: &Lived<'_>) -> Option<bool> {
    let answered = it.any(|deed| matches!(deed, Deed::Loyal(_)));
    answered.then(|| it.any(|deed| matches!(deed, Deed::Loyal(..=2))))
}

/// Who answered on attachment, and who with more than half.
pub fn attached(it: &Lived<'_>) -> Option<bool> {
    let answered = it.any(|deed| matches!(deed, Deed::Attached(_)));
    answered.then(|| it.any(|deed| matches!(deed, Deed::Attached(51..))))
}

/// Who bought, and who was a member.
pub fn members(it: &Lived<'_>) -> Option<bool> {
    (it.is_member() || it.buys()).then(|| it.is_member())
}

/// Members, and who of them bought.
pub fn members_buying(it: &Lived<'_>) -> Option<bool> {
    it.is_member().then(|| it.buys())
}

/// Members, and who used points or a reward.
pub fn members_redeeming(it: &Lived<'_>) -> Option<bool> {
    let uses = |deed| matches!(deed, Deed::Reward(_)) || matches!(deed, Deed::Redeemed(1..));
    it.is_member().then(|| it.any(uses))
}

/// Members, and by whose word somebody came.
pub fn members_sharing(it: &Lived<'_>) -> Option<bool> {
    let shares = |deed| {
        matches!(
            deed,
            Deed::Visited | Deed::FriendJoined | Deed::FriendBought
        )
    };
    it.is_member().then(|| it.any(shares))
}

/// Who came by others' word, and who of them bought.
pub fn referred(it: &Lived<'_>) -> Option<bool> {
    let mut did = it.person.did.iter();
    let came = did.any(|one| one.deed == Deed::Referred && one.day <= it.stretch.last());
    came.then(|| it.buys())
}

/// Members, and who engaged.
pub fn engaged(it: &Lived<'_>) -> Option<bool> {
    it.is_member()
        .then(|| it.any(|deed| matches!(deed, Deed::Engaged(1..))))
}

/// Who was given points.
pub fn given_points(it: &Lived<'_>) -> Option<bool> {
    it.any(|deed| matches!(deed, Deed::Issued(1..)))
        .then_some(true)
}

/// Whose points lapsed.
pub fn lapsed_points(it: &Lived<'_>) -> Option<bool> {
    it.any(|deed| matches!(deed, Deed::Expired(1..)))
        .then_some(true)
}

/// Who holds points at the end.
pub fn holds_points(it: &Lived<'_>) -> Option<bool> {
    let known = it.person.did.iter();
    let known = known.take_while(|did| did.day <= it.stretch.last());
    let balance: i128 = known.map(|did| crate::deeds::balance(did.deed)).sum();
    (balance > 0).then_some(true)
}
