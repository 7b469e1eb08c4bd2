//! Segments: the database asks all members at once and memory asks each as events arrive; both answer
//! alike, on random members and histories.

use crate::support::{CAFE, Shop, customer, event, moment, purchase, refund, text, visit, who};
use regulars_app::engage::Said;
use regulars_app::{Error, MoveCause, PageAsk, SegmentDraft};
use regulars_base::{MemberId, Timestamp};
use regulars_engine::event::{
    Incoming, Kind, LineParts, MergeOut, Purchase, PurchaseParts, Refunded, Who,
};
use regulars_testkit::TestDb;
use std::collections::BTreeMap;
use std::time::Duration;

regulars_testkit::on_both! {
    the_database_and_memory_put_the_same_members_into_random_segments,
    days_alone_move_members_and_events_are_named,
    what_is_counted_is_what_was_done,
    a_wrong_condition_says_where_and_what_to_do,
    a_segment_that_is_changed_or_goes_away_lets_members_go,
    somebody_who_is_merged_brings_their_orders_along,
}

const DAY: i64 = 86_400_000_000;

/// Numbers that look random, the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[usize::try_from(self.roll(list.len() as u64)).unwrap_or(0)]
    }
}

/// A condition out of everything that one may ask.
fn condition(dice: &mut Dice, depth: u32) -> String {
    if depth > 0 && dice.roll(2) == 0 {
        let (left, right) = (condition(dice, depth - 1), condition(dice, depth - 1));
        return match dice.roll(4) {
            0 => format!("({left} && {right})"),
            1 => format!("({left} || {right})"),
            2 => format!("!({left})"),
            _ => format!("(({left}) == ({right}))"),
        };
    }
    let window = dice.of(&["7", "30", "90", "180", "365"]);
    let sign = dice.of(&["<", "<=", ">", ">=", "==", "!="]);
    let number = dice.roll(6);
    match dice.roll(19) {
        0 => format!("orders({window}) {sign} {number}"),
        1 => format!("spend({window}) {sign} {}", number * 20),
        2 => format!("days_since_order {sign} {}", number * 25),
        3 => format!("days_as_member {sign} {}", number * 60),
        4 => format!("orders_ever {sign} {number}"),
        5 => format!("spend_ever {sign} {}.50", number * 30),
        6 => format!("items(\"coffee\", {window}) {sign} {number}"),
        7 => format!("activities(\"visit\", {window}) {sign} {number}"),
        8 => format!("balance(\"beans\") {sign} {}", number * 25),
        9 => format!("member.tier {} \"regular\"", dice.of(&["==", "!="])),
        10 => format!("score(\"churn\") {sign} {}", number * 20),
        11 => format!("orders({window}) + activities(\"visit\", 30) - 1 {sign} orders_ever"),
        12 => format!("days_since_order + {number} {sign} days_since_first_order"),
        13 => format!("first_order {sign} \"2025-0{}-15\"", number + 3),
        14 => format!(
            "member.tier.{}",
            dice.of(&["startsWith(\"re\")", "endsWith(\"nd\")", "contains(\"i\")"])
        ),
        15 => format!("orders(365) in [{number}, {}]", number + 2),
        16 => format!(
            "score(\"value\") + score(\"orders\") {sign} {}",
            number * 25
        ),
        17 => format!("score(\"orders\") {sign} score(\"advocate\") - {number}"),
        _ => format!(
            "label(\"rfm\") {}",
            dice.of(&["== \"sleeping\"", "!= \"new\"", "in [\"new\", \"loyal\"]"])
        ),
    }
}

fn draft(condition: &str) -> SegmentDraft {
    SegmentDraft {
        name: "A segment".into(),
        condition: condition.to_owned(),
    }
}

fn follow(shop: &Shop) {
    let done = shop
        .app
        .follow_segments(shop.tenant, Duration::from_secs(600));
    assert!(done.expect("it follows"));
}

fn members(shop: &Shop, id: &str) -> Vec<MemberId> {
    let page = PageAsk {
        after: None,
        limit: 1000,
    };
    let page = shop
        .app
        .segment_members(shop.tenant, id, &page)
        .expect("is there");
    page.items.into_iter().map(|it| it.member).collect()
}

