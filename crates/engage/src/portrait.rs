//! What is kept of a member so that segments can ask: how they behaved, day by day, as far back as the
//! longest window, and in all.
//!
//! It is folded from the wallet's log, row by row, and remembers how far it came; what the wallet itself
//! knows (balances, tier, plan, consents, attributes) is read from there. Days pass without events, so a
//! portrait says on which day it next looks different.

use crate::{ADVOCATE, Figures, Segments, advocacy};
use regulars_base::{Currency, MemberId, Ratio, Rounding};
use regulars_engine::Program;
use regulars_engine::event::{Event, Kind, Purchase};
use regulars_engine::outcome::{Change, Outcome, Verdict};
use regulars_engine::program::condition::TextFigure;
use regulars_engine::program::condition::figure::{Named, Plain, WINDOWS};
use regulars_engine::program::words::tier_id;
use regulars_engine::state::Wallet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is kept of a member. A stored format: fields are added, never changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Portrait {
    /// The number of the last log row that is in it.
    pub seq: u64,
    /// How many orders.
    pub orders: i64,
    /// What was paid for goods, less what came back, in minor units of the program's currency.
    pub spend: i64,
    /// The day of the first order, by number.
    pub first: Option<i32>,
    /// The day of the last order.
    pub last: Option<i32>,
    /// Days on which they bought or gave back, sorted: the day, orders, money.
    pub days: Vec<(i32, i64, i64)>,
    /// By category: days and thousandths of things.
    pub items: BTreeMap<String, Vec<(i32, i64)>>,
    /// By activity: days and times.
    pub done: BTreeMap<String, Vec<(i32, i64)>>,
    /// What models say, in thousandths.
    pub scores: BTreeMap<String, i64>,
    /// What models call them.
    pub labels: BTreeMap<String, String>,
    /// Orders in other currencies: refunds do not say which it was.
    pub foreign: BTreeMap<String, String>,
    /// Whether they were merged into somebody else, whose portrait has it all.
    pub gone: bool,
}

/// What of a portrait says what somebody bought when: read from the same JSON, and nothing else of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Bought {
    /// Days on which they bought or gave back, sorted: the day, orders, money.
    days: Vec<(i32, i64, i64)>,
    /// Whether they were merged into somebody else, whose portrait has it all.
    pub gone: bool,
}

impl Bought {
    /// Orders and money on each of so many days from one on; a day without any has none.
    pub fn by_day(&self, first: i32, days: u16) -> impl Iterator<Item = (i64, i64)> {
        let mut own = self.days[self.days.partition_point(|own| own.0 < first)..].iter();
        let mut next = own.next();
        (first..first.saturating_add(i32::from(days))).map(move |day| match next {
            Some(found) if found.0 == day => {
                let (_, orders, money) = *found;
                next = own.next();
                (orders, money)
            }
            _ => (0, 0),
        })
    }

    /// Orders and money in so many days from one on.
    pub fn within(&self, first: i32, days: u16) -> (i64, i64) {
        let until = first.saturating_add(i32::from(days));
        let from = self.days.partition_point(|own| own.0 < first);
        let own = self.days[from..].iter().take_while(|own| own.0 < until);
        own.fold((0, 0), |sum, (_, orders, money)| {
            (
                i64::saturating_add(sum.0, *orders),
                i64::saturating_add(sum.1, *money),
            )
        })
    }
}

/// What folding a row asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing more.
    Whole,
    /// The portrait of this member, who was merged into this one, is to be taken in.
    TakesIn(MemberId),
}

/// Scores are kept in thousandths.
const THOUSAND: i64 = 1000;

/// The days of the longest window.
const LONGEST: i32 = WINDOWS[WINDOWS.len() - 1] as i32;

impl Portrait {
    /// Takes in a row of the wallet's log.
    pub fn take(&mut self, program: &Program, seq: u64, event: &Event, outcome: &Outcome) -> Seen {
        self.seq = seq;
        if outcome.verdict != Verdict::Accepted {
            return Seen::Whole;
        }
        let day = program.zone.day(event.occurred_at).number();
        let order = |order: &str| format!("{}/{order}", event.key.source);
        match &event.kind {
            Kind::Purchase(purchase) => {
                let own = order(purchase.order.as_str());
                self.bought(program, day, purchase, &own);
                let back = returned(outcome);
                self.came_back(day, in_own(program, purchase.currency, back));
            }
            Kind::Refund(refund) => {
                let foreign = self.foreign.get(&order(refund.order.as_str()));
                let currency = foreign.and_then(|code| Currency::new(code).ok());
                let back = in_own(
                    program,
                    currency.unwrap_or(program.currency),
                    returned(outcome),
                );
                self.came_back(day, back);
            }
            Kind::Activity(_) | Kind::Approved(_) => {
                if let Some(activity) = outcome.activity(event) {
                    let own = self.done.entry(activity.name.to_string()).or_default();
                    add(own, day, 1);
                }
            }
            Kind::MergeOut(_) => {
                self.gone = true;
                // It was said of somebody who is somebody else now.
                self.scores.clear();
                self.labels.clear();
            }
            Kind::Unmerged(_) => self.gone = false,
            Kind::MergeIn(merge) => return Seen::TakesIn(merge.from),
            _ => {}
        }
        self.forget(day);
        Seen::Whole
    }

