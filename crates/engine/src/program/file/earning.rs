//! Rules, what they count, what they leave out, what they never pass, and how they combine.

use super::limit::LIMIT;
use super::{Body, Form, Section, Shape, Table, needed, or};

pub(super) const EARN_SECTION: Section = Section {
    key: "earn",
    form: Form::Many,
    body: Body::Fields(&EARN),
    doc: "A way to earn. A rule either gives points (`give`) or multiplies what other rules gave \
          (`times`).",
    example: r#"[[earn]]
id     = "spend"
on     = "purchase"
give   = { beans = "1 per 1 EUR", status = "1 per 1 EUR" }
base   = "lines"
except = { category = ["gift-card", "deposit"] }
round  = "down per order"

[[earn]]
id    = "tuesday-beans"
on    = "purchase"
when  = 'weekday == "tue" && line.category == "coffee-beans"'
times = 2
of    = ["spend"]
limit = [{ beans = 200, per = "member", every = "month" }]"#,
};

/// A rule.
pub const EARN: Table = Table {
    name: "a rule",
    others: None,
    fields: &[
        needed(
            "id",
            Shape::Id,
            "Its id: in explanations, and where other rules name it.",
        ),
        or(
            "on",
            Shape::Phrase("^[a-z0-9][a-z0-9_-]*$", "visit"),
            "\"purchase\"",
            "What it listens to: `purchase`, `enrolment`, `visit`, `profile`, `birthday`, `anniversary` (of membership), `sell_through` (what a reseller sold on), or an activity that the program declares.",
        ),
        or(
            "to",
            Shape::Choice(&[
                ("member", "whose event it is"),
                (
                    "staff",
                    "the member who sold: whose identity of the kind `staff` the purchase names. Their \
                     limits count, nothing multiplies it, and what comes back takes it back",
                ),
            ]),
            "\"member\"",
            "Who gets what it gives.",
        ),
        or(
            "when",
            Shape::Condition,
            "always",
            "When it counts. A condition that names a `line` is asked for each line, and only the lines \
             for which it holds count.",
        ),
        or(
            "from",
            Shape::Moment,
            "from the beginning",
            "From this day or moment on.",
        ),
        or(
            "until",
            Shape::Moment,
            "without end",
            "Until this day, which still counts, or until this moment, which does not.",
        ),
        or(
            "give",
            Shape::Map(&Shape::Either(&[
                Shape::Amount,
                Shape::Phrase(
                    r"^[0-9]+(\.[0-9]+)?( per (item|line|([0-9]+(\.[0-9]+)? )?[A-Z]{3}))?$",
                    "1 per 1 EUR",
                ),
            ])),
            "nothing: then `times` is needed",
            "What it gives, for each kind of points: `\"1 per 1 EUR\"` for what is paid, `\"2 per item\"` \
             for each thing, `\"3 per line\"` for each line of the order that counts, or a number, once.",
        ),
        or(
            "base",
            Shape::Either(&[
                Shape::Choice(&[
                    (
                        "lines",
                        "what is paid for goods, tax included, after discounts, without delivery",
                    ),
                    ("total", "the same, with delivery"),
                ]),
                Shape::Table(&BASE),
            ]),
            "\"lines\"",
            "What amounts it counts.",
        ),
        or(
            "except",
            Shape::Table(&EXCEPT),
            "only what was paid with gift cards and points",
            "What never counts.",
        ),
        or(
            "round",
            Shape::Choice(&[
                (
                    "down per order",
                    "never more than was earned, once for the order",
                ),
                ("up per order", "up to the next, once for the order"),
                (
                    "half-up per order",
                    "to the nearest, a half upwards, once for the order",
                ),
                (
                    "half-even per order",
                    "to the nearest, a half to the even neighbour, once for the order",
                ),
                ("down per line", "never more than was earned, for each line"),
                ("up per line", "up to the next, for each line"),
                (
                    "half-up per line",
                    "to the nearest, a half upwards, for each line",
                ),
                (
                    "half-even per line",
                    "to the nearest, a half to the even neighbour, for each line",
                ),
            ]),
            "\"down per order\"",
            "How the result is rounded to the smallest unit of the points. A rule that multiplies rounds \
             its own part, once for the order.",
        ),
        or(
            "flat",
            Shape::Flag,
            "true if it gives plain numbers only",
            "A flat gift is never multiplied: not by `times`, not by a tier.",
        ),
        or(
            "times",
            Shape::Decimal,
            "1: then `give` is needed",
            "Multiplies what other rules gave. 2 doubles it: this rule gives as much again.",
        ),
        or(
            "of",
            Shape::List(&Shape::Id),
            "all rules on the same event that are not flat",
            "The ids of the rules that it multiplies.",
        ),
        or(
            "partner",
            Shape::Either(&[Shape::Id, Shape::List(&Shape::Id)]),
            "everywhere",
            "Only what happens at this partner, or at one of these: for rates of its own.",
        ),
        or(
            "funder",
            Shape::Id,
            "the partner that the event belongs to",
            "Who pays for what it gives, where partners share the points: a partner, or `operator`.",
        ),
        or(
            "limit",
            Shape::List(&Shape::Table(&LIMIT)),
            "none",
            "What it never passes. Limits count after rounding; what is over is not given.",
        ),
        or(
            "apart",
            Shape::Phrase("^[0-9]+ (minutes?|hours?|days?|weeks?)$", "2 hours"),
            "no time",
            "It gives at most once in so long: the next time is so long after the last. A day is 24 hours.",
        ),
    ],
};

