//! How many events per second `step` decides on one core, traces included: purchases of the grocery
//! program over two years, made beforehand from a seed, and alike in kind to those that
//! `crates/bench` measures. With 0 seconds they are decided once: for counting instructions.
//!
//! `cargo run --release -p regulars-sim --example step_rate -- [seconds] [members] [most lines] [events]`

#![allow(
    clippy::disallowed_methods,
    reason = "a measurement reads its program, its arguments and the clock"
)]

use regulars_base::{CivilDay, Currency, EventKey, Text, Timestamp, Zone};
use regulars_engine::event::{Event, Kind, LineParts, Payment, Purchase, PurchaseParts};
use regulars_engine::program::compile::compile;
use regulars_engine::state::{State, Wallet};
use regulars_engine::{Outcome, step};
use regulars_sim::shopper::Dice;
use std::time::{Duration, Instant};

/// Two years, in microseconds.
const SPAN_MICROS: i64 = 2 * 365 * 86_400_000_000;

fn text(text: &str) -> Text {
    Text::new(text).expect("short and printable")
}

/// A basket at some till.
fn purchase(number: u32, at: Timestamp, most_lines: u64, dice: &mut Dice) -> Event {
    const CATEGORIES: [&str; 8] = [
        "fruit",
        "vegetables",
        "dairy",
        "bread",
        "meat",
        "drinks",
        "gift-card",
        "",
    ];
    let line = |dice: &mut Dice| LineParts {
        sku: text(&format!("sku-{}", dice.below(500))),
        category: text(CATEGORIES[dice.place(8)]),
        brand: text(["house", "other"][dice.place(2)]),
        quantity: 1000 * i64::try_from(1 + dice.below(4)).expect("few"),
        amount: i64::try_from(100 + dice.below(4000)).expect("small"),
        ..LineParts::default()
    };
    let lines: Vec<LineParts> = (0..1 + dice.below(most_lines))
        .map(|_| line(dice))
        .collect();
    let total: i64 = lines.iter().map(|line| line.amount).sum();
    let parts = PurchaseParts {
        codes: Vec::new(),
        order: text(&format!("R-{number}")),
        currency: Currency::new("USD").expect("is a currency"),
        total: Some(total),
        delivery: 0,
        discount: 0,
        lines,
        payments: vec![Payment {
            method: text("card"),
            amount: total,
            from: None,
        }],
        channel: text(["shop", "web", "app"][dice.place(3)]),
        store: text("store-1"),
        staff: Text::default(),
    };
    Event {
        key: EventKey {
            source: text("till"),
            external_id: text(&format!("R-{number}")),
        },
        occurred_at: at,
        recorded_at: at,
        entropy: [0; 16],
        kind: Kind::Purchase(Box::new(Purchase::new(parts).expect("the figures agree"))),
    }
}

fn main() {
    let number = |place: usize, usual: u64| {
        let given = std::env::args().nth(place);
        given.map_or(usual, |given| given.parse().expect("a number"))
    };
    let (seconds, members) = (
        number(1, 5),
        usize::try_from(number(2, 10_000)).expect("a size"),
    );
    let most_lines = number(3, 9);
    let count = u32::try_from(number(4, 200_000)).expect("a number of events");
    let path = "programs/grocery.toml";
    let program = compile(&std::fs::read_to_string(path).expect("the example is there"));
    let program = program.0.expect("the example compiles");
    let mut dice = Dice::new(1);
    let start = Zone::UTC.start_of(CivilDay::of(2024, 1, 1));
    let between = SPAN_MICROS / i64::from(count.max(1));
    let events: Vec<(usize, Event)> = (0..count)
        .map(|number| {
            let at = start.plus_micros(i64::from(number) * between);
            let member = dice.place(members);
            (member, purchase(number, at, most_lines, &mut dice))
        })
        .collect();
    let lines: usize = events.iter().map(|(_, event)| lines_of(event)).sum();
    let (mut out, mut state) = (Outcome::default(), State::default());
    let (mut decided, mut counted, mut notes) = (0_u64, 0, 0);
    let mut busy = Duration::ZERO;
    loop {
        let mut wallets = vec![Wallet::default(); members];
        let begun = Instant::now();
        for (member, event) in &events {
            std::mem::swap(&mut state.wallet, &mut wallets[*member]);
            state.order = Default::default();
            step(&program, &mut state, event, &mut out);
            std::mem::swap(&mut state.wallet, &mut wallets[*member]);
            notes += out.trace.len();
        }
        busy += begun.elapsed();
        decided += u64::from(count);
        counted += lines;
        if busy >= Duration::from_secs(seconds) {
            break;
        }
    }
    let rate = |count: f64| count / busy.as_secs_f64();
    println!(
        "{:.0} events/s, {:.0} lines/s, {:.1} lines and {:.1} notes an event, {} rules, {members} members",
        rate(decided as f64),
        rate(counted as f64),
        counted as f64 / decided as f64,
        notes as f64 / decided as f64,
        program.rules.len()
    );
}

fn lines_of(event: &Event) -> usize {
    match &event.kind {
        Kind::Purchase(purchase) => purchase.lines.len(),
        _ => 0,
    }
}
