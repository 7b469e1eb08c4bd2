//! Conditions mean what CEL means: made-up conditions about made-up orders come to the same here
//! and in an interpreter of CEL, for which money, quantities and times are whole numbers.

use crate::shopping::{eur, facts, line, order};
use cel::objects::{Key, Map};
use cel::{Context, Value};
use proptest::prelude::*;
use regulars_base::CivilDay;
use regulars_engine::event::{Line, LineParts, Purchase};
use regulars_engine::program::condition::{Condition, Facts, Scope, Subject};
use regulars_engine::state::Wallet;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A condition as merchants write it, and as the interpreter reads it.
#[derive(Clone, Debug)]
struct Pair {
    ours: String,
    plain: String,
}

fn pair(ours: impl Into<String>, plain: impl Into<String>) -> Pair {
    Pair {
        ours: ours.into(),
        plain: plain.into(),
    }
}

const SIGNS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const WORDS: [&str; 6] = ["", "tea", "coffee", "coffee-beans", "Ä \"x\"", "shop"];

fn sign() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&SIGNS[..])
}

fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A whole number with so many decimals, as it is read aloud.
fn decimal(number: i64, decimals: usize) -> String {
    let unit = 10_i64.pow(u32::try_from(decimals).expect("is small"));
    let sign = if number < 0 { "-" } else { "" };
    let (whole, part) = (number.abs() / unit, number.abs() % unit);
    if part == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part:0decimals$}")
    }
}

/// Comparisons of numbers. `line` is what lines are called: `line`, or `l` inside of `exists`.
fn numbers(line: &'static str) -> impl Strategy<Value = Pair> {
    let money = prop::sample::select(vec![
        "order.total".to_owned(),
        "order.goods".to_owned(),
        "order.delivery".to_owned(),
        format!("{line}.amount"),
        format!("{line}.discount"),
    ]);
    let against = (money.clone(), sign(), -300_i64..3000).prop_map(|(name, sign, n)| {
        pair(
            format!("{name} {sign} {}", decimal(n, 2)),
            format!("{name} {sign} {n}"),
        )
    });
    let turned = (money.clone(), sign(), 0_i64..3000).prop_map(|(name, sign, n)| {
        pair(
            format!("{} {sign} {name}", decimal(n, 2)),
            format!("{n} {sign} {name}"),
        )
    });
    let sums = (money.clone(), money.clone(), sign(), -3_i64..4, 0_i64..3000).prop_map(
        |(a, b, sign, times, n)| {
            pair(
                format!("{a} - {b} * {times} {sign} -{a} + {}", decimal(n, 2)),
                format!("{a} - {b} * {times} {sign} -{a} + {n}"),
            )
        },
    );
    let listed = (money, prop::collection::vec(0_i64..30, 0..5)).prop_map(|(name, list)| {
        let ours: Vec<String> = list.iter().map(|n| decimal(n * 100, 2)).collect();
        let plain: Vec<String> = list.iter().map(|n| (n * 100).to_string()).collect();
        pair(
            format!("{name} in [{}]", ours.join(", ")),
            format!("{name} in [{}]", plain.join(", ")),
        )
    });
    let price = (sign(), 0_i64..800).prop_map(move |(sign, n)| {
        pair(
            format!("{line}.price {sign} {}", decimal(n, 2)),
            format!("{line}.amount * 1000 {sign} {n} * {line}.quantity"),
        )
    });
    let quantity = (sign(), 0_i64..6000).prop_map(move |(sign, n)| {
        pair(
            format!("{line}.quantity {sign} {}", decimal(n, 3)),
            format!("{line}.quantity {sign} {n}"),
        )
    });
    let whole = (
        prop::sample::select(&["month", "day"][..]),
        sign(),
        0_i64..32,
    )
        .prop_map(|(name, sign, n)| {
            pair(format!("{name} {sign} {n}"), format!("{name} {sign} {n}"))
        });
    let count = (sign(), 0_i64..5).prop_map(|(sign, n)| {
        pair(
            format!("order.lines {sign} {n}"),
            format!("order.count {sign} {n}"),
        )
    });
    let time = (sign(), 0_i64..86_400).prop_map(|(sign, n)| {
        let shown = format!("{:02}:{:02}:{:02}", n / 3600, n / 60 % 60, n % 60);
        pair(
            format!("local_time {sign} \"{shown}\""),
            format!("local_time {sign} {n}"),
        )
    });
    let date = (sign(), 20_400_i32..20_420).prop_map(|(sign, n)| {
        let text = format!("date {sign} \"{}\"", CivilDay::from_number(n));
        pair(text.clone(), text)
    });
    prop_oneof![
        against, turned, sums, listed, price, quantity, whole, count, time, date
    ]
}

