//! Notes and refusals in words, long and short.

use regulars_base::{Name, Timestamp};
use regulars_engine::outcome::{Miss, Note, Refusal};
use regulars_engine::program::compile::compile;
use regulars_engine::program::words::Language;
use regulars_engine::program::words::difference::difference;
use regulars_engine::program::words::{note, refusal, short};

const COFFEE: &str = include_str!("../../../../programs/coffee-shop.toml");
const FASHION: &str = include_str!("../../../../programs/fashion.toml");

#[test]
fn notes_are_sentences_and_stories_are_short() {
    let program = compile(COFFEE).0.expect("the example compiles");
    let beans = Name::of("beans");
    let gave = |rule, basis, before, given| Note::Gave {
        rule,
        points: beans,
        basis,
        before,
        given,
    };
    let missed = |rule, why| Note::Missed { rule, why };
    for (what, long, brief) in [
        (
            gave(0, 1240, 12, 12),
            "spend: 12.40 EUR gives 12 beans",
            Some("spend: +12 beans"),
        ),
        (
            gave(0, 100, 1, 1),
            "spend: 1.00 EUR gives 1 bean",
            Some("spend: +1 beans"),
        ),
        (
            gave(1, 0, 24, 5),
            "tuesday-beans: on top 24 beans, limit of 200 beans per member and month or 500000 beans per program reached: 5 beans",
            Some("tuesday-beans: +5 beans"),
        ),
        (
            missed(1, Miss::Condition),
            "tuesday-beans: not counted, its condition `weekday == \"tue\" && line.category == \"coffee-beans\"` does not hold",
            None,
        ),
        (
            missed(2, Miss::Limit(0)),
            "breakfast: not counted, its limit of once per member and day is used up",
            Some("breakfast: limit"),
        ),
        (
            Note::TookBack {
                rule: Name::of("spend"),
                points: beans,
                amount: 3,
            },
            "spend: 3 beans taken back for what was returned",
            Some("spend: -3 beans"),
        ),
        (
            Note::Paid {
                reward: Name::of("five-off"),
                points: beans,
                amount: 500,
            },
            "5 EUR off: paid with 500 beans",
            Some("five-off: paid 500 beans"),
        ),
        (
            Note::Stamped {
                card: 0,
                by: 1,
                stamps: 3,
            },
            "card tenth-coffee-free: +1 stamp, 3 of 10 now",
            Some("card tenth-coffee-free: +1 = 3"),
        ),
        (
            Note::Adjusted {
                points: beans,
                amount: -7,
            },
            "7 beans taken by hand",
            Some("adjusted: -7 beans"),
        ),
    ] {
        assert_eq!(note(&program, &what), long);
        assert_eq!(short(&program, &what).as_deref(), brief, "{long}");
    }
}

/// A card with all that a card may have.
const GYM: &str = r#"
program = { name = "Gym", currency = "EUR" }
points.beans = { name = { one = "bean", other = "beans" } }

[[card]]
id = "guest"
on = "visit"
milestone = [{ at = 2, gives = "cookie" }]
within = "30 days"
apart = "4 hours"
full = 5
gives = { beans = 100 }

[[reward]]
id = "cookie"
title = "A cookie"
"#;

#[test]
fn cards_say_why_they_gave_and_why_not() {
    let program = compile(GYM).0.expect("it compiles");
    let (card, reward, points) = (Name::of("guest"), Name::of("cookie"), Name::of("beans"));
    let not = |why| Note::NotStamped { card: 0, why };
    let lapsed = |by| Note::StampsLapsed {
        card,
        by,
        stamps: 3,
    };
    for (what, long, brief) in [
        (
            not(Miss::TooSoon(120)),
            "card guest: no stamp, the last stamp was 2 hours ago, stamps are 4 hours apart",
            "card guest: too soon",
        ),
        (
            not(Miss::TooSoon(0)),
            "card guest: no stamp, the last stamp was less than a minute ago, stamps are 4 hours apart",
            "card guest: too soon",
        ),
        (
            not(Miss::TooSoon(-61)),
            "card guest: no stamp, there is a stamp 1 hour 1 minute later already, stamps are 4 hours apart",
            "card guest: too soon",
        ),
        (
            not(Miss::TooLate),
            "card guest: no stamp, it is told too late to count",
            "card guest: too late",
        ),
        (
            Note::Milestone {
                card,
                stamps: 2,
                reward,
            },
            "card guest: 2 stamps give A cookie",
            "card guest: 2 -> cookie",
        ),
        (
            Note::CardGave {
                card,
                stamps: 5,
                points,
                amount: 100,
            },
            "card guest: 5 stamps give 100 beans",
            "card guest: 5 -> 100 beans",
        ),
        (
            lapsed(1),
            "card guest: 1 stamp is too old to count, 3 left",
            "card guest: lapsed 1 = 3",
        ),
        (
            lapsed(2),
            "card guest: 2 stamps are too old to count, 3 left",
            "card guest: lapsed 2 = 3",
        ),
        (
            Note::VoucherTakenBack { card, reward },
            "card guest: A cookie is taken back, as its stamps came back",
            "card guest: cookie taken back",
        ),
        (
            Note::TierRemoved { tier: card },
            "the tier that they were in is no more",
            "tier: no more",
        ),
        (
            Note::Redated {
                points,
                amount: 100,
                from: Timestamp::LAST,
                to: Timestamp::from_micros(1_740_000_000_000_000),
            },
            "100 beans lapse on 2025-02-19 instead of never",
            "new dates: 100 beans",
        ),
        (
            Note::TookBack {
                rule: card,
                points,
                amount: 100,
            },
            "guest: 100 beans taken back for what was returned",
            "guest: -100 beans",
        ),
    ] {
        assert_eq!(note(&program, &what), long);
        assert_eq!(short(&program, &what).as_deref(), Some(brief), "{long}");
    }
}

#[test]
fn a_card_is_summed_up_with_all_that_it_does() {
    let program = compile(GYM).0.expect("it compiles");
    let plain = GYM
        .replace("milestone = [{ at = 2, gives = \"cookie\" }]\n", "")
        .replace("within = \"30 days\"\napart = \"4 hours\"\n", "")
        .replace("{ beans = 100 }", "\"cookie\"");
    let plain = compile(&plain).0.expect("it compiles");
    assert_eq!(
        difference(&plain, &program, Language::En),
        [
            "card `guest`: gives 100 beans instead of `cookie`",
            "card `guest`: now with 2 stamps gives `cookie`",
            "card `guest`: now counts stamps of the last 30 days",
            "card `guest`: now has between two stamps 4 hours",
        ]
    );
}

#[test]
fn points_with_decimals_are_shown_with_them() {
    let program = compile(FASHION).0.expect("the example compiles");
    let points = Name::of("stars");
    for (amount, long) in [
        (15, "1.5 stars"),
        (10, "1 star"),
        (200, "20 stars"),
        (-5, "-0.5 stars"),
    ] {
        let said = note(&program, &Note::Released { points, amount });
        assert_eq!(said, format!("{long} became free"));
    }
    let few = Refusal::InsufficientPoints {
        points,
        available: 85,
        price: 1000,
    };
    assert_eq!(
        refusal(&program, &few),
        "it takes 100 stars, and 8.5 stars are available"
    );
}
