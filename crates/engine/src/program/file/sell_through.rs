//! Reports of what resellers sold on.

use super::{Body, Form, Section, Shape, Table, or};

pub(super) const SELL_THROUGH_SECTION: Section = Section {
    key: "sell_through",
    form: Form::Once,
    body: Body::Fields(&SELL_THROUGH),
    doc: "Resellers report what they sold on, and rules that listen to `sell_through` give them points \
          for it. A report counts as of the day of the sale. What nobody has to approve counts at once. \
          The same invoice or serial number counts once, whoever reports it.",
    example: r#"[sell_through]
approval = "above 5000 EUR"
proof    = true
window   = "60 days"
audit    = "5%""#,
};

/// Reports of what was sold on.
pub const SELL_THROUGH: Table = Table {
    name: "what is done about reports of what was sold on",
    others: None,
    fields: &[
        or(
            "approval",
            Shape::Phrase(
                r"^(none|always|above [0-9]+(\.[0-9]+)? [A-Z]{3})$",
                "above 5000 EUR",
            ),
            "\"none\"",
            "Which reports a person approves before they count: `none`, `always`, or those `above` an \
             amount.",
        ),
        or(
            "proof",
            Shape::Flag,
            "false",
            "Whether a report needs a proof: where the document is kept, or its hash.",
        ),
        or(
            "window",
            Shape::Length,
            "\"90 days\"",
            "How old a sale may be that is reported.",
        ),
        or(
            "audit",
            Shape::Phrase(r"^[0-9]+(\.[0-9]+)?%$", "5%"),
            "none",
            "Of the reports that count without approval so many, drawn by lot, wait for a person all the \
             same.",
        ),
    ],
};
