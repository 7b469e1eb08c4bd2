//! The format of a program file, as data: every table, every field, what it takes, what it means
//! and what holds if it is not there.
//!
//! One list, four readers: the compiler takes from it what is allowed, the hints what was meant,
//! the JSON Schema what an editor offers, and the manual what people read. So they cannot differ.

mod activity;
mod attribute;
mod badge;
mod card;
mod cause;
mod challenge;
mod changeover;
mod claim;
mod coupon;
mod draw;
mod earning;
mod game;
mod gives;
mod group;
mod insight;
mod leaderboard;
mod limit;
mod money;
mod partner;
mod plan;
mod points;
mod portal;
mod referral;
mod refund;
mod reward;
mod sell_through;
mod shop;
mod tier;
mod transfer;

pub use activity::{ACTIVITY, BIRTHDAY, FIELD, PROFILE};
pub use attribute::ATTRIBUTE;
pub use badge::{BADGE, LEVEL};
pub use card::{CARD, MILESTONE};
pub use cause::CAUSE;
pub use challenge::{CHALLENGE_RULE, STEP, STREAK, TEAM};
pub use changeover::CHANGEOVER;
pub use claim::CLAIM;
pub use coupon::{COUPON, COUPONS};
pub use draw::DRAW;
pub use earning::{BASE, COMBINE, EARN, EXCEPT};
pub use game::{GAME, PRIZE, SOURCE};
pub use group::{GROUP, GROUP_ROLE};
pub use insight::INSIGHT;
pub use leaderboard::{LEADERBOARD, PLACE};
pub use limit::LIMIT;
pub use partner::{AWARDS, COALITION, PARTNER};
pub use plan::{CANCEL, CHANGE, INTRO, PAUSE, PLAN};
pub use points::{EXPIRES, NAMES, PENDING, POINTS};
pub use portal::{FAQ, PORTAL};
pub use referral::{REFERRAL, REFERRAL_STEP};
pub use refund::REFUND;
pub use reward::{AUTOMATIC, PRICE_FOR, REWARD};
pub use sell_through::SELL_THROUGH;
pub use shop::PROGRAM;
pub use tier::{CHALLENGE, GIFT, KEEP, LIFETIME, MATCH, REACH, REACH_ALL, REACH_ANY, TIER};
pub use transfer::TRANSFER;

/// A table of fields.
#[derive(Debug)]
pub struct Table {
    /// What it is, in a few words: `a rule`.
    pub name: &'static str,
    /// What keys of people's choice take, where it has those beside its fields.
    pub others: Option<Shape>,
    /// Its fields.
    pub fields: &'static [Field],
}

/// A field.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub shape: Shape,
    /// What holds if it is not there.
    pub absent: Absent,
    /// What it means: a sentence or two.
    pub doc: &'static str,
}

/// What holds if a field is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// It must be there.
    Needed,
    /// This, in words.
    Means(&'static str),
}

