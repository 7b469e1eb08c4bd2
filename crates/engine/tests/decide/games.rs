//! Games: what chance comes to, and what holds of challenges whatever happens.

use crate::world::{World, bought, program, refund, text};
use proptest::prelude::*;
use regulars_engine::event::{Kind, Play, Refunded};
use regulars_engine::outcome::{GameNote, Note};

const WHEEL: &str = r#"
[program]
name = "Wheel"
currency = "EUR"

[points.beans]

[[game]]
id = "wheel"
price = { beans = 1 }
prize = [
  { id = "big", odds = "1 in 50", gives = { beans = 100 } },
  { id = "middle", odds = "3 in 20", gives = { beans = 10 } },
  { id = "small", odds = "1 in 3", gives = { beans = 1 } },
]
"#;

/// Over many plays each prize comes as often as its odds say: chi-square with three degrees of
/// freedom, of which 16.3 is passed by chance once in a thousand. The plays are the same each time.
#[test]
fn prizes_come_as_often_as_their_odds_say() {
    let program = program(WHEEL);
    let game = &program.games.games[0];
    assert_eq!(game.whole, 300);
    let expected = [6_000_i64, 45_000, 100_000, 149_000];
    let mut seen = [0_i64; 4];
    let mut state = 7_u64;
    for _ in 0..300_000 {
        let mut word = || {
            // SplitMix64.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        let entropy = (u128::from(word()) << 64) | u128::from(word());
        let roll = game.roll(entropy.to_be_bytes());
        seen[game.prize_at(roll).unwrap_or(3)] += 1;
    }
    let sum: i64 = seen
        .iter()
        .zip(expected)
        .map(|(seen, hoped)| (seen - hoped) * (seen - hoped) * 1000 / hoped)
        .sum();
    assert!(sum < 16_300, "{seen:?}, {sum}");
}

#[test]
fn a_play_says_its_number_and_what_it_came_to() {
    let program = program(WHEEL);
    let mut world = World::new(program);
    world.happen(0, Kind::Enrolment);
    world.happen(0, adjustment(10));
    let play = Kind::Play(Play {
        game: text("wheel"),
        nonce: text(""),
    });
    let outcome = world.happen(1, play);
    let played = outcome.trace.iter().find_map(|note| match note {
        Note::Games(note) => match &**note {
            GameNote::Played {
                roll, whole, given, ..
            } => Some((*roll, *whole, *given)),
            _ => None,
        },
        _ => None,
    });
    let (roll, whole, given) = played.expect("it says so");
    let game = &world.program.games.games[0];
    let prize = game.prize_at(roll).map(|place| game.prizes[place].name);
    assert_eq!((whole, given), (300, prize));
}

fn adjustment(amount: i64) -> Kind {
    Kind::Adjustment(regulars_engine::event::Adjustment {
        points: text("beans"),
        amount,
        reason: text("a test"),
        by: text("tests"),
    })
}

const CHALLENGES: &str = r#"
[program]
name = "Challenges"
currency = "EUR"

[points.beans]

[[challenge]]
id = "three"
repeat = true
step = [{ count = 3 }]
gives = { beans = 10 }

[[challenge]]
id = "money"
step = [{ each = "5 EUR", count = 20 }]
gives = { beans = 7 }

[[draw]]
id = "summer"
closes = "2035-01-01"
earn = [{ each = "1 EUR" }]
gives = { beans = 1 }

[refund]
window = "10 years"
"#;

proptest! {
    /// Whatever came back in whatever order: what challenges gave is what the orders that are left
    /// are worth, and once all came back nothing is left.
    #[test]
    fn challenges_give_what_the_orders_that_stay_are_worth(
        orders in proptest::collection::vec((1..9_000_i64, any::<bool>()), 1..12),
    ) {
        let mut world = World::new(program(CHALLENGES));
        world.happen(0, Kind::Enrolment);
        for (number, (amount, _)) in orders.iter().enumerate() {
            world.happen(1, bought(&format!("R-{number}"), &[("beans", *amount, 1000)]));
        }
        for (number, _) in orders.iter().enumerate().filter(|(_, (_, back))| *back) {
            world.happen(2, refund(&format!("R-{number}"), Refunded::Rest));
        }
        let kept = || orders.iter().filter(|(_, back)| !back).map(|(amount, _)| *amount);
        let orders_kept = i64::try_from(kept().count()).expect("few");
        let money = kept().map(|amount| amount / 500).sum::<i64>();
        let worth = orders_kept / 3 * 10 + (money / 20).min(1) * 7;
        prop_assert_eq!(world.statement.closing(), worth);
        let tickets = world.wallet.games.as_ref().map_or(0, |games| {
            games.score(regulars_base::Name::of("draw summer"), 0)
        });
        prop_assert_eq!(tickets, kept().map(|amount| amount / 100).sum::<i64>());
    }
}
