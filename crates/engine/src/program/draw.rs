//! Prize draws.

use super::{Gives, Limit};
use regulars_base::{Name, Span, Timestamp};

/// A prize draw: tickets until it closes, then winners.
#[derive(Clone, Debug)]
pub struct DrawRule {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What people call it.
    pub title: String,
    /// From when on tickets are given.
    pub from: Option<Timestamp>,
    /// When it closes: no ticket comes or goes from then on.
    pub closes: Timestamp,
    /// What a ticket costs: points by their place. Empty: tickets are not sold.
    pub price: Vec<(u16, i64)>,
    /// How many tickets may be bought.
    pub limits: Vec<Limit>,
    /// How many win.
    pub winners: i64,
    /// How many are drawn beyond, for winners who do not claim.
    pub alternates: i64,
    /// What a winner gets.
    pub gives: Gives,
    /// Until when it is claimed, from the day it was won; for ever if not said.
    pub claim: Option<Span>,
}
