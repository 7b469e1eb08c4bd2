//! A merchant moves: exported whole, brought in elsewhere, and what is damaged is refused in two lines.

use crate::shop::Shop;
use regulars_app::Database;
use regulars_testkit::TestDb;

/// The address of a new database of PostgreSQL, which stands as long as what is returned with it.
fn postgres() -> (TestDb, String) {
    let db = TestDb::postgres_empty();
    let address = match &db.database {
        Database::Postgres(address) => address.clone(),
        Database::Sqlite(_) => unreachable!("it is PostgreSQL"),
    };
    (db, address)
}

#[test]
fn a_merchant_moves_to_postgresql_and_back_with_the_same_head() {
    let shop = Shop::cafe();
    shop.ok(["seal"]);
    let head = shop.ok(["head"]);
    let out = shop.json(["export", "--whole", "moved"]);
    assert_eq!(out["rows"]["log"], 4, "{out:#}");
    let (_there, address) = postgres();
    let came = shop.json(["restore", "moved", "--database", &address]);
    assert_eq!(came["ok"], true, "{came:#}");
    assert_eq!(came["carried"], out);
    let there = Shop::on(&address);
    assert_eq!(there.ok(["head"]), head);
    assert_eq!(there.json(["verify", "--head", head.trim()])["ok"], true);
    for who in ["ana", "ben"] {
        let (here, gone) = (there.json(["balance", who]), shop.json(["balance", who]));
        for part in ["member", "points", "tier", "cards", "vouchers"] {
            assert_eq!(here[part], gone[part], "{who}: {part}");
        }
        assert_eq!(
            there.ok(["explain", who, "--all"]),
            shop.ok(["explain", who, "--all"])
        );
    }
    // And back, into a file beside the first.
    there.ok(["export", "--whole", "back"]);
    let back = there.path("back");
    let said = shop.ok([
        "restore",
        back.to_str().expect("it is a text"),
        "--database",
        "again.db",
    ]);
    assert!(said.contains("every balance is proved"), "{said}");
    let log = |shop: &Shop, folder: &str| shop.read(&format!("{folder}/rows/log.ndjson"));
    assert_eq!(log(&there, "back"), log(&shop, "moved"));
    assert_eq!(shop.ok(["head", "--database", "again.db"]), head);
}

#[test]
fn what_cannot_be_brought_in_says_why_and_what_to_do() {
    let shop = Shop::cafe();
    shop.ok(["export", "--whole", "moved"]);
    let (what, help) = shop.refuses(["restore", "moved"]);
    assert!(what.contains("exists already"), "{what}");
    assert!(!help.is_empty());
    let (what, _) = shop.refuses(["export", "--whole", "moved"]);
    assert!(what.contains("is not empty"), "{what}");
    shop.write("moved/rows/log.ndjson", "{}\n");
    let (what, _) = shop.refuses(["restore", "moved", "--database", "new.db"]);
    assert!(
        what.contains("log.ndjson") && what.contains("torn"),
        "{what}"
    );
    std::fs::create_dir(shop.path("empty")).expect("a folder is made");
    let (what, _) = shop.refuses(["restore", "empty", "--database", "new.db"]);
    assert!(what.contains("holds no manifest.json"), "{what}");
    let (what, _) = shop.refuses(["restore", "nowhere", "--database", "new.db"]);
    assert!(what.contains("nowhere"), "{what}");
}
