//! Members who sign in: codes, sessions, accepted terms, the secret that signs tokens.

use crate::world::{open, shop};
use regulars_base::WalletId;
use regulars_store::{Member, MemberSession, SignInCode};
use regulars_testkit::{TestDb, at, member, on_both, tenant};

on_both! {
    a_code_is_tried_so_often_and_used_once,
    codes_that_are_over_go_and_their_count_stays_an_hour,
    a_member_is_signed_in_until_they_are_not,
    terms_are_accepted_once_and_go_with_the_person,
    a_secret_is_made_once,
}

fn code(no: u8, from: &str, to: &str) -> SignInCode {
    SignInCode {
        address: [no; 32],
        hash: [no + 100; 32],
        created_at: at(from),
        expires_at: at(to),
        attempts: 0,
        asked: 1,
        asked_since: at(from),
    }
}

fn a_code_is_tried_so_often_and_used_once(db: TestDb) {
    let mut store = open(&db);
    let own = code(1, "2025-01-01T08:00:00Z", "2025-01-01T08:10:00Z");
    store.put_sign_in_code(shop(), &own).unwrap();
    assert_eq!(store.sign_in_code(shop(), &[1; 32]).unwrap(), Some(own));
    assert_eq!(store.sign_in_code(shop(), &[2; 32]).unwrap(), None);
    for tries in 1..=3 {
        let tried = store.try_sign_in_code(shop(), &[1; 32], 3).unwrap();
        assert_eq!(tried.map(|own| own.attempts), Some(tries));
    }
    assert_eq!(store.try_sign_in_code(shop(), &[1; 32], 3).unwrap(), None);
    assert!(!store.use_sign_in_code(shop(), &[1; 32], &[9; 32]).unwrap());
    assert!(
        store
            .use_sign_in_code(shop(), &[1; 32], &[101; 32])
            .unwrap()
    );
    assert!(
        !store
            .use_sign_in_code(shop(), &[1; 32], &[101; 32])
            .unwrap()
    );
    assert!(store.sign_in_code(tenant(2), &[1; 32]).is_err());
}

fn codes_that_are_over_go_and_their_count_stays_an_hour(db: TestDb) {
    let mut store = open(&db);
    let first = code(1, "2025-01-01T08:00:00Z", "2025-01-01T08:10:00Z");
    store.put_sign_in_code(shop(), &first).unwrap();
    let again = SignInCode {
        hash: [7; 32],
        asked: 2,
        ..first.clone()
    };
    store.put_sign_in_code(shop(), &again).unwrap();
    assert_eq!(
        store.sign_in_code(shop(), &[1; 32]).unwrap(),
        Some(again.clone())
    );
    let soon = code(2, "2025-01-01T08:30:00Z", "2025-01-01T08:40:00Z");
    store.put_sign_in_code(shop(), &soon).unwrap();
    assert_eq!(store.sign_in_code(shop(), &[1; 32]).unwrap(), Some(again));
    let later = code(3, "2025-01-01T09:00:01Z", "2025-01-01T09:10:00Z");
    store.put_sign_in_code(shop(), &later).unwrap();
    assert_eq!(store.sign_in_code(shop(), &[1; 32]).unwrap(), None);
    assert_eq!(store.sign_in_code(shop(), &[2; 32]).unwrap(), Some(soon));
}

fn signed_in(no: u8, from: &str, to: &str) -> MemberSession {
    MemberSession {
        hash: [no; 32],
        member: member(1),
        created_at: at(from),
        expires_at: at(to),
    }
}

fn a_member_is_signed_in_until_they_are_not(db: TestDb) {
    let mut store = open(&db);
    let first = signed_in(1, "2025-01-01T08:00:00Z", "2025-02-01T08:00:00Z");
    let second = signed_in(2, "2025-02-01T08:00:00Z", "2025-03-01T08:00:00Z");
    store.create_member_session(shop(), &first).unwrap();
    assert_eq!(store.member_session(shop(), &[1; 32]).unwrap(), Some(first));
    store.create_member_session(shop(), &second).unwrap();
    assert_eq!(store.member_session(shop(), &[1; 32]).unwrap(), None);
    assert!(store.end_member_session(shop(), &[2; 32]).unwrap());
    assert!(!store.end_member_session(shop(), &[2; 32]).unwrap());
}

fn terms_are_accepted_once_and_go_with_the_person(db: TestDb) {
    let mut store = open(&db);
    let id = member(1);
    let new = Member {
        id,
        wallet: WalletId::from_bytes(*id.bytes()),
        merged_into: None,
        created_at: at("2025-01-01T00:00:00Z"),
        identities: Vec::new(),
        attributes: "{}".into(),
    };
    store.create_member(shop(), &new).unwrap();
    let (then, later) = (at("2025-01-01T08:00:00Z"), at("2025-01-02T08:00:00Z"));
    store.accept_terms(shop(), id, "b", then).unwrap();
    store.accept_terms(shop(), id, "b", later).unwrap();
    store.accept_terms(shop(), id, "a", later).unwrap();
    let accepted = store.accepted_terms(shop(), id).unwrap();
    assert_eq!(accepted, [("b".to_owned(), then), ("a".to_owned(), later)]);
    let session = signed_in(1, "2025-01-01T08:00:00Z", "2025-02-01T08:00:00Z");
    store.create_member_session(shop(), &session).unwrap();
    store.erase_member(shop(), id).unwrap();
    assert_eq!(store.accepted_terms(shop(), id).unwrap(), []);
    assert_eq!(store.member_session(shop(), &[1; 32]).unwrap(), None);
}

fn a_secret_is_made_once(db: TestDb) {
    let mut store = open(&db);
    assert_eq!(store.portal_secret(shop(), &[1; 32]).unwrap(), [1; 32]);
    assert_eq!(store.portal_secret(shop(), &[2; 32]).unwrap(), [1; 32]);
}
