//! A version of the program: its file, and the same in numbers.
//!
//! The file is all that the servers get. The numbers are all that the clerk gets. Whoever changes one
//! changes the other.

use regulars_sim::shopper::Dice;
use serde::{Deserialize, Serialize};

/// What it takes to reach the two tiers above the first, in cents of a year.
pub(crate) const REACH: [i64; 2] = [20_000, 60_000];
/// How many mugs there are.
pub(crate) const MUGS: i64 = 60;
/// How many visits fill the card.
pub(crate) const FULL: i64 = 5;
/// For how many days a reward is set aside.
pub(crate) const HOLD_DAYS: i64 = 7;

/// What versions differ in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Beans for each whole euro.
    pub per_euro: i64,
    /// What coffee is multiplied by, in hundredths.
    pub coffee: i64,
    /// What the tiers multiply by, in hundredths.
    pub tiers: [i64; 2],
    /// How the two meet.
    pub multiply: Multiply,
    /// After how many days beans are free.
    pub pending_days: i64,
    /// After how many months they lapse, at the end of the month.
    pub months: i64,
    /// What a treat takes.
    pub treat: i64,
    /// What a mug takes.
    pub mug: i64,
    /// What a full card gives.
    pub card: i64,
    /// Whether nothing is taken back before all came back.
    pub only_when_whole: bool,
    /// Whether members owe what they spent, or the program bears it.
    pub go_negative: bool,
}

/// How factors meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Multiply {
    /// The largest for each line.
    Best,
    /// What each adds, added.
    Add,
    /// One after the other.
    Compound,
}

impl Terms {
    /// Drawn.
    pub(crate) fn drawn(dice: &mut Dice) -> Self {
        let mut one = |of: &[i64]| of[dice.place(of.len())];
        Self {
            per_euro: one(&[1, 2, 3]),
            coffee: one(&[125, 150, 200, 300]),
            tiers: [one(&[110, 125]), one(&[150, 175, 200])],
            multiply: match one(&[0, 1, 2]) {
                0 => Multiply::Best,
                1 => Multiply::Add,
                _ => Multiply::Compound,
            },
            pending_days: one(&[1, 14, 30]),
            months: one(&[3, 6, 12, 18]),
            treat: one(&[30, 50, 80]),
            mug: one(&[60, 90]),
            card: one(&[20, 45]),
            only_when_whole: one(&[0, 0, 1]) == 1,
            go_negative: one(&[0, 1, 1]) == 1,
        }
    }

    /// The program file.
    pub fn file(&self) -> String {
        let hundredths = |n: i64| format!("{}.{:02}", n / 100, n % 100);
        let multiply = match self.multiply {
            Multiply::Best => "best",
            Multiply::Add => "add",
            Multiply::Compound => "compound",
        };
        let take_back = match self.only_when_whole {
            true => "only when all came back",
            false => "the share that came back",
        };
        let spent = match self.go_negative {
            true => "go negative",
            false => "stop at zero",
        };
        format!(
            r#"[program]
name     = "Storm"
currency = "EUR"
timezone = "UTC"

[points.beans]
pending = "{pending} days"
expires = {{ after = "{months} months", to = "end of month" }}

[points.stars]

[[earn]]
id   = "spend"
give = {{ beans = "{per_euro} per 1 EUR" }}

[[earn]]
id    = "coffee"
when  = 'line.category == "coffee"'
times = {coffee}
of    = ["spend"]

[[earn]]
id    = "visits"
on    = "visit"
give  = {{ stars = 1 }}
limit = [{{ times = 1, per = "member", every = "day" }}]

[combine]
multiply = "{multiply}"

[[tier]]
id = "friend"

[[tier]]
id    = "regular"
reach = {{ spend = "{regular} EUR" }}
earn  = {{ beans = {first} }}

[[tier]]
id    = "family"
reach = {{ spend = "{family} EUR" }}
earn  = {{ beans = {second} }}

[[card]]
id    = "guest"
on    = "visit"
full  = {FULL}
gives = {{ beans = {card} }}

[[reward]]
id    = "treat"
price = {{ beans = {treat} }}
hold  = "{HOLD_DAYS} days"

[[reward]]
id    = "mug"
price = {{ beans = {mug} }}
hold  = "{HOLD_DAYS} days"
stock = {MUGS}

[refund]
take_back     = "{take_back}"
already_spent = "{spent}"
tiers         = "keep"

[partner.bakery]
sources = ["bakery"]
cost    = {{ beans = "0.010 EUR" }}
worth   = {{ beans = "0.008 EUR" }}
pays    = "ahead"

[partner.cinema]
sources = ["cinema"]
cost    = {{ beans = "0.007 EUR" }}
worth   = {{ beans = "0.006 EUR" }}
fee     = "2%"
"#,
            pending = self.pending_days,
            months = self.months,
            per_euro = self.per_euro,
            coffee = hundredths(self.coffee),
            regular = REACH[0] / 100,
            family = REACH[1] / 100,
            first = hundredths(self.tiers[0]),
            second = hundredths(self.tiers[1]),
            card = self.card,
            treat = self.treat,
            mug = self.mug,
        )
    }
}
