//! An order's own record: its lines, what each rule gave for them and into which lots, and what
//! came back so far. It is what lets a refund take back exactly what was earned.

use super::{LineSet, Staffed};
use crate::event::{Purchase, Refund};
use regulars_base::{MemberId, Name, Text, Timestamp};
use regulars_ledger::Dates;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::sync::Arc;

/// What is known of one order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The purchase, once it was seen.
    pub purchased: Option<Arc<Purchased>>,
    /// Refunds that came before the purchase, with the moments they happened.
    pub waiting: Vec<(Timestamp, Refund)>,
    /// Who sold it, where that gave them something.
    pub staff: Option<Box<Staffed>>,
    /// Who bought, where the order is a group's.
    pub person: Option<MemberId>,
    /// For which team it is counted in challenges that teams do together.
    pub team: Option<ForTeam>,
}

/// For whom somebody did something that a team's challenge counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForTeam {
    /// The team.
    pub team: MemberId,
    /// Who did it, as the team knows them.
    pub person: MemberId,
}

/// An order's lines. Like the grants, in the record itself as long as there are few.
pub type OrderLines = SmallVec<[OrderLine; 3]>;

/// What the rules gave for an order, in their order.
pub type Grants = SmallVec<[Grant; 4]>;

/// What an order put on cards.
pub type StampGrants = SmallVec<[StampGrant; 1]>;

/// What a purchase gave, and what is left of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchased {
    /// When it was bought.
    pub at: Timestamp,
    /// The day (number, of the stretch) that its progress was counted into.
    pub day: i32,
    /// Whether it counts as an order towards tiers: until all of it came back.
    pub counted: bool,
    /// What it counted as money spent, in minor units of the program's currency.
    pub spend: i64,
    /// What was paid for delivery, in minor units of the order's currency.
    pub delivery: i64,
    /// Its lines.
    pub lines: OrderLines,
    /// What each rule gave.
    pub grants: Grants,
    /// Stamps that it put on cards.
    pub stamps: StampGrants,
    /// What was bought, kept only where a refund asks the rules again.
    pub bought: Option<Box<Bought>>,
    /// What was on each line, kept only where some activity is about what a member bought.
    pub products: Vec<Name>,
}

/// What was bought, and by a member of which tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bought {
    /// The purchase.
    pub purchase: Purchase,
    /// The tier.
    pub tier: Option<Name>,
}

/// One line, and what came back of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// Its id within the order.
    pub id: Text,
    /// How many were bought, in thousandths.
    pub quantity: i64,
    /// What was paid, in minor units.
    pub amount: i64,
    /// How many came back.
    pub refunded_quantity: i64,
    /// How much money came back.
    pub refunded: i64,
}

/// Points that one rule gave for the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The rule.
    pub rule: Name,
    /// Which points.
    pub points: Name,
    /// How many it gave.
    pub given: i64,
    /// How many of them were taken back.
    pub taken: i64,
    /// Into which lot.
    pub dates: Dates,
    /// For which lines.
    pub lines: LineSet,
}

/// Stamps that the order put on a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StampGrant {
    /// The card.
    pub card: Name,
    /// How many stamps.
    pub given: i64,
    /// How many of them were taken back.
    pub taken: i64,
    /// For which lines.
    pub lines: LineSet,
}

impl Order {
    /// Whether nothing is known of it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Purchased {
    /// What came back so far, in minor units.
    pub fn refunded(&self) -> i64 {
        self.lines.iter().map(|line| line.refunded).sum()
    }

    /// Whether all of it came back.
    pub fn is_whole(&self) -> bool {
        let back = |line: &OrderLine| {
            line.refunded >= line.amount
                && (line.amount > 0 || line.refunded_quantity >= line.quantity)
        };
        self.lines.iter().all(back)
    }

    /// What was paid for its lines, in minor units.
    pub fn amount(&self) -> i64 {
        self.lines.iter().map(|line| line.amount).sum()
    }
}
