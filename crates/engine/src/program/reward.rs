//! Rewards.

use super::Limit;
use super::condition::Condition;
use crate::program::condition::Facts;
use regulars_base::{Name, Ratio, Span, Text, Timestamp};

/// A reward.
#[derive(Clone, Debug)]
pub struct Reward {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What people call it.
    pub title: String,
    /// What it is.
    pub kind: RewardKind,
    /// What it costs: points by their place in the program, all of these together. Nothing for a
    /// reward that only vouchers pay, or that is free for members of a plan.
    pub price: Vec<(u16, i64)>,
    /// Other prices: the first that is for the member counts instead.
    pub price_for: Vec<PriceFor>,
    /// The lowest tier that may have it, by its place.
    pub tier: Option<u16>,
    /// The plans whose members alone may have it, by their places; empty for everybody. Without a
    /// price it is free for them.
    pub plans: Vec<u16>,
    /// For whom it is, by a condition over the member.
    pub when: Option<Condition>,
    /// Off which lines it is taken; nothing for all.
    pub what: Option<Condition>,
    /// The fewest that are given at once.
    pub least: i64,
    /// Of a group only one applies to a basket.
    pub group: Option<Text>,
    /// It is combined with nothing.
    pub exclusive: bool,
    /// Lower ones are taken off first.
    pub order: i64,
    /// From when on.
    pub from: Option<Timestamp>,
    /// Until when (the first moment that no longer counts).
    pub until: Option<Timestamp>,
    /// What it never passes.
    pub limits: Vec<Limit>,
    /// Only at one of these partners (by place); anywhere if none is named.
    pub partners: Vec<u16>,
    /// How many there are in all.
    pub stock: Option<i64>,
    /// How long it is held between request and commit.
    pub hold: Span,
    /// It is sent to the member.
    pub sent: bool,
    /// Each comes with a code of its supplier.
    pub codes: bool,
    /// It is redeemed by itself; nothing if only when asked for.
    pub automatic: Option<Automatic>,
    /// What one costs the merchant, in minor units, where it is stated.
    pub cost: Option<i64>,
}

/// What a reward is.
#[derive(Clone, Debug)]
pub enum RewardKind {
    /// So much off, in minor units.
    MoneyOff(i64),
    /// So many percent off (as a factor below one), at most so many minor units.
    PercentOff(Ratio, Option<i64>),
    /// A product, for so many minor units: nothing if it is free.
    Product(i64),
    /// No delivery charge.
    FreeDelivery,
    /// Points pay a part of the order.
    Payment(PointsPayment),
    /// Anything that people hand over.
    Other,
    /// A gift card of so many minor units: sent, or at once as store credit.
    GiftCard(i64),
    /// So many minor units go to the member's store credit.
    Cashback(i64),
    /// Something is open to the member.
    Access(Opens),
    /// Something that a partner gives.
    OfPartner,
    /// So many minor units go to the cause at this place.
    Donation(u16, i64),
    /// So many tickets of the draw at this place.
    Tickets(u16, i64),
    /// One of these rewards, which the member picks.
    Menu(Menu),
}

/// What a reward opens to the member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opens {
    /// What, in the merchant's own words.
    pub to: Text,
    /// For how long; nothing for ever, or until `until`.
    pub length: Option<Span>,
    /// Until when at the latest.
    pub until: Option<Timestamp>,
}

/// A menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// The rewards on it, by their places.
    pub picks: Vec<u16>,
    /// For how long there is time to pick, where the menu was redeemed; nothing for ever.
    pub within: Option<Span>,
    /// Which of them is given where nobody picks in time; nothing if the right lapses.
    pub unpicked: Option<u16>,
    /// For how long the voucher for what was picked is good; nothing for ever.
    pub valid: Option<Span>,
}

/// Points that pay a part of an order: each of the reward is a step of so much money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointsPayment {
    /// What a step pays, in minor units.
    pub minor: i64,
    /// The most of the goods that points pay.
    pub share: Option<Ratio>,
    /// It is told as a payment; otherwise it is taken off the price.
    pub is_payment: bool,
}

/// What a reward takes of some members.
#[derive(Clone, Debug)]
pub struct PriceFor {
    /// From this tier on, by its place.
    pub tier: Option<u16>,
    /// Where this holds.
    pub when: Option<Condition>,
    /// What it takes.
    pub price: Vec<(u16, i64)>,
}

/// How a reward is redeemed by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Automatic {
    /// The most that are at one moment.
    pub most: i64,
    /// For how long their vouchers are good; nothing for ever.
    pub valid: Option<Span>,
}

/// What is redeemed by itself.
#[derive(Clone, Debug, Default)]
pub struct ByItself {
    /// The rewards, by their places.
    pub rewards: Vec<u16>,
    /// The points that they take.
    pub points: Vec<Name>,
}

impl ByItself {
    /// Those of these rewards that are, where points are called so by their places.
    pub fn of(rewards: &[Reward], points: &[super::Points]) -> Self {
        let mut own = Self::default();
        for (place, reward) in (0_u16..).zip(rewards) {
            if reward.automatic.is_none() {
                continue;
            }
            own.rewards.push(place);
            let other = reward.price_for.iter().flat_map(|own| &own.price);
            for (at, _) in reward.price.iter().chain(other) {
                let name = points[usize::from(*at)].name;
                if !own.points.contains(&name) {
                    own.points.push(name);
                }
            }
        }
        own
    }
}

impl Reward {
    /// What so many of it put into the member's store credit, in minor units of the program's
    /// currency; nothing for most rewards. A gift card that is sent has its money on it.
    pub fn credit(&self, quantity: i64) -> Option<i64> {
        match self.kind {
            RewardKind::GiftCard(minor) if !self.sent => Some(minor.saturating_mul(quantity)),
            RewardKind::Cashback(minor) => Some(minor.saturating_mul(quantity)),
            _ => None,
        }
    }

    /// The menu that it is, if it is one.
    pub fn menu(&self) -> Option<&Menu> {
        match &self.kind {
            RewardKind::Menu(menu) => Some(menu),
            _ => None,
        }
    }

    /// What one of it takes of a member in the tier at this place.
    pub fn price_of(&self, tier: usize, facts: &Facts<'_>) -> &[(u16, i64)] {
        let is_for = |own: &&PriceFor| {
            own.tier.is_none_or(|lowest| tier >= usize::from(lowest))
                && own.when.as_ref().is_none_or(|when| when.holds(facts))
        };
        let own = self.price_for.iter().find(is_for);
        own.map_or(&self.price, |own| &own.price)
    }
}
