//! When the world outside fails: full disks, folders that cannot be written to, servers that are
//! not there. Each gets an error that says what to do, and nothing is half written.

use crate::world::{accepted, asks, decide, ingest, open, points, program, proof, shop};
use regulars_store::{Database, Error, Sqlite, Store, Tenant};
use regulars_testkit::{Story, TestDb, at};

#[test]
fn a_full_disk_is_said_to_be_full_and_nothing_is_half_written() {
    let db = TestDb::sqlite();
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    ingest(
        &mut *store,
        &[story.purchase(Story::customer(1), "o-1", 5_00)],
    )
    .unwrap();
    let Database::Sqlite(path) = &db.database else {
        unreachable!("it is SQLite")
    };
    // The same limit that SQLite meets on a full disk, and the same answer from it.
    let mut full = Sqlite::open(path).unwrap();
    full.limit_pages(1).unwrap();
    let bought = |no: u64| story.purchase(Story::customer(no), &format!("p-{no}"), 5_00);
    let events: Vec<_> = (0..200).map(bought).collect();
    let program = program();
    let failed = full.batch(shop(), &asks(&program, &events), &mut |loaded| {
        decide(&program, loaded, &events).1
    });
    let error = failed.expect_err("there is no space");
    assert!(matches!(error, Error::Full(_)), "{error:?}");
    assert!(error.to_string().contains("free some space"), "{error}");
    drop(full);
    assert_eq!(store.counts(shop()).unwrap().events, 1);
    assert_eq!(points(&mut *store, 1), 5);
    assert_eq!(proof(&mut *store), Ok(()));
    assert!(ingest(&mut *store, &events).unwrap().iter().all(accepted));
}

#[test]
fn a_folder_that_takes_no_files_is_said_to_be_read_only() {
    // Nobody may make files there, root neither.
    let database = Database::Sqlite("/proc/regulars.db".into());
    let error = database.migrate().expect_err("it cannot be made there");
    assert!(matches!(error, Error::ReadOnly { .. }), "{error:?}");
    assert!(error.to_string().contains("the right to write"), "{error}");
}

#[test]
fn a_file_that_is_not_there_is_said_to_be_missing() {
    let db = TestDb::sqlite_empty();
    let error = db
        .database
        .connect()
        .map(|_| ())
        .expect_err("there is none");
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    assert!(
        error.to_string().contains("there is no database"),
        "{error}"
    );
    let nowhere = Database::Sqlite(db.path("a/b/c.db"));
    let error = nowhere.migrate().expect_err("the folder is missing");
    assert!(error.to_string().contains("create it"), "{error}");
}

#[test]
fn a_server_that_is_not_there_is_said_to_be_unreachable() {
    let nobody = Database::parse("postgres://regulars@127.0.0.1:1/regulars");
    for failed in [nobody.connect().map(|_| ()), nobody.migrate().map(|_| ())] {
        let error = failed.expect_err("nobody listens there");
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
        assert!(error.to_string().contains("check that it runs"), "{error}");
    }
    let bad = Database::parse("postgres://regulars@127.0.0.1:port/regulars");
    assert!(matches!(bad.migrate(), Err(Error::Unavailable(_))));
}

#[test]
fn a_standby_is_said_to_take_no_writes() {
    let db = TestDb::postgres();
    db.execute(
        "DO $$ BEGIN EXECUTE format(
             'ALTER DATABASE %I SET default_transaction_read_only = on', current_database());
         END $$",
    );
    let tenant = Tenant {
        id: shop(),
        name: "shop".to_owned(),
        created_at: at("2025-03-01T09:00:00Z"),
    };
    let failed = db.connect().create_tenant(&tenant);
    let error = failed.expect_err("nothing is written there");
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    assert!(error.to_string().contains("takes no writes"), "{error}");
}

#[test]
fn a_connection_that_was_lost_in_between_is_made_again() {
    let db = TestDb::postgres();
    let mut store = open(&db);
    let lose = || {
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
    };
    lose();
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let came = ingest(
        &mut *store,
        &[story.purchase(Story::customer(1), "o-1", 5_00)],
    )
    .unwrap();
    assert!(accepted(&came[0]));
    lose();
    assert_eq!(points(&mut *store, 1), 5);
}
