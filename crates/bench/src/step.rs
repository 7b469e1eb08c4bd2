//! `step` alone: purchases of one line for 10,000 members, as the imports have them, are decided on
//! one core, explanations included; and beside it purchases of one to three lines.

use crate::merchant::PROGRAM;
use crate::options::Options;
use crate::random::Random;
use crate::report::Report;
use anyhow::Context;
use regulars_base::{Currency, EventKey, MemberId, Text, Timestamp};
use regulars_engine::event::{Event, Kind, LineParts, Payment, Purchase, PurchaseParts};
use regulars_engine::program::Program;
use regulars_engine::program::compile::compile;
use regulars_engine::state::{State, Wallet};
use regulars_engine::{Outcome, step};
use std::time::{Duration, Instant};

/// As many as a large batch of an import holds. Each buys about every five weeks.
const MEMBERS: u64 = 10_000;
/// Events and wallets are put at hand in blocks before they are decided, as an import reads them:
/// what is measured is deciding, not fetching from far memory.
const BLOCK: usize = 100;
const BLOCKS: usize = 2_000;

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

/// What a program can have beside what the grocer's has.
const MORE: &str = include_str!("everything.toml");

/// The grocer's program.
pub(crate) fn grocer(options: &Options) -> anyhow::Result<Report> {
    run("step", PROGRAM, options)
}

/// The same, with one of everything else.
pub(crate) fn everything(options: &Options) -> anyhow::Result<Report> {
    run("step-all", &format!("{PROGRAM}{MORE}"), options)
}

fn run(name: &'static str, text: &str, options: &Options) -> anyhow::Result<Report> {
    let (program, faults) = compile(text);
    let program = program.with_context(|| format!("the program is wrong: {faults:?}"))?;
    let done = measure(&program, options.seconds / 2.0, 1)?;
    let longer = measure(&program, options.seconds / 2.0, 3)?;
    Ok(Report::rate(name, done.events, done.seconds)
        .with("rules", program.rules.len() as f64)
        .with("notes_per_event", done.notes as f64 / done.events as f64)
        .with(
            "per_second_of_1_to_3_lines",
            longer.events as f64 / longer.seconds,
        ))
}

struct Done {
    events: u64,
    notes: usize,
    seconds: f64,
}

/// Decides purchases of up to `lines` lines for so many seconds.
fn measure(program: &Program, seconds: f64, lines: u64) -> anyhow::Result<Done> {
    let (mut state, mut out) = (State::default(), Outcome::default());
    let (mut events, mut notes) = (0, 0);
    let mut busy = Duration::ZERO;
    while busy.as_secs_f64() < seconds {
        let mut random = Random::new(42);
        let mut wallets = vec![Wallet::default(); usize::try_from(MEMBERS)?];
        state.shared = Default::default();
        for block in 0..BLOCKS {
            let mut block = Block::load(block, &wallets, lines, &mut random)?;
            let begin = Instant::now();
            for (place, event) in &block.events {
                std::mem::swap(&mut state.wallet, &mut block.wallets[*place].1);
                state.order = Default::default();
                state.staff = seller(event);
                step(program, &mut state, event, &mut out);
                std::mem::swap(&mut state.wallet, &mut block.wallets[*place].1);
                notes += out.trace.len();
            }
            busy += begin.elapsed();
            events += block.events.len() as u64;
            for (member, wallet) in block.wallets {
                wallets[member] = wallet;
            }
        }
    }
    let seconds = busy.as_secs_f64();
    Ok(Done {
        events,
        notes,
        seconds,
    })
}

/// Some events, and the wallets that they concern.
struct Block {
    /// With the place of the wallet.
    events: Vec<(usize, Event)>,
    /// With the member's number.
    wallets: Vec<(usize, Wallet)>,
}

impl Block {
    /// Makes the next events, and copies their wallets.
    fn load(
        block: usize,
        wallets: &[Wallet],
        lines: u64,
        random: &mut Random,
    ) -> anyhow::Result<Self> {
        let (mut events, mut loaded): (_, Vec<(usize, Wallet)>) = (Vec::new(), Vec::new());
        for number in block * BLOCK..(block + 1) * BLOCK {
            let member = usize::try_from(random.below(MEMBERS))?;
            let known = loaded.iter().position(|(known, _)| *known == member);
            let place = known.unwrap_or(loaded.len());
            if known.is_none() {
                loaded.push((member, wallets[member].clone()));
            }
            events.push((place, purchase(u64::try_from(number)?, lines, random)?));
        }
        Ok(Self {
            events,
            wallets: loaded,
        })
    }
}

fn purchase(number: u64, most_lines: u64, random: &mut Random) -> anyhow::Result<Event> {
    let mut lines = Vec::new();
    for _ in 0..1 + random.below(most_lines) {
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
        codes: Vec::new(),
        order: order.clone(),
        currency: Currency::new("USD")?,
        total: Some(total),
        delivery: 0,
        discount: 0,
        lines,
        payments: vec![Payment {
            method: text("card")?,
            amount: total,
            from: None,
        }],
        channel: text(random.one_of(&["shop", "web", "app"]))?,
        store: text("store-1")?,
        staff: text(random.one_of(&["", "", "kim"]))?,
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

/// The member who sold it, as a database would find them.
fn seller(event: &Event) -> Option<MemberId> {
    let Kind::Purchase(bought) = &event.kind else {
        return None;
    };
    (!bought.staff.is_empty()).then(|| MemberId::from_bytes([7; 16]))
}

fn text(text: &str) -> anyhow::Result<Text> {
    Text::new(text).with_context(|| text.to_owned())
}
