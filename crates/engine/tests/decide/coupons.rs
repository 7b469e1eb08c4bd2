//! Coupons: what pricing holds to, each reason why a code does not apply, and that no limit is passed
//! whatever happens.

use crate::world::{World, bought, program, refund, text};
use proptest::prelude::*;
use regulars_base::{Currency, Name, Ratio, Text, Timestamp};
use regulars_engine::code::Code;
use regulars_engine::event::{
    CodeAssign, CodeUndo, CodeUse, Kind, LineParts, Purchase, PurchaseParts, Refunded,
};
use regulars_engine::outcome::{Change, CodeFault, Refusal, Verdict};
use regulars_engine::price::{Basket, Discount, Off, TaxIs, WhyNot, price};
use regulars_engine::program::{Combine, PercentOf};
use regulars_engine::state::{CodeRecord, LineSet};

pub(crate) fn basket(lines: &[(i64, i64, i64)], delivery: i64, tax: TaxIs) -> Basket {
    let line = |(amount, quantity, _): &(i64, i64, i64)| LineParts {
        amount: *amount,
        quantity: *quantity,
        ..LineParts::default()
    };
    let parts = PurchaseParts {
        order: text("basket"),
        currency: Currency::new("EUR").expect("right"),
        total: None,
        delivery,
        discount: 0,
        lines: lines.iter().map(line).collect(),
        payments: Vec::new(),
        channel: Text::default(),
        store: Text::default(),
        staff: Text::default(),
        codes: Vec::new(),
    };
    let rate = |percent: i64| Ratio::new(percent, 100).expect("right");
    Basket {
        purchase: Purchase::new(parts).expect("right"),
        tax,
        rates: lines.iter().map(|(_, _, percent)| rate(*percent)).collect(),
        delivery_rate: rate(19),
    }
}

pub(crate) fn discount(id: &str, off: Off) -> Discount {
    Discount {
        id: text(id),
        off,
        lines: LineSet::All,
        group: None,
        exclusive: false,
        order: 100,
    }
}

#[test]
fn a_reward_over_several_rates_of_tax_is_taken_once_and_to_the_cent() {
    let basket = basket(
        &[(10_00, 1000, 19), (10_00, 1000, 7), (9_99, 1000, 0)],
        0,
        TaxIs::Included,
    );
    let ten = discount("ten", Off::Money(10_00));
    let priced = price(&Combine::default(), &basket, &[ten]);
    assert_eq!(priced.off(), 10_00);
    assert_eq!(priced.total(), 19_99);
    let off: Vec<i64> = priced.lines.iter().map(|line| line.off).collect();
    assert_eq!(off, [3_34, 3_33, 3_33]);
    // The tax of each rate: 6.66 with 19%, 6.67 with 7%, 6.66 with none.
    let tax: Vec<i64> = priced.lines.iter().map(|line| line.tax).collect();
    assert_eq!(tax, [1_06, 44, 0]);
}

#[test]
fn the_program_says_what_comes_first_and_what_a_percentage_is_of() {
    let basket = basket(&[(40_00, 1000, 0), (10_00, 1000, 0)], 0, TaxIs::Included);
    let tenth = Off::Percent(Ratio::new(1, 10).expect("right"), None);
    let both = [discount("five", Off::Money(5_00)), discount("tenth", tenth)];
    let total = |percent_first, percent_of| {
        let combine = Combine {
            percent_first,
            percent_of,
            most: None,
        };
        price(&combine, &basket, &both).total()
    };
    assert_eq!(total(true, PercentOf::Rest), 40_00);
    assert_eq!(total(false, PercentOf::Rest), 40_50);
    assert_eq!(total(false, PercentOf::Listed), 40_00);
    let most = Combine {
        most: Some(1),
        ..Combine::default()
    };
    let priced = price(&most, &basket, &both);
    assert_eq!(priced.total(), 45_00);
    assert_eq!(
        priced.discounts[0].why_not,
        Some(WhyNot::TooMany { most: 1 })
    );
}

#[test]
fn one_thing_of_the_cheapest_line_is_free_and_nothing_is_taken_off_nothing() {
    let basket = basket(&[(9_00, 3000, 7), (5_00, 1000, 7)], 4_90, TaxIs::Added);
    let free = discount("free", Off::FreeProduct);
    let delivery = discount("delivery", Off::FreeDelivery);
    let again = discount("delivery-2", Off::FreeDelivery);
    let priced = price(&Combine::default(), &basket, &[free, again, delivery]);
    assert_eq!(priced.lines[0].off, 3_00);
    assert_eq!(priced.delivery.off, 4_90);
    assert_eq!(priced.discounts[1].why_not, Some(WhyNot::NothingToTakeOff));
    assert_eq!(priced.total(), 11_00 + 77);
}

