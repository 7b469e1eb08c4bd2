//! A condition on members as they are, as a tree that others may read: memory and databases ask it alike.
//!
//! An unknown figure makes every comparison with it unknown, and so whatever hangs on that alone: the
//! three values of SQL. A member is in where the whole is known to hold.

use super::figure::{Figure, MOST};
use super::tree::{Num, Order, Slot, Test, Where, Words};
use super::{ConditionFault, Scope};

/// Something that holds, does not, or is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Always, or never.
    Always(bool),
    /// This does not hold.
    Not(Box<Asked>),
    /// All of these hold.
    All(Box<[Asked]>),
    /// One of these holds.
    Any(Box<[Asked]>),
    /// Both hold, or neither does.
    Same(Box<(Asked, Asked)>),
    /// A figure is from here to there, both included.
    Within(Figure, i64, i64),
    /// A sum against a sum.
    Compare(Box<(Sum, Order, Sum)>),
    /// A sum is one of these, sorted.
    OneOf(Sum, Box<[i64]>),
    /// A text is this.
    Is(TextFigure, Box<str>),
    /// Two texts are the same.
    Alike(TextFigure, TextFigure),
    /// A text is one of these.
    IsOneOf(TextFigure, Box<[Box<str>]>),
    /// A text begins with, ends with, or contains this.
    Part(TextFigure, Where, Box<str>),
}

/// Figures and numbers, added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sum {
    /// A number.
    Always(i64),
    /// A figure.
    Of(Figure),
    /// Less than nothing by it.
    Neg(Box<Sum>),
    /// Both together.
    Add(Box<(Sum, Sum)>),
    /// The first without the second.
    Sub(Box<(Sum, Sum)>),
}

/// A text that is kept of a member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TextFigure {
    /// The id of the tier.
    Tier,
    /// The id of the plan; empty if there is none.
    Plan,
    /// What sort of member, by the attribute's id; empty if nothing is said.
    Attribute(String),
    /// What a model calls them, by the model's name; unknown if none does.
    Label(String),
}

impl TextFigure {
    /// What a database calls it, where it has a name of its own.
    pub fn key(&self) -> Option<String> {
        match self {
            Self::Tier | Self::Plan => None,
            Self::Attribute(id) => Some(format!("attribute/{id}")),
            Self::Label(name) => Some(format!("label/{name}")),
        }
    }

    /// Whether it is unknown of those of whom nothing is kept; it is empty otherwise.
    pub const fn may_be_unknown(&self) -> bool {
        matches!(self, Self::Label(_))
    }
}

/// From what conditions have in common to what is asked of members.
pub(super) fn asked(test: Test, scope: &Scope<'_>) -> Result<Asked, ConditionFault> {
    let each = |tests: Box<[Test]>| -> Result<Box<[Asked]>, ConditionFault> {
        tests.into_iter().map(|test| asked(test, scope)).collect()
    };
    let sum = |num| sum(num);
    let text = |words| text(words, scope);
    Ok(match test {
        Test::Always(held) => Asked::Always(held),
        Test::Not(inner) => Asked::Not(asked(*inner, scope)?.into()),
        Test::All(tests) => Asked::All(each(tests)?),
        Test::Any(tests) => Asked::Any(each(tests)?),
        Test::Same(both) => Asked::Same((asked(both.0, scope)?, asked(both.1, scope)?).into()),
        Test::Within(slot, first, last) => within(slot, first, last)?,
        Test::Compare(both) => Asked::Compare((sum(both.0)?, both.1, sum(both.2)?).into()),
        Test::OneOf(num, list) => Asked::OneOf(sum(num)?, list),
        Test::Is(words, is) => Asked::Is(text(words)?, is),
        Test::Alike(left, right) => Asked::Alike(text(left)?, text(right)?),
        Test::IsOneOf(words, list) => Asked::IsOneOf(text(words)?, list),
        Test::Part(words, place, part) => Asked::Part(text(words)?, place, part),
        Test::Flag(_) | Test::Price(..) | Test::Lines(..) => return Err(elsewhere()),
    })
}

/// A range; one that is open to a side is closed there where figures end.
fn within(slot: Slot, first: i64, last: i64) -> Result<Asked, ConditionFault> {
    let end = |number: i64| match number {
        i64::MIN | i64::MAX => Ok(number),
        number => held(number),
    };
    Ok(Asked::Within(figure(slot)?, end(first)?, end(last)?))
}

fn sum(num: Num) -> Result<Sum, ConditionFault> {
    Ok(match num {
        Num::Always(number) => Sum::Always(held(number)?),
        Num::Of(slot) => Sum::Of(figure(slot)?),
        Num::Neg(num) => Sum::Neg(sum(*num)?.into()),
        Num::Add(both) => Sum::Add((sum(both.0)?, sum(both.1)?).into()),
        Num::Sub(both) => Sum::Sub((sum(both.0)?, sum(both.1)?).into()),
        Num::Mul(_) => {
            return Err(fault(
                "segments do not multiply",
                "compare the figure as it is",
            ));
        }
    })
}

fn figure(slot: Slot) -> Result<Figure, ConditionFault> {
    match slot {
        Slot::Figure(figure) => Ok(*figure),
        _ => Err(elsewhere()),
    }
}

fn text(words: Words, scope: &Scope<'_>) -> Result<TextFigure, ConditionFault> {
    match words {
        Words::Tier => Ok(TextFigure::Tier),
        Words::Plan => Ok(TextFigure::Plan),
        Words::Label(name) => Ok(TextFigure::Label(name.into())),
        Words::Attribute(name) => {
            let own = scope.attributes.iter().find(|own| own.name == name);
            own.map(|own| TextFigure::Attribute(own.id.clone()))
                .ok_or_else(elsewhere)
        }
        _ => Err(elsewhere()),
    }
}

/// A number as large as figures may be.
fn held(number: i64) -> Result<i64, ConditionFault> {
    match (-MOST..=MOST).contains(&number) {
        true => Ok(number),
        false => Err(fault(
            "a number is too large",
            "figures never come to so much",
        )),
    }
}

/// What belongs to events; the checker has refused it by name already.
fn elsewhere() -> ConditionFault {
    fault(
        "this is about something that happens",
        "segments ask about members as they are",
    )
}

fn fault(message: &str, hint: &str) -> ConditionFault {
    ConditionFault {
        offset: 0,
        message: message.to_owned(),
        hint: Some(hint.to_owned()),
    }
}
