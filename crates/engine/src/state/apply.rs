//! `apply`: the only way a state moves.

use super::{
    Card, Counter, DatedStamps, Invoice, MarkOf, Merged, Order, PartnerMark, Progress,
    RedemptionStage, Shared, SharedKey, StampTime, State, TierStanding, Wallet,
};
use crate::outcome::Change;
use regulars_base::Name;
use regulars_ledger::Book;
use std::sync::Arc;

impl State {
    /// Moves the state by one change. A change that was decided on this state always fits.
    #[inline(always)]
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Drawn { key, by } => self.shared.draw(*key, *by),
            change if change.is_of_order() => {
                if let Change::OrderPlaced(_) = change {
                    self.wallet.apply(change);
                }
                self.order.apply(change);
            }
            change if change.code().is_some() => {
                self.codes.apply(change);
                self.wallet.apply(change);
            }
            change => self.wallet.apply(change),
        }
    }
}

impl Change {
    /// Whether it moves the order's record, not the wallet.
    pub const fn is_of_order(&self) -> bool {
        matches!(
            self,
            Self::OrderPlaced(_)
                | Self::RefundAwaits(..)
                | Self::RefundsTaken
                | Self::LineRefunded { .. }
                | Self::GrantTaken { .. }
                | Self::StampsTaken { .. }
                | Self::OrderUncounted
                | Self::OrderStaffed(_)
                | Self::OrderOf(_)
                | Self::OrderForTeam(_)
        )
    }
}

