//! The compiled form of a condition: a small tree over typed slots.

use super::{Facts, Figure};
use crate::event::{Line, Purchase, Value};
use crate::program::FieldType;
use crate::stage::yearly;
use regulars_base::{CivilDay, Name};

/// Something that holds or does not.
#[derive(Clone, Debug)]
pub(crate) enum Test {
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
    /// A number from here to there, both included: the usual comparison, with numbers that never
    /// change, in one form.
    Within(Slot, i64, i64),
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
pub(crate) enum Quantifier {
    One,
    All,
}

/// Where in a text a part is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// At its start.
    Start,
    /// At its end.
    End,
    /// Wherever it stands.
    Anywhere,
}

/// How two numbers stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// They are the same.
    Is,
    /// They are not.
    IsNot,
    /// The first is less.
    Less,
    /// The first is not more.
    LessOrIs,
    /// The first is more.
    More,
    /// The first is not less.
    MoreOrIs,
}

/// A number: whole, minor units, thousandths, seconds, days.
#[derive(Clone, Debug)]
pub(crate) enum Num {
    Always(i64),
    Of(Slot),
    Neg(Box<Num>),
    Add(Box<(Num, Num)>),
    Sub(Box<(Num, Num)>),
    Mul(Box<(Num, Num)>),
}

/// Where a number is found.
#[derive(Clone, Debug)]
pub(crate) enum Slot {
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
    /// In thousandths.
    Decimal(Box<str>),
    MoneyField(Box<str>),
    DayField(Box<str>),
    Years,
    BirthdayDays,
    Weekday,
    LocalTime,
    Date,
    Month,
    Day,
    /// Of a member as they are: only [`super::Asked`] knows it.
    Figure(Box<Figure>),
}

/// Where a text is found.
#[derive(Clone, Debug)]
pub(crate) enum Words {
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
    Plan,
    Attribute(Name),
    Partner,
    /// What was told of a member as they are: only [`super::Asked`] knows it.
    Label(Box<str>),
}

