//! Reading what was written: log, balances of a day, sums, due wallets; and what stands around.

use crate::world::{PROGRAM, ingest, open, points, proof, shop};
use regulars_base::{Name, Timestamp};
use regulars_ledger::Account;
use regulars_store::{ApiKey, Conflict, Cursor, Error, Moved, NewVersion, Store, Tenant, Version};
use regulars_testkit::{Story, TestDb, at, on_both, tenant};

on_both! {
    a_log_is_read_in_pages_both_ways,
    a_balance_is_that_of_the_day,
    points_lapse_at_their_moment_and_not_before,
    wallets_are_due_when_their_points_lapse,
    sums_by_stretch_foot_to_the_unit,
    programs_have_versions_without_gaps,
    a_key_is_found_until_it_is_void_and_noted_once_a_day,
    a_tenant_has_a_name_of_its_own,
    a_bookmark_is_kept,
    everything_is_read_one_by_one,
}

/// Thirty purchases of one customer, a day apart, of 1, 2, 3 ... euro.
fn month(store: &mut dyn Store) -> regulars_base::WalletId {
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    for no in 1..=30 {
        let bought = story.purchase(Story::customer(1), &format!("o-{no}"), no * 100);
        ingest(store, &[bought]).unwrap();
        story.days(1);
    }
    let found = store.member_by_identity(shop(), "customer", "1").unwrap();
    found.unwrap().wallet
}

fn a_log_is_read_in_pages_both_ways(db: TestDb) {
    let mut store = open(&db);
    let wallet = month(&mut *store);
    let mut page = |cursor| -> Vec<u64> {
        let page = store.log(shop(), wallet, cursor, 12).unwrap();
        page.iter().map(|row| row.seq).collect()
    };
    assert_eq!(page(Cursor::After(0)), (1..=12).collect::<Vec<_>>());
    assert_eq!(page(Cursor::After(24)), (25..=30).collect::<Vec<_>>());
    assert_eq!(
        page(Cursor::Before(u64::MAX)),
        (19..=30).rev().collect::<Vec<_>>()
    );
    assert_eq!(page(Cursor::Before(3)), [2, 1]);
}

fn a_balance_is_that_of_the_day(db: TestDb) {
    let mut store = open(&db);
    let wallet = month(&mut *store);
    for (day, due) in [
        ("2025-02-28", 0),
        ("2025-03-01", 1),
        ("2025-03-10", 55),
        ("2025-05-01", 465),
    ] {
        let at = at(&format!("{day}T23:00:00Z"));
        let state = store.wallet_at(shop(), wallet, at).unwrap();
        assert_eq!(state.available(Name::of("points"), at), due, "{day}");
    }
    let now = store.wallet_at(shop(), wallet, Timestamp::LAST).unwrap();
    let member = store
        .member_by_identity(shop(), "customer", "1")
        .unwrap()
        .unwrap();
    assert_eq!(store.wallet(shop(), member.id).unwrap().unwrap().state, now);
}

pub(crate) fn points_lapse_at_their_moment_and_not_before(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    ingest(
        &mut *store,
        &[story.purchase(Story::customer(1), "o-1", 7_00)],
    )
    .unwrap();
    story.days(300);
    ingest(
        &mut *store,
        &[story.purchase(Story::customer(1), "o-2", 1_00)],
    )
    .unwrap();
    assert_eq!(points(&mut *store, 1), 8);
    story.days(80);
    ingest(
        &mut *store,
        &[story.purchase(Story::customer(1), "o-3", 1_00)],
    )
    .unwrap();
    assert_eq!(points(&mut *store, 1), 2);
    assert_eq!(proof(&mut *store), Ok(()));
}

fn wallets_are_due_when_their_points_lapse(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let later = story.now().plus_micros(400 * 86_400_000_000);
    for no in 1..=3 {
        let bought = story.purchase(Story::customer(no), &format!("o-{no}"), 100);
        ingest(&mut *store, &[bought]).unwrap();
        story.days(10);
    }
    assert_eq!(store.due(shop(), story.now(), 10).unwrap(), []);
    let due = store.due(shop(), later, 2).unwrap();
    let mut id = |no: u64| {
        let found = store
            .member_by_identity(shop(), "customer", &no.to_string())
            .unwrap();
        found.unwrap().id
    };
    assert_eq!([due[0].0, due[1].0], [id(1), id(2)]);
    assert!(due[0].1 < due[1].1 && due[1].1 <= later);
}

fn sums_by_stretch_foot_to_the_unit(db: TestDb) {
    let mut store = open(&db);
    month(&mut *store);
    let issued = |stretch, amount, postings| Moved {
        stretch,
        points: Name::of("points"),
        from: Account::Issued,
        to: Account::Wallet,
        amount,
        postings,
    };
    let (tenth, last) = (at("2025-03-10T00:00:00Z"), at("2025-03-30T00:00:00Z"));
    assert_eq!(store.moved(shop(), &[]).unwrap(), [issued(0, 465, 30)]);
    assert_eq!(
        store.moved(shop(), &[tenth, last]).unwrap(),
        [issued(0, 45, 9), issued(1, 390, 20), issued(2, 30, 1)]
    );
    let counts = store.counts(shop()).unwrap();
    assert_eq!((counts.events, counts.entries, counts.orders), (30, 30, 30));
}

