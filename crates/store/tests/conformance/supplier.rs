//! Codes of suppliers: numbered in the order in which they came, each once, whoever brings them in.

use crate::world::{open, shop};
use regulars_base::Name;
use regulars_store::BroughtCodes;
use regulars_testkit::{TestDb, at, on_both};

on_both! {
    codes_are_numbered_on_and_a_batch_stays_as_it_came,
    codes_are_shown_with_when_they_were_shown_before,
    two_lists_at_once_have_numbers_of_their_own,
}

fn codes(of: &str, count: usize) -> Vec<String> {
    (0..count).map(|no| format!("{of}-{no}")).collect()
}

fn brought(added: i64, of_batch: i64, missing: i64) -> BroughtCodes {
    BroughtCodes {
        added,
        of_batch,
        missing,
    }
}

fn codes_are_numbered_on_and_a_batch_stays_as_it_came(db: TestDb) {
    let mut store = open(&db);
    let cinema = Name::of("cinema");
    let mut bring = |batch: &str, codes: &[String]| {
        let of = (cinema, batch);
        store.bring_supplier_codes(shop(), of, codes).unwrap()
    };
    assert_eq!(bring("may", &codes("a", 3)), brought(3, 3, 0));
    // The same again, a part of it, and more under the same name.
    assert_eq!(bring("may", &codes("a", 3)), brought(0, 3, 0));
    assert_eq!(bring("may", &codes("a", 1)), brought(0, 3, 0));
    assert_eq!(bring("may", &codes("a", 5)), brought(0, 3, 2));
    // Of another batch only what is new is brought in; twice in one list is once.
    let mut mixed = codes("a", 5);
    mixed.push("a-4".into());
    assert_eq!(bring("june", &mixed), brought(2, 2, 0));
    assert_eq!(bring("july", &codes("a", 2)), brought(0, 0, 0));
    let now = at("2025-03-01T09:00:00Z");
    let all = store.show_supplier_codes(shop(), cinema, (0, 9), now);
    let all: Vec<String> = all.unwrap().into_iter().map(|own| own.code).collect();
    assert_eq!(all, codes("a", 5));
    // Another reward's codes are others.
    let other = (Name::of("train"), "may");
    let other = store.bring_supplier_codes(shop(), other, &codes("a", 2));
    assert_eq!(other.unwrap(), brought(2, 2, 0));
}

fn codes_are_shown_with_when_they_were_shown_before(db: TestDb) {
    let mut store = open(&db);
    let cinema = Name::of("cinema");
    let of = (cinema, "may");
    store
        .bring_supplier_codes(shop(), of, &codes("a", 4))
        .unwrap();
    let (first, second) = (at("2025-03-01T09:00:00Z"), at("2025-03-02T09:00:00Z"));
    let mut show = |numbers, now| {
        let shown = store.show_supplier_codes(shop(), cinema, numbers, now);
        let shown = shown.unwrap().into_iter();
        shown
            .map(|own| (own.code, own.shown_before))
            .collect::<Vec<_>>()
    };
    assert_eq!(show((1, 1), first), [("a-1".into(), None)]);
    let both = [("a-1".into(), Some(first)), ("a-2".into(), None)];
    assert_eq!(show((1, 2), second), both);
    let both = [("a-1".into(), Some(first)), ("a-2".into(), Some(second))];
    assert_eq!(show((1, 2), second), both);
    assert_eq!(show((4, 3), first), []);
}

fn two_lists_at_once_have_numbers_of_their_own(db: TestDb) {
    open(&db);
    let cinema = Name::of("cinema");
    std::thread::scope(|scope| {
        for list in ["a", "b", "c"] {
            let db = &db;
            scope.spawn(move || {
                let mut store = open(db);
                let of = (cinema, list);
                let came = store.bring_supplier_codes(shop(), of, &codes(list, 50));
                assert_eq!(came.unwrap(), brought(50, 50, 0));
            });
        }
    });
    let mut store = open(&db);
    let now = at("2025-03-01T09:00:00Z");
    let all = store.show_supplier_codes(shop(), cinema, (0, 1000), now);
    let mut all: Vec<String> = all.unwrap().into_iter().map(|own| own.code).collect();
    all.sort();
    let mut wanted: Vec<String> = ["a", "b", "c"]
        .iter()
        .flat_map(|own| codes(own, 50))
        .collect();
    wanted.sort();
    assert_eq!(all, wanted);
}
