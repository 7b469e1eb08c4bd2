//! Causes that members give points to.

use super::challenge::{FROM, TITLE, UNTIL};
use super::{Body, Form, Section, Shape, Table, needed, or};

pub(super) const CAUSE_SECTION: Section = Section {
    key: "cause",
    form: Form::Many,
    body: Body::Fields(&CAUSE),
    doc: "A cause that members give points to. What they are worth is owed to the cause: each month \
          has a statement.",
    example: r#"[[cause]]
id      = "meals"
title   = "Meals for others"
points  = "hearts"
worth   = "0.05 GBP"
matched = "1000.00 GBP""#,
};

/// A cause.
pub const CAUSE: Table = Table {
    name: "a cause",
    others: None,
    fields: &[
        needed("id", Shape::Id, "Its id."),
        TITLE,
        needed("points", Shape::Id, "Which points it takes."),
        or(
            "worth",
            Shape::Phrase("^[0-9]+(\\.[0-9]{1,6})? [A-Z]{3}$", "0.05 EUR"),
            "what the points are worth by their own `worth`",
            "What one of them is worth to the cause. Each gift is rounded down to the cent.",
        ),
        FROM,
        UNTIL,
        or(
            "least",
            Shape::Amount,
            "any number",
            "The least that is given at once.",
        ),
        or(
            "matched",
            Shape::Money,
            "nothing is added",
            "The merchant adds as much again, up to this in all.",
        ),
    ],
};
