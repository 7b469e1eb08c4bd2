//! Segments: members of whom a condition holds, whatever they did last.
//!
//! "Regulars who have not been here for a month": `orders_ever >= 5 && days_since_order > 30`. The condition
//! is CEL as in the program file; what it may name is the table of figures. It is asked of one member as
//! their events arrive, and of all members at once by the database, with the same answer.

use crate::{ADVOCATE, Figures};
use regulars_engine::Program;
use regulars_engine::program::condition::figure::{Kept, Named, Plain};
use regulars_engine::program::condition::{
    Asked, Condition, ConditionFault, Figure, Scope, Subject, Sum, TextFigure,
};
use std::collections::BTreeSet;

/// The longest name of a segment, in letters.
pub const NAME_MOST: usize = 100;

/// A segment, ready to be asked.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Its id.
    pub id: String,
    /// Its condition, as others read it.
    pub asked: Asked,
}

/// Something that is wrong with a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentFault {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// All segments that are live.
#[derive(Clone, Debug, Default)]
pub struct Segments {
    all: Vec<Segment>,
    turns: BTreeSet<(Plain, i64)>,
    turn_daily: bool,
}

impl Segment {
    /// Reads a condition by what the program declares; all faults at once.
    ///
    /// # Errors
    /// It cannot be read, names what is not there, or holds of everybody or of nobody whatever they do.
    pub fn new(id: &str, condition: &str, program: &Program) -> Result<Self, Vec<SegmentFault>> {
        let ids = Ids::of(program);
        let kept = Kept {
            points: &ids.points,
            consents: &ids.activities,
            activities: &ids.activities,
        };
        let scope = Scope {
            subject: Subject::Member(&kept),
            currency: program.currency,
            tiers: &ids.tiers,
            plans: &ids.plans,
            partners: &[],
            attributes: &program.attributes,
        };
        let asked = Condition::compile_for_members(condition, &scope)
            .and_then(|asked| neither_all_nor_none(&asked).map(|()| asked))
            .map_err(|faults| {
                let placed = faults.into_iter().map(|fault| placed(condition, fault));
                placed.collect::<Vec<_>>()
            })?;
        // Quoted texts go to a database as they are.
        match condition.contains('\0') {
            false => Ok(Self {
                id: id.to_owned(),
                asked,
            }),
            true => Err(vec![placed(condition, zero())]),
        }
    }

    /// What it asks that is only known of members as they are now, as it is written: models say it at night, and what
    /// they said before is not kept.
    pub fn known_only_now(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        only_now(&self.asked, &mut found);
        found
    }

    /// Whether somebody with these figures is in it.
    pub fn holds(&self, figures: &Figures) -> bool {
        figures.here && figures.hold(&self.asked) == Some(true)
    }
}

/// Scores and labels of a condition, but the one that is worked out of what somebody did.
fn only_now(asked: &Asked, found: &mut BTreeSet<String>) {
    match asked {
        Asked::Always(_) => {}
        Asked::Not(inner) => only_now(inner, found),
        Asked::All(tests) | Asked::Any(tests) => tests.iter().for_each(|it| only_now(it, found)),
        Asked::Same(both) => [&both.0, &both.1]
            .into_iter()
            .for_each(|it| only_now(it, found)),
        Asked::Within(figure, ..) => score(figure, found),
        Asked::Compare(both) => [&both.0, &both.2]
            .into_iter()
            .for_each(|it| scores(it, found)),
        Asked::OneOf(sum, _) => scores(sum, found),
        Asked::Is(text, _) | Asked::IsOneOf(text, _) | Asked::Part(text, ..) => label(text, found),
        Asked::Alike(one, other) => [one, other].into_iter().for_each(|it| label(it, found)),
    }
}

fn scores(sum: &Sum, found: &mut BTreeSet<String>) {
    match sum {
        Sum::Always(_) => {}
        Sum::Of(figure) => score(figure, found),
        Sum::Neg(inner) => scores(inner, found),
        Sum::Add(both) | Sum::Sub(both) => {
            scores(&both.0, found);
            scores(&both.1, found);
        }
    }
}

fn score(figure: &Figure, found: &mut BTreeSet<String>) {
    if let Figure::Named(Named::Score(name)) = figure
        && name != ADVOCATE
    {
        found.insert(format!("score(\"{name}\")"));
    }
}

fn label(text: &TextFigure, found: &mut BTreeSet<String>) {
    if let TextFigure::Label(name) = text {
        found.insert(format!("label(\"{name}\")"));
    }
}

impl Segments {
    /// Of all that are live.
    pub fn new(all: Vec<Segment>) -> Self {
        let mut segments = Self::default();
        for segment in &all {
            segments.note(&segment.asked);
        }
        segments.all = all;
        segments
    }

    /// Each of them.
    pub fn all(&self) -> &[Segment] {
        &self.all
    }

    /// The ids of those that somebody with these figures is in.
    pub fn of<'a>(&'a self, figures: &'a Figures) -> impl Iterator<Item = &'a str> {
        let holding = self.all.iter().filter(|segment| segment.holds(figures));
        holding.map(|segment| segment.id.as_str())
    }

    /// How many days after which day a condition may begin or cease to hold.
    pub const fn turns(&self) -> &BTreeSet<(Plain, i64)> {
        &self.turns
    }

