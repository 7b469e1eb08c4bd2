//! How far endpoints were told: claimed by one at a time, moved by whoever holds it.

use crate::world::{accepted, ingest, open, shop};
use regulars_base::{Timestamp, WalletId};
use regulars_store::{Store, WebhookAgain, WebhookLetter, WebhookMoves, WebhookStream};
use regulars_testkit::{Story, TestDb, on_both};

on_both! {
    seals_name_wallets_in_their_order,
    what_is_known_is_noted_once_and_grows,
    a_stream_is_one_callers_until_its_time_is_over,
    what_failed_is_kept_and_told_again,
}

const URL: &str = "whk_1";

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn wallet(n: u8) -> WalletId {
    WalletId::from_bytes([n; 16])
}

fn begun(db: &TestDb) -> Box<dyn Store> {
    let mut store = open(db);
    store.begin_webhook(shop(), URL, 0).unwrap();
    store
}

fn note(store: &mut dyn Store, seals: (i64, i64), heads: &[(WalletId, u64)]) -> bool {
    store
        .note_webhook_work(shop(), (URL, at(10)), seals, heads)
        .unwrap()
}

fn claim(store: &mut dyn Store, now: i64, until: i64) -> Vec<WebhookStream> {
    let times = (at(now), at(until));
    store.claim_webhook_streams(shop(), URL, times, 9).unwrap()
}

fn seals_name_wallets_in_their_order(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    for customer in [1, 2, 1] {
        let event = story.purchase(Story::customer(customer), &format!("o-{customer}"), 40_00);
        let came = ingest(&mut *store, &[event]).unwrap();
        assert!(came.iter().all(accepted) || customer == 1, "{came:?}");
        store.seal(shop(), at(customer.cast_signed())).unwrap();
    }
    let seals = store.sealed(shop(), 0, 99).unwrap();
    let numbers: Vec<i64> = seals.iter().map(|seal| seal.no).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(seals[0].heads[0].0, seals[2].heads[0].0);
    assert!(seals[0].heads[0].1 < seals[2].heads[0].1);
    assert_eq!(store.sealed(shop(), 2, 99).unwrap(), seals[2..]);
    assert_eq!(store.sealed(shop(), 0, 1).unwrap(), seals[..1]);
}

fn what_is_known_is_noted_once_and_grows(db: TestDb) {
    let mut store = begun(&db);
    assert!(note(&mut *store, (0, 3), &[(wallet(1), 5), (wallet(2), 1)]));
    // Another server, with what it read before.
    assert!(!note(&mut *store, (0, 3), &[(wallet(1), 9)]));
    assert!(note(&mut *store, (3, 4), &[(wallet(1), 7)]));
    let held = claim(&mut *store, 10, 20);
    let known: Vec<_> = held
        .iter()
        .map(|own| (own.wallet, own.told, own.known))
        .collect();
    assert_eq!(known, [(wallet(1), None, 7), (wallet(2), None, 1)]);
    let health = store.webhook(shop(), URL).unwrap().unwrap();
    assert_eq!((health.sealed, health.waiting, health.given_up), (4, 2, 0));
    store.end_webhook(shop(), URL).unwrap();
    assert_eq!(store.webhook(shop(), URL).unwrap(), None);
    assert_eq!(claim(&mut *store, 99, 100), []);
}

