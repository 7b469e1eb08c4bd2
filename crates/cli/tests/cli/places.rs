//! Places that do not do: each says what is wrong and what to do, and nothing is half-written.

use crate::shop::{CAFE, ORDERS, Shop, two_lines, wait};
use rusqlite::Connection;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn a_database_that_is_not_there_is_not_made_by_looking() {
    let shop = Shop::new();
    for args in [
        ["explain", "ana"],
        ["balance", "ana"],
        ["export", "out"],
        ["backup", "b.db"],
    ] {
        let (what, advice) = shop.refuses(args);
        assert!(what.contains("there is no database at"), "{what}");
        assert!(advice.contains("--database"), "{advice}");
    }
    for command in ["verify", "head", "versions", "statement"] {
        shop.refuses([command]);
    }
    assert!(!shop.database().exists());
}

#[test]
fn a_file_that_is_no_database_is_said_so() {
    let shop = Shop::new();
    shop.write(
        "notes.txt",
        "This is not a database, and long enough to be sure of that.\n".repeat(50),
    );
    let (what, _) = shop.refuses(["versions", "--database", "notes.txt"]);
    assert!(what.contains("database"), "{what}");
    assert!(
        shop.read("notes.txt").starts_with("This is not"),
        "the file was written to"
    );
}

#[test]
fn a_postgres_server_that_is_not_there_is_said_so() {
    let shop = Shop::new();
    let address = "postgres://nobody@127.0.0.1:1/nothing";
    let (what, advice) = shop.refuses(["versions", "--database", address]);
    assert!(what.contains("cannot be reached"), "{what}");
    assert!(advice.contains("address"), "{advice}");
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    let shop = Shop::cafe();
    let database = Connection::open(shop.database()).expect("the database opens");
    database
        .execute(
            "INSERT INTO schema_versions (version, name, checksum) VALUES (1000, 'later', x'00')",
            [],
        )
        .expect("a later program would do so");
    drop(database);
    for args in [["explain", "ana"], ["import", "orders.csv"]] {
        let (what, advice) = shop.refuses(args);
        assert!(what.contains("version 1000"), "{what}");
        assert!(
            format!("{what} {advice}").contains("newer program"),
            "{what} {advice}"
        );
    }
}

/// Whether this process may write everywhere.
fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
}

/// A call as a user who may write nowhere else: root itself is stopped by no permission.
fn as_anybody(shop: &Shop, args: &[&str]) -> Command {
    if !is_root() {
        return shop.command(args);
    }
    // The executable may lie where others may not even look.
    let copy = shop.path("regulars");
    std::fs::copy(env!("CARGO_BIN_EXE_regulars"), &copy).expect("the folder takes a file");
    let open = |path: &Path| {
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).expect("is ours");
    };
    open(&copy);
    open(copy.parent().expect("lies in the folder"));
    let mut command = shop.command_of(&copy, args);
    command.uid(65_534).gid(65_534);
    command
}

#[test]
fn a_folder_that_cannot_be_written_to_is_said_so() {
    let shop = Shop::new();
    shop.write("cafe.toml", CAFE);
    let locked = shop.path("locked");
    std::fs::create_dir(&locked).expect("the folder takes a folder");
    std::fs::set_permissions(&locked, PermissionsExt::from_mode(0o555)).expect("is ours");
    for database in ["locked/regulars.db", "locked/deeper/regulars.db"] {
        let done = wait(&mut as_anybody(
            &shop,
            &["apply", "cafe.toml", "--database", database],
        ));
        assert_eq!(done.code, Some(2), "{done:#?}");
        let (what, advice) = two_lines(&done.err);
        assert!(what.contains("locked"), "{what}");
        assert!(advice.contains("right to write"), "{advice}");
    }
    let left = std::fs::read_dir(&locked)
        .expect("a readable folder")
        .count();
    assert_eq!(left, 0);
}

/// A call that may write no file longer than so many blocks of 512 bytes: to the program a disk
/// that is full, whoever runs the test.
fn cramped(shop: &Shop, blocks: u32, args: &[&str]) -> Command {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut all = vec!["-c", &script, env!("CARGO_BIN_EXE_regulars")];
    all.extend(args);
    shop.command_of(Path::new("/bin/sh"), all)
}

fn many_orders(shop: &Shop) -> PathBuf {
    let mut text = "customer,order,date,amount,category\n".to_owned();
    for n in 0..3000 {
        text += &format!(
            "c{},o{n},2026-01-{:02},{}.00,beans\n",
            n % 700,
            n % 28 + 1,
            n % 90 + 1
        );
    }
    shop.write("orders.csv", text)
}

