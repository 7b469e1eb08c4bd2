//! Personal offers on the wire: what a set is, what a member is offered, what was chosen and what came of it.

use crate::amount::Amount;
use crate::json::{At, Fields, FromJson};
use crate::survey::{items, words};
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a text says, by language.
type Words = BTreeMap<String, String>;

/// So many segments are read at most; what is too many is told by what reads them.
const SEGMENTS_MOST: usize = 200;

/// What an offer gives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferGiftBody {
    /// `points`, `reward` (a voucher for it) or `coupon` (a code of the member's own).
    #[schema(example = "points")]
    pub kind: String,
    /// Which points, reward or coupon: its id in the program file.
    #[schema(example = "beans")]
    pub id: String,
    /// How many whole points; left out for anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 50)]
    pub amount: Option<i64>,
}

/// An offer of a set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferBody {
    /// Its id: small letters, digits and hyphens.
    #[schema(example = "fifty-beans")]
    pub id: String,
    /// What it is called, by language.
    pub title: Words,
    /// What is said of it, by language.
    #[serde(default)]
    pub text: Words,
    /// What it gives.
    pub gives: OfferGiftBody,
    /// Whom it is for: a condition as segments have; everybody if left out.
    #[serde(default)]
    #[schema(example = "orders_ever >= 3")]
    pub when: String,
    /// What it costs you when it is taken, in the program's currency: the budget pays it. 0 if left out.
    #[serde(default)]
    pub cost: Amount,
    /// What an order that comes of it is worth to you, after that cost, in the program's currency; above 0.
    pub value: Amount,
}

/// A set of offers, of which each member gets one at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferSetIn {
    /// The version that you saw; left out for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// What people call it.
    pub name: String,
    /// The language in which it says everything.
    #[schema(example = "en")]
    pub language: String,
    /// An offer stands for so many days: 1 to 90. An order in these days is what came of it.
    #[schema(example = 14, minimum = 1, maximum = 90)]
    pub days: u16,
    /// How many members in a hundred are shown nothing: 5 to 50; 10 if left out.
    #[schema(example = 10, minimum = 5, maximum = 50)]
    pub hold_out: u8,
    /// The least chance of each offer, in hundredths, so that none is given up for good; 5 if left out.
    #[schema(example = 5, minimum = 1)]
    pub explore: u8,
    /// What all that is taken may cost, in the program's currency.
    pub budget: Amount,
    /// What tells members apart, so that it is learned of each sort by itself: `nothing`, `tier` or `segments`;
    /// `nothing` if left out.
    #[serde(default)]
    #[schema(example = "tier")]
    pub context: String,
    /// With `segments`: which. The first that a member is in counts.
    #[serde(default)]
    pub segments: Vec<String>,
    /// Whom all of it is for: a condition as segments have; everybody if left out.
    #[serde(default)]
    pub when: String,
    /// The offers: 1 to 20.
    pub offers: Vec<OfferBody>,
    /// Whether any is shown.
    pub live: bool,
}

/// A set of offers that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferSetOut {
    /// Its id.
    #[schema(example = "spring")]
    pub id: String,
    /// What it is, with its version.
    pub set: OfferSetIn,
    /// When it was changed last.
    pub changed_at: String,
    /// What is wrong with it since the program or a segment changed: until it is mended, nothing of it is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub faults: Vec<OfferFaultOut>,
}

/// Something that is wrong with a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferFaultOut {
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// What, and what to do about it.
    pub detail: String,
}

/// All sets of offers, by their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferSetsOut {
    /// One by one.
    pub items: Vec<OfferSetOut>,
}

/// An offer that a member has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonalOfferOut {
    /// The id of the choice, by which it is taken.
    #[schema(example = "spring.1")]
    pub choice: String,
    /// The offer's id.
    #[schema(example = "fifty-beans")]
    pub offer: String,
    /// The language in which it says everything.
    pub language: String,
    /// What it is called, by language.
    pub title: Words,
    /// What is said of it, by language.
    pub text: Words,
    /// What it gives.
    pub gives: OfferGiftBody,
    /// `open`, `taken` or `refused` (the program did not take it).
    #[schema(example = "open")]
    pub state: String,
    /// The first moment at which it no longer stands.
    pub until: String,
}

/// The offers that a member has now, one of each set at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonalOffersOut {
    /// One by one.
    pub items: Vec<PersonalOfferOut>,
}

