//! What happens to rewards beside being asked for: they come back in part, their stock changes, they
//! are redeemed by themselves.

use crate::state::{Access, Picked};
use regulars_base::{Name, Text};
use serde::{Deserialize, Serialize};

/// What happens to a reward. A stored format: variants are added at the end, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PerkEvent {
    /// A part of a redemption comes back.
    Return(RewardReturn),
    /// There are more of a reward, or fewer, than was known. It concerns no member.
    Restock(Restock),
    /// The member wants rewards that are redeemed by themselves (again), or wants them no more.
    Automatic(bool),
    /// A redemption that is sent to the member goes on its way.
    Fulfil(Fulfil),
    /// Codes of a supplier came in. It concerns no member.
    CodesAdded(CodesAdded),
    /// The member picks one of the rewards of a menu.
    Pick(Pick),
    /// The merchant says what sort of member it is.
    Attributes(Attributes),
    /// What a merged member held of rewards. Made from a merge.
    Moved(Box<PerksMoved>),
    /// A free reward is given again.
    Reissue(Box<Reissue>),
    /// What was given again is taken back.
    ReissueBack(Box<ReissueBack>),
    /// A reward is given to the member, who pays nothing for it.
    Gift(Box<RewardGift>),
}

/// A free reward is given again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reissue {
    /// What it stands for.
    pub of: ReissueOf,
    /// Why: shown to the member and to auditors. Never empty.
    pub reason: Text,
    /// Who did it.
    pub by: Text,
}

/// A reward is given to the member: a voucher in their hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewardGift {
    /// Which reward, by its id in the program file.
    pub reward: Text,
    /// For how many days the voucher is good, with today; nothing for ever.
    pub days: Option<u16>,
    /// Why: shown to the member and to auditors. Never empty.
    pub reason: Text,
    /// Who did it.
    pub by: Text,
}

/// What a free reward that is given again stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReissueOf {
    /// The voucher that lapsed last for this reward, by its id in the program file.
    Lapsed(Text),
    /// A redemption that was used, and that the member had nothing of: its id.
    Used(Text),
}

/// What was given again is taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReissueBack {
    /// The external id of the event that gave it again.
    pub reissue: Text,
    /// Why: shown to the member and to auditors. Never empty.
    pub reason: Text,
    /// Who did it.
    pub by: Text,
}

/// A redemption that is sent to the member goes on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fulfil {
    /// The redemption's id.
    pub redemption: Text,
    /// What happened to it.
    pub to: FulfilMove,
}

/// What happens to a reward that is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FulfilMove {
    /// It left the house.
    Dispatched {
        /// Who carries it.
        carrier: Text,
        /// The carrier's number for it.
        tracking: Text,
    },
    /// It arrived.
    Delivered,
    /// It could not be sent, or did not arrive.
    Failed {
        /// Why.
        reason: Text,
    },
    /// It came back.
    Returned {
        /// Why.
        reason: Text,
    },
}

/// Codes of a supplier came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodesAdded {
    /// For which reward, by its id in the program file.
    pub reward: Text,
    /// How many: 1 or more.
    pub count: i64,
}

/// A member picks one of the rewards of a menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    /// The menu: a reward, by its id in the program file.
    pub menu: Text,
    /// Which of its rewards, by its id in the program file.
    pub pick: Text,
}

/// What sort of member it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    /// Attribute and value, both as the program declares them; no value for none any more.
    pub values: Vec<(Text, Text)>,
    /// Who says so.
    pub by: Text,
}

/// What a merged member held of rewards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerksMoved {
    /// What sort of member they were.
    pub attributes: Vec<(Name, Text)>,
    /// What was open to them.
    pub access: Vec<Access>,
    /// Vouchers that they picked.
    pub picked: Vec<Picked>,
}

/// A part of a redemption comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewardReturn {
    /// The redemption's id.
    pub redemption: Text,
    /// How much of it.
    pub part: ReturnPart,
    /// Why: shown to the member and to auditors; may be empty.
    pub reason: Text,
}

/// How much of a redemption comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReturnPart {
    /// All that has not come back yet.
    Rest,
    /// So many of the reward: 1 or more.
    Quantity(i64),
    /// So many of the points that paid, where points pay a part of an order.
    Points {
        /// Which, by their id in the program file.
        points: Text,
        /// How many, in their smallest unit: 1 or more.
        amount: i64,
    },
}

/// The stock of a reward changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restock {
    /// Which reward, by its id in the program file.
    pub reward: Text,
    /// How.
    pub how: StockMove,
    /// Why: shown to auditors. Never empty.
    pub reason: Text,
    /// Who did it.
    pub by: Text,
}

/// How a stock changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StockMove {
    /// So many came in: 1 or more.
    Up(i64),
    /// So many are gone: 1 or more.
    Down(i64),
    /// So many are there: 0 or more.
    Set(i64),
}

impl PerkEvent {
    /// The kind in one word, as the API and tables show it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Return(_) => "reward_return",
            Self::Restock(_) => "restock",
            Self::Automatic(_) => "automatic_rewards",
            Self::Fulfil(_) => "fulfilment",
            Self::CodesAdded(_) => "codes_added",
            Self::Pick(_) => "pick",
            Self::Attributes(_) => "attributes",
            Self::Moved(_) => "perks_moved",
            Self::Reissue(_) => "reissue",
            Self::ReissueBack(_) => "reissue_undo",
            Self::Gift(_) => "reward_gift",
        }
    }
}