/// Comparisons of texts.
fn texts(line: &'static str) -> impl Strategy<Value = Pair> {
    let name = prop::sample::select(vec![
        "order.channel".to_owned(),
        "order.store".to_owned(),
        "member.tier".to_owned(),
        format!("{line}.category"),
        format!("{line}.brand"),
        format!("{line}.sku"),
    ]);
    let word = prop::sample::select(&WORDS[..]);
    // A tier that does not exist is refused, so tiers are compared with tiers.
    let fitting =
        |name: &str, word: &'static str| if name == "member.tier" { "gold" } else { word };
    let same = |text: String| pair(text.clone(), text);
    let is = (
        name.clone(),
        prop::sample::select(&["==", "!="][..]),
        word.clone(),
    )
        .prop_map(move |(name, sign, word)| {
            same(format!("{name} {sign} {}", quoted(fitting(&name, word))))
        });
    let alike = (name.clone(), name.clone()).prop_map(move |(a, b)| same(format!("{a} == {b}")));
    let listed =
        (name.clone(), prop::collection::vec(word.clone(), 0..4)).prop_map(move |(name, words)| {
            let words: Vec<String> = words
                .into_iter()
                .map(|word| quoted(fitting(&name, word)))
                .collect();
            same(format!("{name} in [{}]", words.join(",")))
        });
    let part = (
        name,
        prop::sample::select(&["startsWith", "endsWith", "contains"][..]),
        word,
    )
        .prop_map(move |(name, how, word)| same(format!("{name}.{how}({})", quoted(word))));
    let weekday = (
        prop::sample::select(&["==", "!="][..]),
        prop::sample::select(&DAYS[..]),
    )
        .prop_map(move |(sign, day)| same(format!("weekday {sign} \"{day}\"")));
    let weekdays =
        prop::collection::vec(prop::sample::select(&DAYS[..]), 1..4).prop_map(move |days| {
            let days: Vec<String> = days.into_iter().map(quoted).collect();
            same(format!("weekday in [{}]", days.join(", ")))
        });
    prop_oneof![is, alike, listed, part, weekday, weekdays]
}

/// Conditions, up to a few levels of `&&`, `||`, `!`, `==` and parentheses.
fn conditions(line: &'static str, levels: u32) -> BoxedStrategy<Pair> {
    let leaf = prop_oneof![numbers(line), texts(line), Just(pair("true", "true"))];
    leaf.prop_recursive(levels, 24, 3, |inner| {
        let row = |sign: &'static str| {
            prop::collection::vec(inner.clone(), 2..4).prop_map(move |parts| {
                let ours: Vec<&str> = parts.iter().map(|part| part.ours.as_str()).collect();
                let plain: Vec<&str> = parts.iter().map(|part| part.plain.as_str()).collect();
                pair(
                    format!("({})", ours.join(sign)),
                    format!("({})", plain.join(sign)),
                )
            })
        };
        // Without parentheses, so that the binding of the signs is put to the test.
        let bare = (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| {
            pair(
                format!("{} || {} && {}", a.ours, b.ours, c.ours),
                format!("{} || {} && {}", a.plain, b.plain, c.plain),
            )
        });
        let not = inner
            .clone()
            .prop_map(|of| pair(format!("!({})", of.ours), format!("!({})", of.plain)));
        let same = (inner.clone(), inner.clone()).prop_map(|(a, b)| {
            pair(
                format!("({}) == ({})", a.ours, b.ours),
                format!("({}) == ({})", a.plain, b.plain),
            )
        });
        prop_oneof![row(" && "), row(" || "), bare, not, same]
    })
    .boxed()
}

