//! The statement of a currency: opening + issued - redeemed - expired ± adjusted = closing.

use crate::{Account, Posting};
use serde::{Deserialize, Serialize};

/// What moved in a period, summed by account. All figures are in the currency's smallest unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// What wallets held (lots and holds, less debts) at the start.
    pub opening: i64,
    /// Earned, less what refunds took back.
    pub issued: i64,
    /// Spent, less what was given back.
    pub redeemed: i64,
    /// Lapsed.
    pub expired: i64,
    /// Given (above zero) or taken (below zero) by hand.
    pub adjusted: i64,
    /// Came in from other wallets, less what left for them.
    pub transferred: i64,
    /// Should have been taken back and was not.
    pub shortfall: i64,
}

impl Statement {
    /// Counts one posting.
    pub fn add(&mut self, posting: &Posting) {
        for (account, change) in [
            (posting.from, -posting.amount),
            (posting.to, posting.amount),
        ] {
            match account {
                Account::Issued => self.issued -= change,
                Account::Redeemed => self.redeemed += change,
                Account::Expired => self.expired += change,
                Account::Adjusted => self.adjusted -= change,
                Account::Transit => self.transferred -= change,
                Account::Shortfall => self.shortfall -= change,
                Account::Wallet | Account::Held | Account::Debt => {}
            }
        }
    }

    /// What wallets hold at the end. Foots to the unit, since every posting has two sides.
    pub const fn closing(&self) -> i64 {
        self.opening + self.issued - self.redeemed - self.expired
            + self.adjusted
            + self.transferred
            + self.shortfall
    }
}
