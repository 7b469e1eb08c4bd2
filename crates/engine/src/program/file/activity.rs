//! What members do without buying.

use super::{Body, Form, Section, Shape, Table, or};

pub(super) const ACTIVITY_SECTION: Section = Section {
    key: "activity",
    form: Form::Named,
    body: Body::Fields(&ACTIVITY),
    doc: "Something members do that is no purchase. `visit` needs no declaration; everything else is \
          declared here, with the fields that conditions may ask about.",
    example: "[activity.review]\nfields = { stars = \"int\", with_photo = \"bool\" }",
};

/// An activity.
pub const ACTIVITY: Table = Table {
    name: "an activity",
    others: None,
    fields: &[or(
        "fields",
        Shape::Map(&Shape::Choice(&[
            ("bool", "yes or no"),
            ("int", "a whole number"),
            ("text", "words"),
        ])),
        "none",
        "Its fields and their types. A field that an event leaves out is false, 0 or empty.",
    )],
};
