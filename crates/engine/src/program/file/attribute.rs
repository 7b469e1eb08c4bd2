//! What sorts of members there are.

use super::{Body, Form, Section, Shape, Table, needed};

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
    fields: &[needed(
        "values",
        Shape::List(&Shape::Id),
        "The values that it may have. Members of whom nothing is said have none.",
    )],
};
