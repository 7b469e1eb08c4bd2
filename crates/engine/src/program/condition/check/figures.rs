//! What segments call: `orders(90)`, `items("coffee", 30)`.

use super::super::figure::{CALLS, Call, Figure, Kept, LABELS, Named, Plain, SCORES, WINDOWS};
use super::super::number::Unit;
use super::super::parse::{Kind, Node};
use super::super::tree::{Num, Slot, Test, Words};
use super::super::{ConditionFault, Subject};
use super::{Checker, Typed};
use crate::program::diagnostic::did_you_mean;
use regulars_base::Text;

impl Checker<'_> {
    /// A call of a segment.
    pub(super) fn figure(&mut self, at: usize, name: &str, args: &[Node]) -> Option<Typed> {
        let Subject::Member(kept) = self.scope.subject else {
            return None;
        };
        let Some((_, written, call)) = CALLS.iter().find(|(own, _, _)| *own == name) else {
            let known: Vec<&str> = CALLS.iter().map(|(own, _, _)| *own).collect();
            self.faults.push(ConditionFault {
                offset: at,
                message: format!("there is no function `{name}`"),
                hint: did_you_mean(name, &known),
            });
            return None;
        };
        let takes = Takes { at, written, args };
        let num =
            |unit, figure: Figure| Some(Typed::Num(unit, Num::Of(Slot::Figure(figure.into()))));
        match call {
            Call::Orders => {
                let window = self.only_window(&takes)?;
                num(Unit::Whole, Figure::Plain(Plain::Orders(window)))
            }
            Call::Spend => {
                let window = self.only_window(&takes)?;
                num(Unit::Money, Figure::Plain(Plain::Spend(window)))
            }
            Call::Items => {
                let (category, window) = self.named_window(&takes)?;
                num(
                    Unit::Quantity,
                    Figure::Named(Named::Items(category, window)),
                )
            }
            Call::Activities => {
                let (done, window) = self.named_window(&takes)?;
                self.declared(&takes, "activity", &done, kept.activities)?;
                num(Unit::Whole, Figure::Named(Named::Activities(done, window)))
            }
            Call::Balance => self.balance(&takes, kept),
            Call::Consent => {
                let purpose = self.only_name(&takes)?;
                self.declared(&takes, "consent", &purpose, kept.consents)?;
                let figure = Figure::Named(Named::Consent(purpose));
                Some(Typed::Test(Test::Within(Slot::Figure(figure.into()), 1, 1)))
            }
            Call::Score => {
                let score = self.only_name(&takes)?;
                self.told_by_models(&takes, "score", &score, &SCORES.map(|own| own.0))?;
                num(Unit::Quantity, Figure::Named(Named::Score(score)))
            }
            Call::Label => {
                let label = self.only_name(&takes)?;
                self.told_by_models(&takes, "label", &label, &LABELS.map(|own| own.0))?;
                Some(Typed::Text(Words::Label(label.into())))
            }
        }
    }

    fn balance(&mut self, takes: &Takes<'_>, kept: &Kept<'_>) -> Option<Typed> {
        let points = self.only_name(takes)?;
        let known: Vec<String> = kept.points.iter().map(|(id, _)| id.clone()).collect();
        self.declared(takes, "points", &points, &known)?;
        let own = kept.points.iter().find(|(id, _)| *id == points);
        let unit = Unit::Points(own.map_or(0, |(_, decimals)| *decimals));
        let figure = Figure::Named(Named::Balance(points));
        Some(Typed::Num(unit, Num::Of(Slot::Figure(figure.into()))))
    }

    /// What is named must be declared.
    fn declared(
        &mut self,
        takes: &Takes<'_>,
        what: &str,
        id: &str,
        known: &[String],
    ) -> Option<()> {
        if known.iter().any(|own| own == id) {
            return Some(());
        }
        let ids: Vec<&str> = known.iter().map(String::as_str).collect();
        let hint = did_you_mean(id, &ids);
        self.faults.push(ConditionFault {
            offset: takes.place(0),
            message: format!("the program declares no {what} `{id}`"),
            hint: hint.or_else(|| Some(format!("it declares: {}", ids.join(", ")))),
        });
        None
    }

    /// What no model says would be unknown of everybody for ever.
    fn told_by_models(
        &mut self,
        takes: &Takes<'_>,
        what: &str,
        name: &str,
        known: &[&str],
    ) -> Option<()> {
        if known.contains(&name) {
            return Some(());
        }
        let hint = did_you_mean(name, known);
        self.faults.push(ConditionFault {
            offset: takes.place(0),
            message: format!("no model tells the {what} `{name}`"),
            hint: hint.or_else(|| Some(format!("there are {}", known.join(", ")))),
        });
        None
    }

    fn only_window(&mut self, takes: &Takes<'_>) -> Option<u8> {
        match takes.args {
            [window] => self.window(window),
            _ => self.wrongly_called(takes),
        }
    }

    fn only_name(&mut self, takes: &Takes<'_>) -> Option<String> {
        match takes.args {
            [name] => self.name_of(takes, name),
            _ => self.wrongly_called(takes),
        }
    }

    fn named_window(&mut self, takes: &Takes<'_>) -> Option<(String, u8)> {
        match takes.args {
            [name, window] => {
                let (name, window) = (self.name_of(takes, name), self.window(window));
                name.zip(window)
            }
            _ => self.wrongly_called(takes),
        }
    }

    fn name_of(&mut self, takes: &Takes<'_>, node: &Node) -> Option<String> {
        match &node.kind {
            // What cannot be a name of anything cannot be kept either.
            Kind::Text(name) if !name.is_empty() && Text::new(name).is_ok() => Some(name.clone()),
            _ => self.fault(
                node.at,
                "a name in quotes stands here",
                format!("write it as `{}`", takes.written),
            ),
        }
    }

    /// The place of a window.
    fn window(&mut self, node: &Node) -> Option<u8> {
        let days = match &node.kind {
            Kind::Number(number) => number.in_unit(Unit::Whole, self.scope.currency),
            _ => None,
        };
        let place = WINDOWS
            .iter()
            .position(|window| days == Some(i64::from(*window)));
        match place.and_then(|place| u8::try_from(place).ok()) {
            Some(place) => Some(place),
            None => {
                let message = match days {
                    Some(days) => format!("there is no window of {days} days"),
                    None => "the days of a window stand here".to_owned(),
                };
                self.fault(node.at, message, "windows have 7, 30, 90, 180 or 365 days")
            }
        }
    }

    fn wrongly_called<T>(&mut self, takes: &Takes<'_>) -> Option<T> {
        let hint = format!("write it as `{}`", takes.written);
        self.fault(takes.at, "this is called otherwise", hint)
    }
}

/// A call as it stands there.
struct Takes<'a> {
    at: usize,
    /// How it is written.
    written: &'static str,
    args: &'a [Node],
}

impl Takes<'_> {
    /// Where an argument stands.
    fn place(&self, no: usize) -> usize {
        self.args.get(no).map_or(self.at, |arg| arg.at)
    }
}
