//! Properties over random histories of one wallet.

use crate::world::{DAY, World, bought, end, program, refund, request};
use proptest::prelude::*;
use regulars_base::{Name, Timestamp};
use regulars_engine::event::{Kind, RefundLine, Refunded};
use regulars_engine::state::{DatedStamps, Wallet};
use regulars_engine::{Program, due};
use std::sync::LazyLock;

const PROGRAM: &str = r#"
[program]
name = "Properties"
currency = "EUR"
timezone = "Europe/Berlin"

[points.beans]
name = { one = "bean", other = "beans" }
pending = "3 days"
expires = { after = "2 months", to = "end of month" }

[points.status]
name = { one = "star", other = "stars" }
expires = { at = "end of year" }

[[earn]]
id = "spend"
on = "purchase"
give = { beans = "3 per 2 EUR", status = "1 per 1 EUR" }

[[earn]]
id = "double"
on = "purchase"
when = 'line.category == "beans"'
times = 2
of = ["spend"]
limit = [{ beans = 40, per = "member", every = "month" }]

[[tier]]
id = "friend"

[[tier]]
id = "regular"
reach = { spend = "60 EUR", within = "calendar year" }
keep = { until = "end of next year", then = "one tier down", grace = "10 days" }
earn = { beans = 1.25 }

[[card]]
id = "fifth"
on = "purchase"
full = 5
gives = "treat"

[[card]]
id = "crumbs"
each = "item"
milestone = [{ at = 2, gives = { beans = 7 } }, { at = 3, gives = "treat" }]
full = 4
gives = { beans = 11, status = 1 }

[[card]]
id = "often"
within = "20 days"
apart = "5 hours"
milestone = [{ at = 2, gives = "treat" }]
full = 3
gives = { beans = 13 }

[[reward]]
id = "treat"
kind = "other"
price = { beans = 20 }
hold = "2 days"
"#;

#[derive(Clone, Debug)]
enum Act {
    Buy { order: u8, lines: Vec<(bool, i64)> },
    RefundAmount { order: u8, amount: i64 },
    RefundLine { order: u8, line: u8 },
    RefundRest { order: u8 },
    Ask { id: u8, commit: bool },
    Commit { id: u8 },
    Cancel { id: u8 },
    Tick,
}

fn act() -> impl Strategy<Value = (i64, Act)> {
    let order = 0..6_u8;
    let id = 0..4_u8;
    let lines = proptest::collection::vec((any::<bool>(), 0..4_000_i64), 1..4);
    let act = prop_oneof![
        4 => (order.clone(), lines).prop_map(|(order, lines)| Act::Buy { order, lines }),
        2 => (order.clone(), 1..5_000_i64).prop_map(|(order, amount)| Act::RefundAmount { order, amount }),
        1 => (order.clone(), 1..4_u8).prop_map(|(order, line)| Act::RefundLine { order, line }),
        1 => order.prop_map(|order| Act::RefundRest { order }),
        2 => (id.clone(), any::<bool>()).prop_map(|(id, commit)| Act::Ask { id, commit }),
        1 => id.clone().prop_map(|id| Act::Commit { id }),
        1 => id.prop_map(|id| Act::Cancel { id }),
        1 => Just(Act::Tick),
    ];
    (0..40_i64, act)
}

fn kind(act: &Act) -> Kind {
    let order = |order: &u8| format!("R-{order}");
    match act {
        Act::Buy {
            order: number,
            lines,
        } => {
            let category = |beans: bool| if beans { "beans" } else { "cake" };
            let lines: Vec<_> = lines
                .iter()
                .map(|(beans, amount)| (category(*beans), *amount, 1000))
                .collect();
            bought(&order(number), &lines)
        }
        Act::RefundAmount {
            order: number,
            amount,
        } => refund(&order(number), Refunded::Amount(*amount)),
        Act::RefundLine {
            order: number,
            line,
        } => {
            let line = crate::world::text(line.to_string());
            let line = RefundLine {
                line,
                amount: None,
                quantity: None,
            };
            refund(&order(number), Refunded::Lines(vec![line]))
        }
        Act::RefundRest { order: number } => refund(&order(number), Refunded::Rest),
        Act::Ask { id, commit } => request(&format!("q-{id}"), "treat", *commit),
        Act::Commit { id } => Kind::RewardCommit(end(&format!("q-{id}"))),
        Act::Cancel { id } => Kind::RewardCancel(end(&format!("q-{id}"))),
        Act::Tick => Kind::Tick,
    }
}

