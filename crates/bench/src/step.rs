//! `step` alone: purchases of one to three lines are decided on one core, explanations included,
//! with the state of 10,000 wallets in memory.

use crate::merchant::PROGRAM;
use crate::options::Options;
use crate::random::Random;
use crate::report::Report;
use anyhow::Context;
use regulars_base::{Currency, EventKey, Text, Timestamp};
use regulars_engine::event::{Event, Kind, LineParts, Payment, Purchase, PurchaseParts};
use regulars_engine::program::compile::compile;
use regulars_engine::state::{Order, Shared, State};
use regulars_engine::{Outcome, step};
use std::time::{Duration, Instant};

/// As many as a large batch of an import holds. Each buys about twice a week.
const MEMBERS: u64 = 10_000;
/// Events are made in blocks just before they are decided, as an import reads them: what is measured
/// is deciding, not fetching old events from memory.
const BLOCK: usize = 250;
const BLOCKS: usize = 800;

/// Two years of purchases.
const FIRST_MICROS: i64 = 1_704_067_200_000_000;
const BETWEEN_MICROS: i64 = 315_000_000;

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

pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let (program, faults) = compile(PROGRAM);
    let program = program.with_context(|| format!("the program is wrong: {faults:?}"))?;
    let mut out = Outcome::default();
    let (mut done, mut lines, mut notes) = (0, 0, 0);
    let mut busy = Duration::ZERO;
    while busy.as_secs_f64() < options.seconds {
        let mut random = Random::new(42);
        let mut states = vec![State::default(); usize::try_from(MEMBERS)?];
        let mut shared = Shared::default();
        for block in 0..BLOCKS {
            let mut events = Vec::with_capacity(BLOCK);
            for number in 0..BLOCK {
                let member = usize::try_from(random.below(MEMBERS))?;
                let number = u64::try_from(block * BLOCK + number)?;
                events.push((member, purchase(number, &mut random)?));
            }
            let begin = Instant::now();
            for (member, event) in &events {
                let state = &mut states[*member];
                state.order = Order::default();
                std::mem::swap(&mut state.shared, &mut shared);
                step(&program, state, event, &mut out);
                std::mem::swap(&mut state.shared, &mut shared);
                notes += out.trace.len();
            }
            busy += begin.elapsed();
            done += u64::try_from(BLOCK)?;
            lines += events
                .iter()
                .map(|(_, event)| lines_of(event))
                .sum::<usize>();
        }
    }
    Ok(Report::rate("step", done, busy.as_secs_f64())
        .with("rules", program.rules.len() as f64)
        .with("lines_per_event", lines as f64 / done as f64)
        .with("notes_per_event", notes as f64 / done as f64))
}

fn purchase(number: u64, random: &mut Random) -> anyhow::Result<Event> {
    let mut lines = Vec::new();
    for _ in 0..1 + random.below(3) {
        lines.push(LineParts {
            sku: text(&format!("sku-{}", random.below(500)))?,
            category: text(random.one_of(&CATEGORIES))?,
            brand: text(random.one_of(&["house", "other"]))?,
            quantity: i64::try_from(1000 * (1 + random.below(4)))?,
            amount: i64::try_from(100 + random.below(4000))?,
            ..LineParts::default()
        });
    }
    let total = lines.iter().map(|line| line.amount).sum();
    let order = text(&format!("R-{number}"))?;
    let parts = PurchaseParts {
        order: order.clone(),
        currency: Currency::new("USD")?,
        total: Some(total),
        delivery: 0,
        discount: 0,
        lines,
        payments: vec![Payment {
            method: text("card")?,
            amount: total,
        }],
        channel: text(random.one_of(&["shop", "web", "app"]))?,
        store: text("store-1")?,
        staff: Text::default(),
    };
    let purchase = Purchase::new(parts);
    let purchase = purchase.map_err(|faults| anyhow::anyhow!("no purchase: {faults:?}"))?;
    let at = Timestamp::from_micros(FIRST_MICROS + i64::try_from(number)? * BETWEEN_MICROS);
    Ok(Event {
        key: EventKey {
            source: text("till")?,
            external_id: order,
        },
        occurred_at: at,
        recorded_at: at,
        entropy: [0; 16],
        kind: Kind::Purchase(Box::new(purchase)),
    })
}

fn text(text: &str) -> anyhow::Result<Text> {
    Text::new(text).with_context(|| text.to_owned())
}

fn lines_of(event: &Event) -> usize {
    match &event.kind {
        Kind::Purchase(purchase) => purchase.lines.len(),
        _ => 0,
    }
}
