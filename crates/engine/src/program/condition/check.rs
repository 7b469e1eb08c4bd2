//! From the tree of a condition to the typed one: says what is unknown, what does not go together,
//! and which literals are too fine.

mod arithmetic;
mod collections;
mod compare;
mod figures;

use super::fields::{Named, lookup, names, of_line, of_member};
use super::number::{Number, Unit};
use super::parse::{Kind, Node};
use super::tree::{Num, Order, Quantifier, Slot, Test, Words};
use super::{ConditionFault, Scope, Subject};
use crate::program::diagnostic::did_you_mean;
use regulars_base::Name;

/// What checking comes to.
pub(super) struct Checked {
    pub(super) test: Test,
    pub(super) per_line: bool,
    pub(super) of_member: bool,
}

/// Checks a parsed condition; all faults at once.
pub(super) fn check(node: &Node, scope: &Scope<'_>) -> Result<Checked, Vec<ConditionFault>> {
    let mut checker = Checker {
        scope,
        line: None,
        per_line: false,
        of_member: false,
        faults: Vec::new(),
    };
    let test = checker.test(node);
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
        at: usize,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Option<T> {
        self.faults.push(ConditionFault {
            offset: at,
            message: message.into(),
            hint: Some(hint.into()),
        });
        None
    }

    /// A part that must hold or not.
    fn test(&mut self, node: &Node) -> Option<Test> {
        match self.typed(node)? {
            Typed::Test(test) => Some(test),
            other => {
                let message = format!(
                    "this is {}, not something that holds or does not",
                    describe(&other)
                );
                self.fault(node.at, message, "compare it, as in `order.total >= 15`")
            }
        }
    }

    fn typed(&mut self, node: &Node) -> Option<Typed> {
        match &node.kind {
            Kind::Flag(held) => Some(Typed::Test(Test::Always(*held))),
            Kind::Number(number) => Some(Typed::Number(*number)),
            Kind::Text(text) => Some(Typed::Word(text.clone())),
            Kind::Name(name) => self.name(node.at, name),
            Kind::Not(of) => self.test(of).map(|test| Typed::Test(not(test))),
            Kind::Negative(of) => {
                let of = self.typed(of)?;
                self.negative(node.at, of)
            }
            Kind::All(parts) => self.row(parts, true).map(Typed::Test),
            Kind::Any(parts) => self.row(parts, false).map(Typed::Test),
            Kind::Two(sign, parts) => self.two(node.at, sign, &parts.0, &parts.1),
            Kind::Call(target, name, args) => self.call(node.at, target.as_deref(), name, args),
            Kind::List(_) => {
                let hint = "ask whether something is in it: `weekday in [\"sat\", \"sun\"]`";
                self.fault(node.at, "a list stands alone", hint)
            }
        }
    }

    /// A name; inside of `order.lines.exists(l, ...)`, `l.brand` is one of the line.
    fn name(&mut self, at: usize, name: &str) -> Option<Typed> {
        let Some(line) = self.line.clone() else {
            return self.known(at, name);
        };
        match name.split_once('.') {
            Some((root, field)) if root == line => self.known(at, &format!("line.{field}")),
            Some(("line", field)) => {
                let hint = format!("write `{line}.{field}`");
                self.fault(at, "inside of this, lines have another name", hint)
            }
            _ => self.known(at, name),
        }
    }

    fn known(&mut self, at: usize, name: &str) -> Option<Typed> {
        if let Some(attribute) = self.attribute(name) {
            self.of_member = true;
            return Some(Typed::Text(Words::Attribute(attribute)));
        }
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
                let own = self.scope.attributes.iter();
                let own = own.map(|own| format!("member.{}", own.id));
                let mut known = names(self.scope.subject);
                known.extend(own);
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                self.faults.push(ConditionFault {
                    offset: at,
                    message: format!("unknown name `{name}`"),
                    hint: did_you_mean(name, &known),
                });
                None
            }
        }
    }

    /// The attribute that a name asks for: `member.group`, where the program declares `group`.
    fn attribute(&self, name: &str) -> Option<Name> {
        let named = name.strip_prefix("member.")?;
        let mut all = self.scope.attributes.iter();
        all.find(|own| own.id == named).map(|own| own.name)
    }

    /// `&&` and `||`, however many in a row.
    fn row(&mut self, parts: &[Node], and: bool) -> Option<Test> {
        let read: Vec<Option<Test>> = parts.iter().map(|part| self.test(part)).collect();
        let mut tests = Vec::new();
        for test in read {
            match test? {
                // What never matters is left out; what decides alone decides.
                Test::Always(held) if held == and => {}
                Test::Always(held) => return Some(Test::Always(held)),
                Test::All(inner) if and => tests.extend(inner),
                Test::Any(inner) if !and => tests.extend(inner),
                other => tests.push(other),
            }
        }
        // Tests look and change nothing, so their order is free.
        tests.sort_by_key(|test| !test.is_cheap());
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

    fn two(&mut self, at: usize, sign: &str, left: &Node, right: &Node) -> Option<Typed> {
        let order = match sign {
            "in" => return self.one_of(left, right).map(Typed::Test),
            "/" | "%" => {
                let hint = "multiply the other side instead";
                return self.fault(at, "conditions do not divide: the rest would be lost", hint);
            }
            "==" => Some(Order::Is),
            "!=" => Some(Order::IsNot),
            "<" => Some(Order::Less),
            "<=" => Some(Order::LessOrIs),
            ">" => Some(Order::More),
            ">=" => Some(Order::MoreOrIs),
            _ => None,
        };
        let (left, right) = (self.typed(left), self.typed(right));
        let (left, right) = (left?, right?);
        match order {
            Some(order) => self.compare(at, left, order, right).map(Typed::Test),
            None if sign == "*" => self.product(at, left, right),
            None => self.sum(at, sign == "+", left, right),
        }
    }

    fn call(
        &mut self,
        at: usize,
        target: Option<&Node>,
        name: &str,
        args: &[Node],
    ) -> Option<Typed> {
        match (target, name) {
            (Some(target), "exists") => self
                .lines(at, target, Quantifier::One, args)
                .map(Typed::Test),
            (Some(target), "all") => self
                .lines(at, target, Quantifier::All, args)
                .map(Typed::Test),
            (Some(target), _) => self.part(at, target, name, args).map(Typed::Test),
            (None, _) if matches!(self.scope.subject, Subject::Member(_)) => {
                self.figure(at, name, args)
            }
            (None, "paid_by") => match args {
                [
                    Node {
                        kind: Kind::Text(method),
                        ..
                    },
                ] if matches!(self.scope.subject, Subject::Purchase) => {
                    let slot = Slot::PaidBy(method.as_str().into());
                    Some(Typed::Num(Unit::Money, Num::Of(slot)))
                }
                _ => {
                    let message = "`paid_by` takes the name of a method, for purchases";
                    self.fault(at, message, "write it as `paid_by(\"gift-card\") > 0`")
                }
            },
            (None, _) => self.unknown_call(at, name),
        }
    }

    fn unknown_call<T>(&mut self, at: usize, name: &str) -> Option<T> {
        const CALLS: [&str; 6] = [
            "paid_by",
            "startsWith",
            "endsWith",
            "contains",
            "exists",
            "all",
        ];
        self.faults.push(ConditionFault {
            offset: at,
            message: format!("there is no function `{name}`"),
            hint: did_you_mean(name, &CALLS),
        });
        None
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
