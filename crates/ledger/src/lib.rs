//! Double entry for points: accounts, postings, lots, and the few ways in which points may move.
//!
//! The ledger knows accounts, not members' lives. A posting takes points out of one account and
//! puts the same points into another, so books cannot be unbalanced. Points in a wallet lie in
//! lots, which remember from when they may be spent and when they lapse; every posting that
//! touches a wallet names the lot, so that a book can be folded again from its postings alone.

#![deny(clippy::float_arithmetic)]

mod account;
mod book;
mod cohort;
mod lot;
mod posting;
mod statement;

pub use account::Account;
pub use book::{AlreadySpent, Book, Origin, SpendOrder};
pub use cohort::{Cohort, Cohorts, Months};
pub use lot::{Dates, Lot};
pub use posting::{Posting, Postings};
pub use statement::Statement;
