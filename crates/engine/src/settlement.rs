//! Settlement: what partners owe each other for a period, added up from their entries.
//!
//! *In March the bakery gave points for 210 EUR and took points for 150 EUR; the filling station gave
//! for 90 EUR and took for 180 EUR. The bakery owes 60 EUR, the filling station has 90 EUR coming, and
//! the operator, who keeps what nobody spends, pays the difference. One payment each, not one for
//! every pair and direction.*
//!
//! All is added up exactly, from the first entry on, and rounded once: each party's position is
//! rounded down to the smallest coin, and the coins that are left go to the largest remainders, so
//! that all positions add up to zero. What a period comes to is what the rounded sum grew by, so
//! nothing is lost between periods either. A closed period is what was put down when it was closed:
//! what is booked into its days later counts for the next.

mod netting;

pub use netting::{Payment, net};

use crate::event::{ClosedSum, Closing, Event, Kind, PartnerMove, Role, SumKey};
use crate::outcome::{Change, Outcome, PartnerEntry};
use crate::program::partner::MICROS;
use regulars_base::{Name, Rounding, Text, Timestamp, to_whole};
use std::collections::BTreeMap;

/// Sums by what is added up.
type Sums = BTreeMap<SumKey, Sum>;

/// Points, and money in millionths of a minor unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    points: i64,
    micros: i128,
}

/// Adds up what was booked, event by event, in any order.
#[derive(Clone, Debug)]
pub struct Settling {
    from: Timestamp,
    until: Timestamp,
    /// All that was booked before the period.
    before: Sums,
    /// All that was booked until its end.
    upto: Sums,
    closings: Vec<Closing>,
}

/// What all parties owe for a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The first moment of the period.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
    /// Whether it is closed: then it does not change any more.
    pub closed: bool,
    /// Each party: the operator first, then partners by name.
    pub parties: Vec<Party>,
    /// Who pays whom: as few payments as the positions need.
    pub payments: Vec<Payment>,
}

/// What a party owes for a period, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Which partner; nobody for the operator.
    pub partner: Option<Name>,
    /// Its figures, each of which is a sum of entries.
    pub lines: Vec<Line>,
    /// What the figures, each rounded on its own, are away from the position.
    pub rounding: i64,
    /// What it has coming (owes, below zero), in minor units.
    pub position: i64,
    /// What it had paid ahead and not used before and after, in millionths of a minor unit.
    pub ahead: (i128, i128),
}

/// A figure of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// As what it is told.
    pub role: Role,
    /// What happened.
    pub what: PartnerMove,
    /// Which points, if any.
    pub points: Option<Name>,
    /// Whether it concerns what was paid ahead, not the position.
    pub ahead: bool,
    /// How many points.
    pub amount: i64,
    /// Money, exactly, in millionths of a minor unit.
    pub micros: i128,
    /// Part of it that was booked into closed periods after they were closed.
    pub late: i128,
}

impl Line {
    /// Money in minor units, to the nearest.
    pub fn minor(&self) -> i64 {
        minor(self.micros)
    }
}

/// Millionths of a minor unit as minor units: to the nearest, a half to the even neighbour.
pub fn minor(micros: i128) -> i64 {
    Rounding::HalfEven.divide_clamped(micros, MICROS.into())
}

/// What an entry adds to which sums.
pub fn keys(entry: &PartnerEntry) -> impl Iterator<Item = (SumKey, i64)> {
    let own = SumKey {
        party: entry.partner,
        role: Role::Party,
        what: entry.what,
        points: entry.points,
        ahead: entry.ahead,
    };
    let at_a_till = matches!(entry.what, PartnerMove::Redeemed | PartnerMove::Returned);
    let funded = SumKey {
        party: entry.funder,
        role: Role::Funder,
        ahead: false,
        ..own
    };
    let funded = (at_a_till && entry.funder.is_some()).then_some((funded, 0));
    [(own, entry.micros)].into_iter().chain(funded)
}

