//! Ten rules of three conditions each (type, amount, tier), compiled with zen-expression, evaluated
//! for one event after the other on one thread.
//!
//! The events are made into the engine's own values before the clock starts, and one machine serves
//! all of them: that is the peer at its best.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use regulars_peers::{Options, Random, Report};
use serde_json::json;
use zen_expression::vm::VM;
use zen_expression::{Expression, Scope, Variable, compile_expression, expression::Standard};

/// The rules. Amounts are in minor units, so that both sides compare integers.
const RULES: [&str; 10] = [
    "type == 'purchase' and amount >= 500 and tier in ['silver', 'gold']",
    "type == 'purchase' and amount >= 1000 and tier in ['bronze', 'silver']",
    "type == 'purchase' and amount >= 1500 and tier in ['gold', 'platinum']",
    "type == 'purchase' and amount >= 2500 and tier in ['bronze', 'silver', 'gold']",
    "type == 'purchase' and amount >= 5000 and tier in ['platinum', 'bronze']",
    "type == 'purchase' and amount >= 7500 and tier in ['silver', 'gold', 'platinum']",
    "type == 'purchase' and amount >= 10000 and tier in ['gold', 'bronze']",
    "type == 'refund' and amount >= 1000 and tier in ['silver', 'gold']",
    "type == 'visit' and amount >= 0 and tier in ['gold', 'platinum']",
    "type == 'visit' and amount >= 0 and tier in ['bronze', 'silver']",
];

const TIERS: [&str; 4] = ["bronze", "silver", "gold", "platinum"];

/// Events that are made before the clock starts and used in turn.
const PREPARED: u64 = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::from_arguments();
    let rules: Vec<Expression<Standard>> = RULES
        .iter()
        .map(|rule| compile_expression(rule))
        .collect::<Result<_, _>>()?;
    let mut random = Random::new(7);
    let scopes: Vec<Scope> = (0..PREPARED)
        .map(|_| Scope::new(event(&mut random)))
        .collect();
    let mut vm = VM::new();
    let (mut done, mut held) = (0u64, 0u64);
    let begin = Instant::now();
    loop {
        for scope in &scopes {
            for rule in &rules {
                let answer = rule.evaluate_with_scope(black_box(scope), &mut vm)?;
                held += u64::from(answer.as_bool().ok_or("a rule gave no truth value")?);
            }
        }
        done += PREPARED;
        let over = match options.events {
            Some(events) => done >= events,
            None => begin.elapsed().as_secs_f64() >= options.seconds,
        };
        if over {
            break;
        }
    }
    Report::new("zen", done, begin.elapsed().as_secs_f64())
        .with("rules", RULES.len() as f64)
        .with("rules_held_per_event", held as f64 / done as f64)
        .print();
    Ok(())
}

/// Seven purchases of ten, two visits, one refund; all tiers alike; up to 200.00.
fn event(random: &mut Random) -> Variable {
    let kind = match random.below(10) {
        0..=6 => "purchase",
        7..=8 => "visit",
        _ => "refund",
    };
    let tier = TIERS[random.below(TIERS.len() as u64) as usize];
    json!({ "type": kind, "amount": random.below(20_000), "tier": tier }).into()
}
