//! Games of chance.

use super::challenge::{EACH, FROM, ON, TIER, TITLE, UNTIL, VOUCHER_EXPIRES, WHEN};
use super::gives::GIVES;
use super::limit::LIMIT;
use super::{Body, Form, Section, Shape, Table, needed, or};

pub(super) const GAME_SECTION: Section = Section {
    key: "game",
    form: Form::Many,
    body: Body::Fields(&GAME),
    doc: "A scratch card or a wheel. A play is earned by an event, or bought with points. The odds are \
          exact fractions that come to at most one; the rest is nothing. Each play can be checked \
          afterwards: its number comes from a secret that was promised before and is told later, see \
          [how draws are proved](verify.md).",
    example: r#"[[game]]
id    = "wheel"
title = "Wheel of beans"
earn  = [{ when = 'order.total >= 10' }]
price = { beans = 20 }
limit = [{ times = 3, every = "day" }]
prize = [
  { id = "coffee", odds = "1 in 50", stock = 100, instead = "ten", gives = "free-coffee" },
  { id = "ten",    odds = "1 in 4",  gives = { beans = 10 } },
]"#,
};

/// A game.
pub const GAME: Table = Table {
    name: "a game",
    others: None,
    fields: &[
        needed("id", Shape::Id, "Its id."),
        TITLE,
        or(
            "earn",
            Shape::List(&Shape::Table(&SOURCE)),
            "plays are only bought",
            "What earns a play.",
        ),
        or(
            "price",
            Shape::Map(&Shape::Amount),
            "plays are only earned",
            "What a play costs where the member has earned none.",
        ),
        FROM,
        UNTIL,
        TIER,
        or(
            "limit",
            Shape::List(&Shape::Table(&LIMIT)),
            "none",
            "How often it may be played: `{ times = 3, every = \"day\" }`.",
        ),
        needed(
            "prize",
            Shape::List(&Shape::Table(&PRIZE)),
            "Its prizes, with their odds.",
        ),
    ],
};

/// What earns a play or a ticket.
pub const SOURCE: Table = Table {
    name: "a way to earn one",
    others: None,
    fields: &[ON, WHEN, EACH],
};

/// A prize.
pub const PRIZE: Table = Table {
    name: "a prize",
    others: None,
    fields: &[
        needed("id", Shape::Id, "Its id within the game."),
        TITLE,
        or(
            "odds",
            Shape::Phrase("^[0-9]+ in [0-9]+$", "1 in 50"),
            "never drawn, only given instead of others",
            "How likely it is, exactly.",
        ),
        or(
            "stock",
            Shape::Whole(0, i64::MAX),
            "any number",
            "How many there are in all.",
        ),
        or(
            "instead",
            Shape::Id,
            "nothing",
            "Which prize is given when there are none left.",
        ),
        or(
            "gives",
            GIVES,
            "a word of comfort: its title",
            "What it gives: the id of a reward, or points such as `{ beans = 100 }`.",
        ),
        VOUCHER_EXPIRES,
    ],
};
