//! Tiers, stamp cards, rewards, and what a refund does.

use super::earning::LIMIT;
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

const GIVES: Shape = Shape::Either(&[Shape::Id, Shape::Map(&Shape::Amount)]);

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
            "What it listens to: `purchase`, `enrolment`, `visit`, or an activity that the program declares.",
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
            "not for points: only a voucher pays it",
            "What it costs; of several kinds of points, all of these together.",
        ),
        or(
            "tier",
            Shape::Id,
            "for everybody",
            "The lowest tier that may have it.",
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

pub(super) const REFUND_SECTION: Section = Section {
    key: "refund",
    form: Form::Once,
    body: Body::Fields(&REFUND),
    doc: "What happens to points when something comes back.",
    example: r#"[refund]
take_back     = "the share that came back"
already_spent = "go negative"
spent_points  = "give back with their old dates""#,
};

/// What a refund does.
pub const REFUND: Table = Table {
    name: "what a refund does",
    others: None,
    fields: &[
        or(
            "take_back",
            Shape::Choice(&[
                (
                    "the share that came back",
                    "of what each line earned, the share of it that came back",
                ),
                (
                    "only when all came back",
                    "everything, once all came back; nothing before",
                ),
                (
                    "what the rest would not earn",
                    "the rules are asked again for what the customer kept: a bonus for 50 EUR goes \
                     once less than that is left",
                ),
                ("nothing", "members keep what they earned"),
            ]),
            "\"the share that came back\"",
            "What is taken back of what was earned, from the very lots that it made.",
        ),
        or(
            "round",
            Shape::Choice(&[
                ("down", "in favour of the member"),
                ("up", "in favour of the program"),
                ("half-up", "to the nearest, a half upwards"),
                ("half-even", "to the nearest, a half to the even neighbour"),
            ]),
            "\"down\"",
            "How a share is rounded. What came back as a whole is always taken back to the last unit.",
        ),
        or(
            "already_spent",
            Shape::Choice(&[
                ("go negative", "the member owes them; the next points repay"),
                (
                    "stop at zero",
                    "the program bears them, and the books say so",
                ),
                (
                    "take pending points only",
                    "what is free stays with the member; the program bears the rest",
                ),
            ]),
            "\"go negative\"",
            "What if the points were spent already.",
        ),
        or(
            "lapsed",
            Shape::Choice(&[
                ("forgive", "nothing: they are gone already"),
                ("take back", "the same, from what there is"),
            ]),
            "\"forgive\"",
            "What if the points have lapsed meanwhile.",
        ),
        or(
            "spent_points",
            Shape::Choice(&[
                (
                    "give back with their old dates",
                    "in the share of the order that came back",
                ),
                (
                    "give back with new dates",
                    "as if they were earned on the day of the refund",
                ),
                (
                    "give back when all came back",
                    "with their old dates, and not before",
                ),
                ("keep", "they stay spent"),
            ]),
            "\"give back with their old dates\"",
            "What becomes of points that had paid for the order.",
        ),
        or(
            "window",
            Shape::Length,
            "\"12 months\"",
            "How long a used reward is remembered, so that a refund can give its points back.",
        ),
    ],
};
