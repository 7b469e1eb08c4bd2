//! Personal offers: what a set of them is, which of them somebody may have, and which one a drawn number means.
//!
//! *Three offers: 50 beans, a coffee, 5 EUR off. Each member is shown one of them for two weeks. Which one, is
//! chosen by what came of them so far among members of the same tier; some members are shown none, so that what
//! the offers bring can be seen.*
//!
//! How likely each is to be chosen is worked out elsewhere, from what is known of them: here is only what may be
//! said without that.

use crate::survey::{Words, words_fault};
use crate::{Figures, ID_RULE, NAME_MOST, Segment, SegmentFault, is_id};
use regulars_base::Currency;
use regulars_engine::Program;
use regulars_engine::program::RewardKind;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The least share that is held out, in hundredths: without it nobody knows what the offers bring.
pub const HOLD_OUT_LEAST: u8 = 5;
/// The largest, in hundredths.
pub const HOLD_OUT_MOST: u8 = 50;
/// An offer stands for so many days at most.
pub const DAYS_MOST: u16 = 90;
/// So many offers a set has at most.
pub const OFFERS_MOST: usize = 20;
/// So many segments tell members apart at most.
const SEGMENTS_MOST: usize = 20;
/// The longest title.
const TITLE_MOST: usize = 100;
/// The most points of an offer, in whole points.
const POINTS_MOST: i64 = 1_000_000;

/// What an offer gives, by its sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GiftKind {
    /// Points.
    #[default]
    Points,
    /// A reward, for nothing.
    Reward,
    /// A code of a coupon.
    Coupon,
}

impl GiftKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Points, Self::Reward, Self::Coupon];

    /// Its name in records and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Points => "points",
            Self::Reward => "reward",
            Self::Coupon => "coupon",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }
}

/// What an offer gives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferGift {
    /// Of which sort.
    pub kind: GiftKind,
    /// Which points, reward or coupon: its id in the program file.
    pub id: String,
    /// How many whole points; 0 for anything else.
    pub amount: i64,
}

/// What tells members apart, so that each sort of them is learned of by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferContext {
    /// Nothing: all are alike.
    #[default]
    Nothing,
    /// Their tier.
    Tier,
    /// The first of these segments that they are in.
    Segments(Vec<String>),
}

/// An offer, as somebody writes it. Money is written as people do, in the program's currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferDraft {
    /// Its id.
    pub id: String,
    /// What it is called, by language.
    pub title: Words,
    /// What is said of it, by language; may say nothing.
    pub text: Words,
    /// What it gives.
    pub gives: OfferGift,
    /// Whom it is for, as segments ask it; everybody if empty.
    pub when: String,
    /// What it costs us when it is taken: the budget pays it.
    pub cost: String,
    /// What an order that comes of it is worth to us, after that cost; above 0.
    pub value: String,
}

/// A set of offers, as somebody writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferSetDraft {
    /// What people call it.
    pub name: String,
    /// The language in which it says everything.
    pub language: String,
    /// An offer stands for so many days, and an order in these days is what came of it.
    pub days: u16,
    /// How many members in a hundred are shown nothing.
    pub hold_out: u8,
    /// The least chance of each offer, in hundredths: so none is given up for good.
    pub explore: u8,
    /// What all that is taken may cost.
    pub budget: String,
    /// What tells members apart.
    pub context: OfferContext,
    /// Whom all of it is for, as segments ask it; everybody if empty.
    pub when: String,
    /// The offers.
    pub offers: Vec<OfferDraft>,
    /// Whether any is shown.
    pub live: bool,
}

/// An offer, ready to be chosen.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Its id.
    pub id: String,
    /// What it gives.
    pub gives: OfferGift,
    /// How many points in their smallest unit; 0 for anything else.
    pub units: i64,
    /// Whom it is for.
    when: Option<Segment>,
    /// What it costs when it is taken, in minor units.
    pub cost: i64,
    /// What an order that comes of it is worth, in minor units.
    pub value: i64,
}

