//! Making tables, and refusing what is not ours.

use crate::world::{asks, ingest, open, program, proof, shop};
use regulars_store::{Database, Error, Loaded};
use regulars_testkit::{Story, TestDb};

/// The newest version that this program knows.
const KNOWN: i64 = 34;

fn empty() -> [TestDb; 2] {
    [TestDb::sqlite_empty(), TestDb::postgres_empty()]
}

#[test]
fn a_new_database_gets_all_tables_and_an_old_one_keeps_its_rows() {
    for db in empty() {
        let before = db.database.connect().map(|_| ());
        assert!(
            matches!(
                before,
                Err(Error::OlderDatabase { found: 0, .. } | Error::Unavailable(_))
            ),
            "{before:?}"
        );
        assert_eq!(db.database.migrate().unwrap(), (0, KNOWN));
        let mut store = open(&db);
        let mut story = Story::new("till", "2025-03-01T09:00:00Z");
        ingest(
            &mut *store,
            &[story.purchase(Story::customer(1), "o-1", 7_00)],
        )
        .unwrap();
        assert_eq!(db.database.migrate().unwrap(), (KNOWN, KNOWN));
        assert_eq!(open(&db).counts(shop()).unwrap().events, 1);
        assert_eq!(proof(&mut *store), Ok(()));
    }
}

#[test]
fn two_that_migrate_at_once_do_it_once() {
    for db in empty() {
        let all: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| db.database.migrate()))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert!(
            all.iter().all(|done| matches!(done, Ok((_, KNOWN)))),
            "{all:?}"
        );
        open(&db);
    }
}

#[test]
fn opening_waits_for_no_writer() {
    for db in [TestDb::sqlite(), TestDb::postgres()] {
        let mut store = open(&db);
        let buys =
            Story::new("till", "2025-03-01T09:00:00Z").purchase(Story::customer(1), "o-1", 7_00);
        let mut opened = Vec::new();
        let decide_nothing = &mut |_: &mut Loaded| {
            opened.push(db.database.migrate().unwrap());
            Vec::new()
        };
        store
            .batch(shop(), &asks(&program(), &[buys]), decide_nothing)
            .unwrap();
        assert_eq!(opened, [(KNOWN, KNOWN)]);
    }
}

#[test]
fn a_newer_database_is_refused_with_what_to_do() {
    for db in [TestDb::sqlite(), TestDb::postgres()] {
        let hash = db.bytes("00");
        db.execute(&format!(
            "INSERT INTO schema_versions VALUES (99, 'later', {hash})"
        ));
        for refused in [
            db.database.connect().map(|_| ()),
            db.database.migrate().map(|_| ()),
        ] {
            let error = refused.expect_err("it is newer");
            assert!(
                matches!(
                    error,
                    Error::NewerDatabase {
                        found: 99,
                        known: KNOWN
                    }
                ),
                "{error:?}"
            );
            assert!(
                error.to_string().contains("use the newer program"),
                "{error}"
            );
        }
    }
}

#[test]
fn a_step_that_was_edited_is_noticed() {
    for db in [TestDb::sqlite(), TestDb::postgres()] {
        let hash = db.bytes("00");
        db.execute(&format!("UPDATE schema_versions SET checksum = {hash}"));
        let refused = db.database.connect().map(|_| ());
        assert!(matches!(refused, Err(Error::Corrupt(_))), "{refused:?}");
    }
}

#[test]
fn the_file_of_another_program_is_left_alone() {
    let db = TestDb::sqlite_empty();
    db.execute("CREATE TABLE recipes (id INTEGER PRIMARY KEY)");
    let refused = db.database.migrate();
    assert!(matches!(refused, Err(Error::Corrupt(_))), "{refused:?}");

    let text = db.path("notes.txt");
    std::fs::write(
        &text,
        "no database at all, but long enough to be looked at ".repeat(40),
    )
    .unwrap();
    let refused = Database::Sqlite(text.clone()).migrate();
    assert!(matches!(refused, Err(Error::Corrupt(_))), "{refused:?}");
    assert!(
        std::fs::read_to_string(text)
            .unwrap()
            .starts_with("no database at all")
    );
}
