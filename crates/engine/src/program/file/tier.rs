//! Tiers.

use super::{Body, Field, Form, Section, Shape, Table, needed, or};

pub(super) const TIER_SECTION: Section = Section {
    key: "tier",
    form: Form::Many,
    body: Body::Fields(&TIER),
    doc: "A tier, lowest first. The first takes nothing: everybody starts in it. Members rise at once, \
          over several tiers if they can, and fall only when the time they keep a tier is over.",
    example: r#"[[tier]]
id = "friend"

[[tier]]
id    = "regular"
reach = { spend = "200 EUR", within = "calendar year" }
keep  = { until = "end of next year", then = "one tier down", grace = "30 days" }
earn  = { beans = 1.25 }"#,
};

/// A tier.
pub const TIER: Table = Table {
    name: "a tier",
    others: None,
    fields: &[
        needed("id", Shape::Id, "Its id."),
        or(
            "reach",
            Shape::Table(&REACH),
            "nothing: the lowest tier",
            "What it takes. Of several figures all are needed, unless they stand in `any`.",
        ),
        or(
            "renew",
            Shape::Table(&REACH),
            "the same as `reach`",
            "What it takes to keep it, where that differs: often less, or some of several figures.",
        ),
        or(
            "keep",
            Shape::Table(&KEEP),
            "to the end of the next period, then one tier down, without grace",
            "For how long it is kept, and what then.",
        ),
        or(
            "counts_from",
            Shape::Day,
            "all figures count, also those from before the tier was there",
            "For a tier that is new in a running program: only what is done from this day on counts for it.",
        ),
        or(
            "closed",
            Shape::Flag,
            "false",
            "Nobody comes into it any more. Who is in it keeps it, with all that it gives, to its end and \
             falls then.",
        ),
        or(
            "earn",
            Shape::Map(&Shape::Decimal),
            "1",
            "Factors on the points that members of this tier earn, at least 1.",
        ),
    ],
};

const SPEND: Field = or(
    "spend",
    Shape::Money,
    "not asked",
    "Money paid for goods, less what came back.",
);

const ORDERS: Field = or(
    "orders",
    Shape::Whole(1, i64::MAX),
    "not asked",
    "Orders that did not come back as a whole.",
);

const VISITS: Field = or(
    "visits",
    Shape::Whole(1, i64::MAX),
    "not asked",
    "Activities called `visit`.",
);

const EARNED: Field = or(
    "earned",
    Shape::Map(&Shape::Amount),
    "not asked",
    "Points earned, less what refunds took back. Spending them changes nothing.",
);

const BALANCE: Field = or(
    "balance",
    Shape::Map(&Shape::Amount),
    "not asked",
    "Points that can be spent now. Spending them may cost the tier, so `earned` is kinder.",
);

/// What a tier takes.
pub const REACH: Table = Table {
    name: "what a tier takes",
    others: None,
    fields: &[
        SPEND,
        ORDERS,
        VISITS,
        EARNED,
        BALANCE,
        or(
            "any",
            Shape::List(&Shape::Table(&REACH_ANY)),
            "none",
            "Instead of the above: one of these is enough.",
        ),
        or(
            "need",
            Shape::Whole(1, 100),
            "1",
            "With `any`: how many of them are needed.",
        ),
        or(
            "within",
            Shape::Phrase(
                "^(calendar (day|week|month|quarter|half-year|year)|year of membership|ever|since the tier|[0-9]+ (days?|weeks?|months?|years?))$",
                "calendar year",
            ),
            "\"calendar year\"",
            "Within which time: `calendar year` (or `month`, `quarter`, `half-year`), the last so many \
             days or months (`12 months`), a `year of membership`, `since the tier` that they are in began, or `ever`.",
        ),
    ],
};

/// One of several figures that are enough.
pub const REACH_ANY: Table = Table {
    name: "what is enough for a tier",
    others: None,
    fields: &[SPEND, ORDERS, VISITS, EARNED, BALANCE],
};

/// What becomes of a tier.
pub const KEEP: Table = Table {
    name: "what becomes of a tier",
    others: None,
    fields: &[
        or(
            "until",
            Shape::Phrase(
                "^(for ever|while met|end of (next )?(period|day|week|month|quarter|half-year|year)|[0-9]+ (days?|weeks?|months?|years?))$",
                "end of next year",
            ),
            "\"end of next period\" (`within` a rolling time: for as long; `within = \"ever\"`: \"for ever\")",
            "`end of period` is the period of `within` in which the tier was reached; `end of next \
             period` gives one more; `12 months` counts from the day it was reached; `for ever` needs \
             nothing; with `while met` it is lost at once when its figures are not met any more.",
        ),
        or(
            "then",
            Shape::Choice(&[
                ("one tier down", "they land one tier lower"),
                (
                    "the tier they reach",
                    "they land where their figures are enough",
                ),
                ("the lowest tier", "they start anew"),
            ]),
            "\"one tier down\"",
            "What happens to members whose figures are not enough any more.",
        ),
        or(
            "grace",
            Shape::Phrase("^[0-9]+ (days?|weeks?)$", "30 days"),
            "none",
            "So much longer before that happens.",
        ),
    ],
};