/// A set of offers, ready to be chosen of.
#[derive(Clone, Debug)]
pub struct OfferSet {
    /// The offers.
    pub offers: Vec<Offer>,
    /// What all that is taken may cost, in minor units.
    pub budget: i64,
    when: Option<Segment>,
    cells: Cells,
}

/// What tells members apart, ready to be asked.
#[derive(Clone, Debug)]
enum Cells {
    Nothing,
    Tier,
    Segments(Vec<Segment>),
}

/// Something that is wrong: where (a JSON pointer), and what to do about it.
pub type OfferFault = (String, String);

impl OfferSet {
    /// Reads a set by what the program has and by the segments that there are; all faults at once.
    ///
    /// # Errors
    /// Something in it is wrong.
    pub fn read(
        draft: &OfferSetDraft,
        program: &Program,
        segments: &BTreeMap<String, Segment>,
    ) -> Result<Self, Vec<OfferFault>> {
        let mut reading = Reading {
            program,
            faults: Vec::new(),
        };
        let read = reading.set(draft, segments);
        match reading.faults.is_empty() {
            true => Ok(read),
            false => Err(reading.faults),
        }
    }

    /// Those of its offers that somebody with these figures may have.
    pub fn open_to(&self, figures: &Figures) -> Vec<&Offer> {
        let may = |when: &Option<Segment>| match when {
            Some(segment) => segment.holds(figures),
            None => figures.here,
        };
        if !may(&self.when) {
            return Vec::new();
        }
        self.offers.iter().filter(|own| may(&own.when)).collect()
    }

    /// Among whom somebody with these figures is counted; empty where that is everybody, or none of the segments.
    pub fn cell(&self, figures: &Figures) -> String {
        match &self.cells {
            Cells::Nothing => String::new(),
            Cells::Tier => figures.tier.clone(),
            Cells::Segments(segments) => {
                let first = segments.iter().find(|own| own.holds(figures));
                first.map_or_else(String::new, |own| own.id.clone())
            }
        }
    }

    /// One of them.
    pub fn offer(&self, id: &str) -> Option<&Offer> {
        self.offers.iter().find(|own| own.id == id)
    }
}

/// Which of several a number means, whose chances are parts of the whole in which it was drawn.
pub fn meant(chances: &[u32], number: u32) -> usize {
    let mut left = number;
    for (place, chance) in chances.iter().enumerate() {
        if left < *chance {
            return place;
        }
        left -= chance;
    }
    chances.len().saturating_sub(1)
}

/// Reads a set and notes what is wrong.
struct Reading<'a> {
    program: &'a Program,
    faults: Vec<OfferFault>,
}

