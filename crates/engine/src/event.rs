//! What happened: events, valid once they exist.

mod changeover;
mod purchase;

pub use changeover::{Changeover, Redated};
pub use purchase::{Line, LineParts, Payment, Purchase, PurchaseParts};

use crate::state::{Card, CardGift, DatedStamps, Paid, Progress, StampTime, Voucher};
use regulars_base::{EventKey, MemberId, Name, Text, Timestamp};
use serde::{Deserialize, Serialize};

/// An event as it came in at the door: who it concerns is not resolved to a wallet yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incoming {
    /// Whom it concerns.
    pub who: Who,
    /// What happened.
    pub event: Event,
}

/// Whom an event concerns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Who {
    /// A member, by id.
    Member(MemberId),
    /// Whoever has this identity: kind (`email`, `phone`, `card`, `customer` ...) and value.
    Identity {
        /// What sort of identity.
        kind: Text,
        /// Its value, as the source writes it.
        value: Text,
    },
    /// Whoever placed the order that the event names.
    OfOrder,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What makes it one event, however often it is delivered.
    pub key: EventKey,
    /// When it happened: rules, windows and expiry count from here.
    pub occurred_at: Timestamp,
    /// When it was written down: the order of the log. Set by the shell; not part of the input's
    /// hash.
    pub recorded_at: Timestamp,
    /// Randomness drawn at the door, so that a replay decides alike. Not part of the input's hash.
    pub entropy: [u8; 16],
    /// What it is.
    pub kind: Kind,
}

/// The kinds of event. A stored format: variants are added at the end, never changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Kind {
    /// A customer becomes a member.
    Enrolment,
    /// Somebody bought.
    Purchase(Box<Purchase>),
    /// Something bought came back.
    Refund(Refund),
    /// A visit, a review, or anything that the program names.
    Activity(Activity),
    /// A member wants a reward: the points are set aside, or spent at once.
    RewardRequest(RewardRequest),
    /// A reward that was set aside is used.
    RewardCommit(RewardEnd),
    /// A reward is given back, used or not.
    RewardCancel(RewardEnd),
    /// Points given or taken by hand.
    Adjustment(Adjustment),
    /// Time has passed: whatever was due is done.
    Tick,
    /// The member turned out to be somebody who is a member already: everything in the wallet
    /// leaves for theirs.
    MergeOut(MergeOut),
    /// What a merged member had comes in. Made from a `MergeOut`, in the same commit.
    MergeIn(Box<MergeIn>),
    /// Another version of the program takes over. Made for each wallet that it concerns.
    Changeover(Box<Changeover>),
}

/// Everything leaves for another wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeOut {
    /// The member who goes: the owner of this wallet.
    pub from: MemberId,
    /// The member who stays.
    pub into: MemberId,
}

/// What a merged member had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeIn {
    /// The member who is no more.
    pub from: MemberId,
    /// Since when they were a member.
    pub enrolled_at: Option<Timestamp>,
    /// Their points, lot by lot: they keep their dates.
    pub lots: Vec<Paid>,
    /// What they owed.
    pub debts: Vec<(Name, i64)>,
    /// Their progress towards tiers.
    pub progress: Vec<Progress>,
    /// Their stamp cards.
    pub cards: Vec<Card>,
    /// Stamps of cards with a window: which of them lapse when.
    pub dated: Vec<DatedStamps>,
    /// When cards whose stamps are apart were stamped last.
    pub stamp_times: Vec<StampTime>,
    /// Points that their cards gave, while a refund may still take them back.
    pub card_gifts: Vec<CardGift>,
    /// Their free rewards.
    pub vouchers: Vec<Voucher>,
}

/// Part or all of an order came back. Any number per order, in any order, also before the purchase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The order's number, within the source of the event.
    pub order: Text,
    /// What came back.
    pub what: Refunded,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refunded {
    /// Everything that had not come back yet.
    Rest,
    /// So much money, in minor units: taken from all lines in proportion to what is left of them.
    Amount(i64),
    /// These lines.
    Lines(Vec<RefundLine>),
}

/// One line that came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundLine {
    /// The line's id in the purchase (its place, `1`, `2` ..., if the purchase gave none).
    pub line: Text,
    /// How much money, in minor units; nothing for all that is left of it.
    pub amount: Option<i64>,
    /// How many, in thousandths; nothing for a share that follows the amount.
    pub quantity: Option<i64>,
}

