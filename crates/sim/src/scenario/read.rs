//! Reads a story: its program, its steps, and what is expected of them.

use super::fields::{Fields, Reader, exact};
use super::node::{self, Fault, Node, What, line_of};
use super::step::{self, Setting};
use super::{Expect, Fact, Scenario, Step, Value, Version, Wanted};
use regulars_base::{CivilDay, Timestamp, Zone};
use regulars_engine::Program;
use regulars_engine::program::MoneyAccount;
use regulars_engine::program::compile::compile;
use regulars_engine::program::diagnostic::Severity;
use regulars_engine::program::words;
use std::sync::Arc;

/// Finds a program file by its name.
pub(super) type Load<'a> = &'a dyn Fn(&str) -> Result<String, String>;

pub(super) fn scenario(text: &str, load: Load<'_>) -> Result<Scenario, Vec<Fault>> {
    let root = node::parse(text).map_err(|fault| vec![fault])?;
    let mut reader = Reader {
        text,
        faults: Vec::new(),
    };
    let scenario = whole(&mut reader, root, load);
    match scenario {
        Some(scenario) if reader.faults.is_empty() => Ok(scenario),
        _ => Err(reader.faults),
    }
}

fn whole(reader: &mut Reader<'_>, root: Node, load: Load<'_>) -> Option<Scenario> {
    let mut fields = reader.fields(root, "a story")?;
    let Some(program) = fields.take("program") else {
        reader.fault(
            &(0..0),
            "a story needs `program`: a file, or its text between \"\"\" and \"\"\"",
        );
        return None;
    };
    let program = version(reader, program, load)?;
    let mut steps = Vec::new();
    let mut setting = Setting {
        program: program.program.clone(),
        load,
    };
    if let Some(list) = fields.take("step") {
        let What::List(list) = list.what else {
            reader.fault(&list.span, "steps are written as [[step]]");
            return None;
        };
        for (at, node) in list.into_iter().enumerate() {
            if let Some(step) = one_step(reader, node, at + 1, &mut setting) {
                steps.push(step);
            }
        }
    }
    if steps.is_empty() && reader.faults.is_empty() {
        reader.fault(&(0..0), "nothing happens in this story: it needs [[step]]");
    }
    fields.done(reader);
    let first = reader.text.lines().next().unwrap_or_default();
    Some(Scenario {
        about: first.trim_start_matches('#').trim().to_owned(),
        program,
        steps,
    })
}

/// A program: inline if it has more than one line.
pub(super) fn version(reader: &mut Reader<'_>, node: Node, load: Load<'_>) -> Option<Version> {
    let span = node.span.clone();
    let words = reader.words(node)?;
    let inline = words.contains('\n');
    let text = if inline {
        words
    } else {
        match load(&words) {
            Ok(text) => text,
            Err(why) => {
                reader.fault(&span, format!("cannot read the program `{words}`: {why}"));
                return None;
            }
        }
    };
    let (program, diagnostics) = compile(&text);
    // A text between """ begins on the line after the quotes.
    let first = line_of(reader.text, span.start);
    for diagnostic in diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error)
    {
        let what = format!("in the program: {diagnostic}");
        let line = if inline {
            first + diagnostic.line
        } else {
            first
        };
        reader.faults.push(Fault { line, what });
    }
    let program = Arc::new(program?);
    Some(Version { text, program })
}

fn one_step(
    reader: &mut Reader<'_>,
    node: Node,
    number: usize,
    setting: &mut Setting<'_>,
) -> Option<Step> {
    let mut fields = reader.fields(node, "a step")?;
    let line = line_of(reader.text, fields.span.start);
    let Some(at) = fields.take("at") else {
        reader.fault(&fields.span, "a step needs `at`: when it happens");
        return None;
    };
    let zone = setting.program.zone.clone();
    let at = moment(reader, &zone, &at)?;
    let told = fields.take("recorded_at");
    let recorded_at = told
        .and_then(|node| moment(reader, &zone, &node))
        .unwrap_or(at);
    let again = fields.take("again").is_some_and(|node| reader.yes(&node));
    let mut others = Vec::new();
    let told = (number, at, recorded_at);
    let action = step::action(reader, &mut fields, told, (setting, &mut others));
    let expected = fields.take("expect");
    let expect = expected.map_or_else(Expect::default, |node| {
        expect(reader, node, &setting.program)
    });
    fields.done(reader);
    Some(Step {
        line,
        at,
        recorded_at,
        action: action?,
        others,
        again,
        expect,
    })
}

/// A moment of the shop's clock, or of the world's if it says so. Where the shop's clock shows a
/// time twice, the first is meant; a time that it jumps over is as much later.
pub(super) fn moment(reader: &mut Reader<'_>, zone: &Zone, node: &Node) -> Option<Timestamp> {
    let written = match &node.what {
        What::Text(words) | What::Moment(words) => words.as_str(),
        _ => "",
    };
    let found = written.parse().ok().or_else(|| on_the_wall(zone, written));
    if found.is_none() {
        let what = "is no time; write it as \"2025-03-01 09:00\" (the clock in the shop) or 2025-03-01T08:00:00Z";
        reader.fault(&node.span, what);
    }
    found
}

