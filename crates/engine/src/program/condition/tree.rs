//! The compiled form of a condition: a small tree over typed slots.

use super::Facts;
use crate::event::{Purchase, Value};

/// Something that holds or does not.
#[derive(Clone, Debug)]
pub(super) enum Test {
    /// Always, or never.
    Always(bool),
    /// This does not hold.
    Not(Box<Test>),
    /// All of these hold.
    All(Box<[Test]>),
    /// One of these holds.
    Any(Box<[Test]>),
    /// Both hold, or neither does.
    Same(Box<(Test, Test)>),
    /// A field of the activity is true.
    Flag(Box<str>),
    /// A number against a number that never changes: the usual comparison.
    Against(Slot, Order, i64),
    /// A number against a number.
    Compare(Box<(Num, Order, Num)>),
    /// A number is one of these, sorted.
    OneOf(Num, Box<[i64]>),
    /// The line's price for one thing against an amount: compared crosswise, so that nothing is
    /// rounded.
    Price(Order, Num),
    /// A text is this.
    Is(Words, Box<str>),
    /// Two texts are the same.
    Alike(Words, Words),
    /// A text is one of these.
    IsOneOf(Words, Box<[Box<str>]>),
    /// A text begins with, ends with, or contains this.
    Part(Words, Where, Box<str>),
    /// It holds for one line of the order, or for all of them.
    Lines(Quantifier, Box<Test>),
}

/// Of how many lines something must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantifier {
    One,
    All,
}

/// Where in a text a part is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Where {
    Start,
    End,
    Anywhere,
}

/// How two numbers stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Is,
    IsNot,
    Less,
    LessOrIs,
    More,
    MoreOrIs,
}

/// A number: whole, minor units, thousandths, seconds, days.
#[derive(Clone, Debug)]
pub(super) enum Num {
    Always(i64),
    Of(Slot),
    Neg(Box<Num>),
    Add(Box<(Num, Num)>),
    Sub(Box<(Num, Num)>),
    Mul(Box<(Num, Num)>),
}

/// Where a number is found.
#[derive(Clone, Debug)]
pub(super) enum Slot {
    Total,
    Goods,
    Delivery,
    OrderQuantity,
    LineCount,
    LineAmount,
    LineDiscount,
    LineQuantity,
    PaidBy(Box<str>),
    Field(Box<str>),
    Weekday,
    LocalTime,
    Date,
    Month,
    Day,
}

/// Where a text is found.
#[derive(Clone, Debug)]
pub(super) enum Words {
    Channel,
    Store,
    Staff,
    Currency,
    Sku,
    Category,
    Brand,
    ActivityName,
    ActivityStore,
    Field(Box<str>),
    Tier,
}

impl Order {
    /// Whether it holds between two numbers.
    #[inline]
    pub(super) fn holds<N: Ord>(self, left: N, right: N) -> bool {
        match self {
            Self::Is => left == right,
            Self::IsNot => left != right,
            Self::Less => left < right,
            Self::LessOrIs => left <= right,
            Self::More => left > right,
            Self::MoreOrIs => left >= right,
        }
    }

    /// The same, seen from the other side.
    pub(super) const fn turned(self) -> Self {
        match self {
            Self::Less => Self::More,
            Self::LessOrIs => Self::MoreOrIs,
            Self::More => Self::Less,
            Self::MoreOrIs => Self::LessOrIs,
            same => same,
        }
    }
}

impl Test {
    /// As [`Test::holds`], with the usual comparison in place: it costs less than a call.
    #[inline(always)]
    fn holds_at_once(&self, facts: &Facts<'_>) -> bool {
        match self {
            Self::Against(slot, order, number) => order.holds(slot.number(facts), *number),
            other => other.holds(facts),
        }
    }

