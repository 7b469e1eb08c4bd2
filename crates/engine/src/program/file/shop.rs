//! The program as a whole.

use super::{Body, Form, Section, Shape, Table, needed, or};

pub(super) const PROGRAM_SECTION: Section = Section {
    key: "program",
    form: Form::Once,
    body: Body::Fields(&PROGRAM),
    doc: "What the program is called, and the calendar and the money that it counts in.",
    example: r#"[program]
name     = "Corner Café Regulars"
currency = "EUR"
timezone = "Europe/Berlin"
locale   = "de""#,
};

/// The program as a whole.
pub const PROGRAM: Table = Table {
    name: "the program",
    others: None,
    fields: &[
        needed("name", Shape::Text, "What people call the program."),
        needed(
            "currency",
            Shape::Phrase("^[A-Z]{3}$", "EUR"),
            "The currency that the program counts in, by its code of ISO 4217. Purchases in another \
             currency are refused unless `[rates]` names it.",
        ),
        or(
            "timezone",
            Shape::Text,
            "\"UTC\"",
            "The shop's time zone, by its IANA name. Days, weeks, months and opening hours are those of \
             a calendar and a clock in the shop; weeks begin on Monday.",
        ),
        or(
            "locale",
            Shape::Phrase("^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", "de-AT"),
            "\"en\"",
            "The language of the program's own texts, as a BCP 47 tag.",
        ),
        or(
            "unknown_customers",
            Shape::Choice(&[
                ("enrol", "they become members"),
                (
                    "hold",
                    "what they do is kept, and counts once they are members",
                ),
                ("refuse", "what they do is refused"),
            ]),
            "\"enrol\"",
            "What happens when somebody buys who is no member.",
        ),
    ],
};

pub(super) const RATES_SECTION: Section = Section {
    key: "rates",
    form: Form::Once,
    body: Body::Values(&Shape::Decimal),
    doc: "Other currencies that are taken, and what one unit of them is worth in the program's own. \
          Amounts are converted exactly; only points are rounded.",
    example: "[rates]\nUSD = 0.92\nCHF = 1.05",
};