/// What came of taking an offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TakenOfferOut {
    /// `taken` (now or before), `over` (its time is over, or it is offered no more), `budget_spent` (the set pays no
    /// more), or `refused` (the program did not take it; why stands in the member's history).
    #[schema(example = "taken")]
    pub state: String,
    /// The offer, if it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<PersonalOfferOut>,
}

/// One that could have been chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferChanceOut {
    /// Which offer.
    pub offer: String,
    /// Its chance, in millionths.
    pub chance: u32,
    /// How often an order came of it, as far as was known.
    pub brought: u64,
    /// How often none did.
    pub did_not: u64,
}

/// A choice that was made for a member, with all that it hung on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferChoiceOut {
    /// Its id: the set's, a dot, and the round.
    pub choice: String,
    /// Which offer was chosen.
    pub offer: String,
    /// Among whom the member was counted: a tier, a segment, or empty.
    pub cell: String,
    /// The member is held out: it was shown to nobody.
    pub held_out: bool,
    /// When it was made.
    pub chosen_at: String,
    /// The first moment at which it no longer stands.
    pub until: String,
    /// `open`, `taking`, `taken` or `refused`.
    pub stage: String,
    /// Why it could not be taken.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    pub reason: String,
    /// The number below 1,000,000 that decided: it is drawn by a keyed hash of set, member and round, and falls into
    /// the part of one offer, where each has as much as its chance, in this order.
    pub number: u32,
    /// All that could have been chosen.
    pub among: Vec<OfferChanceOut>,
    /// Whether the number was drawn anew now, was the same, and means this offer.
    pub proved: bool,
    /// How many orders came in these days; left out while they are not over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orders: Option<u32>,
    /// What these came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent: Option<Amount>,
}

/// What was chosen for a member, of each set the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferChoicesOut {
    /// One by one.
    pub items: Vec<OfferChoiceOut>,
}

/// How an offer stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferFiguresOut {
    /// Which.
    pub offer: String,
    /// How often it was shown.
    pub shown: u64,
    /// How often it was taken.
    pub taken: u64,
    /// How often it could not be taken.
    pub refused: u64,
    /// Of how many of those shown the days are over.
    pub over: u64,
    /// Of how many of these an order came.
    pub brought: u64,
    /// What these orders came to.
    pub spent: Amount,
}

/// What is known of an offer among members of a sort.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferKnownOut {
    /// Among whom: a tier, a segment, or empty.
    pub cell: String,
    /// Which offer.
    pub offer: String,
    /// How often an order came of it.
    pub brought: u64,
    /// How often none did.
    pub did_not: u64,
    /// Its chance to be chosen next for somebody who may have all of them, in millionths.
    pub chance: u32,
}

/// What was missed by not always showing what is now known to be the best. In minor units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfferRegretOut {
    /// By how many choices that is told.
    pub choices: u64,
    /// What these choices missed in all.
    pub own: f64,
    /// What they would have missed, had each been made evenly.
    pub even: f64,
}

/// What a way of choosing earned with each choice, or would have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfferReplayOut {
    /// `own` (as was chosen), `even`, `best` (always what was known to earn most) or `always`.
    #[schema(example = "even")]
    pub way: String,
    /// With `always`: which offer, told of those to whom it could be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<String>,
    /// By how many choices it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choices: Option<u64>,
    /// What it earned with each choice, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<f64>,
    /// The standard error of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<f64>,
    /// To how many choices of its own that comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<f64>,
    /// Why it cannot be told: `too_few`, `little_in_common` or `no_chance`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_answer: Option<String>,
    /// The same in words, with the figures behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// How a set of offers stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfferSetFiguresOut {
    /// The currency of money.
    pub currency: String,
    /// How many decimals its amounts have.
    pub decimals: u8,
    /// How often an offer was shown.
    pub shown: u64,
    /// How many choices were shown to nobody.
    pub held_out: u64,
    /// What all that is taken may cost.
    pub budget: Amount,
    /// What was drawn of it.
    pub drawn: Amount,
    /// Offer by offer.
    pub offers: Vec<OfferFiguresOut>,
    /// What is known among members of each sort.
    pub known: Vec<OfferKnownOut>,
    /// What was missed; left out while no days are over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regret: Option<OfferRegretOut>,
    /// What each way of choosing earned, or would have.
    pub replay: Vec<OfferReplayOut>,
}

