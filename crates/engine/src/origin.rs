//! Where points that a member has came from: each movement is followed from the entry that brought the
//! points to the lot in which they lie.
//!
//! *Ana has 120 beans: 80 of the order of 3 May, 30 of the order of 9 May, 10 for a friend.*
//!
//! Lots hold points on the same terms as one number. Of a lot, what came first is spent first; a
//! take-back takes what the same order, or the same friend, brought, as long as it is there.

use crate::event::{Event, Kind};
use crate::outcome::Change;
use regulars_base::{MemberId, Name, Text, Timestamp};
use regulars_ledger::{Account, Dates, Posting};
use std::collections::BTreeMap;

/// Points of one entry that are still there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Which points.
    pub points: Name,
    /// On which terms.
    pub dates: Dates,
    /// How many.
    pub amount: i64,
    /// The entry that brought them: its place among those that were followed.
    pub entry: usize,
}

/// Lots, each as the entries that brought it, and how much each brought, in their order.
type Lots = BTreeMap<(Name, Dates), Vec<(usize, i64)>>;

/// What points were given for, and are taken back for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Cause {
    Order(Text),
    Friend(MemberId),
}

/// Points that are still there, where they are, in order of the entries that brought them.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    causes: Vec<Option<Cause>>,
    wallet: Lots,
    held: Lots,
}

impl Origins {
    /// Follows the next entry of the member, from the first one on.
    pub fn follow(&mut self, event: &Event, changes: &[Change]) {
        self.causes.push(cause(event));
        for change in changes {
            match change {
                Change::Posted(posting) => self.post(posting),
                Change::Released { points, until } => self.release(*points, *until),
                Change::Redated { points, from, to } => self.redate((*points, *from), *to),
                _ => {}
            }
        }
    }

    /// What of these points is there at `now`: first what may be spent, then what is not free yet;
    /// within each what lapses first.
    pub fn there(&self, points: Name, now: Timestamp) -> Vec<Piece> {
        let own = self.wallet.iter();
        let own = own.filter(|((of, dates), _)| *of == points && now < dates.expires_at);
        let mut pieces: Vec<Piece> = own.flat_map(|(lot, pieces)| of_lot(*lot, pieces)).collect();
        pieces.sort_by_key(|piece| (piece.dates.available_at > now, piece.dates, piece.entry));
        // What several rules gave for one order on the same terms is one piece.
        pieces.dedup_by(|next, kept| {
            let same = (next.entry, next.dates) == (kept.entry, kept.dates);
            if same {
                kept.amount += next.amount;
            }
            same
        });
        pieces
    }

    /// How many points lie in each lot: what the wallet's books say, if nothing was lost on the way.
    pub fn lots(&self) -> BTreeMap<(Name, Dates), i64> {
        let sum = |pieces: &[(usize, i64)]| pieces.iter().map(|(_, amount)| amount).sum();
        let lots = self.wallet.iter().map(|(lot, pieces)| (*lot, sum(pieces)));
        lots.filter(|(_, amount)| *amount != 0).collect()
    }

    fn post(&mut self, posting: &Posting) {
        let taken = self.take(posting);
        let to = match posting.to {
            Account::Wallet => &mut self.wallet,
            Account::Held => &mut self.held,
            _ => return,
        };
        let lot = to.entry((posting.points, posting.dates)).or_default();
        lot.extend(taken);
        lot.sort_by_key(|(entry, _)| *entry);
    }

    /// Takes what a posting moves out of where it was, or says that this entry brings it.
    fn take(&mut self, posting: &Posting) -> Vec<(usize, i64)> {
        let entry = self.causes.len() - 1;
        let (from, lot) = match posting.from {
            Account::Wallet => (&mut self.wallet, (posting.points, posting.dates)),
            Account::Held => {
                let held = (posting.points, posting.dates);
                let lot = held_lot(&self.held, held);
                (&mut self.held, lot)
            }
            _ => return vec![(entry, posting.amount)],
        };
        let Some(pieces) = from.get_mut(&lot) else {
            return Vec::new();
        };
        // A stable sort: what is of the same cause comes first, else the oldest.
        if let (Some(own), Account::Issued) = (&self.causes[entry], posting.to) {
            let causes = &self.causes;
            pieces.sort_by_key(|(entry, _)| causes[*entry].as_ref() != Some(own));
        }
        let mut left = posting.amount;
        let mut taken = Vec::new();
        for (origin, amount) in pieces.iter_mut() {
            let part = left.min(*amount);
            if part > 0 {
                taken.push((*origin, part));
                *amount -= part;
                left -= part;
            }
        }
        pieces.retain(|(_, amount)| *amount > 0);
        pieces.sort_by_key(|(origin, _)| *origin);
        taken
    }

