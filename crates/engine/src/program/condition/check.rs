//! From the syntax tree to the typed one: says what is unknown, what does not go together, and
//! which literals are too fine.

use super::fields::{Named, lookup, names, of_line, of_member};
use super::number::{Number, Unit, word_in_unit};
use super::parse::Parsed;
use super::tree::{Num, Order, Quantifier, Slot, Test, Where, Words};
use super::{Condition, ConditionFault, Scope, Subject};
use crate::program::diagnostic::{did_you_mean, listed};
use crate::program::phrase::Decimal;
use cel::IdedExpr;
use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue, operators as op};

/// What checking comes to.
pub(super) struct Checked {
    pub(super) test: Test,
    pub(super) per_line: bool,
    pub(super) of_member: bool,
}

/// Checks a parsed condition; all faults at once.
pub(super) fn check(
    parsed: &Parsed<'_>,
    scope: &Scope<'_>,
) -> Result<Checked, Vec<ConditionFault>> {
    let mut checker = Checker {
        parsed,
        scope,
        line: None,
        per_line: false,
        of_member: false,
        faults: Vec::new(),
    };
    let test = checker.test(&parsed.expr);
    let mut faults = checker.faults;
    match test {
        Some(test) if faults.is_empty() => Ok(Checked {
            test,
            per_line: checker.per_line,
            of_member: checker.of_member,
        }),
        _ => {
            faults.sort_by_key(|fault| fault.offset);
            faults.dedup();
            Err(faults)
        }
    }
}

/// A part of a condition with its type.
enum Typed {
    Test(Test),
    Num(Unit, Num),
    Text(Words),
    /// A number as written, which takes the unit of what it meets.
    Number(Number),
    /// A quoted text, which takes the type of what it meets.
    Word(String),
    /// The price of one thing on a line.
    Price,
}

struct Checker<'a> {
    parsed: &'a Parsed<'a>,
    scope: &'a Scope<'a>,
    /// What a line is called inside of `order.lines.exists`.
    line: Option<String>,
    per_line: bool,
    of_member: bool,
    faults: Vec<ConditionFault>,
}