/// A small number, as `u8`; too large for it is told by what reads it.
fn small(fields: &mut Fields<'_>, name: &'static str, faults: &mut Vec<Fault>) -> Option<u8> {
    let given = fields.integer(name, faults)?;
    Some(u8::try_from(given).unwrap_or(if given < 0 { 0 } else { u8::MAX }))
}

fn amount(fields: &mut Fields<'_>, name: &'static str, faults: &mut Vec<Fault>) -> Option<Amount> {
    let found = fields.decimal(name, faults);
    found.map(|own| Amount(own.into_owned()))
}

impl FromJson for OfferGiftBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let kind = fields.required_string("kind", faults);
        let id = fields.required_string("id", faults);
        let amount = fields.integer("amount", faults);
        fields.finish(faults);
        Some(Self {
            kind: kind?,
            id: id?,
            amount,
        })
    }
}

impl FromJson for OfferBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let id = fields.required_string("id", faults);
        let title = words(&mut fields, "title", faults);
        let text = words(&mut fields, "text", faults);
        let gives = fields.required("gives", faults);
        let gives = gives.and_then(|raw| OfferGiftBody::from_json(raw, at.field("gives"), faults));
        let when = fields.string("when", faults).map(Into::into);
        let cost = amount(&mut fields, "cost", faults);
        let is_there = !fields.lacks("value");
        let value = amount(&mut fields, "value", faults);
        if !is_there {
            faults.push(at.field("value").fault("is missing"));
        }
        fields.finish(faults);
        Some(Self {
            id: id?,
            title,
            text,
            gives: gives?,
            when: when.unwrap_or_default(),
            cost: cost.unwrap_or_default(),
            value: value?,
        })
    }
}

impl FromJson for OfferSetIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let version = fields.integer("version", faults);
        let name = fields.required_string("name", faults);
        let language = fields.required_string("language", faults);
        for needed in ["days", "budget", "offers"] {
            if fields.lacks(needed) {
                faults.push(at.field(needed).fault("is missing"));
            }
        }
        let days = fields.integer("days", faults).unwrap_or_default();
        let hold_out = small(&mut fields, "hold_out", faults).unwrap_or(10);
        let explore = small(&mut fields, "explore", faults).unwrap_or(5);
        let budget = amount(&mut fields, "budget", faults).unwrap_or_default();
        let context = fields.string("context", faults).map(Into::into);
        let segments = fields.strings("segments", SEGMENTS_MOST, faults);
        let when = fields.string("when", faults).map(Into::into);
        let offers = items(&mut fields, "offers", faults);
        let live = fields.boolean("live", faults).unwrap_or(true);
        fields.finish(faults);
        Some(Self {
            version,
            name: name?,
            language: language?,
            days: u16::try_from(days).unwrap_or(if days < 0 { 0 } else { u16::MAX }),
            hold_out,
            explore,
            budget,
            context: context.unwrap_or_else(|| "nothing".into()),
            segments,
            when: when.unwrap_or_default(),
            offers,
            live,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_set_is_told_at_its_place() {
        let text = r#"{"name": 1, "language": "en", "days": "long", "budgets": "5.00",
            "offers": [{"id": "a", "title": {"en": 3}, "gives": {"kind": "points"}}]}"#;
        let raw: &RawValue = serde_json::from_str(text).expect("is JSON");
        let mut faults = Vec::new();
        OfferSetIn::from_json(raw, At::ROOT, &mut faults);
        let mut at: Vec<String> = faults.iter().map(|own| own.at.clone()).collect();
        at.sort();
        let want = [
            "/budget",
            "/budgets",
            "/days",
            "/name",
            "/offers/0/gives/id",
            "/offers/0/title/en",
            "/offers/0/value",
        ];
        assert_eq!(at, want);
    }

    #[test]
    fn what_is_left_out_has_the_usual_value() {
        let text =
            r#"{"name": "Spring", "language": "en", "days": 14, "budget": 50, "offers": []}"#;
        let raw: &RawValue = serde_json::from_str(text).expect("is JSON");
        let mut faults = Vec::new();
        let read = OfferSetIn::from_json(raw, At::ROOT, &mut faults).expect("is read");
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!((read.hold_out, read.explore, read.live), (10, 5, true));
        assert_eq!(
            (read.context.as_str(), read.budget.0.as_str()),
            ("nothing", "50")
        );
    }
}