    /// Takes in what is kept of a member who was merged into this one.
    pub fn take_in(&mut self, other: &Self) {
        self.orders = self.orders.saturating_add(other.orders);
        self.spend = self.spend.saturating_add(other.spend);
        self.first = earlier(self.first, other.first);
        self.last = self.last.max(other.last);
        for (day, orders, money) in &other.days {
            self.moved(*day, *orders, *money);
        }
        let both = [
            (&mut self.items, &other.items),
            (&mut self.done, &other.done),
        ];
        for (own, others) in both {
            for (name, days) in others {
                let own = own.entry(name.clone()).or_default();
                days.iter().for_each(|(day, by)| add(own, *day, *by));
            }
        }
        self.foreign.extend(other.foreign.clone());
    }

    fn bought(&mut self, program: &Program, day: i32, purchase: &Purchase, order: &str) {
        if purchase.currency != program.currency {
            let code = purchase.currency.code().to_owned();
            self.foreign.insert(order.to_owned(), code);
        }
        let goods = in_own(program, purchase.currency, purchase.goods());
        self.orders = self.orders.saturating_add(1);
        self.spend = self.spend.saturating_add(goods);
        self.first = earlier(self.first, Some(day));
        self.last = self.last.max(Some(day));
        self.moved(day, 1, goods);
        for line in purchase
            .lines
            .iter()
            .filter(|line| !line.category.as_str().is_empty())
        {
            let own = self.items.entry(line.category.to_string()).or_default();
            add(own, day, line.quantity);
        }
    }

    fn came_back(&mut self, day: i32, money: i64) {
        if money != 0 {
            self.spend = self.spend.saturating_sub(money);
            self.moved(day, 0, money.saturating_neg());
        }
    }

    fn moved(&mut self, day: i32, orders: i64, money: i64) {
        match self.days.binary_search_by_key(&day, |own| own.0) {
            Ok(at) => {
                let own = &mut self.days[at];
                own.1 = own.1.saturating_add(orders);
                own.2 = own.2.saturating_add(money);
            }
            Err(at) => self.days.insert(at, (day, orders, money)),
        }
    }

    /// What no window will ever reach again is forgotten. Days never run backwards by more than a window.
    fn forget(&mut self, day: i32) {
        let first = day - 2 * LONGEST;
        self.days.retain(|own| own.0 > first);
        for days in self.items.values_mut().chain(self.done.values_mut()) {
            days.retain(|own| own.0 > first);
        }
        self.items.retain(|_, days| !days.is_empty());
        self.done.retain(|_, days| !days.is_empty());
    }

    /// Its figures on a day, with what the wallet knows.
    pub fn figures(&self, program: &Program, wallet: &Wallet, today: i32) -> Figures {
        let mut figures = Figures::new(today);
        figures.here = wallet.enrolled_at.is_some() && !self.gone;
        figures.set(Plain::OrdersEver, Some(self.orders));
        figures.set(Plain::SpendEver, Some(self.spend));
        figures.set(Plain::FirstOrder, self.first.map(Into::into));
        figures.set(Plain::LastOrder, self.last.map(Into::into));
        let joined = wallet.enrolled_at.map(|at| program.zone.day(at).number());
        figures.set(Plain::Joined, joined.map(Into::into));
        for (window, from) in windows(today) {
            let since = self.days.partition_point(|own| own.0 <= from);
            let within = &self.days[since..];
            let orders = within.iter().map(|own| own.1).sum();
            let money = within.iter().map(|own| own.2).sum();
            figures.set(Plain::Orders(window), Some(orders));
            figures.set(Plain::Spend(window), Some(money));
        }
        self.names(&mut figures, today);
        known_by_wallet(&mut figures, program, wallet);
        if figures.here {
            let score = advocacy(&figures, program, wallet).score;
            figures.name(Named::Score(ADVOCATE.to_owned()), score * THOUSAND);
        }
        figures
    }

