//! Ten rules of three conditions each, the same as in bench/peers/src/bin/zen.rs, on the same
//! events in the same order: as the engine asks them, first whether a rule listens to such an event,
//! then its condition.

use crate::options::Options;
use crate::orders;
use crate::random::Random;
use crate::report::Report;
use anyhow::{anyhow, ensure};
use regulars_base::{CivilDay, Currency, Name, Text};
use regulars_engine::event::{Activity, Purchase, Value};
use regulars_engine::program::condition::{Condition, Facts, Scope, Subject};
use regulars_engine::program::{FieldType, Trigger};
use regulars_engine::state::Wallet;
use std::hint::black_box;
use std::time::Instant;

/// To what each rule listens, and its condition.
const RULES: [(&str, &str); 10] = [
    (
        "purchase",
        r#"order.total >= 5.00 && member.tier in ["silver", "gold"]"#,
    ),
    (
        "purchase",
        r#"order.total >= 10.00 && member.tier in ["bronze", "silver"]"#,
    ),
    (
        "purchase",
        r#"order.total >= 15.00 && member.tier in ["gold", "platinum"]"#,
    ),
    (
        "purchase",
        r#"order.total >= 25.00 && member.tier in ["bronze", "silver", "gold"]"#,
    ),
    (
        "purchase",
        r#"order.total >= 50.00 && member.tier in ["platinum", "bronze"]"#,
    ),
    (
        "purchase",
        r#"order.total >= 75.00 && member.tier in ["silver", "gold", "platinum"]"#,
    ),
    (
        "purchase",
        r#"order.total >= 100.00 && member.tier in ["gold", "bronze"]"#,
    ),
    (
        "refund",
        r#"activity.amount >= 1000 && member.tier in ["silver", "gold"]"#,
    ),
    (
        "visit",
        r#"activity.amount >= 0 && member.tier in ["gold", "platinum"]"#,
    ),
    (
        "visit",
        r#"activity.amount >= 0 && member.tier in ["bronze", "silver"]"#,
    ),
];

const TIERS: [&str; 4] = ["bronze", "silver", "gold", "platinum"];

/// Events that are made before the clock starts and used in turn.
const PREPARED: u64 = 10_000;

/// How many rules hold per event, in thousandths: on both sides, or they do not do the same.
const HELD: u64 = 2428;

struct Rule {
    on: Trigger,
    when: Condition,
}

struct Happening {
    purchase: Option<Purchase>,
    activity: Option<Activity>,
    tier: &'static str,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let rules: Vec<Rule> = RULES.iter().map(rule).collect::<Result<_, _>>()?;
    let mut random = Random::new(7);
    let happenings: Vec<Happening> = (0..PREPARED)
        .map(|_| happening(&mut random))
        .collect::<Result<_, _>>()?;
    let wallet = Wallet::default();
    let facts: Vec<Facts<'_>> = happenings.iter().map(|it| it.facts(&wallet)).collect();
    let (mut done, mut held) = (0_u64, 0_u64);
    let begin = Instant::now();
    while begin.elapsed().as_secs_f64() < options.seconds {
        for facts in &facts {
            let facts = black_box(facts);
            let trigger = facts.activity.map_or(Trigger::Purchase, |activity| {
                Trigger::Activity(Name::of(activity.name.as_str()))
            });
            for rule in &rules {
                held += u64::from(rule.on == trigger && rule.when.holds(facts));
            }
        }
        done += PREPARED;
    }
    let seconds = begin.elapsed().as_secs_f64();
    let per_mille = (held * 1000 + done / 2) / done;
    ensure!(
        per_mille == HELD,
        "{per_mille} of 1000, where {HELD} is right"
    );
    Ok(Report::rate("conditions", done, seconds)
        .with("rules", RULES.len() as f64)
        .with("rules_held_per_event", held as f64 / done as f64))
}

fn rule((on, when): &(&str, &str)) -> anyhow::Result<Rule> {
    let fields = [("amount".to_owned(), FieldType::Int)];
    let tiers = TIERS.map(str::to_owned);
    let (on, subject) = match *on {
        "purchase" => (Trigger::Purchase, Subject::Purchase),
        other => (
            Trigger::Activity(Name::of(other)),
            Subject::Activity(&fields),
        ),
    };
    let scope = Scope {
        subject,
        currency: Currency::new("EUR")?,
        tiers: &tiers,
        plans: &[],
        partners: &[],
        attributes: &[],
    };
    let when = Condition::compile(when, &scope).map_err(|faults| anyhow!("{faults:?}"))?;
    Ok(Rule { on, when })
}

/// Seven purchases of ten, two visits, one refund; all tiers alike; up to 200.00.
fn happening(random: &mut Random) -> anyhow::Result<Happening> {
    let kind = match random.below(10) {
        0..=6 => "purchase",
        7..=8 => "visit",
        _ => "refund",
    };
    let tier = random.one_of(&TIERS);
    let amount = i64::try_from(random.below(20_000))?;
    let mut happening = Happening {
        purchase: None,
        activity: None,
        tier,
    };
    if kind == "purchase" {
        happening.purchase = Some(orders::purchase("R-1", Currency::new("EUR")?, amount)?);
    } else {
        happening.activity = Some(Activity {
            name: Text::new(kind)?,
            store: Text::default(),
            fields: vec![(Text::new("amount")?, Value::Int(amount))],
        });
    }
    Ok(happening)
}

impl Happening {
    fn facts<'a>(&'a self, wallet: &'a Wallet) -> Facts<'a> {
        Facts {
            purchase: self.purchase.as_ref(),
            line: None,
            activity: self.activity.as_ref(),
            day: CivilDay::of(2025, 3, 1),
            second: 9 * 3600,
            wallet,
            tier: self.tier,
            plan: "",
            partner: "",
            program: None,
        }
    }
}
