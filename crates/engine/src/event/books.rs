//! The books of points: a period that is closed.

use regulars_base::{Name, Text, Timestamp};
use regulars_ledger::Statement;
use serde::{Deserialize, Serialize};

/// A period of the books is closed: what points came to is put down and does not change any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BooksClosing {
    /// Its name: `2025-03`.
    pub period: Text,
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
    /// What moved from the beginning until then, by kind of points, as far as it was written down
    /// when the period was closed. Each opens with zero. What is written down later for these days
    /// is what the next sums have more, so it counts for the next period.
    pub sums: Vec<(Name, Statement)>,
    /// Who closed it.
    pub by: Text,
}
