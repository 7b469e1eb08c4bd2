//! Kinds of points.

use super::{Body, Form, Section, Shape, Table, needed, or};

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
