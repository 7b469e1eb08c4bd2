//! Referrals.

use super::gives::GIVES;
use super::limit::LIMIT;
use super::{Body, Form, Section, Shape, Table, needed, or};

pub(super) const REFERRAL_SECTION: Section = Section {
    key: "referral",
    form: Form::Once,
    body: Body::Fields(&REFERRAL),
    doc: "Members send friends. Each member has a code, and a link that ends with it; who joins by it \
          and buys is a friend, and both sides are given something. What the referrer gets can wait \
          until the goods can no longer come back, and is taken back if they do later. Nobody refers \
          themselves; what else looks like fraud is refused, or set aside until somebody has looked \
          at it.",
    example: r#"[referral]
link       = "https://shop.example/?friend="
within     = "30 days"
buy_within = "90 days"
least      = "20.00 EUR"
welcome    = { beans = 50 }
step       = [
  { purchase = 1, friend = { beans = 50 }, referrer = { beans = 100 } },
  { purchase = 3, referrer = { beans = 50 } },
]
held_for   = "14 days"
limit      = [{ times = 10, per = "member", every = "month" }]"#,
};

const DOUBT: Shape = Shape::Choice(&[
    ("refuse", "it does not count"),
    ("review", "nothing is given before somebody has approved it"),
    ("allow", "it counts all the same"),
]);

/// Referrals.
pub const REFERRAL: Table = Table {
    name: "referrals",
    others: None,
    fields: &[
        or(
            "link",
            Shape::Text,
            "members have codes and no links",
            "What a member's code is written behind to make the link: it begins with `https://`.",
        ),
        or(
            "within",
            Shape::Length,
            "\"30 days\"",
            "How long after following a link a friend may join by it.",
        ),
        or(
            "counts",
            Shape::Choice(&[
                (
                    "last click",
                    "of several links that a friend followed, the last",
                ),
                (
                    "first click",
                    "of several links that a friend followed, the first",
                ),
            ]),
            "\"last click\"",
            "Whose friend it is, where a friend followed the links of several members.",
        ),
        or(
            "buy_within",
            Shape::Length,
            "for ever",
            "Only purchases so long after joining count.",
        ),
        or(
            "least",
            Shape::Money,
            "any amount",
            "A purchase counts if its goods come to at least so much, and stops counting once what came \
             back leaves less.",
        ),
        or(
            "when",
            Shape::Condition,
            "always",
            "Which purchases count. A condition that names a `line` must hold for one of them.",
        ),
        or(
            "welcome",
            GIVES,
            "nothing",
            "What the friend gets for joining: the id of a reward, or points such as `{ beans = 50 }`.",
        ),
        or(
            "step",
            Shape::List(&Shape::Table(&REFERRAL_STEP)),
            "nothing",
            "What purchases of the friend give, by their number: the first, the third ...",
        ),
        or(
            "held_for",
            Shape::Length,
            "no time: it is given at once, and taken back if the purchase comes back",
            "How long what the referrer gets is held back, to the end of that day. A purchase that comes \
             back meanwhile gives nothing.",
        ),
        or(
            "limit",
            Shape::List(&Shape::Table(&LIMIT)),
            "none",
            "How often a referrer is given something: `{ times = 10, every = \"month\" }`.",
        ),
        or(
            "voucher_expires",
            Shape::Length,
            "never",
            "A reward that was given is void after so long, at the end of that day.",
        ),
        or(
            "known_customer",
            DOUBT,
            "\"refuse\"",
            "What happens where the friend was a customer before.",
        ),
        or(
            "same_fingerprint",
            DOUBT,
            "\"review\"",
            "What happens where friend and referrer, or two friends, have the same device, address or \
             means of payment, as far as the shop tells hashes of them.",
        ),
        or(
            "ring",
            DOUBT,
            "\"refuse\"",
            "What happens where the referrer was sent by the friend, directly or through up to eight \
             others.",
        ),
    ],
};

/// What a purchase of a friend gives.
pub const REFERRAL_STEP: Table = Table {
    name: "a step of a referral",
    others: None,
    fields: &[
        needed(
            "purchase",
            Shape::Whole(1, 100),
            "Which purchase of those that count: each more than the one before.",
        ),
        or(
            "friend",
            GIVES,
            "nothing",
            "What the friend gets: the id of a reward, or points.",
        ),
        or(
            "referrer",
            GIVES,
            "nothing",
            "What the referrer gets: the id of a reward, or points.",
        ),
        or(
            "by_tier",
            Shape::Map(&GIVES),
            "the same at every tier",
            "What the referrer gets instead at these tiers: `{ gold = { beans = 200 } }`. The tier is the \
             one that they have when it is given, so after `held_for`.",
        ),
    ],
};