    fn names(&self, figures: &mut Figures, today: i32) {
        for (window, from) in windows(today) {
            let since = |days: &Vec<(i32, i64)>| -> i64 {
                let first = days.partition_point(|own| own.0 <= from);
                days[first..].iter().map(|own| own.1).sum()
            };
            for (category, days) in &self.items {
                figures.name(Named::Items(category.clone(), window), since(days));
            }
            for (name, days) in &self.done {
                figures.name(Named::Activities(name.clone(), window), since(days));
            }
        }
        for (name, score) in &self.scores {
            figures.name(Named::Score(name.clone()), *score);
        }
        for (name, label) in &self.labels {
            let of = TextFigure::Label(name.clone());
            figures.texts.insert(of, label.clone());
        }
    }

    /// The next day on which its figures, or what segments say of their age, may be others without
    /// anything happening.
    pub fn wakes_on(&self, segments: &Segments, figures: &Figures) -> Option<i32> {
        let today = figures.today;
        let named = self.items.values().chain(self.done.values()).flatten();
        let days = self.days.iter().map(|own| own.0);
        let days = days.chain(named.map(|own| own.0));
        let windows = days.flat_map(|day| WINDOWS.map(|window| day + i32::from(window)));
        let ages = segments.turns().iter().filter_map(|(plain, after)| {
            let day = i64::from(today).max(figures.plain(*plain)?.saturating_add(*after));
            i32::try_from(day).ok()
        });
        let daily = segments.turn_daily().then_some(today + 1);
        windows
            .chain(ages)
            .chain(daily)
            .filter(|day| *day > today)
            .min()
    }
}

/// The windows: place, and the last day that is not in it any more.
fn windows(today: i32) -> impl Iterator<Item = (u8, i32)> {
    (0_u8..).zip(WINDOWS.map(|days| today - i32::from(days)))
}

/// What the wallet itself knows.
fn known_by_wallet(figures: &mut Figures, program: &Program, wallet: &Wallet) {
    tier_id(program, wallet.tier.name).clone_into(&mut figures.tier);
    let plan = wallet.plan_at(wallet.clock);
    let plan = plan.and_then(|name| program.plan_named(name));
    figures.plan = plan.map_or(String::new(), |plan| plan.id.clone());
    for points in &program.points {
        let balance = wallet.available(points.name, wallet.clock);
        figures.name(Named::Balance(points.id.clone()), balance);
    }
    let consents = wallet.engagement.iter().flat_map(|own| &own.consents);
    for consent in consents.filter(|consent| consent.given) {
        let mut declared = program.activities.iter();
        if let Some(rule) = declared.find(|rule| rule.name == consent.purpose) {
            figures.name(Named::Consent(rule.id.clone()), 1);
        }
    }
    for attribute in &program.attributes {
        let value = wallet.attribute(attribute.name);
        if !value.is_empty() {
            let of = TextFigure::Attribute(attribute.id.clone());
            figures.texts.insert(of, value.to_owned());
        }
    }
}

fn add(days: &mut Vec<(i32, i64)>, day: i32, by: i64) {
    match days.binary_search_by_key(&day, |own| own.0) {
        Ok(at) => days[at].1 = days[at].1.saturating_add(by),
        Err(at) => days.insert(at, (day, by)),
    }
}

fn earlier(one: Option<i32>, other: Option<i32>) -> Option<i32> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// What came back, in the currency of the order.
fn returned(outcome: &Outcome) -> i64 {
    let lines = outcome.changes.iter().map(|change| match change {
        Change::LineRefunded { amount, .. } => *amount,
        _ => 0,
    });
    lines.sum()
}

/// An amount in the program's currency, at its rates, halves to even.
/// An amount in the currency of the program; nothing where it names no rate.
pub fn in_own(program: &Program, currency: Currency, amount: i64) -> i64 {
    if currency == program.currency {
        return amount;
    }
    let rate = program.rates.iter().find(|(own, _)| *own == currency);
    rate.map_or(0, |(_, rate): &(Currency, Ratio)| {
        rate.of(amount, Rounding::HalfEven)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_bought_is_read_from_the_portrait_day_by_day_and_in_windows() {
        let portrait = Portrait {
            days: vec![(10, 1, 500), (12, 2, 900), (13, 0, -200), (20, 1, 50)],
            gone: true,
            ..Portrait::default()
        };
        let json = serde_json::to_string(&portrait).expect("is written");
        let bought: Bought = serde_json::from_str(&json).expect("is read");
        assert!(bought.gone);
        assert_eq!(bought.within(10, 3), (3, 1400));
        assert_eq!(bought.within(11, 9), (2, 700));
        assert_eq!(bought.within(21, 100), (0, 0));
        let days: Vec<_> = bought.by_day(9, 5).collect();
        assert_eq!(days, [(0, 0), (1, 500), (0, 0), (2, 900), (0, -200)]);
        let sum = |first, days| {
            let own = bought.by_day(first, days);
            own.fold((0, 0), |sum, own| (sum.0 + own.0, sum.1 + own.1))
        };
        for first in 5..25 {
            assert_eq!(sum(first, 6), bought.within(first, 6));
        }
    }
}
