//! From where on something is a sign, and what signs come to.

use super::SignKind;
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const WEIGHT_MOST: i64 = 100;
const DAYS_MOST: u16 = 90;
const PACES_MOST: usize = 20;
const LIMIT_MOST: i64 = 1_000_000;

/// What a merchant takes for suspicious, and what happens then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SuspicionRules {
    /// Whether anything is looked for.
    pub on: bool,
    /// From this score on somebody looks at it.
    pub review_from: i64,
    /// From this score on a member is put on hold until then.
    pub hold_from: i64,
    /// How many days a look goes back.
    pub days: u16,
    /// How much in which time is too much.
    pub paces: Vec<Pace>,
    /// The other signs, by kind. Those that are not named are as they are by default.
    pub signs: BTreeMap<SignKind, SignRule>,
}

/// How much in a time is too much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// What is counted.
    pub of: PaceOf,
    /// For whom.
    pub per: PacePer,
    /// In how many minutes.
    pub minutes: u32,
    /// So much is nothing out of the ordinary.
    pub most: i64,
    /// How much more weighs.
    pub weight: i64,
}

/// What a pace counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaceOf {
    /// Purchases.
    Purchases,
    /// Rewards that were asked for, and purchases that used some.
    Redemptions,
    /// Points that came in, of all kinds, in the smallest unit.
    Points,
}

/// For whom a pace counts. A card is its member's: all cards of a member are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PacePer {
    /// For each member.
    Member,
    /// For each store.
    Store,
    /// For each seller.
    Seller,
}

impl PaceOf {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Purchases => "purchases",
            Self::Redemptions => "redemptions",
            Self::Points => "points",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        let all = [Self::Purchases, Self::Redemptions, Self::Points];
        all.into_iter().find(|own| own.name() == name)
    }
}

impl PacePer {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Store => "store",
            Self::Seller => "seller",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        let all = [Self::Member, Self::Store, Self::Seller];
        all.into_iter().find(|own| own.name() == name)
    }
}

impl Pace {
    /// What it counts and for whom, as a sign names it.
    pub(super) fn name(&self) -> String {
        format!("{}.{}", self.of.name(), self.per.name())
    }
}

/// From where on something is a sign, and how much it weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignRule {
    /// More than this is one: members, times or friends; for takeovers so many hours, for duplicates their
    /// score.
    pub limit: i64,
    /// How much it weighs; 0 for no sign at all.
    pub weight: i64,
}

impl SignRule {
    /// As it is where a merchant says nothing. Nothing alone puts anybody on hold but what no honest person
    /// does by chance.
    pub const fn default_of(kind: SignKind) -> Self {
        let (limit, weight) = match kind {
            SignKind::Pace => (0, 0),
            SignKind::SharedMark => (3, 40),
            SignKind::Duplicate => (80, 30),
            SignKind::Ring => (0, 70),
            SignKind::IdleFriends => (4, 40),
            SignKind::FanIn => (3, 45),
            SignKind::Laundering => (1, 40),
            SignKind::Owing => (1, 40),
            SignKind::SameSeller => (14, 40),
            SignKind::OwnPoints => (0, 70),
            SignKind::SameMembers => (5, 45),
            SignKind::NewDevice | SignKind::NewContact => (48, 40),
            SignKind::Guesses => (0, 40),
        };
        Self { limit, weight }
    }
}

impl Default for SuspicionRules {
    fn default() -> Self {
        let pace = |of, minutes, most| Pace {
            of,
            per: PacePer::Member,
            minutes,
            most,
            weight: 40,
        };
        Self {
            on: true,
            review_from: 40,
            hold_from: 70,
            days: 30,
            paces: vec![
                pace(PaceOf::Purchases, 60, 5),
                pace(PaceOf::Purchases, 24 * 60, 12),
                pace(PaceOf::Redemptions, 24 * 60, 5),
            ],
            signs: BTreeMap::new(),
        }
    }
}

impl SuspicionRules {
    /// What is said of a kind of sign; nothing where it is none.
    pub fn rule(&self, kind: SignKind) -> Option<SignRule> {
        let own = self.signs.get(&kind).copied();
        let own = own.unwrap_or(SignRule::default_of(kind));
        (self.on && own.weight > 0).then_some(own)
    }

    /// All that is wrong with them.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut wrong = |at: String, what: String| faults.push(Fault::new(at, what));
        let scores = 1..=WEIGHT_MOST;
        for (at, own) in [
            ("/review_from", self.review_from),
            ("/hold_from", self.hold_from),
        ] {
            if !scores.contains(&own) {
                wrong(at.into(), format!("must be 1 to {WEIGHT_MOST}"));
            }
        }
        if self.hold_from < self.review_from {
            let what =
                "must not be below `review_from`: somebody has to look at whoever is on hold";
            wrong("/hold_from".into(), what.into());
        }
        if !(1..=DAYS_MOST).contains(&self.days) {
            wrong("/days".into(), format!("must be 1 to {DAYS_MOST}"));
        }
        if self.paces.len() > PACES_MOST {
            wrong("/paces".into(), format!("must be at most {PACES_MOST}"));
        }
        for (place, own) in self.paces.iter().enumerate() {
            let longest = u32::from(self.days.min(DAYS_MOST)) * 24 * 60;
            if !(1..=longest).contains(&own.minutes) {
                let what = format!(
                    "must be 1 to {longest}: a look goes back {} days",
                    self.days
                );
                wrong(format!("/paces/{place}/minutes"), what);
            }
            if own.most < 1 {
                wrong(format!("/paces/{place}/most"), "must be 1 or more".into());
            }
            if !scores.contains(&own.weight) {
                let what =
                    format!("must be 1 to {WEIGHT_MOST}; leave the pace out if it is no sign");
                wrong(format!("/paces/{place}/weight"), what);
            }
        }
        for (kind, own) in &self.signs {
            let at = format!("/signs/{}", kind.name());
            if *kind == SignKind::Pace {
                wrong(at, "is set by `paces`".into());
                continue;
            }
            if !(0..=LIMIT_MOST).contains(&own.limit) {
                wrong(format!("{at}/limit"), format!("must be 0 to {LIMIT_MOST}"));
            }
            if !(0..=WEIGHT_MOST).contains(&own.weight) {
                let what = format!("must be 0 (no sign) to {WEIGHT_MOST}");
                wrong(format!("{at}/weight"), what);
            }
        }
        faults
    }
}
