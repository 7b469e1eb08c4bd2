//! Members who may be one person: found in sets, parted by hand, forgotten with who they are.

use crate::world::{open, shop};
use regulars_base::{MemberId, Timestamp, WalletId};
use regulars_store::{DuplicatePlace, DuplicateRow, Identity, Member, Store};
use regulars_testkit::{TestDb, on_both};

on_both! {
    members_who_have_something_in_common_are_found,
    what_many_have_in_common_is_no_sign,
    what_somebody_said_of_a_pair_stays,
    pairs_come_in_pages,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn id(no: u8) -> MemberId {
    MemberId::from_bytes([no; 16])
}

fn add(store: &mut dyn Store, no: u8, identities: &[(&str, &str)], attributes: &str) {
    let identities = identities.iter().map(|(kind, value)| Identity {
        kind: (*kind).into(),
        value: (*value).into(),
    });
    let member = Member {
        id: id(no),
        wallet: WalletId::from_bytes([no; 16]),
        merged_into: None,
        created_at: at(0),
        identities: identities.collect(),
        attributes: attributes.into(),
    };
    store.create_member(shop(), &member).unwrap();
}

fn pairs(store: &mut dyn Store, not_same: bool) -> Vec<(u8, u8, i64, String)> {
    let rows = store.duplicates(shop(), (not_same, None), 100).unwrap();
    let told = |row: &DuplicateRow| {
        let (one, other) = (row.one.bytes()[0], row.other.bytes()[0]);
        assert_eq!(row.not_same, not_same);
        (one, other, row.score, row.reasons.join(" "))
    };
    rows.iter().map(told).collect()
}

fn members_who_have_something_in_common_are_found(db: TestDb) {
    let mut store = open(&db);
    let store = &mut *store;
    let born = r#"{"name": "Ana Weber", "birthday": "1990-02-03"}"#;
    add(
        store,
        1,
        &[("email", "ana.weber@example.com"), ("phone", "+4930123456")],
        born,
    );
    add(store, 2, &[("email", "anaweber+shop@example.com")], "{}");
    // Words in any order, capitals or not; the number among the attributes, as it was typed.
    let other = r#"{"last_name": "WEBER", "first_name": "Ana", "birth_date": "1990-02-03",
                    "phone": "0049 30 / 12-34-56"}"#;
    add(store, 3, &[("email", "a@example.org")], other);
    // The same name, another birthday; the same mailbox at another domain.
    let same_name = r#"{"name": "Ana Weber", "birthday": "1991-02-03"}"#;
    add(store, 4, &[("email", "anaweber@example.net")], same_name);
    add(store, 5, &[("customer", "4711")], "{}");
    assert_eq!(store.find_duplicates(shop(), at(1)).unwrap(), 2);
    let both = (1, 3, 99, "name_birthday phone".to_owned());
    assert_eq!(pairs(store, false), [both, (1, 2, 60, "email".into())]);

    // What they no longer have in common is no sign any more.
    let patch = regulars_store::MemberPatch {
        attributes: Some("{}".into()),
        ..Default::default()
    };
    store.patch_member(shop(), id(3), &patch).unwrap();
    assert_eq!(store.find_duplicates(shop(), at(2)).unwrap(), 1);
    assert_eq!(pairs(store, false), [(1, 2, 60, "email".into())]);
    store.erase_member(shop(), id(2)).unwrap();
    assert_eq!(pairs(store, false), []);
}

fn what_many_have_in_common_is_no_sign(db: TestDb) {
    let mut store = open(&db);
    let store = &mut *store;
    for no in 1..=20 {
        add(
            store,
            no,
            &[("customer", &no.to_string())],
            r#"{"phone": "030 5555555"}"#,
        );
    }
    assert_eq!(store.find_duplicates(shop(), at(1)).unwrap(), 20 * 19 / 2);
    add(
        store,
        21,
        &[("customer", "21")],
        r#"{"phone": "030-5555555"}"#,
    );
    assert_eq!(store.find_duplicates(shop(), at(2)).unwrap(), 0);
}

fn what_somebody_said_of_a_pair_stays(db: TestDb) {
    let mut store = open(&db);
    let store = &mut *store;
    add(
        store,
        1,
        &[("customer", "1")],
        r#"{"email": "Ana@Example.com"}"#,
    );
    add(store, 2, &[("email", "a.n.a@example.com")], "{}");
    let noted = DuplicateRow {
        one: id(1),
        other: id(3),
        score: 80,
        reasons: vec!["card".into()],
        not_same: false,
        found_at: at(0),
    };
    add(store, 3, &[("customer", "3")], "{}");
    store.note_duplicate(shop(), &noted).unwrap();
    store.note_duplicate(shop(), &noted).unwrap();
    assert_eq!(store.find_duplicates(shop(), at(1)).unwrap(), 2);
    let card = (1, 3, 80, "card".to_owned());
    assert_eq!(
        pairs(store, false),
        [card.clone(), (1, 2, 60, "email".into())]
    );

    assert!(store.part_duplicate(shop(), (id(1), id(2)), true).unwrap());
    assert!(!store.part_duplicate(shop(), (id(2), id(3)), true).unwrap());
    // Found again, and not listed again.
    assert_eq!(store.find_duplicates(shop(), at(2)).unwrap(), 1);
    assert_eq!(pairs(store, false), [card]);
    assert_eq!(pairs(store, true), [(1, 2, 60, "email".into())]);
    assert!(store.part_duplicate(shop(), (id(1), id(2)), false).unwrap());
    assert_eq!(pairs(store, false).len(), 2);
}

fn pairs_come_in_pages(db: TestDb) {
    let mut store = open(&db);
    let store = &mut *store;
    for no in 1..=4 {
        add(
            store,
            no,
            &[("customer", &no.to_string())],
            r#"{"email": "ana@example.com"}"#,
        );
    }
    for no in 5..=6 {
        add(
            store,
            no,
            &[("customer", &no.to_string())],
            r#"{"phone": "+4930123456"}"#,
        );
    }
    assert_eq!(store.find_duplicates(shop(), at(1)).unwrap(), 7);
    let (mut after, mut all): (Option<DuplicatePlace>, Vec<_>) = (None, Vec::new());
    loop {
        let page = store.duplicates(shop(), (false, after), 2).unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.score, last.one, last.other));
        all.extend(page);
    }
    let whole = store.duplicates(shop(), (false, None), 100).unwrap();
    assert_eq!(all, whole);
    let scores: Vec<i64> = all.iter().map(|row| row.score).collect();
    assert_eq!(scores, [70, 60, 60, 60, 60, 60, 60]);
}
