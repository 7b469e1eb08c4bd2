//! Points that members send to one another.

use super::limit::LIMIT;
use super::{Body, Form, Section, Shape, Table, needed, or};

pub(super) const TRANSFER_SECTION: Section = Section {
    key: "transfer",
    form: Form::Once,
    body: Body::Fields(&TRANSFER),
    doc: "Members send points to one another. Points that are free now are sent, those that lapse \
          soonest (or are oldest) first. Who is not enrolled cannot take them: they come back with \
          the dates that they had.",
    example: r#"[transfer]
points = ["beans"]
least  = { beans = 10 }
most   = { beans = 500 }
limit  = [{ times = 3, every = "month" }, { beans = 1000, every = "year" }]
joined = "14 days""#,
};

/// Points that members send to one another.
pub const TRANSFER: Table = Table {
    name: "what members may send to one another",
    others: None,
    fields: &[
        needed(
            "points",
            Shape::List(&Shape::Id),
            "Which points may be sent, by their ids.",
        ),
        or(
            "least",
            Shape::Map(&Shape::Amount),
            "1 of the smallest unit",
            "The least that may be sent at once.",
        ),
        or(
            "most",
            Shape::Map(&Shape::Amount),
            "all that one has",
            "The most that may be sent at once.",
        ),
        or(
            "fee",
            Shape::Map(&Shape::Amount),
            "nothing",
            "What sending them costs, in the same points. It comes back if they are not taken.",
        ),
        or(
            "limit",
            Shape::List(&Shape::Table(&LIMIT)),
            "none",
            "How often a member may send, or how many points: `{ times = 3, every = \"month\" }`.",
        ),
        or("tier", Shape::Id, "any", "The lowest tier that may send."),
        or(
            "joined",
            Shape::Phrase("^[0-9]+ (days?|weeks?)$", "14 days"),
            "any time",
            "For how long one must have been a member to send.",
        ),
        or(
            "dates",
            Shape::Choice(&[
                ("keep", "they lapse when they would have lapsed"),
                (
                    "restart",
                    "they lapse as if whoever gets them had earned them on that day",
                ),
            ]),
            "\"keep\"",
            "When points that were sent lapse.",
        ),
    ],
};
