//! Members, identities, profiles; merges.

use crate::world::{Came, accepted, by_hand, ingest, open, points, proof, shop};
use regulars_base::WalletId;
use regulars_engine::event::{Kind, MergeOut, Who};
use regulars_store::{
    Conflict, Error, Identity, IdentityRow, Member, MemberPatch, Rewrite, Rewritten,
};
use regulars_testkit::{Story, TestDb, at, member, on_both, tenant, text};

on_both! {
    a_member_is_found_by_id_and_by_identity,
    an_identity_belongs_to_one_member,
    members_are_listed_page_by_page,
    a_person_is_forgotten_and_the_books_stay,
    who_was_merged_leads_to_who_took_them_over,
    an_unknown_member_is_said_to_be_unknown,
    one_tenant_never_sees_another,
    members_are_found_together_by_identities,
    identities_are_written_in_one_form_and_nothing_is_lost,
}

fn identity(kind: &str, value: &str) -> Identity {
    Identity {
        kind: kind.into(),
        value: value.into(),
    }
}

fn ana() -> Member {
    Member {
        id: member(1),
        wallet: WalletId::from_bytes(*member(1).bytes()),
        merged_into: None,
        created_at: at("2025-01-01T00:00:00Z"),
        identities: vec![identity("card", "7"), identity("email", "ana@example.com")],
        attributes: r#"{"name":"Ana"}"#.into(),
    }
}

fn a_member_is_found_by_id_and_by_identity(db: TestDb) {
    let mut store = open(&db);
    store.create_member(shop(), &ana()).unwrap();
    assert_eq!(store.member(shop(), member(1)).unwrap(), Some(ana()));
    let found = store
        .member_by_identity(shop(), "email", "ana@example.com")
        .unwrap();
    assert_eq!(found, Some(ana()));
    assert_eq!(
        store
            .member_by_identity(shop(), "email", "bo@example.com")
            .unwrap(),
        None
    );
    let twice = store.create_member(shop(), &ana());
    assert!(matches!(twice, Err(Error::Conflict(Conflict::Member(id))) if id == member(1)));

    let patch = MemberPatch {
        attributes: Some("{}".into()),
        add: vec![identity("phone", "1"), identity("card", "7")],
        remove: vec![identity("email", "ana@example.com")],
    };
    store.patch_member(shop(), member(1), &patch).unwrap();
    let now = store.member(shop(), member(1)).unwrap().unwrap();
    assert_eq!(
        now.identities,
        [identity("card", "7"), identity("phone", "1")]
    );
    assert_eq!(now.attributes, "{}");
    let missing = store.patch_member(shop(), member(2), &patch);
    assert!(
        matches!(missing, Err(Error::Missing("member"))),
        "{missing:?}"
    );
    assert_eq!(proof(&mut *store), Ok(()));
}

fn an_identity_belongs_to_one_member(db: TestDb) {
    let mut store = open(&db);
    store.create_member(shop(), &ana()).unwrap();
    let bo = Member {
        id: member(2),
        wallet: WalletId::from_bytes(*member(2).bytes()),
        identities: vec![identity("phone", "2"), identity("card", "7")],
        ..ana()
    };
    let taken = Error::Conflict(Conflict::Identity {
        kind: "card".into(),
        value: "7".into(),
    });
    let refused = store.create_member(shop(), &bo).unwrap_err();
    assert_eq!(refused.to_string(), taken.to_string());
    // Not half of it either.
    assert_eq!(store.member(shop(), member(2)).unwrap(), None);
    assert_eq!(
        store.member_by_identity(shop(), "phone", "2").unwrap(),
        None
    );
}

fn members_are_listed_page_by_page(db: TestDb) {
    let mut store = open(&db);
    let make = |no| Member {
        id: member(no),
        wallet: WalletId::from_bytes(*member(no).bytes()),
        identities: vec![identity("customer", &no.to_string())],
        ..ana()
    };
    (1..=7).for_each(|no| store.create_member(shop(), &make(no)).unwrap());
    let (mut after, mut all) = (None, Vec::new());
    loop {
        let page = store.members(shop(), after, 3).unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        all.extend(page);
    }
    assert_eq!(all, (1..=7).map(make).collect::<Vec<_>>());
}

