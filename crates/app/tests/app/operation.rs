//! What an operator does: look at a plan, export, back up, restore, prove; and the demo shop.

use crate::support::{CAFE, Shop, app, customer, demo, moment, purchase};
use regulars_app::{Database, Error, PageAsk, restore};
use regulars_engine::program::words::Language;
use regulars_testkit::TestDb;

regulars_testkit::on_both! {
    a_plan_says_what_changes_and_whom_it_concerns,
    an_export_holds_everything,
    an_export_has_what_was_booked_with_partners,
    an_export_has_what_happened_in_games,
    a_statement_foots,
    a_changed_row_is_found,
    a_lost_row_is_found_against_a_head_that_was_kept,
}

const DAY: &str = "2025-03-01T08:00:00Z";

fn a_plan_says_what_changes_and_whom_it_concerns(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.take(purchase("ana", "r-1", DAY, 1000));
    shop.take(purchase("bo", "r-2", DAY, 50));
    let new = CAFE.replace("1 per 1 EUR", "2 per 1 EUR");
    let plan = shop.app.plan(shop.tenant, &new, 100).expect("it is right");
    assert_eq!(plan.against, Some(1));
    assert_eq!(
        plan.differences(Language::En),
        ["rule `spend`: gives 2 beans per 1.00 EUR instead of 1 bean per 1.00 EUR"]
    );
    let effect = &plan.effect;
    assert_eq!((effect.purchases, effect.changed), (2, 2));
    assert_eq!((effect.members_better, effect.members_worse), (2, 0));
    let (_, old, new) = effect.points[0];
    assert_eq!((old, new), (10, 21));
    assert_eq!(shop.app.programs(shop.tenant).expect("a list").len(), 1);
    let same = shop.app.plan(shop.tenant, CAFE, 100).expect("it is right");
    assert_eq!(
        (same.differences(Language::En).len(), same.effect.changed),
        (0, 0)
    );
}

fn an_export_holds_everything(db: TestDb) {
    let folder = db.path("export");
    let shop = Shop::open(db, CAFE);
    shop.take(purchase("ana", "r-1", DAY, 1000));
    shop.take(purchase("bo", "r-2", DAY, 2000));
    let done = shop
        .app
        .export(shop.tenant, &folder)
        .expect("the folder is new");
    let files: Vec<(String, u64)> = done
        .files
        .iter()
        .map(|(path, rows)| {
            let name = path.strip_prefix(&folder).expect("it is in the folder");
            (name.display().to_string(), *rows)
        })
        .collect();
    let expected = [
        ("members.parquet", 2),
        ("balances.parquet", 2),
        ("log.parquet", 2),
        ("entries.parquet", 2),
        ("programs/0001.toml", 1),
    ];
    assert_eq!(files, expected.map(|(name, rows)| (name.to_owned(), rows)));
    assert!(done.files.iter().all(|(path, _)| path.exists()));
    let again = shop.app.export(shop.tenant, &folder);
    assert!(matches!(again, Err(Error::File { .. })));
}

fn an_export_has_what_was_booked_with_partners(db: TestDb) {
    let folder = db.path("export");
    let partner = "[partner.bakery]\nsources = [\"till\"]\ncost = { beans = \"0.01 EUR\" }\n";
    let shop = Shop::open(db, &format!("{CAFE}\n{partner}"));
    shop.take(purchase("ana", "r-1", DAY, 1000));
    shop.take(purchase("bo", "r-2", DAY, 2000));
    let ask = PageAsk {
        after: None,
        limit: 100,
    };
    let entries = shop
        .app
        .partner_entries(shop.tenant, "bakery", None, &ask)
        .expect("it is a partner");
    let done = shop.app.export(shop.tenant, &folder);
    let done = done.expect("the folder is new");
    let is = |(path, _): &&(std::path::PathBuf, u64)| path.ends_with("partner_entries.parquet");
    let rows = done.files.iter().find(is).map(|(_, rows)| *rows);
    assert_eq!(rows, Some(entries.items.len() as u64));
    assert!(!entries.items.is_empty());
}

fn an_export_has_what_happened_in_games(db: TestDb) {
    let folder = db.path("export");
    let games = "[[leaderboard]]\nid = \"week\"\ncounts = \"points\"\npoints = \"beans\"\nevery = \"week\"\n";
    let shop = Shop::open(db, &format!("{CAFE}\n{games}"));
    shop.take(purchase("ana", "r-1", DAY, 1000));
    shop.take(purchase("bo", "r-2", DAY, 2000));
    shop.take(purchase("bo", "r-3", DAY, 2000));
    let done = shop.app.export(shop.tenant, &folder);
    let done = done.expect("the folder is new");
    let is = |(path, _): &&(std::path::PathBuf, u64)| path.ends_with("games.parquet");
    assert_eq!(done.files.iter().find(is).map(|(_, rows)| *rows), Some(3));
}

