//! Selling through others: sales staff, resellers who report what they sold on, and partners who give
//! points out of a budget of their own.

use super::{Fault, Purchase};
use crate::state::OrderKey;
use regulars_base::{MemberId, Name, Text};
use serde::{Deserialize, Serialize};

/// What a sale means for the member who made it. Made from the customer's purchase or refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffNews {
    /// Who bought.
    pub buyer: MemberId,
    /// The order.
    pub order: OrderKey,
    /// In which store it was sold.
    pub store: Text,
    /// By which channel.
    pub channel: Text,
    /// What happened.
    pub what: StaffWhat,
}

/// What happened to a sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StaffWhat {
    /// It was made: what rules for staff come to, before the limits of the member who sold.
    Sold(Vec<StaffAward>),
    /// Part or all of it came back.
    CameBack(Vec<StaffBack>),
}

/// What one rule for staff comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffAward {
    /// The rule.
    pub rule: Name,
    /// Which points.
    pub points: Name,
    /// What it counted.
    pub basis: i64,
    /// How many points, before limits.
    pub before: i64,
}

/// How much of what a rule for staff came to belongs to what came back, in all so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffBack {
    /// The rule.
    pub rule: Name,
    /// Which points.
    pub points: Name,
    /// So much of `whole`.
    pub part: i64,
    /// What the rule came to, before limits.
    pub whole: i64,
}

/// A partner gives a member points out of its budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerAward {
    /// Which points, by their id in the program file.
    pub points: Text,
    /// How many, in the currency's smallest unit: above zero.
    pub amount: i64,
    /// Why: one of the partner's reasons, where the program lists them. Never empty.
    pub reason: Text,
}

/// A partner takes such points back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerAwardBack {
    /// The external id of the event that gave them, of the same source.
    pub award: Text,
    /// Why. Never empty.
    pub reason: Text,
}

/// A reseller sold on to somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SellThrough {
    /// What was sold on; its order is the number of the report. Reports and orders of one source share
    /// their numbers.
    pub sold: Box<Purchase>,
    /// To whom, as the reseller writes it: nobody looks into it.
    pub customer: Text,
    /// Where the proof is kept, or its hash; empty if there is none.
    pub proof: Text,
}

impl PartnerAward {
    /// Checks an award: some points, with a reason.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.amount <= 0 {
            let what = "must be above zero: what was given is taken back by a cancel";
            faults.push(Fault::new("/amount", what));
        }
        if self.reason.as_str().trim().is_empty() {
            faults.push(Fault::new("/reason", "is empty: say why"));
        }
        faults
    }
}
