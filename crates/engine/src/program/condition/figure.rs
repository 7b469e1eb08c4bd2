//! Figures that are kept of each member, whatever happens: what segments ask about.
//!
//! They are named here and nowhere else: `regulars-engage` keeps them, a database has them as columns.

use super::number::Unit;
use serde::{Deserialize, Serialize};

/// The windows in which behaviour is counted, in days: today and the days before it.
pub const WINDOWS: [u16; 5] = [7, 30, 90, 180, 365];

/// Figures are held within so much, and numbers in a condition too: so that no sum of them is too large
/// for a database.
pub const MOST: i64 = 1_000_000_000_000_000;

/// A figure of a member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Figure {
    /// One that everybody has.
    Plain(Plain),
    /// How many days ago a day was.
    Age(Plain),
    /// One that has a name of its own.
    Named(Named),
}

/// A figure that everybody has; a day is a day's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Plain {
    /// How many orders.
    OrdersEver,
    /// What was paid for goods, less what came back, in minor units.
    SpendEver,
    /// The day of the first order.
    FirstOrder,
    /// The day of the last order.
    LastOrder,
    /// The day on which they became a member.
    Joined,
    /// How many orders in a window, by its place in [`WINDOWS`].
    Orders(u8),
    /// What was paid in a window.
    Spend(u8),
}

/// A figure that has a name of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Named {
    /// How many things of a category in a window, in thousandths.
    Items(String, u8),
    /// How often something was done in a window.
    Activities(String, u8),
    /// The points that may be spent, in their smallest unit.
    Balance(String),
    /// Whether something is allowed: 1 if it is.
    Consent(String),
    /// What a model says, in thousandths; unknown where it was not asked.
    Score(String),
}

/// What is kept of members beside what everybody has.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kept<'a> {
    /// The ids of points, and their decimals.
    pub points: &'a [(String, u8)],
    /// What members can allow.
    pub consents: &'a [String],
    /// What they can do without buying.
    pub activities: &'a [String],
}

/// What a call asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Orders,
    Spend,
    Items,
    Activities,
    Balance,
    Consent,
    Score,
    Label,
}

/// The calls of segments: name, how it is written, what it asks for.
pub(super) const CALLS: [(&str, &str, Call); 8] = [
    ("orders", "orders(90)", Call::Orders),
    ("spend", "spend(90)", Call::Spend),
    ("items", "items(\"coffee\", 90)", Call::Items),
    ("activities", "activities(\"visit\", 30)", Call::Activities),
    ("balance", "balance(\"points\")", Call::Balance),
    ("consent", "consent(\"newsletter\")", Call::Consent),
    ("score", "score(\"churn\")", Call::Score),
    ("label", "label(\"rfm\")", Call::Label),
];

/// What models say of a member as a number: the name, and what it means.
pub const SCORES: [(&str, &str); 5] = [
    (
        "advocate",
        "how much they do for the shop beside paying, 0 to 100",
    ),
    (
        "churn",
        "how likely it is, in per cent, that a member who is active now buys nothing in the next window of activity",
    ),
    (
        "alive",
        "how likely it is, in per cent, that they are a customer still, however long they have been away",
    ),
    (
        "orders",
        "on how many days they are to be expected to buy in the next twelve months",
    ),
    (
        "value",
        "what they are to be expected to bring in the next twelve months, in the money of the shop",
    ),
];

/// What models call a member: the name, what it means, and what it may be.
pub const LABELS: [(&str, &str, &[&str]); 2] = [
    (
        "rfm",
        "their place by when they bought last, how often, and how much",
        &[
            "champions",
            "loyal",
            "promising",
            "new",
            "need_attention",
            "about_to_sleep",
            "at_risk",
            "cannot_lose",
            "sleeping",
        ],
    ),
    (
        "loyalty",
        "why they come back",
        &[
            "satisfied",
            "price",
            "program",
            "convenience",
            "freebie",
            "advocate",
        ],
    ),
];

impl Call {
    /// Its row in the manual.
    pub(super) const fn told(
        self,
        call: &'static str,
    ) -> (&'static str, &'static str, &'static str) {
        let (kind, doc) = match self {
            Self::Orders => (
                Unit::Whole.words(),
                "how many orders in the last so many days: 7, 30, 90, 180 or 365",
            ),
            Self::Spend => (
                Unit::Money.words(),
                "what was paid for goods in such a window, less what came back in it",
            ),
            Self::Items => (
                Unit::Quantity.words(),
                "how many things of a category were bought in such a window",
            ),
            Self::Activities => (
                Unit::Whole.words(),
                "how often they did something in such a window: `visit`, or what the program names",
            ),
            Self::Balance => (
                Unit::Points(0).words(),
                "how many of these points may be spent",
            ),
            Self::Consent => ("yes or no", "whether they allow it now"),
            Self::Score => (
                Unit::Quantity.words(),
                "what a model says of them: `advocate`, `churn`, `alive`, `orders` or `value`; unknown where it says nothing",
            ),
            Self::Label => (
                "text",
                "what a model calls them: `rfm` or `loyalty`; unknown where it calls them nothing",
            ),
        };
        (call, kind, doc)
    }
}

impl Plain {
    /// How many there are.
    pub const COUNT: usize = 5 + 2 * WINDOWS.len();

    /// Its place among all of them.
    pub const fn place(self) -> usize {
        match self {
            Self::OrdersEver => 0,
            Self::SpendEver => 1,
            Self::FirstOrder => 2,
            Self::LastOrder => 3,
            Self::Joined => 4,
            Self::Orders(window) => 5 + window as usize,
            Self::Spend(window) => 5 + WINDOWS.len() + window as usize,
        }
    }

    /// Each of them, by place.
    pub fn all() -> impl Iterator<Item = Self> {
        let windows = || 0..u8::try_from(WINDOWS.len()).unwrap_or(0);
        [
            Self::OrdersEver,
            Self::SpendEver,
            Self::FirstOrder,
            Self::LastOrder,
            Self::Joined,
        ]
        .into_iter()
        .chain(windows().map(Self::Orders))
        .chain(windows().map(Self::Spend))
    }

    /// What a database calls it.
    pub fn column(self) -> String {
        let days = |window: u8| WINDOWS.get(usize::from(window)).copied().unwrap_or(0);
        match self {
            Self::OrdersEver => "orders_ever".into(),
            Self::SpendEver => "spend_ever".into(),
            Self::FirstOrder => "first_order".into(),
            Self::LastOrder => "last_order".into(),
            Self::Joined => "joined".into(),
            Self::Orders(window) => format!("orders_{}", days(window)),
            Self::Spend(window) => format!("spend_{}", days(window)),
        }
    }
}

impl Named {
    /// What a database calls it: no two have the same.
    pub fn key(&self) -> String {
        let days = |window: &u8| WINDOWS.get(usize::from(*window)).copied().unwrap_or(0);
        match self {
            Self::Items(category, window) => format!("items/{}/{category}", days(window)),
            Self::Activities(name, window) => format!("activities/{}/{name}", days(window)),
            Self::Balance(points) => format!("balance/{points}"),
            Self::Consent(purpose) => format!("consent/{purpose}"),
            Self::Score(name) => format!("score/{name}"),
        }
    }

    /// Whether it is unknown of those of whom nothing is kept; it is 0 otherwise.
    pub const fn may_be_unknown(&self) -> bool {
        matches!(self, Self::Score(_))
    }
}