pub(crate) fn any_off() -> impl Strategy<Value = Off> {
    prop_oneof![
        (1..20_000_i64).prop_map(Off::Money),
        (1..=100_i64, prop::option::of(1..2000_i64))
            .prop_map(|(part, most)| Off::Percent(Ratio::new(part, 100).expect("right"), most)),
        Just(Off::FreeProduct),
        (1..2000_i64).prop_map(Off::ProductFor),
        Just(Off::FreeDelivery),
        Just(Off::Nothing),
    ]
}

proptest! {
    #[test]
    fn parts_add_up_and_nothing_falls_below_zero_in_whatever_order_codes_are_typed(
        lines in prop::collection::vec((0..20_000_i64, 0..5000_i64, 0..25_i64), 1..8),
        delivery in 0..1000_i64,
        added in any::<bool>(),
        combine in (any::<bool>(), any::<bool>(), prop::option::of(1..4_u16)),
        offs in prop::collection::vec(
            (any_off(), any::<u8>(), 0..3_i64, prop::option::of(0..2_u8), any::<bool>()), 0..6),
        turn in any::<prop::sample::Index>(),
    ) {
        let tax = if added { TaxIs::Added } else { TaxIs::Included };
        let basket = basket(&lines, delivery, tax);
        let combine = Combine {
            percent_first: combine.0,
            percent_of: if combine.1 { PercentOf::Rest } else { PercentOf::Listed },
            most: combine.2,
        };
        let discounts: Vec<Discount> = offs.iter().enumerate().map(|(at, own)| Discount {
            lines: (0..8).filter(|place| own.1 & (1 << place) != 0).collect(),
            order: own.2,
            group: own.3.map(|group| text(format!("g{group}"))),
            exclusive: own.4 && at % 2 == 0,
            ..discount(&format!("d{at}"), own.0)
        }).collect();
        let priced = price(&combine, &basket, &discounts);
        let listed: i64 = basket.purchase.lines.iter().map(|line| line.amount).sum();
        let sum = |of: fn(&regulars_engine::price::PricedLine) -> i64| {
            priced.lines.iter().chain([&priced.delivery]).map(of).sum::<i64>()
        };
        prop_assert_eq!(sum(|line| line.before), listed + delivery);
        prop_assert_eq!(sum(|line| line.net) + sum(|line| line.tax), priced.total());
        let taken: i64 = priced.discounts.iter().map(|own| own.sum()).sum();
        prop_assert_eq!(taken, priced.off());
        for line in priced.lines.iter().chain([&priced.delivery]) {
            prop_assert!(line.off >= 0 && line.off <= line.before);
            prop_assert!(line.net >= 0 && line.tax >= 0 && line.gross == line.net + line.tax);
        }
        if !added {
            prop_assert_eq!(priced.total() + priced.off(), listed + delivery);
        }
        // The tax of a rate is reckoned once, of all of it.
        for percent in lines.iter().map(|line| line.2).filter(|percent| *percent != 19) {
            let own = |at: &usize| lines[*at].2 == percent;
            let places: Vec<usize> = (0..lines.len()).filter(own).collect();
            let of = |of: fn(&regulars_engine::price::PricedLine) -> i64| {
                places.iter().map(|at| of(&priced.lines[*at])).sum::<i64>()
            };
            let (base, whole) = match tax {
                TaxIs::Included => (of(|line| line.gross), 100 + percent),
                TaxIs::Added => (of(|line| line.net), 100),
            };
            let exact = (base * percent * 2 + whole) / (whole * 2);
            prop_assert_eq!(of(|line| line.tax), exact);
        }
        let mut turned = discounts;
        if !turned.is_empty() {
            let by = turn.index(turned.len());
            turned.rotate_left(by);
            turned.reverse();
        }
        let again = price(&combine, &basket, &turned);
        prop_assert_eq!(&again.lines, &priced.lines);
        for own in &priced.discounts {
            prop_assert!(again.discounts.contains(own), "{own:?}");
        }
    }
}

const PROGRAM: &str = r#"
[program]
name = "Coupons"
currency = "EUR"
timezone = "UTC"

[coupons]
most = 2

[points.beans]

[[tier]]
id = "friend"

[[tier]]
id = "regular"
reach = { spend = "1000 EUR", within = "calendar year" }
keep = { until = "end of next year", then = "one tier down" }

[[coupon]]
id = "single"
kind = "money off"
off = "5 EUR"
pattern = "S-#####"
limit = [{ times = 2, per = "member" }, { times = 3, per = "program" }]

