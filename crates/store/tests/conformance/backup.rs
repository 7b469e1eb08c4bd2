//! Backup while the database is in use, and restore.

use crate::world::{ingest, open, points, proof};
use regulars_store::{Conflict, Database, Error, restore};
use regulars_testkit::{Story, TestDb};

#[test]
fn a_backup_is_whole_and_is_restored_beside_nothing() {
    let db = TestDb::sqlite();
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    ingest(
        &mut *store,
        &[story.purchase(Story::customer(1), "o-1", 5_00)],
    )
    .unwrap();
    let backup = db.path("backup.db");
    // While another connection writes.
    let mut writer = open(&db);
    open(&db).backup(&backup).unwrap();
    ingest(
        &mut *writer,
        &[story.purchase(Story::customer(1), "o-2", 5_00)],
    )
    .unwrap();

    let again = db.connect().backup(&backup);
    assert!(
        matches!(again, Err(Error::Conflict(Conflict::File(_)))),
        "{again:?}"
    );
    let copy = db.path("restored.db");
    restore(&backup, &copy).unwrap();
    let over = restore(&backup, &copy);
    assert!(
        matches!(over, Err(Error::Conflict(Conflict::File(_)))),
        "{over:?}"
    );

    let mut restored = Database::Sqlite(copy).connect().unwrap();
    assert_eq!(points(&mut *restored, 1), 5);
    assert_eq!(proof(&mut *restored), Ok(()));
    assert_eq!(points(&mut *store, 1), 10);
}

#[test]
fn what_is_no_backup_is_not_restored() {
    let db = TestDb::sqlite_empty();
    let (text, to) = (db.path("notes.txt"), db.path("restored.db"));
    std::fs::write(
        &text,
        "these are notes and no database, whatever they are called ".repeat(50),
    )
    .unwrap();
    let refused = restore(&text, &to);
    assert!(matches!(refused, Err(Error::Corrupt(_))), "{refused:?}");
    assert!(!to.exists(), "nothing is left behind");
    let refused = restore(&db.path("missing.db"), &to);
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
}

#[test]
fn postgresql_is_backed_up_with_its_own_tools() {
    let db = TestDb::postgres();
    let refused = open(&db)
        .backup(&db.path("backup.db"))
        .expect_err("it has better tools");
    assert!(refused.to_string().contains("pg_dump"), "{refused}");
}
