//! How fast a database takes decided purchases: the batch alone, engine included, nothing around
//! it. For comparing schemas and settings; `make bench` measures the product.
//!
//! `cargo run --release -p regulars-store --example speed -- ADDRESS EVENTS MEMBERS BATCH [LINES]`
//!
//! With `REGULARS_VAULT_KEYS=FILE` personal fields are closed. Afterwards members are looked up by their identities.

use regulars_base::{Currency, EventKey, MemberId, TenantId, Text, Timestamp};
use regulars_engine::event::{Event, Incoming, Kind, LineParts, Purchase, PurchaseParts, Who};
use regulars_engine::program::compile::compile;
use regulars_engine::state::State;
use regulars_engine::{Outcome, Program};
use regulars_store::{Answer, Ask, Commit, Database, Loaded, Tenant, VaultKeys, input_hash};
use std::time::Instant;

const PROGRAM: &str = include_str!("../../../programs/grocery.toml");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("which database?")?;
    let mut number = |default: u64| -> Result<u64, std::num::ParseIntError> {
        arguments.next().map_or(Ok(default), |text| text.parse())
    };
    let (events, members, batch) = (number(100_000)?, number(100_000)?, number(256)?);
    let lines = number(3)?;
    let database = Database::parse(&address);
    database.migrate()?;
    let keys = match std::env::var_os("REGULARS_VAULT_KEYS") {
        Some(file) => Some(VaultKeys::parse(&std::fs::read_to_string(file)?)?),
        None => None,
    };
    let mut store = database.connect_with(keys.as_ref())?;
    if let Some(keys) = &keys {
        store.turn_vault(Some(keys.newest()))?;
        store.settle_vault()?;
    }
    let (program, faults) = compile(PROGRAM);
    let program = program.ok_or_else(|| format!("{faults:?}"))?;
    let tenant = TenantId::from_bytes([1; 16]);
    store.create_tenant(&Tenant {
        id: tenant,
        name: "speed".into(),
        created_at: Timestamp::FIRST,
    })?;
    let begin = Instant::now();
    let mut random = 1_u64;
    for from in (0..events).step_by(usize::try_from(batch)?) {
        let batch: Vec<Incoming> = (from..(from + batch).min(events))
            .map(|no| purchase(&program, &mut random, members, lines, no))
            .collect();
        let asks: Vec<Ask> = batch
            .iter()
            .map(|incoming| {
                let fresh = MemberId::from_bytes(u128::from(random).to_be_bytes());
                random = random.wrapping_add(1);
                let shared = regulars_engine::needs(&program, &incoming.event).shared;
                Ask::of(incoming, shared, fresh)
            })
            .collect();
        store.batch(tenant, &asks, &mut |loaded| {
            decide(&program, loaded, &batch)
        })?;
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!("{:.0} events/s", events as f64 / seconds);
    let begin = Instant::now();
    let (mut asked, mut found) = (0_u64, 0_u64);
    while asked < events.min(20_000) {
        let member = (asked.wrapping_mul(2_654_435_761) % members).to_string();
        let known = store.member_by_identity(tenant, "customer", &member)?;
        found += u64::from(known.is_some());
        asked += 1;
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "{:.0} look-ups/s, {found} of {asked} found",
        asked as f64 / seconds
    );
    Ok(())
}

fn purchase(program: &Program, random: &mut u64, members: u64, lines: u64, no: u64) -> Incoming {
    let mut next = || {
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        *random
    };
    let text = |text: String| Text::new(text).expect("short");
    let at = Timestamp::from_micros(
        1_700_000_000_000_000 + i64::try_from(no).expect("small") * 60_000_000,
    );
    let member = next() % members;
    let line = |_| LineParts {
        sku: text(format!("sku-{}", next() % 5000)),
        category: text(format!("cat-{}", next() % 30)),
        brand: text("private".into()),
        quantity: 1000,
        amount: i64::try_from(next() % 2000).expect("small") + 100,
        ..LineParts::default()
    };
    let order = text(format!("order-{no}"));
    let parts = PurchaseParts {
        codes: Vec::new(),
        order: order.clone(),
        currency: Currency::new(program.currency.code()).expect("the program's own"),
        total: None,
        delivery: 0,
        discount: 0,
        lines: (0..lines).map(line).collect(),
        payments: Vec::new(),
        channel: Text::default(),
        store: text("store-1".into()),
        staff: Text::default(),
    };
    Incoming {
        who: Who::Identity {
            kind: text("customer".into()),
            value: text(member.to_string()),
        },
        event: Event {
            key: EventKey {
                source: text("speed".into()),
                external_id: order,
            },
            occurred_at: at,
            recorded_at: at,
            entropy: [0; 16],
            kind: Kind::Purchase(Box::new(Purchase::new(parts).expect("right"))),
        },
    }
}

fn decide(program: &Program, loaded: &mut Loaded, batch: &[Incoming]) -> Vec<Commit> {
    let mut commits = Vec::with_capacity(batch.len());
    for (at, incoming) in batch.iter().enumerate() {
        let Answer::Fresh { wallet, order, .. } = loaded.answers[at] else {
            continue;
        };
        let order_state = order.map(|at| std::mem::take(&mut loaded.orders[at].state));
        let mut state = State {
            owner: Some(loaded.wallets[wallet].member),
            actor: None,
            wallet: std::mem::take(&mut loaded.wallets[wallet].state),
            order: order_state.unwrap_or_default(),
            shared: std::mem::take(&mut loaded.shared),
            codes: std::mem::take(&mut loaded.codes),
            staff: None,
        };
        let mut outcome = Outcome::default();
        regulars_engine::step(program, &mut state, &incoming.event, &mut outcome);
        loaded.wallets[wallet].state = state.wallet;
        if let Some(at) = order {
            loaded.orders[at].state = state.order;
        }
        loaded.shared = state.shared;
        loaded.codes = state.codes;
        let input = input_hash(incoming, &[]);
        let event = incoming.event.clone();
        commits.push(loaded.commit((wallet, order), event, input, 1, outcome));
        loaded.set_due(wallet, program);
    }
    commits
}
