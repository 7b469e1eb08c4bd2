//! Several writers at once.

use crate::world::shop;
use crate::world::{
    Came, accepted, asks, decide, ingest, ingest_with, open, points, program, proof,
};
use regulars_base::WalletId;
use regulars_engine::event::{Incoming, Kind, RewardRequest, Who};
use regulars_engine::outcome::{Refusal, Verdict};
use regulars_store::{Database, Error, Setting};
use regulars_testkit::{Story, TestDb, member, on_both, text};
use std::sync::Barrier;

on_both! {
    two_writers_on_one_wallet_lose_nothing,
    a_new_customer_who_comes_in_twice_at_once_is_one_member,
    the_last_mug_is_given_once,
    an_event_delivered_to_two_writers_counts_once,
    a_batch_that_fails_leaves_nothing,
}

/// Ingests each list on a connection and a thread of its own, event by event, all at once.
fn at_once(db: &TestDb, lists: &[Vec<Incoming>]) -> Vec<Vec<Came>> {
    let start = Barrier::new(lists.len());
    open(db);
    std::thread::scope(|scope| {
        let write = |list: &'_ Vec<Incoming>| {
            let mut store = open(db);
            start.wait();
            let one = |event: &Incoming| {
                let mut came = ingest(&mut *store, std::slice::from_ref(event)).unwrap();
                came.remove(0)
            };
            list.iter().map(one).collect::<Vec<Came>>()
        };
        let threads: Vec<_> = lists
            .iter()
            .map(|list| scope.spawn(move || write(list)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    })
}

fn two_writers_on_one_wallet_lose_nothing(db: TestDb) {
    let list = |source: &str| {
        let mut story = Story::new(source, "2025-03-01T09:00:00Z");
        let bought = |no| story.purchase(Story::customer(1), &format!("o-{no}"), 1_00);
        (0..20).map(bought).collect::<Vec<_>>()
    };
    at_once(&db, &[list("till-1"), list("till-2")]);
    let mut store = open(&db);
    assert_eq!(points(&mut *store, 1), 40);
    assert_eq!(proof(&mut *store), Ok(()));
}

fn a_new_customer_who_comes_in_twice_at_once_is_one_member(db: TestDb) {
    for round in 0..5 {
        let list = |source: &str| {
            let mut story = Story::new(source, "2025-03-01T09:00:00Z");
            let order = format!("o-{round}");
            let mut event = story.purchase(Story::customer(round), &order, 3_00);
            event.event.key.external_id = text(&order);
            vec![event]
        };
        at_once(&db, &[list("web"), list("till")]);
        assert_eq!(points(&mut *open(&db), round), 6);
    }
    let mut store = open(&db);
    assert_eq!(store.counts(shop()).unwrap().members, 5);
    assert_eq!(proof(&mut *store), Ok(()));
}

pub(crate) fn the_last_mug_is_given_once(db: TestDb) {
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let bought = |no: u64| story.purchase(Story::customer(no), &format!("o-{no}"), 50_00);
    let buyers: Vec<Incoming> = (0..6).map(bought).collect();
    ingest(&mut *open(&db), &buyers).unwrap();
    let lists: Vec<Vec<Incoming>> = (0..6)
        .map(|no| {
            let mut story = Story::new(&format!("app-{no}"), "2025-03-02T09:00:00Z");
            let request = RewardRequest {
                redemption: text(&format!("r-{no}")),
                reward: text("mug"),
                quantity: 1,
                order: None,
                commit: true,
            };
            vec![story.event(Story::customer(no), Kind::RewardRequest(request))]
        })
        .collect();
    let came = at_once(&db, &lists);
    let refused = Verdict::Refused(Refusal::OutOfStock);
    let without = |came: &&Came| matches!(came, Came::New(_, _, o) if o.verdict == refused);
    assert_eq!(
        came.iter().flatten().filter(|came| accepted(came)).count(),
        3,
        "{came:?}"
    );
    assert_eq!(came.iter().flatten().filter(without).count(), 3, "{came:?}");
    assert_eq!(proof(&mut *open(&db)), Ok(()));
}

fn an_event_delivered_to_two_writers_counts_once(db: TestDb) {
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let bought = |no: u64| story.purchase(Story::customer(no), &format!("o-{no}"), 2_00);
    let list: Vec<Incoming> = (0..15).map(bought).collect();
    at_once(&db, &[list.clone(), list]);
    let mut store = open(&db);
    assert_eq!(store.counts(shop()).unwrap().events, 15);
    assert_eq!(points(&mut *store, 7), 2);
    assert_eq!(proof(&mut *store), Ok(()));
}

/// The last write of a batch fails, after all others were made.
fn a_batch_that_fails_leaves_nothing(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    ingest(
        &mut *store,
        &[story.purchase(Story::customer(1), "o-1", 1_00)],
    )
    .unwrap();
    let before = store.counts(shop()).unwrap();
    db.execute("ALTER TABLE unsealed RENAME TO elsewhere");
    let batch = [
        story.purchase(Story::customer(1), "o-2", 1_00),
        story.purchase(Story::customer(2), "o-3", 1_00),
    ];
    let failed = ingest(&mut *store, &batch);
    assert!(matches!(failed, Err(Error::Refused(_))), "{failed:?}");
    db.execute("ALTER TABLE elsewhere RENAME TO unsealed");
    assert_eq!(store.counts(shop()).unwrap(), before);
    assert_eq!(points(&mut *store, 1), 1);
    assert_eq!(proof(&mut *store), Ok(()));
    // Nothing is locked or lost: the same batch goes through now.
    assert!(ingest(&mut *store, &batch).unwrap().iter().all(accepted));
    assert_eq!(points(&mut *store, 1), 2);
}

/// A failure between decision and commit, of a kind that only PostgreSQL has, and what it ends in.
fn interrupted(meanwhile: impl Fn(&TestDb, &Incoming)) {
    let db = TestDb::postgres();
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    ingest(
        &mut *store,
        &[story.purchase(Story::customer(1), "o-1", 1_00)],
    )
    .unwrap();
    let event = story.purchase(Story::customer(1), "o-2", 5_00);
    let mut tries = 0;
    let came = ingest_with(&mut *store, std::slice::from_ref(&event), &mut |try_no| {
        tries += 1;
        if try_no == 0 {
            meanwhile(&db, &event);
        }
    });
    assert!(
        matches!(came.as_deref(), Ok([Came::New(_, 2, _)])),
        "{came:?}"
    );
    assert_eq!(
        tries, 2,
        "the closure was called again, on states loaded again"
    );
    assert_eq!(points(&mut *store, 1), 6);
    assert_eq!(proof(&mut *store), Ok(()));
}

#[test]
fn a_batch_whose_connection_is_lost_is_done_again() {
    interrupted(|db, _| {
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
    });
}

#[test]
fn a_batch_that_cannot_be_serialized_is_done_again() {
    // A trigger that fails once stands for a database that answers 40001, as those do that keep
    // every transaction serializable. A sequence counts also where the transaction is undone.
    interrupted(|db, _| {
        db.execute(
            "CREATE SEQUENCE once;
             CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF nextval('once') = 1 THEN
                     RAISE EXCEPTION 'restart transaction' USING ERRCODE = '40001';
                 END IF;
                 RETURN NEW;
             END $$;
             CREATE TRIGGER fail_once BEFORE INSERT ON unsealed
                 FOR EACH ROW EXECUTE FUNCTION fail_once()",
        );
    });
}

#[test]
fn a_customer_whom_another_writer_makes_meanwhile_is_found() {
    let db = TestDb::postgres();
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let event = story.purchase(Story::customer(1), "o-1", 5_00);
    let other = regulars_store::Member {
        id: member(7),
        wallet: WalletId::from_bytes(*member(7).bytes()),
        merged_into: None,
        created_at: story.now(),
        identities: vec![regulars_store::Identity {
            kind: "customer".into(),
            value: "1".into(),
        }],
        attributes: "{}".into(),
    };
    let mut tries = Vec::new();
    let came = ingest_with(&mut *store, &[event], &mut |try_no| {
        tries.push(try_no);
        if try_no == 0 {
            open(&db).create_member(shop(), &other).unwrap();
        }
    });
    assert_eq!(tries, [0, 1], "the closure was called again");
    let Ok([Came::New(wallet, 1, _)]) = came.as_deref() else {
        panic!("{came:?}")
    };
    assert_eq!(*wallet, other.wallet);
    assert_eq!(points(&mut *store, 1), 5);
    assert_eq!(proof(&mut *store), Ok(()));
}

#[test]
fn a_writer_that_waits_too_long_is_told_to_come_again() {
    let db = TestDb::sqlite();
    let Database::Sqlite(path) = &db.database else {
        unreachable!("it is SQLite")
    };
    let mut store = regulars_store::Sqlite::open(path).unwrap();
    open(&db);
    store.set_patience(std::time::Duration::ZERO).unwrap();
    let events = [Story::new("till", "2025-03-01T09:00:00Z").event(Who::OfOrder, Kind::Tick)];
    let program = program();
    let mut other = open(&db);
    let mut came = None;
    regulars_store::Store::batch(&mut *other, shop(), &[], &mut |_| {
        let asks = asks(&program, &events);
        let store: &mut dyn regulars_store::Store = &mut store;
        came = Some(store.batch(shop(), &asks, &mut |loaded| {
            decide(&program, loaded, &events).1
        }));
        Vec::new()
    })
    .unwrap();
    assert!(matches!(came, Some(Err(Error::Retry(_)))), "{came:?}");
}

/// A database in which one of seventeen statements that write is undone as where transactions are in each other's
/// way, and now and then as in a deadlock. A sequence counts on, whatever is undone.
fn disturbed() -> TestDb {
    let db = TestDb::postgres();
    db.execute(
        "CREATE SEQUENCE disturbances;
         CREATE FUNCTION disturb() RETURNS trigger LANGUAGE plpgsql AS $$
         DECLARE no bigint := nextval('disturbances');
         BEGIN
             IF no % 51 = 0 THEN RAISE EXCEPTION 'in a circle' USING ERRCODE = '40P01'; END IF;
             IF no % 17 = 0 THEN RAISE EXCEPTION 'in the way' USING ERRCODE = '40001'; END IF;
             RETURN NULL;
         END $$;
         DO $$
         DECLARE name text;
         BEGIN
             FOR name IN SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
                         WHERE relkind = 'r' AND n.nspname = 'public'
             LOOP
                 EXECUTE format('CREATE TRIGGER disturb BEFORE INSERT OR UPDATE OR DELETE ON %I
                                 FOR EACH STATEMENT EXECUTE FUNCTION disturb()', name);
             END LOOP;
         END $$",
    );
    db
}

#[test]
fn what_the_database_undoes_is_done_again() {
    two_writers_on_one_wallet_lose_nothing(disturbed());
    the_last_mug_is_given_once(disturbed());
    an_event_delivered_to_two_writers_counts_once(disturbed());
    let db = disturbed();
    let mut store = open(&db);
    for no in 1..=60 {
        let setting = Setting {
            kind: "a sort".into(),
            id: "one".into(),
            version: no,
            body: no.to_string(),
        };
        assert!(store.put_setting(shop(), &setting).unwrap(), "{no}");
    }
    let kept = store.setting(shop(), "a sort", "one").unwrap();
    assert_eq!(kept.unwrap().body, "60");
}