fn a_statement_foots(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.take(purchase("ana", "r-1", DAY, 1000));
    shop.set("2025-05-10T00:00:00Z");
    shop.take(purchase("ana", "r-2", "2025-05-01T08:00:00Z", 500));
    shop.set("2026-04-10T00:00:00Z");
    shop.app.tick_due(shop.app.now()).expect("ticks are events");
    let rows = shop.app.statement(shop.tenant).expect("there is a program");
    assert_eq!(rows.len(), 14, "each month from the first to today's");
    for pair in rows.windows(2) {
        assert_eq!(pair[0].statement.closing(), pair[1].statement.opening);
    }
    let (first, last) = (&rows[0], &rows[13]);
    assert_eq!(
        (first.month.to_string().as_str(), first.liability),
        ("2025-03-01", Some(10))
    );
    assert_eq!(last.statement.closing(), 5);
    let expired: i64 = rows.iter().map(|row| row.statement.expired).sum();
    assert_eq!(expired, 10);
}

fn a_changed_row_is_found(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.take(purchase("ana", "r-1", DAY, 1000));
    shop.verified();
    shop.db.execute("UPDATE wallets SET seq = seq + 1");
    let proof = shop
        .app
        .verify(shop.tenant, None, &mut |_| {})
        .expect("it can be read");
    assert!(proof.wrong.is_some(), "{proof:?}");
}

fn a_lost_row_is_found_against_a_head_that_was_kept(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    shop.take(purchase("ana", "r-1", DAY, 1000));
    let seal = shop.app.seal(shop.tenant).expect("it seals");
    let kept: String = seal
        .expect("there was something to seal")
        .hash
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let verify = |head: &str| shop.app.verify(shop.tenant, Some(head), &mut |_| {});
    assert_eq!(verify(&kept).expect("it can be read").wrong, None);
    let other = "0".repeat(64);
    assert!(verify(&other).expect("it can be read").wrong.is_some());
    assert!(matches!(verify("xyz"), Err(Error::Invalid(_))));
}

#[test]
fn a_backup_is_the_same_shop_elsewhere() {
    let db = TestDb::sqlite();
    let (copy, elsewhere) = (db.path("copy.db"), db.path("elsewhere.db"));
    let shop = Shop::open(db, CAFE);
    shop.take(purchase("ana", "r-1", DAY, 1000));
    let done = shop.app.backup(&copy).expect("the file is new");
    assert!(done.bytes > 0);
    assert!(
        shop.app.backup(&copy).is_err(),
        "a file is never overwritten"
    );
    shop.take(purchase("ana", "r-2", DAY, 1000));
    let target = Database::Sqlite(elsewhere);
    restore(&copy, &target).expect("nothing is there yet");
    assert!(matches!(restore(&copy, &target), Err(Error::File { .. })));
    let (app, _) = app(&shop.db, |mut config| {
        config.database = target;
        config
    });
    let balances = app.balances(shop.tenant, &customer("ana"), None);
    assert_eq!(balances.expect("she is known").points[0].available, 10);
}

#[test]
fn the_demo_shop_is_the_same_each_time() {
    let load = || {
        let db = TestDb::sqlite();
        let load = || demo(&db, 1, moment("2025-03-01T09:00:00Z"));
        let (demo, again) = (load(), load());
        assert_eq!(again.events, demo.events);
        let (app, _) = app(&db, |config| config);
        let (kind, value) = demo.try_member.clone();
        assert_eq!(kind, "customer");
        let page = app
            .explain(demo.tenant.id, &customer(&value), &PageAsk::default())
            .expect("the member to try is there");
        assert!(!page.items.is_empty());
        let proof = app
            .verify(demo.tenant.id, None, &mut |_| {})
            .expect("can be read");
        assert_eq!(proof.wrong, None);
        let statement = app.statement(demo.tenant.id).expect("there is a program");
        (demo.members, demo.events, statement)
    };
    let (first, second) = std::thread::scope(|scope| {
        let second = scope.spawn(load);
        (load(), second.join().expect("it loads"))
    });
    assert!(first.0 >= 250 && first.1 > 5_000, "{} {}", first.0, first.1);
    assert_eq!(second, first);
}
