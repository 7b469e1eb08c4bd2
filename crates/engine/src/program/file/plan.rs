//! Paid membership.

use super::{Body, Form, Section, Shape, Table, needed, or};

pub(super) const PLAN_SECTION: Section = Section {
    key: "plan",
    form: Form::Many,
    body: Body::Fields(&PLAN),
    doc: "A membership that is paid for, by the month, the year or any other period. A member has one \
          at a time. Each period makes an invoice, which a payment provider or an agent settles. \
          Periods are counted in days of the shop's calendar from the day of joining: a plan joined on \
          31 January renews on the last day of February and on 31 March. Where days are paid back or \
          credited, the part of the days that are left is rounded down to the minor unit.",
    example: r#"[[plan]]
id     = "club"
title  = "Bean Club"
price  = "4.90 EUR"
every  = "1 month"
trial  = "14 days"
intro  = { price = "1.00 EUR", periods = 3 }
earn   = { beans = 2 }
gives  = { beans = 50 }
pause  = { longest = "2 months", times = 2 }
cancel = { when = "at period end" }
retry  = ["3 days", "7 days"]
grace  = "14 days""#,
};

const LENGTH_OF_RETRY: &str = "^[0-9]+ (days?|weeks?)$";

const WHEN: Shape = Shape::Choice(&[
    ("at once", "it counts from this moment"),
    ("at period end", "what is paid is used up first"),
]);

/// A plan.
pub const PLAN: Table = Table {
    name: "a plan",
    others: None,
    fields: &[
        needed("id", Shape::Id, "Its id."),
        or("title", Shape::Text, "the id", "What people call it."),
        needed("price", Shape::Money, "What a period costs, tax included."),
        needed(
            "every",
            Shape::Length,
            "How long a period is: `\"1 month\"`, `\"3 months\"`, `\"1 year\"`, `\"30 days\"`.",
        ),
        or(
            "tax",
            Shape::Phrase(r"^[0-9]+(\.[0-9]+)?%$", "19%"),
            "not stated on invoices",
            "The tax within the price.",
        ),
        or(
            "trial",
            Shape::Length,
            "none",
            "Free for so long at first. A member has one trial in a lifetime, of whichever plan.",
        ),
        or(
            "intro",
            Shape::Table(&INTRO),
            "none",
            "A lower price for the first periods of those who join (not of those who change to it).",
        ),
        or(
            "starts",
            Shape::Choice(&[
                ("when paid", "benefits wait for the first payment"),
                (
                    "at once",
                    "benefits begin on joining, the first payment has its grace",
                ),
            ]),
            "\"when paid\"",
            "When benefits begin where there is no trial. The period begins on joining either way.",
        ),
        or(
            "earn",
            Shape::Map(&Shape::Decimal),
            "1",
            "Factors on the points that members of this plan earn, at least 1. They meet those of tiers \
             and rules as `[combine]` says.",
        ),
        or(
            "gives",
            Shape::Either(&[Shape::Id, Shape::Map(&Shape::Amount)]),
            "nothing",
            "What each period gives when it is paid: the id of a reward, or points such as `{ beans = 50 }`.",
        ),
        or(
            "change",
            Shape::Table(&CHANGE),
            "up at once, down at period end",
            "When a change from this plan to another counts. At once, what is left of the period is \
             credited to the day, and a period of the other plan begins.",
        ),
        or(
            "pause",
            Shape::Table(&PAUSE),
            "not offered",
            "Members may pause: the days that are left wait for them.",
        ),
        or(
            "cancel",
            Shape::Table(&CANCEL),
            "at period end",
            "When a cancellation counts.",
        ),
        or(
            "renew",
            Shape::Choice(&[
                (
                    "price in force",
                    "what the program says on the day of the renewal",
                ),
                (
                    "price at joining",
                    "what it said when the member came to the plan",
                ),
            ]),
            "\"price in force\"",
            "What a renewal costs.",
        ),
        or(
            "retry",
            Shape::List(&Shape::Phrase(LENGTH_OF_RETRY, "3 days")),
            "not by itself",
            "So long after the invoice a payment that failed is asked for again.",
        ),
        or(
            "grace",
            Shape::Phrase(LENGTH_OF_RETRY, "14 days"),
            "\"14 days\", or half the period where that is shorter",
            "So long after the invoice the plan ends, if it is not paid by then. Shorter than a period.",
        ),
        or(
            "grace_benefits",
            Shape::Flag,
            "true",
            "Whether benefits go on after the payment of a renewal failed, as long as the grace lasts.",
        ),
        or(
            "again",
            Shape::Length,
            "at once",
            "How long after its end a member may join again.",
        ),
    ],
};

/// The price of the first periods.
pub const INTRO: Table = Table {
    name: "the price of the first periods",
    others: None,
    fields: &[
        needed("price", Shape::Money, "What each of them costs."),
        needed("periods", Shape::Whole(1, 1000), "How many these are."),
    ],
};

/// When a change counts.
pub const CHANGE: Table = Table {
    name: "when a change counts",
    others: None,
    fields: &[
        or(
            "up",
            WHEN,
            "\"at once\"",
            "To a plan that costs more by the day, or the same.",
        ),
        or(
            "down",
            WHEN,
            "\"at period end\"",
            "To a plan that costs less by the day.",
        ),
    ],
};

/// How a plan may be paused.
pub const PAUSE: Table = Table {
    name: "how a plan may be paused",
    others: None,
    fields: &[
        needed("longest", Shape::Length, "After that it goes on by itself."),
        or(
            "times",
            Shape::Whole(1, 100),
            "1",
            "How often in twelve months.",
        ),
    ],
};

/// When a cancellation counts.
pub const CANCEL: Table = Table {
    name: "when a cancellation counts",
    others: None,
    fields: &[
        or("when", WHEN, "\"at period end\"", "When it counts."),
        or(
            "refund",
            Shape::Choice(&[
                ("pro rata", "the days after today are paid back"),
                ("none", "nothing is paid back"),
            ]),
            "\"none\"",
            "With `when = \"at once\"`, or in a pause: what becomes of the days that are left.",
        ),
    ],
};
