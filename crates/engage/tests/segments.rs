//! Segments as pure values: what a condition says of figures, and when they change by themselves.

use regulars_engage::{Figures, Portrait, Segment, Segments};
use regulars_engine::Program;
use regulars_engine::program::condition::figure::{Plain, WINDOWS};
use regulars_engine::state::Wallet;

const CAFE: &str = r#"
[program]
name     = "Café"
currency = "EUR"
timezone = "Europe/Berlin"

[points.beans]
name = { one = "bean", other = "beans" }
worth = "0.01 EUR"
expires = "never"

[[earn]]
id = "spend"
on = "purchase"
give = { beans = "1 per 1 EUR" }
"#;

fn program() -> Program {
    let (program, diagnostics) = regulars_engine::program::compile::compile(CAFE);
    program.unwrap_or_else(|| panic!("{diagnostics:?}"))
}

fn portrait(days: &[i32]) -> Portrait {
    Portrait {
        orders: 3,
        first: days.first().copied(),
        last: days.last().copied(),
        days: days.iter().map(|day| (*day, 1, 500)).collect(),
        ..Portrait::default()
    }
}

/// Nothing changes before the day on which a portrait says it is to be looked at.
#[test]
fn until_it_wakes_a_portrait_says_the_same() {
    let program = program();
    let conditions = [
        "days_since_order > 33",
        "days_since_first_order >= 50",
        "orders(30) > 1",
    ];
    let all = conditions.map(|text| Segment::new(text, text, &program).expect("is right"));
    let segments = Segments::new(all.to_vec());
    let wallet = Wallet {
        enrolled_at: Some(regulars_base::Timestamp::from_micros(0)),
        ..Wallet::default()
    };
    for days in [&[20_000, 20_003, 20_040][..], &[20_000], &[20_000, 20_001]] {
        let portrait = portrait(days);
        let said = |today: i32| {
            let figures = portrait.figures(&program, &wallet, today);
            let within: Vec<_> = segments.of(&figures).map(str::to_owned).collect();
            let plain: Vec<_> = Plain::all().map(|own| figures.plain(own)).collect();
            (within, plain)
        };
        let mut today = *days.last().expect("there is one");
        let mut woke = 0;
        while let Some(next) =
            portrait.wakes_on(&segments, &portrait.figures(&program, &wallet, today))
        {
            assert!(next > today);
            for day in today..next {
                assert_eq!(said(day), said(today), "day {day} of {days:?}");
            }
            (today, woke) = (next, woke + 1);
        }
        assert!(woke >= WINDOWS.len());
        assert_eq!(said(today), said(today + 1000));
    }
}

/// Three values: what is unknown decides nothing that something known decides, and all else is unknown.
#[test]
fn what_is_unknown_is_neither_so_nor_not_so() {
    let program = program();
    let mut figures = Figures::new(20_000);
    figures.here = true;
    figures.set(Plain::OrdersEver, Some(0));
    for (condition, says) in [
        ("days_since_order > 3", None),
        ("days_since_order != 3", None),
        ("!(days_since_order > 3)", None),
        ("days_since_order > 3 || orders_ever == 0", Some(true)),
        ("days_since_order > 3 && orders_ever == 1", Some(false)),
        ("days_since_order > 3 && orders_ever == 0", None),
        ("(days_since_order > 3) == (orders_ever == 0)", None),
        ("days_since_order in [1, 2]", None),
        ("score(\"churn\") >= 0.5", None),
        ("label(\"rfm\") == \"loyal\"", None),
        ("member.plan == \"\"", Some(true)),
    ] {
        let segment = Segment::new("s", condition, &program).expect(condition);
        assert_eq!(figures.hold(&segment.asked), says, "{condition}");
        assert_eq!(segment.holds(&figures), says == Some(true), "{condition}");
    }
}
