//! Conditions: what they are about on the first line (`purchase`, `activity`, `enrolment`, `member`), the
//! condition behind it. A condition and its negation are opposites, whoever is asked.

use crate::headed;
use regulars_base::{CivilDay, Currency, Text};
use regulars_engage::{Figures, Segment};
use regulars_engine::Program;
use regulars_engine::event::{Activity, Kind, Purchase, Value};
use regulars_engine::program::condition::figure::{Named, Plain};
use regulars_engine::program::condition::{
    Condition, ConditionFault, Facts, Scope, Subject, TextFigure,
};
use regulars_engine::program::{AttributeRule, FieldType};
use regulars_engine::state::Wallet;
use std::sync::Arc;

const DAY: i32 = 20_148;

pub(crate) fn open(data: &[u8]) {
    let Some((about, text)) = headed(data) else {
        return;
    };
    let program = crate::event::known("fashion.toml").expect("is one of ours");
    match about {
        "member" => member(text, &program),
        "purchase" | "activity" | "enrolment" => event(about, text, &program),
        _ => {}
    }
}

/// A condition on what happens.
fn event(about: &str, text: &str, program: &Arc<Program>) {
    let fields = [
        ("stars".to_owned(), FieldType::Int),
        ("text".to_owned(), FieldType::Text),
        ("verified".to_owned(), FieldType::Bool),
    ];
    let attributes: Vec<AttributeRule> = program.attributes.clone();
    let (tiers, plans) = (["low".to_owned(), "gold".to_owned()], ["club".to_owned()]);
    let scope = Scope {
        subject: match about {
            "purchase" => Subject::Purchase,
            "activity" => Subject::Activity(&fields),
            _ => Subject::Enrolment,
        },
        currency: Currency::new("EUR").expect("is one"),
        tiers: &tiers,
        plans: &plans,
        partners: &["bakery".to_owned()],
        attributes: &attributes,
    };
    let Ok(condition) = Condition::compile(text, &scope).map_err(|faults| told(&faults, text))
    else {
        return;
    };
    assert_eq!(condition.text, text);
    let not = Condition::compile(&format!("!({text})"), &scope);
    let twice = Condition::compile(&format!("({text}) && ({text})"), &scope);
    let wallet = Wallet::default();
    for purchase in purchases() {
        let activity = activity();
        for line in std::iter::once(None).chain(purchase.lines.iter().map(Some)) {
            if condition.per_line != line.is_some() {
                continue;
            }
            for (day, second) in [(DAY, 0), (DAY + 3, 86_399), (DAY + 60, 43_200)] {
                let facts = Facts {
                    purchase: (about == "purchase").then_some(&purchase),
                    line,
                    activity: (about == "activity").then_some(&activity),
                    day: CivilDay::from_number(day),
                    second,
                    wallet: &wallet,
                    tier: "gold",
                    plan: "",
                    partner: "bakery",
                    program: Some(program),
                };
                let held = condition.holds(&facts);
                assert!(!(condition.never() && held), "it held, and never does");
                if let Ok(not) = &not {
                    assert_ne!(held, not.holds(&facts), "and its opposite");
                }
                if let Ok(twice) = &twice {
                    assert_eq!(held, twice.holds(&facts), "and the same twice");
                }
            }
        }
    }
}

/// A condition on members as they are.
fn member(text: &str, program: &Arc<Program>) {
    let segment = match Segment::new("own", text, program) {
        Ok(segment) => segment,
        Err(faults) => {
            assert!(!faults.is_empty());
            for fault in faults {
                assert!(fault.line >= 1 && fault.column >= 1 && !fault.message.is_empty());
            }
            return;
        }
    };
    let not = Segment::new("not", &format!("!({text})"), program);
    let twice = Segment::new("twice", &format!("({text}) || ({text})"), program);
    for figures in people() {
        let held = figures.hold(&segment.asked);
        if let Ok(not) = &not {
            assert_eq!(
                held.map(|held| !held),
                figures.hold(&not.asked),
                "and its opposite"
            );
        }
        if let Ok(twice) = &twice {
            assert_eq!(held, figures.hold(&twice.asked), "and the same twice");
        }
    }
}

fn told(faults: &[ConditionFault], text: &str) {
    assert!(!faults.is_empty());
    for fault in faults {
        assert!(
            text.is_char_boundary(fault.offset) && fault.offset <= text.len(),
            "{fault:?}"
        );
        assert!(!fault.message.is_empty());
    }
}

fn purchases() -> Vec<Purchase> {
    let wire = [
        r#""total": "24.80", "store": "berlin", "channel": "online", "lines": [
            {"id": "a", "sku": "x-1", "category": "coffee", "brand": "own", "quantity": "2", "amount": "20.00"},
            {"id": "b", "category": "tea", "quantity": "0.5", "amount": "4.80"}]"#,
        r#""total": "0""#,
        r#""total": "9999999.99", "codes": ["WELCOME10"]"#,
    ];
    let life = crate::life::Life::new(crate::event::known("fashion.toml").expect("is one of ours"));
    let purchase = |rest: &&str| {
        let text = format!(
            r#"{{"type": "purchase", "source": "s", "id": "1", "order": "1", "currency": "EUR",
            "customer": {{"kind": "customer", "value": "ana"}}, {rest}}}"#
        );
        let raw = serde_json::from_str(&text).expect("is JSON");
        match life.read(raw).expect("is an event").event.kind {
            Kind::Purchase(purchase) => *purchase,
            other => panic!("{other:?}"),
        }
    };
    wire.iter().map(purchase).collect()
}

fn activity() -> Activity {
    let text = |text: &str| Text::new(text).expect("is short");
    Activity {
        name: text("review"),
        store: text("berlin"),
        fields: vec![
            (text("stars"), Value::Int(4)),
            (text("text"), Value::Text(text("fine"))),
            (text("verified"), Value::Bool(true)),
        ],
    }
}

/// Somebody of whom nothing is known, and two of whom much is.
fn people() -> [Figures; 3] {
    let nobody = Figures::new(DAY);
    let known = |factor: i64| {
        let mut figures = Figures::new(DAY);
        figures.here = true;
        figures.tier = "gold".into();
        for (at, plain) in Plain::all().enumerate() {
            let at = i64::try_from(at).unwrap_or(0);
            let value = match plain {
                Plain::FirstOrder | Plain::LastOrder | Plain::Joined => {
                    i64::from(DAY) - factor * at
                }
                _ => factor * (at + 1),
            };
            figures.set(plain, Some(value));
        }
        figures.name(Named::Items("coffee".into(), 2), 3000 * factor);
        figures.name(Named::Activities("visit".into(), 1), factor);
        figures.name(Named::Score("p_alive".into()), 500 * factor);
        figures
            .texts
            .insert(TextFigure::Label("kind".into()), "regular".into());
        figures
    };
    [nobody, known(1), known(1_000)]
}
