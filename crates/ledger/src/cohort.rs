//! Cohorts: in which month points came in, and what became of those of each month.
//!
//! Lots hold points on the same terms as one number. Here each part of a lot keeps the month in which
//! it came in; of a lot, what came first leaves first. What comes back (a redemption that is
//! cancelled) is taken out of what was redeemed again, in the month in which it was.

use crate::{Account, Dates, Posting};
use regulars_base::{Name, Timestamp};
use std::collections::BTreeMap;

/// What became of points that came in in one month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cohort {
    /// How many came in (earned, given by hand, from other wallets), less what was taken back.
    pub issued: i64,
    /// How many lapsed.
    pub expired: i64,
    /// How many were redeemed, by month.
    pub redeemed: BTreeMap<i32, i64>,
    /// How many are still there.
    pub open: i64,
}

/// Cohorts by kind of points and month.
pub type Cohorts = BTreeMap<(Name, i32), Cohort>;

/// Points of one month, in a lot.
type Parts = Vec<(i32, i64)>;
type Lots = BTreeMap<(Name, Dates), Parts>;
/// Points that left: of which month they were, and in which they left.
type Left = BTreeMap<(Name, Dates), Vec<(i32, i32, i64)>>;

/// The points of one wallet by month, posting after posting.
#[derive(Clone, Debug, Default)]
pub struct Months {
    wallet: Lots,
    held: Lots,
    redeemed: Left,
    expired: Left,
}

impl Months {
    /// Counts a posting that became true in `month`.
    pub fn post(&mut self, posting: &Posting, month: i32, cohorts: &mut Cohorts) {
        let (points, key) = (posting.points, (posting.points, posting.dates));
        let parts = match posting.from {
            Account::Wallet => take_of(&mut self.wallet, key, posting.amount),
            Account::Held => take_of(&mut self.held, key, posting.amount),
            Account::Redeemed => give_back(
                &mut self.redeemed,
                key,
                posting.amount,
                |cohort, when, amount| {
                    let cohort = cohorts.entry((points, cohort)).or_default();
                    *cohort.redeemed.entry(when).or_default() -= amount;
                    cohort.open += amount;
                },
            ),
            Account::Expired => give_back(
                &mut self.expired,
                key,
                posting.amount,
                |cohort, _, amount| {
                    let cohort = cohorts.entry((points, cohort)).or_default();
                    cohort.expired -= amount;
                    cohort.open += amount;
                },
            ),
            _ => Parts::new(),
        };
        let known: i64 = parts.iter().map(|part| part.1).sum();
        // What nobody knows the month of comes in now: new points, and those of other wallets.
        let new = (posting.amount - known > 0).then_some((month, posting.amount - known));
        let stays = |account| matches!(account, Account::Wallet | Account::Held);
        if stays(posting.to) {
            if let Some((month, amount)) = new {
                let cohort = cohorts.entry((points, month)).or_default();
                cohort.issued += amount;
                cohort.open += amount;
            }
            let lots = match posting.to {
                Account::Held => &mut self.held,
                _ => &mut self.wallet,
            };
            lots.entry(key)
                .or_default()
                .extend(parts.into_iter().chain(new));
            return;
        }
        for (of, amount) in parts {
            let cohort = cohorts.entry((points, of)).or_default();
            cohort.open -= amount;
            match posting.to {
                Account::Redeemed => {
                    *cohort.redeemed.entry(month).or_default() += amount;
                    self.redeemed
                        .entry(key)
                        .or_default()
                        .push((of, month, amount));
                }
                Account::Expired => {
                    cohort.expired += amount;
                    self.expired
                        .entry(key)
                        .or_default()
                        .push((of, month, amount));
                }
                // Taken back, sent on, or used to pay a debt: never to be redeemed from here.
                _ => cohort.issued -= amount,
            }
        }
    }

    /// Points of a lot have other terms from now on.
    pub fn redate(&mut self, points: Name, from: Dates, to: Dates) {
        let parts = self.wallet.remove(&(points, from)).unwrap_or_default();
        self.wallet.entry((points, to)).or_default().extend(parts);
    }