fn a_person_is_forgotten_and_the_books_stay(db: TestDb) {
    let mut store = open(&db);
    store.create_member(shop(), &ana()).unwrap();
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    ingest(
        &mut *store,
        &[story.purchase(Who::Member(member(1)), "o-1", 9_00)],
    )
    .unwrap();
    store.erase_member(shop(), member(1)).unwrap();
    let left = store.member(shop(), member(1)).unwrap().unwrap();
    assert_eq!((left.identities, left.attributes), (vec![], "{}".into()));
    let wallet = store.wallet(shop(), member(1)).unwrap().unwrap();
    assert_eq!(wallet.seq, 1);
    assert_eq!(proof(&mut *store), Ok(()));
}

fn who_was_merged_leads_to_who_took_them_over(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let batch = [
        story.purchase(Story::customer(1), "o-1", 10_00),
        story.purchase(Story::customer(2), "o-2", 20_00),
        story.purchase(Story::customer(3), "o-3", 40_00),
    ];
    ingest(&mut *store, &batch).unwrap();
    let mut id = |no: u64| {
        let found = store
            .member_by_identity(shop(), "customer", &no.to_string())
            .unwrap();
        found.unwrap().id
    };
    let (one, two, three) = (id(1), id(2), id(3));
    // One into two in a batch with an event after it, then two into three.
    let merge = |from, into| Kind::MergeOut(MergeOut { from, into });
    let batch = [
        story.event(Who::Member(one), merge(one, two)),
        story.purchase(Story::customer(1), "o-4", 1_00),
    ];
    let came = ingest(&mut *store, &batch).unwrap();
    assert!(came.iter().all(accepted), "{came:?}");
    let came = ingest(
        &mut *store,
        &[story.event(Who::Member(two), merge(two, three))],
    )
    .unwrap();
    assert!(accepted(&came[0]), "{came:?}");
    let late = [
        story.purchase(Story::customer(1), "o-5", 1_00),
        story.refund(Who::OfOrder, "o-1", 10_00),
    ];
    let came = ingest(&mut *store, &late).unwrap();
    assert!(came.iter().all(accepted), "{came:?}");
    for no in 1..=3 {
        assert_eq!(points(&mut *store, no), 62, "customer {no}");
    }
    let standing = store.standing_member(shop(), one).unwrap().unwrap();
    assert_eq!(standing.id, three);
    assert_eq!(
        store.member(shop(), one).unwrap().unwrap().merged_into,
        Some(two)
    );
    assert_eq!(store.members(shop(), None, 10).unwrap().len(), 1);
    assert_eq!(proof(&mut *store), Ok(()));
}

fn an_unknown_member_is_said_to_be_unknown(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let batch = [
        story.purchase(Who::Member(by_hand(9)), "o-1", 10_00),
        story.event(Who::OfOrder, Kind::Tick),
        story.purchase(Story::customer(1), "o-2", 10_00),
    ];
    let came = ingest(&mut *store, &batch).unwrap();
    assert_eq!(came[..2], [Came::Unknown, Came::Unknown]);
    assert!(accepted(&came[2]), "neighbours are not harmed");
    assert_eq!(
        store.order(shop(), &text("till"), &text("o-1")).unwrap(),
        None
    );
}

fn one_tenant_never_sees_another(db: TestDb) {
    let mut store = open(&db);
    store.create_member(shop(), &ana()).unwrap();
    let other = regulars_store::Tenant {
        id: tenant(2),
        name: "other".into(),
        created_at: at("2025-01-01T00:00:00Z"),
    };
    store.create_tenant(&other).unwrap();
    assert_eq!(store.member(tenant(2), member(1)).unwrap(), None);
    assert_eq!(store.wallet(tenant(2), member(1)).unwrap(), None);
    assert_eq!(
        store.member_by_identity(tenant(2), "card", "7").unwrap(),
        None
    );
    assert_eq!(store.members(tenant(2), None, 10).unwrap(), []);
    // The same person may be a member of both.
    store.create_member(tenant(2), &ana()).unwrap();
    let unknown = store.members(tenant(3), None, 10);
    assert!(
        matches!(unknown, Err(Error::Missing("tenant"))),
        "{unknown:?}"
    );
}

