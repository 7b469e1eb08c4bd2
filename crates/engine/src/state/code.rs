//! What is known of codes, and what wallets remember of their use.

use super::{OrderKey, Paid};
use crate::code::Code;
use crate::outcome::Change;
use regulars_base::{Name, Timestamp};
use serde::{Deserialize, Serialize};

/// The codes that an event names, as far as there are any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Codes {
    /// Each with what is known of it.
    pub known: Vec<(Code, CodeRecord)>,
}

/// What is known of a code that is its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRecord {
    /// Of which campaign.
    pub coupon: Name,
    /// The first moment at which it is void; [`Timestamp::LAST`] if never.
    pub expires_at: Timestamp,
    /// How often it is used now.
    pub used: i64,
    /// Whether it is in somebody's hand: then nobody else may use it.
    pub assigned: bool,
    /// Whether an operator made it void.
    pub void: bool,
}

/// A use of a coupon that may still be given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponUse {
    /// Of which campaign.
    pub coupon: Name,
    /// With which code.
    pub code: Code,
    /// Whether that is a code of its own, and not the one word of the campaign.
    pub single: bool,
    /// Whether the member held the code, and no longer does as it is used up.
    pub held: bool,
    /// For which order.
    pub order: Option<OrderKey>,
    /// When it was recorded.
    pub at: Timestamp,
    /// The day (number) on which its limits counted it.
    pub day: i32,
    /// Points that it gave without an order.
    pub paid: Vec<Paid>,
}

impl CodeRecord {
    /// A code that nothing has happened to yet.
    pub const fn new(coupon: Name, expires_at: Timestamp) -> Self {
        Self {
            coupon,
            expires_at,
            used: 0,
            assigned: false,
            void: false,
        }
    }

    /// Moves the record by a change that names its code.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::CodeMoved { by, .. } => self.used += by,
            Change::CodeAssigned(_) => self.assigned = true,
            Change::CodeReleased(_) => self.assigned = false,
            _ => {}
        }
    }
}

impl Codes {
    /// What is known of `code`.
    pub fn get(&self, code: &Code) -> Option<&CodeRecord> {
        let own = self.known.iter().find(|(own, _)| own == code);
        own.map(|(_, record)| record)
    }

    /// Moves the record that the change names. One that was not asked for moves where it is kept.
    pub(crate) fn apply(&mut self, change: &Change) {
        let Some(code) = change.code() else { return };
        if let Some((_, record)) = self.known.iter_mut().find(|(own, _)| own == code) {
            record.apply(change);
        }
    }
}

impl Change {
    /// The code whose record it moves.
    pub const fn code(&self) -> Option<&Code> {
        match self {
            Self::CodeMoved { code, .. } | Self::CodeAssigned(code) | Self::CodeReleased(code) => {
                Some(code)
            }
            _ => None,
        }
    }
}
