//! What a wallet knows of selling through others: what its owner was given for sales, and what
//! partners gave it out of their budgets, as long as either may be taken back.

use super::{LineSet, OrderKey, Paid, Wallet};
use crate::outcome::Change;
use regulars_base::{MemberId, Name, Text, Timestamp};
use serde::{Deserialize, Serialize};

/// What may be taken back of what a wallet was given for sales and by partners.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Sales of the owner, oldest first.
    pub sales: Vec<StaffSale>,
    /// Awards of partners, oldest first.
    pub awards: Vec<PartnerGift>,
}

/// A sale, and what its seller was given for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffSale {
    /// The order.
    pub order: OrderKey,
    /// When it was sold.
    pub at: Timestamp,
    /// The day (number, of the stretch) that its points were counted as earned in.
    pub day: i32,
    /// What each rule gave.
    pub gifts: Vec<StaffGift>,
}

/// What one rule gave for a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffGift {
    /// The rule.
    pub rule: Name,
    /// Which points, into which lot, how many.
    pub paid: Paid,
    /// How many of them were taken back.
    pub taken: i64,
}

/// Points that a partner gave out of its budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerGift {
    /// The source of the event that gave them.
    pub source: Text,
    /// Its external id.
    pub id: Text,
    /// The partner.
    pub partner: Name,
    /// When.
    pub at: Timestamp,
    /// Which points, into which lot, how many.
    pub paid: Paid,
}

/// One thing that moves in it. A stored format: variants are added at the end, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChannelChange {
    /// A sale gave something.
    Sold(StaffSale),
    /// So much more of what a rule gave for a sale was taken back.
    SaleTaken {
        /// The order.
        order: OrderKey,
        /// The rule.
        rule: Name,
        /// Which points.
        points: Name,
        /// How many.
        by: i64,
    },
    /// A sale is so old that nothing of it can come back any more.
    SaleGone(OrderKey),
    /// A partner gave points.
    Awarded(PartnerGift),
    /// They were taken back, or can no longer be.
    AwardGone {
        /// The source of the event that gave them.
        source: Text,
        /// Its external id.
        id: Text,
    },
    /// All of it is gone: it went over to another member.
    Left,
}

/// Who sold an order, and what rules for staff came to: what a refund must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staffed {
    /// Who sold it.
    pub member: MemberId,
    /// What each rule came to.
    pub shares: Vec<StaffShare>,
}

/// What a rule for staff came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffShare {
    /// The rule.
    pub rule: Name,
    /// Which points.
    pub points: Name,
    /// How many, before the limits of the member who sold.
    pub before: i64,
    /// For which lines.
    pub lines: LineSet,
}

impl Channel {
    fn apply(&mut self, change: &ChannelChange) {
        match change {
            ChannelChange::Sold(sale) => self.sales.push(sale.clone()),
            ChannelChange::SaleTaken {
                order,
                rule,
                points,
                by,
            } => {
                let sale = self.sales.iter_mut().find(|own| own.order == *order);
                let is = |gift: &&mut StaffGift| (gift.rule, gift.paid.points) == (*rule, *points);
                if let Some(gift) = sale.and_then(|sale| sale.gifts.iter_mut().find(is)) {
                    gift.taken += by;
                }
            }
            ChannelChange::SaleGone(order) => self.sales.retain(|own| own.order != *order),
            ChannelChange::Awarded(gift) => self.awards.push(gift.clone()),
            ChannelChange::AwardGone { source, id } => {
                self.awards
                    .retain(|own| (&own.source, &own.id) != (source, id));
            }
            ChannelChange::Left => *self = Self::default(),
        }
    }
}

impl Wallet {
    /// What it knows of sales and of partners' awards moves; where nothing is left to know, it takes
    /// no space.
    pub(super) fn apply_to_channel(&mut self, change: &Change) {
        if let Change::Channel(change) = change {
            let mut own = self.channel.take().unwrap_or_default();
            own.apply(change);
            self.channel = (*own != Channel::default()).then_some(own);
        }
    }
}
