//! Badges and levels.

use super::challenge::{BADGE as BADGE_FIELD, EACH, FROM, TIER, TITLE, UNTIL, WHEN};
use super::gives::GIVES;
use super::{Body, Form, Section, Shape, Table, needed, or};

pub(super) const BADGE_SECTION: Section = Section {
    key: "badge",
    form: Form::Many,
    body: Body::Fields(&BADGE),
    doc: "A badge, shown with the day on which it was given. It is given by a challenge or a level \
          that names it, or by the first event that meets its own condition. It stays: a refund does \
          not take it back.",
    example: r#"[[badge]]
id    = "night-owl"
title = "Night owl"
on    = "purchase"
when  = 'local_time >= "22:00"'"#,
};

/// A badge.
pub const BADGE: Table = Table {
    name: "a badge",
    others: None,
    fields: &[
        needed("id", Shape::Id, "Its id."),
        TITLE,
        or(
            "on",
            Shape::Phrase("^[a-z0-9][a-z0-9_-]*$", "visit"),
            "\"purchase\" where there is `when`; else only challenges and levels give it",
            "What gives it: `purchase`, `enrolment`, `visit`, or an activity that the program declares.",
        ),
        WHEN,
        EACH,
        FROM,
        UNTIL,
        TIER,
    ],
};

pub(super) const LEVEL_SECTION: Section = Section {
    key: "level",
    form: Form::Many,
    body: Body::Fields(&LEVEL),
    doc: "A level, reached by points that are never spent and never lapse, such as experience. A \
          level is never lost. The levels of one kind of points stand in ascending order.",
    example: r#"[points.xp]
spendable = false

[[level]]
id     = "sprout"
points = "xp"
at     = 100

[[level]]
id     = "oak"
points = "xp"
at     = 1000
gives  = "free-coffee""#,
};

/// A level.
pub const LEVEL: Table = Table {
    name: "a level",
    others: None,
    fields: &[
        needed("id", Shape::Id, "Its id."),
        TITLE,
        needed(
            "points",
            Shape::Id,
            "By which points: with `spendable = false`, and without `expires`.",
        ),
        needed(
            "at",
            Shape::Whole(1, 1_000_000_000_000),
            "At how many of them: more than the level before.",
        ),
        or(
            "gives",
            GIVES,
            "nothing",
            "What it gives: the id of a reward, or points such as `{ beans = 100 }`.",
        ),
        BADGE_FIELD,
    ],
};
