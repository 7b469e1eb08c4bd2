//! How long a quote takes: 50 lines, 20 rewards, 10 codes, at each of many baskets that no two are
//! alike. Prints the median and the 99th percentile, and how often the best was not proved.
//!
//! `cargo run --release -p regulars-sim --example quote_rate`

#![allow(clippy::disallowed_methods, reason = "a measurement reads the clock")]

use regulars_base::{Currency, EventKey, Ratio, Text, Timestamp};
use regulars_engine::code::Code;
use regulars_engine::event::{Event, Kind, LineParts, Purchase, PurchaseParts};
use regulars_engine::price::Basket;
use regulars_engine::program::compile::compile;
use regulars_engine::quote::{Asked, quote};
use regulars_engine::{Outcome, Program, State, step};
use std::fmt::Write as _;
use std::time::Instant;

const BASKETS: u64 = 2_000;
const EFFORT: u64 = 60_000;

fn program() -> Program {
    let mut text = String::from(
        r#"
[program]
name = "Quotes"
currency = "EUR"
timezone = "UTC"
[points.beans]
[[earn]]
id = "spend"
give = { beans = "1 per 1 EUR" }
[[earn]]
id = "coffee"
when = 'line.category == "c3"'
times = 2
"#,
    );
    for at in 0..20 {
        let (kind, price) = match at % 4 {
            0 => (
                format!("kind = \"money off\"\noff = \"{}.50 EUR\"", at + 1),
                40 * (at + 1),
            ),
            1 => (
                format!("kind = \"percent off\"\noff = \"{}%\"", at + 2),
                35 * (at + 1),
            ),
            2 => (
                format!(
                    "kind = \"free product\"\nwhat = 'line.category == \"c{}\"'",
                    at % 7
                ),
                90,
            ),
            _ => (
                format!(
                    "kind = \"money off\"\noff = \"{at}.00 EUR\"\ngroup = \"g{}\"",
                    at % 3
                ),
                30 * (at + 1),
            ),
        };
        let _ = writeln!(
            text,
            "[[reward]]\nid = \"r{at}\"\n{kind}\nprice = {{ beans = {price} }}"
        );
    }
    for at in 0..10 {
        let what = match at % 3 {
            0 => format!(
                "kind = \"percent off\"\noff = \"{}%\"\nwhen = 'line.category == \"c{at}\"'",
                at + 3
            ),
            1 => format!(
                "kind = \"money off\"\noff = \"{}.00 EUR\"\ngroup = \"g{}\"",
                at + 1,
                at % 3
            ),
            _ => format!(
                "kind = \"percent off\"\noff = \"{}%\"\ngroup = \"season\"",
                at + 4
            ),
        };
        let _ = writeln!(
            text,
            "[[coupon]]\nid = \"k{at}\"\n{what}\ncode = \"CODE{at}\"\nlimit = [{{ times = 9, per = \"member\" }}]"
        );
    }
    let (program, faults) = compile(&text);
    program.unwrap_or_else(|| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", faults.join("\n"))
    })
}

fn text(text: &str) -> Text {
    Text::new(text).expect("is a text")
}

/// Numbers that look like chance and are the same each time.
fn next(seed: &mut u64) -> u64 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

fn purchase(seed: &mut u64, order: &str) -> Purchase {
    let lines = (0..50).map(|_| LineParts {
        sku: text(&format!("s{}", next(seed) % 100)),
        category: text(&format!("c{}", next(seed) % 10)),
        quantity: 1000 + 1000 * i64::try_from(next(seed) % 3).unwrap_or(0),
        amount: 100 + i64::try_from(next(seed) % 3000).unwrap_or(0),
        ..LineParts::default()
    });
    let parts = PurchaseParts {
        order: text(order),
        currency: Currency::new("EUR").expect("is a currency"),
        total: None,
        delivery: 490,
        discount: 0,
        lines: lines.collect(),
        payments: Vec::new(),
        channel: Text::default(),
        store: Text::default(),
        staff: Text::default(),
        codes: Vec::new(),
    };
    Purchase::new(parts).expect("is a purchase")
}

fn event(at: Timestamp, id: u64, purchase: Purchase) -> Event {
    Event {
        key: EventKey {
            source: text("bench"),
            external_id: text(&id.to_string()),
        },
        occurred_at: at,
        recorded_at: at,
        entropy: [0; 16],
        kind: Kind::Purchase(Box::new(purchase)),
    }
}

fn main() {
    let program = program();
    let at: Timestamp = "2025-03-01T12:00:00Z".parse().expect("is a time");
    let mut seed = 7;
    let codes: Vec<Code> = (0..10)
        .map(|at| Code::new(&format!("CODE{at}")).expect("is a code"))
        .collect();
    let rate = Ratio::new(19, 100).expect("is a rate");
    let mut micros = Vec::new();
    let (mut open, mut gap) = (0, 0.0_f64);
    for id in 0..BASKETS {
        let mut state = State::default();
        let mut out = Outcome::default();
        for order in 0..1 + next(&mut seed) % 5 {
            state.order = regulars_engine::state::Order::default();
            let bought = purchase(&mut seed, &format!("o-{id}-{order}"));
            step(&program, &mut state, &event(at, id, bought), &mut out);
        }
        state.order = regulars_engine::state::Order::default();
        let basket = Basket::of(purchase(&mut seed, "basket"), rate);
        let listed = event(at, id, basket.purchase.clone());
        let asked = Asked {
            basket: &basket,
            codes: &codes,
            rewards: None,
            all: false,
            effort: EFFORT,
        };
        let began = Instant::now();
        let told = quote(&program, &state, &listed, &asked);
        micros.push(began.elapsed().as_micros());
        let off: i64 = told.priced.discounts.iter().map(|own| own.sum()).sum();
        if off < told.off_at_most {
            open += 1;
            #[allow(clippy::cast_precision_loss, reason = "a share for people to read")]
            let share = (told.off_at_most - off) as f64 / off.max(1) as f64;
            gap = gap.max(share);
        }
    }
    micros.sort_unstable();
    let part = |percent: usize| micros[(micros.len() - 1) * percent / 100];
    println!("50 lines, 20 rewards, 10 codes, {BASKETS} baskets");
    println!(
        "p50 {} us, p99 {} us, most {} us",
        part(50),
        part(99),
        part(100)
    );
    println!(
        "not proved: {open}; the largest gap {:.2} % of what is taken off",
        gap * 100.0
    );
}
