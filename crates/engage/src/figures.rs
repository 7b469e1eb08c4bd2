//! The figures of one member on one day, and what a condition says of them.
//!
//! Three values, as in SQL: it holds, it does not, it is unknown. A database that is asked the same
//! condition over its columns comes to the same.

use regulars_engine::program::condition::figure::{MOST, Named, Plain};
use regulars_engine::program::condition::{Asked, Figure, Order, Sum, TextFigure, Where};
use std::collections::BTreeMap;

/// The figures of one member on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The day, by number.
    pub today: i32,
    /// Whether it is somebody who is a member now, and has not been merged into another.
    pub here: bool,
    /// The id of the tier.
    pub tier: String,
    /// The id of the plan; empty if there is none.
    pub plan: String,
    /// What has a name of its own, as far as it is not 0.
    pub named: BTreeMap<Named, i64>,
    /// Texts that have a name of their own, as far as they are not empty.
    pub texts: BTreeMap<TextFigure, String>,
    plain: [Option<i64>; Plain::COUNT],
}

impl Figures {
    /// Of somebody of whom nothing is known.
    pub fn new(today: i32) -> Self {
        Self {
            today,
            here: false,
            tier: String::new(),
            plan: String::new(),
            named: BTreeMap::new(),
            texts: BTreeMap::new(),
            plain: [None; Plain::COUNT],
        }
    }

    /// A figure that everybody has; nothing where it is unknown.
    pub const fn plain(&self, plain: Plain) -> Option<i64> {
        self.plain[plain.place()]
    }

    /// Sets a figure that everybody has.
    pub fn set(&mut self, plain: Plain, value: Option<i64>) {
        self.plain[plain.place()] = value.map(|value| value.clamp(-MOST, MOST));
    }

    /// Sets a figure that has a name of its own. What is 0 anyway is left out.
    pub fn name(&mut self, named: Named, value: i64) {
        if value != 0 || named.may_be_unknown() {
            self.named.insert(named, value.clamp(-MOST, MOST));
        }
    }

    /// Whether a condition holds; nothing where that is unknown.
    pub fn hold(&self, asked: &Asked) -> Option<bool> {
        match asked {
            Asked::Always(held) => Some(*held),
            Asked::Not(inner) => self.hold(inner).map(|held| !held),
            Asked::All(tests) => self.row(tests, false),
            Asked::Any(tests) => self.row(tests, true),
            Asked::Same(both) => Some(self.hold(&both.0)? == self.hold(&both.1)?),
            Asked::Within(figure, first, last) => {
                let number = self.figure(figure)?;
                Some(*first <= number && number <= *last)
            }
            Asked::Compare(both) => {
                let (left, order, right) = &**both;
                Some(Order::holds(*order, self.sum(left)?, self.sum(right)?))
            }
            Asked::OneOf(sum, list) => Some(list.binary_search(&self.sum(sum)?).is_ok()),
            Asked::Is(text, is) => Some(self.text(text)? == &**is),
            Asked::Alike(left, right) => Some(self.text(left)? == self.text(right)?),
            Asked::IsOneOf(text, list) => {
                let text = self.text(text)?;
                Some(list.iter().any(|one| **one == *text))
            }
            Asked::Part(text, place, part) => {
                let text = self.text(text)?;
                Some(match place {
                    Where::Start => text.starts_with(&**part),
                    Where::End => text.ends_with(&**part),
                    Where::Anywhere => text.contains(&**part),
                })
            }
        }
    }

    /// Tests in a row: one that is `decisive` decides, and one that is unknown leaves the rest unknown.
    fn row(&self, tests: &[Asked], decisive: bool) -> Option<bool> {
        let mut known = true;
        for test in tests {
            match self.hold(test) {
                Some(held) if held == decisive => return Some(decisive),
                Some(_) => {}
                None => known = false,
            }
        }
        known.then_some(!decisive)
    }

    fn figure(&self, figure: &Figure) -> Option<i64> {
        match figure {
            Figure::Plain(plain) => self.plain(*plain),
            Figure::Age(plain) => Some(i64::from(self.today) - self.plain(*plain)?),
            Figure::Named(named) => {
                let known = self.named.get(named).copied();
                known.or((!named.may_be_unknown()).then_some(0))
            }
        }
    }

    fn sum(&self, sum: &Sum) -> Option<i64> {
        // Figures and numbers are bounded, and so is the text of a condition: nothing here overflows.
        Some(match sum {
            Sum::Always(number) => *number,
            Sum::Of(figure) => self.figure(figure)?,
            Sum::Neg(inner) => -self.sum(inner)?,
            Sum::Add(both) => self.sum(&both.0)? + self.sum(&both.1)?,
            Sum::Sub(both) => self.sum(&both.0)? - self.sum(&both.1)?,
        })
    }

    fn text(&self, text: &TextFigure) -> Option<&str> {
        match text {
            TextFigure::Tier => Some(&self.tier),
            TextFigure::Plan => Some(&self.plan),
            named => match self.texts.get(named) {
                Some(text) => Some(text),
                None => (!named.may_be_unknown()).then_some(""),
            },
        }
    }
}
