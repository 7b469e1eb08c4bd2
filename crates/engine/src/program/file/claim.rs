//! Claims of missing points.

use super::{Body, Form, Section, Shape, Table, or};

pub(super) const CLAIM_SECTION: Section = Section {
    key: "claims",
    form: Form::Once,
    body: Body::Fields(&CLAIM),
    doc: "What is done when a member says that an order was not counted. What is approved counts as of \
          the day of the order, by the version of the program that was in force then.",
    example: r#"[claims]
window         = "90 days"
before_joining = "30 days"
approve_up_to  = "50 EUR""#,
};

/// Claims.
pub const CLAIM: Table = Table {
    name: "what is done about claims",
    others: None,
    fields: &[
        or(
            "window",
            Shape::Length,
            "\"90 days\"",
            "How old an order may be that is claimed.",
        ),
        or(
            "before_joining",
            Shape::Length,
            "orders from before joining do not count",
            "How long before joining an order may have been placed.",
        ),
        or(
            "approve_up_to",
            Shape::Money,
            "a person decides each",
            "Up to which amount a claim is approved by rule, if it says exactly what an order says that \
             the shop had kept (number, day and total).",
        ),
    ],
};
