//! What platforms told: noted once, decided, kept within bounds, forgotten.

use crate::world::{open, shop};
use regulars_base::Timestamp;
use regulars_store::{DeliveryAsk, DeliveryBounds, DeliveryRow, Noted, Store};
use regulars_testkit::{TestDb, on_both};

on_both! {
    what_comes_again_is_counted_and_not_new,
    what_is_decided_is_moved_and_listed,
    what_is_undecided_is_bounded_and_what_is_old_forgotten,
}

const OWN: &str = "con_1";

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn row(delivery: &str, second: i64) -> DeliveryRow {
    DeliveryRow {
        delivery: delivery.into(),
        topic: "orders/paid".into(),
        state: "waiting".into(),
        came_at: at(second),
        times: 1,
        said: String::new(),
        body: Some("{\"id\": \"ü\"}".into()),
    }
}

fn note(store: &mut dyn Store, delivery: &str, second: i64) -> Noted {
    let bounds = DeliveryBounds {
        before: at(second - 100),
        bodies_most: 3,
    };
    let new = row(delivery, second);
    store.note_delivery(shop(), OWN, &new, bounds).unwrap()
}

fn decide(store: &mut dyn Store, delivery: &str, state: &str) -> bool {
    let now = DeliveryRow {
        state: state.into(),
        said: "so it is".into(),
        body: None,
        ..row(delivery, 0)
    };
    store.move_delivery(shop(), OWN, &now).unwrap()
}

fn listed(store: &mut dyn Store, ask: &DeliveryAsk, limit: usize) -> Vec<(String, u64)> {
    let rows = store.deliveries(shop(), OWN, ask, limit).unwrap();
    rows.into_iter()
        .map(|row| (row.delivery, row.times))
        .collect()
}

fn what_comes_again_is_counted_and_not_new(db: TestDb) {
    let mut store = open(&db);
    assert_eq!(note(&mut *store, "a", 200), Noted::New);
    assert_eq!(note(&mut *store, "a", 201), Noted::Earlier(row("a", 200)));
    let again = DeliveryRow {
        times: 2,
        ..row("a", 201)
    };
    assert_eq!(store.delivery(shop(), OWN, "a").unwrap(), Some(again));
    assert_eq!(store.delivery(shop(), "con_2", "a").unwrap(), None);
    store.forget_deliveries(shop(), OWN).unwrap();
    assert_eq!(store.delivery(shop(), OWN, "a").unwrap(), None);
}

fn what_is_decided_is_moved_and_listed(db: TestDb) {
    let mut store = open(&db);
    for (delivery, second) in [("a", 200), ("c", 201), ("b", 201)] {
        note(&mut *store, delivery, second);
    }
    assert!(decide(&mut *store, "b", "taken"));
    assert!(!decide(&mut *store, "nothing", "taken"));
    // When it came and how often stays.
    let moved = DeliveryRow {
        state: "taken".into(),
        said: "so it is".into(),
        body: None,
        ..row("b", 201)
    };
    assert_eq!(store.delivery(shop(), OWN, "b").unwrap(), Some(moved));
    let all = DeliveryAsk::default();
    let one = |name: &str| (name.to_owned(), 1);
    assert_eq!(listed(&mut *store, &all, 9), [one("c"), one("b"), one("a")]);
    assert_eq!(listed(&mut *store, &all, 1), [one("c")]);
    let after = DeliveryAsk {
        after: Some((at(201), "c".into())),
        ..DeliveryAsk::default()
    };
    assert_eq!(listed(&mut *store, &after, 9), [one("b"), one("a")]);
    let waiting = DeliveryAsk {
        state: Some("waiting".into()),
        ..DeliveryAsk::default()
    };
    assert_eq!(listed(&mut *store, &waiting, 9), [one("c"), one("a")]);
    assert_eq!(store.deliveries_in(shop(), OWN, "waiting").unwrap(), 2);
    assert_eq!(store.deliveries_in(shop(), OWN, "failed").unwrap(), 0);
    // What only counts is in no list.
    note(&mut *store, "", 202);
    assert_eq!(listed(&mut *store, &all, 9).len(), 3);
}

fn what_is_undecided_is_bounded_and_what_is_old_forgotten(db: TestDb) {
    let mut store = open(&db);
    for delivery in ["a", "b", "c"] {
        assert_eq!(note(&mut *store, delivery, 200), Noted::New);
    }
    assert_eq!(note(&mut *store, "d", 200), Noted::Full);
    // What is there already may come again.
    assert_eq!(note(&mut *store, "a", 200), Noted::Earlier(row("a", 200)));
    decide(&mut *store, "b", "taken");
    assert_eq!(note(&mut *store, "d", 250), Noted::New);
    assert_eq!(note(&mut *store, "e", 301), Noted::New);
    let all = DeliveryAsk::default();
    let left = listed(&mut *store, &all, 9);
    assert_eq!(left, [("e".to_owned(), 1), ("d".to_owned(), 1)]);
}
