//! One wallet's points of one currency, and the few ways in which they may move.
//!
//! Each way is a function that returns the postings and changes nothing; [`Book::post`] is the
//! only thing that moves a book. So what was decided can be written down before it is done, and
//! done again from what was written.

use crate::{Account, Dates, Lot, Posting, Postings};
use regulars_base::{Name, Timestamp, largest_remainder};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A wallet's points of one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    /// Which points.
    pub points: Name,
    /// What is there, by expiry; no lot is empty, no two have the same terms.
    pub lots: Vec<Lot>,
    /// Set aside for redemptions that are not committed yet.
    pub held: i64,
    /// What the wallet owes, as a number above or equal to zero.
    pub debt: i64,
}

/// What to do about points that should be taken back and are no longer there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AlreadySpent {
    /// The wallet owes them; the next points repay.
    #[default]
    GoNegative,
    /// The program bears them, and the books say so (account `shortfall`).
    StopAtZero,
    /// Only points that are still pending are taken back; the program bears the rest, also where
    /// there would be free points to take.
    PendingOnly,
}

/// Which lots are spent first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SpendOrder {
    /// Those that lapse first; among equals those that were free first.
    #[default]
    SoonestExpiry,
    /// Those that were free first; among equals those that lapse first.
    OldestFirst,
}

/// Whose points are spent first, where several partners share a currency. Within that, lots are
/// spent in their [`SpendOrder`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Whoever funds them: only dates count.
    #[default]
    Any,
    /// Those of this funder, then the others.
    First(Option<Name>),
    /// Of each funder's the share that they make up of what is free, to the point: who has the
    /// largest remainder gives one more.
    Proportional,
}

impl Book {
    /// With nothing in it.
    pub const fn new(points: Name) -> Self {
        Self {
            points,
            lots: Vec::new(),
            held: 0,
            debt: 0,
        }
    }

    /// What may be spent at `now`; below zero while the wallet owes more than it has.
    pub fn available(&self, now: Timestamp) -> i64 {
        let free = |lot: &&Lot| lot.dates.available(now);
        self.lots
            .iter()
            .filter(free)
            .map(|lot| lot.points)
            .sum::<i64>()
            - self.debt
    }

    /// What is the member's, but not free at `now` yet.
    pub fn pending(&self, now: Timestamp) -> i64 {
        let pending = |lot: &&Lot| now < lot.dates.available_at && now < lot.dates.expires_at;
        self.lots.iter().filter(pending).map(|lot| lot.points).sum()
    }

    /// Everything in the lots, free or not.
    pub fn total(&self) -> i64 {
        self.lots.iter().map(|lot| lot.points).sum()
    }

    /// Points come in from `from` on terms `dates`: first they repay what is owed, the rest forms
    /// a lot.
    pub fn issue(
        &self,
        from: Account,
        amount: i64,
        dates: Dates,
        effective_at: Timestamp,
        out: &mut Postings,
    ) {
        let repaid = amount.min(self.debt);
        for (to, amount) in [(Account::Debt, repaid), (Account::Wallet, amount - repaid)] {
            self.write(from, to, amount, dates, effective_at, out);
        }
    }

    /// Points leave for `to` (spent, held, adjusted), lot by lot in `order`, of whom `origin` says.
    /// `false`, and nothing written, if fewer than `amount` are available.
    pub fn spend(
        &self,
        (to, amount): (Account, i64),
        (order, origin): (SpendOrder, Origin),
        now: Timestamp,
        out: &mut Postings,
    ) -> bool {
        if self.available(now) < amount {
            return false;
        }
        let mut rest = amount;
        let pay = |lot: &Lot| {
            let part = rest.min(lot.points);
            self.write(Account::Wallet, to, part, lot.dates, now, out);
            rest -= part;
        };
        let free = self.lots.iter().filter(|lot| lot.dates.available(now));
        match (order, origin) {
            (SpendOrder::SoonestExpiry, Origin::Any) => free.for_each(pay),
            _ => self
                .in_order((order, origin), amount, now)
                .iter()
                .for_each(pay),
        }
        true
    }

    /// What is free at `now` in the order in which it is spent, cut to what each may give.
    fn in_order(
        &self,
        (order, origin): (SpendOrder, Origin),
        amount: i64,
        now: Timestamp,
    ) -> Vec<Lot> {
        let free = self.lots.iter().filter(|lot| lot.dates.available(now));
        let mut lots: Vec<Lot> = free.copied().collect();
        if order == SpendOrder::OldestFirst {
            lots.sort_by_key(|lot| (lot.dates.available_at, lot.dates.expires_at));
        }
        match origin {
            Origin::Any => {}
            Origin::First(own) => lots.sort_by_key(|lot| lot.dates.funder != own),
            Origin::Proportional => {
                let mut left = shares(&lots, amount);
                for lot in &mut lots {
                    let left = left.entry(lot.dates.funder).or_default();
                    lot.points = lot.points.min(*left);
                    *left -= lot.points;
                }
            }
        }
        lots
    }

    /// What lapsed by `now` leaves, each lot at its own moment.
    pub fn expire(&self, now: Timestamp, out: &mut Postings) {
        for lot in self
            .lots
            .iter()
            .take_while(|lot| lot.dates.expires_at <= now)
        {
            let lapsed_at = lot.dates.expires_at;
            self.write(
                Account::Wallet,
                Account::Expired,
                lot.points,
                lot.dates,
                lapsed_at,
                out,
            );
        }
    }

    /// All points leave, whatever their terms: the wallet was idle for too long.
    pub fn expire_all(&self, at: Timestamp, out: &mut Postings) {
        for lot in &self.lots {
            self.write(
                Account::Wallet,
                Account::Expired,
                lot.points,
                lot.dates,
                at,
                out,
            );
        }
    }

