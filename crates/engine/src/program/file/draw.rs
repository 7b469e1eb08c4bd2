//! Prize draws.

use super::challenge::{FROM, TITLE};
use super::game::SOURCE;
use super::gives::GIVES;
use super::limit::LIMIT;
use super::{Body, Form, Section, Shape, Table, needed, or};

pub(super) const DRAW_SECTION: Section = Section {
    key: "draw",
    form: Form::Many,
    body: Body::Fields(&DRAW),
    doc: "A prize draw: tickets are earned or bought until it closes, then winners are drawn, each \
          ticket as likely as another and no member twice. A purchase that comes back before that \
          loses its tickets. The draw can be checked by everybody, see [how draws are proved](verify.md).",
    example: r#"[[draw]]
id      = "summer"
title   = "A weekend for two"
closes  = "2026-08-31"
earn    = [{ each = "10 EUR" }]
price   = { beans = 100 }
winners = 1
gives   = "weekend""#,
};

/// A draw.
pub const DRAW: Table = Table {
    name: "a prize draw",
    others: None,
    fields: &[
        needed("id", Shape::Id, "Its id."),
        TITLE,
        FROM,
        needed(
            "closes",
            Shape::Moment,
            "The last day for tickets, or the first moment that is too late.",
        ),
        or(
            "earn",
            Shape::List(&Shape::Table(&SOURCE)),
            "tickets are only bought",
            "What earns a ticket.",
        ),
        or(
            "price",
            Shape::Map(&Shape::Amount),
            "tickets are only earned",
            "What a ticket costs.",
        ),
        or(
            "limit",
            Shape::List(&Shape::Table(&LIMIT)),
            "none",
            "How many tickets may be bought: `{ times = 10, per = \"member\" }`.",
        ),
        or("winners", Shape::Whole(1, 10_000), "1", "How many win."),
        or(
            "alternates",
            Shape::Whole(0, 10_000),
            "0",
            "How many are drawn beyond them, in order, for winners who do not claim.",
        ),
        needed(
            "gives",
            GIVES,
            "What each winner gets: the id of a reward, or points such as `{ beans = 100 }`.",
        ),
        or(
            "claim",
            Shape::Length,
            "at any time",
            "A reward that was won is void after so long, at the end of that day.",
        ),
    ],
};