fn bought(name: &str, order: &str, at: Timestamp, minor: i64, category: &str) -> Incoming {
    let line = LineParts {
        id: text("1"),
        sku: text("sku"),
        category: text(category),
        brand: text(""),
        quantity: 2000,
        amount: minor,
        discount: 0,
        tax: 0,
    };
    let parts = PurchaseParts {
        codes: Vec::new(),
        order: text(order),
        currency: "1 EUR"
            .parse::<regulars_base::Money>()
            .expect("is money")
            .currency,
        total: Some(minor),
        delivery: 0,
        discount: 0,
        lines: vec![line],
        payments: Vec::new(),
        channel: text(""),
        store: text(""),
        staff: text(""),
    };
    let purchase = Purchase::new(parts).expect("adds up");
    event(
        who(name),
        order,
        &at.to_string(),
        Kind::Purchase(Box::new(purchase)),
    )
}

/// Makes so many random segments, those that are neither of all nor of none.
fn make(shop: &Shop, dice: &mut Dice, count: usize) -> Vec<(String, String)> {
    let mut made = Vec::new();
    while made.len() < count {
        let (id, condition) = (format!("s{}", made.len()), condition(dice, 3));
        match shop.app.make_segment(shop.tenant, &id, &draft(&condition)) {
            Ok(_) => made.push((id, condition)),
            Err(Error::InvalidCondition(found)) => {
                assert!(
                    found[0].message.contains("whatever they do"),
                    "{condition}: {found:?}"
                );
            }
            Err(other) => panic!("{condition}: {other}"),
        }
    }
    made
}

fn the_database_and_memory_put_the_same_members_into_random_segments(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let mut dice = Dice(7);
    let made = make(&shop, &mut dice, 30);
    let (mut now, mut in_some) = (moment("2025-03-01T09:00:00Z"), 0);
    let mut orders: Vec<(String, String)> = Vec::new();
    for step in 0..90 {
        now = now.plus_micros(i64::try_from(dice.roll(16)).expect("is small") * DAY / 2);
        shop.set_to(now);
        let name = format!("m{}", dice.roll(9));
        let order = format!("o{step}");
        match dice.roll(8) {
            0 => drop(shop.take(visit(&name, &order, &now.to_string()))),
            1 if !orders.is_empty() => {
                let (name, known) = orders.remove(0);
                let back = refund(
                    who(&name),
                    &order,
                    &known,
                    &now.to_string(),
                    Refunded::Amount(500),
                );
                drop(shop.take(back));
            }
            2 => scored(&shop, &name, &mut dice),
            _ => {
                let category = dice.of(&["coffee", "tea"]);
                let minor = i64::try_from(dice.roll(90)).expect("is small") * 100 + 700;
                // Some are told late.
                let at = now.plus_micros(-DAY * i64::try_from(dice.roll(3)).expect("is small"));
                shop.take(bought(&name, &order, at, minor, category));
                orders.push((name, order));
            }
        }
        if step % 9 == 8 {
            in_some += compare(&shop, &made);
        } else if step % 2 == 0 {
            follow(&shop);
        }
    }
    assert!(in_some > 60, "only {in_some} looks told members apart");
    shop.verified();
}

/// A model says something of somebody, or nothing any more.
fn scored(shop: &Shop, name: &str, dice: &mut Dice) {
    let Ok(member) = shop.app.member(shop.tenant, &customer(name)) else {
        return;
    };
    let mut said = Said::default();
    for score in ["churn", "value", "orders"] {
        if dice.roll(3) > 0 {
            let says = i64::try_from(dice.roll(1000)).expect("is small");
            said.scores.insert(score.to_owned(), says * 100);
        }
    }
    if dice.roll(3) > 0 {
        let says = dice.of(&["new", "loyal", "champions"]);
        said.labels.insert("rfm".to_owned(), says.to_owned());
    }
    let all = BTreeMap::from([(member.id, said)]);
    shop.app.keep_scores(shop.tenant, &all).expect("is kept");
}

