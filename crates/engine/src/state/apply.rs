//! `apply`: the only way a state moves.

use super::{Card, Counter, Order, Progress, RedemptionStage, Shared, State, Wallet};
use crate::outcome::Change;
use regulars_ledger::{Book, Posting};

impl State {
    /// Moves the state by one change. A change that was decided on this state always fits.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Drawn { key, by } => self.shared.draw(*key, *by),
            Change::OrderPlaced(_)
            | Change::RefundAwaits(..)
            | Change::RefundsTaken
            | Change::LineRefunded { .. }
            | Change::GrantTaken { .. }
            | Change::GrantAdded(_)
            | Change::StampsAdded(_)
            | Change::StampsTaken { .. }
            | Change::OrderCounted(_)
            | Change::OrderPaid(_) => self.order.apply(change),
            _ => self.wallet.apply(change),
        }
    }
}

impl Wallet {
    /// Moves the wallet; changes of orders and shared figures pass it by.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::ClockMoved(at) => self.clock = *at,
            Change::WasActive(at) => self.active_at = self.active_at.max(*at),
            Change::Enrolled(at) => self.enrolled_at = Some(*at),
            Change::Posted(posting) => self.post(posting),
            Change::Released { points, until } => self.book_mut(*points).release(*until),
            Change::Counted { limit, period, by } => self.count(*limit, *period, *by),
            Change::Progressed { metric, day, by } => self.progress(*metric, *day, *by),
            Change::Forgot { before_day, limits } => {
                self.progress.retain(|progress| progress.day >= *before_day);
                self.counters
                    .retain(|c| !limits.contains(&(c.limit, c.period)));
            }
            Change::TierSet(tier) => self.tier = *tier,
            Change::Stamped { card, by, at } => {
                match self.cards.iter_mut().find(|held| held.card == *card) {
                    Some(held) => held.stamps += by,
                    None => self.cards.push(Card {
                        card: *card,
                        stamps: *by,
                        first_at: *at,
                    }),
                }
            }
            Change::CardEnded { card, carried } => match carried {
                0 => self.cards.retain(|held| held.card != *card),
                _ => {
                    let clock = self.clock;
                    if let Some(held) = self.cards.iter_mut().find(|held| held.card == *card) {
                        (held.stamps, held.first_at) = (*carried, clock);
                    }
                }
            },
            Change::VoucherIssued(voucher) => self.vouchers.push(*voucher),
            Change::VoucherGone(voucher) => {
                if let Some(at) = self.vouchers.iter().position(|held| held == voucher) {
                    self.vouchers.remove(at);
                }
            }
            Change::RedemptionMade(redemption) => self.redemptions.push(redemption.clone()),
            Change::RedemptionCommitted { id, at, order } => {
                if let Some(held) = self.redemptions.iter_mut().find(|held| held.id == *id) {
                    held.stage = RedemptionStage::Committed(*at);
                    if order.is_some() {
                        held.order.clone_from(order);
                    }
                }
            }
            Change::RedemptionGone { id } => self.redemptions.retain(|held| held.id != *id),
            Change::Kept(event) => self.waiting.push((**event).clone()),
            Change::KeptTaken => self.waiting.clear(),
            Change::Drawn { .. }
            | Change::OrderPlaced(_)
            | Change::RefundAwaits(..)
            | Change::RefundsTaken
            | Change::LineRefunded { .. }
            | Change::GrantTaken { .. }
            | Change::GrantAdded(_)
            | Change::StampsAdded(_)
            | Change::StampsTaken { .. }
            | Change::OrderCounted(_)
            | Change::OrderPaid(_) => {}
        }
    }

    fn post(&mut self, posting: &Posting) {
        self.book_mut(posting.points).post(posting);
    }

    fn book_mut(&mut self, points: regulars_base::Name) -> &mut Book {
        let at = match self.books.iter().position(|book| book.points == points) {
            Some(at) => at,
            None => {
                self.books.push(Book::new(points));
                self.books.len() - 1
            }
        };
        &mut self.books[at]
    }

    fn count(&mut self, limit: regulars_base::Name, period: i32, by: i64) {
        let this = |counter: &Counter| counter.limit == limit && counter.period == period;
        match self.counters.iter_mut().find(|counter| this(counter)) {
            Some(counter) => counter.used += by,
            None => self.counters.push(Counter {
                limit,
                period,
                used: by,
            }),
        }
    }

    fn progress(&mut self, metric: regulars_base::Name, day: i32, by: i64) {
        let place = |progress: &Progress| (progress.metric, progress.day);
        match self.progress.binary_search_by_key(&(metric, day), place) {
            Ok(at) => self.progress[at].amount += by,
            Err(at) => self.progress.insert(
                at,
                Progress {
                    metric,
                    day,
                    amount: by,
                },
            ),
        }
    }
}

impl Order {
    /// Moves the order's record; other changes pass it by.
    pub fn apply(&mut self, change: &Change) {
        if let Change::OrderPlaced(purchased) = change {
            self.purchased = Some((**purchased).clone());
            return;
        }
        match (change, &mut self.purchased) {
            (Change::RefundAwaits(at, refund), _) => self.waiting.push((*at, refund.clone())),
            (Change::RefundsTaken, _) => self.waiting.clear(),
            (Change::OrderPaid(paid), _) => {
                let same =
                    |held: &super::Paid| (held.points, held.dates) == (paid.points, paid.dates);
                match self.spent.iter_mut().find(|held| same(held)) {
                    Some(held) => held.amount += paid.amount,
                    None => self.spent.push(*paid),
                }
                self.spent.retain(|held| held.amount != 0);
            }
            (
                Change::LineRefunded {
                    line,
                    amount,
                    quantity,
                },
                Some(purchased),
            ) => {
                if let Some(line) = purchased.lines.get_mut(usize::from(*line)) {
                    line.refunded += amount;
                    line.refunded_quantity += quantity;
                }
            }
            (Change::GrantTaken { grant, by }, Some(purchased)) => {
                if let Some(grant) = purchased.grants.get_mut(usize::from(*grant)) {
                    grant.taken += by;
                }
            }
            (Change::GrantAdded(grant), Some(purchased)) => purchased.grants.push(grant.clone()),
            (Change::StampsAdded(stamps), Some(purchased)) => purchased.stamps.push(stamps.clone()),
            (Change::StampsTaken { grant, by }, Some(purchased)) => {
                if let Some(grant) = purchased.stamps.get_mut(usize::from(*grant)) {
                    grant.taken += by;
                }
            }
            (Change::OrderCounted(counted), Some(purchased)) => purchased.counted = *counted,
            _ => {}
        }
    }
}

impl Shared {
    fn draw(&mut self, key: super::SharedKey, by: i64) {
        match self.used.iter_mut().find(|(name, _)| *name == key) {
            Some((_, used)) => *used += by,
            None => self.used.push((key, by)),
        }
    }
}
