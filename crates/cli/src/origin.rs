//! Where points that a member has came from: every posting is followed from the entry that brought
//! the points to the lot in which they lie.
//!
//! Lots hold points on the same terms as one number. Of a lot, what came first is spent first; a
//! take-back for an order takes what that order brought, as long as it is there.

use regulars_app::Explained;
use regulars_base::{Name, Text, Timestamp};
use regulars_ledger::{Account, Dates, Posting};
use std::collections::BTreeMap;

/// Points of one entry that are still there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Which points.
    pub(crate) points: Name,
    /// On which terms.
    pub(crate) dates: Dates,
    /// How many.
    pub(crate) amount: i64,
    /// The entry that brought them: its place in the list.
    pub(crate) entry: usize,
}

/// Points that are still there, where they are, in order of the entries that brought them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins {
    wallet: BTreeMap<(Name, Dates), Vec<(usize, i64)>>,
    held: BTreeMap<(Name, Dates), Vec<(usize, i64)>>,
}

impl Origins {
    /// Of all entries of a member, the oldest first.
    pub(crate) fn of(entries: &[Explained]) -> Self {
        let orders: Vec<Option<&Text>> = entries
            .iter()
            .map(|it| it.event.order().filter(|_| !it.event.looks_at_order()))
            .collect();
        let mut origins = Self::default();
        for (at, entry) in entries.iter().enumerate() {
            for (points, from, to) in &entry.redated {
                let pieces = origins.wallet.remove(&(*points, *from)).unwrap_or_default();
                origins
                    .wallet
                    .entry((*points, *to))
                    .or_default()
                    .extend(pieces);
            }
            for posting in &entry.postings {
                origins.post(at, posting, &orders);
            }
        }
        origins
    }

    fn post(&mut self, entry: usize, posting: &Posting, orders: &[Option<&Text>]) {
        let taken = self.take(entry, posting, orders);
        let to = match posting.to {
            Account::Wallet => &mut self.wallet,
            Account::Held => &mut self.held,
            _ => return,
        };
        to.entry((posting.points, posting.dates))
            .or_default()
            .extend(taken);
    }

    /// Takes what a posting moves out of where it was, or says that this entry brings it.
    fn take(
        &mut self,
        entry: usize,
        posting: &Posting,
        orders: &[Option<&Text>],
    ) -> Vec<(usize, i64)> {
        let from = match posting.from {
            Account::Wallet => &mut self.wallet,
            Account::Held => &mut self.held,
            _ => return vec![(entry, posting.amount)],
        };
        let Some(pieces) = from.get_mut(&(posting.points, posting.dates)) else {
            return Vec::new();
        };
        // A stable sort: what is of the same order comes first, else the oldest.
        if let (Some(order), true) = (orders[entry], posting.to == Account::Issued) {
            pieces.sort_by_key(|(entry, _)| orders[*entry] != Some(order));
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

    /// What of these points is there at `now`: first what may be spent, then what is not free yet;
    /// within each what lapses first.
    pub(crate) fn there(&self, points: Name, now: Timestamp) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = self
            .wallet
            .iter()
            .filter(|((of, dates), _)| *of == points && now < dates.expires_at)
            .flat_map(|((points, dates), pieces)| {
                pieces.iter().map(|(entry, amount)| Piece {
                    points: *points,
                    dates: *dates,
                    amount: *amount,
                    entry: *entry,
                })
            })
            .collect();
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posting(from: Account, to: Account, amount: i64, until: i64) -> Posting {
        Posting {
            points: Name::of("beans"),
            from,
            to,
            amount,
            dates: Dates {
                expires_at: Timestamp::from_micros(until),
                ..Dates::OPEN
            },
            effective_at: Timestamp::from_micros(0),
        }
    }

    fn there(orders: &[&str], moves: &[(usize, Posting)]) -> Vec<(usize, i64)> {
        let orders: Vec<Text> = orders
            .iter()
            .map(|it| Text::new(it).expect("short"))
            .collect();
        let orders: Vec<Option<&Text>> = orders.iter().map(Some).collect();
        let mut origins = Origins::default();
        for (at, posting) in moves {
            origins.post(*at, posting, &orders);
        }
        let pieces = origins.there(Name::of("beans"), Timestamp::from_micros(1));
        pieces
            .iter()
            .map(|piece| (piece.entry, piece.amount))
            .collect()
    }

    #[test]
    fn the_oldest_of_a_lot_is_spent_first() {
        use Account::{Held, Issued, Redeemed, Wallet};
        let moves = [
            (0, posting(Issued, Wallet, 50, 9)),
            (1, posting(Issued, Wallet, 30, 9)),
            (2, posting(Issued, Wallet, 20, 5)),
            (3, posting(Wallet, Redeemed, 20, 5)),
            (3, posting(Wallet, Held, 40, 9)),
            (4, posting(Held, Wallet, 5, 9)),
        ];
        let orders = ["a", "b", "c", "d", "e"];
        assert_eq!(there(&orders, &moves), [(0, 15), (1, 30)]);
    }

    #[test]
    fn a_refund_takes_what_its_own_order_brought() {
        use Account::{Issued, Wallet};
        let moves = [
            (0, posting(Issued, Wallet, 50, 9)),
            (1, posting(Issued, Wallet, 30, 9)),
            (2, posting(Wallet, Issued, 40, 9)),
        ];
        assert_eq!(there(&["a", "b", "b"], &moves), [(0, 40)]);
    }

    #[test]
    fn what_has_lapsed_is_not_there() {
        use Account::{Issued, Wallet};
        assert!(there(&["a"], &[(0, posting(Issued, Wallet, 50, 1))]).is_empty());
    }
}
