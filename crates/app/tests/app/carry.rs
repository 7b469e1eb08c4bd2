//! A merchant moves to a database of the other kind: everything is there as it was, and goes on.

use crate::support::{CAFE, Shop, app, customer, demo, moment, purchase};
use regulars_app::{
    App, Config, Database, Error, InsightOptions, MakeMemberCards, MemberRef, NewKey, PageAsk,
    Scope, carry_in,
};
use regulars_base::{TenantId, Timestamp};
use regulars_testkit::TestDb;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

regulars_testkit::on_both! {
    the_demo_shop_moves_to_the_other_kind_and_is_the_same,
    keys_and_cards_go_with_it_and_sessions_do_not,
    who_is_there_already_is_not_brought_in_twice,
    a_folder_that_is_not_what_was_written_is_not_taken,
}

/// A new database of the other kind.
fn other(db: &TestDb) -> TestDb {
    match db.database {
        Database::Sqlite(_) => TestDb::postgres(),
        Database::Postgres(_) => TestDb::sqlite(),
    }
}

/// How a database is opened.
fn config(db: &TestDb) -> Config {
    Config {
        vault: db.vault.clone(),
        ..Config::new(db.database.clone())
    }
}

/// What people see of a shop, in words.
fn seen(app: &App, tenant: TenantId) -> Vec<String> {
    let mut seen = vec![
        format!("{:?}", app.shop_settings(tenant).expect("settings")),
        format!("{:?}", app.overview(tenant).expect("an overview")),
        format!("{:?}", app.programs(tenant).expect("programs")),
        format!("{:?}", app.segments(tenant).expect("segments")),
        format!("{:?}", app.member_card_batches(tenant).expect("batches")),
        format!(
            "{:?}",
            app.figures(tenant, &InsightOptions::default())
                .expect("a report")
        ),
    ];
    for row in app.statement(tenant).expect("there is a program") {
        seen.push(format!("{} {} {:?}", row.month, row.points, row.statement));
    }
    let mut page = PageAsk {
        after: None,
        limit: 1000,
    };
    loop {
        let members = app.members(tenant, &page).expect("a page");
        for member in &members.items {
            let who = MemberRef::Id(member.id);
            let has = app
                .balances(tenant, &who, None)
                .expect("the member is there");
            seen.push(format!("{member:?} {:?} {:?}", has.tier_id(), has.points));
            // Of some of them with every reason; that all rows are there is compared byte by byte.
            if seen.len() % 10 == 0 {
                let log = app
                    .explain(tenant, &who, &PageAsk::default())
                    .expect("the member is there");
                seen.push(format!(
                    "{:?}",
                    log.items.iter().map(|it| it.reasons()).collect::<Vec<_>>()
                ));
            }
        }
        page.after = members.next;
        if page.after.is_none() {
            return seen;
        }
    }
}

/// The files of a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let rows = std::fs::read_dir(folder.join("rows")).expect("the rows are there");
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.expect("it can be listed").path();
        let name = path.file_name().expect("it has a name").to_string_lossy();
        (
            name.into_owned(),
            std::fs::read(&path).expect("it can be read"),
        )
    };
    rows.map(read).collect()
}

fn open(db: &TestDb, now: Timestamp) -> App {
    let (app, clock) = app(db, |config| config);
    clock.store(now.micros(), Ordering::SeqCst);
    app
}