impl Checker<'_> {
    /// Notes a fault; nothing comes of the part that has it.
    fn fault<T>(
        &mut self,
        at: &IdedExpr,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Option<T> {
        self.faults.push(ConditionFault {
            offset: self.parsed.offset(at.id),
            message: message.into(),
            hint: Some(hint.into()),
        });
        None
    }

    /// A part that must hold or not.
    fn test(&mut self, expr: &IdedExpr) -> Option<Test> {
        match self.typed(expr)? {
            Typed::Test(test) => Some(test),
            other => {
                let is = describe(&other);
                self.fault(
                    expr,
                    format!("this is {is}, not something that holds or does not"),
                    "compare it, as in `order.total >= 15`",
                )
            }
        }
    }

    fn typed(&mut self, expr: &IdedExpr) -> Option<Typed> {
        match &expr.expr {
            Expr::Literal(literal) => self.literal(expr, literal),
            Expr::Ident(name) => self.named(expr, name),
            Expr::Select(select) if !select.test => match &select.operand.expr {
                Expr::Ident(root) => self.member(expr, root, &select.field),
                _ => self.fault(
                    expr,
                    "names have one dot at most",
                    "write it as in `order.total`",
                ),
            },
            Expr::Call(call) => self.call(expr, call),
            Expr::Comprehension(of) => self.lines(expr, of).map(Typed::Test),
            Expr::List(_) => self.fault(
                expr,
                "a list stands alone",
                "ask whether something is in it: `weekday in [\"sat\", \"sun\"]`",
            ),
            _ => self.fault(
                expr,
                "conditions know nothing of this sort",
                "compare names with values",
            ),
        }
    }

    fn literal(&mut self, at: &IdedExpr, literal: &LiteralValue) -> Option<Typed> {
        match literal {
            LiteralValue::Boolean(held) => Some(Typed::Test(Test::Always(*held.inner()))),
            LiteralValue::String(text) => Some(Typed::Word(text.inner().to_owned())),
            LiteralValue::Int(number) => {
                let size = i64::try_from(number.inner().unsigned_abs());
                match size {
                    Ok(digits) => Some(Typed::Number(Number {
                        negative: *number.inner() < 0,
                        size: Decimal {
                            digits,
                            decimals: 0,
                        },
                    })),
                    Err(_) => self.fault(at, "the number is out of range", "write a smaller one"),
                }
            }
            LiteralValue::Double(number) => {
                let negative = number.inner().is_sign_negative();
                match self.written(at) {
                    Some(size) => Some(Typed::Number(Number { negative, size })),
                    None => self.fault(
                        at,
                        "the number cannot be taken exactly",
                        "write it as `12.50`, with at most 15 digits",
                    ),
                }
            }
            LiteralValue::Bytes(_) | LiteralValue::Null | LiteralValue::UInt(_) => self.fault(
                at,
                "conditions know nothing of this sort",
                "write a number, or text in quotes",
            ),
        }
    }

    /// The decimal number that stands at this place of the text: exact, where the parser's own
    /// value is a binary fraction.
    fn written(&self, at: &IdedExpr) -> Option<Decimal> {
        let rest = self.parsed.text.get(self.parsed.offset(at.id)..)?;
        let rest = rest.trim_start_matches('-');
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '.')
            .unwrap_or(rest.len());
        let text = &rest[..end];
        let text = text
            .strip_prefix('.')
            .map_or_else(|| text.to_owned(), |part| format!("0.{part}"));
        Decimal::parse(&text)
    }

    /// `order.total`, or `l.brand` inside of `order.lines.exists(l, ...)`.
    fn member(&mut self, at: &IdedExpr, root: &str, field: &str) -> Option<Typed> {
        if self.line.as_deref() == Some(root) {
            return self.named(at, &format!("line.{field}"));
        }
        if let (Some(line), "line") = (&self.line, root) {
            let hint = format!("write `{line}.{field}`");
            return self.fault(at, "inside of this, lines have another name", hint);
        }
        self.named(at, &format!("{root}.{field}"))
    }

    fn named(&mut self, at: &IdedExpr, name: &str) -> Option<Typed> {
        match lookup(name, self.scope.subject) {
            Ok(named) => {
                self.per_line |= of_line(name) && self.line.is_none();
                self.of_member |= of_member(name);
                Some(match named {
                    Named::Num(unit, slot) => Typed::Num(unit, Num::Of(slot)),
                    Named::Text(words) => Typed::Text(words),
                    Named::Flag(field) => Typed::Test(Test::Flag(field)),
                    Named::Price => Typed::Price,
                })
            }
            Err(Some(why)) => self.fault(at, format!("`{name}` is not known here"), why),
            Err(None) => {
                let known = names(self.scope.subject);
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                self.faults.push(ConditionFault {
                    offset: self.start_of_name(at),
                    message: format!("unknown name `{name}`"),
                    hint: did_you_mean(name, &known),
                });
                None
            }
        }
    }

    /// Where a name begins: the parser places `a.b` at its dot.
    fn start_of_name(&self, at: &IdedExpr) -> usize {
        match &at.expr {
            Expr::Select(select) => self.start_of_name(&select.operand),
            _ => self.parsed.offset(at.id),
        }
    }

    fn call(&mut self, at: &IdedExpr, call: &CallExpr) -> Option<Typed> {
        let name = call.func_name.as_str();
        if let Some(target) = &call.target {
            return self.part(at, target, name, &call.args).map(Typed::Test);
        }
        match (name, &call.args[..]) {
            (op::LOGICAL_AND, [left, right]) => self.both(left, right, true).map(Typed::Test),
            (op::LOGICAL_OR, [left, right]) => self.both(left, right, false).map(Typed::Test),
            (op::LOGICAL_NOT, [of]) => self.test(of).map(|test| Typed::Test(not(test))),
            (op::IN, [left, right]) => self.one_of(left, right).map(Typed::Test),
            (op::NEGATE, [of]) => self.negated(at, of),
            (op::ADD | op::SUBSTRACT | op::MULTIPLY, [left, right]) => {
                let (left, right) = (self.typed(left), self.typed(right));
                self.sum(at, name, left?, right?)
            }
            ("paid_by", [method]) => match &method.expr {
                Expr::Literal(LiteralValue::String(text))
                    if matches!(self.scope.subject, Subject::Purchase) =>
                {
                    let slot = Slot::PaidBy(text.inner().into());
                    Some(Typed::Num(Unit::Money, Num::Of(slot)))
                }
                _ => self.fault(
                    at,
                    "`paid_by` takes the name of a method, for purchases",
                    "write it as `paid_by(\"gift-card\") > 0`",
                ),
            },
            (_, [left, right]) => match order(name) {
                Some(order) => {
                    let (typed_left, typed_right) = (self.typed(left), self.typed(right));
                    self.compare(at, typed_left?, order, typed_right?)
                        .map(Typed::Test)
                }
                None => self.unknown_call(at, name),
            },
            _ => self.unknown_call(at, name),
        }
    }

    fn unknown_call<T>(&mut self, at: &IdedExpr, name: &str) -> Option<T> {
        let message = match name {
            op::DIVIDE | op::MODULO => {
                "conditions do not divide: the rest would be lost".to_owned()
            }
            op::CONDITIONAL => "conditions have no `? :`".to_owned(),
            op::INDEX => "conditions have no `[ ]` but for lists".to_owned(),
            _ => format!("there is no function `{name}`"),
        };
        self.fault(at, message, "use `&&`, `||`, `!`, comparisons, `in`, `+`, `-`, `*`, `startsWith`, `endsWith`, `contains`, `paid_by`")
    }

    /// `&&` and `||`, however many in a row.
    fn both(&mut self, left: &IdedExpr, right: &IdedExpr, and: bool) -> Option<Test> {
        let (left, right) = (self.test(left), self.test(right));
        let mut tests = Vec::new();
        for test in [left?, right?] {
            match test {
                // What never matters is left out; what decides alone decides.
                Test::Always(held) if held == and => {}
                Test::Always(held) => return Some(Test::Always(held)),
                Test::All(inner) if and => tests.extend(inner),
                Test::Any(inner) if !and => tests.extend(inner),
                other => tests.push(other),
            }
        }
        Some(match (tests.pop(), tests.is_empty()) {
            (None, _) => Test::Always(and),
            (Some(only), true) => only,
            (Some(last), false) => {
                tests.push(last);
                if and {
                    Test::All(tests.into())
                } else {
                    Test::Any(tests.into())
                }
            }
        })
    }

    fn negated(&mut self, at: &IdedExpr, of: &IdedExpr) -> Option<Typed> {
        match self.typed(of)? {
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

    /// `+`, `-`, `*`.
    fn sum(&mut self, at: &IdedExpr, name: &str, left: Typed, right: Typed) -> Option<Typed> {
        let pair = |left: Num, right: Num| Box::new((left, right));
        if name == op::MULTIPLY {
            let (unit, left, right) = match (left, right) {
                (Typed::Num(unit, num), Typed::Number(number))
                | (Typed::Number(number), Typed::Num(unit, num)) => {
                    match number.in_unit(Unit::Whole, self.scope.currency) {
                        Some(times) => (unit, num, Num::Always(times)),
                        None => {
                            return self.fault(
                                at,
                                "conditions multiply by whole numbers only",
                                "multiply the other side instead",
                            );
                        }
                    }
                }
                (Typed::Num(unit, left), Typed::Num(Unit::Whole, right))
                | (Typed::Num(Unit::Whole, right), Typed::Num(unit, left)) => (unit, left, right),
                (Typed::Number(left), Typed::Number(right)) => {
                    let whole = |number: Number| number.in_unit(Unit::Whole, self.scope.currency);
                    match whole(left)
                        .zip(whole(right))
                        .and_then(|(left, right)| left.checked_mul(right))
                    {
                        Some(made) => return Some(Typed::Number(whole_number(made))),
                        None => {
                            return self.fault(
                                at,
                                "conditions multiply whole numbers only",
                                "write the product",
                            );
                        }
                    }
                }
                (left, right) => {
                    let (left, right) = (describe(&left), describe(&right));
                    return self.fault(
                        at,
                        format!("{left} cannot be multiplied by {right}"),
                        "multiply by a whole number",
                    );
                }
            };
            if !unit.adds() {
                return self.fault(
                    at,
                    format!("{} cannot be multiplied", unit.words()),
                    "compare it as it is",
                );
            }
            return Some(Typed::Num(unit, Num::Mul(pair(left, right))));
        }
        if let (Typed::Number(_), Typed::Number(_)) = (&left, &right) {
            return self.fault(at, "both are written numbers", "write the result");
        }
        let (unit, left, right) = self.same_unit(at, left, right)?;
        if !unit.adds() {
            return self.fault(
                at,
                format!("{} cannot be added up", unit.words()),
                "compare it as it is",
            );
        }
        let made = if name == op::ADD { Num::Add } else { Num::Sub };
        Some(Typed::Num(unit, made(pair(left, right))))
    }

    /// Both sides in one unit.
    fn same_unit(&mut self, at: &IdedExpr, left: Typed, right: Typed) -> Option<(Unit, Num, Num)> {
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
    fn in_unit(&mut self, at: &IdedExpr, unit: Unit, written: &Typed) -> Option<i64> {
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

    fn compare(&mut self, at: &IdedExpr, left: Typed, order: Order, right: Typed) -> Option<Test> {
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
                self.known_tier(at, &words, &word);
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
                    (Num::Of(slot), Num::Always(number)) => Test::Against(slot, order, number),
                    (Num::Always(number), Num::Of(slot)) => {
                        Test::Against(slot, order.turned(), number)
                    }
                    (left, right) => Test::Compare(Box::new((left, order, right))),
                })
            }
        }
    }

    fn price(&mut self, at: &IdedExpr, order: Order, other: Typed) -> Option<Test> {
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

    /// A tier that is named must be one.
    fn known_tier(&mut self, at: &IdedExpr, words: &Words, word: &str) {
        if matches!(words, Words::Tier) && !self.scope.tiers.iter().any(|tier| tier == word) {
            let known: Vec<&str> = self.scope.tiers.iter().map(String::as_str).collect();
            let hint = did_you_mean(word, &known);
            self.faults.push(ConditionFault {
                offset: self.parsed.offset(at.id),
                message: format!("there is no tier `{word}`"),
                hint: hint.or_else(|| Some("the file declares no tier".into())),
            });
        }
    }

    /// `x in [...]`.
    fn one_of(&mut self, left: &IdedExpr, right: &IdedExpr) -> Option<Test> {
        let Expr::List(list) = &right.expr else {
            return self.fault(
                right,
                "`in` takes a list",
                "write it as `weekday in [\"sat\", \"sun\"]`",
            );
        };
        if list.elements.len() > Condition::LIST_MAX {
            let most = Condition::LIST_MAX;
            return self.fault(
                right,
                format!("the list has more than {most} elements"),
                "make it two rules",
            );
        }
        let mut elements = Vec::new();
        for element in &list.elements {
            elements.push((element, self.typed(element)));
        }
        match self.typed(left)? {
            Typed::Text(words) => {
                let mut texts: Vec<Box<str>> = Vec::new();
                for (at, element) in elements {
                    match element? {
                        Typed::Word(word) => {
                            self.known_tier(at, &words, &word);
                            texts.push(word.into());
                        }
                        other => {
                            let is = describe(&other);
                            return self.fault(
                                at,
                                format!("{is} stands in a list of texts"),
                                "write text in quotes",
                            );
                        }
                    }
                }
                texts.sort();
                texts.dedup();
                Some(Test::IsOneOf(words, texts.into()))
            }
            Typed::Num(unit, num) => {
                let mut numbers = Vec::new();
                for (at, element) in elements {
                    let element = element?;
                    if is_written(&element) {
                        numbers.push(self.in_unit(at, unit, &element)?);
                    } else {
                        return self.fault(
                            at,
                            "lists hold written values only",
                            "compare with `==` and `||` instead",
                        );
                    }
                }
                numbers.sort_unstable();
                numbers.dedup();
                Some(Test::OneOf(num, numbers.into()))
            }
            other => {
                let is = describe(&other);
                self.fault(
                    left,
                    format!("{is} cannot be looked for in a list"),
                    "look for a name, as in `line.category in [\"tea\", \"coffee\"]`",
                )
            }
        }
    }

    /// `line.sku.startsWith("x")`.
    fn part(
        &mut self,
        at: &IdedExpr,
        target: &IdedExpr,
        name: &str,
        args: &[IdedExpr],
    ) -> Option<Test> {
        let place = match name {
            "startsWith" => Where::Start,
            "endsWith" => Where::End,
            "contains" => Where::Anywhere,
            _ => return self.unknown_call(at, name),
        };
        let words = match self.typed(target)? {
            Typed::Text(words) => words,
            other => {
                let is = describe(&other);
                return self.fault(
                    target,
                    format!("{is} has no `{name}`"),
                    "use it on text, as in `line.sku.startsWith(\"tea-\")`",
                );
            }
        };
        match args {
            [arg] => match self.typed(arg)? {
                Typed::Word(word) => Some(Test::Part(words, place, word.into())),
                _ => self.fault(
                    arg,
                    format!("`{name}` takes text in quotes"),
                    "write it as in `line.sku.startsWith(\"tea-\")`",
                ),
            },
            _ => self.fault(
                at,
                format!("`{name}` takes one text"),
                "write it as in `line.sku.startsWith(\"tea-\")`",
            ),
        }
    }

    /// `order.lines.exists(l, ...)` and `order.lines.all(l, ...)`, which the parser has unfolded.
    fn lines(&mut self, at: &IdedExpr, of: &ComprehensionExpr) -> Option<Test> {
        let hint = format!(
            "write it as in {}",
            listed(&["order.lines.exists(l, l.brand == \"x\")"])
        );
        let over_lines = match &of.iter_range.expr {
            Expr::Select(select) => {
                matches!(&select.operand.expr, Expr::Ident(root) if root == "order")
                    && select.field == "lines"
            }
            _ => false,
        };
        let on_purchase = matches!(self.scope.subject, Subject::Purchase);
        let (Expr::Call(step), Expr::Literal(LiteralValue::Boolean(start))) =
            (&of.loop_step.expr, &of.accu_init.expr)
        else {
            return self.fault(at, "only `exists` and `all` are known", hint);
        };
        let quantifier = match (step.func_name.as_str(), *start.inner()) {
            (op::LOGICAL_OR, false) => Quantifier::One,
            (op::LOGICAL_AND, true) => Quantifier::All,
            _ => return self.fault(at, "only `exists` and `all` are known", hint),
        };
        let [_, body] = &step.args[..] else {
            return self.fault(at, "only `exists` and `all` are known", hint);
        };
        if !over_lines || !on_purchase || self.line.is_some() || of.iter_var2.is_some() {
            return self.fault(
                at,
                "only the lines of an order can be gone through, once",
                hint,
            );
        }
        self.line = Some(of.iter_var.clone());
        let test = self.test(body);
        self.line = None;
        Some(Test::Lines(quantifier, test?.into()))
    }
}