    fn release(&mut self, points: Name, until: Timestamp) {
        let free =
            |dates: &Dates| dates.available_at > Timestamp::FIRST && dates.available_at <= until;
        let lots = self.wallet.keys();
        let released = lots.filter(|(name, dates)| *name == points && free(dates));
        for (points, from) in released.copied().collect::<Vec<_>>() {
            let available_at = Timestamp::FIRST;
            let to = Dates {
                available_at,
                ..from
            };
            self.redate((points, from), to);
        }
    }

    fn redate(&mut self, (points, from): (Name, Dates), to: Dates) {
        let pieces = self.wallet.remove(&(points, from)).unwrap_or_default();
        let lot = self.wallet.entry((points, to)).or_default();
        lot.extend(pieces);
        lot.sort_by_key(|(entry, _)| *entry);
    }
}

/// The lot in which held points lie that come back on these terms. Where the old ones had run out
/// meanwhile, they come back on others: then it is the first one that is held.
fn held_lot(held: &Lots, (points, dates): (Name, Dates)) -> (Name, Dates) {
    let there = |lot: &(Name, Dates)| held.get(lot).is_some_and(|pieces| !pieces.is_empty());
    let mut others = held.keys().filter(|lot| lot.0 == points && there(lot));
    match there(&(points, dates)) {
        true => (points, dates),
        false => others.next().copied().unwrap_or((points, dates)),
    }
}

fn cause(event: &Event) -> Option<Cause> {
    if let Kind::FriendNews(news) = &event.kind {
        return Some(Cause::Friend(news.friend));
    }
    let order = event.order().filter(|_| !event.looks_at_order());
    order.cloned().map(Cause::Order)
}

fn of_lot((points, dates): (Name, Dates), pieces: &[(usize, i64)]) -> impl Iterator<Item = Piece> {
    pieces.iter().map(move |(entry, amount)| Piece {
        points,
        dates,
        amount: *amount,
        entry: *entry,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEANS: &str = "beans";

    fn posting(from: Account, to: Account, amount: i64, until: i64) -> Change {
        Change::Posted(Posting {
            points: Name::of(BEANS),
            from,
            to,
            amount,
            dates: Dates {
                expires_at: Timestamp::from_micros(until),
                ..Dates::OPEN
            },
            effective_at: Timestamp::from_micros(0),
        })
    }

    /// What is there at 1, after what happened for each of these orders.
    fn there(entries: &[(&str, &[Change])]) -> Vec<(usize, i64)> {
        let mut origins = Origins::default();
        for (order, changes) in entries {
            let order = Text::new(*order).expect("short");
            origins.causes.push(Some(Cause::Order(order)));
            for change in *changes {
                if let Change::Posted(posting) = change {
                    origins.post(posting);
                }
            }
        }
        let pieces = origins.there(Name::of(BEANS), Timestamp::from_micros(1));
        let shown = |piece: &Piece| (piece.entry, piece.amount);
        pieces.iter().map(shown).collect()
    }

    #[test]
    fn the_oldest_of_a_lot_is_spent_first() {
        use Account::{Held, Issued, Redeemed, Wallet};
        let spent = [
            posting(Wallet, Redeemed, 20, 5),
            posting(Wallet, Held, 40, 9),
        ];
        let left = there(&[
            ("a", &[posting(Issued, Wallet, 50, 9)]),
            ("b", &[posting(Issued, Wallet, 30, 9)]),
            ("c", &[posting(Issued, Wallet, 20, 5)]),
            ("d", &spent),
            ("e", &[posting(Held, Wallet, 5, 9)]),
        ]);
        assert_eq!(left, [(0, 15), (1, 30)]);
    }

    #[test]
    fn a_refund_takes_what_its_own_order_brought() {
        use Account::{Issued, Wallet};
        let left = there(&[
            ("a", &[posting(Issued, Wallet, 50, 9)]),
            ("b", &[posting(Issued, Wallet, 30, 9)]),
            ("b", &[posting(Wallet, Issued, 40, 9)]),
        ]);
        assert_eq!(left, [(0, 40)]);
    }

    #[test]
    fn what_has_lapsed_is_not_there() {
        use Account::{Issued, Wallet};
        let lapsed = posting(Issued, Wallet, 50, 1);
        assert!(there(&[("a", &[lapsed])]).is_empty());
    }
}
