//! Consents that are confirmed by a link: asked for, written to twice at most, confirmed once.

use crate::world::{open, shop};
use regulars_base::{MemberId, Timestamp};
use regulars_store::ConfirmationRow;
use regulars_testkit::{TestDb, on_both};

on_both! {
    a_consent_is_asked_for_and_confirmed_once,
    what_was_asked_for_again_is_not_confirmed,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn row(no: u8, asked: i64) -> ConfirmationRow {
    ConfirmationRow {
        member: MemberId::from_bytes([no; 16]),
        purpose: "letters".into(),
        asked_at: at(asked),
        expires_at: at(asked + 100),
        letters: 0,
        due: Some(at(asked)),
        confirmed_at: None,
    }
}

fn a_consent_is_asked_for_and_confirmed_once(db: TestDb) {
    let mut store = open(&db);
    let (ana, bo) = (row(1, 10), row(2, 5));
    let both = [ana.clone(), bo.clone()];
    store.add_confirmations(shop(), &both).unwrap();
    let mut due = |now| store.due_confirmations(shop(), at(now), 10).unwrap();
    assert_eq!(due(4), []);
    assert_eq!(due(10), [bo.clone(), ana.clone()]);
    let written = ConfirmationRow {
        letters: 1,
        due: Some(at(50)),
        ..ana.clone()
    };
    assert!(store.move_confirmation(shop(), &ana, &written).unwrap());
    // Somebody else wrote the letter.
    assert!(!store.move_confirmation(shop(), &ana, &written).unwrap());
    let done = ConfirmationRow {
        due: None,
        confirmed_at: Some(at(20)),
        ..written.clone()
    };
    assert!(store.move_confirmation(shop(), &written, &done).unwrap());
    assert!(!store.move_confirmation(shop(), &written, &done).unwrap());
    assert_eq!(
        store.due_confirmations(shop(), at(99), 10).unwrap(),
        std::slice::from_ref(&bo)
    );
    let mut all = store
        .confirmations(
            shop(),
            &[bo.member, ana.member, MemberId::from_bytes([3; 16])],
        )
        .unwrap();
    all.sort_by_key(|own| own.member);
    assert_eq!(all, [done, bo]);
}

fn what_was_asked_for_again_is_not_confirmed(db: TestDb) {
    let mut store = open(&db);
    let done = ConfirmationRow {
        due: None,
        confirmed_at: Some(at(20)),
        ..row(1, 10)
    };
    store
        .add_confirmations(shop(), std::slice::from_ref(&done))
        .unwrap();
    // The same row of the log, seen twice.
    store.add_confirmations(shop(), &[row(1, 10)]).unwrap();
    let own = |store: &mut dyn regulars_store::Store| {
        store.confirmations(shop(), &[done.member]).unwrap()
    };
    assert_eq!(own(&mut *store), std::slice::from_ref(&done));
    store.add_confirmations(shop(), &[row(1, 30)]).unwrap();
    assert_eq!(own(&mut *store), [row(1, 30)]);
}