/// Holds each segment to what the database says at once; how many tell members apart.
fn compare(shop: &Shop, made: &[(String, String)]) -> usize {
    follow(shop);
    let mut in_some = 0;
    for (id, condition) in made {
        let by_event = members(shop, id);
        let at_once = shop
            .app
            .preview_segment(shop.tenant, condition, 100)
            .expect("is right");
        assert_eq!(by_event, at_once.sample, "{}: {condition}", shop.app.now());
        assert_eq!(
            usize::try_from(at_once.members),
            Ok(by_event.len()),
            "{condition}"
        );
        let of = usize::try_from(at_once.of).expect("is small");
        in_some += usize::from(!by_event.is_empty() && by_event.len() < of);
    }
    in_some
}

fn days_alone_move_members_and_events_are_named(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.app
        .make_segment(shop.tenant, "away", &draft("days_since_order > 90"))
        .expect("is made");
    shop.take(purchase("ana", "r-1", "2025-03-01T09:00:00Z", 12_40));
    follow(&shop);
    assert!(members(&shop, "away").is_empty());
    // The 90th day after it, and the 91st.
    shop.set("2025-05-30T09:00:00Z");
    follow(&shop);
    assert!(members(&shop, "away").is_empty());
    shop.set("2025-05-31T09:00:00Z");
    follow(&shop);
    assert_eq!(members(&shop, "away").len(), 1);
    shop.take(purchase("ana", "r-2", "2025-05-31T10:00:00Z", 1_00));
    follow(&shop);
    let moves = shop
        .app
        .segment_moves(shop.tenant, "away", &PageAsk::default())
        .expect("a page");
    let told: Vec<_> = moves
        .items
        .iter()
        .map(|it| (it.entered, it.event.clone()))
        .collect();
    let by_event = Some(("till".to_owned(), "r-2".to_owned()));
    assert_eq!(told, [(true, None), (false, by_event)]);
    assert_eq!(moves.items[0].cause, MoveCause::Day);
    let growth = shop
        .app
        .segment_growth(shop.tenant, "away", 3)
        .expect("grows");
    let told: Vec<_> = growth
        .iter()
        .map(|it| (it.entered, it.left, it.members))
        .collect();
    assert_eq!(told, [(0, 0, 0), (0, 0, 0), (1, 1, 0)]);
    // One that is made later has its days looked at too.
    shop.app
        .make_segment(shop.tenant, "cold", &draft("days_since_order >= 10"))
        .expect("is made");
    shop.set("2025-06-10T09:00:00Z");
    follow(&shop);
    assert_eq!(members(&shop, "cold").len(), 1);
}

fn what_is_counted_is_what_was_done(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.take(bought(
        "ana",
        "r-1",
        moment("2025-01-01T09:00:00Z"),
        10_00,
        "tea",
    ));
    shop.take(bought(
        "ana",
        "r-2",
        moment("2025-02-20T09:00:00Z"),
        20_00,
        "coffee",
    ));
    shop.take(refund(
        who("ana"),
        "b-1",
        "r-2",
        "2025-02-21T09:00:00Z",
        Refunded::Amount(5_00),
    ));
    shop.take(visit("ana", "v-1", "2025-02-27T09:00:00Z"));
    let holds = |condition: &str| {
        let found = shop.app.preview_segment(shop.tenant, condition, 10);
        let found = found.unwrap_or_else(|error| panic!("{condition}: {error}"));
        assert!(found.complete);
        found.members == 1
    };
    for condition in [
        "orders_ever == 2",
        "spend_ever == 25.00",
        "orders(30) == 1 && orders(90) == 2",
        "spend(30) == 15",
        "items(\"coffee\", 30) == 2 && items(\"tea\", 30) == 0",
        "activities(\"visit\", 7) == 1",
        "first_order == \"2025-01-01\" && days_since_order == 9",
        "member.tier == \"friend\"",
        "balance(\"beans\") == 25",
        "!(label(\"rfm\") == \"loyal\") || orders_ever == 2",
    ] {
        assert!(holds(condition), "{condition}");
    }
    // What is unknown is neither so nor not so.
    for condition in [
        "score(\"churn\") >= 0",
        "score(\"churn\") != 1",
        "!(score(\"churn\") > 1)",
    ] {
        assert!(!holds(condition), "{condition}");
    }
}

