//! Events: durable, once each, in order, and none in the way of another.

use crate::support::{CAFE, Shop, customer, key, moment, purchase, refund, visit, who};
use regulars_app::{Error, NOW, PageAsk};
use regulars_base::MemberId;
use regulars_engine::event::{Kind, Refunded, Who};
use regulars_engine::outcome::Verdict;
use regulars_testkit::TestDb;
use std::sync::mpsc::channel;

regulars_testkit::on_both! {
    a_purchase_gives_points_and_says_why,
    the_same_event_again_gets_the_earlier_receipt,
    a_key_is_never_used_for_two_things,
    the_same_key_twice_in_one_batch_counts_once,
    an_event_sees_what_the_one_before_it_left,
    a_bad_event_leaves_its_neighbours_alone,
    a_refund_may_come_before_its_purchase,
    a_refund_needs_no_member,
    what_is_held_counts_once_they_join,
    unknown_customers_are_refused_by_policy,
    points_lapse_by_themselves,
    many_threads_may_send,
    a_caller_that_panics_stops_nobody,
    a_preview_writes_nothing,
    an_event_without_a_time_is_the_same_when_it_is_sent_again,
    nothing_is_decided_without_a_program,
    what_was_taken_is_there_after_closing,
}

const MARCH: &str = "2025-03-01T08:00:00Z";

fn a_purchase_gives_points_and_says_why(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let receipt = shop.take(purchase("ana", "r-1", MARCH, 1240));
    assert_eq!(receipt.verdict, Verdict::Accepted);
    assert!(!receipt.duplicate);
    assert_eq!(receipt.points[0].change, 12);
    assert_eq!(shop.available("ana"), 12);
    let why = receipt.reasons().join("\n");
    assert!(why.contains("12 beans"), "{why}");
    let page = shop
        .app
        .explain(shop.tenant, &customer("ana"), &PageAsk::default())
        .expect("the member is known");
    assert_eq!(page.items.len(), 1);
    assert_eq!(page.items[0].reasons(), receipt.reasons());
    shop.verified();
}

fn the_same_event_again_gets_the_earlier_receipt(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let first = shop.take(purchase("ana", "r-1", MARCH, 1240));
    shop.set("2025-03-02T09:00:00Z");
    let second = shop.take(purchase("ana", "r-1", MARCH, 1240));
    assert!(second.duplicate);
    assert_eq!(second.recorded_at, first.recorded_at);
    assert_eq!(second.points, first.points);
    assert_eq!(second.reasons(), first.reasons());
    assert_eq!(shop.available("ana"), 12);
}

fn a_key_is_never_used_for_two_things(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.take(purchase("ana", "r-1", MARCH, 1240));
    let other = shop
        .app
        .ingest_one(shop.tenant, purchase("ana", "r-1", MARCH, 1250));
    let Err(error) = other else {
        panic!("the key was taken for another input")
    };
    assert!(matches!(&error, Error::KeyReused(used) if *used == key("r-1")));
    assert!(error.to_string().contains("r-1"), "{error}");
    assert_eq!(shop.available("ana"), 12);
}

fn the_same_key_twice_in_one_batch_counts_once(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let answers = shop.app.ingest(
        shop.tenant,
        vec![
            purchase("ana", "r-1", MARCH, 1000),
            purchase("ana", "r-1", MARCH, 1000),
            purchase("ana", "r-1", MARCH, 2000),
            purchase("ana", "r-2", MARCH, 100),
        ],
    );
    let told: Vec<_> = answers
        .iter()
        .map(|answer| answer.as_ref().map(|receipt| receipt.duplicate).ok())
        .collect();
    assert_eq!(told, [Some(false), Some(true), None, Some(false)]);
    assert_eq!(shop.available("ana"), 11);
}

fn an_event_sees_what_the_one_before_it_left(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let events = vec![
        purchase("ana", "r-1", MARCH, 15_000),
        purchase("ana", "r-2", MARCH, 5_000),
        refund(who("ana"), "b-1", "r-1", MARCH, Refunded::Rest),
        purchase("ana", "r-3", MARCH, 1_000),
    ];
    for answer in shop.app.ingest(shop.tenant, events) {
        let receipt = answer.expect("all are fine");
        assert_eq!(receipt.verdict, Verdict::Accepted);
    }
    assert_eq!(shop.available("ana"), 60);
    let balances = shop
        .app
        .balances(shop.tenant, &customer("ana"), None)
        .expect("she is known");
    // The rise was undone: what it was reached with came back.
    assert_eq!(balances.tier_id(), Some("friend"));
    shop.verified();
}

