//! Signs that somebody takes advantage of the program: what the log says of members, sellers and agents, held
//! against limits that the merchant sets.
//!
//! *Ana's card was shown nine times in an hour, at a shop where five is a lot: that is a sign, with its figures.
//! Two signs together weigh enough to put her on hold, until somebody has looked.*
//!
//! Everything here is pure: [`Deed`]s are folded from rows of the log, [`signs_of_member`] looks at those of one
//! member and [`ShopLook`] at those of all. What becomes of a sign is the shell's affair ([ADR
//! 0127](../../../docs/adr/0127-what-happens-to-somebody-who-takes-advantage.md)).

mod deed;
mod member;
mod rules;
mod shop;
mod takeover;

pub use deed::{Deed, DeedKind};
pub use member::signs_of_member;
pub use rules::{Pace, PaceOf, PacePer, SignRule, SuspicionRules};
pub use shop::ShopLook;
pub use takeover::{Door, takeover_signs};

use regulars_base::{MemberId, Name};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// So many rows of the log a sign names at most, as what it gave wrongly.
const EVIDENCE_MOST: usize = 500;
/// So many members a sign names at most.
const OTHERS_MOST: usize = 20;
/// The highest score.
pub const SCORE_MOST: i64 = 100;

/// What may speak against somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignKind {
    /// More in a time than somebody honest does.
    Pace,
    /// A device, an address or a card that several members have.
    SharedMark,
    /// Two members who may be one person, and both earn.
    Duplicate,
    /// Members who sent each other.
    Ring,
    /// Friends who were sent and never came back.
    IdleFriends,
    /// Points of many members that were sent to one.
    FanIn,
    /// Points that came from others, were spent, and an order that came back then.
    Laundering,
    /// Orders that came back after what they gave was spent.
    Owing,
    /// A seller at whom a member bought nearly everything.
    SameSeller,
    /// An agent who gave points to themselves.
    OwnPoints,
    /// An agent who gives points to the same few.
    SameMembers,
    /// Points that leave shortly after a sign-in from a device that was not seen before.
    NewDevice,
    /// Points that leave shortly after an address, a telephone number or a card was changed.
    NewContact,
    /// Codes that were tried and do not exist.
    Guesses,
}

impl SignKind {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Pace,
        Self::SharedMark,
        Self::Duplicate,
        Self::Ring,
        Self::IdleFriends,
        Self::FanIn,
        Self::Laundering,
        Self::Owing,
        Self::SameSeller,
        Self::OwnPoints,
        Self::SameMembers,
        Self::NewDevice,
        Self::NewContact,
        Self::Guesses,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pace => "pace",
            Self::SharedMark => "shared_mark",
            Self::Duplicate => "duplicate",
            Self::Ring => "ring",
            Self::IdleFriends => "idle_friends",
            Self::FanIn => "fan_in",
            Self::Laundering => "laundering",
            Self::Owing => "owing",
            Self::SameSeller => "same_seller",
            Self::OwnPoints => "own_points",
            Self::SameMembers => "same_members",
            Self::NewDevice => "new_device",
            Self::NewContact => "new_contact",
            Self::Guesses => "guesses",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }

    /// Whether it is about how things are, and not about what was done lately: once somebody said that it is as
    /// it should be, it is no sign until others come in.
    pub const fn is_standing(self) -> bool {
        matches!(
            self,
            Self::SharedMark | Self::Duplicate | Self::Ring | Self::IdleFriends
        )
    }
}

/// Whom a sign speaks against.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Suspect {
    /// A member.
    Member(MemberId),
    /// A seller, as receipts name them.
    Seller(String),
    /// A store, as orders name it.
    Store(String),
    /// An agent: the id of a person or a key, or what an event says.
    Agent(String),
    /// Whoever tried codes: the id of a key or a person.
    Caller(String),
}

impl Suspect {
    /// The names of the kinds.
    pub const KINDS: [&'static str; 5] = ["member", "seller", "store", "agent", "caller"];

    /// What sort of suspect.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Member(_) => "member",
            Self::Seller(_) => "seller",
            Self::Store(_) => "store",
            Self::Agent(_) => "agent",
            Self::Caller(_) => "caller",
        }
    }

    /// Which one.
    pub fn id(&self) -> String {
        match self {
            Self::Member(own) => own.to_string(),
            Self::Seller(own) | Self::Store(own) | Self::Agent(own) | Self::Caller(own) => {
                own.clone()
            }
        }
    }
}

/// What a row of the log gave that it may not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Whose wallet.
    pub member: MemberId,
    /// The row, by its number.
    pub seq: u64,
    /// What it gave, by points, in the smallest unit.
    pub gave: Vec<(Name, i64)>,
}

/// Something that speaks against somebody, with its figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sign {
    /// What.
    pub kind: SignKind,
    /// More exactly: what a pace counts and for whom, what sort of mark is shared, who the seller is.
    pub of: String,
    /// How much it weighs.
    pub weight: i64,
    /// Its figures, by name.
    pub figures: BTreeMap<String, i64>,
    /// Members who have to do with it.
    pub others: Vec<MemberId>,
    /// What was given that may have to be taken back.
    pub evidence: Vec<Evidence>,
}

impl Sign {
    fn new(kind: SignKind, of: impl Into<String>, weight: i64) -> Self {
        Self {
            kind,
            of: of.into(),
            weight,
            figures: BTreeMap::new(),
            others: Vec::new(),
            evidence: Vec::new(),
        }
    }

