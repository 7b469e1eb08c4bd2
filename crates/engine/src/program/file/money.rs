//! Money accounts: store credit, and gift cards.

use super::{Body, Form, Section, Shape, Table, or};

pub(super) const STORE_CREDIT_SECTION: Section = Section {
    key: "store_credit",
    form: Form::Once,
    body: Body::Fields(&STORE_CREDIT),
    doc: "Members have store credit: money, in the program's currency, that pays for orders. It comes \
          by hand, by refunds that are paid out as credit, from gift cards. It is never mixed with \
          points. In many countries the law says for how long such money must be good: left out, it \
          never lapses.",
    example: r#"[store_credit]
most    = "500.00 EUR"
refunds = true"#,
};

pub(super) const GIFT_CARD_SECTION: Section = Section {
    key: "gift_card",
    form: Form::Once,
    body: Body::Fields(&GIFT_CARD),
    doc: "The shop sells gift cards, or gives them away: codes with money behind them, in the program's \
          currency. Whoever has the code may pay with it, bit by bit. In many countries the law says \
          for how long they must be good: left out, they never lapse.",
    example: r####"[gift_card]
pattern = "GIFT-####-####-####-####"
least   = "10.00 EUR"
most    = "500.00 EUR"
hold    = "1 hour""####,
};

/// Store credit.
const STORE_CREDIT: Table = Table {
    name: "store credit of members",
    others: None,
    fields: &[
        or(
            "expires",
            Shape::Length,
            "never",
            "How long after it came it lapses.",
        ),
        or(
            "most",
            Shape::Money,
            "any amount",
            "The most that a member may have. Refunds are taken beyond it.",
        ),
        or(
            "refunds",
            Shape::Flag,
            "true",
            "Whether refunds may be paid out as store credit.",
        ),
    ],
};

/// Gift cards.
const GIFT_CARD: Table = Table {
    name: "gift cards",
    others: None,
    fields: &[
        or(
            "pattern",
            Shape::Text,
            "\"####-####-####-####\"",
            "What their codes look like. Each `#` is drawn, the last is a check letter. At least 14 are \
             needed: nobody guesses such a code.",
        ),
        or(
            "least",
            Shape::Money,
            "any amount",
            "The least that a card is issued with, or loaded by.",
        ),
        or(
            "most",
            Shape::Money,
            "any amount",
            "The most that may be on a card.",
        ),
        or(
            "expires",
            Shape::Length,
            "never",
            "How long after it came on the card money lapses.",
        ),
        or(
            "hold",
            Shape::Phrase("^[0-9]+ (minutes?|hours?|days?)$", "1 hour"),
            "\"1 hour\"",
            "How long money is set aside for a purchase that is not told yet.",
        ),
        or(
            "into_credit",
            Shape::Flag,
            "true, if there is [store_credit]",
            "Whether what is on a card may become a member's store credit.",
        ),
        or(
            "pin",
            Shape::Whole(4, 8),
            "none",
            "How many digits the PIN of a card has, which is asked for beside its code.",
        ),
    ],
};
