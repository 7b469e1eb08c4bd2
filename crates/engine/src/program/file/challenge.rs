//! Challenges, and what all games count of events.

use super::gives::GIVES;
use super::{Body, Field, Form, Section, Shape, Table, needed, or};

pub(super) const CHALLENGE_SECTION: Section = Section {
    key: "challenge",
    form: Form::Many,
    body: Body::Fields(&CHALLENGE_RULE),
    doc: "Something to do so and so often: in one step or several, or so many days, weeks or months \
          in a row. Whoever has done it gets what it gives. An event counts for the day on which it \
          happened, however late it is told. A refund takes progress back, and what was given for it \
          as far as it was not used; a badge stays.",
    example: r#"[[challenge]]
id    = "tea-in-may"
title = "Tea three times in May"
from  = "2026-05-01"
until = "2026-05-31"
step  = [{ when = 'line.category == "tea"', count = 3 }]
gives = { beans = 50 }
badge = "tea-friend"

[[challenge]]
id       = "breakfast-club"
in_order = true
step     = [
  { title = "Come by before nine", on = "visit", when = 'local_time < "09:00"' },
  { title = "Buy ten rolls", when = 'line.category == "rolls"', each = "item", count = 10 },
]
gives    = "free-coffee"

[[challenge]]
id     = "every-week"
step   = [{ on = "visit" }]
streak = { every = "week", times = 4, freezes = 1 }
repeat = true
gives  = { beans = 100 }

[[challenge]]
id    = "fifty-coffees"
title = "Fifty coffees in a month, together"
every = "month"
step  = [{ when = 'line.category == "coffee"', each = "item", count = 50 }]
team  = { of = "crew", least = 2 }
gives = { beans = 100 }
badge = "crew"

[[group]]
id   = "crew"
kind = "team""#,
};

/// The fields with which a table says what it counts.
pub(super) const ON: Field = or(
    "on",
    Shape::Phrase("^[a-z0-9][a-z0-9_-]*$", "visit"),
    "\"purchase\"",
    "What it listens to: `purchase`, `enrolment`, `visit`, or an activity that the program declares.",
);
pub(super) const WHEN: Field = or(
    "when",
    Shape::Condition,
    "always",
    "When it counts. A condition that names a `line` is asked for each line.",
);
pub(super) const EACH: Field = or(
    "each",
    Shape::Either(&[
        Shape::Choice(&[
            ("event", "once for each order or visit that matches"),
            ("item", "once for each thing on the lines that match"),
        ]),
        Shape::Money,
    ]),
    "\"event\"",
    "What counts once. With money, each such amount on the lines that match.",
);
pub(super) const PERIODS: Shape = Shape::Choice(&[
    ("day", "midnight to midnight"),
    ("week", "Monday to Sunday"),
    ("month", "a month of the calendar"),
    ("quarter", "a quarter of the calendar"),
    ("half-year", "January to June, July to December"),
    ("year", "a year of the calendar"),
]);
pub(super) const TITLE: Field = or("title", Shape::Text, "the id", "What people call it.");
pub(super) const TIER: Field = or(
    "tier",
    Shape::Id,
    "for everybody",
    "The lowest tier that takes part.",
);
pub(super) const FROM: Field = or(
    "from",
    Shape::Moment,
    "from the beginning",
    "Counts from this day or moment on.",
);
pub(super) const UNTIL: Field = or(
    "until",
    Shape::Moment,
    "without end",
    "Counts until this day, which still counts, or until this moment, which does not.",
);
pub(super) const BADGE: Field = or(
    "badge",
    Shape::Id,
    "none",
    "The badge that it gives as well, by the id of a [[badge]].",
);
pub(super) const VOUCHER_EXPIRES: Field = or(
    "voucher_expires",
    Shape::Length,
    "never",
    "A reward that it gave is void after so long, at the end of that day.",
);

