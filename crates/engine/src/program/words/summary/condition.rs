//! Conditions as members read them: `category: tea and day of the week: Tuesday` instead of the text of the
//! file. What has no plain words (sums, comparisons of two figures) is left to that text.

use super::told::{Told, plain};
use crate::program::condition::Condition;
use crate::program::condition::tree::{Num, Order, Quantifier, Slot, Test, Words};
use crate::program::words::language::{say, word};
use regulars_base::CivilDay;

/// A condition in plain words, if there are any for it.
pub(super) fn condition(to: Told<'_>, when: &Condition) -> Option<String> {
    joined(to, when.tests(), word!(to, " and "))
}

fn joined(to: Told<'_>, tests: &[Test], by: &str) -> Option<String> {
    let one = |own: &Test| match (own, tests.len()) {
        (Test::All(_) | Test::Any(_), 2..) => Some(format!("({})", test(to, own)?)),
        _ => test(to, own),
    };
    let all: Option<Vec<String>> = tests.iter().map(one).collect();
    Some(all?.join(by))
}

fn test(to: Told<'_>, own: &Test) -> Option<String> {
    match own {
        Test::All(tests) => joined(to, tests, word!(to, " and ")),
        Test::Any(tests) => joined(to, tests, word!(to, " or ")),
        Test::Not(inner) => {
            let (name, value) = text(to, inner)?;
            Some(say!(to, "{name}: not {value}", name, value))
        }
        Test::Is(..) | Test::IsOneOf(..) => {
            let (name, value) = text(to, own)?;
            Some(named(to, &name, &value))
        }
        Test::Flag(field) => Some(named(to, &plain(field), word!(to, "yes"))),
        Test::Within(slot, from, until) => {
            let value = range(to, slot, *from, *until);
            Some(named(to, &called(to, slot)?, &value))
        }
        Test::OneOf(Num::Of(slot), all) => {
            let all: Vec<String> = all.iter().map(|n| number(to, slot, *n)).collect();
            Some(named(to, &called(to, slot)?, &to.list(&all)))
        }
        Test::Price(order, Num::Always(n)) => {
            let n = to.money(*n);
            let value = match order {
                Order::Is => n,
                Order::IsNot => say!(to, "not {n}", n),
                Order::Less => say!(to, "less than {n}", n),
                Order::LessOrIs => say!(to, "at most {n}", n),
                Order::More => say!(to, "more than {n}", n),
                Order::MoreOrIs => say!(to, "at least {n}", n),
            };
            Some(named(to, word!(to, "price"), &value))
        }
        Test::Lines(Quantifier::One, inner) => {
            Some(say!(to, "an item with {what}", what = test(to, inner)?))
        }
        Test::Lines(Quantifier::All, inner) => {
            Some(say!(to, "only items with {what}", what = test(to, inner)?))
        }
        Test::Always(_)
        | Test::Same(_)
        | Test::Compare(_)
        | Test::OneOf(..)
        | Test::Price(..)
        | Test::Alike(..)
        | Test::Part(..) => None,
    }
}

fn named(to: Told<'_>, name: &str, value: &str) -> String {
    say!(to, "{name}: {value}", name, value)
}

/// A text that is one of some: what it is called, and them.
fn text(to: Told<'_>, own: &Test) -> Option<(String, String)> {
    let (words, all) = match own {
        Test::Is(words, one) => (words, std::slice::from_ref(one)),
        Test::IsOneOf(words, all) => (words, &**all),
        _ => return None,
    };
    let name = match words {
        Words::Channel => word!(to, "channel"),
        Words::Store | Words::ActivityStore => word!(to, "store"),
        Words::Currency => word!(to, "currency"),
        Words::Sku => word!(to, "product"),
        Words::Category => word!(to, "category"),
        Words::Brand => word!(to, "brand"),
        Words::Tier => word!(to, "tier"),
        Words::Plan => word!(to, "plan"),
        Words::Partner => word!(to, "partner"),
        Words::Field(field) => &plain(field),
        Words::Staff | Words::ActivityName | Words::Attribute(_) | Words::Label(_) => return None,
    };
    let program = to.program;
    let value = |id: &str| -> Option<String> {
        let title = match words {
            Words::Plan => program.plans.iter().find(|own| own.id == id)?.title.clone(),
            Words::Partner => {
                let mut partners = program.partners.iter();
                partners.find(|own| own.id == id)?.title.clone()
            }
            Words::Sku => id.to_owned(),
            _ => plain(id),
        };
        // Nothing at all has no words.
        (!title.is_empty()).then_some(title)
    };
    let values: Option<Vec<String>> = all.iter().map(|id| value(id)).collect();
    Some((name.to_owned(), to.list(&values?)))
}