#[test]
fn a_full_disk_stops_an_import_which_goes_on_when_there_is_space() {
    let shop = Shop::new();
    shop.write("cafe.toml", CAFE);
    many_orders(&shop);
    shop.ok(["apply", "cafe.toml"]);
    let done = wait(&mut cramped(&shop, 800, &["import", "orders.csv"]));
    assert_eq!(done.code, Some(2), "{done:#?}");
    let (what, advice) = two_lines(&done.err);
    assert!(what.contains("full") || what.contains("disk"), "{what}");
    assert!(advice.contains("space"), "{advice}");
    assert_eq!(shop.json(["verify"])["ok"], true);

    shop.ok(["import", "orders.csv"]);
    let whole = Shop::new();
    whole.write("cafe.toml", CAFE);
    many_orders(&whole);
    whole.ok(["import", "orders.csv", "--program", "cafe.toml"]);
    assert_eq!(shop.json(["statement"]), whole.json(["statement"]));
}

#[test]
fn a_full_disk_leaves_no_half_an_export_or_backup() {
    let shop = Shop::new();
    shop.write("cafe.toml", CAFE);
    many_orders(&shop);
    shop.ok(["import", "orders.csv", "--program", "cafe.toml"]);
    let done = wait(&mut cramped(&shop, 8, &["export", "out"]));
    assert_eq!(done.code, Some(2), "{done:#?}");
    let done = wait(&mut cramped(&shop, 8, &["backup", "copy.db"]));
    assert_eq!(done.code, Some(2), "{done:#?}");
    assert!(!shop.path("copy.db").exists());
    // What is there may be tried again as if nothing had been.
    shop.ok(["backup", "copy.db"]);
}

#[test]
fn a_backup_is_restored_elsewhere_and_proves_the_same() {
    let shop = Shop::cafe();
    shop.ok(["seal"]);
    let head = shop.json(["head"])["hash"].clone();
    shop.ok(["backup", "copy.db"]);
    let (what, advice) = shop.refuses(["backup", "copy.db"]);
    assert!(what.contains("copy.db"), "{what}");
    assert!(advice.contains("another name"), "{advice}");

    let second = ["--database", "second/regulars.db"];
    shop.ok(["restore", "copy.db"].into_iter().chain(second));
    let hash = head.as_str().expect("is a hash");
    let proved = shop.json(["verify", "--head", hash].into_iter().chain(second));
    assert_eq!(proved["ok"], true);
    assert_eq!(
        shop.json(["statement"]),
        shop.json(["statement"].into_iter().chain(second))
    );
    // Over a database that is in use nothing is restored.
    shop.refuses(["restore", "copy.db"]);
    let (what, _) = shop.refuses(["restore", "nowhere.db", "--database", "third.db"]);
    assert!(what.contains("there is no file"), "{what}");
    assert!(!shop.path("third.db").exists());
}

#[test]
fn an_export_holds_everything_as_parquet() {
    let shop = Shop::cafe();
    let done = shop.json(["export", "out"]);
    let files = done["files"].as_array().expect("is a list");
    let rows = |name: &str| {
        let of =
            |file: &&serde_json::Value| file["file"].as_str().is_some_and(|it| it.ends_with(name));
        files
            .iter()
            .find(of)
            .map(|file| file["rows"].as_u64().unwrap_or(0))
    };
    assert_eq!(rows("members.parquet"), Some(2), "{done:#}");
    assert_eq!(rows("log.parquet"), Some(4), "{done:#}");
    for file in files {
        let path = shop.path(file["file"].as_str().expect("is a path"));
        assert!(path.exists(), "{}", path.display());
    }
    // A folder with something in it is not written over.
    shop.refuses(["export", "out"]);
}

#[test]
fn migrate_makes_a_database_and_leaves_one_as_it_is() {
    let shop = Shop::new();
    shop.ok(["migrate"]);
    assert!(shop.database().exists());
    shop.ok(["migrate"]);
    assert_eq!(shop.json(["tenants"])["items"], serde_json::json!([]));
}

#[test]
fn a_wrong_use_shows_how_it_is_used() {
    let shop = Shop::new();
    assert!(
        shop.fails(2, ["balance"])
            .contains("Usage: regulars balance")
    );
    assert!(shop.fails(2, ["blance", "ana"]).contains("balance"));
    shop.write("orders.csv", ORDERS);
    let done = shop.run(["explain", "ana", "--json"]);
    assert_eq!(done.code, Some(2), "{done:#?}");
    let error: serde_json::Value = serde_json::from_str(&done.err).expect("is JSON");
    assert!(
        error["advice"]
            .as_str()
            .is_some_and(|it| it.contains("--database")),
        "{error:#}"
    );
}