fn the_demo_shop_moves_to_the_other_kind_and_is_the_same(db: TestDb) {
    let now = moment("2025-03-01T09:00:00Z");
    let tenant = demo(&db, 7, now).tenant;
    let from = open(&db, now);
    // Something that no seal binds yet goes along, too.
    let late = purchase("C-000001", "late", "2025-03-01T08:59:00Z", 3000);
    from.ingest_one(tenant.id, late).expect("it is taken");
    let before = seen(&from, tenant.id);
    let folder = db.path("moved");
    let out = from.carry_out(tenant.id, &folder).expect("it is written");

    let db_there = other(&db);
    let mut told = (0, 0);
    let came = carry_in(&folder, config(&db_there), &mut |done, of| {
        told = (done, of)
    })
    .expect("it is brought in");
    assert!(came.holds(), "{:?} {:?}", came.differ, came.verified.wrong);
    assert_eq!(came.carried, out);
    assert!(told.1 > 10_000 && told.0 > told.1 / 2, "{told:?}");
    let sums = out.balances.iter().map(|own| own.amount);
    assert_eq!(sums.sum::<i128>(), 0, "{:?}", out.balances);
    let of_members = |it: &&regulars_app::CarriedBalance| it.account == "wallet" && it.amount > 0;
    assert!(out.balances.iter().any(|it| of_members(&it)));

    let there = open(&db_there, now);
    assert_eq!(there.tenant(tenant.id).expect("it is there"), tenant);
    assert_eq!(seen(&there, tenant.id), before);
    let again = db_there.path("again");
    assert_eq!(
        there.carry_out(tenant.id, &again).expect("it is written"),
        out
    );
    assert!(files(&again) == files(&folder), "a file differs");

    // And it goes on from there: the same event is known, the next is proved.
    let late = purchase("C-000001", "late", "2025-03-01T08:59:00Z", 3000);
    let known = there.ingest_one(tenant.id, late).expect("it is known");
    assert!(known.duplicate);
    let next = purchase("C-000001", "next", "2025-03-01T08:59:30Z", 3000);
    assert!(
        !there
            .ingest_one(tenant.id, next)
            .expect("it is taken")
            .duplicate
    );
    there.seal(tenant.id).expect("it seals");
    let proof = there
        .verify(tenant.id, None, &mut |_| {})
        .expect("it is read");
    assert_eq!(proof.wrong, None);
    assert!(proof.head.map(|seal| seal.no) > out.head.map(|(no, _)| no));
}

fn keys_and_cards_go_with_it_and_sessions_do_not(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.take(purchase("ana", "r-1", "2025-03-01T08:00:00Z", 8000));
    let key = NewKey {
        store: None,
        rate: None,
        name: "till".into(),
        scopes: vec![Scope::Read],
        partner: None,
        expires_at: None,
    };
    let key = shop.app.create_key(shop.tenant, key).expect("a key");
    let session = shop
        .app
        .open_session(shop.tenant, &key.info.id, &regulars_app::Whence::default())
        .expect("it is open");
    let cards = MakeMemberCards {
        batch: "spring".into(),
        prefix: "22".into(),
        digits: 12,
        count: 3,
    };
    shop.app
        .make_member_cards(shop.tenant, &cards)
        .expect("cards are made");
    let all = shop
        .app
        .member_cards(shop.tenant, "spring", &PageAsk::default())
        .expect("cards");
    let number = all.items[0].number.clone();
    let given = shop
        .app
        .activate_card(shop.tenant, &number, &customer("ana"))
        .expect("it is hers");
    let folder = shop.db.path("moved");
    shop.app
        .carry_out(shop.tenant, &folder)
        .expect("it is written");

    let there = other(&shop.db);
    let came = carry_in(&folder, config(&there), &mut |_, _| {}).expect("it is brought in");
    assert!(came.holds(), "{:?} {:?}", came.differ, came.verified.wrong);
    let app = open(&there, moment("2025-03-01T09:00:00Z"));
    let card = app.plastic_card(shop.tenant, &number).expect("it is there");
    assert_eq!(card, given);
    assert_eq!(
        app.authenticate(&key.secret).expect("it is good").tenant,
        shop.tenant
    );
    assert!(matches!(
        app.session(&session.secret),
        Err(Error::Unauthorized)
    ));
    assert!(shop.app.session(&session.secret).is_ok());
}

