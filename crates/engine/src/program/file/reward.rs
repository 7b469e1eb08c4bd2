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

/// Another price for some.
pub const PRICE_FOR: Table = Table {
    name: "a price",
    others: None,
    fields: &[
        or(
            "tier",
            Shape::Id,
            "any",
            "For members of this tier and of higher ones.",
        ),
        or(
            "when",
            Shape::Condition,
            "always",
            "Where this holds, of the member and the day.",
        ),
        needed("price", Shape::Map(&Shape::Amount), "What it costs them."),
    ],
};

/// How a reward is redeemed by itself.
pub const AUTOMATIC: Table = Table {
    name: "how it is redeemed by itself",
    others: None,
    fields: &[
        or(
            "most",
            Shape::Whole(1, 100),
            "10",
            "As often as the points are enough for it, but at most so often at one moment.",
        ),
        or(
            "valid",
            Shape::Length,
            "for ever",
            "For how long the voucher is good.",
        ),
    ],
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
                    "a product: `what` says which lines it may be; with `cash` it is not free, but costs that",
                ),
                (
                    "points as payment",
                    "points pay a part of the order, in steps: `off = \"1 EUR\"` for each `price`",
                ),
                ("free delivery", "no charge for delivery"),
                ("other", "anything that people hand over"),
                (
                    "gift card",
                    "`worth` as store credit, at once; with `sent`, a gift card of `worth` that the \
                     shop makes and sends",
                ),
                ("cashback", "`worth` as store credit, at once"),
                (
                    "access",
                    "something is open to the member: `to` says what, `for` how long",
                ),
                ("partner reward", "something that `partner` gives"),
                ("donation", "`worth` goes to `cause`"),
                ("draw tickets", "`tickets` of the prize draw `draw`"),
                ("menu", "one of `picks`, which the member picks"),
            ]),
            "\"other\"",
            "What it is.",
        ),
        or(
            "off",
            Shape::Phrase(r"^[0-9]+(\.[0-9]+)?( [A-Z]{3}|%)$", "5.00 EUR"),
            "nothing off",
            "How much is taken off: money for `money off` and for a step of `points as payment`, per cent for `percent off`.",
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
            "A condition on the lines that it is taken off: which product is free, what a discount is for.",
        ),
        or(
            "cash",
            Shape::Money,
            "free",
            "With `free product`: what is still paid for it in money, beside the points.",
        ),
        or(
            "share",
            Shape::Phrase(r"^[0-9]+(\.[0-9]+)?%$", "50%"),
            "all of it",
            "With `points as payment`: the most of the goods (those of `what`) that points pay.",
        ),
        or(
            "told_as",
            Shape::Choice(&[
                ("discount", "it is taken off the price, and earns nothing"),
                (
                    "payment",
                    "it is a payment by `points`: it earns where `except.paid_by` of a rule does not name that",
                ),
            ]),
            "\"discount\"",
            "With `points as payment`: what the part is that points pay.",
        ),
        or(
            "least",
            Shape::Whole(1, 1_000_000_000),
            "1",
            "The fewest that are given at once: the fewest steps of `points as payment`.",
        ),
        or(
            "price",
            Shape::Map(&Shape::Amount),
            "not for points: only a voucher pays it, or it is free for members of `plans`",
            "What it costs; of several kinds of points, all of these together.",
        ),
        or(
            "price_for",
            Shape::List(&Shape::Table(&PRICE_FOR)),
            "the same price for all",
            "Other prices for some: `{ tier = \"gold\", price = { beans = 400 } }`. The first that is for the member counts.",
        ),
        or(
            "when",
            Shape::Condition,
            "for everybody",
            "For whom it is: a condition over the member and the day, as in `member.years >= 2`.",
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
            "group",
            Shape::Id,
            "none",
            "Of the rewards and coupons of one group only one applies to a basket.",
        ),
        or(
            "exclusive",
            Shape::Flag,
            "false",
            "It is combined with no other discount.",
        ),
        or(
            "order",
            Shape::Whole(0, 1_000_000),
            "100",
            "Lower numbers are taken off a basket first; among equal ones [coupons] says which.",
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
        or(
            "worth",
            Shape::Money,
            "nothing",
            "With `gift card`, `cashback` and `donation`: how much money one is.",
        ),
        or(
            "to",
            Shape::Text,
            "the id",
            "With `access`: what is open to the member, as doors and apps call it.",
        ),
        or(
            "for",
            Shape::Length,
            "for ever, or until `open_until`",
            "With `access`: for how long, from the moment at which the reward is used.",
        ),
        or(
            "open_until",
            Shape::Moment,
            "as long as `for` says",
            "With `access`: until this day, which still counts, or until this moment, which does not.",
        ),
        or("cause", Shape::Id, "none", "With `donation`: which cause."),
        or(
            "draw",
            Shape::Id,
            "none",
            "With `draw tickets`: which draw.",
        ),
        or(
            "tickets",
            Shape::Whole(1, 1_000_000),
            "1",
            "With `draw tickets`: how many one is.",
        ),
        or(
            "picks",
            Shape::List(&Shape::Id),
            "none",
            "With `menu`: the rewards on it. What is picked becomes a voucher.",
        ),
        or(
            "within",
            Shape::Length,
            "for ever",
            "With `menu`: how long there is time to pick, where the menu was redeemed for points. A card or a tier that gives a menu says so itself.",
        ),
        or(
            "unpicked",
            Shape::Id,
            "the right lapses",
            "With `menu`: what is given where nobody picks in time.",
        ),
        or(
            "valid",
            Shape::Length,
            "for ever",
            "With `menu`: for how long the voucher for what was picked is good.",
        ),
        or(
            "sent",
            Shape::Flag,
            "false",
            "It is sent to the member: once used it is ordered, dispatched, delivered. If that fails the points come back.",
        ),
        or(
            "codes",
            Shape::Flag,
            "false",
            "Each comes with a code of its supplier, out of those that were brought in. Without one it is refused.",
        ),
        or(
            "automatic",
            Shape::Table(&AUTOMATIC),
            "only when a member asks for it",
            "It is redeemed by itself as soon as the points are there: they become a voucher for it. Members may switch that off.",
        ),
    ],
};