/// What amounts a rule counts.
pub const BASE: Table = Table {
    name: "what amounts count",
    others: None,
    fields: &[
        or("tax", Shape::Flag, "true", "Tax counts."),
        or("delivery", Shape::Flag, "false", "Delivery counts."),
        or(
            "discounts",
            Shape::Flag,
            "false",
            "What discounts took off counts as if it had been paid.",
        ),
    ],
};

/// What never counts for a rule.
pub const EXCEPT: Table = Table {
    name: "what never counts",
    others: None,
    fields: &[
        or(
            "category",
            Shape::List(&Shape::Text),
            "none",
            "Lines of these categories.",
        ),
        or(
            "brand",
            Shape::List(&Shape::Text),
            "none",
            "Lines of these brands.",
        ),
        or(
            "sku",
            Shape::List(&Shape::Text),
            "none",
            "Lines of these products.",
        ),
        or(
            "paid_by",
            Shape::List(&Shape::Text),
            "[\"gift-card\", \"points\"]",
            "What was paid by these methods: all lines count for less, in proportion. Write `[]` to \
             count all of it.",
        ),
    ],
};

pub(super) const COMBINE_SECTION: Section = Section {
    key: "combine",
    form: Form::Once,
    body: Body::Fields(&COMBINE),
    doc: "How rules combine. The order is always the same: all rules that give, in the order of the \
          file, each rounded as it says; then all rules that multiply, each on the exact, unrounded \
          value of the rules it names, each rounded on its own; then the tier's factor, on the same \
          value; flat gifts are never multiplied; limits cut what each rule gives after rounding.",
    example: "[combine]\nmultiply = \"best\"",
};

/// How rules combine.
pub const COMBINE: Table = Table {
    name: "how rules combine",
    others: None,
    fields: &[
        or(
            "give",
            Shape::Choice(&[
                ("all", "every rule that matches gives"),
                (
                    "best",
                    "for each kind of points only the rule that gives most; of equals the first",
                ),
                (
                    "first",
                    "for each kind of points only the first rule that gives any",
                ),
            ]),
            "\"all\"",
            "Which of several rules on the same event give. Flat gifts always do.",
        ),
        or(
            "multiply",
            Shape::Choice(&[
                ("best", "only the largest factor counts"),
                ("add", "what each adds is added: 2 and 3 make 4"),
                (
                    "compound",
                    "each multiplies what the ones before left: 2 and 3 make 6",
                ),
            ]),
            "\"best\"",
            "How several factors on the same points combine, the tier's included.",
        ),
    ],
};
