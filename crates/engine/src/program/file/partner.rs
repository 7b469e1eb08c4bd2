//! Partners who share the points, and what they have agreed on.

use super::limit::LIMIT;
use super::{Body, Form, Section, Shape, Table, needed, or};

pub(super) const COALITION_SECTION: Section = Section {
    key: "coalition",
    form: Form::Once,
    body: Body::Fields(&COALITION),
    doc: "What partners who share the program's points have agreed on. The operator, whose program it \
          is, stands between them: whoever funds points pays for them when they are given, whoever takes \
          them is paid when they are spent, and once in a period all of that is netted.",
    example: r#"[coalition]
spend    = "soonest"
breakage = "funder"
settle   = "month""#,
};

/// What partners have agreed on.
pub const COALITION: Table = Table {
    name: "the coalition",
    others: None,
    fields: &[
        or(
            "spend",
            Shape::Choice(&[
                ("soonest", "those that lapse first, whoever funds them"),
                (
                    "own first",
                    "those that the partner at whose till they are spent has funded itself, then the others",
                ),
                (
                    "proportional",
                    "of each funder the share that it has of what is there, to the point; within that \
                     those that lapse first",
                ),
            ]),
            "\"soonest\"",
            "Whose points are spent first, where a member has points of several funders.",
        ),
        or(
            "breakage",
            Shape::Choice(&[
                ("operator", "the operator keeps it"),
                ("funder", "whoever funded them gets back what they cost"),
                (
                    "pool",
                    "all partners, in proportion to what they have paid for points so far",
                ),
            ]),
            "\"operator\"",
            "Who has what was paid for points that lapse.",
        ),
        or(
            "settle",
            Shape::Choice(&[
                ("week", "Monday to Sunday"),
                ("month", "a month of the calendar"),
                ("quarter", "a quarter of the calendar"),
                ("half-year", "January to June, July to December"),
                ("year", "a year of the calendar"),
            ]),
            "\"month\"",
            "How often partners are settled with.",
        ),
    ],
};

pub(super) const PARTNER_SECTION: Section = Section {
    key: "partner",
    form: Form::Named,
    body: Body::Fields(&PARTNER),
    doc: "A partner: a business that shares the points. Events of its sources are its own. It pays for \
          the points that are given there, and is paid for those that are spent there. Prices are in \
          the program's currency, or in the partner's own `currency`.",
    example: r#"[partner.bakery]
name    = "Miller's Bakery"
sources = ["bakery-till", "bakery-web"]
cost    = { points = "0.010 EUR" }
worth   = { points = "0.008 EUR" }
fee     = "2%"
pays    = "later""#,
};

/// A partner.
pub const PARTNER: Table = Table {
    name: "a partner",
    others: None,
    fields: &[
        or("name", Shape::Text, "the id", "What people call it."),
        or(
            "sources",
            Shape::List(&Shape::Text),
            "none: a fund, which rules name as `funder`",
            "The sources of events that are its own: its tills and shops. An API key of the partner \
             sends events of these sources only.",
        ),
        or(
            "stores",
            Shape::List(&Shape::Text),
            "all",
            "Of these sources only what happens in these stores: for partners who share a system. A \
             redemption names no store, so at a source that is shared it belongs to nobody.",
        ),
        or(
            "channels",
            Shape::List(&Shape::Text),
            "all",
            "Of these sources only orders of these channels.",
        ),
        or(
            "cost",
            Shape::Map(&Shape::Money),
            "nothing",
            "What each point costs whoever funds it, when it is given; exact, down to a millionth of the \
             smallest coin. If it is taken back, so is the money.",
        ),
        or(
            "worth",
            Shape::Map(&Shape::Money),
            "nothing",
            "What the partner is paid for each point that is spent at its till, whoever funded it.",
        ),
        or(
            "fee",
            Shape::Phrase(r"^[0-9]+(\.[0-9]+)?%$", "2%"),
            "none",
            "What the operator keeps of what the partner is paid for points.",
        ),
        or(
            "shares",
            Shape::Map(&Shape::Phrase(r"^[0-9]+(\.[0-9]+)?%$", "60%")),
            "it pays alone",
            "Who pays for the points that it funds: partners, or `operator`, 100% together. For an award \
             that several pay for.",
        ),
        or(
            "pays",
            Shape::Choice(&[
                (
                    "later",
                    "what it owes is netted with the others' at the end of a period",
                ),
                (
                    "ahead",
                    "into a balance that the points it pays for are drawn from",
                ),
            ]),
            "\"later\"",
            "When it pays for points.",
        ),
        or(
            "when_empty",
            Shape::Choice(&[
                (
                    "go on",
                    "its points are given, its balance falls below zero, and the explanation says so",
                ),
                (
                    "refuse",
                    "a rule gives no points that the balance does not cover, and says so",
                ),
            ]),
            "\"go on\"",
            "With `pays = \"ahead\"`: what happens when the balance has run out. What a card or a tier \
             gives has been promised, and is given.",
        ),
        or(
            "currency",
            Shape::Phrase("^[A-Z]{3}$", "PLN"),
            "the program's",
            "The currency that the partner reckons in: its prices are written in it, and its statements \
             say what they come to in it. All is netted in the program's currency, at `rate`.",
        ),
        or(
            "rate",
            Shape::Money,
            "needed with `currency`",
            "What one unit of the partner's currency is settled at: `\"0.235 EUR\"`. A statement is told at \
             the rate in force at the end of its period.",
        ),
        or(
            "awards",
            Shape::Table(&AWARDS),
            "it gives points by the rules alone",
            "What it may give to members itself, out of a budget: `{ limit = [{ points = 10000, per = \
             \"program\", every = \"month\" }, { points = 200, per = \"member\", every = \"day\" }] }`.",
        ),
    ],
};

/// What a partner may give out of its budget.
pub const AWARDS: Table = Table {
    name: "what a partner may give",
    others: None,
    fields: &[
        needed(
            "limit",
            Shape::List(&Shape::Table(&LIMIT)),
            "Its budgets (`per = \"program\"`), one for each kind of points that it may give, and what one \
             member may get.",
        ),
        or(
            "reasons",
            Shape::List(&Shape::Text),
            "any",
            "The reasons that it may give.",
        ),
        or(
            "cancel",
            Shape::Length,
            "\"14 days\"",
            "How long it may take an award back.",
        ),
    ],
};