[[coupon]]
id = "later"
kind = "free delivery"
code = "LATER"
from = "2025-06-01"
limit = [{ times = 1, per = "member" }]

[[coupon]]
id = "over"
kind = "free delivery"
code = "OVER"
until = "2025-01-01"
limit = [{ times = 1, per = "member" }]

[[coupon]]
id = "high"
kind = "free delivery"
code = "HIGH"
tier = "regular"
limit = [{ times = 1, per = "member" }]

[[coupon]]
id = "first"
kind = "free delivery"
code = "FIRST"
first_order = true
limit = [{ times = 1, per = "member" }]

[[coupon]]
id = "much"
kind = "percent off"
off = "10%"
code = "MUCH"
least = "50 EUR"
group = "g"
limit = [{ times = 9, per = "member" }]

[[coupon]]
id = "tea"
kind = "percent off"
off = "10%"
code = "TEATIME"
when = 'line.category == "tea"'
group = "g"
limit = [{ times = 9, per = "member" }]

[[coupon]]
id = "alone"
kind = "money off"
off = "1 EUR"
code = "ALONE"
exclusive = true
limit = [{ times = 9, per = "member" }]
"#;

fn code(text: &str) -> Code {
    Code::new(text).expect("right")
}

/// A world with the codes A1 to A9 of `single`, of which some are special.
fn world() -> World {
    let mut world = World::new(program(PROGRAM));
    let single = Name::of("single");
    for no in 1..=9 {
        let mut record = CodeRecord::new(single, Timestamp::LAST);
        record.void = no == 7;
        record.assigned = no == 8;
        if no == 9 {
            record.expires_at = "2025-01-02T00:00:00Z".parse().expect("right");
        }
        world.codes.known.push((code(&format!("A{no}")), record));
    }
    world.happen(0, Kind::Enrolment);
    world.happen(1, bought("R-1", &[("tea", 100, 1000)]));
    world
}

fn with(order: &str, codes: &[&str], lines: &[(&str, i64, i64)]) -> Kind {
    let Kind::Purchase(mut purchase) = bought(order, lines) else {
        unreachable!()
    };
    purchase.codes = codes.iter().map(|own| code(own)).collect();
    Kind::Purchase(purchase)
}

fn why(refusal: &Refusal) -> &CodeFault {
    match refusal {
        Refusal::CodeNotUsable { why, .. } => why,
        other => panic!("{other:?}"),
    }
}

/// Codes, lines (category, amount, discount), and why the last code does not apply.
type Case = (
    &'static [&'static str],
    &'static [(&'static str, i64, i64)],
    CodeFault,
);

#[test]
fn each_reason_has_its_line_in_order_of_precedence() {
    const TEA: &[(&str, i64, i64)] = &[("tea", 60_00, 1000)];
    const CAKE: &[(&str, i64, i64)] = &[("cake", 40_00, 1000)];
    let table: Vec<Case> = vec![
        (&["S-22223"], TEA, CodeFault::Mistyped),
        (&["B1"], TEA, CodeFault::Unknown),
        (&["A1", "a-1"], TEA, CodeFault::Twice),
        (&["A7"], TEA, CodeFault::Void),
        (&["LATER"], TEA, CodeFault::NotYet),
        (&["OVER"], TEA, CodeFault::Ended),
        (&["A9"], TEA, CodeFault::Ended),
        (&["A8"], TEA, CodeFault::NotYours),
        (&["A1", "A2", "A3"], TEA, CodeFault::LimitReached),
        (&["HIGH"], TEA, CodeFault::TierTooLow),
        (&["FIRST"], TEA, CodeFault::NotFirstOrder),
        (
            &["MUCH"],
            CAKE,
            CodeFault::BelowLeast {
                least: 50_00,
                goods: 40_00,
            },
        ),
        (&["TEATIME"], CAKE, CodeFault::Condition),
        (
            &["TEATIME", "MUCH"],
            TEA,
            CodeFault::GroupTaken {
                by: Some(code("MUCH")),
            },
        ),
        (
            &["ALONE", "MUCH"],
            TEA,
            CodeFault::NotCombined {
                with: Some(code("MUCH")),
            },
        ),
        (&["A1", "A2", "MUCH"], TEA, CodeFault::TooMany { most: 2 }),
    ];
    for (codes, lines, expected) in table {
        let mut world = world();
        let (wallet, known) = (world.wallet.clone(), world.codes.clone());
        let refused = world.refusal(2, with("R-2", codes, lines));
        assert_eq!(*why(&refused), expected, "{codes:?}");
        let clock = world.wallet.clock;
        assert_eq!(
            world.wallet,
            regulars_engine::state::Wallet { clock, ..wallet },
            "{codes:?}"
        );
        assert_eq!(world.codes, known);
        let said = regulars_engine::program::words::refusal(&world.program, &refused);
        assert!(said.len() > 20, "{said}");
    }
    let mut world = world();
    world.happen(2, with("R-2", &["A1"], TEA));
    let used = world.refusal(3, with("R-3", &["A1"], TEA));
    assert_eq!(*why(&used), CodeFault::UsedUp);
    let assign = |text: &str| Kind::CodeAssign(CodeAssign { code: code(text) });
    assert_eq!(world.refusal(3, assign("A8")), Refusal::CodeTaken);
    assert_eq!(world.refusal(3, assign("ALONE")), Refusal::CodeIsShared);
    assert_eq!(*why(&world.refusal(3, assign("A7"))), CodeFault::Void);
    let undo = CodeUndo {
        code: code("A2"),
        order: None,
        reason: text("a test"),
    };
    let undone = world.refusal(3, Kind::CodeUndo(undo));
    assert_eq!(undone, Refusal::UnknownCodeUse);
    world.shared.used.iter_mut().for_each(|(_, used)| *used = 3);
    let spent = world.refusal(3, with("R-3", &["A2"], TEA));
    assert_eq!(*why(&spent), CodeFault::BudgetSpent);
}