fn who_is_there_already_is_not_brought_in_twice(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.take(purchase("ana", "r-1", "2025-03-01T08:00:00Z", 8000));
    let folder = shop.db.path("moved");
    shop.app
        .carry_out(shop.tenant, &folder)
        .expect("it is written");
    let again = carry_in(&folder, config(&shop.db), &mut |_, _| {});
    assert!(
        matches!(&again, Err(Error::Exists { what: "tenant", name }) if name == "shop"),
        "{again:?}"
    );
    shop.verified();
    // A folder is written once.
    let over = shop.app.carry_out(shop.tenant, &folder);
    assert!(matches!(over, Err(Error::File { .. })), "{over:?}");

    // Beside another merchant there is room.
    let there = other(&shop.db);
    let app = open(&there, moment("2025-03-01T09:00:00Z"));
    let neighbour = app.create_tenant("neighbour").expect("the name is new");
    let came = app
        .carry_in(&folder, &mut |_, _| {})
        .expect("it is brought in");
    assert!(came.holds(), "{:?} {:?}", came.differ, came.verified.wrong);
    assert_eq!(app.counts(neighbour.id).expect("counts").events, 0);
    assert_eq!(app.counts(shop.tenant).expect("counts").events, 1);
}

fn a_folder_that_is_not_what_was_written_is_not_taken(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.take(purchase("ana", "r-1", "2025-03-01T08:00:00Z", 8000));
    let whole = shop.db.path("whole");
    shop.app
        .carry_out(shop.tenant, &whole)
        .expect("it is written");
    let there = other(&shop.db);
    let log = PathBuf::from("rows/log.ndjson");
    let manifest = PathBuf::from("manifest.json");
    let text = |path: &Path| std::fs::read_to_string(whole.join(path)).expect("it is a text");
    let (log_text, said) = (text(&log), text(&manifest));
    let version = |change: i64| {
        let mut said: serde_json::Value = serde_json::from_str(&said).expect("it is JSON");
        said["tables"] = (said["tables"].as_i64().expect("a number") + change).into();
        said.to_string()
    };
    let other_amount = log_text.replacen("\"seq\":1", "\"seq\":2", 1);
    assert_eq!(other_amount.len(), log_text.len());
    assert_ne!(other_amount, log_text);
    // What is damaged, how, and what is said of it.
    let cases: Vec<(&Path, Option<String>, &str)> = vec![
        (&log, Some(log_text[..log_text.len() - 9].into()), "is torn"),
        (&log, Some(other_amount), "its SHA-256 is"),
        (&log, None, "is missing"),
        (
            Path::new("rows/more.ndjson"),
            Some("{}\n".into()),
            "is not named by the manifest",
        ),
        (&manifest, None, "holds no manifest.json"),
        (
            &manifest,
            Some(said[..said.len() / 2].into()),
            "is no manifest of a whole export",
        ),
        (
            &manifest,
            Some(version(1)),
            "was written by a newer Regulars",
        ),
        (
            &manifest,
            Some(version(-1)),
            "was written by an older Regulars",
        ),
        (
            &manifest,
            Some(said.replace("\"log\"", "\"lag\"")),
            "names the table `lag`",
        ),
        (
            &manifest,
            Some(said.replace("ten_", "mem_")),
            "names a tenant that is none",
        ),
    ];
    let app = open(&there, moment("2025-03-01T09:00:00Z"));
    for (number, (path, content, expected)) in cases.into_iter().enumerate() {
        let folder = shop.db.path(&format!("damaged-{number}"));
        copy(&whole, &folder);
        match content {
            Some(content) => std::fs::write(folder.join(path), content).expect("it is written"),
            None => std::fs::remove_file(folder.join(path)).expect("it goes"),
        }
        match app.carry_in(&folder, &mut |_, _| {}) {
            Err(Error::File { why, .. }) => assert!(why.contains(expected), "{expected}: {why}"),
            other => panic!("{expected}: {other:?}"),
        }
        assert_eq!(app.tenants().expect("tenants"), [], "{expected}");
    }
    let came = app
        .carry_in(&whole, &mut |_, _| {})
        .expect("it is brought in");
    assert!(came.holds(), "{:?} {:?}", came.differ, came.verified.wrong);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to.join("rows")).expect("a folder is made");
    std::fs::copy(from.join("manifest.json"), to.join("manifest.json")).expect("it is copied");
    for (name, content) in files(from) {
        std::fs::write(to.join("rows").join(name), content).expect("it is written");
    }
}
