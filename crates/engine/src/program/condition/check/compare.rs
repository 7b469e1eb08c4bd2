//! Comparisons: both sides are brought to one unit, exactly.

use super::super::number::{Number, Unit, word_in_unit};
use super::super::tree::{Num, Order, Test};
use super::{Checker, Typed, describe, is_written, not};

impl Checker<'_> {
    /// `a == b`, `a < b` ...
    pub(super) fn compare(
        &mut self,
        at: usize,
        left: Typed,
        order: Order,
        right: Typed,
    ) -> Option<Test> {
        let equality = matches!(order, Order::Is | Order::IsNot);
        let maybe_not = |test: Test| {
            if order == Order::IsNot {
                not(test)
            } else {
                test
            }
        };
        match (left, right) {
            (Typed::Test(left), Typed::Test(right)) if equality => {
                Some(maybe_not(Test::Same(Box::new((left, right)))))
            }
            (Typed::Text(words), Typed::Word(word)) | (Typed::Word(word), Typed::Text(words))
                if equality =>
            {
                self.known_part(at, &words, &word);
                Some(maybe_not(Test::Is(words, word.into())))
            }
            (Typed::Text(left), Typed::Text(right)) if equality => {
                Some(maybe_not(Test::Alike(left, right)))
            }
            (Typed::Word(left), Typed::Word(right)) if equality => {
                Some(maybe_not(Test::Always(left == right)))
            }
            (Typed::Number(left), Typed::Number(right)) => {
                let both = scaled(left).zip(scaled(right));
                let held = both.map(|(left, right)| order.holds(left, right));
                match held {
                    Some(held) => Some(Test::Always(held)),
                    None => self.fault(
                        at,
                        "the numbers are out of range",
                        "compare a name with a number",
                    ),
                }
            }
            (Typed::Price, Typed::Price) => Some(Test::Always(order.holds(0, 0))),
            (Typed::Price, other) => self.price(at, order, other),
            (other, Typed::Price) => self.price(at, order.turned(), other),
            (left @ (Typed::Text(_) | Typed::Test(_)), right)
            | (left, right @ (Typed::Text(_) | Typed::Test(_))) => {
                let (left, right) = (describe(&left), describe(&right));
                self.fault(
                    at,
                    format!("{left} and {right} cannot be compared like this"),
                    "text is compared with `==`, `!=`, `in`, `startsWith`, `endsWith`, `contains`",
                )
            }
            (left, right) => {
                let (unit, left, right) = self.same_unit(at, left, right)?;
                if unit == Unit::Weekday && !equality {
                    return self.fault(
                        at,
                        "days of the week have no order",
                        "write `weekday in [\"mon\", \"tue\"]`",
                    );
                }
                Some(match (left, right) {
                    (Num::Of(slot), Num::Always(number)) => Test::against(slot, order, number),
                    (Num::Always(number), Num::Of(slot)) => {
                        Test::against(slot, order.turned(), number)
                    }
                    (left, right) => Test::Compare(Box::new((left, order, right))),
                })
            }
        }
    }

    fn price(&mut self, at: usize, order: Order, other: Typed) -> Option<Test> {
        match other {
            Typed::Num(Unit::Money, num) => Some(Test::Price(order, num)),
            Typed::Number(_) => {
                let amount = self.in_unit(at, Unit::Money, &other)?;
                Some(Test::Price(order, Num::Always(amount)))
            }
            other => {
                let is = describe(&other);
                self.fault(
                    at,
                    format!("a price cannot be compared with {is}"),
                    "compare it with money: `line.price <= 4.50`",
                )
            }
        }
    }

    /// Both sides in one unit.
    pub(super) fn same_unit(
        &mut self,
        at: usize,
        left: Typed,
        right: Typed,
    ) -> Option<(Unit, Num, Num)> {
        match (left, right) {
            (Typed::Num(unit, left), Typed::Num(other, right)) if unit == other => {
                Some((unit, left, right))
            }
            (Typed::Num(unit, left), written) if is_written(&written) => {
                let right = self.in_unit(at, unit, &written)?;
                Some((unit, left, Num::Always(right)))
            }
            (written, Typed::Num(unit, right)) if is_written(&written) => {
                let left = self.in_unit(at, unit, &written)?;
                Some((unit, Num::Always(left), right))
            }
            (left, right) => {
                let (left, right) = (describe(&left), describe(&right));
                self.fault(
                    at,
                    format!("{left} does not go with {right}"),
                    "both sides must be of one sort",
                )
            }
        }
    }

    /// A written number or text in the unit of what it meets.
    pub(super) fn in_unit(&mut self, at: usize, unit: Unit, written: &Typed) -> Option<i64> {
        let found = match written {
            Typed::Number(number) => number.in_unit(unit, self.scope.currency),
            Typed::Word(word) => word_in_unit(word, unit),
            _ => None,
        };
        if found.is_none() {
            let shown = match written {
                Typed::Word(word) => format!("`\"{word}\"`"),
                Typed::Number(number) if number.size.decimals > 0 && unit.adds() => {
                    "a number as fine as this".to_owned()
                }
                other => describe(other).to_owned(),
            };
            let is = unit.words();
            let hint = format!("write {}", unit.example());
            return self.fault(at, format!("{shown} is not {is}"), hint);
        }
        found
    }
}

/// A written number in units of 10^-15.
fn scaled(number: Number) -> Option<i128> {
    let more = 15_u32.checked_sub(number.size.decimals)?;
    let size = i128::from(number.size.digits).checked_mul(10_i128.pow(more))?;
    Some(if number.negative { -size } else { size })
}