impl Order {
    /// Whether it holds between two numbers.
    #[inline]
    pub fn holds<N: Ord>(self, left: N, right: N) -> bool {
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

/// Whether all of these hold, for this line where they name one.
pub(super) fn all_hold(tests: &[Test], facts: &Facts<'_>, line: Option<&Line>) -> bool {
    tests.iter().all(|test| test.holds_at_once(facts, line))
}

impl Test {
    /// A number against a number that never changes.
    pub(super) fn against(slot: Slot, order: Order, number: i64) -> Self {
        let range = match order {
            Order::Is | Order::IsNot => Some((number, number)),
            Order::Less => number.checked_sub(1).map(|last| (i64::MIN, last)),
            Order::LessOrIs => Some((i64::MIN, number)),
            Order::More => number.checked_add(1).map(|first| (first, i64::MAX)),
            Order::MoreOrIs => Some((number, i64::MAX)),
        };
        let within = |(first, last)| Self::Within(slot, first, last);
        let test = range.map_or(Self::Always(false), within);
        if order == Order::IsNot {
            Self::Not(test.into())
        } else {
            test
        }
    }

    /// Whether it costs hardly anything to ask: of several, these are asked first.
    pub(super) const fn is_cheap(&self) -> bool {
        matches!(self, Self::Within(..))
    }

    /// As [`Test::holds`], with the usual comparison in place: it costs less than a call.
    #[inline(always)]
    fn holds_at_once(&self, facts: &Facts<'_>, line: Option<&Line>) -> bool {
        match self {
            Self::Within(slot, first, last) => {
                let number = slot.number(facts, line);
                *first <= number && number <= *last
            }
            other => other.holds(facts, line),
        }
    }

    /// Whether it holds, for this line where it names one.
    pub(super) fn holds(&self, facts: &Facts<'_>, line: Option<&Line>) -> bool {
        match self {
            Self::All(tests) => all_hold(tests, facts, line),
            Self::Within(..) => self.holds_at_once(facts, line),
            Self::Not(test) => !test.holds(facts, line),
            Self::Is(words, text) => words.text(facts, line) == &**text,
            Self::IsOneOf(words, list) => {
                let text = words.text(facts, line);
                list.iter().any(|one| **one == *text)
            }
            other => other.holds_of_others(facts, line),
        }
    }

    /// As [`Test::holds`], of what conditions seldom ask: kept apart so that the rest stays small.
    #[inline(never)]
    fn holds_of_others(&self, facts: &Facts<'_>, line: Option<&Line>) -> bool {
        match self {
            Self::Always(held) => *held,
            Self::Any(tests) => tests.iter().any(|test| test.holds_at_once(facts, line)),
            Self::Same(both) => both.0.holds(facts, line) == both.1.holds(facts, line),
            Self::Flag(field) => matches!(facts.field(field), Some(Value::Bool(true))),
            Self::Compare(both) => {
                let (left, order, right) = &**both;
                order.holds(left.number(facts, line), right.number(facts, line))
            }
            Self::OneOf(num, list) => list.binary_search(&num.number(facts, line)).is_ok(),
            Self::Price(order, num) => line.is_some_and(|of| {
                let paid = i128::from(of.amount) * 1000;
                let asked = i128::from(num.number(facts, line)) * i128::from(of.quantity);
                order.holds(paid, asked)
            }),
            Self::Alike(left, right) => left.text(facts, line) == right.text(facts, line),
            Self::Part(words, place, part) => {
                let text = words.text(facts, line);
                match place {
                    Where::Start => text.starts_with(&**part),
                    Where::End => text.ends_with(&**part),
                    Where::Anywhere => text.contains(&**part),
                }
            }
            Self::Lines(quantifier, test) => {
                let lines = facts.purchase.map_or(&[][..], |purchase| &purchase.lines);
                let holds = |line| test.holds(facts, Some(line));
                match quantifier {
                    Quantifier::One => lines.iter().any(holds),
                    Quantifier::All => lines.iter().all(holds),
                }
            }
            usual => usual.holds(facts, line),
        }
    }
}

impl Num {
    /// The number, held within the range of `i64`.
    fn number(&self, facts: &Facts<'_>, line: Option<&Line>) -> i64 {
        match self {
            Self::Always(number) => *number,
            Self::Of(slot) => slot.number(facts, line),
            Self::Neg(num) => num.number(facts, line).saturating_neg(),
            Self::Add(both) => both
                .0
                .number(facts, line)
                .saturating_add(both.1.number(facts, line)),
            Self::Sub(both) => both
                .0
                .number(facts, line)
                .saturating_sub(both.1.number(facts, line)),
            Self::Mul(both) => both
                .0
                .number(facts, line)
                .saturating_mul(both.1.number(facts, line)),
        }
    }
}

impl Slot {
    /// The number that is there; 0 if there is none.
    #[inline(always)]
    fn number(&self, facts: &Facts<'_>, line: Option<&Line>) -> i64 {
        let order = facts.purchase;
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
            Self::Weekday => facts.day.weekday().into(),
            Self::LocalTime => facts.second.into(),
            Self::Date => facts.day.number().into(),
            _ => self.sought(facts),
        }
    }

    /// A number that must be looked for.
    #[inline(never)]
    fn sought(&self, facts: &Facts<'_>) -> i64 {
        match self {
            Self::PaidBy(method) => facts.purchase.map_or(0, |order| order.paid_by(method)),
            Self::Field(field) => match facts.field(field) {
                Some(Value::Int(number)) => *number,
                _ => 0,
            },
            Self::Decimal(field) => facts.scaled(field, FieldType::Decimal),
            Self::MoneyField(field) => facts.scaled(field, FieldType::Money),
            Self::DayField(field) => match facts.field(field) {
                Some(Value::Text(text)) => {
                    let day: Option<CivilDay> = text.as_str().parse().ok();
                    day.map_or(0, |day| day.number().into())
                }
                _ => 0,
            },
            Self::Years => facts.years().into(),
            Self::BirthdayDays => facts.birthday_days().into(),
            Self::Month => facts.day.year_month_day().1.into(),
            Self::Day => facts.day.year_month_day().2.into(),
            _ => 0,
        }
    }
}

impl Words {
    /// The text that is there; empty if there is none.
    #[inline]
    fn text<'a>(&self, facts: &Facts<'a>, line: Option<&'a Line>) -> &'a str {
        let (order, activity) = (facts.purchase, facts.activity);
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
            Self::Plan => facts.plan,
            Self::Attribute(name) => facts.wallet.attribute(*name),
            Self::Partner => facts.partner,
            Self::Label(_) => "",
        }
    }
}

impl<'a> Facts<'a> {
    /// A number with decimals, in its smallest unit.
    fn scaled(&self, field: &str, kind: FieldType) -> i64 {
        let decimals = self.program.map(|program| kind.decimals(program.currency));
        let value = self.field(field).zip(decimals);
        value.map_or(0, |(value, decimals)| value.scaled(decimals).unwrap_or(0))
    }

    /// The whole years of membership.
    fn years(&self) -> i32 {
        let joined = self.program.zip(self.wallet.enrolled_at);
        joined.map_or(0, |(program, at)| {
            yearly::years(program.zone.day(at), self.day)
        })
    }

    /// How many days the nearest birthday is away.
    fn birthday_days(&self) -> i32 {
        const UNKNOWN: i32 = 1000;
        let rule = self.program.and_then(|program| program.birthday);
        let birthday = self.wallet.engaged().and_then(|own| own.birthday);
        rule.zip(birthday).map_or(UNKNOWN, |(rule, own)| {
            rule.distance((own.month, own.day), self.day)
        })
    }

    /// The activity's field of this name.
    fn field(&self, name: &str) -> Option<&'a Value> {
        let fields = &self.activity?.fields;
        let own = fields.iter().find(|(own, _)| own.as_str() == name);
        own.map(|(_, value)| value)
    }
}
