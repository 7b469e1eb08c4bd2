//! Selling through others: reports of what was sold on, staff who sell, partners who give points.

use regulars_base::Span;

/// What is done about reports of what was sold on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SellThroughPolicy {
    /// From which amount on (minor units) a person must approve a report: 0 for each; nothing if none
    /// needs it.
    pub approve_from: Option<i64>,
    /// Whether a report needs a proof.
    pub proof: bool,
    /// How old a sale may be that is reported.
    pub window: Span,
    /// Which part of the reports that need no approval a person looks at all the same, in millionths.
    pub audit: i64,
}

/// Who gets what a rule gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Recipient {
    /// The member whose event it is.
    #[default]
    Member,
    /// The member who sold.
    Staff,
}

/// What a partner may give to members out of a budget of its own.
#[derive(Clone, Debug)]
pub struct AwardRule {
    /// Its budgets, and what one member may get. For each kind of points that may be given there is a
    /// budget.
    pub limits: Vec<super::Limit>,
    /// The reasons that it may give; any if none is named.
    pub reasons: Vec<String>,
    /// How long it may take an award back.
    pub cancel: Span,
}
