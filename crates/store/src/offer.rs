//! Personal offers: what was chosen for whom, what was taken, and what came of it.

use regulars_base::{Timestamp, WalletId};

/// How far an offer came that was chosen for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferStage {
    /// It stands.
    Open,
    /// They took it, and that is being booked.
    Taking,
    /// They took it, and that is booked.
    Taken,
    /// It could not be taken, for a reason.
    Refused,
}

/// Which choice: whose, of which set, in which round, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferKey {
    /// Whose: the wallet has the id of its member.
    pub wallet: WalletId,
    /// Of which set.
    pub set: String,
    /// In which round.
    pub round: u32,
}

/// An offer that was chosen for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferChoice {
    /// Which choice.
    pub key: OfferKey,
    /// Among whom the member was counted.
    pub cell: String,
    /// Which offer.
    pub offer: String,
    /// The number that chose it.
    pub number: u32,
    /// All that could have been chosen, with their chances and what was known of them: JSON.
    pub among: String,
    /// Whether they are held out: then it is shown to nobody.
    pub held_out: bool,
    /// When it was chosen.
    pub chosen_at: Timestamp,
    /// The number of the last row that the wallet's log had then.
    pub seq: u64,
    /// The first moment at which it no longer stands.
    pub until: Timestamp,
    /// How far it came.
    pub stage: OfferStage,
    /// What its taking drew of the budget, in minor units.
    pub cost: i64,
    /// When it was taken.
    pub taken_at: Option<Timestamp>,
    /// Why it could not be taken.
    pub reason: String,
    /// How many orders came while it stood, once that is over.
    pub orders: Option<u32>,
    /// What these came to, in minor units.
    pub spent: Option<i64>,
}

/// What is known of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferKnown {
    /// Among whom.
    pub cell: String,
    /// Which offer.
    pub offer: String,
    /// How often an order came of it.
    pub brought: u64,
    /// How often none did.
    pub did_not: u64,
}

/// What came of somebody's wish to take an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferTaking {
    /// It is being booked.
    Begun,
    /// It does not stand: it was taken, is over, or is not theirs.
    NotOpen,
    /// The budget of the set does not pay it any more.
    BudgetSpent,
}

/// What came while an offer stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferOutcome {
    /// Of which choice.
    pub key: OfferKey,
    /// How many orders.
    pub orders: u32,
    /// What these came to, in minor units.
    pub spent: i64,
}

impl OfferStage {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Taking, Self::Taken, Self::Refused];

    pub(crate) const fn number(self) -> i64 {
        match self {
            Self::Open => 0,
            Self::Taking => 1,
            Self::Taken => 2,
            Self::Refused => 3,
        }
    }

    pub(crate) fn of(number: i64) -> crate::Result<Self> {
        let found = Self::ALL.into_iter().find(|own| own.number() == number);
        found.ok_or_else(|| {
            crate::Error::Corrupt(format!(
                "an offer is at the stage {number}, which there is not"
            ))
        })
    }
}

/// The columns of a choice, in the order in which they are read and written after the tenant.
pub(crate) const CHOICE: &str = "wallet, offer_set, round, cell, offer, number, among, held_out, chosen_at, seq, \
     until, stage, cost, taken_at, reason, orders, spent";

/// A number that is kept as one with a sign.
pub(crate) fn small(number: i64) -> crate::Result<u32> {
    u32::try_from(number)
        .map_err(|_| crate::Error::Corrupt(format!("{number} is no number of an offer")))
}
