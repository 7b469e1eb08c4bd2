//! A program in words, part by part and aspect by aspect: for the difference between two versions,
//! for people who ask what a rule does, and for the page on which members read how it works.
//!
//! The shop and its members read the same aspects, but not all of them: [`parts`] says things as the file
//! calls them and leaves out nothing, [`for_members`] leaves out how the books are kept, and calls things
//! by their titles.

mod account;
mod card;
mod changeover;
mod channel;
mod claim;
mod condition;
mod coupon;
mod earning;
mod engagement;
mod games;
mod gives;
mod group;
mod insight;
mod partner;
mod plan;
mod points;
mod portal;
mod referral;
mod refund;
mod reward;
mod tier;
mod told;
mod transfer;

pub use tier::time;
pub use told::ratio;

use super::language::{say, word};
use super::{Language, Reader};
use crate::program::{Trigger, UnknownCustomer};
use regulars_base::{Name, Ratio, Timestamp};
use told::{Told, rate};

/// A part of a program: a rule, a tier, a kind of points ...
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What sort of part: `rule`, `tier`, `points`; empty for the program as a whole. The same in all
    /// languages.
    pub kind: &'static str,
    /// Its id; empty for what there is only one of.
    pub id: String,
    /// What people call it: its title, or its id as words.
    pub name: String,
    /// The language of its aspects.
    pub language: Language,
    /// What it does.
    pub aspects: Vec<Aspect>,
}

/// One thing that a part does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aspect {
    /// What it does: `gives`.
    pub verb: String,
    /// What exactly: `2 beans per 1.00 EUR`. An aspect with the same verb says the same thing
    /// differently.
    pub what: String,
    /// Whether the shop alone cares.
    inner: bool,
}

impl Aspect {
    /// For the shop alone: how the books are kept, what is called how, what a till does.
    fn inner(self) -> Self {
        Self {
            inner: true,
            ..self
        }
    }
}

impl Part {
    /// What the part is called: `rule `spend``.
    pub fn title(&self) -> String {
        let kind = kind(self.language, self.kind);
        match self.id.as_str() {
            "" => kind.to_owned(),
            id => format!("{kind} `{id}`"),
        }
    }

    /// An aspect as a line: `gives 2 beans per 1.00 EUR`.
    pub fn line(&self, aspect: &Aspect) -> String {
        let Aspect { verb, what, .. } = aspect;
        match what.as_str() {
            "" => verb.clone(),
            _ => say!(self, "{verb} {what}", verb, what),
        }
    }

    /// What the part does, line by line.
    pub fn lines(&self) -> Vec<String> {
        self.aspects.iter().map(|own| self.line(own)).collect()
    }

    /// What the part does, in one sentence: `rule `spend`: gives 2 beans per 1.00 EUR`.
    pub fn sentence(&self) -> String {
        match self.aspects.is_empty() {
            true => self.title(),
            false => self.title() + word!(self, ": ") + &self.rest(),
        }
    }

    /// The lines as one.
    pub(super) fn rest(&self) -> String {
        let join = |first, next| say!(self, "{first}, {next}", first, next);
        self.lines().into_iter().reduce(join).unwrap_or_default()
    }
}

/// What a sort of part is called.
fn kind(language: Language, kind: &'static str) -> &'static str {
    let reader = &super::reader::Plain { language };
    match kind {
        "" => word!(reader, "the program"),
        "points" => word!(reader, "points"),
        "activity" => word!(reader, "activity"),
        "profile" => word!(reader, "profile"),
        "birthday" => word!(reader, "birthday"),
        "rule" => word!(reader, "rule"),
        "combining rules" => word!(reader, "combining rules"),
        "tier" => word!(reader, "tier"),
        "match" => word!(reader, "match"),
        "card" => word!(reader, "card"),
        "challenge" => word!(reader, "challenge"),
        "badge" => word!(reader, "badge"),
        "level" => word!(reader, "level"),
        "leaderboard" => word!(reader, "leaderboard"),
        "game" => word!(reader, "game"),
        "draw" => word!(reader, "draw"),
        "cause" => word!(reader, "cause"),
        "reward" => word!(reader, "reward"),
        "plan" => word!(reader, "plan"),
        "referrals" => word!(reader, "referrals"),
        "transfers" => word!(reader, "transfers"),
        "coupon" => word!(reader, "coupon"),
        "discounts" => word!(reader, "discounts"),
        "refunds" => word!(reader, "refunds"),
        "the changeover" => word!(reader, "the changeover"),
        "claims" => word!(reader, "claims"),
        "reports of what was sold on" => word!(reader, "reports of what was sold on"),
        "store credit" => word!(reader, "store credit"),
        "gift cards" => word!(reader, "gift cards"),
        "the coalition" => word!(reader, "the coalition"),
        "partner" => word!(reader, "partner"),
        "group" => word!(reader, "group"),
        "portal" => word!(reader, "portal"),
        "reports" => word!(reader, "reports"),
        other => other,
    }
}

/// The parts of a program, in the order of the manual, as the shop reads them.
pub fn parts<'p>(reader: impl Into<Reader<'p>>) -> Vec<Part> {
    all(Told {
        reader: reader.into(),
        members: false,
    })
}