#[derive(Clone, Debug)]
enum Doing {
    Buy(Vec<u8>),
    Use(u8, Option<u8>),
    Undo(u8),
    Refund(u8, bool),
}

fn doing() -> impl Strategy<Value = Doing> {
    prop_oneof![
        3 => prop::collection::vec(1..=6_u8, 0..3).prop_map(Doing::Buy),
        2 => (1..=6_u8, prop::option::of(0..12_u8)).prop_map(|(code, order)| Doing::Use(code, order)),
        1 => (1..=6_u8).prop_map(Doing::Undo),
        2 => (0..12_u8, any::<bool>()).prop_map(|(order, whole)| Doing::Refund(order, whole)),
    ]
}

proptest! {
    /// A naive count beside the engine: a code is used at most once, a member twice, all together
    /// three times, and what came back may be used again.
    #[test]
    fn no_limit_of_a_coupon_is_ever_passed_and_what_is_undone_is_free_again(
        history in prop::collection::vec(doing(), 1..25)
    ) {
        let mut world = world();
        let mut used = [0_i64; 10];
        let mut orders = 0;
        for (day, doing) in (2..).zip(history) {
            let kind = match doing {
                Doing::Buy(codes) => {
                    orders += 1;
                    let names: Vec<String> = codes.iter().map(|no| format!("A{no}")).collect();
                    let names: Vec<&str> = names.iter().map(String::as_str).collect();
                    with(&format!("o-{orders}"), &names, &[("tea", 20_00, 1000)])
                }
                Doing::Use(no, order) => Kind::CodeUse(CodeUse {
                    code: code(&format!("A{no}")),
                    order: order.map(|order| text(format!("o-{order}"))),
                }),
                Doing::Undo(no) => Kind::CodeUndo(CodeUndo {
                    code: code(&format!("A{no}")),
                    order: None,
                    reason: text("a test"),
                }),
                Doing::Refund(order, whole) => refund(
                    &format!("o-{order}"),
                    if whole { Refunded::Rest } else { Refunded::Amount(5_00) },
                ),
            };
            let out = world.happen(day, kind);
            if matches!(out.verdict, Verdict::Refused(_)) {
                prop_assert!(!out.changes.iter().any(|change| change.code().is_some()));
            }
            for change in &out.changes {
                if let Change::CodeMoved { code, by } = change {
                    let no: usize = code.as_str()[1..].parse().expect("right");
                    used[no] += by;
                }
            }
            for (no, used) in (0_u8..).zip(&used) {
                prop_assert!((0..=1).contains(used), "code {no} is used {used} times");
            }
            let all: i64 = used.iter().sum();
            prop_assert!(all <= 2, "the member used {all}");
            let remembered = i64::try_from(world.wallet.coupon_uses.len()).expect("right");
            prop_assert_eq!(remembered, all);
            let drawn: i64 = world.shared.used.iter().map(|(_, used)| *used).sum();
            prop_assert_eq!(drawn, all);
            for (own, record) in &world.codes.known {
                let no: usize = own.as_str()[1..].parse().expect("right");
                prop_assert_eq!(record.used, used[no]);
            }
        }
    }
}