fn programs_have_versions_without_gaps(db: TestDb) {
    let mut store = open(&db);
    let version = |after, day: &str| NewVersion {
        hash: [u8::try_from(after).unwrap(); 32],
        text: format!("{PROGRAM}\n# {after}"),
        in_force_from: at(&format!("{day}T00:00:00Z")),
        applied_at: at("2025-01-01T00:00:00Z"),
        by: "ana".into(),
        note: "because".into(),
        after,
    };
    assert_eq!(
        store
            .apply_program(shop(), &version(0, "2025-01-01"))
            .unwrap(),
        1
    );
    assert_eq!(
        store
            .apply_program(shop(), &version(1, "2025-02-01"))
            .unwrap(),
        2
    );
    let late = store.apply_program(shop(), &version(1, "2025-03-01"));
    assert!(
        matches!(late, Err(Error::Conflict(Conflict::Program { found: 2 }))),
        "{late:?}"
    );
    // Back to the first, by its hash, as a version of its own.
    let back = NewVersion {
        after: 2,
        in_force_from: at("2025-03-01T00:00:00Z"),
        ..version(0, "2025-01-01")
    };
    assert_eq!(store.apply_program(shop(), &back).unwrap(), 3);
    let versions = store.program_versions(shop()).unwrap();
    let in_force = |day: &str| {
        let at = at(&format!("{day}T00:00:00Z"));
        Version::in_force(&versions, at).unwrap().no
    };
    assert_eq!(
        [
            in_force("2020-01-01"),
            in_force("2025-01-31"),
            in_force("2025-02-01")
        ],
        [1, 1, 2]
    );
    assert_eq!(in_force("2025-06-01"), 3);
    let text = store.program_text(shop(), &versions[2].hash).unwrap();
    assert_eq!(text, Some(format!("{PROGRAM}\n# 0")));
    assert_eq!(store.program_text(shop(), &[9; 32]).unwrap(), None);
    let loaded = store.peek(shop(), &[]).unwrap();
    assert_eq!(
        loaded.program, 3,
        "a batch says which version is the newest"
    );
}

fn a_key_is_found_until_it_is_void_and_noted_once_a_day(db: TestDb) {
    let mut store = open(&db);
    let key = ApiKey {
        tenant: shop(),
        id: "k1".into(),
        name: "till".into(),
        hash: [7; 32],
        scopes: vec!["events:write".into(), "members:read".into()],
        created_at: at("2025-01-01T00:00:00Z"),
        expires_at: Some(at("2026-01-01T00:00:00Z")),
        revoked_at: None,
        used_at: None,
    };
    store.create_api_key(&key).unwrap();
    let twice = store.create_api_key(&key);
    assert!(
        matches!(twice, Err(Error::Conflict(Conflict::ApiKey(_)))),
        "{twice:?}"
    );
    assert_eq!(store.api_key(&[7; 32]).unwrap(), Some(key.clone()));
    assert_eq!(store.api_key(&[8; 32]).unwrap(), None);
    for moment in [
        "2025-03-01T09:30:00Z",
        "2025-03-01T19:30:00Z",
        "2025-03-01T01:30:00Z",
    ] {
        store.touch_api_key(shop(), "k1", at(moment)).unwrap();
        let used = store.api_keys(shop()).unwrap()[0].used_at;
        assert_eq!(used, Some(at("2025-03-01T00:00:00Z")));
    }
    let end = at("2025-04-01T00:00:00Z");
    assert!(store.revoke_api_key(shop(), "k1", end).unwrap());
    assert!(!store.revoke_api_key(shop(), "k1", end).unwrap());
    assert_eq!(
        store.api_key(&[7; 32]).unwrap().unwrap().revoked_at,
        Some(end)
    );
}

fn a_tenant_has_a_name_of_its_own(db: TestDb) {
    let mut store = open(&db);
    let tenant = |no, name: &str| Tenant {
        id: tenant(no),
        name: name.into(),
        created_at: at("2025-01-01T00:00:00Z"),
    };
    store.create_tenant(&tenant(2, "another")).unwrap();
    for taken in [tenant(3, "another"), tenant(2, "third")] {
        let refused = store.create_tenant(&taken);
        assert!(
            matches!(refused, Err(Error::Conflict(Conflict::Tenant(_)))),
            "{refused:?}"
        );
    }
    let names: Vec<String> = store
        .tenants()
        .unwrap()
        .into_iter()
        .map(|t| t.name)
        .collect();
    assert_eq!(names, ["another", "shop"]);
}

fn a_bookmark_is_kept(db: TestDb) {
    let mut store = open(&db);
    assert_eq!(store.bookmark(shop(), "import").unwrap(), None);
    store
        .set_bookmark(shop(), "import", Some("line 7"))
        .unwrap();
    store
        .set_bookmark(shop(), "import", Some("line 9"))
        .unwrap();
    assert_eq!(
        store.bookmark(shop(), "import").unwrap().as_deref(),
        Some("line 9")
    );
    store.set_bookmark(shop(), "import", None).unwrap();
    assert_eq!(store.bookmark(shop(), "import").unwrap(), None);
}

fn everything_is_read_one_by_one(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let bought = |no: u64| story.purchase(Story::customer(no % 5), &format!("o-{no}"), 1_00);
    let events: Vec<_> = (0..50).map(bought).collect();
    ingest(&mut *store, &events).unwrap();
    let (mut wallets, mut rows) = (Vec::new(), Vec::new());
    let mut keep = |row: regulars_store::WalletRow| {
        wallets.push((row.wallet, row.seq));
        Ok(())
    };
    store.each_wallet(shop(), &mut keep).unwrap();
    let mut keep = |row: regulars_store::Logged| {
        rows.push((row.wallet, row.seq));
        Ok(())
    };
    store.each_event(shop(), &mut keep).unwrap();
    assert!(wallets.is_sorted() && wallets.len() == 5 && wallets.iter().all(|(_, seq)| *seq == 10));
    assert!(rows.is_sorted() && rows.len() == 50);
    let stop = store.each_event(shop(), &mut |_| Err(Error::Missing("patience")));
    assert!(matches!(stop, Err(Error::Missing("patience"))), "{stop:?}");
}
