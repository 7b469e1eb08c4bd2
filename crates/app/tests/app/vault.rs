//! Personal fields that stand closed: who is looked for is found, and the key is turned while tills go on.

use crate::identities;
use crate::support::{CAFE, Shop, purchase};
use regulars_app::{App, Config, PageAsk, VaultKeys};
use regulars_testkit::TestDb;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

regulars_testkit::on_both! {
    duplicates_are_found_where_the_database_cannot_read,
    members_are_found_however_they_are_named,
    a_new_database_with_a_key_begins_closed,
    the_key_is_turned_while_tills_go_on,
}

fn duplicates_are_found_where_the_database_cannot_read(db: TestDb) {
    identities::duplicates_are_found_merged_and_parted(db.closed());
}

fn members_are_found_however_they_are_named(db: TestDb) {
    identities::a_member_is_found_however_they_are_named(db.closed());
}

fn a_new_database_with_a_key_begins_closed(mut db: TestDb) {
    db.vault = Some(VaultKeys::parse(&VaultKeys::fresh()).expect("it is a key"));
    let shop = Shop::open(db, CAFE);
    let report = shop.app.vault().expect("it is looked at");
    assert_eq!(report.left, 0);
    assert!(report.state.is_settled() && report.state.key.is_some());
    shop.take(purchase("zaphod", "A-1", "2025-03-02T09:00:00Z", 10_00));
    assert_eq!(shop.available("zaphod"), 10);
    let stays = ["log", "event_keys", "orders"];
    let mut places = shop.db.places_of(&["zaphod"]);
    places.retain(|place| !stays.contains(&&*place.table));
    assert!(places.is_empty(), "{places:?}");
}

fn the_key_is_turned_while_tills_go_on(mut db: TestDb) {
    let (old, new) = (VaultKeys::fresh(), VaultKeys::fresh());
    let keys = |lines: &[&str]| Some(VaultKeys::parse(&lines.join("\n")).expect("these are keys"));
    db.vault = keys(&[&old]);
    let shop = Shop::open(db, CAFE);
    for no in 0..50 {
        let order = format!("A-{no}");
        shop.take(purchase(
            &format!("c-{no}"),
            &order,
            "2025-03-02T09:00:00Z",
            10_00,
        ));
    }
    // Two servers with both keys; one of them turns it.
    let server = || {
        let config = Config {
            vault: keys(&[&new, &old]),
            ..Config::new(shop.db.database.clone())
        };
        App::open(config).expect("it opens")
    };
    let (selling, turning) = (server(), server());
    let (over, sold) = (AtomicBool::new(false), AtomicU64::new(0));
    let report = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) || sold.load(Ordering::SeqCst) < 60 {
                let no = sold.fetch_add(1, Ordering::SeqCst);
                let (who, order) = (format!("c-{}", no % 60), format!("B-{no}"));
                let bought = purchase(&who, &order, "2025-03-03T09:00:00Z", 1_00);
                selling
                    .ingest_one(shop.tenant, bought)
                    .expect("it is taken");
            }
        });
        let report = turning.turn_vault(false, &mut |_| ());
        over.store(true, Ordering::SeqCst);
        report
    });
    let report = report.expect("it is turned");
    assert!(report.state.is_settled(), "{report:?}");
    assert_eq!(selling.vault().expect("it is looked at").left, 0);
    for app in [selling, turning] {
        app.close();
    }
    // The older key is not needed any more, and nobody is there twice.
    let config = Config {
        vault: keys(&[&new]),
        ..Config::new(shop.db.database.clone())
    };
    let app = App::open(config).expect("the new key is enough");
    let all = PageAsk {
        after: None,
        limit: 1000,
    };
    let members = app.members(shop.tenant, &all).expect("a page");
    assert_eq!(members.items.len(), 60);
    app.close();
    let config = Config {
        vault: keys(&[&old]),
        ..Config::new(shop.db.database.clone())
    };
    let refused = App::open(config)
        .map(|_| ())
        .expect_err("the key is missing");
    assert!(
        refused.to_string().contains("closed with the key"),
        "{refused}"
    );
}