/// A challenge.
pub const CHALLENGE_RULE: Table = Table {
    name: "a challenge",
    others: None,
    fields: &[
        needed("id", Shape::Id, "Its id."),
        TITLE,
        needed(
            "step",
            Shape::List(&Shape::Table(&STEP)),
            "What is to be done: one step, or several, which fill in any order.",
        ),
        or(
            "in_order",
            Shape::Flag,
            "false",
            "A step counts only when those before it are full, and an event counts for one step.",
        ),
        or(
            "streak",
            Shape::Table(&STREAK),
            "no streak",
            "So many periods in a row in which the (one) step is done.",
        ),
        or(
            "team",
            Shape::Table(&TEAM),
            "each member does it alone",
            "Teams do it together: what their people do is counted in one, and each who took part gets what \
             it gives.",
        ),
        or(
            "every",
            PERIODS,
            "once and for all",
            "It begins anew with each such period.",
        ),
        or(
            "repeat",
            Shape::Flag,
            "false",
            "It may be met any number of times (in each period).",
        ),
        FROM,
        UNTIL,
        TIER,
        or(
            "opt_in",
            Shape::Flag,
            "false",
            "Only members who joined take part, from the moment at which they did.",
        ),
        or(
            "gives",
            GIVES,
            "nothing but the badge",
            "What it gives: the id of a reward, or points such as `{ beans = 100 }`.",
        ),
        BADGE,
        VOUCHER_EXPIRES,
    ],
};

/// A step of a challenge.
pub const STEP: Table = Table {
    name: "a step",
    others: None,
    fields: &[
        or("title", Shape::Text, "its place", "What people call it."),
        ON,
        WHEN,
        EACH,
        or(
            "count",
            Shape::Whole(1, 1_000_000_000),
            "1",
            "How much of it: in each period, if the challenge is a streak.",
        ),
    ],
};

/// So many periods in a row.
pub const STREAK: Table = Table {
    name: "a streak",
    others: None,
    fields: &[
        needed("every", PERIODS, "In which periods the step is to be done."),
        needed(
            "times",
            Shape::Whole(2, 1000),
            "In how many of them in a row.",
        ),
        or(
            "freezes",
            Shape::Whole(0, 1000),
            "0",
            "So many missed periods of each run are forgiven. They do not count as done.",
        ),
        or(
            "freeze_each",
            Shape::Whole(1, 1000),
            "none is earned",
            "Another one is earned with each so many periods of the run.",
        ),
        or(
            "freeze_on",
            Shape::Phrase("^[a-z0-9][a-z0-9_-]*$", "streak-freeze"),
            "none is given",
            "Each such activity gives the member another one, to be used in any run.",
        ),
    ],
};

/// How teams do a challenge.
pub const TEAM: Table = Table {
    name: "what teams do",
    others: None,
    fields: &[
        needed(
            "of",
            Shape::Id,
            "Which teams: the id of a [[group]] of the kind `team`.",
        ),
        or(
            "least",
            Shape::Whole(1, 1_000_000_000),
            "1",
            "How much of a step somebody must have done themselves to get what it gives: of one step, \
             where it has several.",
        ),
        or(
            "on_leaving",
            Shape::Choice(&[
                ("stays", "counts on for the team"),
                ("leaves", "counts no more"),
            ]),
            "\"stays\"",
            "What becomes of what somebody did who leaves before it is reached. Either way they get nothing \
             of what is reached without them; what was reached before stays reached.",
        ),
        or(
            "late",
            Shape::Flag,
            "`false`",
            "Whether who does their part only after it was reached, while it still counts, gets what it gives \
             as well.",
        ),
        or(
            "on_refund",
            Shape::Choice(&[
                (
                    "takes_back",
                    "is not reached any more where too little is left, and what it gave is taken back from \
                     everybody, as far as it was not used; likewise from somebody of whose own part too \
                     little is left",
                ),
                ("keeps", "stays reached, and everybody keeps what it gave"),
            ]),
            "\"takes_back\"",
            "What becomes of a goal that was reached when things are returned that it counted.",
        ),
    ],
};