    /// Points that were pending are free, if they could be spent by `until`.
    pub fn release(&mut self, points: Name, until: Timestamp) {
        let of = |(name, dates): &&(Name, Dates)| *name == points && dates.available_at <= until;
        let free: Vec<(Name, Dates)> = self.wallet.keys().filter(of).copied().collect();
        for (points, from) in free {
            let available_at = Timestamp::FIRST;
            self.redate(
                points,
                from,
                Dates {
                    available_at,
                    ..from
                },
            );
        }
    }
}

/// Takes so many points out of a lot; where it has fewer (terms may have changed since), out of others
/// of the same points.
fn take_of(lots: &mut Lots, key: (Name, Dates), amount: i64) -> Parts {
    let mut taken = Parts::new();
    let others: Vec<(Name, Dates)> = lots.keys().filter(|it| it.0 == key.0).copied().collect();
    for key in std::iter::once(key).chain(others) {
        let known: i64 = taken.iter().map(|part| part.1).sum();
        if let Some(parts) = lots.get_mut(&key).filter(|_| known < amount) {
            taken.extend(take(parts, amount - known));
        }
    }
    taken
}

/// Takes so many points out, the oldest first.
fn take(parts: &mut Parts, mut amount: i64) -> Parts {
    parts.sort_by_key(|part| part.0);
    let mut taken = Parts::new();
    while amount > 0 && !parts.is_empty() {
        let part = &mut parts[0];
        let now = part.1.min(amount);
        taken.push((part.0, now));
        part.1 -= now;
        amount -= now;
        if part.1 == 0 {
            parts.remove(0);
        }
    }
    taken
}

/// Takes so many points back that had left a lot, what left last first; where fewer had (terms may have
/// changed since), others of the same points.
fn give_back(
    left: &mut Left,
    key: (Name, Dates),
    mut amount: i64,
    mut each: impl FnMut(i32, i32, i64),
) -> Parts {
    let mut back = Parts::new();
    let others: Vec<(Name, Dates)> = left.keys().filter(|it| it.0 == key.0).copied().collect();
    for key in std::iter::once(key).chain(others) {
        let Some(left) = left.get_mut(&key) else {
            continue;
        };
        while let Some(last) = left.last_mut().filter(|_| amount > 0) {
            let now = last.2.min(amount);
            each(last.0, last.1, now);
            back.push((last.0, now));
            last.2 -= now;
            amount -= now;
            if last.2 == 0 {
                left.pop();
            }
        }
    }
    back
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posting(from: Account, to: Account, amount: i64) -> Posting {
        Posting {
            points: Name::of("beans"),
            from,
            to,
            amount,
            dates: Dates::OPEN,
            effective_at: Timestamp::FIRST,
        }
    }

    #[test]
    fn each_month_foots() {
        use Account::{Adjusted, Debt, Expired, Held, Issued, Redeemed, Wallet};
        let (mut months, mut cohorts) = (Months::default(), Cohorts::new());
        for (from, to, amount, month) in [
            (Issued, Wallet, 100, 1),
            (Issued, Wallet, 50, 2),
            // The oldest are spent first: 100 of January, 10 of February.
            (Wallet, Held, 110, 3),
            (Held, Redeemed, 110, 3),
            // 30 come back: those that were spent last, 10 of February and 20 of January.
            (Redeemed, Wallet, 30, 4),
            (Wallet, Issued, 5, 4),
            (Wallet, Expired, 15, 5),
            // Taken back although spent; what comes in next pays it and is nobody's.
            (Debt, Issued, 7, 5),
            (Adjusted, Wallet, 40, 6),
            (Wallet, Debt, 7, 6),
        ] {
            months.post(&posting(from, to, amount), month, &mut cohorts);
        }
        let cohort = |month| &cohorts[&(Name::of("beans"), month)];
        for month in [1, 2, 6] {
            let it = cohort(month);
            let redeemed: i64 = it.redeemed.values().sum();
            assert_eq!(
                it.issued,
                redeemed + it.expired + it.open,
                "{month}: {it:?}"
            );
        }
        assert_eq!(cohort(1).redeemed, BTreeMap::from([(3, 80)]));
        assert_eq!(cohort(2).redeemed, BTreeMap::from([(3, 0)]));
        let open: i64 = cohorts.values().map(|it| it.open).sum();
        // 150 in, 80 spent, 5 and 7 taken back, 15 lapsed, 40 given.
        assert_eq!(open, 150 - 80 - 5 - 15 + 40 - 7);
    }
}
