//! Askings: added once, claimed, moved by whoever saw them as they are, counted, forgotten.

use crate::world::{open, shop};
use regulars_base::{MemberId, Timestamp, WalletId};
use regulars_store::{AskingMove, AskingRow, AskingStage, Identity, Member, Store};
use regulars_testkit::{TestDb, member, on_both};

on_both! {
    an_asking_is_added_once_and_listed_by_survey_and_member,
    an_asking_that_is_due_is_one_callers_until_its_time_is_over,
    an_asking_moves_on_from_where_it_was_seen_alone,
    what_somebody_said_in_words_goes_with_them_and_numbers_stay,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn row(n: u64, id: &str) -> AskingRow {
    AskingRow {
        id: id.into(),
        member: member(n),
        survey: "spring".into(),
        stage: AskingStage::Waiting,
        reason: String::new(),
        made_at: at(1),
        due: Some(at(10)),
        asked_at: None,
        opened_at: None,
        answered_at: None,
        about: "{}".into(),
        numbers: "{}".into(),
        words: None,
    }
}

fn given(n: u64, id: &str) -> AskingRow {
    AskingRow {
        stage: AskingStage::Answered,
        due: None,
        asked_at: Some(at(2)),
        opened_at: Some(at(3)),
        answered_at: Some(at(4)),
        numbers: "{\"recommend\":3}".into(),
        words: Some("{\"why\":\"cold coffee\"}".into()),
        ..row(n, id)
    }
}

fn ids(rows: &[AskingRow]) -> Vec<&str> {
    rows.iter().map(|own| own.id.as_str()).collect()
}

fn an_asking_is_added_once_and_listed_by_survey_and_member(db: TestDb) {
    let mut store = open(&db);
    let other = AskingRow {
        survey: "autumn".into(),
        made_at: at(5),
        ..row(1, "ask_4")
    };
    let all = [row(1, "ask_1"), given(2, "ask_2"), row(3, "ask_3"), other];
    assert_eq!(store.add_askings(shop(), &all).unwrap(), 4);
    assert_eq!(store.add_askings(shop(), &all[..2]).unwrap(), 0);
    assert_eq!(
        store.asking(shop(), member(2), "ask_2").unwrap(),
        Some(given(2, "ask_2"))
    );
    assert_eq!(store.asking(shop(), member(1), "ask_2").unwrap(), None);
    let list = |store: &mut dyn Store, stage, after| {
        let rows = store.askings(shop(), ("spring", stage), after, 2).unwrap();
        ids(&rows).join(" ")
    };
    assert_eq!(list(&mut *store, None, None), "ask_1 ask_2");
    assert_eq!(list(&mut *store, None, Some("ask_2")), "ask_3");
    assert_eq!(
        list(&mut *store, Some(AskingStage::Waiting), None),
        "ask_1 ask_3"
    );
    let own = store.askings_of(shop(), member(1), 9).unwrap();
    assert_eq!(ids(&own), ["ask_4", "ask_1"]);
    let counts = store.asking_counts(shop(), "spring").unwrap();
    let counts: Vec<_> = counts
        .iter()
        .map(|own| (own.stage, own.count, own.opened))
        .collect();
    assert_eq!(
        counts,
        [(AskingStage::Waiting, 2, 0), (AskingStage::Answered, 1, 1)]
    );
}

fn an_asking_that_is_due_is_one_callers_until_its_time_is_over(db: TestDb) {
    let mut store = open(&db);
    store
        .add_askings(shop(), &[row(1, "ask_1"), given(2, "ask_2")])
        .unwrap();
    let mut claim = |now: i64, until: i64| {
        let taken = store
            .claim_askings(shop(), (at(now), at(until)), 9)
            .unwrap();
        taken.iter().map(|own| own.due).collect::<Vec<_>>()
    };
    assert_eq!(claim(9, 20), []);
    assert_eq!(claim(10, 20), [Some(at(20))]);
    assert_eq!(claim(19, 30), []);
    assert_eq!(claim(20, 30), [Some(at(30))]);
}

fn an_asking_moves_on_from_where_it_was_seen_alone(db: TestDb) {
    let mut store = open(&db);
    store.add_askings(shop(), &[row(1, "ask_1")]).unwrap();
    let asked = AskingRow {
        stage: AskingStage::Asked,
        due: None,
        asked_at: Some(at(11)),
        ..row(1, "ask_1")
    };
    let mut move_on = |stage, due, row: &AskingRow| {
        let own = AskingMove {
            was: (stage, due),
            row: row.clone(),
        };
        // Beside one that is not there at all.
        let gone = AskingMove {
            row: AskingRow {
                id: "ask_gone".into(),
                ..row.clone()
            },
            ..own.clone()
        };
        store.move_askings(shop(), &[gone, own]).unwrap() == 1
    };
    assert!(!move_on(AskingStage::Waiting, None, &asked));
    assert!(!move_on(AskingStage::Asked, Some(at(10)), &asked));
    assert!(move_on(AskingStage::Waiting, Some(at(10)), &asked));
    assert!(!move_on(AskingStage::Waiting, Some(at(10)), &asked));
    assert!(move_on(AskingStage::Asked, None, &given(1, "ask_1")));
    assert_eq!(
        store.asking(shop(), member(1), "ask_1").unwrap(),
        Some(given(1, "ask_1"))
    );
}

fn what_somebody_said_in_words_goes_with_them_and_numbers_stay(db: TestDb) {
    let mut store = open(&db);
    let somebody = Member {
        id: member(1),
        wallet: WalletId::from_bytes(*member(1).bytes()),
        merged_into: None,
        created_at: at(1),
        identities: vec![Identity {
            kind: "email".into(),
            value: "ana@example.com".into(),
        }],
        attributes: "{}".into(),
    };
    store.create_member(shop(), &somebody).unwrap();
    let all = [given(1, "ask_1"), row(1, "ask_2"), given(2, "ask_3")];
    store.add_askings(shop(), &all).unwrap();
    store.erase_member(shop(), member(1)).unwrap();
    let mut read = |who: MemberId, id: &str| store.asking(shop(), who, id).unwrap().unwrap();
    let forgotten = AskingRow {
        words: None,
        ..given(1, "ask_1")
    };
    assert_eq!(read(member(1), "ask_1"), forgotten);
    let never = AskingRow {
        stage: AskingStage::NotAsked,
        reason: "forgotten".into(),
        due: None,
        ..row(1, "ask_2")
    };
    assert_eq!(read(member(1), "ask_2"), never);
    assert_eq!(read(member(2), "ask_3"), given(2, "ask_3"));
}