fn a_stream_is_one_callers_until_its_time_is_over(db: TestDb) {
    let mut store = begun(&db);
    note(&mut *store, (0, 1), &[(wallet(1), 5)]);
    assert_eq!(claim(&mut *store, 9, 20), []);
    let first = claim(&mut *store, 10, 20).remove(0);
    assert_eq!(claim(&mut *store, 19, 30), []);
    let second = claim(&mut *store, 20, 30).remove(0);
    let moved = |own: &WebhookStream, told| WebhookMoves {
        at: at(21),
        taken: 5,
        streams: vec![(
            own.next_at,
            WebhookStream {
                told: Some(told),
                next_at: at(21),
                ..own.clone()
            },
        )],
        ..WebhookMoves::default()
    };
    // Whoever held it before comes too late.
    store.move_webhook(shop(), URL, &moved(&first, 2)).unwrap();
    assert_eq!(claim(&mut *store, 29, 40), []);
    store.move_webhook(shop(), URL, &moved(&second, 4)).unwrap();
    let third = claim(&mut *store, 29, 40).remove(0);
    assert_eq!((third.told, third.known), (Some(4), 5));
    store.move_webhook(shop(), URL, &moved(&third, 5)).unwrap();
    assert_eq!(claim(&mut *store, 99, 100), []);
    // There is more to tell.
    note(&mut *store, (1, 2), &[(wallet(1), 6)]);
    let fourth = claim(&mut *store, 99, 100).remove(0);
    assert_eq!((fourth.told, fourth.known), (Some(5), 6));
    assert_eq!(store.webhook(shop(), URL).unwrap().unwrap().taken, 15);
}

fn what_failed_is_kept_and_told_again(db: TestDb) {
    let mut store = begun(&db);
    note(&mut *store, (0, 1), &[(wallet(1), 5)]);
    let own = claim(&mut *store, 10, 20).remove(0);
    let given_up = WebhookLetter {
        wallet: wallet(1),
        seq: 3,
        failures: 9,
        since: Some(at(1)),
        failure: "status 500".into(),
        next_at: None,
    };
    let moves = WebhookMoves {
        at: at(11),
        failures: 2,
        failure: "status 500".into(),
        next_at: at(12),
        streams: vec![(
            own.next_at,
            WebhookStream {
                told: Some(3),
                failures: 2,
                since: Some(at(11)),
                failure: "no answer in time".into(),
                next_at: at(50),
                ..own
            },
        )],
        added: vec![given_up.clone()],
        ..WebhookMoves::default()
    };
    store.move_webhook(shop(), URL, &moves).unwrap();
    let health = store.webhook(shop(), URL).unwrap().unwrap();
    assert_eq!((health.failures, health.failing_since), (2, Some(at(11))));
    assert_eq!((health.next_at, &*health.failure), (at(12), "status 500"));
    assert_eq!((health.waiting, health.given_up), (1, 1));
    let (failing, letters) = store.webhook_troubles(shop(), URL, 9).unwrap();
    assert_eq!((failing[0].failures, failing[0].next_at), (2, at(50)));
    assert_eq!(letters, [given_up]);
    let again =
        |store: &mut dyn Store, which| store.tell_again(shop(), (URL, at(13)), which).unwrap();
    assert_eq!(again(&mut *store, WebhookAgain::GivenUp), 1);
    assert_eq!(again(&mut *store, WebhookAgain::GivenUp), 0);
    assert_eq!(again(&mut *store, WebhookAgain::One(wallet(2), 7)), 1);
    let times = (at(13), at(33));
    let held = store.claim_webhook_letters(shop(), URL, times, 9).unwrap();
    let named: Vec<_> = held
        .iter()
        .map(|own| (own.wallet, own.seq, own.failures))
        .collect();
    assert_eq!(named, [(wallet(1), 3, 0), (wallet(2), 7, 0)]);
    assert_eq!(
        store.claim_webhook_letters(shop(), URL, times, 9).unwrap(),
        []
    );
    let told = WebhookMoves {
        at: at(14),
        taken: 1,
        letters: vec![(at(33), wallet(1), 3, None), (at(32), wallet(2), 7, None)],
        ..WebhookMoves::default()
    };
    store.move_webhook(shop(), URL, &told).unwrap();
    let health = store.webhook(shop(), URL).unwrap().unwrap();
    assert_eq!((health.failures, health.failing_since), (0, None));
    assert_eq!((health.taken_at, &*health.failure), (Some(at(14)), ""));
    // The second was held by somebody else.
    let (_, letters) = store.webhook_troubles(shop(), URL, 9).unwrap();
    assert_eq!((letters.len(), letters[0].wallet), (1, wallet(2)));
    store.reset_webhook(shop(), URL, at(15)).unwrap();
    assert_eq!(claim(&mut *store, 15, 35).remove(0).failures, 0);
}