    /// Points that were earned are taken back into `to`: from the lot they made (`dates`) first,
    /// then from the others by expiry, pending ones too; what is no longer there is owed, or borne
    /// by the program. Of the same dates, those of the same funder come first.
    pub fn take_back(
        &self,
        to: Account,
        amount: i64,
        dates: Dates,
        already_spent: AlreadySpent,
        now: Timestamp,
        out: &mut Postings,
    ) {
        let mut rest = amount;
        // A lot that was pending when it was made may have been released since.
        let own = |lot: &&Lot| {
            lot.dates.expires_at == dates.expires_at
                && lot.dates.funder == dates.funder
                && (lot.dates.available_at == dates.available_at
                    || lot.dates.available_at == Timestamp::FIRST)
        };
        let may =
            |lot: &&Lot| already_spent != AlreadySpent::PendingOnly || now < lot.dates.available_at;
        let first = self.lots.iter().filter(own).filter(may).rev();
        let others = |lot: &&Lot| !own(lot) && lot.dates.expires_at > now;
        let then = self.lots.iter().filter(others).filter(may);
        for lot in first.chain(then) {
            let part = rest.min(lot.points);
            self.write(Account::Wallet, to, part, lot.dates, now, out);
            rest -= part;
        }
        let bearer = match already_spent {
            AlreadySpent::GoNegative => Account::Debt,
            AlreadySpent::StopAtZero | AlreadySpent::PendingOnly => Account::Shortfall,
        };
        self.write(bearer, to, rest, dates, now, out);
    }

    fn write(
        &self,
        from: Account,
        to: Account,
        amount: i64,
        dates: Dates,
        effective_at: Timestamp,
        out: &mut Postings,
    ) {
        if amount > 0 {
            out.push(Posting {
                points: self.points,
                from,
                to,
                amount,
                dates,
                effective_at,
            });
        }
    }

    /// Moves the book. The posting must be of these points and possible here, as those that this
    /// book returned are.
    pub fn post(&mut self, posting: &Posting) {
        assert!(
            posting.points == self.points && posting.amount > 0,
            "a posting of these points"
        );
        match posting.from {
            Account::Wallet => self.remove(posting.dates, posting.amount),
            Account::Held => self.held -= posting.amount,
            Account::Debt => self.debt += posting.amount,
            _ => {}
        }
        match posting.to {
            Account::Wallet => self.add(posting.dates, posting.amount),
            Account::Held => self.held += posting.amount,
            Account::Debt => self.debt -= posting.amount,
            _ => {}
        }
        assert!(
            self.held >= 0 && self.debt >= 0,
            "holds and debts are never below zero"
        );
    }

    /// Pending lots that are free by `now` join those that always were. Moves no points.
    pub fn release(&mut self, now: Timestamp) {
        let mut at = 0;
        while at < self.lots.len() {
            let Lot { dates, points } = self.lots[at];
            if dates.available_at > Timestamp::FIRST && dates.available_at <= now {
                self.lots.remove(at);
                self.add(
                    Dates {
                        available_at: Timestamp::FIRST,
                        ..dates
                    },
                    points,
                );
                // It moved to before `at` or joined a lot there: what is at `at` now is the next.
                at = self.lots.partition_point(|lot| lot.dates < dates);
            } else {
                at += 1;
            }
        }
    }

    /// A lot has other terms; it joins the lot that has them already. Moves no points.
    pub fn redate(&mut self, from: Dates, to: Dates) {
        let own = self.lots.iter().find(|lot| lot.dates == from);
        if let Some(points) = own.map(|lot| lot.points) {
            self.remove(from, points);
            self.add(to, points);
        }
    }

    /// Whether [`Book::release`] would do anything.
    #[inline]
    pub fn has_released(&self, now: Timestamp) -> bool {
        let released = |at: Timestamp| at > Timestamp::FIRST && at <= now;
        self.lots.iter().any(|lot| released(lot.dates.available_at))
    }

    fn add(&mut self, dates: Dates, points: i64) {
        // What is earned now lapses last, as a rule.
        match self.lots.last_mut() {
            Some(last) if last.dates == dates => last.points += points,
            Some(last) if last.dates > dates => self.add_between(dates, points),
            _ => self.lots.push(Lot { dates, points }),
        }
    }

    fn add_between(&mut self, dates: Dates, points: i64) {
        match self.lots.binary_search_by_key(&dates, |lot| lot.dates) {
            Ok(at) => self.lots[at].points += points,
            Err(at) => self.lots.insert(at, Lot { dates, points }),
        }
    }

    fn remove(&mut self, dates: Dates, points: i64) {
        let at = self
            .lots
            .binary_search_by_key(&dates, |lot| lot.dates)
            .expect("a posting out of a wallet names a lot that is there");
        self.lots[at].points -= points;
        match self.lots[at].points {
            0 => drop(self.lots.remove(at)),
            left => assert!(left > 0, "a lot never goes below zero"),
        }
    }
}

/// Divides `amount` among the funders of `lots` in proportion to what each has there. Each gets its
/// share rounded down; what is left goes, point by point, to the largest remainders, of equal ones
/// to the first by name. The debt may make `amount` less than there is, never more.
fn shares(lots: &[Lot], amount: i64) -> BTreeMap<Option<Name>, i64> {
    let mut has: BTreeMap<Option<Name>, i64> = BTreeMap::new();
    for lot in lots {
        *has.entry(lot.dates.funder).or_default() += lot.points;
    }
    let parts: Vec<i64> = has.values().copied().collect();
    let shares = largest_remainder(amount, &parts);
    has.into_keys().zip(shares).collect()
}