const BY_BALANCE: &str = r#"
[program]
name = "Balances"
currency = "EUR"
timezone = "Europe/Berlin"

[points.beans]
pending = "2 days"

[[earn]]
id = "spend"
give = { beans = "1 per 1 EUR" }

[[tier]]
id = "friend"

[[tier]]
id = "gold"
reach = { balance = { beans = 50 }, within = "ever" }
keep = { until = "12 months", then = "the lowest tier" }
gift = { gives = ["treat", { beans = 15 }] }

[[tier]]
id = "black"
reach = { balance = { beans = 100 }, within = "ever" }
keep = { until = "12 months", then = "one tier down" }
gift = { gives = { beans = 5 } }

[[reward]]
id = "treat"
kind = "other"
price = { beans = 20 }
"#;

static BY_BALANCE_RULES: LazyLock<Program> = LazyLock::new(|| program(BY_BALANCE));

/// What a member has of tiers by balance once all this has happened, one thing a day.
fn standing_by_balance(acts: &[Act]) -> (Option<Name>, Vec<Name>, i64, usize) {
    let mut world = World::new(BY_BALANCE_RULES.clone());
    for (day, act) in (0_i64..).zip(acts) {
        world.happen(day, kind(act));
    }
    let mut gifted = world.wallet.standing().gifted.clone();
    gifted.sort_unstable();
    let beans = world
        .wallet
        .books
        .iter()
        .map(|book| book.total() - book.debt);
    (
        world.wallet.tier.name,
        gifted,
        beans.sum(),
        world.wallet.vouchers.len(),
    )
}

/// Compiled once: each case starts from a world of its own, but by the same rules.
static RULES: LazyLock<Program> = LazyLock::new(|| program(PROGRAM));

fn run(acts: &[(i64, Act)]) -> (World, i64) {
    let mut world = World::new(RULES.clone());
    let mut day = 0;
    for (gap, act) in acts {
        day += gap;
        world.happen(day, kind(act));
        check(&world);
    }
    (world, day)
}

/// What holds after every event.
fn check(world: &World) {
    let held: i64 = world
        .wallet
        .books
        .iter()
        .map(|book| book.total() + book.held - book.debt)
        .sum();
    assert_eq!(world.statement.closing(), held, "the books foot");
    assert_eq!(world.statement.transferred, 0);
    for book in &world.wallet.books {
        assert!(
            book.lots.iter().all(|lot| lot.points > 0),
            "no lot is below zero"
        );
        assert!(book.debt >= 0 && book.held >= 0);
    }
    let used: i64 = world
        .wallet
        .counters
        .iter()
        .map(|counter| counter.used)
        .max()
        .unwrap_or(0);
    assert!(used <= 40, "a cap is never passed");
}

