//! Claims: orders that a member says were not counted.

use regulars_base::Span;

/// What is done about claims of missing points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimPolicy {
    /// How old an order may be that is claimed.
    pub window: Span,
    /// How long before joining an order may have been placed; nothing if only those after it count.
    pub before_joining: Option<Span>,
    /// Up to which amount (minor units) a claim that matches an order exactly is approved by rule;
    /// nothing if a person decides each.
    pub approve_up_to: Option<i64>,
}

impl Default for ClaimPolicy {
    fn default() -> Self {
        Self {
            window: Span::Days(90),
            before_joining: None,
            approve_up_to: None,
        }
    }
}