    /// Somebody tried so many codes within a minute that do not exist.
    pub fn of_guesses(rules: &SuspicionRules, count: i64) -> Option<Self> {
        let rule = rules.rule(SignKind::Guesses)?;
        Some(Self::new(SignKind::Guesses, "", rule.weight).with([("count", count)]))
    }

    /// Two members may be one person, as `score` of 99 says.
    pub fn of_duplicate(rules: &SuspicionRules, other: MemberId, score: i64) -> Option<Self> {
        let rule = rules.rule(SignKind::Duplicate)?;
        (score >= rule.limit).then(|| {
            Self::new(SignKind::Duplicate, "", rule.weight)
                .with([("score", score)])
                .among([other])
        })
    }

    fn with<const N: usize>(mut self, figures: [(&str, i64); N]) -> Self {
        let named = figures
            .into_iter()
            .map(|(name, own)| (name.to_owned(), own));
        self.figures.extend(named);
        self
    }

    fn among(mut self, others: impl IntoIterator<Item = MemberId>) -> Self {
        let all: BTreeSet<MemberId> = others.into_iter().collect();
        self.others = all.into_iter().take(OTHERS_MOST).collect();
        self
    }

    fn proved<'a>(mut self, deeds: impl IntoIterator<Item = &'a Deed>) -> Self {
        let given = deeds.into_iter().filter(|own| !own.gave.is_empty());
        let evidence = given.take(EVIDENCE_MOST).map(|own| Evidence {
            member: own.member,
            seq: own.seq,
            gave: own.gave.clone(),
        });
        self.evidence = evidence.collect();
        self
    }

    /// A figure of it; nothing for one that it does not have.
    pub fn figure(&self, name: &str) -> i64 {
        self.figures.get(name).copied().unwrap_or_default()
    }

    /// The reason in words and figures.
    pub fn text(&self) -> String {
        let own = |name| self.figure(name);
        let of = &self.of;
        match self.kind {
            SignKind::Pace => {
                let (what, per) = of.split_once('.').unwrap_or((of, ""));
                let (count, most, minutes) = (own("count"), own("most"), own("minutes"));
                format!(
                    "{count} {what} in {} per {per}; at most {most}",
                    time(minutes)
                )
            }
            SignKind::SharedMark => format!(
                "{} members who earn have the same {of}; at most {}",
                own("members"),
                own("limit")
            ),
            SignKind::Duplicate => format!(
                "may be one person with another member who earns, too ({} of 99)",
                own("score")
            ),
            SignKind::Ring => format!("sent, through {} members, by themselves", own("members")),
            SignKind::IdleFriends => format!(
                "{} of {} friends who were sent bought no second time; at most {}",
                own("idle"),
                own("friends"),
                own("limit")
            ),
            SignKind::FanIn => format!(
                "points of {} members were sent to them in {} days; at most {}",
                own("senders"),
                own("days"),
                own("limit")
            ),
            SignKind::Laundering => format!(
                "{} times points came from others, were spent, and an order came back; at most {}",
                own("times"),
                own("limit")
            ),
            SignKind::Owing => format!(
                "{} orders came back after what they gave was spent; at most {}",
                own("times"),
                own("limit")
            ),
            SignKind::SameSeller => format!(
                "{} of {} purchases were sold by {of}; at most {}",
                own("count"),
                own("purchases"),
                own("limit")
            ),
            SignKind::OwnPoints => {
                format!("gave points to themselves, {} times", own("times"))
            }
            SignKind::SameMembers => format!(
                "{} of {} times that points were given by hand, it was to the same {}; at most {} times",
                own("count"),
                own("times"),
                own("members"),
                own("limit")
            ),
            SignKind::NewDevice => format!(
                "points leave {} after a sign-in from a new device; a sign within {} hours",
                time(own("minutes")),
                own("hours")
            ),
            SignKind::NewContact => format!(
                "points leave {} after an address, a telephone number or a card was changed; a sign within {} hours",
                time(own("minutes")),
                own("hours")
            ),
            SignKind::Guesses => {
                format!("tried {} codes in a minute that do not exist", own("count"))
            }
        }
    }
}

/// What signs come to together: at most [`SCORE_MOST`].
pub fn score(signs: &[Sign]) -> i64 {
    let sum: i64 = signs.iter().map(|own| own.weight).sum();
    sum.clamp(0, SCORE_MOST)
}

/// What is to be taken back of all that signs name: each row once, by member and points.
pub fn given(signs: &[Sign]) -> BTreeMap<(MemberId, Name), i64> {
    let mut seen = BTreeSet::new();
    let mut sums = BTreeMap::new();
    for own in signs.iter().flat_map(|sign| &sign.evidence) {
        if !seen.insert((own.member, own.seq)) {
            continue;
        }
        for (points, amount) in &own.gave {
            let sum: &mut i64 = sums.entry((own.member, *points)).or_default();
            *sum = sum.saturating_add(*amount);
        }
    }
    sums
}

/// Minutes, as people say them.
fn time(minutes: i64) -> String {
    let said =
        |count: i64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    match minutes {
        own if own > 0 && own % 1440 == 0 => said(own / 1440, "day"),
        own if own > 0 && own % 60 == 0 => said(own / 60, "hour"),
        own => said(own, "minute"),
    }
}