/// What a field takes.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Any text.
    Text,
    /// An id: small letters, digits, `-` and `_`.
    Id,
    /// Yes or no.
    Flag,
    /// A whole number within these bounds.
    Whole(i64, i64),
    /// A decimal number, not negative.
    Decimal,
    /// An amount of points: a number, or a decimal where the points have decimals.
    Amount,
    /// Money of the program's currency: `"12.40 EUR"`.
    Money,
    /// A length of calendar time: `"14 days"`, `"12 months"`.
    Length,
    /// A day or a moment: `"2025-03-01"`, `"2025-03-01T09:00:00Z"`.
    Moment,
    /// A day: `"2025-03-01"`.
    Day,
    /// A condition in CEL.
    Condition,
    /// One of these words; each with its meaning.
    Choice(&'static [(&'static str, &'static str)]),
    /// Text of this form (a regular expression), with an example.
    Phrase(&'static str, &'static str),
    /// Any number of these.
    List(&'static Shape),
    /// A table with these fields.
    Table(&'static Table),
    /// A table whose keys are ids that people choose.
    Map(&'static Shape),
    /// One or the other.
    Either(&'static [Shape]),
}

/// A part of the file.
#[derive(Debug)]
pub struct Section {
    /// Its key at the top of the file.
    pub key: &'static str,
    /// How often it may stand there.
    pub form: Form,
    /// What stands in it.
    pub body: Body,
    /// What it is for: the opening of its chapter in the manual.
    pub doc: &'static str,
    /// An example, as it would be written.
    pub example: &'static str,
}

/// How often a section may stand in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `[key]`, once.
    Once,
    /// `[key.NAME]`, any number of times.
    Named,
    /// `[[key]]`, any number of times, in order.
    Many,
}

/// What stands in a section.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// These fields.
    Fields(&'static Table),
    /// Keys of people's choice with values of this shape.
    Values(&'static Shape),
}

/// The whole format, in the order of the manual.
pub const SECTIONS: &[Section] = &[
    shop::PROGRAM_SECTION,
    shop::RATES_SECTION,
    points::POINTS_SECTION,
    activity::ACTIVITY_SECTION,
    activity::PROFILE_SECTION,
    activity::BIRTHDAY_SECTION,
    attribute::ATTRIBUTE_SECTION,
    earning::EARN_SECTION,
    earning::COMBINE_SECTION,
    tier::TIER_SECTION,
    tier::MATCH_SECTION,
    card::CARD_SECTION,
    challenge::CHALLENGE_SECTION,
    badge::BADGE_SECTION,
    badge::LEVEL_SECTION,
    leaderboard::LEADERBOARD_SECTION,
    game::GAME_SECTION,
    draw::DRAW_SECTION,
    cause::CAUSE_SECTION,
    reward::REWARD_SECTION,
    plan::PLAN_SECTION,
    referral::REFERRAL_SECTION,
    transfer::TRANSFER_SECTION,
    coupon::COUPON_SECTION,
    coupon::COUPONS_SECTION,
    refund::REFUND_SECTION,
    changeover::CHANGEOVER_SECTION,
    claim::CLAIM_SECTION,
    sell_through::SELL_THROUGH_SECTION,
    insight::INSIGHT_SECTION,
    partner::COALITION_SECTION,
    partner::PARTNER_SECTION,
    money::STORE_CREDIT_SECTION,
    money::GIFT_CARD_SECTION,
    group::GROUP_SECTION,
    portal::PORTAL_SECTION,
];

impl Table {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Shape {
    /// What it takes, in words: `text`, `a whole number`.
    pub fn words(&self) -> String {
        match self {
            Self::Text => "text".into(),
            Self::Id => "an id (small letters, digits, `-`, `_`)".into(),
            Self::Flag => "`true` or `false`".into(),
            Self::Whole(low, i64::MAX) => format!("a whole number from {low} on"),
            Self::Whole(low, high) => format!("a whole number from {low} to {high}"),
            Self::Decimal => "a number such as `1.25`".into(),
            Self::Amount => "a number of points".into(),
            Self::Money => "money such as `\"12.40 EUR\"`".into(),
            Self::Length => "a length such as `\"14 days\"` or `\"12 months\"`".into(),
            Self::Moment => "a day or a moment such as `\"2025-03-01\"`".into(),
            Self::Day => "a day such as `\"2025-03-01\"`".into(),
            Self::Condition => "a condition such as `'order.total >= 15'`".into(),
            Self::Choice(words) => {
                let words: Vec<String> = words
                    .iter()
                    .map(|(word, _)| format!("`\"{word}\"`"))
                    .collect();
                words.join(", ")
            }
            Self::Phrase(_, example) => format!("text such as `{example}`"),
            Self::List(Self::Table(of)) => format!("a list of tables, each {}", of.name),
            Self::List(of) => format!("a list of {}", of.words()),
            Self::Table(table) => format!("a table: {}", table.name),
            Self::Map(of) => format!("a table of ids, each with {}", of.words()),
            Self::Either(shapes) => {
                let words: Vec<String> = shapes.iter().map(Self::words).collect();
                words.join(", or ")
            }
        }
    }
}

/// A field that must be there.
const fn needed(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field {
        name,
        shape,
        absent: Absent::Needed,
        doc,
    }
}

/// A field that may be left out, and what holds then.
const fn or(name: &'static str, shape: Shape, means: &'static str, doc: &'static str) -> Field {
    Field {
        name,
        shape,
        absent: Absent::Means(means),
        doc,
    }
}