/// What a number is called.
fn called(to: Told<'_>, slot: &Slot) -> Option<String> {
    Some(match slot {
        Slot::Total => say!(to, "order total"),
        Slot::Goods => say!(to, "goods"),
        Slot::Delivery => say!(to, "delivery"),
        Slot::OrderQuantity => say!(to, "number of items"),
        Slot::LineCount => say!(to, "number of different items"),
        Slot::LineAmount => say!(to, "amount"),
        Slot::LineDiscount => say!(to, "discount"),
        Slot::LineQuantity => say!(to, "quantity"),
        Slot::PaidBy(method) => say!(to, "paid by {method}", method = plain(method)),
        Slot::Field(field)
        | Slot::Decimal(field)
        | Slot::MoneyField(field)
        | Slot::DayField(field) => plain(field),
        Slot::Years => say!(to, "years as a member"),
        Slot::BirthdayDays => say!(to, "days from the birthday"),
        Slot::Weekday => say!(to, "day of the week"),
        Slot::LocalTime => say!(to, "time"),
        Slot::Date => say!(to, "date"),
        Slot::Month => say!(to, "month"),
        Slot::Day => say!(to, "day of the month"),
        Slot::Figure(_) => return None,
    })
}

/// Whether it is money.
const fn is_money(slot: &Slot) -> bool {
    matches!(
        slot,
        Slot::Total
            | Slot::Goods
            | Slot::Delivery
            | Slot::LineAmount
            | Slot::LineDiscount
            | Slot::PaidBy(_)
            | Slot::MoneyField(_)
    )
}

fn number(to: Told<'_>, slot: &Slot, n: i64) -> String {
    match slot {
        own if is_money(own) => to.money(n),
        Slot::OrderQuantity | Slot::LineQuantity | Slot::Decimal(_) => to.number(3, n),
        Slot::Weekday => match n {
            0 => say!(to, "Monday"),
            1 => say!(to, "Tuesday"),
            2 => say!(to, "Wednesday"),
            3 => say!(to, "Thursday"),
            4 => say!(to, "Friday"),
            5 => say!(to, "Saturday"),
            _ => say!(to, "Sunday"),
        },
        Slot::LocalTime => format!("{:02}:{:02}", n / 3600, n / 60 % 60),
        Slot::Date | Slot::DayField(_) => match i32::try_from(n) {
            Ok(day) => to.date(CivilDay::from_number(day)),
            Err(_) => n.to_string(),
        },
        _ => n.to_string(),
    }
}

/// From here to there, both included, of which one may be open.
fn range(to: Told<'_>, slot: &Slot, from: i64, until: i64) -> String {
    let of = |n: i64| number(to, slot, n);
    match (from, until) {
        (0, 0) if is_money(slot) => say!(to, "no"),
        (1, i64::MAX) if is_money(slot) => say!(to, "yes"),
        (n, _) if n == until => of(n),
        (i64::MIN, until) if matches!(slot, Slot::LocalTime) => {
            say!(to, "before {time}", time = of(until.saturating_add(1)))
        }
        (from, i64::MAX) if matches!(slot, Slot::LocalTime | Slot::Date | Slot::DayField(_)) => {
            say!(to, "from {n} on", n = of(from))
        }
        (i64::MIN, n) => say!(to, "at most {n}", n = of(n)),
        (n, i64::MAX) => say!(to, "at least {n}", n = of(n)),
        (from, until) => say!(to, "{from} to {to}", from = of(from), to = of(until)),
    }
}