fn on_the_wall(zone: &Zone, written: &str) -> Option<Timestamp> {
    let day: CivilDay = written.get(..10)?.parse().ok()?;
    let clock = written.get(10..)?.trim_start_matches([' ', 'T']);
    let mut second = 0;
    for (part, unit) in clock
        .split(':')
        .filter(|part| !part.is_empty())
        .zip([3600, 60, 1])
    {
        let part = exact(part, 0)?;
        if !(0..60).contains(&part) {
            return None;
        }
        second += part * unit;
    }
    if !(0..86_400).contains(&second) {
        return None;
    }
    // A day on which the clock does not change has this time just so many seconds after midnight.
    let model = (0..7)
        .map(|back| {
            zone.start_of(day.plus_days(-back))
                .plus_micros(second * 1_000_000)
        })
        .find(|at| i64::from(zone.local(*at).1) == second)?;
    Some(zone.same_time_on(day, model))
}

fn expect(reader: &mut Reader<'_>, node: Node, program: &Program) -> Expect {
    let mut expect = Expect::default();
    let Some(mut fields) = reader.fields(node, "expect") else {
        return expect;
    };
    expect.member = fields
        .take("member")
        .and_then(|node| step::who(reader, node));
    let simple = [
        ("refused", Fact::Refused),
        ("duplicate", Fact::Duplicate),
        ("because", Fact::Because),
        ("tier", Fact::Tier),
        ("plan", Fact::Plan),
    ];
    for (name, fact) in simple {
        if let Some(node) = fields.take(name) {
            let span = node.span.clone();
            if let Some(value) = value(reader, node, &fact) {
                expect.wanted.push(Wanted { fact, value, span });
            }
        }
    }
    counts(
        reader,
        &mut fields,
        &mut expect,
        "stamps",
        Fact::Stamps,
        |id| program.cards.iter().any(|card| card.id == id),
    );
    counts(
        reader,
        &mut fields,
        &mut expect,
        "vouchers",
        Fact::Vouchers,
        |id| program.rewards.iter().any(|reward| reward.id == id),
    );
    for (account, terms) in program.money.accounts() {
        let name = match account {
            MoneyAccount::Credit => "credit",
            MoneyAccount::GiftCard => "gift_card",
        };
        if let Some(node) = fields.take(name) {
            of_points(reader, &mut expect, &terms.id, terms.decimals, node);
        }
    }
    for (id, node) in fields.rest() {
        match program.points.iter().find(|points| points.id == id) {
            Some(points) => of_points(reader, &mut expect, &id, points.decimals, node),
            None => {
                let known: Vec<&str> = program.points.iter().map(|p| p.id.as_str()).collect();
                let what = format!(
                    "expect has no `{id}`: it may have the kinds of points ({}), tier, plan, stamps, \
                     vouchers, credit, gift_card, refused, duplicate, because, member",
                    known.join(", ")
                );
                reader.fault(&node.span, what);
            }
        }
    }
    expect
}

fn value(reader: &mut Reader<'_>, node: Node, fact: &Fact) -> Option<Value> {
    Some(match fact {
        Fact::Duplicate => Value::Bool(reader.yes(&node)),
        Fact::Because | Fact::Lots(_) => {
            let What::List(nodes) = node.what else {
                reader.fault(&node.span, "must be a list of words: [\"...\", \"...\"]");
                return None;
            };
            let texts = nodes.into_iter().filter_map(|node| reader.words(node));
            Value::Texts(texts.collect())
        }
        _ => Value::Text(reader.words(node)?),
    })
}

/// `stamps = { card = 3 }`.
fn counts(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    expect: &mut Expect,
    name: &'static str,
    fact: fn(String) -> Fact,
    exists: impl Fn(&str) -> bool,
) {
    let Some(node) = fields.take(name) else {
        return;
    };
    let Some(mut entries) = reader.fields(node, name) else {
        return;
    };
    for (id, node) in entries.rest() {
        if !exists(&id) {
            reader.fault(
                &node.span,
                format!("the program has no `{id}` to count {name} of"),
            );
        }
        if let Some(count) = reader.number(&node, 0) {
            expect.wanted.push(Wanted {
                fact: fact(id),
                value: Value::Number(count.to_string()),
                span: node.span,
            });
        }
    }
}

/// `beans = 12`, or `beans = { available, pending, debt, held, lots }`.
fn of_points(reader: &mut Reader<'_>, expect: &mut Expect, id: &str, decimals: u8, node: Node) {
    let mut number = |reader: &mut Reader<'_>, node: &Node, fact: Fact| {
        if let Some(n) = reader.number(node, decimals) {
            expect.wanted.push(Wanted {
                fact,
                value: Value::Number(words::number(decimals, n)),
                span: node.span.clone(),
            });
        }
    };
    if !matches!(node.what, What::Table(_)) {
        number(reader, &node, Fact::Available(id.to_owned()));
        return;
    }
    let Some(mut fields) = reader.fields(node, "points") else {
        return;
    };
    let id = id.to_owned();
    let figures = [
        ("available", Fact::Available(id.clone())),
        ("pending", Fact::Pending(id.clone())),
        ("debt", Fact::Debt(id.clone())),
        ("held", Fact::Held(id.clone())),
    ];
    for (name, fact) in figures {
        if let Some(node) = fields.take(name) {
            number(reader, &node, fact);
        }
    }
    if let Some(node) = fields.take("lots") {
        let (fact, span) = (Fact::Lots(id), node.span.clone());
        if let Some(value) = value(reader, node, &fact) {
            expect.wanted.push(Wanted { fact, value, span });
        }
    }
    fields.done(reader);
}
