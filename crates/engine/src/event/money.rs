//! What happens to money accounts: store credit of members, and gift cards.

use crate::state::{GiftCard, OrderKey, Paid, Purse};
use regulars_base::{MemberId, Text};
use serde::{Deserialize, Serialize};

/// Money comes into a member's store credit, or leaves it other than by paying.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreCredit {
    /// How much, in minor units of the program's currency; below zero to take.
    pub amount: i64,
    /// Why it comes.
    pub why: CreditWhy,
    /// Whose refund it pays out (within the event's source), if it does.
    pub order: Option<Text>,
    /// Why, in words: shown to the member and to auditors. Never empty.
    pub reason: Text,
    /// Who did it.
    pub by: Text,
}

/// Why money comes into store credit. A stored format: variants are added at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CreditWhy {
    /// Given or taken by hand.
    ByHand,
    /// A refund is paid out as store credit.
    Refund,
    /// A part of what was spent comes back.
    Cashback,
}

/// What happens to a gift card. A stored format: variants are added at the end, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GiftMove {
    /// There is such a card from now on.
    Issued(GiftIssue),
    /// A card that was issued for sale was sold: its money is there now.
    Activated {
        /// The order it was sold by (within the event's source), if that is known.
        order: Option<Text>,
    },
    /// More money is put on it.
    Loaded(GiftLoad),
    /// Money is set aside, or spent at once.
    Reserved(GiftHold),
    /// Money that was set aside is spent: all of it, or so much; the rest is free again.
    Committed {
        /// What was set aside.
        hold: Text,
        /// How much of it, in minor units; all if not said.
        amount: Option<i64>,
        /// For which order, if it was not said before.
        order: Option<Text>,
    },
    /// Money that was set aside is free again.
    Cancelled {
        /// What was set aside.
        hold: Text,
    },
    /// Money that was spent comes back on it.
    Refunded {
        /// What it was spent as.
        hold: Text,
        /// How much, in minor units.
        amount: i64,
    },
    /// It is blocked, or let go again.
    Blocked {
        /// Blocked.
        blocked: bool,
        /// Why. Never empty.
        reason: Text,
        /// Who did it.
        by: Text,
    },
    /// It was lost: what is on it goes to another card.
    Replaced {
        /// The card that takes its place.
        into: MemberId,
        /// Why. Never empty.
        reason: Text,
        /// Who did it.
        by: Text,
    },
    /// What is on it, or so much of it, becomes store credit of a member.
    IntoCredit {
        /// Whose.
        to: MemberId,
        /// How much, in minor units; all that is free if not said.
        amount: Option<i64>,
    },
}

/// A gift card is issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiftIssue {
    /// How much is on it, in minor units of the program's currency.
    pub amount: i64,
    /// Whether it was paid for. A card that was given away is no income.
    pub sold: bool,
    /// Whether its money is there at once; else when it is activated.
    pub active: bool,
    /// The hash of its PIN with its code, if it has one.
    pub pin: Option<[u8; 16]>,
    /// The order it was sold by (within the event's source), if that is known.
    pub order: Option<Text>,
    /// Why, or for whom. May be empty.
    pub reason: Text,
    /// Who did it.
    pub by: Text,
}

/// More money is put on a gift card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiftLoad {
    /// How much, in minor units; below zero to take it off by hand.
    pub amount: i64,
    /// Whether it was paid for.
    pub sold: bool,
    /// The order it was sold by, if that is known.
    pub order: Option<Text>,
    /// Why. May be empty where it was paid for.
    pub reason: Text,
    /// Who did it.
    pub by: Text,
}

/// Money of a gift card is set aside, or spent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiftHold {
    /// Its id, unique on the card: the event's own external id, as a rule.
    pub hold: Text,
    /// How much, in minor units.
    pub amount: i64,
    /// For which order (within the event's source), if that is known.
    pub order: Option<Text>,
    /// Spend at once instead of setting aside.
    pub commit: bool,
}

/// A purchase was paid with what was set aside on a gift card. Made from the purchase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiftCardUsed {
    /// What was set aside.
    pub hold: Text,
    /// How much of it, in minor units.
    pub amount: i64,
    /// The order.
    pub order: OrderKey,
}

/// A purchase that was paid with a gift card came back, or a part of it. Made from the refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiftCardReturned {
    /// What it was spent as.
    pub hold: Text,
    /// How much came back, in minor units.
    pub amount: i64,
    /// The order.
    pub order: OrderKey,
}

/// Money comes from another account: a gift card that was lost, or that becomes store credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyIn {
    /// Whence.
    pub from: MemberId,
    /// What, lot by lot, as it was there.
    pub lots: Vec<Paid>,
    /// What becomes of it.
    pub into: MoneyInto,
}

/// What becomes of money that comes from a gift card. A stored format: variants are added at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MoneyInto {
    /// It is on a card that takes the place of another, of which this is known.
    NewCard(Box<GiftCard>),
    /// It is on a card that took the place of another before.
    Card,
    /// It is a member's store credit.
    Credit,
}

/// Money comes back that could not be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyBack {
    /// Who did not take it.
    pub from: MemberId,
    /// What, lot by lot.
    pub lots: Vec<Paid>,
    /// Whether it should have become store credit; else it should have gone onto a card.
    pub credit: bool,
}

/// What a merged member had paid with money accounts, and may still come back. Made from a
/// `MergeOut`.
pub type MoneyMoved = Purse;

impl GiftMove {
    /// What it is in one word, as the API and tables show it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Issued(_) => "issue",
            Self::Activated { .. } => "activate",
            Self::Loaded(_) => "load",
            Self::Reserved(_) => "reserve",
            Self::Committed { .. } => "commit",
            Self::Cancelled { .. } => "cancel",
            Self::Refunded { .. } => "refund",
            Self::Blocked { blocked: true, .. } => "block",
            Self::Blocked { .. } => "unblock",
            Self::Replaced { .. } => "replace",
            Self::IntoCredit { .. } => "into_credit",
        }
    }
}
