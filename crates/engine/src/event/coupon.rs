//! What happens to codes of coupons.

use crate::code::Code;
use regulars_base::{MemberId, Text};
use serde::{Deserialize, Serialize};

/// A code of a coupon is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeUse {
    /// Which.
    pub code: Code,
    /// For which order (within the event's source), if that is known: its purchase may name the code
    /// too and uses it no second time, and a refund of all of it gives the use back.
    pub order: Option<Text>,
}

/// A use of a code is given back by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeUndo {
    /// Which code.
    pub code: Code,
    /// Used for which order; the latest use of all if not said.
    pub order: Option<Text>,
    /// Why: shown to auditors.
    pub reason: Text,
}

/// A code is put into a member's hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeAssign {
    /// Which.
    pub code: Code,
}

/// A member hands a code on to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeTransfer {
    /// Which.
    pub code: Code,
    /// From whom: the owner of this wallet.
    pub from: MemberId,
    /// To whom.
    pub into: MemberId,
}
