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
    /// How much it lets through instead from a tier on, by its place; the highest tiers last.
    pub tiers: Vec<(u16, i64)>,
}

impl Limit {
    /// How much it lets through for a member in the tier at this place.
    pub fn most_of(&self, tier: usize) -> i64 {
        let reached = |own: &&(u16, i64)| usize::from(own.0) <= tier;
        let own = self.tiers.iter().rev().find(reached);
        own.map_or(self.most, |(_, most)| *most)
    }

    /// The most that it lets through for anybody.
    pub fn most_ever(&self) -> i64 {
        let tiers = self.tiers.iter().map(|(_, most)| *most);
        tiers.fold(self.most, i64::max)
    }
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