impl Wallet {
    /// Moves the wallet; changes of orders and shared figures pass it by.
    #[inline(always)]
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::ClockMoved(at) => self.clock = *at,
            Change::WasActive(at) => self.active_at = self.active_at.max(*at),
            Change::Enrolled(at) => self.enrolled_at = Some(*at),
            Change::Posted(posting) => self.book_mut(posting.points).post(posting),
            Change::Released { points, until } => self.book_mut(*points).release(*until),
            Change::Redated { points, from, to } => self.book_mut(*points).redate(*from, *to),
            Change::Counted { limit, period, by } => self.count(*limit, *period, *by),
            Change::Progressed { metric, day, by } => self.progress(*metric, *day, *by),
            Change::Forgot { before_day, limits } => self.forget(*before_day, limits),
            Change::TierSet(tier) => self.tier = *tier,
            Change::Stamped { .. }
            | Change::CardEnded { .. }
            | Change::VoucherIssued(_)
            | Change::VoucherGone(_)
            | Change::StampsDated(_)
            | Change::StampTimed(_)
            | Change::MilestonesReached { .. }
            | Change::CardGave(_)
            | Change::CardGiftGone(_) => self.apply_to_cards(change),
            Change::ProgressJoined { before_day } => self.join_progress(*before_day),
            Change::OwnTierSet(_)
            | Change::FloorLaid(_)
            | Change::FloorGone(_)
            | Change::Rose(_)
            | Change::RiseGone(_)
            | Change::HeldSince(_)
            | Change::HeldNoMore(_)
            | Change::TierGifted(_)
            | Change::TierGiftOpen(_)
            | Change::MatchSet(_) => self.apply_to_standing(change),
            Change::OrderPlaced(_) => self.orders += 1,
            Change::CodeAssigned(_)
            | Change::CodeReleased(_)
            | Change::CouponUsed(_)
            | Change::CouponUseGone(_)
            | Change::OrdersJoined(_) => self.apply_to_coupons(change),
            Change::Kept(event) => self.waiting.push((**event).clone()),
            Change::Games(change) => self.games.get_or_insert_default().apply(change),
            Change::KeptTaken(key) => self.waiting.retain(|kept| kept.key != **key),
            Change::StandingSet(_) | Change::Invoiced(_) | Change::InvoiceGone(_) => {
                self.apply_to_plan(change);
            }
            Change::Done(_)
            | Change::Undone(_)
            | Change::Submitted(_)
            | Change::SubmissionApproved { .. }
            | Change::SubmissionGone { .. }
            | Change::Consented(_)
            | Change::ProfileFilled(_)
            | Change::BirthdaySet(_) => self.apply_to_engagement(change),
            Change::Referral(_) => self.apply_to_referral(change),
            Change::Channel(_) => self.apply_to_channel(change),
            Change::PartnerBooked(_) => {}
            Change::Perks(change) => self.apply_to_perks(change),
            Change::Money(_) => self.apply_to_money(change),
            Change::Group(_) => self.apply_to_groups(change),
            Change::MergeKept(merged) => {
                self.merges.retain(|own| own.member != merged.member);
                self.merges.push((**merged).clone());
                if self.merges.len() > Merged::KEPT {
                    self.merges.remove(0);
                }
            }
            Change::HoldSet(held) => self.on_hold.clone_from(held),
            Change::MergeForgotten(member) => self.merges.retain(|own| own.member != *member),
            change => self.apply_to_redemptions(change),
        }
    }

    fn apply_to_cards(&mut self, change: &Change) {
        match change {
            Change::Stamped {
                card,
                by,
                at,
                expires_at,
            } => match self.cards.iter_mut().find(|held| held.card == *card) {
                Some(held) => held.stamps += by,
                None => self.cards.push(Card {
                    card: *card,
                    stamps: *by,
                    first_at: *at,
                    expires_at: *expires_at,
                    reached: 0,
                }),
            },
            Change::MilestonesReached { card, reached } => {
                if let Some(held) = self.cards.iter_mut().find(|held| held.card == *card) {
                    held.reached = *reached;
                }
            }
            Change::StampsDated(moved) => self.date(moved),
            Change::StampTimed(stamped) => self.time(*stamped),
            Change::CardGave(gift) => self.card_gifts.push(**gift),
            Change::CardGiftGone(gift) => {
                if let Some(at) = self.card_gifts.iter().rposition(|own| *own == **gift) {
                    self.card_gifts.remove(at);
                }
            }
            Change::CardEnded { card } => self.cards.retain(|held| held.card != *card),
            Change::VoucherIssued(voucher) => self.vouchers.push(*voucher),
            Change::VoucherGone(voucher) => {
                if let Some(at) = self.vouchers.iter().position(|held| held == voucher) {
                    self.vouchers.remove(at);
                }
            }
            _ => {}
        }
    }

    fn apply_to_coupons(&mut self, change: &Change) {
        match change {
            Change::CodeAssigned(code) => self.codes.push(code.clone()),
            Change::CodeReleased(code) => self.codes.retain(|own| own != code),
            Change::CouponUsed(used) => self.coupon_uses.push((**used).clone()),
            Change::CouponUseGone(used) => {
                if let Some(at) = self.coupon_uses.iter().rposition(|own| *own == **used) {
                    self.coupon_uses.remove(at);
                }
            }
            Change::OrdersJoined(orders) => self.orders += orders,
            _ => {}
        }
    }

    /// Dated stamps stand in the order in which they lapse.
    fn date(&mut self, moved: &DatedStamps) {
        let same = |own: &DatedStamps| (own.card, own.until) == (moved.card, moved.until);
        match self.dated.iter().position(same) {
            Some(at) => {
                let own = &mut self.dated[at];
                own.stamps += moved.stamps;
                own.given_in += moved.given_in;
                if (own.stamps, own.given_in) == (0, 0) {
                    self.dated.remove(at);
                }
            }
            None => {
                let at = self.dated.partition_point(|own| own.until <= moved.until);
                self.dated.insert(at, *moved);
            }
        }
    }

    /// Of each card the latest are kept, in the order of time.
    fn time(&mut self, stamped: StampTime) {
        let at = self.stamp_times.partition_point(|own| own.at <= stamped.at);
        self.stamp_times.insert(at, stamped);
        let of_card = |own: &&StampTime| own.card == stamped.card;
        if self.stamp_times.iter().filter(of_card).count() > StampTime::KEPT
            && let Some(first) = self.stamp_times.iter().position(|own| of_card(&own))
        {
            self.stamp_times.remove(first);
        }
    }

    fn apply_to_plan(&mut self, change: &Change) {
        let paying = self.paying.get_or_insert_default();
        match change {
            Change::StandingSet(standing) => paying.standing = (**standing).clone(),
            Change::Invoiced(invoice) => {
                paying.count = paying.count.max(invoice.number);
                let place = |own: &Invoice| own.number;
                match paying.invoices.binary_search_by_key(&invoice.number, place) {
                    Ok(at) => paying.invoices[at] = (**invoice).clone(),
                    Err(at) => paying.invoices.insert(at, (**invoice).clone()),
                }
            }
            Change::InvoiceGone(number) => paying.invoices.retain(|own| own.number != *number),
            _ => {}
        }
    }

    /// A wallet of which nothing is known keeps nothing.
    fn apply_to_standing(&mut self, change: &Change) {
        let mut standing = self.standing.take().unwrap_or_default();
        standing.apply(change);
        self.standing = (*standing != TierStanding::NOTHING).then_some(standing);
    }

    fn apply_to_redemptions(&mut self, change: &Change) {
        match change {
            Change::RedemptionMade(redemption) => self.redemptions.push((**redemption).clone()),
            Change::RedemptionCommitted { id, at, order } => {
                if let Some(held) = self.redemptions.iter_mut().find(|held| held.id == *id) {
                    held.stage = RedemptionStage::Committed(*at);
                    held.order = order.as_deref().cloned();
                }
            }
            Change::UsedVoucherEnds { id, at } => {
                let used = self.redemptions.iter_mut().find(|used| used.id == *id);
                if let Some(voucher) = used.and_then(|used| used.voucher.as_mut()) {
                    voucher.expires_at = *at;
                }
            }
            Change::RedemptionReturned { id, spent, by } => {
                let used = self.redemptions.iter_mut().find(|used| used.id == *id);
                if let Some(spent) = used.and_then(|used| used.spent.get_mut(usize::from(*spent))) {
                    spent.back += by;
                }
            }
            Change::RedemptionGone { id } => {
                self.redemptions.retain(|held| held.id != *id);
                let own = |mark: &PartnerMark| mark.of == MarkOf::Redemption && mark.id == *id;
                self.marks.retain(|mark| !own(mark));
                self.forget_perks_of(id);
            }
            Change::Marked(mark) => {
                self.marks
                    .retain(|own| (own.of, &own.id) != (mark.of, &mark.id));
                self.marks.push((**mark).clone());
            }
            Change::MarkGone(mark) => self.marks.retain(|own| *own != **mark),
            _ => {}
        }
    }

    fn forget(&mut self, before_day: i32, limits: &[(Name, i32)]) {
        self.progress.retain(|progress| progress.day >= before_day);
        // Both are sorted, so one walk finds them all.
        let mut rest = limits;
        self.counters.retain(|counter| {
            let own = (counter.limit, counter.period);
            while let [limit, more @ ..] = rest
                && *limit < own
            {
                rest = more;
            }
            rest.first() != Some(&own)
        });
    }

    /// What began before that day becomes one sum per metric, at the beginning of time.
    fn join_progress(&mut self, before_day: i32) {
        let mut joined: Vec<Progress> = Vec::with_capacity(self.progress.len());
        for progress in self.progress.drain(..) {
            if progress.day >= before_day {
                joined.push(progress);
                continue;
            }
            match joined.last_mut() {
                // They stand by metric and day, so that the old ones of a metric come first.
                Some(sum) if (sum.metric, sum.day) == (progress.metric, i32::MIN) => {
                    sum.amount += progress.amount;
                }
                _ => joined.push(Progress {
                    day: i32::MIN,
                    ..progress
                }),
            }
        }
        self.progress = joined;
    }

    fn book_mut(&mut self, points: Name) -> &mut Book {
        let at = match self.books.iter().position(|book| book.points == points) {
            Some(at) => at,
            None => {
                self.books.push(Book::new(points));
                self.books.len() - 1
            }
        };
        &mut self.books[at]
    }

    fn count(&mut self, limit: Name, period: i32, by: i64) {
        let place = |counter: &Counter| (counter.limit, counter.period);
        match self.counters.binary_search_by_key(&(limit, period), place) {
            Ok(at) => self.counters[at].used += by,
            Err(at) => self.counters.insert(
                at,
                Counter {
                    limit,
                    period,
                    used: by,
                },
            ),
        }
    }

    fn progress(&mut self, metric: Name, day: i32, by: i64) {
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

impl TierStanding {
    /// Moves what is known of the tier; other changes pass it by.
    fn apply(&mut self, change: &Change) {
        match change {
            Change::OwnTierSet(own) => self.own = *own,
            Change::FloorLaid(floor) => self.floors.push(*floor),
            Change::FloorGone(floor) => self.floors.retain(|own| own != floor),
            Change::Rose(rise) => self.rises.push(**rise),
            Change::RiseGone(rise) => self.rises.retain(|own| *own != **rise),
            Change::HeldSince(held) => self.held.push(*held),
            Change::HeldNoMore(held) => self.held.retain(|own| own != held),
            Change::TierGifted(tier) => self.gifted.push(*tier),
            Change::TierGiftOpen(tier) => self.gifted.retain(|own| own != tier),
            Change::MatchSet(matched) => self.matched = *matched,
            _ => {}
        }
    }
}

impl Order {
    /// Moves the order's record; other changes pass it by.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::OrderPlaced(purchased) => self.purchased = Some(Arc::clone(purchased)),
            Change::RefundAwaits(at, refund) => self.waiting.push((*at, (**refund).clone())),
            Change::RefundsTaken => self.waiting.clear(),
            Change::OrderStaffed(staffed) => self.staff = Some(staffed.clone()),
            Change::OrderOf(person) => self.person = Some(*person),
            Change::OrderForTeam(team) => self.team = Some(*team),
            change => {
                if let Some(purchased) = &mut self.purchased {
                    Arc::make_mut(purchased).apply(change);
                }
            }
        }
    }
}

impl super::Purchased {
    fn apply(&mut self, change: &Change) {
        match change {
            Change::LineRefunded {
                line,
                amount,
                quantity,
            } => {
                if let Some(line) = self.lines.get_mut(usize::from(*line)) {
                    line.refunded += amount;
                    line.refunded_quantity += quantity;
                }
            }
            Change::GrantTaken { grant, by } => {
                if let Some(grant) = self.grants.get_mut(usize::from(*grant)) {
                    grant.taken += by;
                }
            }
            Change::StampsTaken { grant, by } => {
                if let Some(grant) = self.stamps.get_mut(usize::from(*grant)) {
                    grant.taken += by;
                }
            }
            Change::OrderUncounted => self.counted = false,
            _ => {}
        }
    }
}

impl Shared {
    fn draw(&mut self, key: SharedKey, by: i64) {
        match self.used.iter_mut().find(|(name, _)| *name == key) {
            Some((_, used)) => *used += by,
            None => self.used.push((key, by)),
        }
    }
}
