//! Why something came of selling through others, or nothing.

use regulars_base::{MemberId, Name, Text};
use serde::{Deserialize, Serialize};

/// A line of the trace about sales staff, partners' awards and sell-through. A stored format: variants
/// are added at the end, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChannelNote {
    /// A member sold the order, and is told.
    SoldBy(MemberId),
    /// Nobody is known by what the purchase names as its staff.
    StaffUnknown,
    /// Who sold is who bought: one's own purchases do not pay.
    StaffIsBuyer,
    /// The member sold an order.
    Sale {
        /// Who bought.
        buyer: MemberId,
    },
    /// The member is told of a sale, and is no member.
    StaffNoMember,
    /// Part or all of an order that the member sold came back.
    SaleCameBack {
        /// Who had bought.
        buyer: MemberId,
    },
    /// A partner gave points out of its budget.
    Awarded {
        /// The partner.
        partner: Name,
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
        /// Why.
        reason: Text,
    },
    /// A partner took such points back.
    AwardBack {
        /// The partner.
        partner: Name,
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
        /// Why.
        reason: Text,
    },
    /// The member sold on, for so much (minor units of the program's currency).
    SoldOn(i64),
}
