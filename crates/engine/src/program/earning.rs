//! Ways to earn, and how several of them go together.

use super::condition::Condition;
use super::{Funding, Limit, Recipient};
use regulars_base::{Name, Ratio, Rounding, Timestamp};

/// A way to earn.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// Which events it listens to.
    pub on: Trigger,
    /// Who gets what it gives.
    pub to: Recipient,
    /// From when on (by the time of the event).
    pub from: Option<Timestamp>,
    /// Until when (the first moment that no longer counts).
    pub until: Option<Timestamp>,
    /// When it counts. A condition that names a line is asked for each line.
    pub when: Option<Condition>,
    /// What never counts.
    pub except: Exclusion,
    /// What it gives.
    pub effect: Effect,
    /// Only what happens at one of these partners (by place); anywhere if none is named.
    pub partners: Vec<u16>,
    /// Who funds what it gives.
    pub funder: Funding,
    /// What it never passes.
    pub limits: Vec<Limit>,
    /// It gives at most once in so many minutes.
    pub apart_minutes: Option<i32>,
}

/// Which events a rule or a card listens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Purchases.
    Purchase,
    /// Activities of this name (`visit` among them).
    Activity(Name),
    /// The moment of joining.
    Enrolment,
    /// A member's birthday, which comes by itself.
    Birthday,
    /// The day on which a member joined, each year, which comes by itself.
    Anniversary,
    /// Reports of what a reseller sold on.
    SellThrough,
}

/// What a rule gives.
#[derive(Clone, Debug)]
pub enum Effect {
    /// So many points of each kind.
    Give {
        /// What, per kind of points.
        gifts: Vec<Gift>,
        /// What amounts it counts.
        base: Base,
        /// How its result is rounded.
        rounding: Rounding,
        /// Whether each line is rounded on its own, or the order as a whole.
        round_per_line: bool,
        /// Whether factors apply to it. A flat gift is never multiplied.
        flat: bool,
    },
    /// Times what other rules gave, for the lines for which it holds.
    Times {
        /// By this.
        factor: Ratio,
        /// The places of the rules that it multiplies, in order.
        of: Vec<u16>,
        /// How its own part is rounded.
        rounding: Rounding,
    },
}

/// So many points of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gift {
    /// The points' place in the program.
    pub points: u16,
    /// How many (in the points' smallest unit), for what.
    pub formula: Formula,
}

/// How many points for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formula {
    /// `points` for each `per` minor units of the base.
    PerAmount {
        /// In the points' smallest unit.
        points: i64,
        /// Minor units of the program's currency.
        per: i64,
    },
    /// So many for each thing (lines' quantities, in thousandths).
    PerItem(i64),
    /// So many for each line that matches.
    PerLine(i64),
    /// So many, once.
    Fixed(i64),
}

/// What amounts a rule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base {
    /// Tax counts.
    pub tax: bool,
    /// Delivery counts.
    pub delivery: bool,
    /// What was taken off by discounts counts as if it had been paid.
    pub discounts: bool,
}

/// What never counts for a rule.
#[derive(Clone, Debug, Default)]
pub struct Exclusion {
    /// Lines of these categories.
    pub category: Vec<String>,
    /// Lines of these brands.
    pub brand: Vec<String>,
    /// Lines of these products.
    pub sku: Vec<String>,
    /// What was paid by these methods: the lines count for less, in proportion.
    pub paid_by: Vec<String>,
}

/// Which of several rules on the same event give. Flat gifts always do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// Every rule that matches.
    #[default]
    All,
    /// For each kind of points, only the rule that gives most; of equals the first.
    Best,
    /// For each kind of points, only the first rule that gives any.
    First,
}

/// How several factors on the same points combine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stacking {
    /// Only the largest counts.
    #[default]
    Best,
    /// What each adds is added: x2 and x3 give x4.
    Add,
    /// Each multiplies what the ones before left: x2 and x3 give x6.
    Compound,
}