fn with(no: u64, identities: Vec<Identity>) -> Member {
    Member {
        id: member(no),
        wallet: WalletId::from_bytes(*member(no).bytes()),
        identities,
        ..ana()
    }
}

fn members_are_found_together_by_identities(db: TestDb) {
    let mut store = open(&db);
    store.create_member(shop(), &ana()).unwrap();
    let bo = with(2, vec![identity("phone", "+4915100001")]);
    store.create_member(shop(), &bo).unwrap();
    let mut found = |asked: &[Identity]| {
        let mut found = store.members_by_identities(shop(), asked).unwrap();
        found.sort_by_key(|own| own.id);
        found
    };
    // Two of one member are one member.
    let both = [identity("card", "7"), identity("email", "ana@example.com")];
    assert_eq!(found(&both), [ana()]);
    let of_two = [identity("card", "7"), identity("phone", "+4915100001")];
    assert_eq!(found(&of_two), [ana(), bo]);
    assert_eq!(found(&[identity("email", "7")]), []);
    assert_eq!(found(&[]), []);
}

fn identities_are_written_in_one_form_and_nothing_is_lost(db: TestDb) {
    let mut store = open(&db);
    let capital = identity("email", "Ana@Example.com");
    let own = vec![
        capital.clone(),
        identity("phone", "030 1"),
        identity("phone", "+49301"),
    ];
    store.create_member(shop(), &with(1, own)).unwrap();
    let bo = with(2, vec![identity("email", "ANA@example.com")]);
    store.create_member(shop(), &bo).unwrap();
    let mut rows: Vec<IdentityRow> = Vec::new();
    loop {
        let after = rows.last().map(|row| row.key.clone()).unwrap_or_default();
        let page = store.identities(shop(), &after, 3).unwrap();
        if page.is_empty() {
            break;
        }
        rows.extend(page);
    }
    assert_eq!(rows.len(), 4);
    let mut rewrite = |no: u64, kind: &str, old: &str, value: &str| {
        let named =
            |row: &&IdentityRow| row.member == member(no) && row.identity == identity(kind, old);
        let from = rows.iter().find(named).unwrap().clone();
        let value = value.to_owned();
        let done = store.rewrite_identities(shop(), &[Rewrite { from, value }]);
        done.unwrap()[0]
    };
    let one = "ana@example.com";
    assert_eq!(rewrite(1, "email", "Ana@Example.com", one), Rewritten::Done);
    assert_eq!(
        rewrite(1, "email", "Ana@Example.com", "x@y.z"),
        Rewritten::Gone
    );
    // Somebody else has it by now: theirs stays as it was, so that nothing is lost.
    let taken = Rewritten::Taken(member(1));
    assert_eq!(rewrite(2, "email", "ANA@example.com", one), taken);
    assert_eq!(rewrite(1, "phone", "030 1", "+49301"), Rewritten::Folded);

    let now = store.member(shop(), member(1)).unwrap().unwrap();
    let form = identity("email", one);
    assert_eq!(now.identities, [form.clone(), identity("phone", "+49301")]);
    let typed = store.typed(shop(), member(1)).unwrap();
    assert_eq!(typed, [(form.clone(), "Ana@Example.com".to_owned())]);
    let found = store.member_by_identity(shop(), "email", one).unwrap();
    assert_eq!(found.map(|own| own.id), Some(member(1)));
    assert_eq!(store.member(shop(), member(2)).unwrap(), Some(bo));

    let phone = (identity("phone", "+49301"), "+49 30 1".to_owned());
    let keep = store.keep_typed(shop(), member(1), std::slice::from_ref(&phone));
    keep.unwrap();
    // Nobody's but the member's own.
    let other = (form, "A".to_owned());
    store.keep_typed(shop(), member(2), &[other]).unwrap();
    let typed = store.typed(shop(), member(1)).unwrap();
    assert_eq!(typed.len(), 2);
    assert!(typed.contains(&phone), "{typed:?}");
    assert_eq!(store.typed(shop(), member(2)).unwrap(), []);
}