proptest! {
    #[test]
    fn books_foot_and_caps_hold_whatever_happens(acts in proptest::collection::vec(act(), 1..40)) {
        run(&acts);
    }

    /// One tick after a year, or one for each moment that was due: the same wallet.
    #[test]
    fn one_late_tick_is_many_early_ones(acts in proptest::collection::vec(act(), 1..25)) {
        let (mut late, day) = run(&acts);
        let (mut early, _) = run(&acts);
        let end = day + 500;
        let start: Timestamp = "2025-01-01T12:00:00Z".parse().expect("is a time");
        let mut ticks = 0;
        while let Some(at) = due(&early.program, &early.wallet) {
            if at > start.plus_micros(end * DAY) {
                break;
            }
            let passed = (at.micros() - start.micros()).div_euclid(DAY) + 1;
            early.happen(passed.min(end), Kind::Tick);
            ticks += 1;
            prop_assert!(ticks < 200, "ticks come to an end");
        }
        early.happen(end, Kind::Tick);
        late.happen(end, Kind::Tick);
        let on_cards = |wallet: &Wallet| -> Vec<DatedStamps> {
            let dated = wallet.dated.iter().filter(|dated| dated.stamps > 0);
            dated.map(|dated| DatedStamps { given_in: 0, ..*dated }).collect()
        };
        let forget = |wallet: &Wallet| Wallet {
            progress: Vec::new(),
            counters: Vec::new(),
            redemptions: Vec::new(),
            card_gifts: Vec::new(),
            dated: on_cards(wallet),
            ..wallet.clone()
        };
        prop_assert_eq!(forget(&late.wallet), forget(&early.wallet));
        prop_assert_eq!(late.statement, early.statement);
    }

    /// However an order comes back, in the end everything that it earned is taken back.
    #[test]
    fn refunds_take_back_exactly_what_was_earned(
        lines in proptest::collection::vec((any::<bool>(), 1..9_000_i64), 1..5),
        parts in proptest::collection::vec(1..4_000_i64, 0..6),
        first in any::<bool>(),
    ) {
        let mut world = World::new(RULES.clone());
        let category = |beans: bool| if beans { "beans" } else { "cake" };
        let lines: Vec<_> = lines.iter().map(|(beans, amount)| (category(*beans), *amount, 2000)).collect();
        world.happen(0, Kind::Enrolment);
        let rest = refund("R-1", Refunded::Rest);
        if first {
            for amount in &parts {
                world.happen(0, refund("R-1", Refunded::Amount(*amount)));
            }
            world.happen(0, rest.clone());
        }
        world.happen(0, bought("R-1", &lines));
        for amount in parts.iter().filter(|_| !first) {
            world.happen(1, refund("R-1", Refunded::Amount(*amount)));
        }
        world.happen(2, rest);
        prop_assert_eq!(world.statement.issued, 0);
        prop_assert_eq!(world.statement.closing(), 0);
        prop_assert!(world.wallet.cards.iter().all(|card| card.stamps == 0 && card.reached == 0));
        prop_assert!(world.wallet.vouchers.is_empty() && world.wallet.card_gifts.is_empty());
        prop_assert!(world.wallet.dated.is_empty());
        prop_assert_eq!(world.wallet.progress_since(Name::of("#spend"), i32::MIN), 0);
        prop_assert_eq!(world.wallet.progress_since(Name::of("#orders"), i32::MIN), 0);
    }

    /// An order that came back leaves no tier by balance behind, and nothing that such a tier gave: all
    /// ends as if it had never been bought.
    #[test]
    fn a_refund_undoes_what_an_order_did_to_tiers_by_balance(
        before in proptest::collection::vec(act(), 0..20),
        amount in 0..15_000_i64,
        after in proptest::collection::vec((0..6_u8, 0..8_000_i64, any::<bool>()), 0..20),
    ) {
        let mut acts: Vec<Act> = before.into_iter().map(|(_, act)| act).collect();
        let place = acts.len();
        acts.push(Act::Buy { order: 9, lines: vec![(false, amount)] });
        acts.extend(after.into_iter().map(|(order, amount, buys)| match buys {
            true => Act::Buy { order, lines: vec![(false, amount)] },
            false => Act::RefundAmount { order, amount: amount + 1 },
        }));
        let (bought, back) = (place, acts.len());
        acts.push(Act::RefundRest { order: 9 });
        // Gifts come a few days later where a tier is reached a few days later, and may be enough for the
        // next: so a few days pass, on each of which tiers are looked at.
        let nothing = |order| Act::Buy { order, lines: vec![(false, 0)] };
        acts.extend((10..16).map(nothing));
        let mut without = acts.clone();
        (without[bought], without[back]) = (nothing(8), nothing(7));
        prop_assert_eq!(standing_by_balance(&acts), standing_by_balance(&without));
    }

    /// Without upper limits, more money never earns less.
    #[test]
    fn more_money_never_earns_less(a in 0..100_000_i64, more in 0..10_000_i64) {
        let earned = |amount: i64| {
            let mut world = World::new(RULES.clone());
            for rule in &mut world.program.rules {
                rule.limits.clear();
            }
            world.happen(0, bought("R-1", &[("beans", amount, 1000)]));
            world.statement.issued
        };
        prop_assert!(earned(a + more) >= earned(a));
    }
}