/// Parts that mean something to members. How the books are kept, and what partners owe, does not; and a
/// coupon is for those who have its code.
const FOR_MEMBERS: [&str; 18] = [
    "points",
    "birthday",
    "rule",
    "tier",
    "card",
    "challenge",
    "badge",
    "level",
    "leaderboard",
    "game",
    "draw",
    "cause",
    "reward",
    "plan",
    "referrals",
    "transfers",
    "refunds",
    "claims",
];

/// What members read of a program: parts and aspects that mean something to them, in their words.
pub fn for_members<'p>(reader: impl Into<Reader<'p>>) -> Vec<Part> {
    let told = Told {
        reader: reader.into(),
        members: true,
    };
    let mut parts = all(told);
    parts.retain(|part| FOR_MEMBERS.contains(&part.kind));
    for part in &mut parts {
        part.aspects.retain(|aspect| !aspect.inner);
    }
    parts.retain(|part| !part.aspects.is_empty());
    parts
}

fn all(to: Told<'_>) -> Vec<Part> {
    let program = to.program;
    let mut parts = vec![whole(to)];
    let kinds = program.points.iter();
    parts.extend(kinds.map(|own| points::one_kind(to, own)));
    let activities = program.activities.iter();
    parts.extend(activities.map(|own| engagement::activity(to, own)));
    parts.extend(engagement::profile(to));
    parts.extend(engagement::birthday(to));
    parts.extend(program.rules.iter().map(|own| earning::rule(to, own)));
    parts.push(earning::combine(to));
    parts.extend(program.tiers.iter().map(|own| tier::tier(to, own)));
    let matches = program.matches.iter();
    parts.extend(matches.map(|rule| tier::match_rule(to, rule)));
    parts.extend(program.cards.iter().map(|card| card::card(to, card)));
    parts.extend(games::parts(to));
    let rewards = program.rewards.iter();
    parts.extend(rewards.map(|own| reward::reward(to, own)));
    parts.extend(program.plans.iter().map(|plan| plan::plan(to, plan)));
    let referral = program.referral.as_deref();
    parts.extend(referral.map(|rule| referral::referral(to, rule)));
    let transfer = program.transfer.as_deref();
    parts.extend(transfer.map(|rule| transfer::transfer(to, rule)));
    let coupons = program.coupons.iter();
    parts.extend(coupons.map(|own| coupon::coupon(to, own)));
    parts.extend(coupon::combine(to));
    parts.push(refund::refund(to));
    parts.push(changeover::changeover(to));
    parts.push(claim::claims(to));
    parts.extend(channel::sell_through(to));
    let credit = program.money.credit.as_deref();
    parts.extend(credit.map(|rule| account::credit(to, rule)));
    let cards = program.money.cards.as_deref();
    parts.extend(cards.map(|rule| account::gift_card(to, rule)));
    if !program.partners.is_empty() {
        parts.push(partner::coalition(to));
    }
    let partners = program.partners.iter();
    parts.extend(partners.map(|own| partner::partner(to, own)));
    let groups = program.groups.iter();
    parts.extend(groups.map(|rule| group::group(to, rule)));
    let portal = program.portal.as_deref();
    parts.extend(portal.map(|own| portal::portal(to, own)));
    parts.extend(insight::insight(to));
    parts
}

