//! What sorts of members there are.

use super::{Body, Form, Section, Shape, Table, or};

pub(super) const ATTRIBUTE_SECTION: Section = Section {
    key: "attribute",
    form: Form::Named,
    body: Body::Fields(&ATTRIBUTE),
    doc: "What sorts of members there are: groups of customers, lines of business. The merchant says of \
          which sort a member is; conditions ask for it by `member.NAME`, so that rates, \
          prices and rewards can be for some.",
    example: r#"[attribute.group]
values = ["retail", "trade", "staff"]"#,
};

/// An attribute.
pub const ATTRIBUTE: Table = Table {
    name: "an attribute",
    others: None,
    fields: &[
        or(
            "values",
            Shape::List(&Shape::Id),
            "needed, unless its values are days",
            "The values that it may have. Members of whom nothing is said have none.",
        ),
        or(
            "kind",
            Shape::Choice(&[
                ("choice", "one of `values`"),
                (
                    "day",
                    "a day, written `2025-04-15`: a year of a tier can begin on it (`within = \"year of \
                     member.NAME\"`)",
                ),
            ]),
            "\"choice\"",
            "What its values are.",
        ),
    ],
};