impl Settling {
    /// Of the period from one moment to another.
    pub fn new(from: Timestamp, until: Timestamp) -> Self {
        Self {
            from,
            until,
            before: Sums::new(),
            upto: Sums::new(),
            closings: Vec::new(),
        }
    }

    /// Adds what an event came to.
    pub fn take(&mut self, event: &Event, outcome: &Outcome) {
        if let Kind::PeriodClosed(closing) = &event.kind {
            self.closings.push((**closing).clone());
        }
        for change in &outcome.changes {
            if let Change::PartnerBooked(entry) = change {
                self.book(entry, event.recorded_at);
            }
        }
    }

    fn book(&mut self, entry: &PartnerEntry, at: Timestamp) {
        for (key, micros) in keys(entry) {
            if at < self.from {
                self.before.entry(key).or_default().add(entry, micros);
            }
            if at < self.until {
                self.upto.entry(key).or_default().add(entry, micros);
            }
        }
    }

    /// The last period that was closed before this one.
    fn last_closed(&self) -> Option<&Closing> {
        let before = self
            .closings
            .iter()
            .filter(|closing| closing.until <= self.from);
        before.max_by_key(|closing| closing.until)
    }

    /// How many periods were closed so far.
    pub fn closed_count(&self) -> usize {
        self.closings.len()
    }

    /// The end of the last period that was closed at all.
    pub fn closed_until(&self) -> Option<Timestamp> {
        self.closings.iter().map(|closing| closing.until).max()
    }

    /// Whether something was booked before the period.
    pub fn has_earlier(&self) -> bool {
        !self.before.is_empty()
    }

    /// What the period comes to.
    pub fn settle(&self) -> Settlement {
        let is = |closing: &&Closing| (closing.from, closing.until) == (self.from, self.until);
        let closed = self.closings.iter().find(is);
        let (upto, ends) = match closed {
            Some(closing) => (of_closed(closing), closing.positions.clone()),
            None => (self.upto.clone(), positions(&self.upto)),
        };
        let last = self.last_closed();
        // Without a closed period right before it, a period is told by its own days alone.
        let joins = last.is_some_and(|last| last.until == self.from);
        let (base, starts) = match last.filter(|_| closed.is_some() || joins) {
            Some(closing) => (of_closed(closing), closing.positions.clone()),
            None if closed.is_some() => (Sums::new(), Vec::new()),
            None => (self.before.clone(), positions(&self.before)),
        };
        let late = match closed {
            Some(_) => Sums::new(),
            None => difference(&self.before, &base),
        };
        let (upto, base) = (with_shares(upto), with_shares(base));
        let lines = difference(&upto, &base);
        let start = |of: Option<Name>| {
            let own = starts.iter().find(|(party, _)| *party == of);
            own.map_or(0, |(_, minor)| *minor)
        };
        let parties: Vec<Party> = ends
            .iter()
            .map(|(partner, end)| {
                let ahead = (paid_ahead(&base, *partner), paid_ahead(&upto, *partner));
                party(*partner, end - start(*partner), ahead, &lines, &late)
            })
            .collect();
        let owed = parties.iter().map(|party| (party.partner, party.position));
        Settlement {
            from: self.from,
            until: self.until,
            closed: closed.is_some(),
            payments: net(owed.collect()),
            parties,
        }
    }

    /// The event that closes the period.
    pub fn closing(&self, period: Text, by: Text) -> Closing {
        let sum = |(of, sum): (&SumKey, &Sum)| ClosedSum {
            of: *of,
            points: sum.points,
            micros: sum.micros,
        };
        Closing {
            period,
            from: self.from,
            until: self.until,
            sums: self.upto.iter().map(sum).collect(),
            positions: positions(&self.upto),
            by,
        }
    }
}

impl Sum {
    fn add(&mut self, entry: &PartnerEntry, micros: i64) {
        self.points = self.points.saturating_add(entry.amount);
        self.micros += i128::from(micros);
    }
}

fn of_closed(closing: &Closing) -> Sums {
    let sum = |closed: &ClosedSum| {
        let sum = Sum {
            points: closed.points,
            micros: closed.micros,
        };
        (closed.of, sum)
    };
    closing.sums.iter().map(sum).collect()
}