fn not(test: Test) -> Test {
    match test {
        Test::Always(held) => Test::Always(!held),
        Test::Not(inner) => *inner,
        other => Test::Not(other.into()),
    }
}

const fn is_written(typed: &Typed) -> bool {
    matches!(typed, Typed::Number(_) | Typed::Word(_))
}

fn whole_number(number: i64) -> Number {
    Number {
        negative: number < 0,
        size: Decimal {
            digits: number.saturating_abs(),
            decimals: 0,
        },
    }
}

/// A written number in units of 10^-15.
fn scaled(number: Number) -> Option<i128> {
    let more = 15_u32.checked_sub(number.size.decimals)?;
    let size = i128::from(number.size.digits).checked_mul(10_i128.pow(more))?;
    Some(if number.negative { -size } else { size })
}

fn order(name: &str) -> Option<Order> {
    Some(match name {
        op::EQUALS => Order::Is,
        op::NOT_EQUALS => Order::IsNot,
        op::LESS => Order::Less,
        op::LESS_EQUALS => Order::LessOrIs,
        op::GREATER => Order::More,
        op::GREATER_EQUALS => Order::MoreOrIs,
        _ => return None,
    })
}

/// What a part is, for messages.
const fn describe(typed: &Typed) -> &'static str {
    match typed {
        Typed::Test(_) => "something that holds or does not",
        Typed::Num(unit, _) => unit.words(),
        Typed::Text(_) => "text",
        Typed::Number(_) => "a number",
        Typed::Word(_) => "quoted text",
        Typed::Price => "a price",
    }
}
