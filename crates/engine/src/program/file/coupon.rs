//! Coupons.

use super::limit::LIMIT;
use super::{Body, Form, Section, Shape, Table, needed, or};

pub(super) const COUPON_SECTION: Section = Section {
    key: "coupon",
    form: Form::Many,
    body: Body::Fields(&COUPON),
    doc: "A campaign of coupons: what a code gives, to whom, and how often. Either all use one word \
          (`code = \"WELCOME10\"`), or each code is its own (`pattern`): those are made by \
          `regulars coupons make` or over the API, or brought along from a file. The word of a \
          campaign stands here for everybody who reads the file; codes of the other sort never do.",
    example: r#"[[coupon]]
id          = "welcome"
kind        = "percent off"
off         = "10%"
at_most     = "20.00 EUR"
code        = "WELCOME10"
first_order = true
limit       = [{ times = 1, per = "member" }, { times = 1000, per = "program" }]

[[coupon]]
id      = "sorry"
kind    = "money off"
off     = "5.00 EUR"
least   = "20.00 EUR"
when    = 'line.category != "gift-card"'
pattern = "SORRY-####-####"
expires = "90 days""#,
};

/// A campaign of coupons.
pub const COUPON: Table = Table {
    name: "a coupon",
    others: None,
    fields: &[
        needed("id", Shape::Id, "Its id."),
        or("title", Shape::Text, "the id", "What people call it."),
        needed(
            "kind",
            Shape::Choice(&[
                ("money off", "so much off: `off = \"5.00 EUR\"`"),
                ("percent off", "a part off: `off = \"10%\"`"),
                (
                    "free product",
                    "one thing of the cheapest line that `when` names is free",
                ),
                ("free delivery", "no charge for delivery"),
                ("points", "points on top: `points = { beans = 100 }`"),
            ]),
            "What it gives.",
        ),
        or(
            "off",
            Shape::Phrase(r"^[0-9]+(\.[0-9]+)?( [A-Z]{3}|%)$", "5.00 EUR"),
            "nothing off",
            "How much is taken off: money for `money off`, per cent for `percent off`. Of prices without \
             tax it is taken off before the tax.",
        ),
        or(
            "at_most",
            Shape::Money,
            "no bound",
            "With `percent off`: never more than this.",
        ),
        or(
            "points",
            Shape::Map(&Shape::Amount),
            "none",
            "With `points`: how many of which. A refund takes its share of them back.",
        ),
        or(
            "when",
            Shape::Condition,
            "always",
            "When it applies. A condition that names a `line` also says off which lines it is taken. It is \
             asked at list prices, before anything is taken off.",
        ),
        or(
            "least",
            Shape::Money,
            "nothing",
            "The goods of the order cost at least this, at list prices.",
        ),
        or(
            "first_order",
            Shape::Flag,
            "false",
            "Only for the first order that a customer ever placed.",
        ),
        or(
            "tier",
            Shape::Id,
            "for everybody",
            "The lowest tier that may use it.",
        ),
        or(
            "from",
            Shape::Moment,
            "from the beginning",
            "Good from this day or moment on.",
        ),
        or(
            "until",
            Shape::Moment,
            "without end",
            "Good until this day, which still counts, or until this moment, which does not.",
        ),
        or(
            "limit",
            Shape::List(&Shape::Table(&LIMIT)),
            "none",
            "How often: `{ times = 1, per = \"member\" }`, `{ times = 1000, per = \"program\" }` for all \
             together. Per order it counts codes of this campaign.",
        ),
        or(
            "code",
            Shape::Text,
            "each code is its own",
            "One word that everybody uses. Capitals, blanks and dashes do not matter.",
        ),
        or(
            "pattern",
            Shape::Phrase("^[A-Za-z0-9# -]+$", "SUMMER-####-####"),
            "\"####-####-####\"",
            "What codes look like that are made for this campaign: each `#` is drawn from 31 letters and \
             digits that nobody mixes up, the last is a check letter.",
        ),
        or(
            "uses",
            Shape::Whole(1, 1_000_000_000),
            "1",
            "How often each code may be used, where each is its own.",
        ),
        or(
            "expires",
            Shape::Length,
            "never",
            "A code is void so long after it was issued, at the end of that day. Not for a shared word.",
        ),
        or(
            "group",
            Shape::Id,
            "none",
            "Of the coupons of one group only the first applies to a basket.",
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
            "Lower numbers are taken off first; among equal ones [coupons] says which.",
        ),
        or(
            "transfer",
            Shape::Flag,
            "false",
            "A member to whom a code was given may hand it on to another.",
        ),
        or(
            "returns",
            Shape::Flag,
            "true",
            "When the whole order comes back, the code may be used again.",
        ),
    ],
};

pub(super) const COUPONS_SECTION: Section = Section {
    key: "coupons",
    form: Form::Once,
    body: Body::Fields(&COUPONS),
    doc: "How several discounts on one basket combine.",
    example: r#"[coupons]
first      = "money off"
percent_of = "list price"
most       = 2"#,
};

/// How several discounts combine.
pub const COUPONS: Table = Table {
    name: "how discounts combine",
    others: None,
    fields: &[
        or(
            "first",
            Shape::Choice(&[
                ("percent off", "percentages are taken off before money"),
                ("money off", "money is taken off before percentages"),
            ]),
            "\"percent off\"",
            "Which comes first where `order` is the same. A free product always comes before, free \
             delivery after.",
        ),
        or(
            "percent_of",
            Shape::Choice(&[
                ("what is left", "after the discounts before"),
                ("list price", "before any discount"),
            ]),
            "\"what is left\"",
            "What a percentage is reckoned of, half a cent rounded up.",
        ),
        or(
            "most",
            Shape::Whole(1, 32),
            "any number, at most 32 codes in one basket",
            "At most so many discounts on one basket.",
        ),
    ],
};
