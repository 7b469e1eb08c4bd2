//! Leaderboards.

use super::challenge::{PERIODS, TITLE};
use super::gives::GIVES;
use super::{Body, Form, Section, Shape, Table, needed, or};

pub(super) const LEADERBOARD_SECTION: Section = Section {
    key: "leaderboard",
    form: Form::Many,
    body: Body::Fields(&LEADERBOARD),
    doc: "Who has most of something in a period; of equals, whoever had it first. Only members who \
          chose a nickname appear, under it. What is taken back comes off the period in which it is \
          taken back. A closed period does not move any more, and its places may get prizes.",
    example: r#"[[leaderboard]]
id     = "week"
title  = "This week"
counts = "points"
points = "xp"
every  = "week"
prize  = [{ place = 1, gives = "free-coffee" }, { place = 2, upto = 10, gives = { beans = 50 } }]"#,
};

/// A leaderboard.
pub const LEADERBOARD: Table = Table {
    name: "a leaderboard",
    others: None,
    fields: &[
        needed("id", Shape::Id, "Its id."),
        TITLE,
        needed(
            "counts",
            Shape::Choice(&[
                (
                    "points",
                    "points earned, less those taken back: says which in `points`",
                ),
                ("orders", "orders, less those that came back as a whole"),
                ("stamps", "stamps on cards, less those taken off"),
                ("challenges", "challenges that were met"),
            ]),
            "What it counts.",
        ),
        or("points", Shape::Id, "none", "Which points it counts."),
        or("every", PERIODS, "for ever", "Over which period."),
        or(
            "closes_after",
            Shape::Length,
            "\"1 day\"",
            "A period is closed so long after its last day: time for what tills tell late.",
        ),
        or(
            "prize",
            Shape::List(&Shape::Table(&PLACE)),
            "none",
            "What places get when a period is closed.",
        ),
    ],
};

/// What places get.
pub const PLACE: Table = Table {
    name: "a prize for places",
    others: None,
    fields: &[
        needed("place", Shape::Whole(1, 1000), "Which place."),
        or(
            "upto",
            Shape::Whole(1, 1000),
            "this place alone",
            "The last place that gets it.",
        ),
        needed(
            "gives",
            GIVES,
            "What each gets: the id of a reward, or points such as `{ beans = 100 }`.",
        ),
    ],
};
