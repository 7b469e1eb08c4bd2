//! Cards: made blank, handed out once, replaced, refused while they are nobody's.

use crate::world::{open, shop};
use regulars_base::{MemberId, Timestamp, WalletId};
use regulars_store::{CARD, CardState, Identity, Member, MemberPatch, Store};
use regulars_testkit::{TestDb, on_both};

on_both! {
    a_number_is_made_once,
    a_blank_card_is_handed_out_once,
    a_lost_card_is_nobodys_and_the_new_one_finds_the_same_member,
    nothing_is_done_where_the_new_card_is_not_blank,
    a_card_from_elsewhere_can_be_replaced,
    who_is_forgotten_has_no_card,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn make(store: &mut dyn Store, batch: &str, numbers: &[&str]) -> usize {
    let numbers: Vec<String> = numbers.iter().map(|own| (*own).to_owned()).collect();
    store.add_cards(shop(), (batch, at(1)), &numbers).unwrap()
}

fn member(store: &mut dyn Store, no: u8) -> MemberId {
    let id = [no; 16];
    let new = Member {
        id: MemberId::from_bytes(id),
        wallet: WalletId::from_bytes(id),
        merged_into: None,
        created_at: at(0),
        identities: vec![Identity {
            kind: "email".into(),
            value: format!("{no}@example.com"),
        }],
        attributes: "{}".into(),
    };
    store.create_member(shop(), &new).unwrap();
    new.id
}

fn holder(store: &mut dyn Store, number: &str) -> Option<MemberId> {
    let found = store.member_by_identity(shop(), CARD, number).unwrap();
    found.map(|member| member.id)
}

fn state(store: &mut dyn Store, number: &str) -> CardState {
    store.card(shop(), number).unwrap().unwrap().state
}

fn a_number_is_made_once(db: TestDb) {
    let mut store = open(&db);
    assert_eq!(make(&mut *store, "one", &["21", "22", "23"]), 3);
    assert_eq!(make(&mut *store, "two", &["23", "24"]), 1);
    let listed = |store: &mut dyn Store, after: Option<&str>| -> Vec<String> {
        let rows = store.cards(shop(), ("one", after), 2).unwrap();
        rows.into_iter().map(|row| row.number).collect()
    };
    assert_eq!(listed(&mut *store, None), ["21", "22"]);
    assert_eq!(listed(&mut *store, Some("22")), ["23"]);
    let counts = store.card_counts(shop()).unwrap();
    let counts: Vec<_> = counts
        .iter()
        .map(|own| (own.batch.as_str(), own.cards))
        .collect();
    assert_eq!(counts, [("one", 3), ("two", 1)]);
}

fn a_blank_card_is_handed_out_once(db: TestDb) {
    let mut store = open(&db);
    make(&mut *store, "one", &["21"]);
    let (ana, ben) = (member(&mut *store, 1), member(&mut *store, 2));
    assert!(!store.activate_card(shop(), "99", ana, at(5)).unwrap());
    assert!(store.activate_card(shop(), "21", ana, at(5)).unwrap());
    assert!(!store.activate_card(shop(), "21", ben, at(6)).unwrap());
    assert_eq!(holder(&mut *store, "21"), Some(ana));
    let row = store.card(shop(), "21").unwrap().unwrap();
    assert_eq!(
        (row.state, row.member, row.at),
        (CardState::Active, Some(ana), at(5))
    );
    // Somebody has the number already, from elsewhere: the card stays blank.
    make(&mut *store, "one", &["22"]);
    let patch = MemberPatch {
        add: vec![Identity {
            kind: CARD.into(),
            value: "22".into(),
        }],
        ..MemberPatch::default()
    };
    store.patch_member(shop(), ben, &patch).unwrap();
    assert!(store.activate_card(shop(), "22", ana, at(7)).is_err());
    assert_eq!(state(&mut *store, "22"), CardState::Blank);
}

fn a_lost_card_is_nobodys_and_the_new_one_finds_the_same_member(db: TestDb) {
    let mut store = open(&db);
    make(&mut *store, "one", &["21", "22"]);
    let ana = member(&mut *store, 1);
    store.activate_card(shop(), "21", ana, at(5)).unwrap();
    let whose = store
        .replace_card(shop(), ("21", Some("22")), at(9))
        .unwrap();
    assert_eq!(whose, Some(ana));
    assert_eq!(holder(&mut *store, "21"), None);
    assert_eq!(holder(&mut *store, "22"), Some(ana));
    let lost = store.card(shop(), "21").unwrap().unwrap();
    assert_eq!((lost.state, lost.at), (CardState::Ended, at(9)));
    assert_eq!(
        (lost.next.as_deref(), lost.batch.as_str()),
        (Some("22"), "one")
    );
    assert_eq!(
        store.replace_card(shop(), ("21", None), at(10)).unwrap(),
        None
    );
    assert_eq!(
        store.replace_card(shop(), ("22", None), at(11)).unwrap(),
        Some(ana)
    );
    assert_eq!(holder(&mut *store, "22"), None);
}

fn nothing_is_done_where_the_new_card_is_not_blank(db: TestDb) {
    let mut store = open(&db);
    make(&mut *store, "one", &["21", "22"]);
    let (ana, ben) = (member(&mut *store, 1), member(&mut *store, 2));
    store.activate_card(shop(), "21", ana, at(5)).unwrap();
    store.activate_card(shop(), "22", ben, at(5)).unwrap();
    for next in ["22", "99", "21"] {
        let done = store
            .replace_card(shop(), ("21", Some(next)), at(9))
            .unwrap();
        assert_eq!(done, None, "{next}");
    }
    assert_eq!(holder(&mut *store, "21"), Some(ana));
    assert_eq!(holder(&mut *store, "22"), Some(ben));
}

fn a_card_from_elsewhere_can_be_replaced(db: TestDb) {
    let mut store = open(&db);
    make(&mut *store, "one", &["21"]);
    let ana = member(&mut *store, 1);
    let patch = MemberPatch {
        add: vec![Identity {
            kind: CARD.into(),
            value: "4711".into(),
        }],
        ..MemberPatch::default()
    };
    store.patch_member(shop(), ana, &patch).unwrap();
    let whose = store
        .replace_card(shop(), ("4711", Some("21")), at(9))
        .unwrap();
    assert_eq!(whose, Some(ana));
    assert_eq!(state(&mut *store, "4711"), CardState::Ended);
    assert_eq!(holder(&mut *store, "4711"), None);
    assert_eq!(holder(&mut *store, "21"), Some(ana));
}

fn who_is_forgotten_has_no_card(db: TestDb) {
    let mut store = open(&db);
    make(&mut *store, "one", &["21"]);
    let ana = member(&mut *store, 1);
    store.activate_card(shop(), "21", ana, at(5)).unwrap();
    store.erase_member(shop(), ana).unwrap();
    let row = store.card(shop(), "21").unwrap().unwrap();
    assert_eq!((row.state, row.member), (CardState::Ended, None));
    assert_eq!(holder(&mut *store, "21"), None);
}