/// Something a member did that is no purchase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// What: `visit`, or a name that the program declares.
    pub name: Text,
    /// Where: the store, if any.
    pub store: Text,
    /// Its fields, by name.
    pub fields: Vec<(Text, Value)>,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Words.
    Text(Text),
}

/// A member wants a reward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewardRequest {
    /// The redemption's id, unique in the wallet: the event's own external id, as a rule.
    pub redemption: Text,
    /// Which reward, by its id in the program file.
    pub reward: Text,
    /// How many of it: 1 or more.
    pub quantity: i64,
    /// For which order (within the event's source), if that is known: a refund of the order gives
    /// the points back.
    pub order: Option<Text>,
    /// Spend at once instead of setting aside.
    pub commit: bool,
}

/// A redemption is used, or given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewardEnd {
    /// The redemption's id.
    pub redemption: Text,
    /// For which order, if it was not said before.
    pub order: Option<Text>,
}

/// Points given or taken by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// Which points, by their id in the program file.
    pub points: Text,
    /// How many, in the currency's smallest unit; below zero to take.
    pub amount: i64,
    /// Why: shown to the member and to auditors. Never empty.
    pub reason: Text,
    /// Who did it.
    pub by: Text,
}

impl Event {
    /// The number of the order whose record it needs, within its source.
    pub fn order(&self) -> Option<&Text> {
        match &self.kind {
            Kind::Purchase(purchase) => Some(&purchase.order),
            Kind::Refund(refund) => Some(&refund.order),
            Kind::Enrolment
            | Kind::Activity(_)
            | Kind::RewardRequest(_)
            | Kind::RewardCommit(_)
            | Kind::RewardCancel(_)
            | Kind::Adjustment(_)
            | Kind::Tick
            | Kind::MergeOut(_)
            | Kind::MergeIn(_)
            | Kind::Changeover(_) => None,
        }
    }

    /// Its kind in one word, as the API and tables show it.
    pub const fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Enrolment => "enrolment",
            Kind::Purchase(_) => "purchase",
            Kind::Refund(_) => "refund",
            Kind::Activity(_) => "activity",
            Kind::RewardRequest(_) => "reward_request",
            Kind::RewardCommit(_) => "reward_commit",
            Kind::RewardCancel(_) => "reward_cancel",
            Kind::Adjustment(_) => "adjustment",
            Kind::Tick => "tick",
            Kind::MergeOut(_) => "merge_out",
            Kind::MergeIn(_) => "merge_in",
            Kind::Changeover(_) => "changeover",
        }
    }
}

/// Something wrong with an input, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer to the field: `/lines/0/amount`.
    pub at: String,
    /// What is wrong and what to do.
    pub what: String,
}

impl Fault {
    /// At `at`, this is wrong.
    pub fn new(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            at: at.into(),
            what: what.into(),
        }
    }
}

impl Refund {
    /// Checks a refund: amounts and quantities above zero, at least one line where lines are named.
    pub fn new(order: Text, what: Refunded) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut positive = |at: String, value: i64| {
            if value <= 0 {
                faults.push(Fault::new(
                    at,
                    "must be above zero: a refund says what came back",
                ));
            }
        };
        match &what {
            Refunded::Rest => {}
            Refunded::Amount(amount) => positive("/amount".into(), *amount),
            Refunded::Lines(lines) => {
                for (at, line) in lines.iter().enumerate() {
                    if let Some(amount) = line.amount {
                        positive(format!("/lines/{at}/amount"), amount);
                    }
                    if let Some(quantity) = line.quantity {
                        positive(format!("/lines/{at}/quantity"), quantity);
                    }
                }
                if lines.is_empty() || lines.len() > Purchase::LINES_MAX {
                    let most = Purchase::LINES_MAX;
                    faults.push(Fault::new("/lines", format!("must hold 1 to {most} lines")));
                }
            }
        }
        if order.is_empty() {
            faults.push(Fault::new("/order", "names no order"));
        }
        if faults.is_empty() {
            Ok(Self { order, what })
        } else {
            Err(faults)
        }
    }
}
