//! What a wallet knows of money accounts beside their books: the gift card that it is, what was paid
//! out of them, and what may still come back.

use super::{OrderKey, Spent, Wallet};
use crate::outcome::Change;
use regulars_base::{MemberId, Text, Timestamp};
use serde::{Deserialize, Serialize};

/// What a wallet knows of money accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purse {
    /// The gift card that this wallet is, if it is one.
    pub card: Option<GiftCard>,
    /// What was set aside, or paid, out of its own money.
    pub uses: Vec<MoneyUse>,
    /// With which gift cards its owner paid for orders.
    pub by_card: Vec<PaidByCard>,
    /// Refunds that were paid out as store credit.
    pub credited: Vec<Credited>,
}

/// A gift card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiftCard {
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Where it stands.
    pub stage: CardStage,
    /// What comes on it when it is activated, in minor units.
    pub waiting: i64,
    /// Whether it was paid for.
    pub sold: bool,
    /// The hash of its PIN with its code, if it has one.
    pub pin: Option<[u8; 16]>,
}

/// Where a gift card stands. A stored format: variants are added at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CardStage {
    /// It was not sold yet: there is no money on it.
    Inactive,
    /// It may be used.
    Active,
    /// It may not be used, until it is let go again.
    Blocked,
    /// Another card took its place.
    Replaced(MemberId),
}

/// Money that was set aside, or paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyUse {
    /// Its id: on a gift card that of the hold; of store credit the order's number.
    pub id: Text,
    /// The money, lot by lot, and how much of it came back.
    pub spent: Vec<Spent>,
    /// Where it stands.
    pub stage: UseStage,
    /// For which order.
    pub order: Option<OrderKey>,
}

/// Where money stands that was set aside. A stored format: variants are added at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UseStage {
    /// Set aside until then.
    Held(Timestamp),
    /// Paid at that moment.
    Used(Timestamp),
    /// Not used in time: it was free again from then on. It is remembered, as its purchase may be
    /// told late.
    Lapsed(Timestamp),
}

/// A gift card paid for an order, or a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidByCard {
    /// The order.
    pub order: OrderKey,
    /// The card.
    pub card: MemberId,
    /// What was set aside on it.
    pub hold: Text,
    /// How much it paid, in minor units.
    pub amount: i64,
    /// How much of that came back.
    pub back: i64,
    /// When.
    pub at: Timestamp,
}

/// A refund that was paid out as store credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credited {
    /// The order.
    pub order: OrderKey,
    /// How much, in minor units.
    pub amount: i64,
    /// When.
    pub at: Timestamp,
}

/// One thing that moves in what a wallet knows of money accounts. A stored format: variants are added
/// at the end, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MoneyChange {
    /// The wallet is a gift card, which stands so from now on.
    CardSet(GiftCard),
    /// Money is set aside, or paid.
    Used(MoneyUse),
    /// It stands so no more, or is so long ago that it cannot come back.
    UseGone(MoneyUse),
    /// A gift card paid for an order.
    PaidByCard(PaidByCard),
    /// It stands so no more, or is too long ago.
    PaidByCardGone(PaidByCard),
    /// A refund was paid out as store credit.
    Credited(Credited),
    /// It is too long ago.
    CreditedGone(Credited),
}

impl MoneyUse {
    /// What was set aside or paid, in minor units.
    pub fn amount(&self) -> i64 {
        self.spent.iter().map(|spent| spent.paid.amount).sum()
    }

    /// How much of it came back.
    pub fn back(&self) -> i64 {
        self.spent.iter().map(|spent| spent.back).sum()
    }
}

impl Wallet {
    /// What it knows of money accounts.
    pub fn purse(&self) -> &Purse {
        static NOTHING: Purse = Purse {
            card: None,
            uses: Vec::new(),
            by_card: Vec::new(),
            credited: Vec::new(),
        };
        self.money.as_deref().unwrap_or(&NOTHING)
    }

    /// The gift card that it is, if it is one.
    pub fn gift_card(&self) -> Option<&GiftCard> {
        self.money.as_ref()?.card.as_ref()
    }

    /// A wallet that knows nothing of money accounts keeps nothing.
    pub(super) fn apply_to_money(&mut self, change: &Change) {
        let Change::Money(change) = change else {
            return;
        };
        let mut purse = self.money.take().unwrap_or_default();
        purse.apply(change);
        self.money = (*purse != Purse::default()).then_some(purse);
    }
}

impl Purse {
    fn apply(&mut self, change: &MoneyChange) {
        match change {
            MoneyChange::CardSet(card) => self.card = Some(card.clone()),
            MoneyChange::Used(used) => self.uses.push(used.clone()),
            MoneyChange::UseGone(used) => drop_last(&mut self.uses, used),
            MoneyChange::PaidByCard(paid) => self.by_card.push(paid.clone()),
            MoneyChange::PaidByCardGone(paid) => drop_last(&mut self.by_card, paid),
            MoneyChange::Credited(credited) => self.credited.push(credited.clone()),
            MoneyChange::CreditedGone(credited) => drop_last(&mut self.credited, credited),
        }
    }
}

fn drop_last<T: PartialEq>(all: &mut Vec<T>, one: &T) {
    if let Some(at) = all.iter().rposition(|own| own == one) {
        all.remove(at);
    }
}
