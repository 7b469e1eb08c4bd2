//! Arithmetic on whole numbers, money and quantities.

use super::super::number::{Number, Unit};
use super::super::tree::Num;
use super::{Checker, Typed, describe};

impl Checker<'_> {
    /// `-a`.
    pub(super) fn negative(&mut self, at: usize, of: Typed) -> Option<Typed> {
        match of {
            Typed::Number(number) => Some(Typed::Number(Number {
                negative: !number.negative,
                ..number
            })),
            Typed::Num(unit, num) if unit.adds() => Some(Typed::Num(unit, Num::Neg(num.into()))),
            other => {
                let is = describe(&other);
                self.fault(at, format!("{is} has no negative"), "use numbers")
            }
        }
    }

    /// `a + b`, `a - b`.
    pub(super) fn sum(&mut self, at: usize, add: bool, left: Typed, right: Typed) -> Option<Typed> {
        if let (Typed::Number(_), Typed::Number(_)) = (&left, &right) {
            return self.fault(at, "both are written numbers", "write the result");
        }
        let (unit, left, right) = self.same_unit(at, left, right)?;
        if !unit.adds() {
            let message = format!("{} cannot be added up", unit.words());
            return self.fault(at, message, "compare it as it is");
        }
        let both = Box::new((left, right));
        Some(Typed::Num(
            unit,
            if add { Num::Add(both) } else { Num::Sub(both) },
        ))
    }

    /// `a * b`: one side is a whole number.
    pub(super) fn product(&mut self, at: usize, left: Typed, right: Typed) -> Option<Typed> {
        let whole = |number: Number| number.in_unit(Unit::Whole, self.scope.currency);
        let (unit, left, right) = match (left, right) {
            (Typed::Num(unit, num), Typed::Number(number))
            | (Typed::Number(number), Typed::Num(unit, num)) => match whole(number) {
                Some(times) => (unit, num, Num::Always(times)),
                None => {
                    let message = "conditions multiply by whole numbers only";
                    return self.fault(at, message, "multiply the other side instead");
                }
            },
            (Typed::Num(unit, left), Typed::Num(Unit::Whole, right))
            | (Typed::Num(Unit::Whole, right), Typed::Num(unit, left)) => (unit, left, right),
            (Typed::Number(_), Typed::Number(_)) => {
                return self.fault(at, "both are written numbers", "write the product");
            }
            (left, right) => {
                let (left, right) = (describe(&left), describe(&right));
                let message = format!("{left} cannot be multiplied by {right}");
                return self.fault(at, message, "multiply by a whole number");
            }
        };
        if !unit.adds() {
            let message = format!("{} cannot be multiplied", unit.words());
            return self.fault(at, message, "compare it as it is");
        }
        Some(Typed::Num(unit, Num::Mul(Box::new((left, right)))))
    }
}
