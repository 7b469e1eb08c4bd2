//! Tiers.

use super::gives::GIVES_SOME;
use super::{Body, Field, Form, Section, Shape, Table, needed, or};

pub(super) const TIER_SECTION: Section = Section {
    key: "tier",
    form: Form::Many,
    body: Body::Fields(&TIER),
    doc: "A tier, lowest first. The first takes nothing: everybody starts in it. Members rise at once, \
          over several tiers if they can, and fall only when the time they keep a tier is over. A refund \
          that takes away what a tier was reached with undoes the rise (`tiers` of `[refund]`). A tier that \
          an agent gives by hand holds until its end beside all this: below it a member's own figures \
          go on counting, and may lift them above it.",
    example: r#"[[tier]]
id = "friend"

[[tier]]
id    = "regular"
reach = { spend = "200 EUR", within = "calendar year" }
keep  = { until = "end of next year", then = "one tier down", grace = "30 days" }
earn  = { beans = 1.25 }
gift  = { gives = "free-coffee", voucher_expires = "3 months" }

[[tier]]
id       = "family"
reach    = { all = [{ spend = "800 EUR" }, { orders = 30, within = "ever" }] }
lifetime = { spend = "5000 EUR", held = "5 years" }"#,
};

pub(super) const MATCH_SECTION: Section = Section {
    key: "match",
    form: Form::Many,
    body: Body::Fields(&MATCH),
    doc: "Another program whose tiers are taken over. On proof a member gets one of ours on trial, once \
          ever, over all these programs; it is theirs as if they had reached it as soon as they meet the \
          challenge, and gone at the end of the trial if they do not.",
    example: r#"[[match]]
id        = "other-cafe"
tiers     = { silver = "regular", gold = "family" }
trial     = "90 days"
challenge = { orders = 5 }"#,
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
            "What it takes. Of several figures all are needed, unless they stand in `any`. Figures with \
             times of their own, and groups of them, stand in `all`.",
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
            "lifetime",
            Shape::Table(&LIFETIME),
            "never: it is kept as `keep` says",
            "What makes it theirs for ever, whatever tier they are in by then.",
        ),
        or(
            "gift",
            Shape::Table(&GIFT),
            "nothing",
            "What members get who reach it by their figures. Who rises over several tiers at once gets \
             the gifts of all of them.",
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

const REFERRALS: Field = or(
    "referrals",
    Shape::Whole(1, i64::MAX),
    "not asked",
    "Friends who joined by the member's word, and count.",
);

const SOLD: Field = or(
    "sold",
    Shape::Money,
    "not asked",
    "What a reseller sold on, by its reports, less what came back.",
);

const WITHIN: Shape = Shape::Phrase(
    r"^(calendar (day|week|month|quarter|half-year|year)|year from [0-9]{2}-[0-9]{2}|year of membership|year of the tier|year of member\.[a-z0-9_]+|ever|since the tier|[0-9]+ (days?|weeks?|months?|years?))$",
    "calendar year",
);

const OWN_WITHIN: Field = or(
    "within",
    WITHIN,
    "the `within` beside the list",
    "A time of its own.",
);

const ANY: Field = or(
    "any",
    Shape::List(&Shape::Table(&REACH_ANY)),
    "none",
    "Instead of figures: one of these is enough. One with several figures takes all of them.",
);

const NEED: Field = or(
    "need",
    Shape::Whole(1, 100),
    "1",
    "With `any`: how many of them are needed.",
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
        REFERRALS,
        SOLD,
        ANY,
        NEED,
        or(
            "all",
            Shape::List(&Shape::Table(&REACH_ALL)),
            "none",
            "Instead of figures: all of these are needed, each with its own time: `all = [{ spend = \
             \"200 EUR\" }, { orders = 3, within = \"ever\" }]`. One of them may be a choice: `{ any = [...] }`.",
        ),
        or(
            "within",
            WITHIN,
            "\"calendar year\"",
            "Within which time: `calendar year` (or `month`, `quarter`, `half-year`), `year from 04-01` for \
             one that begins on another day, the last so many days or months (`12 months`), a `year of \
             membership`, a `year of the tier` (from the day on which it began), a `year of member.NAME` (from \
             the day that an attribute of kind `day` names, or from that of joining if it names none), `since \
             the tier` that they are in began, or `ever`.",
        ),
    ],
};

/// One of several things that are all needed.
pub const REACH_ALL: Table = Table {
    name: "what is needed for a tier",
    others: None,
    fields: &[
        SPEND, ORDERS, VISITS, EARNED, BALANCE, REFERRALS, SOLD, ANY, NEED, OWN_WITHIN,
    ],
};

/// One of several things that are enough.
pub const REACH_ANY: Table = Table {
    name: "what is enough for a tier",
    others: None,
    fields: &[
        SPEND, ORDERS, VISITS, EARNED, BALANCE, REFERRALS, SOLD, OWN_WITHIN,
    ],
};

/// What makes a tier a member's for ever.
pub const LIFETIME: Table = Table {
    name: "what makes a tier theirs for ever",
    others: None,
    fields: &[
        SPEND,
        ORDERS,
        VISITS,
        EARNED,
        REFERRALS,
        SOLD,
        or(
            "held",
            Shape::Length,
            "not asked",
            "So long in the tier, or above it, without a break. Enough by itself, as the figures are.",
        ),
    ],
};

/// What members get who reach a tier.
pub const GIFT: Table = Table {
    name: "the gift of a tier",
    others: None,
    fields: &[
        needed(
            "gives",
            GIVES_SOME,
            "The id of a reward, points such as `{ beans = 100 }`, or a list of both. Points are given on \
             the terms of those that are earned, and count towards no tier by `earned`.",
        ),
        or(
            "when",
            Shape::Choice(&[
                ("first time", "once ever"),
                (
                    "each time",
                    "also when they reach it again after they fell from it",
                ),
            ]),
            "\"first time\"",
            "How often. What a refund took back is given again by the next rise; what it could not take \
             back (a voucher that was used) is not.",
        ),
        or(
            "voucher_expires",
            Shape::Length,
            "never",
            "A reward that it gave is void after so long, at the end of that day.",
        ),
    ],
};

/// Another program whose tiers are taken over.
pub const MATCH: Table = Table {
    name: "a program whose tiers are taken over",
    others: None,
    fields: &[
        needed("id", Shape::Id, "Its id."),
        needed(
            "tiers",
            Shape::Map(&Shape::Id),
            "Its tiers, by ids of your choice, and which of ours a member gets for each.",
        ),
        needed(
            "trial",
            Shape::Length,
            "For how long they get it, to the end of that day.",
        ),
        needed(
            "challenge",
            Shape::Table(&CHALLENGE),
            "What they must do in that time to keep it. The day on which it begins counts as a whole.",
        ),
    ],
};

/// What keeps a tier that was taken over.
pub const CHALLENGE: Table = Table {
    name: "a challenge",
    others: None,
    fields: &[SPEND, ORDERS, VISITS, EARNED, REFERRALS],
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
            "`end of period` is the period of `within` in which the tier was reached: then the figures of \
             the next count, as far as grace gives time for them; `end of next period` gives one more, and \
             its figures count; `12 months` counts from the day it was reached; `for ever` needs \
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
