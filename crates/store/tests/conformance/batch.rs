//! One batch: keys, identities, states, all or nothing.

use crate::world::{Came, accepted, ingest, open, points, proof, shop};
use regulars_engine::event::Who;
use regulars_engine::outcome::{Refusal, Verdict};
use regulars_store::Cursor;
use regulars_testkit::{Story, TestDb, on_both, text};

on_both! {
    a_purchase_is_there_once_it_was_acknowledged,
    a_key_counts_once_and_the_earlier_receipt_comes_back,
    a_key_with_other_input_is_refused,
    a_key_that_comes_twice_in_a_batch_counts_once,
    known_and_new_events_in_one_batch_are_told_apart,
    an_event_sees_the_state_that_the_one_before_it_left,
    an_order_that_is_sent_again_as_another_event_is_refused,
    an_order_leads_to_whoever_placed_it,
    an_order_is_placed_once_whatever_the_event_is_called,
    a_record_is_read_from_the_log_until_something_comes_back,
}

pub(crate) fn a_purchase_is_there_once_it_was_acknowledged(db: TestDb) {
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let event = story.purchase(Story::customer(1), "o-1", 12_00);
    let came = ingest(&mut *open(&db), std::slice::from_ref(&event)).unwrap();
    assert!(accepted(&came[0]), "{came:?}");

    // Another connection, as after a restart.
    let mut store = open(&db);
    assert_eq!(points(&mut *store, 1), 12);
    let row = store.event(shop(), &event.event.key).unwrap().unwrap();
    assert_eq!(row.event, event.event);
    let Came::New(wallet, 1, outcome) = &came[0] else {
        panic!("{came:?}")
    };
    assert_eq!((row.wallet, &row.outcome), (*wallet, outcome));
    let log = store.log(shop(), *wallet, Cursor::After(0), 10).unwrap();
    assert_eq!(log, [row]);
    let order = store.order(shop(), &text("till"), &text("o-1")).unwrap();
    assert_eq!(order.unwrap().wallet, Some(*wallet));
    assert_eq!(proof(&mut *store), Ok(()));
}

pub(crate) fn a_key_counts_once_and_the_earlier_receipt_comes_back(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let mut event = story.purchase(Story::customer(1), "o-1", 12_00);
    let first = ingest(&mut *store, std::slice::from_ref(&event)).unwrap();
    // Delivered again later: another moment at our door, and other randomness.
    event.event.recorded_at = event.event.recorded_at.plus_micros(5_000_000);
    event.event.entropy = [9; 16];
    let again = ingest(&mut *store, &[event]).unwrap();
    let Came::New(wallet, seq, outcome) = &first[0] else {
        panic!("{first:?}")
    };
    assert_eq!(again[0], Came::Again(*wallet, *seq, outcome.clone()));
    assert_eq!(points(&mut *store, 1), 12);
    assert_eq!(store.counts(shop()).unwrap().events, 1);
}

fn a_key_with_other_input_is_refused(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let first = story.purchase(Story::customer(1), "o-1", 12_00);
    let mut other = story.purchase(Story::customer(1), "o-1", 13_00);
    other.event.key = first.event.key.clone();
    ingest(&mut *store, std::slice::from_ref(&first)).unwrap();
    assert_eq!(ingest(&mut *store, &[other]).unwrap(), [Came::KeyReused]);
    // Whom it concerns is part of the input as well.
    let mut other = first;
    other.who = Story::customer(2);
    assert_eq!(ingest(&mut *store, &[other]).unwrap(), [Came::KeyReused]);
    assert_eq!(points(&mut *store, 1), 12);
}

fn a_key_that_comes_twice_in_a_batch_counts_once(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let first = story.purchase(Story::customer(1), "o-1", 12_00);
    let mut other = story.purchase(Story::customer(1), "o-2", 13_00);
    other.event.key = first.event.key.clone();
    let came = ingest(&mut *store, &[first.clone(), first, other]).unwrap();
    assert!(accepted(&came[0]) && matches!(came[1], Came::Again(_, 1, _)));
    assert_eq!(came[2], Came::KeyReused);
    assert_eq!(store.counts(shop()).unwrap().events, 1);
}

fn known_and_new_events_in_one_batch_are_told_apart(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let bought = |no: u64| story.purchase(Story::customer(no), &format!("o-{no}"), 2_00);
    let events: Vec<_> = (0..6).map(bought).collect();
    ingest(&mut *store, &events[..2]).unwrap();
    // First into a store that has no reason to expect any, then into one that has.
    for (from, to, known) in [(0, 4, 2), (2, 6, 2), (0, 6, 6)] {
        let came = ingest(&mut *store, &events[from..to]).unwrap();
        let again = came
            .iter()
            .filter(|came| matches!(came, Came::Again(..)))
            .count();
        assert_eq!(again, known, "{came:?}");
        assert_eq!(
            came.iter().filter(|came| accepted(came)).count(),
            came.len() - known
        );
    }
    assert_eq!(store.counts(shop()).unwrap().events, 6);
    assert_eq!(points(&mut *store, 3), 2);
    assert_eq!(proof(&mut *store), Ok(()));
}

