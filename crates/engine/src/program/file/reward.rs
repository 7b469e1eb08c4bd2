//! Rewards.

use super::limit::LIMIT;
use super::{Body, Form, Section, Shape, Table, needed, or};

pub(super) const REWARD_SECTION: Section = Section {
    key: "reward",
    form: Form::Many,
    body: Body::Fields(&REWARD),
    doc: "What members get for points, or from a card.",
    example: r#"[[reward]]
id    = "five-off"
title = "5 EUR off"
kind  = "money off"
off   = "5.00 EUR"
price = { beans = 500 }
limit = [{ times = 1, per = "order" }]"#,
};

/// A reward.
pub const REWARD: Table = Table {
    name: "a reward",
    others: None,
    fields: &[
        needed("id", Shape::Id, "Its id."),
        or("title", Shape::Text, "the id", "What people call it."),
        or(
            "kind",
            Shape::Choice(&[
                ("money off", "so much off the order: `off = \"5 EUR\"`"),
                ("percent off", "a part of the order off: `off = \"10%\"`"),
                (
                    "free product",
                    "a product: `what` says which lines it may be",
                ),
                ("free delivery", "no charge for delivery"),
                ("other", "anything that people hand over"),
            ]),
            "\"other\"",
            "What it is.",
        ),
        or(
            "off",
            Shape::Phrase(r"^[0-9]+(\.[0-9]+)?( [A-Z]{3}|%)$", "5.00 EUR"),
            "nothing off",
            "How much is taken off: money for `money off`, per cent for `percent off`.",
        ),
        or(
            "at_most",
            Shape::Money,
            "no bound",
            "With `percent off`: never more than this.",
        ),
        or(
            "what",
            Shape::Condition,
            "any",
            "With `free product`: a condition on the line that is free.",
        ),
        or(
            "price",
            Shape::Map(&Shape::Amount),
            "not for points: only a voucher pays it, or it is free for members of `plans`",
            "What it costs; of several kinds of points, all of these together.",
        ),
        or(
            "tier",
            Shape::Id,
            "for everybody",
            "The lowest tier that may have it.",
        ),
        or(
            "plans",
            Shape::List(&Shape::Id),
            "for everybody",
            "Only for members of these plans, while they have the benefits. Without a `price` it is free for them.",
        ),
        or(
            "from",
            Shape::Moment,
            "from the beginning",
            "Offered from this day or moment on.",
        ),
        or(
            "until",
            Shape::Moment,
            "without end",
            "Offered until this day, which still counts, or until this moment, which does not.",
        ),
        or(
            "limit",
            Shape::List(&Shape::Table(&LIMIT)),
            "none",
            "How often: `{ times = 1, per = \"member\", every = \"month\" }`.",
        ),
        or(
            "partner",
            Shape::Either(&[Shape::Id, Shape::List(&Shape::Id)]),
            "everywhere",
            "Only at this partner, or at one of these.",
        ),
        or(
            "stock",
            Shape::Whole(0, i64::MAX),
            "any number",
            "How many there are in all.",
        ),
        or(
            "hold",
            Shape::Length,
            "\"7 days\"",
            "How long it is set aside between request and use; after that the points come back.",
        ),
        or(
            "cost",
            Shape::Money,
            "not stated",
            "What one costs the merchant, for reports.",
        ),
    ],
};