impl Reading<'_> {
    fn wrong(&mut self, at: impl Into<String>, what: impl Into<String>) {
        self.faults.push((at.into(), what.into()));
    }

    fn set(&mut self, draft: &OfferSetDraft, segments: &BTreeMap<String, Segment>) -> OfferSet {
        if !(1..=NAME_MOST).contains(&draft.name.trim().chars().count()) {
            self.wrong("/name", format!("must be 1 to {NAME_MOST} characters"));
        }
        if !(1..=DAYS_MOST).contains(&draft.days) {
            self.wrong("/days", format!("must be 1 to {DAYS_MOST} days"));
        }
        if !(HOLD_OUT_LEAST..=HOLD_OUT_MOST).contains(&draft.hold_out) {
            let what = format!(
                "must be {HOLD_OUT_LEAST} to {HOLD_OUT_MOST} in a hundred: without members who are shown \
                 nothing, nobody knows what the offers bring"
            );
            self.wrong("/hold_out", what);
        }
        let offers = self.offers(draft);
        self.explore(draft);
        let budget = self.money("/budget", &draft.budget, 1);
        let dearest = offers.iter().map(|own| own.cost).max().unwrap_or(0);
        if budget > 0 && dearest > budget {
            let what =
                "is less than one of the offers costs: raise it, or nobody can take that one";
            self.wrong("/budget", what);
        }
        OfferSet {
            offers,
            budget,
            when: self.condition("/when", &draft.when),
            cells: self.cells(&draft.context, segments),
        }
    }

    fn explore(&mut self, draft: &OfferSetDraft) {
        let count = u8::try_from(draft.offers.len().clamp(1, OFFERS_MOST)).unwrap_or(1);
        let most = 100 / count;
        if !(1..=most).contains(&draft.explore) {
            let what = format!(
                "must be 1 to {most} in a hundred: each of {count} offers keeps so much of a chance"
            );
            self.wrong("/explore", what);
        }
    }

    fn offers(&mut self, draft: &OfferSetDraft) -> Vec<Offer> {
        let count = draft.offers.len();
        if count == 0 {
            self.wrong(
                "/offers",
                "has no offer: write one at least, better two or more",
            );
        }
        if count > OFFERS_MOST {
            self.wrong("/offers", format!("must be at most {OFFERS_MOST} offers"));
        }
        let mut ids = BTreeSet::new();
        let mut read = Vec::new();
        for (place, own) in draft.offers.iter().take(OFFERS_MOST).enumerate() {
            let at = format!("/offers/{place}");
            if !is_id(&own.id) {
                self.wrong(format!("{at}/id"), ID_RULE);
            }
            if !ids.insert(own.id.as_str()) {
                self.wrong(format!("{at}/id"), "is the id of another offer of the set");
            }
            read.push(self.offer(own, &at, &draft.language));
        }
        read
    }

    fn offer(&mut self, own: &OfferDraft, at: &str, language: &str) -> Offer {
        let title = format!("{at}/title");
        self.faults
            .extend(words_fault(&own.title, language, &title));
        for (said, text) in &own.title {
            if text.chars().count() > TITLE_MOST {
                let what = format!("must be at most {TITLE_MOST} characters");
                self.wrong(format!("{title}/{said}"), what);
            }
        }
        if !own.text.is_empty() {
            let text = format!("{at}/text");
            self.faults.extend(words_fault(&own.text, language, &text));
        }
        Offer {
            id: own.id.clone(),
            gives: own.gives.clone(),
            units: self.gift(&own.gives, &format!("{at}/gives")),
            when: self.condition(&format!("{at}/when"), &own.when),
            cost: self.money(&format!("{at}/cost"), &own.cost, 0),
            value: self.money(&format!("{at}/value"), &own.value, 1),
        }
    }

    /// What it gives exists; how many points in their smallest unit.
    fn gift(&mut self, gives: &OfferGift, at: &str) -> i64 {
        let program = self.program;
        let (id, amount) = (&gives.id, gives.amount);
        match gives.kind {
            GiftKind::Points => {
                if !(1..=POINTS_MOST).contains(&amount) {
                    let what = format!("must be 1 to {POINTS_MOST} whole points");
                    self.wrong(format!("{at}/amount"), what);
                }
                let points = program.points.iter().find(|own| own.id == *id);
                let Some(points) = points else {
                    let all = program.points.iter().map(|own| own.id.as_str());
                    self.unknown(at, ("points", id), all);
                    return 0;
                };
                let unit = 10_i64.saturating_pow(u32::from(points.decimals));
                return amount.saturating_mul(unit);
            }
            GiftKind::Reward => match program.rewards.iter().find(|own| own.id == *id) {
                None => {
                    let all = program.rewards.iter().map(|own| own.id.as_str());
                    self.unknown(at, ("reward", id), all);
                }
                Some(reward) if matches!(reward.kind, RewardKind::Payment(_)) => {
                    let what = format!("`{id}` is points that pay: give the points themselves");
                    self.wrong(format!("{at}/id"), what);
                }
                Some(_) => {}
            },
            GiftKind::Coupon => match program.coupons.iter().find(|own| own.id == *id) {
                None => {
                    let all = program.coupons.iter().map(|own| own.id.as_str());
                    self.unknown(at, ("coupon", id), all);
                }
                Some(coupon) if coupon.pattern().is_none() => {
                    let what = format!(
                        "`{id}` has one word that everybody uses: give a coupon whose codes are each one's \
                         own (`pattern` in the program file)"
                    );
                    self.wrong(format!("{at}/id"), what);
                }
                Some(_) => {}
            },
        }
        if amount != 0 {
            let what = "must be left out: one is given, and only points have an amount";
            self.wrong(format!("{at}/amount"), what);
        }
        0
    }

    fn unknown<'a>(&mut self, at: &str, what: (&str, &str), all: impl Iterator<Item = &'a str>) {
        let (sort, id) = what;
        let all: Vec<&str> = all.collect();
        let there = match all.is_empty() {
            true => "it has none".to_owned(),
            false => format!("it has {}", all.join(", ")),
        };
        let said = format!("the program has no {sort} `{id}`: {there}");
        self.wrong(format!("{at}/id"), said);
    }

    fn money(&mut self, at: &str, text: &str, least: i64) -> i64 {
        let currency: Currency = self.program.currency;
        match currency.minor(text.trim()) {
            Ok(minor) if minor >= least => minor,
            Ok(_) if least > 0 => {
                self.wrong(at, format!("must be above 0, an amount in {currency}"));
                0
            }
            Ok(_) => {
                self.wrong(at, format!("must be 0 or more, an amount in {currency}"));
                0
            }
            Err(error) => {
                self.wrong(at, format!("must be an amount in {currency}: {error}"));
                0
            }
        }
    }

    /// A condition on members; nothing where it asks nothing.
    fn condition(&mut self, at: &str, condition: &str) -> Option<Segment> {
        if condition.trim().is_empty() {
            return None;
        }
        match Segment::new("", condition, self.program) {
            Ok(segment) => Some(segment),
            Err(faults) => {
                for fault in faults {
                    self.wrong(at, in_words(fault));
                }
                None
            }
        }
    }

    fn cells(&mut self, context: &OfferContext, known: &BTreeMap<String, Segment>) -> Cells {
        match context {
            OfferContext::Nothing => Cells::Nothing,
            OfferContext::Tier => {
                if self.program.tiers.is_empty() {
                    self.wrong("/context", "the program has no tiers: choose another");
                }
                Cells::Tier
            }
            OfferContext::Segments(ids) => {
                if !(1..=SEGMENTS_MOST).contains(&ids.len()) {
                    let what = format!("must be 1 to {SEGMENTS_MOST} segments");
                    self.wrong("/segments", what);
                }
                let mut segments = Vec::new();
                for (place, id) in ids.iter().enumerate() {
                    match known.get(id) {
                        Some(segment) => segments.push(segment.clone()),
                        None => {
                            let what = format!(
                                "there is no segment `{id}` that the program can answer: make it first"
                            );
                            self.wrong(format!("/segments/{place}"), what);
                        }
                    }
                }
                Cells::Segments(segments)
            }
        }
    }
}

/// A fault of a condition, in one line.
fn in_words(fault: SegmentFault) -> String {
    let hint = fault
        .hint
        .map_or_else(String::new, |hint| format!("; {hint}"));
    let (line, column) = (fault.line, fault.column);
    format!("line {line}, column {column}: {}{hint}", fault.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_means_the_one_whose_part_it_falls_into() {
        let chances = [200_000, 0, 800_000];
        assert_eq!(meant(&chances, 0), 0);
        assert_eq!(meant(&chances, 199_999), 0);
        assert_eq!(
            meant(&chances, 200_000),
            2,
            "what has no chance is not meant"
        );
        assert_eq!(meant(&chances, 999_999), 2);
    }
}