/// A part, called by its id.
fn part(to: Told<'_>, kind: &'static str, id: &str, aspects: Vec<Aspect>) -> Part {
    Part {
        kind,
        id: id.to_owned(),
        name: told::plain(id),
        language: to.language,
        aspects,
    }
}

/// A part that has a title.
fn titled(
    to: Told<'_>,
    kind: &'static str,
    (id, title): (&str, &str),
    mut aspects: Vec<Aspect>,
) -> Part {
    aspects.insert(0, aspect(word!(to, "is called"), title).inner());
    Part {
        name: title.to_owned(),
        ..part(to, kind, id, aspects)
    }
}

fn aspect(verb: impl Into<String>, what: impl Into<String>) -> Aspect {
    Aspect {
        verb: verb.into(),
        what: what.into(),
        inner: false,
    }
}

fn whole(to: Told<'_>) -> Part {
    let program = to.program;
    let unknown = match program.unknown {
        UnknownCustomer::Enrol => word!(to, "enrolled"),
        UnknownCustomer::Hold => word!(to, "kept waiting"),
        UnknownCustomer::Refuse => word!(to, "refused"),
    };
    let mut aspects = vec![
        aspect(word!(to, "is called"), &program.name),
        aspect(word!(to, "counts in"), program.currency.code()),
        aspect(word!(to, "keeps the time of"), program.zone.name()),
        aspect(word!(to, "speaks"), &program.locale),
        aspect(word!(to, "unknown customers are"), unknown),
    ];
    for (currency, own) in &program.rates {
        let scale = |exponent: u8| 10_i64.pow(exponent.into());
        let (num, den) = (
            own.num().saturating_mul(scale(currency.exponent())),
            own.den().saturating_mul(scale(program.currency.exponent())),
        );
        let whole = Ratio::new(num, den).unwrap_or(*own);
        aspects.push(aspect(
            say!(to, "takes {currency} at", currency),
            rate(to, whole),
        ));
    }
    part(to, "", "", aspects)
}

fn trigger(to: Told<'_>, on: Trigger) -> String {
    match on {
        Trigger::Purchase => say!(to, "purchases"),
        Trigger::Enrolment => say!(to, "enrolment"),
        Trigger::Birthday => say!(to, "birthdays"),
        Trigger::Anniversary => say!(to, "anniversaries of membership"),
        Trigger::SellThrough => say!(to, "what was sold on"),
        Trigger::Activity(name) if name == Name::of("profile") => {
            say!(to, "fields of the profile")
        }
        Trigger::Activity(name) if name == Name::of("visit") => say!(to, "visits"),
        Trigger::Activity(name) => {
            let mut all = to.program.activities.iter();
            let declared = all.find(|activity| activity.name == name);
            let id = declared.map_or("", |activity| &activity.id);
            match to.members {
                true => told::plain(id),
                false => id.to_owned(),
            }
        }
    }
}

/// What something is for: the shop reads what it listens to.
fn listens(to: Told<'_>, on: Trigger) -> Aspect {
    let verb = match to.members {
        true => word!(to, "is for"),
        false => word!(to, "listens to"),
    };
    aspect(verb, trigger(to, on))
}

/// The lowest tier that something is for.
fn from_tier(to: Told<'_>, aspects: &mut Vec<Aspect>, tier: Option<u16>) {
    let tier = tier.and_then(|place| to.program.tiers.get(usize::from(place)));
    if let Some(lowest) = tier {
        let what = say!(to, "{tier} on", tier = to.quoted(&lowest.id));
        aspects.push(aspect(word!(to, "is from tier"), what));
    }
}

/// Limits and the window of a rule or a reward.
fn bounds(
    to: Told<'_>,
    aspects: &mut Vec<Aspect>,
    (from, until): (Option<Timestamp>, Option<Timestamp>),
    limits: &[crate::program::Limit],
) {
    if let Some(from) = from {
        aspects.push(aspect(word!(to, "begins on"), to.clock(from)));
    }
    if let Some(until) = until {
        aspects.push(aspect(word!(to, "ends before"), to.clock(until)));
    }
    for limit in limits {
        aspects.extend(told::limit(to, limit));
    }
}
