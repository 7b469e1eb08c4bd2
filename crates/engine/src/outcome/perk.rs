//! Why: what happened to rewards.

use crate::state::FulfilmentStage;
use regulars_base::{Name, Timestamp};
use serde::{Deserialize, Serialize};

/// What happened to rewards. A stored format: variants are added at the end, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PerkNote {
    /// A part of a redemption came back.
    CameBack {
        /// The reward.
        reward: Name,
        /// How many of it.
        by: i64,
        /// How many are left of the redemption.
        left: i64,
    },
    /// The stock of a reward was changed by hand.
    Restocked {
        /// The reward.
        reward: Name,
        /// By how much.
        by: i64,
        /// How many there are now.
        left: i64,
    },
    /// A reward was redeemed by itself: its voucher is in the member's hand.
    ByItself {
        /// The reward.
        reward: Name,
    },
    /// Its voucher was given back, unused.
    VoucherBack {
        /// The reward.
        reward: Name,
    },
    /// The member wants rewards by themselves, or wants them no more.
    Wanted(bool),
    /// A redemption that is sent has come so far.
    Fulfilment {
        /// The reward.
        reward: Name,
        /// How far.
        stage: FulfilmentStage,
    },
    /// So many codes of a supplier came in.
    CodesAdded {
        /// For which reward.
        reward: Name,
        /// How many.
        count: i64,
        /// How many there are now.
        left: i64,
    },
    /// A redemption brought codes of a supplier.
    GotCodes {
        /// The reward.
        reward: Name,
        /// How many.
        count: i64,
    },
    /// The member may pick from a menu.
    MayPick {
        /// The menu.
        menu: Name,
    },
    /// A reward was picked from a menu.
    Picked {
        /// The menu.
        menu: Name,
        /// The reward.
        pick: Name,
        /// Whether nobody picked in time, and the menu did.
        by_itself: bool,
    },
    /// Something is open to the member until then.
    Opened {
        /// The reward that opens it.
        reward: Name,
        /// Until when.
        until: Timestamp,
    },
    /// It is not any more.
    Closed {
        /// The reward that had opened it.
        reward: Name,
    },
    /// So much money came into the member's store credit.
    ToCredit {
        /// The reward.
        reward: Name,
        /// How much, in minor units of the program's currency.
        minor: i64,
    },
    /// So much money goes to a cause.
    ToCause {
        /// The reward.
        reward: Name,
        /// How much, in minor units of the program's currency.
        minor: i64,
        /// What the merchant adds.
        matched: i64,
    },
    /// An attribute of the member is set.
    Attribute {
        /// Which.
        attribute: Name,
    },
    /// So much of the money that a reward had credited was taken back with it.
    CreditBack {
        /// The reward.
        reward: Name,
        /// How much, in minor units of the program's currency.
        minor: i64,
    },
    /// A free reward is given again.
    Reissued {
        /// The reward.
        reward: Name,
        /// Until when.
        until: Timestamp,
    },
    /// What was given again was taken back.
    ReissueBack {
        /// The reward.
        reward: Name,
    },
    /// A reward is given to the member.
    Given {
        /// The reward.
        reward: Name,
        /// Until when.
        until: Timestamp,
    },
}
