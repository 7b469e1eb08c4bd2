//! Stamp cards.

use super::gives::GIVES;
use super::limit::LIMIT;
use super::{Body, Form, Section, Shape, Table, needed, or};

pub(super) const CARD_SECTION: Section = Section {
    key: "card",
    form: Form::Many,
    body: Body::Fields(&CARD),
    doc: "A stamp card. When it is full it gives points, or a reward, which the member holds as a \
          voucher, and a new card begins. A refund takes stamps off, and what they had given with \
          them: the last first, up to a reward that was used already. Then the card goes below zero, \
          and gives nothing a second time. A member may have any number of cards at once.",
    example: r#"[[card]]
id        = "tenth-coffee-free"
on        = "purchase"
when      = 'line.category == "coffee"'
each      = "item"
limit     = [{ times = 3, per = "member", every = "day" }]
milestone = [{ at = 5, gives = { beans = 50 } }]
full      = 10
gives     = "free-coffee"
expires   = "12 months"

[[card]]
id     = "regular-guest"
on     = "visit"
within = "30 days"
apart  = "4 hours"
full   = 5
gives  = { beans = 100 }"#,
};

/// A stamp card.
pub const CARD: Table = Table {
    name: "a stamp card",
    others: None,
    fields: &[
        needed("id", Shape::Id, "Its id."),
        or(
            "on",
            Shape::Phrase("^[a-z0-9][a-z0-9_-]*$", "visit"),
            "\"purchase\"",
            "What it listens to: `purchase`, `enrolment`, `visit`, `profile`, or an activity that the program declares.",
        ),
        or(
            "when",
            Shape::Condition,
            "always",
            "When it counts. A condition that names a `line` is asked for each line.",
        ),
        or(
            "each",
            Shape::Either(&[
                Shape::Choice(&[
                    ("event", "one stamp for each order or visit that matches"),
                    ("item", "one stamp for each thing on the lines that match"),
                ]),
                Shape::Money,
            ]),
            "\"event\"",
            "What one stamp is for. With money, one for each such amount on the lines that match.",
        ),
        or(
            "limit",
            Shape::List(&Shape::Table(&LIMIT)),
            "none",
            "At most so many stamps: `{ times = 3, per = \"member\", every = \"day\" }`.",
        ),
        needed(
            "full",
            Shape::Whole(1, 1_000_000),
            "How many stamps fill it.",
        ),
        needed(
            "gives",
            GIVES,
            "What a full card gives: the id of a reward, or points such as `{ beans = 100 }`.",
        ),
        or(
            "milestone",
            Shape::List(&Shape::Table(&MILESTONE)),
            "none",
            "What it gives on the way, once per card: `{ at = 5, gives = \"cookie\" }`.",
        ),
        or(
            "within",
            Shape::Length,
            "for ever: stamps stay until the card is full or void",
            "Only stamps of the last so many days count, today is one of them; older ones fall off one \
             by one. A card with none left is over, and its milestones begin anew.",
        ),
        or(
            "apart",
            Shape::Phrase("^[0-9]+ (minutes?|hours?|days?|weeks?)$", "4 hours"),
            "no time: each event gives its stamps",
            "At least so long from one stamp to the next, also from the last of a full card to the first \
             of the next. A day is 24 hours. Only with `each = \"event\"`.",
        ),
        or(
            "expires",
            Shape::Length,
            "never",
            "A card is void so long after its first stamp, at the end of that day.",
        ),
        or(
            "voucher_expires",
            Shape::Length,
            "never",
            "A reward that it gave is void after so long, at the end of that day.",
        ),
        or(
            "carry_over",
            Shape::Flag,
            "true",
            "Stamps beyond the last go over to the next card.",
        ),
        or(
            "remainder",
            Shape::Choice(&[
                (
                    "keep",
                    "it is kept, and counts towards the next stamp: 7 EUR and 8 EUR are one stamp for \
                     10 EUR, and 5 EUR",
                ),
                (
                    "drop",
                    "it is dropped: each order is rounded down to whole stamps",
                ),
            ]),
            "\"keep\"; \"drop\" with `within`, or with `carry_over = false`",
            "What becomes of money that makes no whole stamp, where a stamp is for an amount. What a refund \
             takes away is reckoned from the money that is left of all orders.",
        ),
    ],
};

/// What a card gives on the way.
pub const MILESTONE: Table = Table {
    name: "a milestone",
    others: None,
    fields: &[
        needed(
            "at",
            Shape::Whole(1, 1_000_000),
            "At how many stamps: below `full`, each more than the one before.",
        ),
        needed(
            "gives",
            GIVES,
            "What it gives: the id of a reward, or points such as `{ beans = 10 }`.",
        ),
    ],
};