/// What `upto` has that `base` has not.
fn difference(upto: &Sums, base: &Sums) -> Sums {
    let mut rest = upto.clone();
    for (key, sum) in base {
        let own = rest.entry(*key).or_default();
        own.points -= sum.points;
        own.micros -= sum.micros;
    }
    rest.retain(|_, sum| (sum.points, sum.micros) != (0, 0));
    rest
}

/// With the parts of what lapsed points had cost that are divided among all partners.
fn with_shares(mut sums: Sums) -> Sums {
    for (partner, micros) in shares(&sums) {
        let key = SumKey {
            party: Some(partner),
            role: Role::Party,
            what: PartnerMove::Share,
            points: None,
            ahead: false,
        };
        sums.insert(key, Sum { points: 0, micros });
    }
    sums
}

/// Each partner's part of what lapsed points had cost: in proportion to what it has paid for points,
/// rounded down to the millionth.
fn shares(sums: &Sums) -> Vec<(Name, i128)> {
    let pooled = sums
        .iter()
        .filter(|(key, _)| key.what == PartnerMove::Pooled);
    let pooled: i128 = pooled.map(|(_, sum)| sum.micros).sum();
    if pooled == 0 {
        return Vec::new();
    }
    let mut paid: BTreeMap<Name, i128> = BTreeMap::new();
    for (key, sum) in sums {
        let pays = matches!(key.what, PartnerMove::Issued | PartnerMove::TakenBack);
        if let (Some(partner), true, Role::Party) = (key.party, pays, key.role) {
            *paid.entry(partner).or_default() -= sum.micros;
        }
    }
    paid.retain(|_, micros| *micros > 0);
    let all: i128 = paid.values().sum();
    let share = |(partner, micros): (Name, i128)| (partner, pooled * micros / all.max(1));
    paid.into_iter().map(share).collect()
}

/// What each party has coming, in minor units; they add up to zero.
fn positions(sums: &Sums) -> Vec<(Option<Name>, i64)> {
    let mut exact: BTreeMap<Option<Name>, i128> = BTreeMap::from([(None, 0)]);
    for (key, sum) in sums {
        if let (Some(partner), Role::Party) = (key.party, key.role) {
            let owed = exact.entry(Some(partner)).or_default();
            *owed += if key.ahead { 0 } else { sum.micros };
        }
    }
    for (partner, micros) in shares(sums) {
        *exact.entry(Some(partner)).or_default() += micros;
    }
    let all: i128 = exact.values().sum();
    exact.insert(None, -all);
    let parts: Vec<i128> = exact.values().copied().collect();
    let whole = to_whole(&parts, MICROS.into());
    exact.into_keys().zip(whole).collect()
}

fn paid_ahead(sums: &Sums, partner: Option<Name>) -> i128 {
    let own = |key: &SumKey| key.ahead && key.party == partner && key.role == Role::Party;
    let own = sums.iter().filter(|(key, _)| own(key));
    own.map(|(_, sum)| sum.micros).sum()
}

fn party(
    partner: Option<Name>,
    position: i64,
    ahead: (i128, i128),
    lines: &Sums,
    late: &Sums,
) -> Party {
    let own = lines.iter().filter(|(key, _)| key.party == partner);
    let mut lines: Vec<Line> = own
        .map(|(key, sum)| Line {
            role: key.role,
            what: key.what,
            points: key.points,
            ahead: key.ahead,
            amount: sum.points,
            micros: sum.micros,
            late: late.get(key).map_or(0, |sum| sum.micros),
        })
        .collect();
    lines.sort_by_key(|line| (line.ahead, line.role, line.what, line.points));
    let counted = lines.iter().filter(|line| !line.ahead);
    let rounded: i64 = counted.map(Line::minor).sum();
    // The operator's position is the other side of everybody's: it is no sum of its own lines.
    let rounding = match partner {
        Some(_) => position - rounded,
        None => 0,
    };
    Party {
        partner,
        lines,
        rounding,
        position,
        ahead,
    }
}