fn a_bad_event_leaves_its_neighbours_alone(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let nobody = Who::Member(MemberId::from_bytes([7; 16]));
    let mut of_nobody = visit("ana", "v-1", MARCH);
    of_nobody.who = nobody;
    let tomorrow = visit("ana", "v-2", "2025-03-05T09:00:00Z");
    let answers = shop.app.ingest(
        shop.tenant,
        vec![
            purchase("ana", "r-1", MARCH, 1000),
            of_nobody,
            tomorrow,
            purchase("bo", "r-2", MARCH, 2000),
        ],
    );
    assert!(matches!(
        answers[1],
        Err(Error::NotFound { what: "member", .. })
    ));
    let Err(Error::Invalid(faults)) = &answers[2] else {
        panic!("an event of next week was taken")
    };
    assert_eq!(faults[0].at, "/at");
    assert_eq!((shop.available("ana"), shop.available("bo")), (10, 20));
}

fn a_refund_may_come_before_its_purchase(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let back = Refunded::Amount(400);
    shop.take(refund(Who::OfOrder, "b-1", "r-1", MARCH, back));
    shop.take(purchase("ana", "r-1", MARCH, 1000));
    assert_eq!(shop.available("ana"), 6);
    shop.verified();
}

fn a_refund_needs_no_member(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let answers = shop.app.ingest(
        shop.tenant,
        vec![
            purchase("ana", "r-1", MARCH, 1000),
            refund(Who::OfOrder, "b-1", "r-1", MARCH, Refunded::Amount(300)),
            purchase("ana", "r-2", MARCH, 200),
        ],
    );
    let receipts: Vec<_> = answers.into_iter().map(|a| a.expect("is fine")).collect();
    assert_eq!(receipts[1].member, receipts[0].member);
    assert_eq!((receipts[1].seq, receipts[2].seq), (2, 3));
    assert_eq!(shop.available("ana"), 9);
    shop.take(refund(Who::OfOrder, "b-2", "r-1", MARCH, Refunded::Rest));
    assert_eq!(shop.available("ana"), 2);
}

fn what_is_held_counts_once_they_join(db: TestDb) {
    let hold = CAFE.replace(
        "timezone = \"Europe/Berlin\"",
        "timezone = \"Europe/Berlin\"\nunknown_customers = \"hold\"",
    );
    let shop = Shop::open(db, &hold);
    shop.take(purchase("ana", "r-1", MARCH, 1000));
    assert_eq!(shop.available("ana"), 0);
    let join = crate::support::event(who("ana"), "join", MARCH, Kind::Enrolment);
    let answers = shop
        .app
        .ingest(shop.tenant, vec![join, purchase("ana", "r-2", MARCH, 500)]);
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(shop.available("ana"), 15);
    let log = shop
        .app
        .explain(shop.tenant, &customer("ana"), &PageAsk::default())
        .expect("she is known");
    let orders: Vec<_> = log
        .items
        .iter()
        .rev()
        .map(|entry| entry.event.key.external_id.to_string())
        .collect();
    assert_eq!(orders, ["r-1", "join", "r-1#kept", "r-2"]);
    shop.verified();
}

fn unknown_customers_are_refused_by_policy(db: TestDb) {
    let refuse = CAFE.replace(
        "timezone = \"Europe/Berlin\"",
        "timezone = \"Europe/Berlin\"\nunknown_customers = \"refuse\"",
    );
    let shop = Shop::open(db, &refuse);
    let receipt = shop.take(purchase("ana", "r-1", MARCH, 1000));
    assert!(matches!(receipt.verdict, Verdict::Refused(_)));
    assert!(!receipt.reasons().is_empty());
    assert_eq!(shop.available("ana"), 0);
}

