//! Operators who signed in, and finding members for them.

use crate::world::{open, shop};
use regulars_base::{MemberId, Name, WalletId};
use regulars_engine::state::SharedKey;
use regulars_store::{Identity, Member, MemberPatch, Session, Store};
use regulars_testkit::{TestDb, at, member, on_both, tenant};

on_both! {
    a_session_is_found_until_it_is_ended_or_swept_away,
    what_is_committed_lightly_is_there_for_others_and_later,
    members_are_found_by_how_identities_and_names_begin,
    who_is_forgotten_is_not_found,
    a_shared_figure_that_nobody_moved_is_zero,
}

fn a_session_is_found_until_it_is_ended_or_swept_away(db: TestDb) {
    let mut store = open(&db);
    let session = |no: u8, from: &str, to: &str| Session {
        tenant: shop(),
        hash: [no; 32],
        key: "k1".into(),
        created_at: at(from),
        expires_at: at(to),
        used_at: at(from),
        about: "a browser".into(),
    };
    let first = session(1, "2025-01-01T08:00:00Z", "2025-01-01T20:00:00Z");
    let second = session(2, "2025-01-01T20:00:00Z", "2025-01-02T08:00:00Z");
    store.create_session(&first).unwrap();
    assert_eq!(store.session(&[1; 32]).unwrap(), Some(first));
    // The first is over by now: it goes as the second comes.
    store.create_session(&second).unwrap();
    assert_eq!(store.session(&[1; 32]).unwrap(), None);
    assert_eq!(store.session(&[2; 32]).unwrap(), Some(second.clone()));
    let used = at("2025-01-01T21:00:00Z");
    store.touch_session(shop(), &[2; 32], used).unwrap();
    let second = Session {
        used_at: used,
        ..second
    };
    assert_eq!(store.sessions(shop(), "k1").unwrap(), [second]);
    assert_eq!(store.sessions(shop(), "k2").unwrap(), []);
    assert!(store.sessions(tenant(2), "k1").is_err());
    assert!(store.end_session(shop(), &[2; 32]).unwrap());
    assert!(!store.end_session(shop(), &[2; 32]).unwrap());
    assert_eq!(store.session(&[2; 32]).unwrap(), None);
}

fn what_is_committed_lightly_is_there_for_others_and_later(db: TestDb) {
    let mut store = open(&db);
    store.commit_lightly().unwrap();
    person(&mut *store, 1, &[("email", "ana@example.com")], "{}");
    assert_eq!(found(&mut *open(&db), "ana@example.com", 9), [member(1)]);
    drop(store);
    assert_eq!(found(&mut *open(&db), "ana@example.com", 9), [member(1)]);
}

fn person(store: &mut dyn Store, no: u64, identities: &[(&str, &str)], attributes: &str) {
    let identity = |(kind, value): &(&str, &str)| Identity {
        kind: (*kind).into(),
        value: (*value).into(),
    };
    let id = member(no);
    let new = Member {
        id,
        wallet: WalletId::from_bytes(*id.bytes()),
        merged_into: None,
        created_at: at("2025-01-01T00:00:00Z"),
        identities: identities.iter().map(identity).collect(),
        attributes: attributes.into(),
    };
    store.create_member(shop(), &new).unwrap();
}

fn found(store: &mut dyn Store, text: &str, limit: usize) -> Vec<MemberId> {
    let found = store.find_members(shop(), text, limit).unwrap();
    found.into_iter().map(|member| member.id).collect()
}

fn members_are_found_by_how_identities_and_names_begin(db: TestDb) {
    let mut store = open(&db);
    let store = &mut *store;
    person(
        store,
        1,
        &[("email", "Ana@Example.com"), ("phone", "+4915100001")],
        r#"{"name":"Ana Weber"}"#,
    );
    person(
        store,
        2,
        &[("email", "bo@example.com"), ("card", "ana-7")],
        r#"{"first_name":"Żaneta","last_name":"Weberknecht"}"#,
    );
    person(
        store,
        3,
        &[("card", "100%")],
        r#"{"name":"Anastasia Müller"}"#,
    );
    let (ana, bo, anastasia) = (member(1), member(2), member(3));
    // Identities first, in their order; then names.
    assert_eq!(found(store, "ANA", 10), [bo, ana, anastasia]);
    assert_eq!(found(store, "ana", 1), [bo]);
    assert_eq!(found(store, "ana@example.com", 10), [ana]);
    assert_eq!(found(store, "+49151", 10), [ana]);
    assert_eq!(found(store, "weber", 10), [ana, bo]);
    assert_eq!(found(store, "web ana", 10), [ana]);
    assert_eq!(found(store, "żan", 10), [bo]);
    assert_eq!(found(store, "mül anast", 10), [anastasia]);
    // What means something in a pattern means itself here.
    assert_eq!(found(store, "100%", 10), [anastasia]);
    assert_eq!(found(store, "%", 10), []);
    assert_eq!(found(store, "knecht", 10), []);
    assert!(
        store
            .find_members(tenant(2), "ana", 10)
            .is_err_and(|_| true)
    );

    let renamed = MemberPatch {
        attributes: Some(r#"{"name":"Ana Schmidt"}"#.into()),
        ..MemberPatch::default()
    };
    store.patch_member(shop(), ana, &renamed).unwrap();
    assert_eq!(found(store, "weber", 10), [bo]);
    assert_eq!(found(store, "schmidt", 10), [ana]);
}

fn who_is_forgotten_is_not_found(db: TestDb) {
    let mut store = open(&db);
    person(&mut *store, 1, &[("card", "7")], r#"{"name":"Ana Weber"}"#);
    store.erase_member(shop(), member(1)).unwrap();
    assert_eq!(found(&mut *store, "weber", 10), []);
    assert_eq!(found(&mut *store, "7", 10), []);
}

fn a_shared_figure_that_nobody_moved_is_zero(db: TestDb) {
    let mut store = open(&db);
    let key = |name: &str| SharedKey {
        name: Name::of(name),
        period: 0,
    };
    let used = store
        .shared(shop(), &[key("budget"), key("stock")])
        .unwrap();
    assert_eq!(used, [0, 0]);
    let (from, to) = (at("2025-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z"));
    assert_eq!(store.active(shop(), from, to).unwrap(), 0);
}