/// Conditions on lines, and on all lines of the order.
fn whole_conditions() -> impl Strategy<Value = Pair> {
    let over_lines = (
        prop::sample::select(&["exists", "all"][..]),
        conditions("l", 2),
    )
        .prop_map(|(how, of)| {
            pair(
                format!("order.lines.{how}(l, {})", of.ours),
                format!("order.lines.{how}(l, {})", of.plain),
            )
        });
    prop_oneof![
        3 => conditions("line", 3),
        1 => (over_lines, conditions("line", 1)).prop_map(|(a, b)| {
            pair(format!("{} && {}", a.ours, b.ours), format!("{} && {}", a.plain, b.plain))
        }),
    ]
}

fn orders() -> impl Strategy<Value = Purchase> {
    let word = || prop::sample::select(&WORDS[..]);
    let lines = (word(), word(), word(), 1_i64..6000, 0_i64..2500, 0_i64..500).prop_map(
        |(sku, category, brand, quantity, amount, discount)| -> LineParts {
            line([sku, category, brand], [quantity, amount, discount])
        },
    );
    (prop::collection::vec(lines, 1..4), 0_i64..900, word())
        .prop_map(|(lines, delivery, channel)| order(lines, delivery, channel))
}

fn map(entries: Vec<(&str, Value)>) -> Value {
    let key = |name: &str| Key::String(Arc::new(name.to_owned()));
    let map = entries
        .into_iter()
        .map(|(name, value)| (key(name), value))
        .collect();
    Value::Map(Map { map: Arc::new(map) })
}

fn word(text: &str) -> Value {
    Value::String(Arc::new(text.to_owned()))
}

fn line_value(line: &Line) -> Value {
    map(vec![
        ("sku", word(line.sku.as_str())),
        ("category", word(line.category.as_str())),
        ("brand", word(line.brand.as_str())),
        ("quantity", Value::Int(line.quantity)),
        ("amount", Value::Int(line.amount)),
        ("discount", Value::Int(line.discount)),
    ])
}

/// What the interpreter says.
fn oracle(text: &str, facts: &Facts<'_>) -> bool {
    let order = facts.purchase.expect("is a purchase");
    let (_, month, day) = facts.day.year_month_day();
    let lines: Vec<Value> = order.lines.iter().map(line_value).collect();
    let mut context = Context::default();
    let known = BTreeMap::from([
        (
            "order",
            map(vec![
                ("total", Value::Int(order.total)),
                ("goods", Value::Int(order.goods())),
                ("delivery", Value::Int(order.delivery)),
                (
                    "count",
                    Value::Int(i64::try_from(lines.len()).expect("is small")),
                ),
                ("lines", Value::List(Arc::new(lines))),
                ("channel", word(order.channel.as_str())),
                ("store", word(order.store.as_str())),
            ]),
        ),
        ("line", line_value(facts.line.expect("is a line"))),
        ("member", map(vec![("tier", word(facts.tier))])),
        ("weekday", word(DAYS[usize::from(facts.day.weekday())])),
        ("local_time", Value::Int(facts.second.into())),
        ("date", word(&facts.day.to_string())),
        ("month", Value::Int(month.into())),
        ("day", Value::Int(day.into())),
    ]);
    for (name, value) in known {
        context.add_variable_from_value(name, value);
    }
    let program = cel::Program::compile(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    match program.execute(&context) {
        Ok(Value::Bool(held)) => held,
        other => panic!("{text}: {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn conditions_mean_what_the_interpreter_says(
        condition in whole_conditions(),
        order in orders(),
        day in 20_400_i32..20_420,
        second in 0_i32..86_400,
    ) {
        let scope = Scope { subject: Subject::Purchase, currency: eur(), tiers: &["gold".to_owned()], plans: &[], partners: &[], attributes: &[] };
        let compiled = Condition::compile(&condition.ours, &scope);
        let compiled = compiled.unwrap_or_else(|faults| panic!("{}: {faults:?}", condition.ours));
        let wallet = Wallet::default();
        for line in &order.lines {
            let facts = Facts {
                purchase: Some(&order),
                line: Some(line),
                day: CivilDay::from_number(day),
                second,
                ..facts(&wallet)
            };
            let (held, said) = (compiled.holds(&facts), oracle(&condition.plain, &facts));
            prop_assert_eq!(held, said, "{} against {}", condition.ours, condition.plain);
        }
    }
}