    /// Whether it holds.
    pub(super) fn holds(&self, facts: &Facts<'_>) -> bool {
        match self {
            Self::Always(held) => *held,
            Self::Not(test) => !test.holds(facts),
            Self::All(tests) => tests.iter().all(|test| test.holds_at_once(facts)),
            Self::Any(tests) => tests.iter().any(|test| test.holds_at_once(facts)),
            Self::Same(both) => both.0.holds(facts) == both.1.holds(facts),
            Self::Flag(field) => matches!(facts.field(field), Some(Value::Bool(true))),
            Self::Against(slot, order, number) => order.holds(slot.number(facts), *number),
            Self::Compare(both) => {
                let (left, order, right) = &**both;
                order.holds(left.number(facts), right.number(facts))
            }
            Self::OneOf(num, list) => list.binary_search(&num.number(facts)).is_ok(),
            Self::Price(order, num) => facts.line.is_some_and(|line| {
                let paid = i128::from(line.amount) * 1000;
                let asked = i128::from(num.number(facts)) * i128::from(line.quantity);
                order.holds(paid, asked)
            }),
            Self::Is(words, text) => words.text(facts) == &**text,
            Self::Alike(left, right) => left.text(facts) == right.text(facts),
            Self::IsOneOf(words, list) => {
                let text = words.text(facts);
                list.iter().any(|one| **one == *text)
            }
            Self::Part(words, place, part) => {
                let text = words.text(facts);
                match place {
                    Where::Start => text.starts_with(&**part),
                    Where::End => text.ends_with(&**part),
                    Where::Anywhere => text.contains(&**part),
                }
            }
            Self::Lines(quantifier, test) => {
                let lines = facts.purchase.map_or(&[][..], |purchase| &purchase.lines);
                let holds = |line| {
                    let line = Some(line);
                    test.holds(&Facts { line, ..*facts })
                };
                match quantifier {
                    Quantifier::One => lines.iter().any(holds),
                    Quantifier::All => lines.iter().all(holds),
                }
            }
        }
    }
}

impl Num {
    /// The number, held within the range of `i64`.
    fn number(&self, facts: &Facts<'_>) -> i64 {
        match self {
            Self::Always(number) => *number,
            Self::Of(slot) => slot.number(facts),
            Self::Neg(num) => num.number(facts).saturating_neg(),
            Self::Add(both) => both.0.number(facts).saturating_add(both.1.number(facts)),
            Self::Sub(both) => both.0.number(facts).saturating_sub(both.1.number(facts)),
            Self::Mul(both) => both.0.number(facts).saturating_mul(both.1.number(facts)),
        }
    }
}

impl Slot {
    /// The number that is there; 0 if there is none.
    #[inline]
    fn number(&self, facts: &Facts<'_>) -> i64 {
        let (order, line) = (facts.purchase, facts.line);
        let lines = |order: &Purchase| i64::try_from(order.lines.len()).unwrap_or(i64::MAX);
        match self {
            Self::Total => order.map_or(0, |order| order.total),
            Self::Goods => order.map_or(0, Purchase::goods),
            Self::Delivery => order.map_or(0, |order| order.delivery),
            Self::OrderQuantity => order.map_or(0, Purchase::quantity),
            Self::LineCount => order.map_or(0, lines),
            Self::LineAmount => line.map_or(0, |line| line.amount),
            Self::LineDiscount => line.map_or(0, |line| line.discount),
            Self::LineQuantity => line.map_or(0, |line| line.quantity),
            Self::PaidBy(method) => order.map_or(0, |order| order.paid_by(method)),
            Self::Field(field) => match facts.field(field) {
                Some(Value::Int(number)) => *number,
                _ => 0,
            },
            Self::Weekday => facts.day.weekday().into(),
            Self::LocalTime => facts.second.into(),
            Self::Date => facts.day.number().into(),
            Self::Month => facts.day.year_month_day().1.into(),
            Self::Day => facts.day.year_month_day().2.into(),
        }
    }
}

impl Words {
    /// The text that is there; empty if there is none.
    #[inline]
    fn text<'a>(&self, facts: &Facts<'a>) -> &'a str {
        let (order, line, activity) = (facts.purchase, facts.line, facts.activity);
        match self {
            Self::Channel => order.map_or("", |order| order.channel.as_str()),
            Self::Store => order.map_or("", |order| order.store.as_str()),
            Self::Staff => order.map_or("", |order| order.staff.as_str()),
            Self::Currency => order.map_or("", |order| order.currency.code()),
            Self::Sku => line.map_or("", |line| line.sku.as_str()),
            Self::Category => line.map_or("", |line| line.category.as_str()),
            Self::Brand => line.map_or("", |line| line.brand.as_str()),
            Self::ActivityName => activity.map_or("", |activity| activity.name.as_str()),
            Self::ActivityStore => activity.map_or("", |activity| activity.store.as_str()),
            Self::Field(field) => match facts.field(field) {
                Some(Value::Text(text)) => text.as_str(),
                _ => "",
            },
            Self::Tier => facts.tier,
        }
    }
}

impl<'a> Facts<'a> {
    /// The activity's field of this name.
    fn field(&self, name: &str) -> Option<&'a Value> {
        let fields = &self.activity?.fields;
        let own = fields.iter().find(|(own, _)| own.as_str() == name);
        own.map(|(_, value)| value)
    }
}