    /// Whether one may turn on any day.
    pub const fn turn_daily(&self) -> bool {
        self.turn_daily
    }

    fn note(&mut self, asked: &Asked) {
        match asked {
            Asked::Within(Figure::Age(plain), first, last) => {
                // An end that is open turns nothing.
                let first = (*first != i64::MIN).then_some((*plain, *first));
                let after = (*last != i64::MAX).then_some((*plain, last.saturating_add(1)));
                self.turns.extend(first.into_iter().chain(after));
            }
            Asked::Not(inner) => self.note(inner),
            Asked::All(tests) | Asked::Any(tests) => tests.iter().for_each(|test| self.note(test)),
            Asked::Same(both) => {
                self.note(&both.0);
                self.note(&both.1);
            }
            Asked::Compare(both) => self.turn_daily |= ages(&both.0) || ages(&both.2),
            Asked::OneOf(sum, _) => self.turn_daily |= ages(sum),
            _ => {}
        }
    }
}

/// Whether a sum grows with the days.
fn ages(sum: &Sum) -> bool {
    match sum {
        Sum::Of(Figure::Age(_)) => true,
        Sum::Always(_) | Sum::Of(_) => false,
        Sum::Neg(inner) => ages(inner),
        Sum::Add(both) | Sum::Sub(both) => ages(&both.0) || ages(&both.1),
    }
}

/// What the program declares.
struct Ids {
    tiers: Vec<String>,
    plans: Vec<String>,
    points: Vec<(String, u8)>,
    activities: Vec<String>,
}

impl Ids {
    fn of(program: &Program) -> Self {
        let activities = program.activities.iter().map(|own| own.id.clone());
        let mut activities: Vec<String> = activities.collect();
        if !activities.iter().any(|own| own == "visit") {
            activities.push("visit".to_owned());
        }
        Self {
            tiers: program.tiers.iter().map(|own| own.id.clone()).collect(),
            plans: program.plans.iter().map(|own| own.id.clone()).collect(),
            points: (program.points.iter())
                .map(|own| (own.id.clone(), own.decimals))
                .collect(),
            activities,
        }
    }
}

/// A segment that everybody or nobody is in, whatever they do, is a mistake.
fn neither_all_nor_none(asked: &Asked) -> Result<(), Vec<ConditionFault>> {
    let what = match settled(asked) {
        Some(true) => "this holds of every member, whatever they do",
        Some(false) => "this holds of no member, whatever they do",
        None => return Ok(()),
    };
    Err(vec![ConditionFault {
        offset: 0,
        message: what.to_owned(),
        hint: Some("ask for something that differs between members".to_owned()),
    }])
}

/// Whether something holds, or does not, whatever the figures are.
fn settled(asked: &Asked) -> Option<bool> {
    match asked {
        Asked::Always(held) => Some(*held),
        Asked::Not(inner) => settled(inner).map(|held| !held),
        Asked::Within(figure, first, last) => {
            let (least, may_be_unknown) = least(figure);
            if first > last || *last < least {
                return Some(false);
            }
            (*first <= least && *last == i64::MAX && !may_be_unknown).then_some(true)
        }
        Asked::All(tests) => {
            if tests.iter().any(|test| settled(test) == Some(false)) || contradict(tests) {
                return Some(false);
            }
            let all = tests.iter().all(|test| settled(test) == Some(true));
            all.then_some(true)
        }
        Asked::Any(tests) => {
            if tests.iter().any(|test| settled(test) == Some(true)) {
                return Some(true);
            }
            let none = tests.iter().all(|test| settled(test) == Some(false));
            none.then_some(false)
        }
        _ => None,
    }
}

/// The least that a figure can be, and whether it may be unknown.
const fn least(figure: &Figure) -> (i64, bool) {
    use regulars_engine::program::condition::figure::Named;
    match figure {
        Figure::Plain(Plain::OrdersEver | Plain::Orders(_))
        | Figure::Named(Named::Items(..) | Named::Activities(..) | Named::Consent(_)) => (0, false),
        Figure::Plain(Plain::SpendEver | Plain::Spend(_)) | Figure::Named(Named::Balance(_)) => {
            (i64::MIN, false)
        }
        _ => (i64::MIN, true),
    }
}

/// Whether two of these ask one figure for what it cannot be at once.
fn contradict(tests: &[Asked]) -> bool {
    let ranges = || {
        tests.iter().filter_map(|test| match test {
            Asked::Within(figure, first, last) => Some((figure, *first, *last)),
            _ => None,
        })
    };
    ranges()
        .any(|(figure, first, _)| ranges().any(|(other, _, last)| figure == other && last < first))
}

fn zero() -> ConditionFault {
    ConditionFault {
        offset: 0,
        message: "a character in it is no text".to_owned(),
        hint: Some("take it out".to_owned()),
    }
}

/// A fault with line and column.
fn placed(text: &str, fault: ConditionFault) -> SegmentFault {
    let before = text.get(..fault.offset).unwrap_or(text);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).saturating_add(1);
    let line = before.rsplit('\n').next().unwrap_or(before);
    SegmentFault {
        line: count(before.matches('\n').count()),
        column: count(line.chars().count()),
        message: fault.message,
        hint: fault.hint,
    }
}