fn points_lapse_by_themselves(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.take(purchase("ana", "r-1", MARCH, 1000));
    shop.set("2026-06-01T00:00:00Z");
    assert_eq!(shop.available("ana"), 0, "a read answers as if it had run");
    let log = |shop: &Shop| {
        let ask = PageAsk::default();
        let page = shop.app.explain(shop.tenant, &customer("ana"), &ask);
        page.expect("she is known").items.len()
    };
    assert_eq!(log(&shop), 1);
    let ticks = shop.app.tick_due(moment("2026-06-01T00:00:00Z"));
    assert_eq!(ticks.expect("ticks are events"), 1);
    assert_eq!(log(&shop), 2);
    let again = shop.app.tick_due(moment("2026-06-01T00:00:00Z"));
    assert_eq!(again.expect("nothing is due"), 0);
    let past = shop
        .app
        .balances(
            shop.tenant,
            &customer("ana"),
            Some(moment("2025-04-01T00:00:00Z")),
        )
        .expect("she is known");
    assert_eq!(past.points[0].available, 10);
    assert_eq!(past.points[0].expiries.len(), 1);
    shop.verified();
}

fn many_threads_may_send(db: TestDb) {
    let shop = Shop::with(db, CAFE, |mut config| {
        config.lanes = 4;
        config
    });
    let (told, answers) = channel();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (shop, told) = (&shop, told.clone());
            scope.spawn(move || {
                for number in 0..50 {
                    let (name, order) = (format!("c{}", number % 7), format!("{thread}-{number}"));
                    let told = told.clone();
                    let incoming = purchase(&name, &order, MARCH, 100);
                    shop.app.submit(shop.tenant, incoming, move |answer| {
                        told.send(answer.is_ok()).expect("the test listens");
                    });
                }
            });
        }
    });
    drop(told);
    assert_eq!(answers.iter().filter(|fine| *fine).count(), 200);
    let sum: i64 = (0..7).map(|c| shop.available(&format!("c{c}"))).sum();
    assert_eq!(sum, 200);
    shop.verified();
}

fn a_caller_that_panics_stops_nobody(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.app
        .submit(shop.tenant, purchase("ana", "r-1", MARCH, 1000), |_| {
            panic!("this caller has a fault")
        });
    shop.take(purchase("ana", "r-2", MARCH, 1000));
    assert_eq!(shop.available("ana"), 20);
}

fn a_preview_writes_nothing(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let preview = |minor| {
        let preview = shop
            .app
            .preview(shop.tenant, purchase("ana", "r-1", MARCH, minor));
        preview.expect("it can be decided")
    };
    let before = preview(1240);
    assert_eq!(before.member, None);
    assert_eq!((before.points[0].change, before.available[0].1), (12, 12));
    shop.take(purchase("ana", "r-1", MARCH, 1000));
    let other = shop
        .app
        .preview(shop.tenant, purchase("ana", "r-2", MARCH, 500))
        .expect("it can be decided");
    assert!(other.member.is_some());
    assert_eq!(other.available[0].1, 15);
    assert_eq!(shop.available("ana"), 10);
    assert_eq!(shop.app.counts(shop.tenant).expect("counts").events, 1);
}

fn an_event_without_a_time_is_the_same_when_it_is_sent_again(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let mut incoming = purchase("ana", "r-1", MARCH, 1000);
    incoming.event.occurred_at = NOW;
    let first = shop.take(incoming.clone());
    assert_eq!(first.occurred_at, moment("2025-03-01T09:00:00Z"));
    shop.set("2025-03-01T09:05:00Z");
    let second = shop.take(incoming);
    assert!(second.duplicate);
    assert_eq!(second.occurred_at, first.occurred_at);
}

fn nothing_is_decided_without_a_program(db: TestDb) {
    let (app, _) = crate::support::app(&db, |config| config);
    let tenant = app.create_tenant("empty").expect("the name is new").id;
    let answer = app.ingest_one(tenant, purchase("ana", "r-1", MARCH, 1000));
    assert!(matches!(answer, Err(Error::NoProgram)));
}

fn what_was_taken_is_there_after_closing(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.take(purchase("ana", "r-1", MARCH, 1000));
    shop.app.close();
    let after = shop
        .app
        .ingest_one(shop.tenant, purchase("ana", "r-2", MARCH, 1000));
    assert!(matches!(after, Err(Error::Unavailable(_))));
    let (app, _) = crate::support::app(&shop.db, |config| config);
    let balances = app.balances(shop.tenant, &customer("ana"), None);
    assert_eq!(balances.expect("she is known").points[0].available, 10);
}
