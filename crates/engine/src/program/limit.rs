//! What a rule, a card or a reward never passes.

use regulars_base::{Name, Period};

/// What a rule, a card or a reward never passes.
#[derive(Clone, Debug)]
pub struct Limit {
    /// Its name in states and records.
    pub name: Name,
    /// Whom it counts.
    pub per: LimitScope,
    /// Over which period; for ever if not said. (Nothing for a limit per order.)
    pub every: Option<Period>,
    /// What it counts.
    pub what: Limited,
    /// How much it lets through.
    pub most: i64,
}

/// Whom a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitScope {
    /// Each order on its own.
    Order,
    /// Each member.
    Member,
    /// All members together: a budget.
    Program,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limited {
    /// How often.
    Times,
    /// Points of one kind, by their place in the program.
    Points(u16),
}
