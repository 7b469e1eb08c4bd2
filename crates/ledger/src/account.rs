//! The accounts that points move between.

use serde::{Deserialize, Serialize};

/// An account of the ledger. The first three belong to a wallet; the others belong to the program
/// and are never kept as a balance (a row that all members share would be as slow as its lock):
/// they are summed from the postings when somebody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Account {
    /// Points that are the member's: in lots, available or pending.
    Wallet,
    /// Points set aside for a redemption that is not committed yet.
    Held,
    /// What the wallet owes: points taken back that had been spent. The next points repay it.
    Debt,
    /// Points on their way from one wallet to another.
    Transit,
    /// Where points come from when they are earned.
    Issued,
    /// Where points go when they are spent.
    Redeemed,
    /// Where points go when they lapse.
    Expired,
    /// Points given or taken by hand.
    Adjusted,
    /// Points that should have been taken back, and were not, because the program stops at zero.
    Shortfall,
}

impl Account {
    /// All of them, in order.
    pub const ALL: [Self; 9] = [
        Self::Wallet,
        Self::Held,
        Self::Debt,
        Self::Transit,
        Self::Issued,
        Self::Redeemed,
        Self::Expired,
        Self::Adjusted,
        Self::Shortfall,
    ];

    /// Its name in tables, exports and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wallet => "wallet",
            Self::Held => "held",
            Self::Debt => "debt",
            Self::Transit => "transit",
            Self::Issued => "issued",
            Self::Redeemed => "redeemed",
            Self::Expired => "expired",
            Self::Adjusted => "adjusted",
            Self::Shortfall => "shortfall",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|account| account.name() == name)
    }
}