fn a_wrong_condition_says_where_and_what_to_do(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    for (condition, column, message) in [
        ("orders_evr > 1", 1, "unknown name `orders_evr`"),
        ("orders_ever > \"many\"", 13, "is not a whole number"),
        (
            "orders_ever > 0 && orders(45) > 1",
            27,
            "no window of 45 days",
        ),
        ("order.total > 5", 1, "`order.total` is not known here"),
        ("member.years > 1", 1, "`member.years` is not known here"),
        ("member.tier == \"gold\"", 13, "no tier `gold`"),
        ("balance(\"stars\") > 1", 9, "declares no points `stars`"),
        (
            "activities(\"dance\", 30) > 1",
            12,
            "declares no activity `dance`",
        ),
        ("orders(30) > 3 && orders(30) < 2", 1, "holds of no member"),
        ("orders_ever >= 0", 1, "holds of every member"),
        ("orders_ever * 2 > 3", 1, "do not multiply"),
        ("spend_ever > 99999999999999", 1, "too large"),
        ("weekday == \"mon\"", 1, "`weekday` is not known here"),
        ("orders(30)", 1, "not something that holds"),
        ("", 1, "is empty"),
    ] {
        let wrong = shop.app.preview_segment(shop.tenant, condition, 10);
        let Err(Error::InvalidCondition(found)) = wrong else {
            panic!("{condition}: {wrong:?}")
        };
        let first = &found[0];
        assert!(first.message.contains(message), "{condition}: {first:?}");
        assert_eq!(first.line, 1, "{condition}");
        assert!(first.hint.is_some(), "{condition}");
        assert_eq!(first.column, column, "{condition}: {first:?}");
    }
    let two = shop
        .app
        .preview_segment(shop.tenant, "orders_ever > 1 &&\n  speed > 3", 10);
    let Err(Error::InvalidCondition(found)) = two else {
        panic!("{two:?}")
    };
    assert_eq!((found[0].line, found[0].column), (2, 3));
}

fn a_segment_that_is_changed_or_goes_away_lets_members_go(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.take(purchase("ana", "r-1", "2025-02-20T09:00:00Z", 12_40));
    shop.take(purchase("bo", "r-2", "2025-02-20T09:00:00Z", 99_00));
    let make = |id: &str| {
        shop.app
            .make_segment(shop.tenant, id, &draft("orders_ever == 1"))
    };
    let made = make("once").expect("is made");
    assert_eq!((made.members, made.version), (2, 1));
    assert!(matches!(make("once"), Err(Error::Exists { .. })));
    assert!(matches!(make("Once!"), Err(Error::Invalid(_))));
    let change = |seen| {
        let to = draft("orders_ever == 1 && spend_ever > 50");
        shop.app.change_segment(shop.tenant, ("once", seen), &to)
    };
    assert_eq!(change(1).expect("is changed").members, 1);
    assert!(matches!(change(1), Err(Error::Invalid(_))));
    assert!(matches!(
        shop.app
            .change_segment(shop.tenant, ("other", 1), &draft("orders_ever > 1")),
        Err(Error::NotFound { .. })
    ));
    shop.app.delete_segment(shop.tenant, "once").expect("goes");
    assert!(matches!(
        shop.app.segment(shop.tenant, "once"),
        Err(Error::NotFound { .. })
    ));
    assert_eq!(make("once").expect("is made anew").members, 2);
}

fn somebody_who_is_merged_brings_their_orders_along(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.app
        .make_segment(shop.tenant, "twice", &draft("orders_ever == 2"))
        .expect("is made");
    shop.take(purchase("ana", "r-1", "2025-02-20T09:00:00Z", 12_40));
    shop.take(purchase("bo", "r-2", "2025-02-20T09:00:00Z", 99_00));
    follow(&shop);
    assert!(members(&shop, "twice").is_empty());
    let id = |name| {
        shop.app
            .member(shop.tenant, &customer(name))
            .expect("is there")
            .id
    };
    let (from, into) = (id("ana"), id("bo"));
    let merge = Kind::MergeOut(MergeOut { from, into });
    shop.take(event(
        Who::Member(from),
        "merge",
        "2025-03-01T09:00:00Z",
        merge,
    ));
    follow(&shop);
    assert_eq!(members(&shop, "twice"), [into]);
}
