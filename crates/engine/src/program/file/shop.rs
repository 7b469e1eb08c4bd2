//! What a program is, its points, and the activities that it knows.

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

pub(super) const POINTS_SECTION: Section = Section {
    key: "points",
    form: Form::Named,
    body: Body::Fields(&POINTS),
    doc: "A kind of points. A program has one or several: beans to spend, say, and status that counts \
          for tiers. Spending always takes the points that lapse first.",
    example: r#"[points.beans]
name    = { one = "bean", other = "beans" }
worth   = "0.01 EUR"
pending = "14 days"
expires = { after = "12 months", to = "end of month" }"#,
};

/// A kind of points.
pub const POINTS: Table = Table {
    name: "points",
    others: None,
    fields: &[
        or(
            "name",
            Shape::Either(&[Shape::Table(&NAMES), Shape::Text]),
            "the id",
            "What people call them: one word for both, or one for one and one for many.",
        ),
        or(
            "decimals",
            Shape::Whole(0, 6),
            "0",
            "How many decimals they have. With 1, a rule may give 1.5.",
        ),
        or(
            "worth",
            Shape::Money,
            "not stated",
            "What one point is worth, for the liability in reports. Tills do not look at it.",
        ),
        or(
            "pending",
            Shape::Either(&[Shape::Length, Shape::Table(&PENDING)]),
            "free at once",
            "How long they are pending before they can be spent: the return window, as a rule.",
        ),
        or(
            "expires",
            Shape::Either(&[
                Shape::Choice(&[("never", "they stay")]),
                Shape::Length,
                Shape::Table(&EXPIRES),
            ]),
            "\"never\"",
            "When they lapse. A length alone is the same as `{ after = ... }`.",
        ),
        or(
            "spendable",
            Shape::Flag,
            "true",
            "Whether they can be spent. Points that count for tiers only cannot.",
        ),
        or(
            "spend",
            Shape::Choice(&[
                ("soonest to lapse", "those that lapse first"),
                ("oldest first", "those that were free first"),
            ]),
            "\"soonest to lapse\"",
            "Which of a member's points are spent first.",
        ),
    ],
};

/// One word for one, another for many.
pub const NAMES: Table = Table {
    name: "the names of points",
    others: None,
    fields: &[
        needed("one", Shape::Text, "What one is called."),
        needed("other", Shape::Text, "What many are called."),
    ],
};

/// How long points are pending.
pub const PENDING: Table = Table {
    name: "a pending time",
    others: None,
    fields: &[
        needed("after", Shape::Length, "So long after the purchase ..."),
        or(
            "to",
            Shape::Choice(&[("end of day", "they are free when the next day begins")]),
            "at the same time of day",
            "... and then to the end of that day.",
        ),
    ],
};

/// When points lapse.
pub const EXPIRES: Table = Table {
    name: "when points lapse",
    others: None,
    fields: &[
        or(
            "on",
            Shape::Day,
            "no fixed day",
            "All of them at the start of this day, whenever they were earned.",
        ),
        or(
            "after",
            Shape::Length,
            "no length",
            "Each so long after it was earned. Months and years are those of the calendar.",
        ),
        or(
            "counted_from",
            Shape::Choice(&[
                ("earning", "from the day on which they were earned"),
                ("release", "from the day on which they became free"),
                (
                    "activity",
                    "all of them, when nothing was bought, done or redeemed for so long, at the end of that day",
                ),
            ]),
            "\"earning\"",
            "What the length in `after` counts from.",
        ),
        or(
            "to",
            Shape::Choice(&EDGES),
            "at the same time of day",
            "Then on to the end (or back to the start) of the day, week, month ... that this falls into.",
        ),
        or(
            "month_end",
            Shape::Choice(&[
                (
                    "clip",
                    "31 January and a month is 28 February (29 in a leap year)",
                ),
                ("spill", "31 January and a month is 1 March"),
            ]),
            "\"clip\"",
            "What a month later means where that month has no such day.",
        ),
        or(
            "at",
            Shape::Choice(&ENDS),
            "no period",
            "At the end of the period in which they were earned.",
        ),
        or(
            "plus",
            Shape::Whole(0, 100),
            "0",
            "With `at`: so many periods later. `{ at = \"end of year\", plus = 1 }` is the end of next year.",
        ),
    ],
};

const EDGES: [(&str, &str); 12] = [
    ("end of day", "midnight"),
    ("end of week", "the night to Monday"),
    ("end of month", "the month's last midnight"),
    (
        "end of quarter",
        "end of March, June, September or December",
    ),
    ("end of half-year", "end of June or December"),
    ("end of year", "end of December"),
    ("start of day", "the midnight before"),
    ("start of week", "the night to Monday before"),
    ("start of month", "the month's first midnight"),
    (
        "start of quarter",
        "start of January, April, July or October",
    ),
    ("start of half-year", "start of January or July"),
    ("start of year", "start of January"),
];

const ENDS: [(&str, &str); 6] = [
    ("end of day", "midnight"),
    ("end of week", "the night to Monday"),
    ("end of month", "the month's last midnight"),
    (
        "end of quarter",
        "end of March, June, September or December",
    ),
    ("end of half-year", "end of June or December"),
    ("end of year", "end of December"),
];

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
