//! Lists, parts of texts, and the lines of an order.

use super::super::figure::LABELS;
use super::super::parse::{Kind, Node};
use super::super::tree::{Quantifier, Test, Where, Words};
use super::super::{Condition, ConditionFault, Subject};
use super::{Checker, Typed, describe, is_written};
use crate::program::diagnostic::did_you_mean;

impl Checker<'_> {
    /// `x in [...]`.
    pub(super) fn one_of(&mut self, left: &Node, right: &Node) -> Option<Test> {
        let Kind::List(list) = &right.kind else {
            return self.fault(
                right.at,
                "`in` takes a list",
                "write it as `weekday in [\"sat\", \"sun\"]`",
            );
        };
        if list.len() > Condition::LIST_MAX {
            let most = Condition::LIST_MAX;
            return self.fault(
                right.at,
                format!("the list has more than {most} elements"),
                "make it two rules",
            );
        }
        let mut elements = Vec::new();
        for element in list {
            elements.push((element.at, self.typed(element)));
        }
        match self.typed(left)? {
            Typed::Text(words) => {
                let mut texts: Vec<Box<str>> = Vec::new();
                for (at, element) in elements {
                    match element? {
                        Typed::Word(word) => {
                            self.known_part(at, &words, &word);
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
                    left.at,
                    format!("{is} cannot be looked for in a list"),
                    "look for a name, as in `line.category in [\"tea\", \"coffee\"]`",
                )
            }
        }
    }

    /// `line.sku.startsWith("x")`.
    pub(super) fn part(
        &mut self,
        at: usize,
        target: &Node,
        name: &str,
        args: &[Node],
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
                    target.at,
                    format!("{is} has no `{name}`"),
                    "use it on text, as in `line.sku.startsWith(\"tea-\")`",
                );
            }
        };
        match args {
            [arg] => match self.typed(arg)? {
                Typed::Word(word) => Some(Test::Part(words, place, word.into())),
                _ => self.fault(
                    arg.at,
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

    /// `order.lines.exists(l, ...)` and `order.lines.all(l, ...)`.
    pub(super) fn lines(
        &mut self,
        at: usize,
        target: &Node,
        quantifier: Quantifier,
        args: &[Node],
    ) -> Option<Test> {
        let hint = "write it as in `order.lines.exists(l, l.brand == \"x\")`";
        let over_lines = matches!(&target.kind, Kind::Name(name) if name == "order.lines");
        let on_purchase = matches!(self.scope.subject, Subject::Purchase);
        if !over_lines || !on_purchase || self.line.is_some() {
            let message = "only the lines of an order can be gone through, once";
            return self.fault(at, message, hint);
        }
        let [
            Node {
                kind: Kind::Name(line),
                ..
            },
            body,
        ] = args
        else {
            return self.fault(
                at,
                "this takes a name for a line, and what is asked of it",
                hint,
            );
        };
        if line.contains('.') || super::super::fields::root(line) {
            return self.fault(at, format!("`{line}` cannot name a line"), hint);
        }
        self.line = Some(line.clone());
        let test = self.test(body);
        self.line = None;
        Some(Test::Lines(quantifier, test?.into()))
    }

    /// A tier, a plan or a partner that is named must be one; no plan and no partner are the empty text.
    pub(super) fn known_part(&mut self, at: usize, words: &Words, word: &str) {
        if let Words::Label(label) = words {
            self.known_label(at, label, word);
            return;
        }
        let values: &[String] = match words {
            Words::Attribute(name) => {
                let mut own = self.scope.attributes.iter();
                let own = own.find(|own| own.name == *name);
                if own.is_some_and(|own| own.takes(word)) {
                    return;
                }
                own.map_or(&[], |own| &own.values)
            }
            _ => &[],
        };
        let (what, ids) = match words {
            Words::Attribute(_) if !word.is_empty() => ("such value", values),
            Words::Tier => ("tier", self.scope.tiers),
            Words::Plan if !word.is_empty() => ("plan", self.scope.plans),
            Words::Partner if !word.is_empty() => ("partner", self.scope.partners),
            _ => return,
        };
        if !ids.iter().any(|id| id == word) {
            let known: Vec<&str> = ids.iter().map(String::as_str).collect();
            let hint = did_you_mean(word, &known);
            self.faults.push(ConditionFault {
                offset: at,
                message: format!("there is no {what} `{word}`"),
                hint: hint.or_else(|| Some(format!("the file declares no {what}"))),
            });
        }
    }

    /// A label says one of a few things.
    fn known_label(&mut self, at: usize, label: &str, word: &str) {
        let mut labels = LABELS.iter();
        let known = labels
            .find(|own| own.0 == label)
            .map_or(&[][..], |own| own.2);
        if !known.contains(&word) {
            let hint = did_you_mean(word, known);
            self.faults.push(ConditionFault {
                offset: at,
                message: format!("`{label}` calls nobody `{word}`"),
                hint: hint.or_else(|| Some(format!("it says {}", known.join(", ")))),
            });
        }
    }
}