fn an_event_sees_the_state_that_the_one_before_it_left(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let batch = [
        story.purchase(Story::customer(1), "o-1", 12_00),
        story.purchase(Story::customer(2), "o-2", 5_00),
        story.purchase(Story::customer(1), "o-3", 8_00),
        story.refund(Story::customer(1), "o-1", 12_00),
    ];
    let came = ingest(&mut *store, &batch).unwrap();
    assert!(came.iter().all(accepted), "{came:?}");
    assert!(matches!(came[3], Came::New(_, 3, _)), "{came:?}");
    assert_eq!((points(&mut *store, 1), points(&mut *store, 2)), (8, 5));
    assert_eq!(store.counts(shop()).unwrap().members, 2);
    assert_eq!(proof(&mut *store), Ok(()));
}

/// Nobody looks for orders that ought to be new; writing them shows that they are not.
fn an_order_that_is_sent_again_as_another_event_is_refused(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let first = story.purchase(Story::customer(1), "o-1", 12_00);
    ingest(&mut *store, &[first]).unwrap();
    for round in 0..3 {
        let mut again = story.purchase(Story::customer(1), "o-1", 12_00);
        again.event.key.external_id = text(&format!("again-{round}"));
        let other = story.purchase(Story::customer(2), &format!("o-2-{round}"), 1_00);
        let came = ingest(&mut *store, &[again, other]).unwrap();
        assert!(!accepted(&came[0]) && accepted(&came[1]), "{came:?}");
    }
    assert_eq!((points(&mut *store, 1), points(&mut *store, 2)), (12, 3));
    assert_eq!(proof(&mut *store), Ok(()));
}

fn an_order_leads_to_whoever_placed_it(db: TestDb) {
    // The same story in one batch and in four must come to the same.
    for (tenant_has, size) in [("one", 4), ("four", 1)] {
        let mut store = open(&db);
        let mut story = Story::new(tenant_has, "2025-03-01T09:00:00Z");
        let batch = [
            story.refund(Who::OfOrder, "o-1", 2_00),
            story.purchase(Story::customer(size), "o-1", 12_00),
            story.refund(Who::OfOrder, "o-1", 3_00),
            story.purchase(Story::customer(size), "o-2", 1_00),
        ];
        let mut came = Vec::new();
        for part in batch.chunks(usize::try_from(size).unwrap()) {
            came.extend(ingest(&mut *store, part).unwrap());
        }
        assert!(came.iter().all(accepted), "{came:?}");
        assert_eq!(points(&mut *store, size), 8, "{tenant_has}: {came:?}");
        assert_eq!(proof(&mut *store), Ok(()));
    }
}

fn an_order_is_placed_once_whatever_the_event_is_called(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    ingest(
        &mut *store,
        &[story.purchase(Story::customer(1), "o-1", 12_00)],
    )
    .unwrap();
    // First into a store that has no reason to expect it, then into one that has.
    for (name, number) in [("again", "o-2"), ("and-again", "o-3")] {
        let mut placed = story.purchase(Story::customer(1), "o-1", 12_00);
        placed.event.key.external_id = text(name);
        let beside = story.purchase(Story::customer(2), number, 5_00);
        let came = ingest(&mut *store, &[placed, beside]).unwrap();
        let Came::New(_, _, outcome) = &came[0] else {
            panic!("{came:?}")
        };
        let refused = Verdict::Refused(Refusal::OrderExists);
        assert_eq!(outcome.verdict, refused, "{came:?}");
        assert!(accepted(&came[1]), "{came:?}");
    }
    assert_eq!((points(&mut *store, 1), points(&mut *store, 2)), (12, 10));
    assert_eq!(proof(&mut *store), Ok(()));
}

fn a_record_is_read_from_the_log_until_something_comes_back(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let purchase = story.purchase(Story::customer(1), "o-1", 12_00);
    ingest(&mut *store, &[purchase]).unwrap();
    let mut record = || {
        let order = store.order(shop(), &text("till"), &text("o-1"));
        let purchased = order.unwrap().unwrap().state.purchased.unwrap();
        (purchased.amount(), purchased.refunded())
    };
    assert_eq!(record(), (12_00, 0));
    for back in [2_00, 4_00] {
        let refund = story.refund(Story::customer(1), "o-1", 2_00);
        assert!(accepted(&ingest(&mut *open(&db), &[refund]).unwrap()[0]));
        assert_eq!(record(), (12_00, back));
    }
    assert_eq!(proof(&mut *open(&db)), Ok(()));
}
